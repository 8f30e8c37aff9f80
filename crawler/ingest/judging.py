"""What a group of visits comes to: outcomes, documents, files, before any of it is written."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from sqlite_utils import Database

from crawler.archive import article_path, dump, mark, version_path
from crawler.catalog.tables import documents, links, withheld
from crawler.dedup import Verdict, judge
from crawler.dedup.changes import changes_between
from crawler.ingest.comparing import article_before, find_corrections
from crawler.ingest.group import Group, Told, remember
from crawler.ingest.holding import count_lost, count_new, is_held
from crawler.ingest.media import with_files
from crawler.ingest.rereading import says_the_same
from crawler.ingest.succession import hand_over
from crawler.ingest.visited import Archive, Visited, document_url, final_url
from crawler.items import Article, Document, Evidence, Kind, Known, Outcome, Reason, Role, Status, Visit
from crawler.pages.extraction import EXTRACTOR
from crawler.pages.families import canonical_url
from crawler.policies.removal import missed, missing
from crawler.urls import document_id, host_of

logger = logging.getLogger(__name__)


def judge_visits(archive: Archive, visited: Sequence[Visited], evidence: Sequence[Evidence]) -> Group:
    """Decide on every visit of a group, in order: each sees what those before it came to."""
    decided = Group()
    digests = {v.reading.content_digest for v in visited if v.reading and v.reading.content_digest}
    known = documents.known(archive.db, {document_id(url) for v in visited for url in urls_of(v)})
    decided.filed = documents.filed(archive.db, known)
    firsts = documents.firsts(archive.db, digests)
    barred = Barred.of(archive.db, visited)
    for number, (visit, proof) in enumerate(zip(visited, evidence, strict=True)):
        document: Document | None = None
        outcome, reason = _outcome(visit)
        stood = known.get(document_id(visit.link.url))
        if found := barred.document(visit):
            outcome, reason, decided.barred[number] = Outcome.NOT_ARTICLE, Reason.WITHHELD, found
        elif stood and (why := missing(outcome, reason, visit.reading, is_moved=final_url(visit) != visit.link.url)):
            outcome, reason = Outcome.GONE, why
            _miss(archive, decided, number, visit, known, stood, why)
        elif stood and outcome in (Outcome.LISTED, Outcome.NOT_ARTICLE):
            count_lost(archive, visit, stood)
        read_as = None
        if outcome is None:
            outcome, reason, document, read_as = judge_article(archive, decided, number, visit, known, firsts)
        elif outcome is Outcome.NOT_MODIFIED and (held := known.get(document_id(document_url(visit)))):
            read_as = held.id
        decided.documents.append(document)
        decided.visits.append(_visit(archive, visit, outcome, reason, proof, read_as))
    return decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """What the visits of a group may not bring back."""

    urls: Mapping[str, str]  # -> withheld document
    texts: Mapping[str, str]

    @classmethod
    def of(cls, db: Database, visited: Sequence[Visited]) -> Self:
        digests = {visit.reading.content_digest for visit in visited if visit.reading and visit.reading.content_digest}
        return cls(
            urls=withheld.by_url(db, {url for visit in visited for url in urls_of(visit)}),
            texts=withheld.by_text(db, digests),
        )

    def document(self, visited: Visited) -> str | None:
        """Return the withheld document that a visit led to, by any of its addresses or by what it says."""
        found = next((self.urls[url] for url in urls_of(visited) if url in self.urls), None)
        return found or self.texts.get((visited.reading and visited.reading.content_digest) or "")


def urls_of(visited: Visited) -> tuple[str, str, str]:
    """Return the addresses a visit went by: asked for, arrived at, and that of the document it is about."""
    return visited.link.url, final_url(visited), document_url(visited)


def judge_article(
    archive: Archive,
    decided: Group,
    number: int,
    visit: Visited,
    known: dict[str, Known],
    firsts: dict[str, Known],
    *,
    is_settled: bool = False,
) -> tuple[Outcome, Reason | None, Document | None, str | None]:
    """Decide on a visit that brought an article; return how it ends, the document if it is to be written, and its id.

    `is_settled`: the change has waited, and is taken for real; what only looks different is written anew from this visit.
    """
    document, verdict = place(archive, visit, known, firsts)
    document = replace(document, article=in_section(archive.db, visit, document.article))
    before = known.get(document.id)
    held = False
    if before is None:
        count_new(archive, visit, document)
    else:
        document, verdict, told, changed_from = _compare(archive, decided, visit, before, document, verdict)
        if is_settled:
            verdict = replace(verdict, amends=verdict.outcome is Outcome.UNCHANGED)
        else:
            old = (before, decided.filed[before.id], changed_from)
            held = is_held(archive, decided, number, visit, document, old)
        before = _find_again(
            archive, decided, number, known, before, at=_seen(visit), is_written=not held and _is_written(verdict)
        )
        document = replace(document, absence=before.absence)
        if held:
            return Outcome.UNCHANGED, Reason.HELD, None, document.id
        if told:
            decided.told[number] = told
    document = with_files(archive, document)
    if verdict.amends:
        decided.amended.add(number)
    if not file_document(archive, decided, number, visit, document, before, verdict):
        decided.told.pop(number, None)
        return Outcome.FAILED, Reason.UNREADABLE, None, None
    if not _is_written(verdict):
        return verdict.outcome, None, None, document.id
    _supersede(archive, decided, number, known, firsts, before, document)
    return verdict.outcome, None, document, document.id


def _seen(visit: Visited) -> datetime:
    return visit.capture.fetched if visit.capture else visit.at


def _is_written(verdict: Verdict) -> bool:
    return verdict.outcome is not Outcome.UNCHANGED or verdict.amends


def _supersede(
    archive: Archive,
    decided: Group,
    number: int,
    known: dict[str, Known],
    firsts: dict[str, Known],
    before: Known | None,
    document: Document,
) -> None:
    """Let the visits that follow see what a document says now, and who says what it no longer says."""
    said_otherwise = (
        before is not None and before.content_digest != document.content_digest and number not in decided.amended
    )
    if before and (first := firsts.get(before.content_digest)) and first.id == document.id:
        del firsts[before.content_digest]  # it no longer says that
    known[document.id] = _known(document)
    if document.status is Status.LIVE:
        firsts[document.content_digest] = known[document.id]
    remember(decided, [document])
    if before and said_otherwise and before.path and (heir := hand_over(archive, decided, number, known, before)):
        firsts[heir.content_digest] = heir


def _compare(
    archive: Archive, decided: Group, visit: Visited, before: Known, document: Document, verdict: Verdict
) -> tuple[Document, Verdict, Told | None, Article | None]:
    """Return a document with what its page corrected, the verdict on it, what changed, and if anything did, the article before."""
    filed = decided.filed[before.id]
    if verdict.outcome is not Outcome.UNCHANGED:
        old = article_before(archive, decided, before, filed)
        return document, verdict, Told(changes=changes_between(old, document.article), is_correction=False), old
    if verdict.amends or not (found := find_corrections(archive, visit, before, filed, document.article)):
        return document, verdict, None, None
    article, changes = found
    told = Told(changes=changes, is_correction=True) if changes else None
    changed_from = replace(filed.article, body=document.article.body) if changes else None
    return replace(document, article=article), replace(verdict, amends=True), told, changed_from


def _miss(
    archive: Archive, decided: Group, number: int, visit: Visited, known: dict[str, Known], stood: Known, reason: Reason
) -> None:
    """Count a miss of a document; mark it where that is enough."""
    absence = missed(stood.absence, visit.site.removal, reason=reason, at=_seen(visit), run=archive.run)
    is_new = absence.confirmed is not None and stood.status is not Status.GONE
    after = replace(stood, absence=absence)
    if is_new and stood.status is Status.LIVE:
        after = replace(after, status=Status.GONE)
        _mark(archive, decided, after)
    known[stood.id] = after
    decided.absences[number] = (after, absence)


def _find_again(
    archive: Archive,
    decided: Group,
    number: int,
    known: dict[str, Known],
    before: Known,
    *,
    at: datetime,
    is_written: bool,
) -> Known:
    """Return what is known of a document whose page is there: an absence that was not over is."""
    if before.absence is None or before.absence.returned is not None:
        return before
    absence = replace(before.absence, returned=at)
    status = Status.LIVE if before.status is Status.GONE else before.status
    after = replace(before, absence=absence, status=status)
    if absence.confirmed and before.path and not is_written:
        _mark(archive, decided, after)
    known[before.id] = after
    decided.absences[number] = (after, absence)
    return after


def _mark(archive: Archive, decided: Group, document: Known) -> None:
    """Write into the file of a document that its page was removed, or is back."""
    assert document.path is not None, "a document that is no duplicate has a file"
    assert document.absence is not None
    try:
        data = mark(decided.read(archive.root, document.path), document.absence)
    except (OSError, ValueError) as error:
        logger.warning("%s: cannot be marked: %s", document.path, error)  # the catalog says it all the same
        return
    decided.put(document.id, document.version, document.path, data)


def _outcome(visited: Visited) -> tuple[Outcome | None, Reason | None]:
    """Return how a visit ends, or (None, None) if it brought an article that is to be placed."""
    if visited.outcome is not None:
        return visited.outcome, visited.reason
    reading = visited.reading
    assert reading is not None, "a visit has an outcome or a reading"
    if reading.article is not None and reading.kind is Kind.ARTICLE:
        wanted = reading.is_news or visited.link.role is Role.SEED
        return (None, None) if wanted else (Outcome.NOT_ARTICLE, Reason.UNDATED)
    if reading.kind is Kind.WALL:
        return (Outcome.GONE if reading.reason is Reason.SOFT_404 else Outcome.REFUSED), reading.reason
    if reading.reason in (Reason.UNREADABLE, Reason.READER_TIMEOUT, Reason.READER_DIED):
        return Outcome.FAILED, reading.reason
    if reading.kind in (Kind.LIST, Kind.HOME, Kind.FEED) or any(link.role is Role.ARTICLE for link in reading.links):
        return Outcome.LISTED, None
    return Outcome.NOT_ARTICLE, reading.reason or Reason.NO_CONTENT


def place(
    archive: Archive, visited: Visited, known: dict[str, Known], firsts: dict[str, Known], *, is_reread: bool = False
) -> tuple[Document, Verdict]:
    """Return the document an article becomes, and why. `is_reread`: the capture is the one its document was read from."""
    reading, capture = visited.reading, visited.capture
    if reading is None or reading.article is None or reading.content_digest is None or capture is None:
        raise ValueError(f"{visited.link.url}: placed without an article")
    url = document_url(visited)
    before = known.get(document_id(url))
    verdict = judge(
        url=url,
        digest=reading.content_digest,
        captured=capture.fetched,
        known=before,
        twin=firsts.get(reading.content_digest),
    )
    if before and verdict.outcome is Outcome.CHANGED and (is_reread or says_the_same(archive, visited, before)):
        verdict = replace(verdict, outcome=Outcome.UNCHANGED, amends=True)
    is_duplicate = verdict.outcome is Outcome.DUPLICATE
    is_gone = before is not None and before.status is Status.GONE
    is_new_version = before is not None and verdict.outcome is not Outcome.UNCHANGED
    document = Document(
        id=document_id(url),
        url=url,
        site=visited.site,
        article=reading.article,
        family=reading.family,
        content_digest=reading.content_digest,
        extractor=EXTRACTOR,
        archived=before.captured if before else capture.fetched,
        version=before.version + is_new_version if before else 1,
        lastmod=capture.fetched if is_new_version else before.lastmod if before else None,
        status=Status.DUPLICATE if is_duplicate else Status.GONE if is_reread and is_gone else Status.LIVE,
        duplicate_of=verdict.first.id if verdict.first else None,
        absence=before.absence if before else None,
    )
    path = None if is_duplicate else (before.path if before and before.path else article_path(document))
    return replace(document, path=path), verdict


def in_section(db: Database, visited: Visited, article: Article) -> Article:
    """Return the article with the section that the site's file gives to the list it was found on, where the page names none."""
    if article.section or not visited.site.sections:
        return article
    found_on = links.found_on(db, visited.link.url)
    names = {canonical_url(url, visited.site.scheme): name for url, name in visited.site.sections.items()}
    name = names.get(found_on) if found_on else None
    return replace(article, section=(name,)) if name else article


