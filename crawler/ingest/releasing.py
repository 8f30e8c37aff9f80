"""Changes that have waited, taken up from their evidence: as they would have been if they had been written at once."""

import logging
from collections.abc import Sequence

from crawler.archive import remove, write_all
from crawler.catalog import group
from crawler.catalog.tables import documents, drifts, visits
from crawler.catalog.tables.drifts import Held
from crawler.errors import CrawlerError
from crawler.ingest.group import Group
from crawler.ingest.judging import judge_article
from crawler.ingest.visited import Archive, Visited
from crawler.ingest.writing import record_document, record_superseded
from crawler.items import Kind, Known, Link, Outcome, Role, Site
from crawler.pages.reading import read
from crawler.warc import capture_at, further_at

logger = logging.getLogger(__name__)

AT_ONCE = 50  # changes in one transaction


def release(archive: Archive, site: Site, waiting: Sequence[Held]) -> int:
    """Write what waited, in the order of the visits; return how many became versions.

    What cannot be read again stays as it was: its next visit decides.
    """
    return sum(_release(archive, site, waiting[n : n + AT_ONCE]) for n in range(0, len(waiting), AT_ONCE))


def _release(archive: Archive, site: Site, waiting: Sequence[Held]) -> int:
    decided = Group()
    known = documents.known(archive.db, [held.document for held in waiting])
    found = visits.evidence(archive.db, [held.visit for held in waiting])
    again = [
        (held, visit)
        for held in waiting
        if held.visit in found and (visit := _again(archive, site, known[held.document], found[held.visit]))
    ]
    decided.filed = documents.filed(archive.db, known)
    firsts = documents.firsts(archive.db, {visit.reading.content_digest or "" for _, visit in again if visit.reading})
    ended: list[Outcome] = []
    for number, (_, visit) in enumerate(again):
        outcome, _, document, _ = judge_article(archive, decided, number, visit, known, firsts, is_settled=True)
        decided.documents.append(document)
        ended.append(outcome)
    write_all(archive.root, decided.files)
    with group(archive.db):
        for number, (held, visit) in enumerate(again):
            record_document(archive, decided, number, held.visit, site.key, at=visit.at, is_rebased=True)
            if ended[number] is not Outcome.UNCHANGED and found[held.visit][3] == archive.run:
                visits.settle(archive.db, held.visit, ended[number])
        record_superseded(archive.db, decided)
        drifts.drop(archive.db, [held.document for held in waiting])
    for path in decided.obsolete:
        remove(archive.root, path)
    return sum(outcome in (Outcome.CHANGED, Outcome.DUPLICATE) for outcome in ended)


def _again(archive: Archive, site: Site, document: Known, evidence: tuple[str, str, int, str]) -> Visited | None:
    url, warc, offset, _ = evidence
    try:
        archive.warc.flush()
        capture = capture_at(archive.root / warc, offset, url)
        further = further_at(archive.root / warc, offset)
        reading = read(capture, site, further, archive.boilerplate.get(site.key))
    except (CrawlerError, OSError) as error:
        logger.warning("%s: its evidence cannot be read again: %s", url, error)
        return None
    if reading.article is None or reading.kind is not Kind.ARTICLE or (reading.further and not further):
        return None
    link = Link(url=document.url, fetch_url=capture.final_url, role=Role.ARTICLE)
    return Visited(site=site, link=link, at=capture.fetched, capture=capture, further=further, reading=reading)
