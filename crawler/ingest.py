"""The one way in: every door (crawl, rebuild, import, extract) reads with `read` and stores with `store`.

    Capture -> read -> Reading            pure, in any process
    Visited -> store: evidence -> Markdown -> catalog, one transaction a group, from one thread at a time

Nothing a committed row points to is ever missing: a crash leaves at most evidence without a document, or a file without a row.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from crawler.archive import WarcWriter, article_path, dump, remove, version_path, write_all
from crawler.catalog import documents, group, issues, links, visits
from crawler.dedup import Verdict, judge
from crawler.errors import CrawlerError
from crawler.evidence import capture_of
from crawler.extraction import EXTRACTOR
from crawler.families import canonical_url
from crawler.items import (
    Article,
    Boilerplate,
    Capture,
    Document,
    Evidence,
    Exchange,
    Kind,
    Known,
    Link,
    Outcome,
    Reading,
    Reason,
    Role,
    Site,
    Status,
    Visit,
)
from crawler.reading import read
from crawler.revisit import next_visit
from crawler.urls import document_id, host_of, in_scope

__all__ = ["Archive", "Visited", "read", "store"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Where a run writes."""

    root: Path
    db: Database
    warc: WarcWriter
    run: str
    boilerplate: Mapping[str, Boilerplate] = field(default_factory=dict)  # site -> what its pages taught

    def taught(self, site_key: str, learnt: Boilerplate) -> "Archive":
        """Return the same archive, with what has just been learnt from a site."""
        return replace(self, boilerplate={**self.boilerplate, site_key: learnt})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A link that was fetched, before it is judged: with a capture and its reading, or with the outcome that left it without."""

    site: Site
    link: Link
    at: datetime  # UTC, when the visit ended
    capture: Capture | None = None
    further: tuple[Capture, ...] = ()  # the further pages of an article that is cut into pages
    reading: Reading | None = None
    outcome: Outcome | None = None
    reason: Reason | None = None
    detail: str | None = None
    exchanges: tuple[Exchange, ...] = ()  # what was received on the way to a failure


@dataclass(slots=True)
class _Group:
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


def store(archive: Archive, visited: Sequence[Visited], beside: Sequence[Capture] = ()) -> list[Visit]:
    """Write a group of visits: evidence, then Markdown, then the catalog. Return them as recorded.

    `beside` is what was received for no visit of its own, robots.txt: evidence of what we were allowed.
    Raises OSError (disk) and sqlite3.Error; then nothing of the group is committed and its links stay due.
    """
    for capture in beside:
        archive.warc.write(capture)
    evidence = [_keep_evidence(archive.warc, visit) for visit in visited]
    archive.warc.flush()
    judged = _judge(archive, visited, evidence)
    write_all(archive.root, judged.files)
    with group(archive.db):
        _record(archive, visited, judged)
    for path in judged.obsolete:
        remove(archive.root, path)
    return judged.visits


def amend(archive: Archive, site: Site, ids: Sequence[str]) -> int:
    """Read documents again from their evidence, by today's rules, and write anew those that say something else: no visit, no version.

    One that would now equal another document is left as it is: its next visit makes it a duplicate. Return how many were written.
    """
    decided = _Group()
    known = documents.known(archive.db, ids)
    again = [(before, visit) for before in known.values() if (visit := _reread(archive, site, before)) is not None]
    firsts = documents.firsts(archive.db, {visit.reading.content_digest or "" for _, visit in again if visit.reading})
    for before, visit in again:
        document, verdict = _place(archive, visit, known, firsts, is_reread=True)
        if verdict.amends and not verdict.takes_over:
            document = replace(document, article=_in_section(archive.db, visit, document.article))
            if _file(archive, decided, visit, document, before, verdict):
                decided.documents.append(document)
    write_all(archive.root, decided.files)
    with group(archive.db):
        for document in filter(None, decided.documents):
            digest = decided.digests.get((document.id, document.version))
            documents.amend(archive.db, document, markdown_digest=digest)
    return len(decided.documents)


def _reread(archive: Archive, site: Site, before: Known) -> Visited | None:
    """Return what a document was read from, read again; None if that cannot be done or it is no article of one page."""
    try:
        capture = capture_of(archive.root, archive.db, before.id)
        if capture is None:
            return None
        reading = read(capture, site, (), archive.boilerplate.get(site.key))
    except (CrawlerError, OSError) as error:
        logger.warning("%s: its last evidence cannot be read again: %s", before.url, error)
        return None
    if reading.article is None or reading.further:
        return None
    link = Link(url=before.url, fetch_url=capture.url, role=Role.ARTICLE)
    return Visited(site=site, link=link, at=capture.fetched, capture=capture, reading=reading)


def _keep_evidence(warc: WarcWriter, visited: Visited) -> Evidence:
    """Write what was received, or that nothing was; return the evidence of the page the visit is about."""
    for page in visited.further:
        warc.write(page)
    capture = visited.capture
    if capture is None and visited.exchanges:
        last = visited.exchanges[-1]
        capture = Capture(
            url=visited.link.fetch_url,
            final_url=last.url,
            fetched=last.at,
            status=last.status,
            headers=last.headers,
            body=b"",
            exchanges=visited.exchanges,
        )
    if capture is not None and capture.exchanges:
        return warc.write(capture)
    return warc.note(visited.link.fetch_url, visited.at, str(visited.reason), visited.detail)


def _judge(archive: Archive, visited: Sequence[Visited], evidence: Sequence[Evidence]) -> _Group:
    """Decide on every visit of a group, in order: each sees what those before it came to."""
    decided = _Group()
    digests = {v.reading.content_digest for v in visited if v.reading and v.reading.content_digest}
    known = documents.known(archive.db, {document_id(_final_url(v)) for v in visited})
    firsts = documents.firsts(archive.db, digests)
    for visit, proof in zip(visited, evidence, strict=True):
        document: Document | None = None
        outcome, reason = _outcome(visit)
        if outcome is None:
            document, verdict = _place(archive, visit, known, firsts)
            document = replace(document, article=_in_section(archive.db, visit, document.article))
            outcome = verdict.outcome
            if verdict.amends:
                decided.amended.add(document.id)
            if not _file(archive, decided, visit, document, known.get(document.id), verdict):
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
        decided.visits.append(_visit(archive, visit, outcome, reason, proof, document.id if document else None))
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


def _place(
    archive: Archive, visited: Visited, known: dict[str, Known], firsts: dict[str, Known], *, is_reread: bool = False
) -> tuple[Document, Verdict]:
    """Return the document an article becomes, and why. `is_reread`: the capture is the one its document was read from."""
    reading, capture = visited.reading, visited.capture
    if reading is None or reading.article is None or reading.content_digest is None or capture is None:
        raise ValueError(f"{visited.link.url}: placed without an article")
    url = _final_url(visited)
    before = known.get(document_id(url))
    verdict = judge(
        url=url,
        digest=reading.content_digest,
        captured=capture.fetched,
        known=before,
        twin=firsts.get(reading.content_digest),
    )
    if before and verdict.outcome is Outcome.CHANGED and (is_reread or _says_the_same(archive, visited, before)):
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


def _says_the_same(archive: Archive, visited: Visited, before: Known) -> bool:
    """Return whether the page a document was read from, read again by today's rules, says what this visit's does.

    Then the rules changed, or what is learnt of the site, and not the article. An article of several pages is taken for changed: the
    catalog does not know the evidence of its further pages.
    """
    again = None if visited.further else _reread(archive, visited.site, before)
    if again is None or again.reading is None or visited.reading is None:
        return False
    return again.reading.content_digest == visited.reading.content_digest


def _in_section(db: Database, visited: Visited, article: Article) -> Article:
    """Return the article with the section that the site's file gives to the list it was found on, where the page names none."""
    if article.section or not visited.site.sections:
        return article
    found_on = links.found_on(db, visited.link.url)
    names = {canonical_url(url, visited.site.scheme): name for url, name in visited.site.sections.items()}
    name = names.get(found_on) if found_on else None
    return replace(article, section=(name,)) if name else article


