"""Reading: what one capture says. The pure half of `crawler/ingest/`, in a module of its own so that a reader process loads no store."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import islice
from urllib.parse import urlsplit

from crawler.dedup import content_digest
from crawler.errors import ExtractionError
from crawler.items import Article, Boilerplate, Capture, Kind, Link, ListFigures, Reading, Reason, Role, Site
from crawler.pages.discovery import (
    answer_links,
    discover,
    feed_links,
    following,
    header_links,
    script_links,
    text_links,
)
from crawler.pages.discovery.feeds import GZIP, is_xml, xml_of
from crawler.pages.discovery.figures import figures_of, unlinked_rows
from crawler.pages.discovery.listing import Listing, read_answer
from crawler.pages.discovery.pagination import article_pages
from crawler.pages.discovery.script_files import script_files
from crawler.pages.discovery.scripted import reveal
from crawler.pages.extraction import LITTLE, Page, extract, parse, text_of
from crawler.pages.extraction.entries import find_entries
from crawler.pages.extraction.kinds import MANY, find_wall
from crawler.pages.extraction.learning import MIN_PAGES
from crawler.pages.extraction.learning import learn as learn_from
from crawler.pages.extraction.mirror import RULE, read_mirror
from crawler.pages.families import FAMILIES, canonical_url
from crawler.urls import in_scope

__all__ = ["LEARNT_FROM", "MIN_PAGES", "beginning", "is_cut", "learn", "read"]

COUNTER = re.compile(r"\d{4,}")  # of visitors, say
MIN_PART = 3  # characters of a part of an address that says which one it is
MIRRORED = "text/x-mirror"  # the media type that the evidence gives to imported files
LEARNT_FROM = 100  # captures of a site: more teach nothing new, and these take half a second
MAX_PAGE = 4_000_000  # bytes of a page that are read; the largest real page seen: 3 MB
MAX_TAGS = 60_000  # and its tags, opening and closing: each costs some 3 KB while the page is read
BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"Rar!",
    b"RIFF",
    b"\x00\x00\x00",
)


def read(
    capture: Capture, site: Site, further: Sequence[Capture] = (), boilerplate: Boilerplate | None = None
) -> Reading:
    """Return what a capture says: its kind, the article if it is one, the links of the site on it.

    `further` are the captures of `Reading.further`, in order: bodies to join to the article's, or scripts of a list. `boilerplate` is what `learn`
    made of other captures of the site. Pure, so that it can run in any process. Raises ExtractionError for bytes that are no page.
    """
    site = site.as_of(capture.fetched)
    if is_mirrored(capture):
        return read_file(capture.body, site, capture.url)
    if canonical_url(capture.final_url) is None:
        raise ExtractionError(f"{capture.final_url}: not the address of a page")
    listing = Listing.of(capture.url)
    if (xml := xml_of(capture.body)) is not None and not (listing and listing.row):
        return Reading(kind=Kind.FEED, links=feed_links(xml, capture.final_url, site))
    if capture.final_url.partition("?")[0].endswith(".txt"):
        return Reading(kind=Kind.FEED, links=text_links(capture.body, capture.final_url, site))
    if capture.body.lstrip()[:8].startswith(BINARY):
        return Reading(kind=Kind.OTHER, reason=Reason.NOT_HTML)
    if capture.final_url.partition("?")[0].endswith(".js"):
        return Reading(kind=Kind.LIST, links=script_links(capture.body, capture.final_url, site))
    if listing and (answer := read_answer(capture.body, listing)) is not None:
        figures = ListFigures(articles=answer.total, page=listing.at)
        return Reading(kind=Kind.LIST, links=answer_links(answer, listing, site), figures=figures)
    page = parse(_bounded(capture), FAMILIES.get(site.family or ""))
    if reason := find_wall(page):
        return Reading(kind=Kind.WALL, reason=reason, family=_family(page), title=page.title or None)
    reading = _read_page(page, site, capture, further, boilerplate)
    return _as_list(reading, listing, site) if listing else reading


def _as_list(reading: Reading, listing: Listing, site: Site) -> Reading:
    """Return what fills a list as a list, with the request for what follows."""
    onward = following(listing, sum(link.role is not Role.NEXT for link in reading.links), None, site)
    return Reading(kind=Kind.LIST, family=reading.family, links=(*reading.links, *onward), title=reading.title)


def is_cut(capture: Capture) -> bool:
    """Return whether a page is so large that only its beginning is read."""
    return len(capture.body) > MAX_PAGE or capture.body.count(b"<") > MAX_TAGS


def beginning(capture: Capture) -> Capture:
    """Return a capture with as much of its body as `read` looks at: the rest need not be given to another process."""
    if len(capture.body) <= MAX_PAGE or _is_read_whole(capture):
        return capture
    return replace(capture, body=capture.body[:MAX_PAGE])


def _is_read_whole(capture: Capture) -> bool:
    """Return whether a capture is, or may be, a list of addresses or a file rather than a page."""
    is_file = capture.final_url.partition("?")[0].endswith((".txt", ".js")) or is_mirrored(capture)
    return is_file or capture.body[:2] == GZIP or is_xml(capture.body) or Listing.of(capture.url) is not None


def _bounded(capture: Capture) -> Capture:
    if not is_cut(capture):
        return capture
    body = capture.body[:MAX_PAGE]
    beyond = next(islice(re.finditer(b"<", body), MAX_TAGS, None), None)
    return replace(capture, body=body[: beyond.start()] if beyond else body)


def is_mirrored(capture: Capture) -> bool:
    """Return whether a capture is a file of an older mirror."""
    return any(name.lower() == "content-type" and value == MIRRORED for name, value in capture.headers)


def read_file(data: bytes, site: Site, address: str) -> Reading:
    """Return what a file of an older mirror says of the page at an address. Raises MirrorError for one that cannot be read."""
    article = read_mirror(data, site.timezone, address).article
    return Reading(
        kind=Kind.ARTICLE,
        family=RULE,
        article=article,
        is_news=True,
        content_digest=content_digest(article),
        title=article.title,
    )


def learn(captures: Iterable[Capture], site: Site) -> Boilerplate:
    """Return what captures of one site teach: the lines that most of them share. What is no page teaches nothing."""
    return learn_from(page for capture in captures if (page := _page(capture, site)) is not None)


def _page(capture: Capture, site: Site) -> Page | None:
    if is_mirrored(capture):
        return None
    try:
        return parse(_bounded(capture), FAMILIES.get(site.as_of(capture.fetched).family or ""))
    except ExtractionError:
        return None


def _read_page(
    page: Page, site: Site, capture: Capture, further: Sequence[Capture], boilerplate: Boilerplate | None
) -> Reading:
    addresses = script_files(page)
    files = [other.body.decode("utf-8", "replace") for other in further if other.url in addresses]
    scripted = reveal(page, files)
    page = page.again() if scripted.is_changed else page
    entries = find_entries(page)
    found = extract(page, site, entries, capture, boilerplate)
    article, kind = found.article, found.kind
    if kind is not Kind.ARTICLE and page.is_covered:
        page = page.again(shows_hidden=True)
        entries = find_entries(page)
        kind = Kind.LIST if kind is Kind.OTHER and len(entries) >= MANY else kind
    links = (*discover(page, site, entries, kind, scripted), *header_links(capture, site))
    first, rest = article_pages(page) if article else (None, [])
    if first is not None:  # a further page of an article: the first one brings it
        return Reading(kind=Kind.OTHER, family=_family(page), links=links, title=page.title or None)
    if article is not None and further:
        article = _joined(article, [_article_on(other, site, boilerplate) for other in further])
    rest = [*rest, *(url for url in found.framed if url not in rest)]
    is_article = kind is Kind.ARTICLE
    ordinary = _ordinary(links)
    figures = unlinked_rows(page, ordinary) if is_article else figures_of(page, scripted, ordinary, entries, site.hosts)
    if not files and kind is not Kind.ARTICLE and (scripted.is_unresolved or (figures and figures.obstacles)):
        rest += addresses  # they may say what the page does not
    pages = {canonical_url(url, site.scheme) for url in rest}
    return Reading(
        kind=kind,
        family=_family(page),
        article=article,
        is_news=found.is_news,
        content_digest=content_digest(article) if article else None,
        dropped=found.dropped,
        links=tuple(link for link in links if link.url not in pages),
        further=tuple(url for url in rest if in_scope(url, site)),
        title=page.title or None,
        figures=figures,
        signature=None if kind is Kind.HOME else _signature(page, article),
    )


def _signature(page: Page, article: Article | None) -> str:
    """Return what is equal of two pages that show the same: some repeat the address that was asked for, or count.

    Two articles of one text are two by their titles, or by the pictures and files that are all they have.
    """
    shown = f"{page.title}\n{page.text}"
    for part in (page.url, *dict.fromkeys(urlsplit(page.url).path.split("/"))):  # in an order: parts overlap
        shown = shown.replace(part, "") if len(part) > MIN_PART else shown
    own = (article.title or "", *(medium.url for medium in article.media)) if article else ()
    return blake2b("\n".join((COUNTER.sub("", shown), *own)).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _ordinary(links: Iterable[Link]) -> list[Link]:
    return [link for link in links if link.role is not Role.ASIDE]


def _article_on(capture: Capture, site: Site, boilerplate: Boilerplate | None) -> Article | None:
    """Return what stands on a further page of an article, or on the page that it shows in a frame."""
    try:
        page = parse(_bounded(capture), FAMILIES.get(site.family or ""))
    except ExtractionError:  # no page: the article has a gap, and says so
        return None
    if find_wall(page):
        return None
    return extract(page, site, [], capture, boilerplate).article or text_of(page, boilerplate)


def _family(page: Page) -> str | None:
    return page.family.name if page.family else None


def _joined(article: Article, others: Sequence[Article | None]) -> Article:
    """Return an article with the bodies, media and people of its further pages; a page that could not be read leaves a gap, and a doubt."""
    bodies = [article.body, *(other.body for other in others if other)]
    media = {medium.url: medium for other in (article, *others) if other for medium in other.media}
    people: dict[str, tuple[str, ...]] = {}
    for other in filter(None, (article, *others)):
        people |= {role: tuple(dict.fromkeys((*people.get(role, ()), *names))) for role, names in other.people.items()}
    return replace(
        article,
        body="\n\n".join(filter(None, bodies)),
        media=tuple(media.values()),
        people=people,
        confidence=(article.confidence or LITTLE) * (1.0 if all(others) else 0.5),
    )
