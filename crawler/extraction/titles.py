"""The article's title: the line above the body that the window title repeats, or the one a rule or a heading names."""

import re

from lxml.html import HtmlElement

from crawler.extraction.metadata import BORDER, meta_title, window_title
from crawler.extraction.page import Line, Page, fold
from crawler.families import select
from crawler.items import Site

HEADINGS = {"h1": 1, "h2": 2, "h3": 3}  # tag -> rank; a title by its class ranks last
TITLE_CLASS = re.compile(r"title|tit\b|headline|biaoti|bt\b", re.IGNORECASE)
SQUEEZE = re.compile(r"[\W_]+")
MAX_TITLE = 200  # characters
MIN_SHARED = 4  # letters a line must share with the window title to be the title
MOST = 0.6  # of a part of the window title: a line that is less of it is the site's name
FAR = 40  # lines above the body in which its title stands
NOT_A_TITLE = re.compile(r"^(?:首页|当前位置|您的位置|.{0,6}位置[:：]|新闻详情|正文|详细内容|文章内容|内容)")


def find_title(page: Page, site: Site, container: HtmlElement | None) -> tuple[str | None, str | None]:
    """Return the title and the rule that gave it."""
    selectors = [site.selectors.title] if site.selectors.title else []
    for rule, wanted in (
        ("site", selectors),
        (page.family.name if page.family else "", page.family.title if page.family else ()),
    ):
        for element in select(page.tree, wanted):
            if _fits(text := fold(element.text_content())):
                return text, rule
    if (line := _repeated(page, container)) is not None:
        return line, "window"
    if (title := meta_title(page)) and _fits(title):
        return title, "meta"
    if (heading := _heading(page, container)) is not None:
        return heading, "heading"
    title = window_title(page)
    return (title, "window") if title else (None, None)


def squeeze(text: str) -> str:
    """Return the letters and digits of a text."""
    return SQUEEZE.sub("", text).lower()


def _fits(text: str) -> bool:
    return 2 <= len(text) <= MAX_TITLE and not NOT_A_TITLE.match(text)


def _repeated(page: Page, container: HtmlElement | None) -> str | None:
    """Return the longest line, down to the first lines of the body, that stands in the window title and is most of one part of it."""
    parts = [squeeze(part) for part in (page.title, *BORDER.split(page.title))]
    if not parts[0]:
        return None
    start, _ = page.spans.get(container, (len(page.lines), 0)) if container is not None else (len(page.lines), 0)
    best, size = None, MIN_SHARED - 1
    for line in page.lines[: start + 5]:
        if (
            len(line.text) > MAX_TITLE
            or not _fits(line.text)
            or (line.linked * 2 > len(line.text) and not _is_heading(line))
        ):
            continue
        letters = squeeze(line.text)
        if len(letters) > size and any(letters in part and len(letters) >= MOST * len(part) for part in parts):
            best, size = line.text, len(letters)
    return best


def _heading(page: Page, container: HtmlElement | None) -> str | None:
    """Return the highest heading above the body, of equal ones the nearest."""
    start, _ = page.spans.get(container, (len(page.lines), 0)) if container is not None else (len(page.lines), 0)
    found, rank = None, 9
    for line in reversed(page.lines[max(0, start - FAR) : start + 3]):
        if _fits(line.text) and not line.linked and not line.text.endswith((":", "：")) and _is_heading(line):
            own = HEADINGS.get(str(line.block.tag), 3)
            if own < rank:
                found, rank = line.text, own
    return found


def _is_heading(line: Line) -> bool:
    block = line.block
    return block.tag in HEADINGS or bool(TITLE_CLASS.search(f"{block.get('class', '')} {block.get('id', '')}"))