def _file(
    archive: Archive, decided: _Group, visited: Visited, document: Document, before: Known | None, verdict: Verdict
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


def _set_aside(archive: Archive, decided: _Group, document: Document, before: Known) -> None:
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
    capture, final = visited.capture, _final_url(visited)
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


def _record(archive: Archive, visited: Sequence[Visited], judged: _Group) -> None:
    """Write a group into the catalog: the links found before the visit that found them, a document after its visit."""
    db = archive.db
    for visit, recorded, document in zip(visited, judged.visits, judged.documents, strict=True):
        found = links.add(db, visit.site.key, recorded.links, found=visit.at, found_on=recorded.url)
        if found:
            older = [link.url for link in recorded.links if link.role is Role.NEXT]
            links.reopen(db, older, now=visit.at, run=archive.run)
        number = visits.record(db, recorded)
        if document is not None:
            digest = judged.digests.get((document.id, document.version))
            if document.id in judged.amended:
                documents.amend(db, document, markdown_digest=digest)
            else:
                documents.record(db, document, number, markdown_digest=digest)
        for url in {recorded.url, recorded.final_url} - {None}:
            failures = links.failures(db, str(url)) if recorded.outcome is Outcome.FAILED else 0
            again = next_visit(
                role=visit.link.role, outcome=recorded.outcome, reason=recorded.reason, failures=failures, now=visit.at
            )
            links.visited(db, str(url), run=archive.run, at=visit.at, outcome=recorded.outcome, next_visit=again)
    for old, place in judged.superseded:
        documents.supersede(db, old.id, old.version, path=place)
    for old, new in judged.displaced:
        documents.relink(db, old_first=old.id, new_first=new)
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


def _final_url(visited: Visited) -> str:
    """Return the canonical URL a visit ended at: where its redirects led, if that is on the site."""
    if visited.capture is None or visited.capture.final_url == visited.link.fetch_url:
        return visited.link.url
    final = canonical_url(visited.capture.final_url, visited.site.scheme)
    return final if final and in_scope(final, visited.site) else visited.link.url


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
