"""The document an article becomes, and what it does to others: versions, duplicates, promotions."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from crawler.archive import article_path, body_of, dump, version_path
from crawler.catalog.tables import history, links, sites
from crawler.dedup import Verdict, judge
from crawler.dedup.changes import changes_between, corrections, keeping
from crawler.ingest.decision import ChangeSet, Policy, Promotion
from crawler.ingest.media import contents_of
from crawler.ingest.results import Visited, document_url
from crawler.ingest.state import State
from crawler.items import Article, Capture, DocumentState, Outcome, Reading, Site, Status
from crawler.pages.extraction import EXTRACTOR
from crawler.pages.families import canonical_url
from crawler.policies.drift import counters_between
from crawler.urls import document_id, host_of

LATEST_CHANGES = 10  # of a document, among which a counter is looked for
MOST_CORRECTIONS = (
    3  # of one field of a version: what changes more often is a counter, or a picture host that draws lots
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The document an article becomes, and why."""

    before: DocumentState | None
    after: DocumentState
    verdict: Verdict
    changed_from: Article | None = None  # if anything changed
    change_set: ChangeSet | None = None

    @property
    def is_written(self) -> bool:
        return self.verdict.outcome is not Outcome.UNCHANGED or self.verdict.amends


def place(state: State, visited: Visited, before: DocumentState | None, policy: Policy) -> Placed:
    """Return the document an article becomes."""
    reading, capture = read_from(visited)
    after = state_of(visited, before)
    verdict = judge(
        url=after.url,
        digest=after.content_digest,
        captured=capture.fetched,
        known=before,
        twin=state.first(after.content_digest),
    )
    if before and verdict.outcome is Outcome.CHANGED:
        again = reading if policy.is_reread else state.reread(before, visited.site, capture)
        if again and again.content_digest == reading.content_digest:  # the rules changed, and not the article
            verdict = replace(verdict, outcome=Outcome.UNCHANGED, amends=True)
    is_duplicate = verdict.outcome is Outcome.DUPLICATE
    is_gone = policy.is_reread and before is not None and before.status is Status.GONE
    if before and verdict.outcome is not Outcome.UNCHANGED:
        after = replace(after, version=before.version + 1, lastmod=capture.fetched)
    after = replace(
        after,
        article=_in_section(state, visited, after.article),
        status=Status.DUPLICATE if is_duplicate else Status.GONE if is_gone else Status.LIVE,
        duplicate_of=verdict.first.id if verdict.first else None,
        path=None if is_duplicate else after.path or article_path(after.document(visited.site, {})),
    )
    return Placed(before=before, after=after, verdict=verdict)


def compare(state: State, visited: Visited, placed: Placed) -> Placed:
    """Return a document with what changed in it, or what its page, equal in title and body, corrected."""
    before, after, verdict = placed.before, placed.after, placed.verdict
    if before is None:
        return placed
    if verdict.outcome is not Outcome.UNCHANGED:
        old = state.article(before)
        counters = counters_between(old.body, after.article.body) if old.title == after.article.title else None
        if verdict.outcome is Outcome.CHANGED and counters and _count(state, visited.site, before, counters):
            return replace(placed, after=state_of(visited, before), verdict=replace(verdict, outcome=Outcome.UNCHANGED))
        found = ChangeSet(changes=changes_between(old, after.article), kind="version")
        return replace(placed, changed_from=old, change_set=found)
    if verdict.amends or before.path is None or not (said := corrections(before.article, after.article)):
        return placed
    again = state.reread(before, visited.site, visited.capture)
    if again and again.article:  # better rules read from the page before what they read from this one
        fields = {change.field for change in corrections(again.article, after.article)}
        said = tuple(change for change in said if change.field in fields)
    often = history.corrections(state.db, before.id, before.version)
    if said and all(often.get(change.field, 0) >= MOST_CORRECTIONS for change in said):
        return placed
    return replace(
        placed,
        after=replace(after, article=keeping(after.article, before.article)),
        verdict=replace(verdict, amends=True),
        changed_from=replace(before.article, body=after.article.body) if said else None,
        change_set=ChangeSet(changes=said, kind="correction") if said else None,
    )


