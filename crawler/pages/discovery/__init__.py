"""Discovery: a page, feed or sitemap in, the links of the site on it out, each with the role its place and its URL suggest.

The role orders the walk; it never decides what a page is (`extraction.kinds` does). Links off the site, to media, and into the
endless rooms of a site (search, calendars, logins) are left out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from zoneinfo import ZoneInfo

from crawler.items import Kind, Link, Role, Site
from crawler.pages.discovery.feeds import feed_addresses
from crawler.pages.discovery.pagination import family_pages, pager_anchors
from crawler.pages.extraction.entries import Entry, day_beside
from crawler.pages.extraction.media import ATTACHMENT
from crawler.pages.extraction.page import Page
from crawler.pages.extraction.sections import find_breadcrumb
from crawler.pages.families import FAMILIES, canonical_url
from crawler.urls import absolute_url, host_of, is_page, on_own_host, with_scheme

__all__ = ["discover", "feed_links", "script_links", "seed_links"]

RANK = {role: rank for rank, role in enumerate(Role)}
ENDLESS = re.compile(
    r"/(?:log(?:in|out)|sign(?:in|up|out)|register|sso|oauth2?|cas|search|_search|so|print|tags?)(?:[/.?_]|$)"
    r"|[?&](?:month|calendar|replytocom|print|sort|order(?:by|field)?|keywords?|q|wd|INTEXT\w*|lucenenewssearchkey\w*|action=(?:login|logout|edit|print))(?:[=&]|$)",
    re.IGNORECASE,
)
CIRCLE = re.compile(r"((?:/[^/?]+)+?)\1\1(?=[/?]|$)")  # a/b/a/b/a/b: relative links resolved against the wrong base
MAX_URL = 500  # characters
MAX_PARAMETERS = 6
MAX_SCRIPT = 200_000  # bytes of a pager script
JS_ADDRESS = re.compile(
    r"""(?:location(?:\.href)?\s{0,9}=|window\.open\(|location\.replace\()\s{0,9}\(?\s{0,9}['"]([^'"]+)['"]"""
)
REFRESH = re.compile(r"url\s{0,9}=\s{0,9}['\"]?([^'\">]+)", re.IGNORECASE)
FEED_TYPES = ("application/rss+xml", "application/atom+xml")
SHORT_PAGE = 300  # characters of text; a page that only redirects shows less


def discover(page: Page, site: Site, entries: list[Entry], kind: Kind) -> tuple[Link, ...]:
    """Return the links of a page, in document order, each canonical URL once with its best role."""
    found: dict[str, Link] = {}
    shapes = {shape_of(url) for url in site.articles}
    if kind is Kind.ARTICLE:
        shapes.add(shape_of(page.url))
    zone = ZoneInfo(site.timezone)
    dated = {entry.anchor.href: day_beside(page, entry, zone) for entry in entries} if kind is not Kind.ARTICLE else {}
    seen: set[tuple[str, Role]] = set()  # menus stand twice on a page, for screens of two sizes
    for href, title, role in _hrefs(page, kind):
        if (href, role) in seen:
            continue
        seen.add((href, role))
        link = make_link(page.base, href, site, role=role, title=title)
        if link is None:
            continue
        if role is Role.OTHER:
            link = _with_role(link, _role(link.url, href in dated, shapes))
        if shown := dated.get(href):
            link = replace(link, shown=shown)
        known = found.get(link.url)
        if known is None or RANK[link.role] < RANK[known.role]:
            found[link.url] = link
    own = canonical_url(page.url, site.scheme)
    return tuple(link for url, link in found.items() if url != own)


def feed_links(xml: bytes, base: str, site: Site) -> tuple[Link, ...]:
    """Return the links of a feed or sitemap: articles by their URL, sitemaps of a sitemap index as sections."""
    found: dict[str, Link] = {}
    for address, is_sitemap in feed_addresses(xml):
        if link := make_link(base, address, site, role=Role.SECTION if is_sitemap else Role.OTHER):
            found.setdefault(link.url, link if is_sitemap else _with_role(link, _role(link.url, False, set())))
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


def make_link(base: str, href: str, site: Site, *, role: Role, title: str | None = None) -> Link | None:
    """Return the link that an href on a page is, or None if it leads off the site, to no page, or into an endless room."""
    url = absolute_url(base, href)
    if url is None or len(url) > MAX_URL:
        return None
    url = on_own_host(url.partition("#")[0], site)
    canonical, is_open = _target(url, site.hosts, site.scheme)
    if canonical is None or not (is_open or role is Role.SEED or (role is Role.NEXT and canonical.endswith(".js"))):
        return None
    return Link(url=canonical, fetch_url=with_scheme(url, site.scheme), role=role, title=title or None)


@lru_cache(maxsize=32_768)
def _target(url: str, hosts: tuple[str, ...], scheme: str) -> tuple[str | None, bool]:
    """Return the canonical URL of an address in scope, None for one that is not, and whether what is there is worth a visit.

    Remembered, because the navigation of a site stands on every page of it.
    """
    if not url.startswith(("http://", "https://")) or host_of(url) not in hosts:
        return None, False
    canonical = canonical_url(url, scheme)
    if canonical is None:
        return None, False
    is_closed = (
        not (is_page(canonical) or canonical.endswith(("sitemap.xml", ".gz")))
        or ATTACHMENT.search(canonical)
        or ENDLESS.search(canonical)
        or CIRCLE.search(canonical)
        or canonical.count("=") > MAX_PARAMETERS
    )
    return canonical, not is_closed


def shape_of(url: str) -> str:
    """Return a URL with every number as N: two articles of one section have one shape."""
    return re.sub(r"\d+", "N", url.partition("//")[2] or url)


def _hrefs(page: Page, kind: Kind) -> Iterator[tuple[str, str | None, Role]]:
    """Yield (href, text, role) of everything on a page that leads somewhere; Role.OTHER where only the URL can tell."""
    for anchor in find_breadcrumb(page):
        yield anchor.href, anchor.text, Role.SECTION
    if kind is not Kind.ARTICLE:
        for href in family_pages(page):
            yield href, None, Role.NEXT
        for anchor in pager_anchors(page):
            yield anchor.href, None, Role.NEXT
    for element in page.tree.iter("link"):
        if element.get("type") in FEED_TYPES and (feed := element.get("href")):
            yield feed, None, Role.SECTION
    for line in page.lines:
        for anchor in line.anchors:
            yield anchor.href, anchor.text, Role.OTHER
    if page.family and page.family.hidden_links:
        yield from ((href, None, Role.ARTICLE) for href in page.family.hidden_links(page.tree))
    yield from ((href, None, Role.OTHER) for href in _hidden(page))


def _hidden(page: Page) -> Iterable[str]:
    """Yield the addresses that stand in no plain link: frames, image maps, click handlers, redirects by script or <meta>."""
    tree = page.tree
    yield from map(
        str,
        tree.xpath(
            "//iframe/@src | //frame/@src | //area/@href | //option/@value[contains(., '.') or contains(., '/')]"
        ),
    )
    for handler in tree.xpath("//@onclick[contains(., 'location') or contains(., 'open')]"):
        yield from JS_ADDRESS.findall(str(handler))
    for content in tree.xpath("//meta[translate(@http-equiv, 'REFSH', 'refsh')='refresh']/@content"):
        yield from REFRESH.findall(str(content))
    if len(page.text) < SHORT_PAGE:
        for script in tree.xpath("//script[not(@src)]/text()"):
            yield from JS_ADDRESS.findall(str(script)[:5000])


def _role(url: str, is_dated: bool, shapes: set[str]) -> Role:
    by_url = _role_by_url(url)
    if by_url is Role.ARTICLE or shape_of(url) in shapes:
        return Role.ARTICLE
    return by_url or (Role.ARTICLE if is_dated else Role.OTHER)


@lru_cache(maxsize=32_768)
def _role_by_url(url: str) -> Role | None:
    """Return the role that the shape of a URL suggests in any family."""
    if any(family.is_article_url(url) for family in FAMILIES.values()):
        return Role.ARTICLE
    return Role.LIST if any(family.is_list_url(url) for family in FAMILIES.values()) else None


def _with_role(link: Link, role: Role) -> Link:
    return link if link.role is role else replace(link, role=role)
