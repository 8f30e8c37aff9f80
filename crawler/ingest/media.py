"""Media that were fetched: evidence, then the file, then the Markdown that links to it, then the catalog."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlite_utils import Database

from crawler.archive import link_media, write_all
from crawler.archive.media_type import examine
from crawler.catalog import group
from crawler.catalog.queries import captures
from crawler.catalog.tables import documents, media
from crawler.catalog.tables.issues import Issue
from crawler.catalog.tables.media import MediaAttempt
from crawler.dedup.digest import digest_of
from crawler.ingest.evidence import read_original
from crawler.ingest.faults import tell_fault
from crawler.ingest.results import Archive, received
from crawler.items import (
    Article,
    Capture,
    Document,
    Evidence,
    Exchange,
    MediaFile,
    MediaKind,
    MediaLink,
    MediaOutcome,
    MediaRules,
    Outcome,
    Purpose,
    Reason,
    Site,
    VisitFields,
)
from crawler.pages.extraction.media import VIDEO
from crawler.policies.backoff import medium_backoff
from crawler.urls import media_in_scope
from crawler.warc import Original

logger = logging.getLogger(__name__)

CUT_VISITS = 2  # to a medium that brought it cut; the next one keeps what there is, marked: its server never sends more
AT_ONCE = 50  # documents written anew in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An address of a medium that was tried: with a capture, or with what kept us from one."""

    site: Site
    link: MediaLink
    at: datetime  # UTC
    capture: Capture | None = None
    outcome: Outcome | None = None  # of a response that is no medium, or of none
    reason: Reason | None = None
    detail: str | None = None
    exchanges: tuple[Exchange, ...] = ()  # what was received on the way to a failure
    examined: MediaFile | Reason | None = None  # what a reader says of the capture; None: none was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of an attempt."""

    result: Fetched
    outcome: MediaOutcome
    evidence: Evidence | None = None
    file: MediaFile | None = None
    reason: Reason | None = None


def contents_of(db: Database, article: Article) -> dict[str, MediaFile]:
    """Return the contents of an article's media by URL: those that its page itself holds, and those that are stored."""
    held = {medium.url: examine(medium.content, medium.url, medium.kind) for medium in article.media if medium.content}
    stored = media.files(db, (medium.url for medium in article.media))
    return {url: file for url, file in held.items() if file} | stored


def held_files(document: Document) -> Mapping[str, bytes]:
    """Return the files, by path, of the media that the page of a document itself holds."""
    held = ((document.files.get(medium.url), medium.content) for medium in document.article.media)
    return {file.path: content for file, content in held if file and content}


def add_media(db: Database, document: Document, rules: MediaRules, *, now: datetime, run: str | None) -> None:
    """Keep the media addresses of a document that has a file of its own: what a duplicate shows, its first shows too.

    What its page holds is stored with it: there is nothing to be fetched, and no evidence but the page.
    """
    if document.path is None:
        return
    media.add(db, document, _left_out(document, rules), now=now)
    held = {medium.url: medium.kind for medium in document.article.media if medium.content}
    for url in sorted(held.keys() - media.files(db, held).keys()):
        file = document.files.get(url)
        outcome, reason = (MediaOutcome.STORED, None) if file else (MediaOutcome.FAILED, Reason.NOT_MEDIA)
        link = MediaLink(url=url, site=document.site.key, kind=held[url], referer=document.url)
        media.record(db, link, MediaAttempt(outcome=outcome, at=now, run=run, file=file, reason=reason))


def _left_out(document: Document, rules: MediaRules) -> dict[str, tuple[MediaOutcome, Reason]]:
    """Return the media of a document that are not fetched, by URL: how and why."""
    shown = ((medium.url, medium.kind) for medium in document.article.media)
    judged = {url: _refuse(url, kind, place, document.site, rules) for place, (url, kind) in enumerate(shown)}
    return {url: found for url, found in judged.items() if found}


