"""The further pages of a list: the family's own numbering, then the pager a reader would click."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from crawler.pages.extraction.page import Anchor, Page
from crawler.urls import absolute_url

NEXT = re.compile(
    r"^\W*(?:下一?页|后一?页|下页|次页|更早|末页|尾页|最后一?页|next(?: page)?|older(?: posts)?|last)\W*$|^(?:>{1,2}|»|›|→)$",
    re.IGNORECASE,
)
NUMBER = re.compile(r"^\W{0,2}\d{1,4}\W{0,2}$")
PAGER = re.compile(r"下一?页|上一?页|尾页|末页|next|共\s*\d+\s*[条页]|第\s*\d+\s*页", re.IGNORECASE)
MAX_LINE, MAX_BUTTON = 200, 16  # characters of a line with a pager, and of one of its links
AROUND = 12  # lines around a number in which a pager's words stand
# An article's address, cut into what its pages share and the number of the page: 123.shtml, 123_2.shtml, 123-2.html, 123/2.html, 123.html?page=2
NUMBERED = re.compile(
    r"^(?P<stem>.*?)(?:[_-](?P<n>\d{1,3}))?(?P<end>\.[a-z]+|/)?(?:\?(?:page|p)=(?P<q>\d{1,3}))?$", re.IGNORECASE
)
MOST = 60  # pages a pager names at once; more numbers than that are a calendar or a ranking


def pager_anchors(page: Page) -> Iterator[Anchor]:
    """Yield the links of a pager: 下一页, 尾页 and the page numbers beside them."""
    numbers: list[tuple[int, Anchor]] = []
    worded: list[int] = []
    for number, line in enumerate(page.lines):
        if len(line.text) < MAX_LINE and PAGER.search(line.text):
            worded.append(number)
        for anchor in line.anchors:
            if len(anchor.text) > MAX_BUTTON:
                continue
            if NEXT.match(anchor.text):
                worded.append(number)
                yield anchor
            elif NUMBER.match(anchor.text):
                numbers.append((number, anchor))
    if len(numbers) <= MOST:
        for number, anchor in numbers:
            if any(abs(number - other) <= AROUND for other in worded):
                yield anchor


def article_pages(page: Page) -> tuple[str | None, list[str]]:
    """Return (address of the first page, addresses of the further ones) of an article that is cut into pages.

    The first is None where the page itself is the first, or the article has no other. Told by the pager: its links differ from the
    page's own address by a page number at the end.
    """
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


def _split(url: str) -> tuple[tuple[str, str], int]:
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
