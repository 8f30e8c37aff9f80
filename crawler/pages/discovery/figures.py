"""What a list tells of itself: how many articles and pages it has, and what keeps its page from being read without a browser."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from crawler.items import Link, ListFigures, Obstacle, Role
from crawler.pages.discovery.findings import Scripted
from crawler.pages.discovery.scripts import Deed
from crawler.pages.discovery.templates import PAGE_PARAMETER, told_pages
from crawler.pages.extraction.entries import Entry
from crawler.pages.extraction.page import Page
from crawler.urls import absolute_url, host_of

ARTICLES = re.compile(
    r"(?:共|总计|总共|合计)\s{0,3}(?:(?:有|找到|检索到|收录)\s{0,3})?(\d{1,7})\s{0,3}(?:条|條|篇|则|项|个?记录)"
)
ALL_COUNT = "string((//em[contains(@class, 'all_count')])[1])"
ALL_PAGES = "string((//em[contains(@class, 'all_pages')])[1])"
POSTED_PAGER = "//form[translate(@method, 'POST', 'post') = 'post']//input[@name]"
POSTBACK = "boolean(//a[contains(@href, '__doPostBack')])"
ONWARD = re.compile(r"下一?[页頁]|[尾末][页頁]|next|(?:加载|查看|点击|显示)更多", re.IGNORECASE)
APPLICATION = "boolean(//*[@id = 'app' or @id = 'root' or @id = '__next' or @id = '__nuxt'][not(.//a[@href])])"
# What a reader can click without its being a link: a button, or what is called the next page or more of them.
CLICKABLE = """
//button | //input[@type='button'] | //*[self::span or self::div or self::li or self::p or self::i or self::em or self::b]
[not(*)][contains(@class, 'next') or contains(@class, 'more') or contains(@class, 'load') or contains(@id, 'next') or contains(@id, 'more')]
"""
IDLE = re.compile(
    r"disab|gr[ae]y|none|\bno\b|\bend\b|\boff\b|over", re.IGNORECASE
)  # the class of one that leads no further
FEW_ROWS = 5
DATED = re.compile(r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}\W*$")
TITLE, MAX_ROW = 18, 100  # characters of a line that is a title and a day
MOST_BUTTONS, MAX_WORDS = 60, 12
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
    elif not has_next and ((pages is not None and at < pages) or _goes_on(page, links)):
        yield Obstacle.PAGER_SCRIPT
    shows = any(link.role in (Role.ARTICLE, Role.LIST, Role.NEXT) and link.title for link in links)
    if shows or any("#" in link.fetch_url for link in links):
        return
    if scripted.is_unresolved or _are_unlinked(page):
        yield Obstacle.SCRIPT
    elif page.tree.xpath(APPLICATION) and len(page.text) < FEW_CHARACTERS:
        yield Obstacle.APPLICATION
    elif any(asked.deed is Deed.REQUEST for asked in scripted.requests):
        yield Obstacle.REQUESTS
    elif len(page.text) < FEW_CHARACTERS and page.tree.xpath("boolean(//script[@src])") and len(links) <= 1:
        yield Obstacle.SCRIPT


def _goes_on(page: Page, links: Sequence[Link]) -> bool:
    """Return whether a page has something to click that leads to more of its rows, and is no link."""
    ends, rows = [*_dead_ends(page)], sum(link.role is Role.ARTICLE for link in links)
    if any(map(_leads_onward, ends)) or (rows >= FEW_ROWS and any(map(_leads_onward, _buttons(page)))):
        return True
    return rows >= FEW_ROWS and sum("更多" in text for text in ends) == 1  # several are those of the columns of a page


def _dead_ends(page: Page) -> Iterator[str]:
    """Yield the words of links that lead nowhere without a script."""
    for line in page.lines:
        for anchor in line.anchors:
            if anchor.href.strip().lower().startswith(("javascript:", "#")):
                yield anchor.text


def _buttons(page: Page) -> Iterator[str]:
    """Yield the words of what can be clicked, and is no link, nor around or inside one."""
    for element in page.tree.xpath(CLICKABLE)[:MOST_BUTTONS]:
        text = element.get("value") or "".join(element.itertext())
        is_idle = element.get("disabled") is not None or IDLE.search(element.get("class") or "")
        is_link = any(True for _ in element.iter("a")) or any(True for _ in element.iterancestors("a"))
        if len(text) < MAX_WORDS and not (is_idle or is_link):
            yield text.strip()


def _are_unlinked(page: Page) -> bool:
    """Return whether a page shows titles with days, none of which is a link."""
    rows = [line for line in page.lines if TITLE < len(line.text) < MAX_ROW and DATED.search(line.text)]
    return len(rows) >= FEW_ROWS and not any(line.anchors for line in rows)


def _leads_onward(text: str) -> bool:
    return len(text) < 12 and bool(ONWARD.search(text))


def _number(match: re.Match[str] | None) -> int | None:
    return int(match[1]) if match else None


def _figure(page: Page, path: str) -> int | None:
    found = str(page.tree.xpath(path)).strip()
    return int(found) if found.isascii() and found.isdigit() and len(found) < 8 else None
