"""The breadcrumb: where on its site a page stands, and the links to the lists behind it."""

import re
from collections.abc import Iterable
from functools import lru_cache

from lxml.html import HtmlElement

from crawler.pages.extraction.endings import FOOTER
from crawler.pages.extraction.kinds import is_home
from crawler.pages.extraction.page import Anchor, Line, Page, squeeze
from crawler.pages.extraction.witness import CUT
from crawler.urls import absolute_url

HERE = re.compile(
    r"(?:当前|现在|您的|你的|您所在|所在|目前|當前)\s*(?:的)?\s*位置\s*(?:[:：是>]|$)|^位置\s*[:：]|you are here|^location\s*[:：]",
    re.IGNORECASE,
)
HOME = re.compile(r"^\W*(?:网站|本站|学校|学院|新闻网?)?(?:首\s*[页頁]|主\s*[页頁])|^\W*home\b", re.IGNORECASE)
LEAF = re.compile(
    r"^\W*(?:正文|详细|内容|文章|(?:新闻|文章|信息|公告|通知)?(?:详情|内容|正文|查看|浏览)页?|(?:查看|阅读|浏览)(?:文章|新闻|信息)?)\W*$"
)
TRAILS = frozenset({"div", "ol", "ul", "p", "nav", "section"})
TRAIL_CLASS = re.compile(r"crumb|(?:^|\s)(?:\w+[-_])?(?:position|weizhi|dqwz|local|path|posi)(?:\s|$)", re.IGNORECASE)
# Between the names of a breadcrumb that is written out; a slash or a hyphen only where there is none of the others.
ARROWS = re.compile(r"\s{0,3}(?:-{1,2}>|[>＞»›→])[>＞»›→\s]{0,6}")
STROKES = re.compile(r"\s{0,3}(?:[/／\\|｜]|(?<=\s)-(?=\s))\s{0,3}")
SPREAD = re.compile(r"^(首|主)\s{1,3}(页|頁)$")
MARKS = " \u3000→>»›/-—|:："  # between the names of a breadcrumb
MOST_LINKS = 6
MAX_CRUMB = 40  # characters; a title at the end of the breadcrumb is no section
MAX_LINE = 160
FOLLOWING = 4  # lines in which a breadcrumb may be broken


def is_trail(text: str) -> bool:
    """Return whether a line is a breadcrumb that is written out: 首页 > 新闻 > 正文."""
    return bool(HOME.match(text) and ARROWS.search(text))


@lru_cache(maxsize=1)  # asked twice of each page, by extraction and by discovery
def find_breadcrumb(page: Page) -> list[Anchor]:
    """Return the links of the breadcrumb, outermost first; nothing if the page shows none."""
    if page.family and (anchors := _inside(page, page.select(page.family.trail))):
        return anchors
    for number, line in enumerate(page.lines):
        if len(line.text) < MAX_LINE and HERE.search(line.text) and (anchors := _trail(page.lines, number)):
            return anchors[:6]
    for line in page.lines:
        if _is_trail(line, page.base):
            return [anchor for anchor in line.anchors if anchor.text]
    named = page.elements.named
    trails = (element for element, class_, _ in named if element.tag in TRAILS and TRAIL_CLASS.search(class_))
    return _inside(page, trails, HOME)


def _inside(page: Page, elements: Iterable[HtmlElement], first: re.Pattern[str] | None = None) -> list[Anchor]:
    """Return the links of the first of some elements that is as short as a breadcrumb and begins as one."""
    for element in elements:
        lines = page.inside(element)
        anchors = [anchor for line in lines for anchor in line.anchors if anchor.text]
        is_short = sum(len(line.text) for line in lines) < MAX_LINE and 0 < len(anchors) <= MOST_LINKS
        is_begun = first is None or first.match(anchors[0].text) if anchors else False
        if is_short and (is_begun or (len(anchors) > 1 and any(ARROWS.search(line.text) for line in lines))):
            return anchors
    return []


def section_of(page: Page, title: str) -> tuple[str, ...]:
    """Return the names of the breadcrumb, outermost first: those that a labelled line says, linked or not, else those of its links."""
    names = _said(page) or [anchor.text for anchor in find_breadcrumb(page)]
    bare = (SPREAD.sub(r"\1\2", name.strip(MARKS)) for name in names)
    kept = (name for name in bare if 0 < len(name) <= MAX_CRUMB and not LEAF.match(name))
    return tuple(dict.fromkeys(name for name in kept if not _is_title(name, squeeze(title))))


def _is_title(name: str, title: str) -> bool:
    """Tell the title at the end of a breadcrumb, which may cut it with …"""
    letters = squeeze(name)
    return letters == title or (name.rstrip().endswith(CUT) and title.startswith(letters))


def _said(page: Page) -> list[str]:
    """Return the parts of the first line that says where the page is, nothing where marks part it into fewer than two."""
    for line in page.lines:
        if len(line.text) < MAX_LINE and (here := HERE.search(line.text)):
            said = line.text[here.end() :].strip(MARKS)
            parts = [part for part in (ARROWS if ARROWS.search(said) else STROKES).split(said) if part]
            return parts if len(parts) > 1 and HOME.match(parts[0]) else []
    return []


def _trail(lines: list[Line], number: int) -> list[Anchor]:
    """Return the links of a labelled breadcrumb: those of its line, or where each stands in a line of its own those that follow."""
    own = [anchor for anchor in lines[number].anchors if anchor.text]
    for line in lines[number + 1 : number + FOLLOWING] if len(own) < 2 else ():
        if (
            line.linked * 2 < len(line.text)
            or len(line.text) > MAX_CRUMB
            or not line.anchors
            or "首页" not in "".join(a.text for a in (*own, *line.anchors))
        ):
            break
        own.extend(anchor for anchor in line.anchors if anchor.text)
    return own


def _is_trail(line: Line, base: str) -> bool:
    """Tell a breadcrumb without a label: one short line of two to five links that begins at home."""
    anchors = [anchor for anchor in line.anchors if anchor.text]
    return (
        2 <= len(anchors) <= 5
        and len(line.text) < 80
        and bool(re.search(r"[>»›/→]|\s-\s", line.text))
        and not anchors[0].text.startswith("返回")
        and not FOOTER.search(line.text)
        and bool(HOME.match(anchors[0].text) or is_home(absolute_url(base, anchors[0].href) or ""))
    )
