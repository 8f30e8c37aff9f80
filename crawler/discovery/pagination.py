"""The further pages of a list: the family's own numbering, then the pager a reader would click."""

import re
from collections.abc import Iterator

from crawler.extraction.page import Anchor, Page

NEXT = re.compile(
    r"^\W*(?:下一?页|后一?页|下页|次页|更早|末页|尾页|最后一?页|next(?: page)?|older(?: posts)?|last)\W*$|^(?:>{1,2}|»|›|→)$",
    re.IGNORECASE,
)
NUMBER = re.compile(r"^\W{0,2}\d{1,4}\W{0,2}$")
PAGER = re.compile(r"下一?页|上一?页|尾页|末页|next|共\s*\d+\s*[条页]|第\s*\d+\s*页", re.IGNORECASE)
AROUND = 12  # lines around a number in which a pager's words stand
MOST = 60  # pages a pager names at once; more numbers than that are a calendar or a ranking


def pager_anchors(page: Page) -> Iterator[Anchor]:
    """Yield the links of a pager: 下一页, 尾页 and the page numbers beside them."""
    numbers: list[tuple[int, Anchor]] = []
    worded: list[int] = []
    for number, line in enumerate(page.lines):
        if PAGER.search(line.text) and len(line.text) < 200:
            worded.append(number)
        for anchor in line.anchors:
            if NEXT.match(anchor.text):
                worded.append(number)
                yield anchor
            elif NUMBER.match(anchor.text):
                numbers.append((number, anchor))
    if len(numbers) <= MOST:
        for number, anchor in numbers:
            if any(abs(number - other) <= AROUND for other in worded):
                yield anchor


def family_pages(page: Page) -> Iterator[str]:
    """Yield the hrefs that the family's numbering gives, where the pager itself is a script."""
    if page.family and page.family.next_pages:
        yield from page.family.next_pages(page.url, page.tree, page.text)
