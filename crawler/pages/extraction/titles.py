"""The article's title: the line above the body that the window title repeats, or the one a rule or a heading names."""

import re
from collections.abc import Iterable

from crawler.items import Site
from crawler.pages.extraction.dates import is_announced
from crawler.pages.extraction.metadata import BORDER, meta_title, window_title
from crawler.pages.extraction.page import Line, Page, fold
from crawler.pages.families import select

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 5, "h5": 6, "h6": 7}  # tag -> rank; a title by its class ranks CLASSED
CLASSED = 4
TITLE_CLASS = re.compile(r"title|tit\b|headline|biaoti|bt\b", re.IGNORECASE)
SQUEEZE = re.compile(r"[\W_]+")
MAX_TITLE = 200  # characters
MIN_SHARED = 4  # letters a line must share with the window title to be the title
SHORT = 14  # characters; the name of a site or section is no longer
ABOVE = 3  # lines above its date in which a heading stands
MOST = 0.6  # of a part of the window title: a line that is less of it is the site's name
NEAR = 12  # lines above the body in which its title stands
# The end of a site's or a section's name: a window title that says no more than that names no article.
SITE_NAME = re.compile(
    r"(?:大学|学院|学校|网|网站|平台|学会|协会|办公室|中心|校友|系统|主页|首页|动态|公告|通知|新闻|要闻|公示|[处部系所馆室院报刊])$"
)
GREETING = re.compile(r"^\W*欢迎(?:您)?(?:访问|光临|来到|进入)")
NOT_A_TITLE = re.compile(r"^(?:首页|当前位置|您的位置|.{0,6}位置[:：]|新闻详情|正文|详细内容|文章内容|内容)")


def find_title(page: Page, site: Site, start: int) -> tuple[str | None, str | None]:
    """Return the title and the rule that gave it; `start` is the line where the body seems to begin."""
    if site.selectors.title and (text := _only(page, [site.selectors.title])):
        return text, "site"
    if page.family and page.family.is_list_url(page.url) and (title := window_title(page)):
        return title, "window"  # a column page has no other title than its column's name
    if page.family and (text := _only(page, page.family.title)):
        return text, page.family.name
    heading = _heading(page, start)
    line = _repeated(page)
    window = squeeze(page.title)
    named = line is None or _is_name(line, window) or GREETING.match(line)
    if named and (own := _above_date(page, start, heading)) and own != line:
        return own, "heading"
    if line and not (heading and _is_name(line, window) and squeeze(heading) not in window):
        return line, "window"
    if (title := meta_title(page)) and _fits(title):
        return title, "meta"
    if heading:
        return heading, "heading"
    title = window_title(page)
    return (title, "window") if title else (None, None)


def _above_date(page: Page, start: int, heading: str | None) -> str | None:
    """Return the line above the one that states when the page was published: the title, where all that else could be names the site.

    None if the heading stands there, or no title does.
    """
    for number, line in enumerate(page.lines[: start + NEAR]):
        if len(line.text) < MAX_TITLE and is_announced(line.text):
            above = [line for line in page.lines[max(0, number - ABOVE) : number] if line.text]
            if not above or above[-1].linked or any(line.text == heading for line in above):
                return None
            own = above[-1].text
            return own if len(own) >= MIN_SHARED and _fits(own) and not GREETING.match(own) else None
    return None


def _only(page: Page, selectors: Iterable[str]) -> str | None:
    """Return the text of the one element a selector matches; several are the titles of a list."""
    texts = {text for element in select(page.tree, selectors) if _fits(text := fold(element.text_content()))}
    return texts.pop() if len(texts) == 1 else None


def squeeze(text: str) -> str:
    """Return the letters and digits of a text."""
    return SQUEEZE.sub("", text).lower()


def _fits(text: str) -> bool:
    return 2 <= len(text) <= MAX_TITLE and not NOT_A_TITLE.match(text)


def _repeated(page: Page) -> str | None:
    """Return the longest line that stands in the window title and is most of one part of it."""
    parts = [squeeze(part) for part in (page.title, *BORDER.split(page.title))]
    if not parts[0]:
        return None
    best, rank = None, (False, MIN_SHARED - 1)
    letters_of_it = set(page.title)
    for line in page.lines:
        if letters_of_it.isdisjoint(line.text[:3]):  # cheaper than to fold every line of a page
            continue
        if not _fits(line.text) or (line.linked * 2 > len(line.text) and not _is_heading(line)):
            continue
        letters = squeeze(line.text)
        own = (
            parts[0].startswith(letters),
            len(letters),
        )  # what the window title begins with is the title, what follows is the site
        if (
            own > rank
            and len(letters) >= MIN_SHARED
            and any(len(letters) >= MOST * len(part) and letters in part for part in parts)
        ):
            whole = page.heading(line)
            best, rank = whole if any(squeeze(whole) in part for part in parts) else line.text, own
    return best


def _heading(page: Page, start: int) -> str | None:
    """Return the highest heading above the body, of equal ones the nearest; the name of the site or section only where there is no other."""
    found, rank = None, (True, 9)
    window = squeeze(page.title)
    for line in reversed(page.lines[max(0, start - NEAR) : start + 3]):
        if _fits(line.text) and not line.linked and not line.text.endswith((":", "：")) and _is_heading(line):
            own = (_is_name(line.text, window), HEADINGS.get(str(line.block.tag), CLASSED))
            if own < rank:
                found, rank = line.text, own
    return found


def _is_name(text: str, window: str) -> bool:
    """Tell the name of a site or section, which the window title repeats."""
    return len(text) <= SHORT and bool(SITE_NAME.search(text)) and squeeze(text) in window


def _is_heading(line: Line) -> bool:
    block = line.block
    return block.tag in HEADINGS or bool(TITLE_CLASS.search(f"{block.get('class', '')} {block.get('id', '')}"))
