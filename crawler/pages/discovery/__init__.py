"""Discovery: a page, feed or sitemap in, the links of the site on it out, each with the role its place and its URL suggest.

The role orders the walk; it never decides what a page is (`extraction.kinds` does). Links off the site, to media, and into the
rooms of a site that are shut (logins, prints) are left out; what is set aside (searches, tags, calendars) has a role of its own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from html import unescape
from itertools import islice, zip_longest
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crawler.items import Capture, Kind, Link, Role, Site
from crawler.pages.discovery.feeds import feed_addresses, named_sitemaps, text_addresses
from crawler.pages.discovery.findings import Scripted
from crawler.pages.discovery.listing import HREF, NUMBER, Answer, Listing
from crawler.pages.discovery.pagination import family_pages, has_pager, pager_anchors
from crawler.pages.discovery.requested import listings
from crawler.pages.discovery.templates import page_links
from crawler.pages.discovery.unpacked import commented
from crawler.pages.extraction.entries import Entry, day_beside, label_of, names_nothing
from crawler.pages.extraction.media import ATTACHMENT
from crawler.pages.extraction.page import MOST_TITLE, Page, fold
from crawler.pages.extraction.sections import find_breadcrumb
from crawler.pages.families import FAMILIES, canonical_url, is_article_url
from crawler.urls import POSTED, absolute_url, host_of, is_page, on_own_host, requested_url, with_scheme

__all__ = [
    "answer_links",
    "discover",
    "feed_links",
    "header_links",
    "listing_links",
    "robots_links",
    "script_links",
    "seed_links",
    "text_links",
]

RANK = {role: rank for rank, role in enumerate(Role)}
# Never asked for: what changes something, or shows a page once more.
SHUT = re.compile(
    r"/(log(?:in|out)|sign(?:in|up|out)|sso|oauth2?|cas|print|vote|_?visits?count\w*|(?:get|add|update)?(?:hits?|clicks?)(?:count\w*|times|num)?|counter)(?=[/.?_]|$)"
    r"|[?&](replytocom|print|action=(?:login|logout|edit|print|reply|newthread|vote|register)"
    r"|mod=(?:post|logging|register|spacecp|misc)|do=(?:login|logout|register))(?=[=&]|$)",
    re.IGNORECASE,
)
# Left aside: most of what is there is elsewhere as well, and often it has no end.
ASIDE = re.compile(
    r"/(register|search|_search|so|tags?)(?=[/.?_]|$)"
    r"|[?&](month|calendar|sort|order(?:by|field)?|keywords?|q|wd|INTEXT\w*|lucenenewssearchkey\w*)(?=[=&]|$)",
    re.IGNORECASE,
)
# What a column of articles is called in a menu.
COLUMN = re.compile(
    r"^\W*[\u4e00-\u9fff]{0,4}(?:新闻|要闻|动态|公告|通知|通告|资讯|快讯|公示|简讯|简报|快报)(?:公告|公示|动态|中心)?\W*$"
)
MIRRORS = frozenset({"m", "wap", "mobile", "3g", "big5", "gb2big5", "gate/big5"})  # folders
# The same pages for small screens, or in the other script.
MOBILE = re.compile(rf"^https?://[^/]+/({'|'.join(sorted(MIRRORS))})/", re.IGNORECASE)
OF_DAYS = frozenset({"month", "calendar"})
HALF_READ = re.compile(
    r"[{}]|%7B%7B|<%|%3C%|['\"](?:%20|\s|)\+|\+(?:%20|\s|)['\"]|\$\(|\bundefined\b"
)  # a template that nobody filled
CIRCLE = re.compile(r"((?:/[^/?]+)+?)\1\1(?=[/?]|$)")  # a/b/a/b/a/b: relative links resolved against the wrong base
DATA = re.compile(rf"\.(?:js|json|txt)(?:\?|$)|{POSTED}", re.IGNORECASE)  # what a list may be kept in
MAX_QUERY = 3000  # characters of an address with the body that is sent to it
MAX_URL = 500  # characters
MOST_ABOVE = 4  # folders above a page that are looked into
MAX_PARAMETERS = 6
MOST_ADDRESSES = 50_000  # of one feed or sitemap (sitemaps.org)
MAX_SCRIPT = 200_000  # bytes of a pager script
# The session of a reader in the query of an address: each page names every address with another one.
SESSION = re.compile(
    r"(?<=[?&])(?:sid|sess(?:ion)?_?(?:id|key)?)=(?=[0-9a-f]{0,64}\d)(?=\d{0,64}[a-f])[0-9a-f]{8,64}(?:&|$)",
    re.IGNORECASE,
)
REFRESH = re.compile(r"url\s{0,9}=\s{0,9}['\"]?([^'\">]+)", re.IGNORECASE)
ONWARD = re.compile(r"""<([^<>\s]{1,500})>\s{0,9};[^,<>]{0,200}?\brel\s{0,9}=\s{0,9}"?next\b""", re.IGNORECASE)
FEED_TYPES = ("application/rss+xml", "application/atom+xml")
# Where the address stands of what leads somewhere and is no plain link.
ADDRESS_IN = {"iframe": "src", "frame": "src", "area": "href", "option": "value", "link": "href"}
SHORT_PAGE = 300  # characters of text; a page that only redirects shows less