def _count(state: State, site: Site, before: DocumentState, lines: frozenset[str]) -> bool:
    """Return whether lines that differ in numbers alone are counters: the site's, or the article's own, which made versions before."""
    if state.are_counters(site, lines):
        return True
    told = (counters_between(*bodies) for bodies in history.bodies(state.db, before.id, LATEST_CHANGES))
    return sum(counted is not None and lines <= counted for counted in told) >= MOST_CORRECTIONS


def others(state: State, placed: Placed) -> Iterator[DocumentState]:
    """Yield the documents that an article which is written makes others: what it displaces, and what goes on saying the same as it does."""
    before, after, displaced = placed.before, placed.after, placed.verdict.takes_over
    if displaced:
        yield replace(displaced, status=Status.DUPLICATE, duplicate_of=after.id, path=None)
        for other in state.duplicates(displaced.id):
            if other.id != after.id:
                yield replace(other, duplicate_of=after.id)
    if before and placed.verdict.amends:
        for other in state.duplicates(before.id):
            if other.content_digest == before.content_digest:
                yield replace(other, content_digest=after.content_digest)


def promote(state: State, before: DocumentState) -> Promotion | None:
    """Give the text that a document no longer says to the duplicate captured first, of those that are there if any is; None without duplicates."""
    equal = [one for one in state.duplicates(before.id) if one.content_digest == before.content_digest]
    if not equal:
        return None
    promoted = min(equal, key=lambda one: (_is_gone(one), one.captured, one.url))
    site = sites.load(state.db, promoted.site)
    article = _text(state, site, promoted, before)
    status = Status.GONE if _is_gone(promoted) else Status.LIVE
    after = replace(promoted, article=article, characters=len(article.body), status=status, duplicate_of=None)
    after = replace(after, path=article_path(after.document(site, {})))
    document = after.document(site, contents_of(state.db, article))
    following = (replace(one, duplicate_of=promoted.id) for one in equal if one.id != promoted.id)
    return Promotion(document=document, old_first=before.id, markdown=dump(document), states=(after, *following))


def _is_gone(document: DocumentState) -> bool:
    absence = document.absence
    return absence is not None and absence.confirmed is not None and absence.returned is None


def _text(state: State, site: Site, promoted: DocumentState, before: DocumentState) -> Article:
    """Return the article of the duplicate's own page, read again; with the text of the document it repeated where that cannot be done."""
    if promoted.article.body:
        return promoted.article
    again = state.reread(promoted, site)
    if again and again.article and again.content_digest == promoted.content_digest:
        return replace(again.article, section=again.article.section or promoted.article.section)
    aside = version_path(before.id, host_of(before.url), before.version)
    assert before.path is not None, "the first of several has a file"
    is_aside = (state.root / aside).exists()  # an earlier attempt failed half-way, and wrote the file anew
    return replace(promoted.article, body=body_of(state.read(aside if is_aside else before.path)))


def state_of(visited: Visited, before: DocumentState | None) -> DocumentState:
    """Return a document with what was read of it now, in the version it had."""
    reading, capture = read_from(visited)
    assert reading.article is not None, "it was looked for"
    url = document_url(visited)
    return DocumentState(
        id=document_id(url),
        url=url,
        site=visited.site.key,
        article=reading.article,
        characters=len(reading.article.body),
        family=reading.family,
        extractor=EXTRACTOR,
        version=before.version if before else 1,
        content_digest=reading.content_digest or "",
        path=before.path if before else None,
        captured=before.captured if before else capture.fetched,
        status=Status.LIVE,
        lastmod=before.lastmod if before else None,
        absence=before.absence if before else None,
    )


def read_from(visited: Visited) -> tuple[Reading, Capture]:
    """Return what a visit that brought an article was read as, and from."""
    if visited.reading is None or visited.reading.article is None or visited.capture is None:
        raise ValueError(f"{visited.link.url}: placed without an article")
    return visited.reading, visited.capture


def _in_section(state: State, visited: Visited, article: Article) -> Article:
    """Return the article with the section that the site's file gives to the list it was found on, where the page names none."""
    if article.section or not visited.site.sections:
        return article
    found_on = links.found_on(state.db, visited.link.url)
    names = {canonical_url(url, visited.site.scheme): name for url, name in visited.site.sections.items()}
    name = names.get(found_on) if found_on else None
    return replace(article, section=(name,)) if name else article
