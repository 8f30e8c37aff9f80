"""What the decisions of one batch see: the catalog, with what the decisions before them come to in its place.

The document that a visit is about may be known under another URL (`recognise`). It is found again
- under an address it was found under before,
- under the other scheme: http and https are one page, also when a site's file changes its mind,
- under another spelling of its address, if the page says the same: letters of another case, parameters that change nothing,
- where a redirect of its own page leads, and on the host its site moved to (`moved_from`): if the page still says what the document says.
  A site that numbers its articles anew, or sends every old page to one notice, has not moved them.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from sqlite_utils import Database

from crawler.archive import body_of
from crawler.catalog.tables import documents, drifts, history, links, texts, visits, withheld
from crawler.dedup import normalise, plain
from crawler.dedup.similarity import Text, liken
from crawler.ingest.decision import Decision, Sighting
from crawler.ingest.evidence import reread
from crawler.ingest.results import Archive, Visited, document_url, final_url
from crawler.items import Article, Capture, DocumentState, Kind, Reading, Reason, Role, Site, Status
from crawler.policies.answers import Answers
from crawler.policies.drift import DriftDetector, Traits, common_lines, traits_of, typical
from crawler.urls import are_spellings, document_id, host_of, with_host, with_scheme

logger = logging.getLogger(__name__)

FEW, ALIKE = 4, 2  # titles of links that make a home page; so many of them may differ
NAMED = (Role.SECTION, Role.NEXT, Role.LIST)  # pages of a site's own making: what is there is what others repeat
LATEST_TEXTS = 20  # of a site, written last: enough to tell what all of them have
LATEST = 50  # documents of a site, of which a new one is like


class State:
    """An overlay over catalog and files that `apply` alone changes. What is looked up, is looked up once: a batch sees one state of them."""

    def __init__(self, root: Path, db: Database, archive: Archive | None = None) -> None:
        """`archive` is that of a run, with what it saw of its sites so far."""
        self.root, self.db, self.run = root, db, archive.run if archive else ""
        self._boilerplate = archive.boilerplate if archive else {}
        self._detectors = archive.detectors if archive else {}
        self._layouts = archive.layouts if archive else {}
        self._homes = archive.homes if archive else {}
        self._answers = archive.answers if archive else {}
        self._documents: dict[str, DocumentState | None] = {}
        self._firsts: dict[str, DocumentState] = {}  # by id, as the catalog has them
        self._files: dict[str, bytes | None] = {}
        self._readings: dict[str, Reading | None] = {}  # of documents, from their last evidence
        self._lines: dict[str, frozenset[str]] = {}  # by site: what its pages share, numbers masked
        self._withheld_urls: Mapping[str, str] = {}
        self._withheld_texts: Mapping[str, str] = {}

    @classmethod
    def of(cls, archive: Archive, visits: Sequence[Visited]) -> Self:
        """Return the state before a batch, with all that its visits are about."""
        state = cls(archive.root, archive.db, archive)
        urls = {url for visit in visits for url in _urls_of(visit)}
        digests = {digest for visit in visits if visit.reading and (digest := visit.reading.content_digest)}
        ids = {document_id(url) for url in urls}
        state._documents = {**dict.fromkeys(ids), **documents.known(archive.db, ids)}
        state._firsts = {first.id: first for first in documents.firsts(archive.db, digests).values()}
        state._withheld_urls = withheld.by_url(archive.db, urls)
        state._withheld_texts = withheld.by_text(archive.db, digests)
        return state

    def document(self, name: str) -> DocumentState | None:
        """Return the document with an id, None for one that is not known, or withheld."""
        if name not in self._documents:
            self._documents[name] = documents.known(self.db, [name]).get(name)
        return self._documents[name]

    def first(self, digest: str) -> DocumentState | None:
        """Return the first of the documents that say this: the one that is no duplicate; of two one that is not gone.

        Of two such the one captured earlier, then the smaller URL.
        """
        known = {**self._firsts, **{name: one for name, one in self._documents.items() if one}}
        saying = [one for one in known.values() if one.content_digest == digest and one.duplicate_of is None]
        return min(saying, key=lambda one: (one.status is Status.GONE, one.captured, one.url), default=None)

    def duplicates(self, first: str) -> list[DocumentState]:
        """Return the duplicates of a document."""
        stored = {one.id: one for one in documents.duplicates(self.db, first)}
        known = {**stored, **{name: one for name, one in self._documents.items() if one}}
        return [one for one in known.values() if one.duplicate_of == first]

    def withheld(self, visited: Visited) -> str | None:
        """Return the withheld document that a visit led to, by any of its addresses or by what it says."""
        found = next((self._withheld_urls[url] for url in _urls_of(visited) if url in self._withheld_urls), None)
        return found or self._withheld_texts.get((visited.reading and visited.reading.content_digest) or "")

    def is_cut(self, document: DocumentState) -> bool:
        """Return whether the version that a document holds is of a page that was cut."""
        return visits.reason_of(self.db, document.id, document.version) is Reason.CUT

    def read(self, path: str) -> bytes:
        """Return a file as it will be. Raises OSError."""
        return self._files.get(path) or (self.root / path).read_bytes()

    def article(self, document: DocumentState) -> Article:
        """Return the article that a document holds, with the body of its file; a duplicate's stands in the file of the first."""
        if document.article.body:  # decided in this batch
            return document.article
        path = document.path
        if path is None and document.duplicate_of and (first := self.document(document.duplicate_of)):
            path = first.path
        try:
            body = body_of(self.read(path)) if path else ""
        except (OSError, ValueError) as error:
            logger.warning("%s: its file cannot be compared: %s", document.url, error)
            body = ""
        return replace(document.article, body=body)

    def reread(self, document: DocumentState, site: Site, beside: Capture | None = None) -> Reading | None:
        """Return what the last evidence of a document says by today's rules, beside a newer one: an article, or None if it cannot be read again."""
        if document.id not in self._readings:
            again = reread(self.root, self.db, site, document, self._boilerplate.get(site.key), beside)
            self._readings[document.id] = again.reading if again else None
        return self._readings[document.id]

    def holds(self, site: Site, sighting: Sighting) -> bool:
        """Return whether a change has to wait, after all that the run saw of its site."""
        seen = self._detector(site).after(
            sighting.document, is_changed=sighting.is_changed, found=sighting.signs, lines=sighting.lines
        )
        return seen.holds(sighting.document)

    def is_latest(self, site: Site, article: Article) -> bool:
        """Return whether a new article is one of the site's latest: older ones may look as they did then."""
        since = self._detector(site).since
        return since is not None and (article.published is None or article.published >= since)

    def is_home_elsewhere(self, visited: Visited) -> bool:
        """Return whether a page is the home page of its site under another address: the answer to whatever is not there."""
        reading = visited.reading
        if reading is None or reading.kind is Kind.HOME or len(titles := _titles(reading)) < FEW:
            return False
        known = self._homes.get(visited.site.key, ())
        return any(reading.title == title and len(titles ^ held) <= ALIKE for title, held in known)

    def is_answer_to_all(self, visited: Visited) -> bool:
        """Return whether a page is what its site answers where nothing is: then it brings no article and no list that is not known."""
        reading = visited.reading
        if reading is None or reading.signature is None or visited.link.role is Role.SEED:
            return False
        if is_guess(visited):
            return True
        if visited.link.role is Role.ARTICLE and reading.kind is not Kind.ARTICLE:
            return False  # articles that a list names and nobody can read are not nothing
        answers = self._answers.setdefault(visited.site.key, Answers())
        if not answers.is_nothing(reading.signature, final_url(visited), is_article=reading.kind is Kind.ARTICLE):
            return False
        wanted = [link.url for link in reading.links if link.role is Role.ARTICLE or "#" in link.fetch_url]
        is_nothing = reading.signature in answers.nothing and visited.link.role not in NAMED
        return is_nothing or not links.unknown(self.db, wanted)

    def apply(self, decision: Decision) -> None:
        """Let the decisions that follow see what one comes to."""
        self._documents |= {document.id: document for document in decision.states}
        self._files |= decision.files
        visit = decision.preserved.result
        if visit.reading and visit.reading.kind is Kind.HOME:
            self._homes.setdefault(visit.site.key, []).append((visit.reading.title, _titles(visit.reading)))
        if visit.reading and visit.reading.signature:
            answers = self._answers.setdefault(visit.site.key, Answers())
            answers.add(visit.reading.signature, final_url(visit), is_guess=is_guess(visit))
        if seen := decision.sighting:
            detector = self._detector(decision.preserved.result.site)
            if seen.traits:
                detector.add_new(seen.document, seen.traits)
            else:
                detector.add(seen.document, is_changed=seen.is_changed, found=seen.signs, lines=seen.lines)

    def are_counters(self, site: Site, lines: frozenset[str]) -> bool:
        """Return whether these lines, numbers masked, stand on most pages of a site, as it was read last: they are its layout's, not an article's."""
        if site.key not in self._lines:
            self._lines[site.key] = common_lines(texts.latest(self.db, site.key, LATEST_TEXTS))
        return lines <= self._lines[site.key] | self._layouts.get(site.key, frozenset())

    def _detector(self, site: Site) -> DriftDetector:
        return detector_of(self.db, self._detectors, site)