def discover(
    page: Page, site: Site, entries: list[Entry], kind: Kind, scripted: Scripted | None = None
) -> tuple[Link, ...]:
    """Return the links of a page, in document order, each canonical URL once with its best role.

    Of a seed that leads to no list, and of the pages above it, also where such a page may stand: above it, at the root.
    """
    found: dict[str, Link] = {}
    articles = (*site.articles, page.url) if kind is Kind.ARTICLE else site.articles
    shapes = {shape_of(url) for url in articles}
    spelled = {shape_of(url).lower(): url for url in reversed(articles) if url in site.articles or "?" not in url}
    zone = ZoneInfo(site.timezone)
    dated = {entry.anchor.href: entry for entry in entries} if kind is not Kind.ARTICLE else {}
    seen: set[tuple[str, Role, bool]] = set()  # menus stand twice on a page, for screens of two sizes
    for href, title, role in _hrefs(page, kind, scripted or Scripted()):
        is_nameless = names_nothing(title)
        if (href, role, is_nameless) in seen:
            continue
        seen.add((href, role, is_nameless))
        link = make_link(page.base, href, site, role=role, title=title, encoding=page.encoding)
        if link is None:
            continue
        if link.role is Role.OTHER:
            link = _as_seeds_are(link, spelled)
            link = _with_role(link, _role(link.url, href in dated, shapes, title))
        if entry := dated.get(href):
            named = title if title and not is_nameless else label_of(entry.anchor)
            link = replace(link, title=named[:MOST_TITLE], shown=day_beside(page, entry, zone))
        if link.role is Role.ARTICLE and names_nothing(link.title):
            link = replace(link, title=None)
        known = found.get(link.url)
        is_better = known is None or RANK[link.role] < RANK[known.role]
        if known and not is_better and known.title is None and link.role is known.role is Role.ARTICLE:
            found[link.url] = replace(known, title=link.title)  # a picture, or a day, stands before its title
        if is_better and not (
            known and known.role is Role.NEXT and kind is Kind.ARTICLE
        ):  # its shape is that of its pages
            found[link.url] = link
    own = canonical_url(page.url, site.scheme)
    filled = listings(page, scripted) if scripted and kind is not Kind.ARTICLE else ()
    asked = [link for listing in filled for link in listing_links(listing, site, role=Role.LIST)]
    listed = {link.url: link for link in reversed(asked)}  # one that goes on is named before one of a single page
    links = [link for url, link in found.items() if url != own and url not in listed]
    links += listed.values()  # asked for by what its button does as well, it is read as what it is
    if own in {canonical_url(url, site.scheme) for url in site.articles}:
        links += _above(page.url, site, links)
    return tuple(links)


def _as_seeds_are(link: Link, spelled: Mapping[str, str]) -> Link:
    """Return a link to an article as articles of its site are spelled: with their slash at the end and their letters, and without a query.

    `spelled` are such articles by their shape in small letters. The server would answer the same, or send us there.
    """
    if (known := spelled.get(shape_of(link.url).lower())) is not None:
        if shape_of(known) == shape_of(link.url):
            return link
        texts, numbers = re.split(r"\d+", known), re.findall(r"\d+", link.url)
        url = "".join(part for pair in zip_longest(texts, numbers, fillvalue="") for part in pair)
        return replace(link, url=url, fetch_url=url)
    if shape_of(f"{link.url}/").lower() in spelled:
        return replace(link, url=f"{link.url}/", fetch_url=f"{link.fetch_url}/")
    bare, mark, _ = link.url.partition("?")
    if mark and shape_of(bare).lower() in spelled and re.search(r"\d", urlsplit(bare).path):
        return replace(link, url=bare, fetch_url=link.fetch_url.partition("?")[0])
    return link