def _refuse(url: str, kind: MediaKind, place: int, site: Site, rules: MediaRules) -> tuple[MediaOutcome, Reason] | None:
    """Return how and why a medium is not fetched that has this place (from 0) in its article, None if it is."""
    if not media_in_scope(url, site):
        return MediaOutcome.REFUSED, Reason.OUT_OF_SCOPE
    is_player = kind is MediaKind.VIDEO and not VIDEO.search(url)  # a page that shows a video
    if kind not in rules.kinds or place >= rules.most or is_player:
        return MediaOutcome.SKIPPED, Reason.NOT_WANTED
    return None


def reopen_media(archive: Archive, site: Site, *, now: datetime) -> None:
    """Let the media of a site be fetched that its file or the settings left out, and no longer do; leave out what was never judged."""
    judged = [
        (link.url, _refuse(link.url, link.kind, place, site, archive.media))
        for link, place in media.to_judge(archive.db, site.key)
    ]
    with group(archive.db):
        media.leave_out(archive.db, ((url, *refused) for url, refused in judged if refused))
        media.reopen_larger(archive.db, site.key, archive.media.largest, now=now)
        media.make_due(archive.db, [url for url, refused in judged if refused is None], now=now)


def store_media(archive: Archive, fetched: Sequence[Fetched]) -> list[Kept]:
    """Write a batch of media; return what became of each. Raises OSError (disk) and sqlite3.Error."""
    kept = preserve_media(archive, fetched)
    commit_media(archive, kept)
    return kept


def preserve_media(archive: Archive, fetched: Sequence[Fetched]) -> list[Kept]:
    """Write what was received for a batch, or that nothing was, and make it durable; return what becomes of each."""
    known: dict[str, Original] = {}
    kept = []
    for attempt in fetched:
        found = _judge(attempt)
        kept.append(replace(found, evidence=_keep_evidence(archive, found, known)))
    archive.warc.flush()
    return kept


def commit_media(archive: Archive, kept: Sequence[Kept]) -> None:
    """Write files, then rows. Documents whose media are all settled are written anew, without a version.

    Raises OSError (disk) and sqlite3.Error; then nothing of the batch is committed and its addresses stay due.
    """
    captures = ((one.file, one.result.capture) for one in kept)
    write_all(archive.root, {file.path: capture.body for file, capture in captures if file and capture})
    with group(archive.db):
        for one in kept:
            _record(archive, one)
    stored, last = [one.result.link.url for one in kept], max(one.result.at for one in kept)
    link_documents(archive, media.settled(archive.db, stored, now=last, run=archive.run))


def link_site(archive: Archive, site: Site) -> int:
    """Write anew the documents of a site that do not link to all their media which are there; return how many."""
    ids = media.stale(archive.db, site.key)
    return sum(link_documents(archive, ids[n : n + AT_ONCE]) for n in range(0, len(ids), AT_ONCE))


def link_documents(archive: Archive, ids: Sequence[str]) -> int:
    """Write documents anew with links to the media that are there: no visit, no version. Return how many were written."""
    known = documents.known(archive.db, ids)
    files, linked = {}, {}
    for document in known.values():
        there = media.files(archive.db, (medium.url for medium in document.article.media))
        if document.path is None or not there:
            continue
        try:
            files[document.path] = link_media((archive.root / document.path).read_bytes(), there)
        except (OSError, ValueError, KeyError) as error:
            logger.warning("%s: cannot be linked to its media: %s", document.path, error)  # `scrapy verify` tells more
            continue
        linked[document.id] = there
    write_all(archive.root, files)
    with group(archive.db):
        for name, there in linked.items():
            path = known[name].path
            assert path is not None, "only documents with a file are linked"
            media.link_files(archive.db, name, there, markdown_digest=digest_of(files[path]))
    return len(linked)


