"""What a group of visits comes to: outcomes, documents, files, before any of it is written."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlite_utils import Database

from crawler.archive import article_path, dump, version_path
from crawler.catalog import documents, links
from crawler.dedup import Verdict, judge
from crawler.extraction import EXTRACTOR
from crawler.families import canonical_url
from crawler.ingest.rereading import says_the_same
from crawler.ingest.visited import Archive, Visited, final_url
from crawler.items import Article, Document, Evidence, Kind, Known, Outcome, Reason, Role, Status, Visit
from crawler.urls import document_id, host_of

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Group:
    """What a group of visits comes to, before any of it is written."""

    visits: list[Visit] = field(default_factory=list)
    documents: list[Document | None] = field(default_factory=list)  # beside each visit
    files: dict[str, bytes] = field(default_factory=dict)
    superseded: list[tuple[Known, str]] = field(default_factory=list)  # document -> where its old version goes
    displaced: list[tuple[Known, str]] = field(default_factory=list)  # old first -> id of the new first
    digests: dict[tuple[str, int], str] = field(default_factory=dict)  # (document, version) -> of its Markdown
    obsolete: list[str] = field(default_factory=list)  # files to be removed when the group is committed
    problems: list[tuple[Visited, str]] = field(default_factory=list)
    amended: set[str] = field(default_factory=set)  # documents whose version is written anew


def judge_visits(archive: Archive, visited: Sequence[Visited], evidence: Sequence[Evidence]) -> Group:
    """Decide on every visit of a group, in order: each sees what those before it came to."""
    decided = Group()
    digests = {v.reading.content_digest for v in visited if v.reading and v.reading.content_digest}
    known = documents.known(archive.db, {document_id(final_url(v)) for v in visited})
    firsts = documents.firsts(archive.db, digests)
    for visit, proof in zip(visited, evidence, strict=True):
        document: Document | None = None
        outcome, reason = _outcome(visit)
        if outcome is None:
            document, verdict = place(archive, visit, known, firsts)
            document = replace(document, article=in_section(archive.db, visit, document.article))
            outcome = verdict.outcome
            if verdict.amends:
                decided.amended.add(document.id)
            if not file_document(archive, decided, visit, document, known.get(document.id), verdict):
                outcome, reason, document = Outcome.FAILED, Reason.UNREADABLE, None
        is_written = document is not None and (outcome is not Outcome.UNCHANGED or document.id in decided.amended)
        if document is not None and is_written:
            before = known.get(document.id)
            if before and (first := firsts.get(before.content_digest)) and first.id == document.id:
                del firsts[before.content_digest]  # it no longer says that
            known[document.id] = _known(document)
            if document.status is Status.LIVE:
                firsts[document.content_digest] = known[document.id]
        decided.documents.append(document if is_written else None)
        held = known.get(document_id(final_url(visit))) if outcome is Outcome.NOT_MODIFIED else document
        decided.visits.append(_visit(archive, visit, outcome, reason, proof, held.id if held else None))
    return decided


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
    url = final_url(visited)
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
        status=Status.DUPLICATE if is_duplicate else Status.LIVE,
        duplicate_of=verdict.first.id if verdict.first else None,
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
    archive: Archive, decided: Group, visited: Visited, document: Document, before: Known | None, verdict: Verdict
) -> bool:
    """Add to a group the files a document needs; return False if it cannot be written down, which is an issue of its site."""
    if verdict.outcome is Outcome.UNCHANGED and not verdict.amends:
        return True
    try:
        data = dump(document) if document.path else None
        if before and before.path and not verdict.amends:
            _set_aside(archive, decided, document, before)
        if document.path and data is not None:
            decided.files[document.path] = data
            decided.digests[document.id, document.version] = "sha256:" + hashlib.sha256(data).hexdigest()
    except (ValueError, OSError) as error:
        logger.exception("%s: cannot be written as Markdown", document.url)
        decided.problems.append((visited, f"{type(error).__name__}: {error}"))
        return False
    if verdict.takes_over:
        decided.displaced.append((verdict.takes_over, document.id))
        if verdict.takes_over.path:
            decided.files.pop(verdict.takes_over.path, None)
            decided.obsolete.append(verdict.takes_over.path)
    return True


def _set_aside(archive: Archive, decided: Group, document: Document, before: Known) -> None:
    """Move the text of the version before to where superseded ones stand; it is there already if an earlier attempt failed half-way."""
    assert before.path is not None, "a document that was live has a file"
    place = version_path(document.id, host_of(document.url), before.version)
    if not (archive.root / place).exists():
        decided.files[place] = decided.files.get(before.path) or (archive.root / before.path).read_bytes()
    decided.superseded.append((before, place))
    if document.path is None:  # it has become a duplicate
        decided.files.pop(before.path, None)
        decided.obsolete.append(before.path)


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
        status=capture.status if capture else None,
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
    )