def header_links(capture: Capture, site: Site) -> tuple[Link, ...]:
    """Return the next page that a header names (RFC 8288)."""
    told = ", ".join(value for name, value in capture.headers if name.lower() == "link")
    found = (make_link(capture.final_url, href, site, role=Role.NEXT) for href in ONWARD.findall(told))
    return tuple(link for link in found if link)


def listing_links(listing: Listing, site: Site, *, role: Role) -> tuple[Link, ...]:
    """Return the request for one page of a list that a request fills: its address for the site, the listing in its fragment for us."""
    address = listing.address
    link = make_link(address, address, site, role=role) if address else None
    return (replace(link, fetch_url=f"{link.fetch_url}#{listing.fragment}"),) if link else ()


def answer_links(answer: Answer, listing: Listing, site: Site) -> tuple[Link, ...]:
    """Return the rows of an answer that fills a list, and the request for what follows while there are rows."""
    base = listing.base or listing.pages or ""
    found = {
        link.url: link
        for href, title in answer.rows
        if (link := make_link(base, href, site, role=Role.ARTICLE, title=title))
    }
    if answer.onward and (onward := absolute_url(listing.pages or base, answer.onward)):
        told = replace(listing, pages=onward, at=listing.at + 1, seen=listing.seen + len(found))
        return (*found.values(), *listing_links(told, site, role=Role.NEXT))
    return (*found.values(), *following(listing, len(found), answer.total, site))


def following(listing: Listing, rows: int, total: int | None, site: Site) -> tuple[Link, ...]:
    """Return the request for the page after this one, unless all rows are there or there are none."""
    if not rows or listing.pages is None or NUMBER not in listing.pages:
        return ()
    if total is not None and total <= listing.seen + rows:
        return ()
    return listing_links(listing.after(rows), site, role=Role.NEXT)


def robots_links(rules: str, origin: str, site: Site) -> tuple[Link, ...]:
    """Return the sitemaps that a robots.txt names (sitemaps.org)."""
    found = (make_link(origin, address, site, role=Role.SECTION) for address in named_sitemaps(rules))
    return tuple(link for link in found if link)


def _above(url: str, site: Site, links: Iterable[Link]) -> Iterator[Link]:
    """Yield where a list may stand that a page does not name: the folders above it, and the root under its names."""
    if any(link.role not in (Role.ARTICLE, Role.ASIDE) and not link.url.endswith("/sitemap.xml") for link in links):
        return
    folders = urlsplit(url).path.split("/")[1:-1]
    above = ["/" + "/".join(folders[:depth]) + "/" for depth in range(len(folders), 0, -1)]
    for path in (*above[:MOST_ABOVE], "/", "/index.htm", "/index.html"):
        if link := make_link(url, path, site, role=Role.OTHER):
            yield link


def feed_links(xml: bytes, base: str, site: Site) -> tuple[Link, ...]:
    """Return the links of a feed or sitemap: articles by their URL, sitemaps of a sitemap index as sections."""
    return _linked(feed_addresses(xml), base, site)


def text_links(body: bytes, base: str, site: Site) -> tuple[Link, ...]:
    """Return the links of a sitemap that is plain text."""
    return _linked(((address, Role.OTHER) for address in text_addresses(body)), base, site)


def _linked(given: Iterable[tuple[str, Role]], base: str, site: Site) -> tuple[Link, ...]:
    found: dict[str, Link] = {}
    for address, role in islice(given, MOST_ADDRESSES):
        if link := make_link(base, address, site, role=role):
            found.setdefault(
                link.url, link if role is not Role.OTHER else _with_role(link, _role(link.url, False, set()))
            )
    return tuple(found.values())


