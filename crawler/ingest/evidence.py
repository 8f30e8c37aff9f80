"""Evidence: written once, before anything derived from it, and read back where a row points to it.

A body that an earlier record holds is not written again: the record refers to that, after it was read, for evidence that cannot be read
is nothing to refer to.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlite_utils import Database

from crawler.catalog.queries import captures
from crawler.catalog.tables import links
from crawler.dedup.digest import digest_of
from crawler.errors import CrawlerError, EvidenceError
from crawler.ingest.results import Archive, Visited, final_url, received
from crawler.items import (
    Boilerplate,
    Capture,
    DocumentState,
    Evidence,
    Link,
    Outcome,
    Purpose,
    Reading,
    Role,
    Site,
    VisitFields,
)
from crawler.pages.reading import read
from crawler.warc import Original, capture_at, further_at, response_at

logger = logging.getLogger(__name__)

OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Preserved:
    """A visit that the evidence holds: whatever fails from here on, it is not written again."""

    result: Visited
    evidence: Evidence | None = None  # of the page the visit is about
    visit: int | None = None  # its row, if it has one already: of what is read again
    is_open: bool = False  # the run of that row is not over: it may still be told how it ended


def preserve(archive: Archive, results: Sequence[Visited], beside: Sequence[Capture] = ()) -> list[Preserved]:
    """Write what was received for a batch, or that nothing was, and make it durable.

    `beside` is what was received for no visit of its own, robots.txt: evidence of what we were allowed. A result that no record can hold
    is left out, and costs no other. Raises OSError and EvidenceError (disk): then no more is written, and nothing is to be written again.
    """
    for capture in beside:
        archive.warc.write(capture, purpose=Purpose.ROBOTS)
    kept = []
    for result in results:
        try:
            kept.append(Preserved(result=result, evidence=_keep(archive, result)))
        except ValueError:  # the edge of one visit: text that cannot be encoded
            logger.exception("%s: cannot be kept as evidence", result.link.url)
    archive.warc.flush()
    return kept


def _keep(archive: Archive, visited: Visited) -> Evidence:
    warc = archive.warc
    if visited.file is not None:
        return warc.keep(visited.link, visited.at, visited.file, visited.site)
    further = [warc.write(page, purpose=Purpose.FURTHER) for page in visited.further]
    fields = replace(_visit_fields(visited), further=tuple(page.offset for page in further))
    capture = visited.capture or received(visited.link.fetch_url, visited.exchanges)
    if capture is not None and (original := _original_of(archive.root, archive.db, visited)):
        record, holder = original
        return replace(warc.write(capture, record, visit_fields=fields), body_in=holder)
    if capture is not None and capture.exchanges:
        return warc.write(capture, visit_fields=fields)
    return warc.note(visited.link.fetch_url, visited.at, str(visited.reason), visited.detail, fields)


def _visit_fields(visited: Visited) -> VisitFields:
    return VisitFields(
        site=visited.site.key,
        url=visited.link.url,
        fetch_url=visited.link.fetch_url,
        at=visited.at,
        role=visited.link.role,
        seconds=visited.capture.seconds if visited.capture else None,
        outcome=visited.outcome,
        reason=visited.reason,
        detail=visited.detail,
        is_usable=visited.capture is not None,
        listed=visited.capture.listed if visited.capture else None,
    )


def _original_of(root: Path, db: Database, visited: Visited) -> tuple[Original, int] | None:
    """Return the record whose body this visit met again, and the visit it is of; None if the body is another, or there was none before."""
    capture = visited.capture
    if capture is None or not capture.exchanges or visited.further:  # its page is kept with the further ones
        return None
    last, is_unsent = capture.exchanges[-1], visited.outcome is Outcome.NOT_MODIFIED
    if not is_unsent and (last.status != OK or not last.body):
        return None
    whole = links.last_response(db, final_url(visited))
    if whole is None or whole.warc is None or whole.offset is None or whole.visit is None:
        return None
    digest = digest_of(last.body)
    if not is_unsent and digest != whole.payload_digest:
        return None
    evidence = Evidence(
        warc=whole.warc, offset=whole.offset, record_id=whole.record_id or "", payload_digest=whole.payload_digest or ""
    )
    found = read_original(root, evidence)
    if found is None or (not is_unsent and found.url != last.url):
        return None
    return found, whole.visit


def read_original(root: Path, evidence: Evidence) -> Original | None:
    """Return what a later record can refer to at this place: a response record that holds what was written there; None if it does not."""
    path = root / evidence.warc
    try:
        exchange = response_at(path, evidence.offset)
    except (EvidenceError, OSError) as error:
        logger.warning("%s: the evidence at %s cannot be read, it is kept once more: %s", path, evidence.offset, error)
        return None
    digest = digest_of(exchange.body)
    if digest != evidence.payload_digest:
        logger.warning("%s: the evidence at %s is not what was written, it is kept once more", path, evidence.offset)
        return None
    return Original(url=exchange.url, at=exchange.at, record_id=evidence.record_id, payload_digest=digest)


def capture_of(root: Path, db: Database, document_id: str) -> Capture | None:
    """Return the capture that the current version of a document was read from, None where the catalog names none.

    Raises EvidenceError and OSError if the record it names cannot be read.
    """
    found = captures.of_documents(db, [document_id])
    return next(_captures(root, found), None)


def further_of(root: Path, db: Database, document_id: str) -> tuple[Capture, ...]:
    """Return the captures of the further pages of a document's current version. Raises EvidenceError and OSError."""
    found = captures.of_documents(db, [document_id])
    return further_at(root / found[0][1], found[0][2]) if found else ()