def is_guess(visited: Visited) -> bool:
    """Return whether a page stands where nobody said that there is anything, and only a sitemap would be an answer."""
    is_sitemap = urlsplit(visited.link.url).path == "/sitemap.xml" and visited.link.found_on is None
    return is_sitemap and visited.reading is not None and visited.reading.kind is not Kind.FEED


def _titles(reading: Reading) -> frozenset[str]:
    return frozenset(link.title for link in reading.links if link.title)


def detector_of(db: Database, detectors: MutableMapping[str, DriftDetector], site: Site) -> DriftDetector:
    """Return what a run has seen of a site so far."""
    if site.key not in detectors:
        latest = documents.known(db, documents.latest(db, site.key, LATEST)).values()
        detectors[site.key] = DriftDetector(
            documents=documents.count(db, site.key),
            usual=typical(traits_at(held) for held in latest),
            since=min((held.article.published for held in latest if held.article.published), default=None),
            accepted=drifts.accepted(db, site.key),
            is_marked=drifts.current(db, site.key) is not None,
        )
    return detectors[site.key]


def traits_at(document: DocumentState) -> Traits:
    """Return how a document was read; the body of its article may stand in its file alone."""
    return replace(traits_of(document.article), characters=document.characters)


def _urls_of(visited: Visited) -> Iterable[str]:
    """Return the addresses a visit went by: asked for, arrived at, and that of the document it is about."""
    return visited.link.url, final_url(visited), document_url(visited)


