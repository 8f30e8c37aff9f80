"""What a list tells of itself: how many articles and pages it has, and what keeps its page from being read without a browser."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from crawler.items import Link, ListFigures, Obstacle, Role
from crawler.pages.discovery.scripted import PAGE_PARAMETER, Scripted, told_pages
from crawler.pages.discovery.scripts import Deed
from crawler.pages.extraction.entries import Entry
from crawler.pages.extraction.page import Page
from crawler.urls import absolute_url, host_of

ARTICLES = re.compile(r"(?:共|总计|总共|合计)\s{0,3}(?:有\s{0,3})?(\d{1,7})\s{0,3}(?:条|條|篇|则|项|个?记录)")
ALL_COUNT = "string((//em[contains(@class, 'all_count')])[1])"
ALL_PAGES = "string((//em[contains(@class, 'all_pages')])[1])"
POSTED_PAGER = "//form[translate(@method, 'POST', 'post') = 'post']//input[@name]"
POSTBACK = "boolean(//a[contains(@href, '__doPostBack')])"
ONWARD = re.compile(r"下一?[页頁]|[尾末][页頁]|next|(?:加载|查看|点击|显示)更多", re.IGNORECASE)
APPLICATION = "boolean(//*[@id = 'app' or @id = 'root' or @id = '__next' or @id = '__nuxt'][not(.//a[@href])])"
FEW_ROWS = 5
FEW_CHARACTERS = 400  # of a page that an application fills


def figures_of(
    page: Page, scripted: Scripted, links: Sequence[Link], rows: Sequence[Entry], hosts: Sequence[str]
) -> ListFigures | None:
    """Return what a page that is no article tells of the list on it; None if it tells nothing. `rows` may lead off its `hosts`."""
    at, pages = told_pages(page)
    articles = _number(ARTICLES.search(page.text)) or _figure(page, ALL_COUNT)
    pages = pages or _figure(page, ALL_PAGES) or max((one.last or 0 for one in scripted.templates), default=0) or None
    obstacles = tuple(dict.fromkeys(_obstacles(page, scripted, links, at=at or 1, pages=pages)))
    elsewhere = _elsewhere(page, rows, hosts)
    if articles is None and pages is None and not obstacles and not elsewhere:
        return None
    return ListFigures(articles=articles, pages=pages, page=at, obstacles=obstacles, elsewhere=elsewhere)


def _elsewhere(page: Page, rows: Sequence[Entry], hosts: Sequence[str]) -> Mapping[str, int]:
    """Return the hosts off the site that rows of a list lead to, with their number."""
    addresses = {absolute_url(page.base, row.anchor.href) for row in rows} - {None}
    return Counter(host for url in addresses if (host := host_of(str(url))) and host not in hosts)


def _obstacles(
    page: Page, scripted: Scripted, links: Sequence[Link], *, at: int, pages: int | None
) -> Iterator[Obstacle]:
    has_next = any(link.role is Role.NEXT for link in links)
    if (not has_next and page.tree.xpath(POSTBACK)) or (
        not has_next and any(PAGE_PARAMETER.match(one.get("name") or "") for one in page.tree.xpath(POSTED_PAGER))
    ):
        yield Obstacle.PAGER_POST
    elif (not has_next and pages is not None and at < pages) or (
        not has_next and (any(map(_leads_onward, ends := [*_dead_ends(page)])) or _is_loaded(ends, links))
    ):
        yield Obstacle.PAGER_SCRIPT
    shows = any(link.role in (Role.ARTICLE, Role.LIST, Role.NEXT) and link.title for link in links)
    if shows or any("#" in link.fetch_url for link in links):
        return
    if page.tree.xpath(APPLICATION) and len(page.text) < FEW_CHARACTERS:
        yield Obstacle.APPLICATION
    elif any(asked.deed is Deed.REQUEST for asked in scripted.requests):
        yield Obstacle.REQUESTS
    elif len(page.text) < FEW_CHARACTERS and page.tree.xpath("boolean(//script[@src])") and len(links) <= 1:
        yield Obstacle.SCRIPT


def _dead_ends(page: Page) -> Iterator[str]:
    """Yield the words of links that lead nowhere without a script."""
    for line in page.lines:
        for anchor in line.anchors:
            if anchor.href.strip().lower().startswith(("javascript:", "#")):
                yield anchor.text


def _leads_onward(text: str) -> bool:
    return len(text) < 12 and bool(ONWARD.search(text))


def _is_loaded(ends: Sequence[str], links: Sequence[Link]) -> bool:
    """Return whether the one word 更多 without an address is a list's; several are those of the columns of a page."""
    return sum("更多" in text for text in ends) == 1 and sum(link.role is Role.ARTICLE for link in links) >= FEW_ROWS


def _number(match: re.Match[str] | None) -> int | None:
    return int(match[1]) if match else None


def _figure(page: Page, path: str) -> int | None:
    found = str(page.tree.xpath(path)).strip()
    return int(found) if found.isascii() and found.isdigit() and len(found) < 8 else None