def script_links(body: bytes, url: str, site: Site) -> tuple[Link, ...]:
    """Return the pages of a list that a pager script names: some CMSs keep the whole pager in a `.js` file."""
    source = body[:MAX_SCRIPT].decode("utf-8", "replace")
    hrefs = [
        href for family in FAMILIES.values() if family.pages_in_script for href in family.pages_in_script(url, source)
    ]
    found = (make_link(url, href, site, role=Role.NEXT) for href in hrefs)
    return tuple({link.url: link for link in found if link}.values())


def seed_links(site: Site) -> tuple[Link, ...]:
    """Return what a site's file names, and the sitemap every host may have."""
    named = [(url, Role.SEED) for url in (*site.articles, *site.lists)]
    named.append((f"{site.scheme}://{site.hosts[0]}/sitemap.xml", Role.OTHER))
    found = (make_link(url, url, site, role=role) for url, role in named)
    return tuple(link for link in found if link)


def make_link(
    base: str, href: str, site: Site, *, role: Role, title: str | None = None, encoding: str = "utf-8"
) -> Link | None:
    """Return the link that an href on a page of an encoding is, or None if it leads off the site, to no page, or into a room that is shut."""
    url = absolute_url(base, href)
    if url is None or len(url) > (MAX_QUERY if POSTED in url else MAX_URL):
        return None
    url = url.partition("#")[0]
    if HALF_READ.search(url):
        return None
    if "?" in url and (own := SESSION.sub("", url)) != url:
        href = url = own.rstrip("?&")
    asked = requested_url(href.strip(), base, encoding) if "\\" in href else requested_url(url, "", encoding)
    if asked is None:
        return None
    url, asked = on_own_host(url, site), on_own_host(asked, site)
    canonical, is_open = _target(url, asked, site.hosts, site.scheme)
    if canonical is None:
        return None
    is_data = bool(role in (Role.NEXT, Role.LIST, Role.SECTION) and DATA.search(canonical))
    if not (is_open or role is Role.SEED or is_data):
        return None
    placed = _placed(canonical, role, site, is_data=is_data)
    fetch_url, title = with_scheme(asked, site.scheme), (title or "")[:MOST_TITLE] or None
    return Link(url=canonical, fetch_url=fetch_url, role=placed, title=title) if placed else None


def _placed(url: str, role: Role, site: Site, *, is_data: bool) -> Role | None:
    """Return the role of a link, ASIDE for one that the ordinary walk leaves out; None for what is never asked for."""
    shut, aside = _marks(url)
    if not (shut or aside) or role is Role.SEED:
        return role
    usual = _usual_marks((*site.articles, *site.lists))
    if shut - usual and not is_data:
        return None
    # A breadcrumb leads there, a script or a pager: but the pager of a calendar is beside any page.
    is_certain = role in (Role.SECTION, Role.LIST) or (role is Role.NEXT and not aside & OF_DAYS)
    is_certain = is_certain and not aside & MIRRORS
    return Role.ASIDE if aside - usual and not is_certain else role


@lru_cache(maxsize=32_768)
def _target(url: str, asked: str, hosts: tuple[str, ...], scheme: str) -> tuple[str | None, bool]:
    """Return the canonical URL of an address that is requested in scope, None for one that is not, and whether what is there is worth a visit.

    Scope is a matter of what is requested. The canonical URL is that of the page's own spelling, so that no document is known by another,
    unless that spelling names no host of the site. Remembered, because the navigation of a site stands on every page of it.
    """
    if host_of(asked) not in hosts:
        return None, False
    canonical = canonical_url(url if host_of(url) in hosts else asked, scheme)
    if canonical is None:
        return None, False
    is_sitemap = canonical.endswith(("sitemap.xml", ".xml.gz"))
    return canonical, is_sitemap or (is_page(canonical) and not ATTACHMENT.search(canonical))