def recognise(db: Database, visited: Sequence[Visited]) -> list[Visited]:
    """Return the visits of a batch, each with the URL of the document it is about where that is not the one it ended at."""
    urls = {url for visit in visited for url in _spellings(visit)}
    known = documents.known(db, map(document_id, urls))
    moved = history.addresses(db, urls)
    for visit in visited:  # first of all, so that a link to the new URL in the same batch finds it too
        url = final_url(visit)
        if url != visit.link.url and url not in moved and (before := _redirected(db, visit, known, moved)):
            moved[url] = before
    found = []
    saying = _saying(db, visited, known)
    for visit in visited:
        about = visit.document_url or _document_url(db, visit, known, moved) or _respelled(visit, saying, known)
        found.append(replace(visit, document_url=about))
        if digest := visit.reading and visit.reading.content_digest:
            saying.setdefault(digest, about or final_url(visit))
    return found


def _saying(db: Database, visited: Sequence[Visited], known: Mapping[str, DocumentState]) -> dict[str, str]:
    """Return the address of the first document that says what a visit nobody knows says, by the digest of that."""
    digests = {
        digest
        for visit in visited
        if visit.reading and (digest := visit.reading.content_digest) and document_id(final_url(visit)) not in known
    }
    return {digest: first.url for digest, first in documents.firsts(db, digests).items()} if digests else {}


def _respelled(visit: Visited, saying: Mapping[str, str], known: Mapping[str, DocumentState]) -> str | None:
    url = final_url(visit)
    other = saying.get((visit.reading and visit.reading.content_digest) or "")
    is_other = other is not None and other != url and document_id(url) not in known
    return other if is_other and other and are_spellings(url, other) else None


def _document_url(db: Database, visit: Visited, known: dict[str, DocumentState], moved: dict[str, str]) -> str | None:
    url = final_url(visit)
    if document_id(url) in known:
        return None
    if url in moved:
        return moved[url]
    for former in _other_schemes(url):
        if document_id(former) in known:
            return former
    return next((former for former in _on_left_hosts(url, visit.site) if _is_still(db, former, visit, known)), None)


def _redirected(db: Database, visit: Visited, known: dict[str, DocumentState], moved: dict[str, str]) -> str | None:
    """Return the URL of the document of a page that redirects to one nobody knows, if it still says the same."""
    if document_id(final_url(visit)) in known:
        return None
    own = moved.get(visit.link.url, visit.link.url)
    return next((url for url in (own, *_other_schemes(own)) if _is_still(db, url, visit, known)), None)


def _is_still(db: Database, url: str, visit: Visited, known: dict[str, DocumentState]) -> bool:
    """Return whether a document is known under this URL and says what the visit's article says: digest, text or title."""
    before = known.get(document_id(url))
    if before is None or visit.reading is None or visit.reading.article is None:
        return False
    if before.content_digest == visit.reading.content_digest:
        return True
    held = texts.of(db, before.duplicate_of or before.id)
    return held is not None and _is_alike(held, visit.reading.article)


def _is_alike(held: tuple[str, str], article: Article) -> bool:
    title, body = held
    if liken(Text(normalise(body)), Text(normalise(plain(article.body)))) is not None:
        return True
    return bool(normalise(title)) and normalise(title) == normalise(article.title)


def _spellings(visit: Visited) -> Iterator[str]:
    """Yield every URL under which the document of a visit may be known."""
    for url in {final_url(visit), visit.link.url}:
        yield url
        yield from _other_schemes(url)
        yield from _on_left_hosts(url, visit.site)


def _other_schemes(url: str) -> Iterable[str]:
    return (with_scheme(url, "http" if url.startswith("https:") else "https"),)


def _on_left_hosts(url: str, site: Site) -> Iterator[str]:
    """Yield a URL of the site's own host as it was on the hosts that the site left."""
    if host_of(url) == site.hosts[0]:
        for host in site.moved_from:
            for scheme in ("http", "https"):
                yield with_scheme(with_host(url, host), scheme)
