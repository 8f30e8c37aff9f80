"""Recognising: the document that a visit is about, where the catalog knows it under another URL.

A document is found again
- under an address it was found under before,
- under the other scheme: http and https are one page, also when a site's file changes its mind,
- where a redirect of its own page leads, and on the host its site moved to (`moved_from`): if the page still says what the document says.
  A site that numbers its articles anew, or sends every old page to one notice, has not moved them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sqlite_utils import Database

from crawler.catalog.tables import addresses, documents
from crawler.dedup import normalise, plain
from crawler.dedup.similarity import Text, liken
from crawler.ingest.visited import Archive, Visited, final_url
from crawler.items import Article, Known, Site
from crawler.urls import document_id, host_of, with_host, with_scheme


def recognise(archive: Archive, visited: Sequence[Visited]) -> list[Visited]:
    """Return the visits of a group, each with the URL of the document it is about where that is not the one it ended at."""
    urls = {url for visit in visited for url in _spellings(visit)}
    known = documents.known(archive.db, map(document_id, urls))
    moved = addresses.of(archive.db, urls)
    for visit in visited:  # first of all, so that a link to the new URL in the same group finds it too
        url = final_url(visit)
        if url != visit.link.url and url not in moved and (before := _redirected(archive.db, visit, known, moved)):
            moved[url] = before
    return [replace(visit, document_url=_document_url(archive.db, visit, known, moved)) for visit in visited]


def _document_url(db: Database, visit: Visited, known: dict[str, Known], moved: dict[str, str]) -> str | None:
    url = final_url(visit)
    if document_id(url) in known:
        return None
    if url in moved:
        return moved[url]
    for former in _other_schemes(url):
        if document_id(former) in known:
            return former
    return next((former for former in _on_left_hosts(url, visit.site) if _is_still(db, former, visit, known)), None)


def _redirected(db: Database, visit: Visited, known: dict[str, Known], moved: dict[str, str]) -> str | None:
    """Return the URL of the document of a page that redirects to one nobody knows, if it still says the same."""
    if document_id(final_url(visit)) in known:
        return None
    own = moved.get(visit.link.url, visit.link.url)
    return next((url for url in (own, *_other_schemes(own)) if _is_still(db, url, visit, known)), None)


def _is_still(db: Database, url: str, visit: Visited, known: dict[str, Known]) -> bool:
    """Return whether a document is known under this URL and says what the visit's article says: digest, text or title."""
    before = known.get(document_id(url))
    if before is None or visit.reading is None or visit.reading.article is None:
        return False
    if before.content_digest == visit.reading.content_digest:
        return True
    held = documents.text(db, before.duplicate_of or before.id)
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