def _judge(attempt: Fetched) -> Kept:
    if attempt.capture is None or attempt.outcome is not None:
        return Kept(result=attempt, outcome=_outcome(attempt), reason=attempt.reason)
    is_cut = attempt.capture.is_cut
    if is_cut and attempt.link.failures < CUT_VISITS:
        return Kept(result=attempt, outcome=MediaOutcome.FAILED, reason=Reason.CUT)
    found = attempt.examined or _examine(attempt.capture.body, attempt.link)
    if isinstance(found, Reason):
        return Kept(result=attempt, outcome=MediaOutcome.FAILED, reason=found)
    return Kept(result=attempt, outcome=MediaOutcome.STORED, file=found, reason=Reason.CUT if is_cut else None)


def _examine(body: bytes, link: MediaLink) -> MediaFile | Reason:
    """Return what a medium is, or why that is not known, whatever is raised: it would be due for ever."""
    try:
        return examine(body, link.url, link.kind) or Reason.NOT_MEDIA
    except Exception:
        logger.exception("%s: cannot be examined", link.url)
        return Reason.UNREADABLE


def _outcome(attempt: Fetched) -> MediaOutcome:
    if attempt.reason is Reason.TOO_LARGE:
        return MediaOutcome.SKIPPED
    is_refused = attempt.outcome is Outcome.REFUSED or attempt.reason is Reason.OUT_OF_SCOPE
    return MediaOutcome.REFUSED if is_refused else MediaOutcome.FAILED


def _keep_evidence(archive: Archive, found: Kept, known: dict[str, Original]) -> Evidence | None:
    """Write what was received; a content whose bytes an earlier record holds is a revisit of that."""
    attempt = found.result
    capture = attempt.capture or received(attempt.link.url, attempt.exchanges)
    if capture is None or not capture.exchanges:
        archive.warc.note(attempt.link.url, attempt.at, str(attempt.reason), attempt.detail, _visit_fields(attempt))
        return None
    last = capture.exchanges[-1]
    digest = digest_of(last.body)
    original = known.get(digest) or (_original(archive, found.file, digest) if found.file else None)
    evidence = archive.warc.write(capture, original, purpose=Purpose.MEDIUM, visit_fields=_visit_fields(attempt))
    if found.file and original is None:
        known[digest] = Original(url=last.url, at=last.at, record_id=evidence.record_id, payload_digest=digest)
    return evidence


def _visit_fields(attempt: Fetched) -> VisitFields:
    return VisitFields(
        site=attempt.site.key,
        url=attempt.link.url,
        fetch_url=attempt.link.url,
        at=attempt.at,
        seconds=attempt.capture.seconds if attempt.capture else None,
        outcome=attempt.outcome,
        reason=attempt.reason,
        detail=attempt.detail,
        is_usable=attempt.capture is not None,
    )


def _original(archive: Archive, file: MediaFile, digest: str) -> Original | None:
    """Return the response record that holds a content already, as it stands there: under the URL its redirects led to."""
    for _, _, evidence in captures.of_content(archive.db, file.sha256):
        if evidence.payload_digest == digest and (original := read_original(archive.root, evidence)):
            return original
    return None


def _record(archive: Archive, kept: Kept) -> None:
    attempt = kept.result
    is_stored = kept.file is not None
    tried = MediaAttempt(
        outcome=kept.outcome,
        at=attempt.capture.fetched if attempt.capture else attempt.at,
        run=archive.run,
        file=kept.file,
        evidence=kept.evidence,
        reason=kept.reason,
        detail=attempt.detail,
        status=attempt.capture.status if attempt.capture else None,
        size_limit=archive.media.largest if kept.reason is Reason.TOO_LARGE else None,
        wait=None if is_stored else medium_backoff(kept.reason, attempt.link.failures + 1),
    )
    media.record(archive.db, attempt.link, tried)
    if kept.reason:
        message = attempt.detail or f"it ended as {kept.outcome}: {kept.reason}"
        told = Issue(
            run=archive.run,
            site=attempt.site.key,
            url=attempt.link.url,
            level="warning",
            code=kept.reason,
            message=message,
            at=attempt.at,
        )
        tell_fault(archive.db, told)