def file_document(
    archive: Archive,
    decided: Group,
    number: int,
    visited: Visited,
    document: Document,
    before: Known | None,
    verdict: Verdict,
) -> bool:
    """Add to a group the files a document needs; return False if it cannot be written down, which is an issue of its site."""
    if verdict.outcome is Outcome.UNCHANGED and not verdict.amends:
        return True
    try:
        data = dump(document) if document.path else None
        if before and before.path and not verdict.amends:
            _set_aside(archive, decided, document, before)
        if document.path and data is not None:
            decided.put(document.id, document.version, document.path, data)
    except (ValueError, OSError) as error:
        logger.exception("%s: cannot be written as Markdown", document.url)
        decided.problems.append((visited, f"{type(error).__name__}: {error}"))
        return False
    if verdict.takes_over:
        decided.displaced.setdefault(number, []).append((verdict.takes_over, document.id))
        if verdict.takes_over.path:
            decided.remove(verdict.takes_over.path)
    return True


def _set_aside(archive: Archive, decided: Group, document: Document, before: Known) -> None:
    """Move the text of the version before to where superseded ones stand; it is there already if an earlier attempt failed half-way."""
    assert before.path is not None, "a document that was live has a file"
    place = version_path(document.id, host_of(document.url), before.version)
    if not (archive.root / place).exists():
        decided.files[place] = decided.read(archive.root, before.path)
    decided.superseded.append((before, place))
    if document.path is None:  # it has become a duplicate
        decided.remove(before.path)


def _visit(
    archive: Archive,
    visited: Visited,
    outcome: Outcome,
    reason: Reason | None,
    evidence: Evidence,
    document: str | None,
) -> Visit:
    capture, final = visited.capture, final_url(visited)
    content_type = (
        next((value for name, value in capture.headers if name.lower() == "content-type"), None) if capture else None
    )
    return Visit(
        url=visited.link.url,
        site=visited.site.key,
        role=visited.link.role,
        run=archive.run,
        fetched=capture.fetched if capture else visited.at,
        outcome=outcome,
        reason=reason,
        status=(capture.status or None) if capture else None,
        final_url=final if final != visited.link.url else None,
        content_type=content_type,
        size=len(capture.body) if capture else None,
        seconds=capture.seconds if capture else None,
        document=document,
        links=visited.reading.links if visited.reading else (),
        evidence=evidence,
        detail=visited.detail,
    )


def _known(document: Document) -> Known:
    return Known(
        id=document.id,
        url=document.url,
        version=document.version,
        content_digest=document.content_digest,
        path=document.path,
        captured=document.archived,
        status=document.status,
        duplicate_of=document.duplicate_of,
        lastmod=document.lastmod,
        absence=document.absence,
    )
