"""The further pages of a list: the family's own numbering, then the pager a reader would click."""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.pages.extraction.page import Anchor, Page
from crawler.urls import absolute_url

NEXT = re.compile(
    r"^\W*(?:下一?[页頁]|[后後]一?[页頁]|次[页頁]|更早|[末尾][页頁]|最[后後]一?[页頁]|next(?: page)?|older(?: posts| entries)?|last)\W*$"
    r"|^(?:>{1,2}|»|›|→)$",
    re.IGNORECASE,
)
MORE = re.compile(r"更多|more|[后後下]\s?\d{1,3}\s?[条條页頁]|向后|▶", re.IGNORECASE)
NUMBER = re.compile(r"^\W{0,2}\d{1,4}\W{0,2}$")
PAGER = re.compile(r"[上下]一?[页頁]|[尾末][页頁]|next|共\s*\d+\s*[条條页頁]|第\s*\d+\s*[页頁]", re.IGNORECASE)
# What a button without words says of itself, in its class, its label or the name of its picture.
NAMED = re.compile(r"(?:^|[\s_/-])(?:next|nxt|nextpage|next_?page|pagedown|page-?next)(?:[\s_.-]|$)", re.IGNORECASE)
ITEMS = re.compile(r"共\s*(?:有\s*)?\d+\s*[条條篇]", re.IGNORECASE)
MAX_LINE, MAX_BUTTON = 200, 16  # characters of a line with a pager, and of one of its links
AROUND = 12  # lines around a number in which a pager's words stand
# An article's address, cut into what its pages share and the number of the page: 123.shtml, 123_2.shtml, 123-2.html, 123/2.html, 123.html?page=2
NUMBERED = re.compile(
    r"^(?P<stem>.*?)(?:[_-](?P<n>\d{1,3}))?(?P<end>\.[a-z]+|/)?(?:\?(?:page|p)=(?P<q>\d{1,3}))?$", re.IGNORECASE
)
OF_MONTH = re.compile(r"(?:19|20)\d\d[-/]?\d{1,2}$")  # what follows is a day
Numbered = tuple[tuple[str, str], int]
"""What the pages of one article share of their addresses, and the number of the page."""
MOST = 60  # pages a pager names at once; more numbers than that are a calendar or a ranking


@lru_cache(maxsize=1)  # asked for twice of each page
def pager_anchors(page: Page) -> tuple[Anchor, ...]:
    """Return the links of a pager: 下一页, 尾页 and the page numbers beside them."""
    return tuple(_pager_anchors(page))


def _pager_anchors(page: Page) -> Iterator[Anchor]:
    numbers: list[tuple[int, Anchor]] = []
    worded = list(_worded(page))
    own = _split(page.url)
    for number, line in enumerate(page.lines):
        for anchor in line.anchors:
            if len(anchor.text) > MAX_BUTTON:
                continue
            is_next = NEXT.match(anchor.text) or (len(anchor.text) <= 2 and is_named(anchor.element))
            is_made = not anchor.text and _is_later(page, own, anchor)
            if is_next or is_made or (MORE.search(anchor.text) and _is_after(page, own, anchor)):
                worded.append(number)
                yield anchor
            elif NUMBER.match(anchor.text):
                numbers.append((number, anchor))
    if len(numbers) <= MOST:
        for number, anchor in numbers:
            if any(abs(number - other) <= AROUND for other in worded) or _is_numbered(page, own, anchor):
                yield anchor


def has_pager(page: Page) -> bool:
    """Return whether a page says that it is one of several."""
    return bool(_worded(page))


@lru_cache(maxsize=1)  # asked three times of each page
def _worded(page: Page) -> tuple[int, ...]:
    """Return the numbers of the lines with the words of a pager."""
    return tuple(n for n, line in enumerate(page.lines) if len(line.text) < MAX_LINE and PAGER.search(line.text))


def _is_after(page: Page, own: Numbered, anchor: Anchor) -> bool:
    """Tell whether a link for more leads to the page after this one, by its address."""
    (shared, at), (stem, number) = own, _split(absolute_url(page.base, anchor.href) or "")
    return stem == shared and (number == max(at, 1) + 1 or (at == 0 and number == 1))


def _is_later(page: Page, own: Numbered, anchor: Anchor) -> bool:
    """Tell whether a link that a script made leads to a page behind this one, by its address."""
    (shared, at), (stem, number) = own, _split(absolute_url(page.base, anchor.href) or "")
    return stem == shared and number > at


def _is_numbered(page: Page, own: Numbered, anchor: Anchor) -> bool:
    """Tell whether a number leads to the page of that number, by its address, of the list that a page is of."""
    stem, number = _split((absolute_url(page.base, anchor.href) or "").partition("#")[0])
    is_day = bool(OF_MONTH.search(stem[0]))
    return not is_day and stem == own[0] and str(number) == anchor.text.strip(" []【】")


def is_named(button: HtmlElement) -> bool:
    """Tell whether a link or button without words is called the next page: by `rel`, a label, a class, or its picture."""
    if (button.get("rel") or "").lower() == "next":
        return True
    for element in (button, *button.iterchildren()):
        if any(NEXT.match(element.get(name) or "") for name in ("title", "aria-label", "alt")):
            return True
        if NAMED.search(element.get("class") or "") or NAMED.search(element.get("src") or ""):
            return True
    return False


def article_pages(page: Page) -> tuple[str | None, list[str]]:
    """Return (address of the first page, addresses of the further ones) of an article that is cut into pages.

    The first is None where the page itself is the first, or the article has no other. Told by the pager: its links differ from the
    page's own address by a page number at the end.
    """
    if any(len(line.text) < MAX_LINE and ITEMS.search(line.text) for line in page.lines):
        return None, []  # a pager that counts articles is that of a list, whatever its page reads like
    own = _split(page.url)
    first: str | None = None
    further: dict[str, int] = {}
    short = (anchor for line in page.lines for anchor in line.anchors if len(anchor.text) <= MAX_BUTTON)
    numbered = (anchor for anchor in short if NUMBER.match(anchor.text))
    for anchor in (*pager_anchors(page), *numbered):  # a bare number proves itself by its address
        url = (absolute_url(page.base, anchor.href) or "").partition("#")[0]
        stem, number = _split(url)
        if stem != own[0] or url == page.url:
            continue
        if number == 0:
            first = url
        elif number != own[1]:
            further[url] = number
    is_first = own[1] == 0 or (first is None and own[1] < min(further.values(), default=0))
    return (None if is_first else first), sorted(further, key=lambda url: further[url])


@lru_cache(maxsize=4096)  # the menus of a site stand on every page of it
def _split(url: str) -> Numbered:
    """Return what the pages of one article share of their addresses, and the number of the page, 0 for an address without one."""
    parts = urlsplit(url)
    match = NUMBERED.match(parts.path + (f"?{parts.query}" if parts.query else ""))
    if match is None:
        return (url, ""), 0
    return (parts.netloc.lower() + match["stem"], match["end"] or ""), int(match["n"] or match["q"] or 0)


def family_pages(page: Page) -> Iterator[str]:
    """Yield the hrefs that the family's numbering gives, where the pager itself is a script."""
    if page.family and page.family.next_pages:
        yield from page.family.next_pages(page.url, page.tree, page.text)
