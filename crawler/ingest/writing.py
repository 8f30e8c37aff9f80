"""Evidence, then Markdown, then the catalog: what was judged is written, a group in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from crawler.archive import remove, write_all
from crawler.catalog import group
from crawler.catalog.tables import (
    absences,
    addresses,
    changes,
    documents,
    drifts,
    groups,
    issues,
    links,
    visits,
    withheld,
)
from crawler.catalog.tables import hosts as host_rows
from crawler.dedup.changes import changes_between
from crawler.ingest.comparing import article_before
from crawler.ingest.group import Group, Told
from crawler.ingest.holding import report, tally_of
from crawler.ingest.judging import file_document, in_section, judge_visits, place
from crawler.ingest.media import add_media, with_files
from crawler.ingest.original import original_of
from crawler.ingest.recognising import recognise
from crawler.ingest.rereading import reread
from crawler.ingest.revisiting import arrange, body_in, keep_whole, walk_on
from crawler.ingest.visited import Archive, Visited, final_url, received
from crawler.items import Capture, Document, Evidence, Host, Occasion, Outcome, Purpose, Robots, Site, Visit
from crawler.urls import document_id


def store(
    archive: Archive,
    visited: Sequence[Visited],
    beside: Sequence[Capture] = (),
    hosts: Sequence[Host] = (),
    robots: Sequence[Robots] = (),
) -> list[Visit]:
    """Write a group of visits: evidence, then Markdown, then the catalog. Return them as recorded.

    `beside` is what was received for no visit of its own, robots.txt: evidence of what we were allowed. `hosts` and `robots` are what the
    next run has to know of its hosts.
    Raises OSError (disk) and sqlite3.Error; then nothing of the group is committed and its links stay due.
    """
    for capture in beside:
        archive.warc.write(capture, purpose=Purpose.ROBOTS)
    evidence = [_keep_evidence(archive, visit) for visit in visited]
    archive.warc.flush()
    visited = recognise(archive, visited)
    judged = judge_visits(archive, visited, evidence)
    write_all(archive.root, judged.files)
    with group(archive.db):
        _record(archive, visited, judged)
        host_rows.save(archive.db, hosts)
        host_rows.save_robots(archive.db, robots)
    for path in judged.obsolete:
        remove(archive.root, path)
    return judged.visits


def amend(archive: Archive, site: Site, ids: Sequence[str]) -> int:
    """Read documents again from their evidence, by today's rules, and write anew those that say something else: no visit, no version.

    One that would now equal another document is left as it is: its next visit makes it a duplicate. Return how many were written.
    """
    known = documents.known(archive.db, ids)
    return amend_read(
        archive, [visit for before in known.values() if (visit := reread(archive, site, before)) is not None]
    )


def amend_read(archive: Archive, again: Sequence[Visited], *, versions_at: datetime | None = None) -> int:
    """Write anew the documents whose last evidence was `again` read, as `amend` does.

    `versions_at` a time, one whose title or body differs becomes a new version of then instead: the old text is kept, nothing of the page
    has changed.
    """
    decided = Group()
    known = documents.known(archive.db, [document_id(visit.document_url or visit.link.url) for visit in again])
    decided.filed = documents.filed(archive.db, known)
    firsts = documents.firsts(archive.db, {visit.reading.content_digest or "" for visit in again if visit.reading})
    for visit in again:
        document, verdict = place(archive, visit, known, firsts, is_reread=True)
        before = known[document.id]
        if not verdict.amends or verdict.takes_over:
            continue
        document = with_files(archive, replace(document, article=in_section(archive.db, visit, document.article)))
        number = len(decided.documents)
        if versions_at and before.path and before.content_digest != document.content_digest:
            old = article_before(archive, decided, before, decided.filed[before.id])
            decided.told[number] = Told(changes=changes_between(old, document.article), is_correction=False)
            document = replace(document, version=before.version + 1, lastmod=versions_at)
            verdict = replace(verdict, amends=False, outcome=Outcome.CHANGED)
        else:
            decided.amended.add(number)
        if file_document(archive, decided, number, visit, document, before, verdict):
            decided.documents.append(document)
        else:
            decided.told.pop(number, None)
    write_all(archive.root, decided.files)
    with group(archive.db):
        for number, written in enumerate(decided.documents):
            if written is not None:
                _record_again(archive, decided, number, written)
        record_superseded(archive.db, decided)
    return len(decided.documents)


def _record_again(archive: Archive, decided: Group, number: int, document: Document) -> None:
    """Write a document that was read again into the catalog: read from the visit it was read from before."""
    db, digest, at = archive.db, decided.digest(document), document.lastmod or document.archived
    if number in decided.amended:
        documents.amend(db, document, markdown_digest=digest)
    else:
        visit = documents.visit_of(db, document.id)
        documents.record(db, document, visit, markdown_digest=digest)
        changes.record(db, document.id, document.version, "version", decided.told[number].changes, visit=visit, at=at)
    add_media(archive, document, now=at)


def _keep_evidence(archive: Archive, visited: Visited) -> Evidence:
    """Write what was received, or that nothing was, and what it was for; return the evidence of the page the visit is about."""
    warc = archive.warc
    if visited.file is not None:
        return warc.keep(visited.link, visited.at, visited.file, visited.site)
    further = [warc.write(page, purpose=Purpose.FURTHER) for page in visited.further]
    occasion = replace(_occasion(visited), further=tuple(page.offset for page in further))
    capture = visited.capture or received(visited.link.fetch_url, visited.exchanges)
    if capture is not None and (original := original_of(archive.root, archive.db, visited)):
        record, holder = original
        return replace(warc.write(capture, record, occasion=occasion), body_in=holder)
    if capture is not None and capture.exchanges:
        return warc.write(capture, occasion=occasion)
    return warc.note(visited.link.fetch_url, visited.at, str(visited.reason), visited.detail, occasion)


def _occasion(visited: Visited) -> Occasion:
    return Occasion(
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
    )


def _record(archive: Archive, visited: Sequence[Visited], judged: Group) -> None:
    """Write a group into the catalog: the links found before the visit that found them, a document after its visit."""
    db = archive.db
    for number, (visit, recorded) in enumerate(zip(visited, judged.visits, strict=True)):
        found = links.add(db, visit.site.key, recorded.links, found=visit.at, found_on=recorded.url)
        brought = walk_on(archive, visit, recorded, found)
        row = visits.record(db, recorded)
        if barred := judged.barred.get(number):
            withheld.bar(db, barred, filter(None, (recorded.url, recorded.final_url)))
        record_document(archive, judged, number, body_in(recorded, row), visit.site.key, at=recorded.fetched)
        if visit.document_url and not barred:
            addresses.add(db, final_url(visit), document_id(visit.document_url), found=visit.at)
        _, absence = judged.absences.get(number, (None, None))
        arrange(archive, visit, recorded, brought=brought, absence=absence)
        keep_whole(archive, visit, recorded, row, brought=brought)
    record_superseded(db, judged)
    for site in {visit.site.key: visit.site for visit in visited}.values():
        if finding := tally_of(archive, site).early_finding():
            report(db, archive.run, site, finding, at=visited[-1].at)
    for visit, problem in judged.problems:
        issues.add(
            db,
            run=archive.run,
            site=visit.site.key,
            url=visit.link.url,
            level="error",
            code="markdown",
            message=problem,
            at=visit.at,
        )


def record_document(
    archive: Archive, judged: Group, number: int, visit: int, site: str, *, at: datetime, is_rebased: bool = False
) -> None:
    """Write what the visit in one place of a group came to. `is_rebased`: an amended version is read from this visit from now on."""
    db = archive.db
    document, told = judged.documents[number], judged.told.get(number)
    if document is not None:
        digest = judged.digest(document)
        if number in judged.amended:
            read_from = visit if told or is_rebased else None
            documents.amend(db, document, markdown_digest=digest, visit_id=read_from)
        else:
            documents.record(db, document, visit, markdown_digest=digest)
        add_media(archive, document, now=at)
        if told:
            kind: changes.Kind = "correction" if told.is_correction else "version"
            changes.record(db, document.id, document.version, kind, told.changes, visit=visit, at=at)
    if missing := judged.absences.get(number):
        state, absence = missing
        absences.record(db, state.id, absence)
        if absence.confirmed:
            documents.set_status(db, state.id, state.status, markdown_digest=judged.digest(state))
    if waiting := judged.waiting.get(number):
        drifts.hold(db, site, waiting.document, visit=visit, at=at, is_changed=waiting.is_changed, signs=waiting.signs)
    if number in judged.calm:
        drifts.drop(db, [judged.calm[number]])
    if heir := judged.heirs.get(number):
        found = judged.digest(heir.document)
        assert found is not None, "an heir has a file"
        documents.inherit(db, heir.document, old_first=heir.old_first, markdown_digest=found)
        add_media(archive, heir.document, now=at)
    for old, new in judged.displaced.get(number, ()):
        documents.relink(db, old_first=old.id, new_first=new)


def record_superseded(db: Database, judged: Group) -> None:
    """Write down where the older versions of a group now stand, and what its documents are copies of."""
    for old, path in judged.superseded:
        documents.supersede(db, old.id, old.version, path=path)
    written = [document.id for document in judged.documents if document]
    displaced = [old.id for pairs in judged.displaced.values() for old, _ in pairs]
    inherited = [name for heir in judged.heirs.values() for name in (heir.document.id, heir.old_first)]
    groups.settle(db, [*written, *displaced, *inherited])
