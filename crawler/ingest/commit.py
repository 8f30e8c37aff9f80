"""Decisions become files, then rows: all of a batch in one transaction. A retry repeats this alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from sqlite_utils import Database

from crawler.archive import remove, write_all
from crawler.catalog import group
from crawler.catalog.tables import documents, drifts, groups, history, issues, links, visits, withheld
from crawler.catalog.tables import hosts as host_rows
from crawler.catalog.tables.drifts import Held
from crawler.catalog.tables.history import Edit
from crawler.catalog.tables.issues import Issue
from crawler.dedup.digest import digest_of
from crawler.ingest.bounding import bound, bounded_links, unknown_links
from crawler.ingest.decision import Decision, Promotion
from crawler.ingest.faults import MANY_MEDIA, PARTLY_READ, tell_fault
from crawler.ingest.listed import note_list
from crawler.ingest.media import add_media
from crawler.ingest.results import Archive, Visited, final_url
from crawler.ingest.revisiting import arrange, body_in, keep_whole, walk_on
from crawler.ingest.state import detector_of
from crawler.items import Host, Link, MediaRules, Outcome, Reason, Robots, Role, Site, Visit
from crawler.policies.drift import NewLayout
from crawler.urls import document_id

NO_SITEMAPS: Mapping[str, tuple[datetime, Sequence[Link]]] = MappingProxyType({})


def commit(
    archive: Archive,
    decisions: Sequence[Decision],
    hosts: Sequence[Host] = (),
    robots: Sequence[Robots] = (),
    sitemaps: Mapping[str, tuple[datetime, Sequence[Link]]] = NO_SITEMAPS,
) -> list[Visit]:
    """Write what a batch comes to; return the visits that were made, as they are recorded.

    `hosts` and `robots` are what the next run has to know of its hosts, `sitemaps` those that a robots.txt names, by site, with the time it was
    fetched. Raises OSError (disk) and sqlite3.Error; then nothing of the batch is
    committed and its links stay due.
    """
    files = {path: data for decision in decisions for path, data in decision.files.items()}
    write_all(archive.root, {path: data for path, data in files.items() if data is not None})
    with group(archive.db):
        made = [visit for decision in decisions if (visit := _record(archive, decision))]
        groups.settle(archive.db, [name for decision in decisions for name in _settled(decision)])
        _report_early(archive, decisions)
        for site, (at, named) in sitemaps.items():
            links.add(archive.db, site, named, found=at, found_on=None)
        host_rows.save(archive.db, hosts)
        host_rows.save_robots(archive.db, robots)
    for path in (path for path, data in files.items() if data is None):
        remove(archive.root, path)
    return made


def record_promotion(
    db: Database, promotion: Promotion, rules: MediaRules, *, at: datetime, run: str | None = None
) -> None:
    """Write down who takes the place of a document that no longer says what they said."""
    document = promotion.document
    documents.promote(db, document, old_first=promotion.old_first, markdown_digest=digest_of(promotion.markdown))
    add_media(db, document, rules, now=at, run=run)


def report(db: Database, run: str, site: Site, finding: NewLayout, *, at: datetime) -> None:
    """Mark a site, and say so once a run."""
    drifts.mark(db, site.key, run=run, at=at, message=str(finding), signs=(sign for sign, _ in finding.signs))
    if not issues.has(db, run, site.key, "drift"):
        message = (
            f"the layout of the site has changed: {finding}. No version is made of what differs; look at its pages, mend its "
            f"file if need be, then: scrapy sites --accept {site.key}"
        )
        issues.add(db, Issue(run=run, site=site.key, level="warning", code="drift", message=message, at=at))


def _record(archive: Archive, decision: Decision) -> Visit | None:
    """Write one decision into the catalog; return its visit, None for one that is there already."""
    row = decision.preserved.visit
    if row is not None:
        _record_document(archive, decision, row)
        if decision.preserved.is_open and decision.outcome is not Outcome.UNCHANGED:
            visits.settle(archive.db, row, decision.outcome)
        return None
    visit = _visit(archive.run, decision)
    if decision.is_earlier:
        _record_earlier(archive.db, decision, visit)
    else:
        _record_visit(archive, decision, visit)
    return visit


def _record_visit(archive: Archive, decision: Decision, recorded: Visit) -> None:
    """Write a visit: the links found before the visit that found them, its document after it."""
    db, visit = archive.db, decision.preserved.result
    fresh, before = unknown_links(archive, recorded), links.history(db, recorded.url)
    found = links.add(db, visit.site.key, bounded_links(archive, recorded), found=visit.at, found_on=recorded.url)
    note_list(archive, visit, recorded)
    if recorded.outcome is Outcome.LISTED:
        links.tell(db, recorded.links)
    bound(archive, visit, recorded, fresh, is_first=before is not None and before.last is None)
    brought = walk_on(archive, visit, recorded, found)
    row = visits.record(db, recorded)
    if decision.reason and not decision.problem:  # which is an issue of its own
        message = visit.detail or f"it ended as {decision.outcome}: {decision.reason}"
        tell_fault(db, _issue(archive, decision, "warning", decision.reason, message))
    elif visit.detail and decision.outcome is not Outcome.UNCHANGED:
        tell_fault(db, _issue(archive, decision, "warning", PARTLY_READ, visit.detail))
    if decision.withheld:
        withheld.bar(db, decision.withheld, filter(None, (recorded.url, recorded.final_url)))
    _record_document(archive, decision, body_in(recorded, row))
    if visit.document_url and not decision.withheld:
        history.add_address(db, final_url(visit), document_id(visit.document_url), found=visit.at)
    absence = decision.absence.absence if decision.absence else None
    arrange(archive, visit, recorded, brought=brought, absence=absence)
    keep_whole(archive, visit, recorded, row, brought=brought)


def _record_earlier(db: Database, decision: Decision, recorded: Visit) -> None:
    """Write the visit of an imported text, and the version it is; its page is looked at no sooner for it."""
    version = decision.document
    number = f": version {version.version}" if version else ""
    row = visits.record(db, replace(recorded, role=Role.OTHER, content_type=None, detail=f"{recorded.detail}{number}"))
    if version:
        history.insert_version(db, version, row, digest=decision.digest(version.path) or "")


def _record_document(archive: Archive, decision: Decision, visit: int) -> None:
    """Write what became of the document of a visit, and of others because of it."""
    db, document, at = archive.db, decision.document, decision.at
    site = decision.preserved.result.site.key
    if document is not None:
        _record_version(archive, decision, visit)
    if state := decision.absence:
        assert state.absence is not None, "it was missed or found again"
        history.record_absence(db, state.id, state.absence)
        if state.absence.confirmed:
            digest = None if document else decision.digest(state.path)
            documents.set_status(db, state.id, state.status, markdown_digest=digest)
    if quarantine := decision.quarantine:
        held = Held(document=quarantine.document, visit=visit, is_changed=quarantine.is_changed, signs=quarantine.signs)
        drifts.hold(db, site, held, at=at)
    elif quarantine is not None:
        drifts.drop(db, [quarantine.document])
    if decision.promotion:
        record_promotion(db, decision.promotion, archive.media, at=at, run=archive.run)
    if decision.displaced and document:
        documents.relink(db, old_first=decision.displaced, new_first=document.id)
    if decision.problem:
        _report_document(archive, decision, "error", "markdown", decision.problem)


def _report_document(archive: Archive, decision: Decision, level: str, code: str, message: str) -> None:
    issues.add(archive.db, _issue(archive, decision, level, code, message))


def _issue(archive: Archive, decision: Decision, level: str, code: str, message: str) -> Issue:
    visit = decision.preserved.result
    return Issue(
        run=archive.run, site=visit.site.key, url=visit.link.url, level=level, code=code, message=message, at=visit.at
    )


def _record_version(archive: Archive, decision: Decision, visit: int) -> None:
    db, document, found = archive.db, decision.document, decision.change_set
    assert document is not None, "there is one to be written"
    digest = decision.digest(document.path)
    if decision.is_amended:  # better rules read it from the page they read before; a correction is of this one
        is_rebased = found is not None or decision.preserved.visit is not None
        documents.amend(db, document, markdown_digest=digest, visit_id=visit if is_rebased else None)
    else:
        documents.record(db, document, visit, markdown_digest=digest)
    add_media(db, document, archive.media, now=decision.at, run=archive.run)
    if (shown := len(document.article.media)) > archive.media.most and not decision.is_amended:
        message = f"of its {shown} pictures and files {archive.media.most} are fetched: MEDIA_MAX_COUNT"
        tell_fault(db, _issue(archive, decision, "warning", MANY_MEDIA, message))
    if document.article.is_empty:
        message = "the article says and shows nothing: look at its page, what shows its text is not understood"
        _report_document(archive, decision, "warning", "empty_article", message)
    if document.article.date_raw and document.article.published is None:
        message = f"what the page labels as its publication time cannot be read: {document.article.date_raw!r}"
        _report_document(archive, decision, "warning", "unread_date", message)
    if found:
        edit = Edit(document=document.id, version=document.version, kind=found.kind, visit=visit, at=decision.at)
        history.record_changes(db, edit, found.changes)
    if decision.superseded:
        history.update_version(db, document.id, document.version - 1, {"path": decision.superseded})


def _settled(decision: Decision) -> list[str]:
    """Return the documents whose groups a decision may change."""
    promotion = decision.promotion
    names = [decision.document and not decision.is_earlier and decision.document.id, decision.displaced]
    names += [promotion.document.id, promotion.old_first] if promotion else []
    return [name for name in names if name]


def _report_early(archive: Archive, decisions: Sequence[Decision]) -> None:
    """Tell of a new layout as soon as there can be no doubt."""
    made = [decision.preserved.result for decision in decisions if decision.preserved.visit is None]
    for site in {visit.site.key: visit.site for visit in made}.values():
        if finding := detector_of(archive.db, archive.detectors, site).early_finding():
            report(archive.db, archive.run, site, finding, at=made[-1].at)


def _visit(run: str, decision: Decision) -> Visit:
    visited = decision.preserved.result
    capture, final = visited.capture, final_url(visited)
    content_type = (
        next((value for name, value in capture.headers if name.lower() == "content-type"), None) if capture else None
    )
    return Visit(
        url=visited.link.url,
        site=visited.site.key,
        role=visited.link.role,
        run=run,
        fetched=decision.at,
        outcome=decision.outcome,
        reason=decision.reason,
        status=(capture.status or None) if capture else None,
        final_url=final if final != visited.link.url else None,
        content_type=content_type,
        size=len(capture.body) if capture else None,
        seconds=capture.seconds if capture else None,
        document=decision.about,
        links=visited.reading.links if visited.reading and decision.reason is not Reason.SOFT_404 else (),
        evidence=decision.preserved.evidence,
        detail=visited.detail or _allowed(visited),
    )


def _allowed(visited: Visited) -> str | None:
    """Return the sentence of a page that came over TLS as its site alone is allowed."""
    reason = visited.site.weak_tls
    is_weak = reason and visited.capture and visited.capture.final_url.startswith("https:")
    return f"old TLS is taken of this site: {reason}" if is_weak else None