def sample(root: Path, db: Database, site_key: str, size: int) -> Iterator[Capture]:
    """Yield the captures of so many documents of a site: the first by id, which no order of visits, no kill and no clock changes."""
    yield from _captures(root, captures.sample(db, site_key, size))


def _captures(root: Path, found: list[tuple[str, str, int]]) -> Iterator[Capture]:
    for url, warc, offset in found:
        yield capture_at(root / warc, offset, url)


def reread(
    root: Path,
    db: Database,
    site: Site,
    before: DocumentState,
    learnt: Boilerplate | None,
    beside: Capture | None = None,
) -> Visited | None:
    """Return what a document was read from, read again by today's rules; None if that cannot be done or it is no article.

    `beside` is what it is compared with: both are read with what a list said of that one, for what lists say changes no article.
    """
    found = captures.of_documents(db, [before.id])
    return read_at(root, found[0], site, before, learnt, beside) if found else None


def read_at(
    root: Path,
    place: tuple[str, str, int],
    site: Site,
    document: DocumentState,
    learnt: Boilerplate | None,
    beside: Capture | None = None,
) -> Visited | None:
    """Return the page of a document at a place (URL, WARC file, offset), read by today's rules; None if that cannot be done or it is no article.

    Nor is an article of several pages whose evidence, from before it did, does not say where the further ones stand.
    """
    url, warc, offset = place
    try:
        capture = capture_at(root / warc, offset, url)
        capture = replace(capture, listed=beside.listed) if beside else capture
        further = further_at(root / warc, offset)
    except (CrawlerError, OSError) as error:
        logger.warning("%s: its evidence cannot be read again: %s", document.url, error)
        return None
    try:
        reading = read(capture, site, further, learnt)
    except Exception:  # the edge of one document: whatever today's rules trip over, it stays as it is
        logger.exception("%s: its evidence cannot be read again", document.url)
        return None
    if reading.article is None or (reading.further and not further):
        return None
    return visited_again(document, site, capture, further, reading)


def visited_again(
    before: DocumentState, site: Site, capture: Capture, further: tuple[Capture, ...], reading: Reading
) -> Visited:
    """Return the visit that a document read again stands for: of its own address, at the time of its evidence.

    What its pages were made of stays behind: it is kept already, and of many documents too much to hold.
    """
    return Visited(
        site=site,
        link=Link(url=before.url, fetch_url=capture.url, role=Role.ARTICLE),
        at=capture.fetched,
        capture=_bare(capture),
        further=tuple(map(_bare, further)),
        reading=reading,
        document_url=before.url,
    )


def _bare(capture: Capture) -> Capture:
    return replace(capture, body=b"", exchanges=())