@lru_cache(maxsize=32_768)
def _marks(url: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return by what an address seems to lead where nothing is to be had, and by what where most is to be had elsewhere."""
    shut = {(match[1] or match[2]).lower() for match in SHUT.finditer(url)}
    aside = {(match[1] or match[2]).lower() for match in ASIDE.finditer(url)}
    if mobile := MOBILE.match(url):
        aside.add(mobile[1].lower())
    if circle := CIRCLE.search(url):
        shut.add(circle[1])
    if url.count("=") > MAX_PARAMETERS:
        aside.add("=")
    return frozenset(shut), frozenset(aside)


@lru_cache(maxsize=256)
def _usual_marks(seeds: tuple[str, ...]) -> frozenset[str]:
    """Return the marks that say nothing on a site, for its own articles have them."""
    return frozenset(mark for seed in seeds for marks in _marks(seed) for mark in marks)


def shape_of(url: str) -> str:
    """Return a URL with every number as N: two articles of one section have one shape."""
    return re.sub(r"\d+", "N", url.partition("//")[2] or url)


def _hrefs(page: Page, kind: Kind, scripted: Scripted) -> Iterator[tuple[str, str | None, Role]]:
    """Yield (href, text, role) of everything on a page that leads somewhere; Role.OTHER where only the URL can tell."""
    for anchor in find_breadcrumb(page):
        yield anchor.href, anchor.text, Role.SECTION
    if kind is not Kind.ARTICLE or has_pager(page):
        yield from ((href, None, Role.NEXT) for href in (*family_pages(page), *page_links(page, scripted)))
        yield from ((anchor.href, None, Role.NEXT) for anchor in pager_anchors(page))
        yield from ((href, None, Role.NEXT) for href in scripted.onward)
    for element in page.elements.of("link"):
        if element.get("type") in FEED_TYPES and (feed := element.get("href")):
            yield feed, None, Role.SECTION
        elif (element.get("rel") or "").lower() == "next" and (onward := element.get("href")):
            yield onward, None, Role.NEXT
    for line in page.lines:
        for anchor in line.anchors:
            yield anchor.href, label_of(anchor), Role.OTHER
    if page.family and page.family.hidden_links:
        yield from ((href, None, Role.ARTICLE) for href in page.family.hidden_links(page.tree))
    yield from ((href, title, Role.OTHER) for href, title in _covered(page))
    yield from ((href, None, Role.OTHER) for href in _hidden(page, scripted))


def _covered(page: Page) -> Iterator[tuple[str, str | None]]:
    """Yield (href, text) of the links a reader sees only when a script uncovers them: what is hidden is a matter of reading, not of finding."""
    shown = {anchor.href for line in page.lines for anchor in line.anchors}
    for anchor in page.tree.iter("a"):
        if (href := anchor.get("href")) and href not in shown:
            yield href, fold(anchor.text_content()) or None
    for holder in page.elements.of("textarea", "script", "iframe", "xmp"):  # HTML that a script, or a frame, unpacks
        source = (holder.get("srcdoc") if holder.tag == "iframe" else holder.text) or ""
        is_typed = holder.tag != "script" or holder.get("type") is not None
        if holder.tag == "iframe" or (is_typed and "<a " in "".join(holder.itertext())):
            yield from ((unescape(href), fold(text) or None) for href, text in HREF.findall(source))
    yield from ((unescape(href), fold(text) or None) for href, text in commented(page.source))


def _hidden(page: Page, scripted: Scripted) -> Iterable[str]:
    """Yield the addresses that stand in no plain link: frames, image maps, redirects by script or <meta>."""
    for element in page.elements.of(*ADDRESS_IN):
        address = element.get(ADDRESS_IN[str(element.tag)])
        is_address = element.tag != "option" or (address and ("." in address or "/" in address))
        if address is not None and is_address and (element.tag != "link" or element.get("itemprop") is not None):
            yield address
    for meta in page.elements.of("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh":
            yield from REFRESH.findall(meta.get("content") or "")
    if len(page.text) < SHORT_PAGE:
        yield from scripted.redirects


def _role(url: str, is_dated: bool, shapes: set[str], title: str | None = None) -> Role:
    by_url = _role_by_url(url)
    if by_url is Role.ARTICLE or shape_of(url) in shapes:
        return Role.ARTICLE
    if by_url or is_dated:
        return by_url or Role.ARTICLE
    return Role.LIST if title and COLUMN.match(title) else Role.OTHER


@lru_cache(maxsize=32_768)
def _role_by_url(url: str) -> Role | None:
    """Return the role that the shape of a URL suggests in any family."""
    if is_article_url(url):
        return Role.ARTICLE
    return Role.LIST if any(family.is_list_url(url) for family in FAMILIES.values()) else None


def _with_role(link: Link, role: Role) -> Link:
    return link if link.role is role else replace(link, role=role)
