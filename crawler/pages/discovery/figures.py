"""What a list tells of itself: how many articles and pages it has, and what keeps its page from being read without a browser."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from crawler.items import Link, ListFigures, Obstacle, Role
from crawler.pages.discovery.findings import Scripted
from crawler.pages.discovery.obstacles import are_unlinked, obstacles_of
from crawler.pages.discovery.templates import told_pages
from crawler.pages.extraction.entries import Entry
from crawler.pages.extraction.media import ATTACHMENT
from crawler.pages.extraction.page import Page
from crawler.urls import absolute_url, host_of

ARTICLES = re.compile(
    r"(?<!站)(?:共|总计|总共|合计)\s{0,3}[:：]?\s{0,3}(?:(?:有|找到|检索到|收录)\s{0,3})?(\d{1,7})\s{0,3}(?:条|條|篇|则|项|个?记录)"
    r"|(?<!站)(?:信息|记录|文章|新闻|数据|条目)总[数计]\s{0,3}[:：]?\s{0,3}(\d{1,7})|(?<!每页)(?:总(?:记录|条)|记录)数\s{0,3}[:：]?\s{0,3}(\d{1,7})"
    r"|(?:显示|第)\s{0,3}\d{1,6}\s{0,3}[-–~至到]\s{0,3}\d{1,6}\s{0,3}[条项]?\s{0,3}[/／,，]\s{0,3}共?\s{0,3}(\d{1,7})"
    r"|\bof\s{1,3}(\d{1,7})\s{1,3}(?:entries|items|records|results|articles|posts)\b|\b\d{1,6}\s?[-–]\s?\d{1,6}\s{1,3}of\s{1,3}(\d{1,7})\b"
    r"|\b(\d{1,7})\s{1,3}(?:results|records|entries)\b",
    re.IGNORECASE,
)
ALL_COUNT, ALL_PAGES = "all_count", "all_pages"  # classes of an `em`, in WebPlus
# Names of variables, options and attributes that hold how many articles a list has, and how many a page of it shows.
TOTAL = re.compile(
    r"(?:^|_|-)n?(?:count|total|total_?-?(?:count|num|number|records?|rows?|size|elements|items|results)|(?:records?|row|item|all)_?-?(?:count|total|num))$",
    re.IGNORECASE,
)
SIZE = re.compile(r"(?:^|_|-)n?(?:page_?-?size|limit|size|rows|per_?-?page|page_?-?rows)$", re.IGNORECASE)
AT = re.compile(r"^(?:page|current|(?:cur(?:rent)?_?)?page(?:_?(?:no|num|number|index))?)$", re.IGNORECASE)
MOST_COUNTED = 20  # elements with such attributes


def figures_of(
    page: Page, scripted: Scripted, links: Sequence[Link], rows: Sequence[Entry], hosts: Sequence[str]
) -> ListFigures | None:
    """Return what a page that is no article tells of the list on it; None if it tells nothing. `rows` may lead off its `hosts`."""
    at, pages = told_pages(page)
    articles = _told_articles(page)
    if articles is None:
        articles = _figure(page, ALL_COUNT) or _kept_total(page, scripted)
    pages = pages or _figure(page, ALL_PAGES) or max((one.last or 0 for one in scripted.templates), default=0) or None
    obstacles = tuple(dict.fromkeys(obstacles_of(page, scripted, links, at=at or 1, pages=pages)))
    elsewhere = _elsewhere(page, rows, hosts)
    if articles is None and pages is None and not obstacles and not elsewhere:
        return None
    return ListFigures(articles=articles, pages=pages, page=at, obstacles=obstacles, elsewhere=elsewhere)


def unlinked_rows(page: Page, links: Iterable[Link]) -> ListFigures | None:
    """Return what keeps a page that reads like an article from being read as the list it may be: rows with days, and no link."""
    if any(link.role is Role.ARTICLE and link.title for link in links) or not are_unlinked(page):
        return None
    return ListFigures(obstacles=(Obstacle.SCRIPT,))


def _told_articles(page: Page) -> int | None:
    """Return how many articles a page says its list has; what the title of a row counts is another thing."""
    for match in ARTICLES.finditer(page.text):
        if not any(match[0] in anchor.text for line in page.lines for anchor in line.anchors):
            return int(next(group for group in match.groups() if group))
    return None


def _kept_total(page: Page, scripted: Scripted) -> int | None:
    """Return how many articles a variable, an option or an attribute says the list has: beside it stands how many a page shows."""
    counted = (given for _, given in page.elements.attributed if any(map(_is_counted, given)))
    attributes = islice(counted, MOST_COUNTED)
    return next((total for told in (*scripted.told, *attributes) if (total := _total(told))), None)


def _is_counted(name: str) -> bool:
    return name.startswith("data-") and ("total" in name or "count" in name)


def _total(told: Mapping[Any, Any]) -> int | None:
    beside = ((name, _whole(value)) for name, value in told.items() if SIZE.search(str(name)) or AT.match(str(name)))
    sizes = {number for _, number in beside} - {None, 0}
    totals = (_whole(value) for name, value in told.items() if sizes and TOTAL.search(str(name)))
    return next(filter(None, totals), None)


def _whole(value: object) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None


def _elsewhere(page: Page, rows: Iterable[Entry], hosts: Sequence[str]) -> Mapping[str, int]:
    """Return the hosts that rows of a list lead to, with their number: off the site, or to a file of it."""
    addresses = {absolute_url(page.base, row.anchor.href) for row in rows} - {None}
    found = ((host_of(str(url)), url) for url in addresses)
    return Counter(host for host, url in found if host and (host not in hosts or ATTACHMENT.search(str(url))))


def _figure(page: Page, name: str) -> int | None:
    told = (em for em in page.elements.of("em") if name in (em.get("class") or ""))
    return next((_whole("".join(em.itertext()).strip()) for em in told), None)
