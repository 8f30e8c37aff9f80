"""The head of an article: where its text begins, and the line above the text and its metadata, which is the title where nothing says so."""

import re

from crawler.pages.extraction.boilerplate import is_control
from crawler.pages.extraction.container import Container, menu_of
from crawler.pages.extraction.dates import SPOKEN, is_alone, is_metadata
from crawler.pages.extraction.endings import FOOTER, LONG, RELATED
from crawler.pages.extraction.fields import BULLETS, all_fields, is_credit, is_label
from crawler.pages.extraction.moments import HINT
from crawler.pages.extraction.names import is_names, is_unit
from crawler.pages.extraction.page import HEADINGS, Line, Page
from crawler.pages.extraction.roles import label_of

TITLE_CLASS = re.compile(r"title|tit\b|headline|biaoti|bt\b", re.IGNORECASE)
OF_PICTURE = re.compile(  # the title of one is no title of the article, a second title is not the first
    r"pic|img|photo|image|caption|sub[_-]?tit|fbt|fu[_-]?(?:bt|tit|biaoti)|vice[_-]?tit", re.IGNORECASE
)
SECOND = re.compile("^[-—–]{2}")  # opens a second title
MAX_TITLE = 200  # characters
MIN_SHARED = 4  # letters a line must share with the window title to be the title
SHORT = 14  # characters; the name of a site or section is no longer
ABOVE = 3  # lines above its date in which a heading stands
NEAR = 12  # lines above the body in which its title stands
# The end of a site's or a section's name: a window title that says no more than that names no article.
SITE_NAME = re.compile(
    r"(?:大学|学院|学校|网|网站|平台|学会|协会|办公室|中心|校友|系统|主页|首页|动态|公告|通知|新闻|要闻|公示|[处部系所馆室院报刊])$"
)
FIELDS = re.compile(
    r"^[\u4e00-\u9fff]{2,6}\s?[:：].{0,24}?\s[\u4e00-\u9fff]{2,6}\s?[:：]"
)  # 工作地域：云台 学历要求：硕士
COUNTER = re.compile(r"^\W*+(?:[\u4e00-\u9fff]{2,4}\s?[:：]\W*+)?+\d{0,9}+\W*+$")  # 热度：20
GREETING = re.compile(r"^\W*欢迎(?:您)?(?:访问|光临|来到|进入)")
NOT_A_TITLE = re.compile(r"^(?:首页|当前位置|您的位置|.{0,6}位置[:：]|新闻详情|正文|详细内容|文章内容|内容)")
SENTENCE = re.compile("[，。；！？]|[,;!?] ")  # in a line of metadata there is none


def above_body(page: Page, start: int) -> str | None:
    """Return the title above the body, or above the first sentence of a body that may hold its head as well."""
    opening = range(min(start, len(page.lines)), min(start + NEAR, len(page.lines)))
    sentence = next((n for n in opening if is_sentence(page.lines[n])), None)
    ends = [start] if sentence is None or sentence == start else [start, sentence]
    found = [title for end in ends if end < len(page.lines) and (title := _title_over(page, end))]
    return min(found, key=is_section, default=None)  # the first that is no section's name


def _title_over(page: Page, end: int) -> str | None:
    """Return the line above a text and its metadata, or the one between the two where that above is a section's name or a menu's.

    None where neither may be a title.
    """
    over, under, passed, stated = None, None, False, False
    for number in range(end - 1, max(0, end - NEAR) - 1, -1):
        line = page.lines[number]
        if is_metadata(line.text) or is_credit(line.text):
            stated = passed = True
        elif _is_passed(line) or (number and is_label(page.lines[number - 1].text, in_cell=True)):
            passed = True
        elif passed or is_heading(line) or line.linked or end - number > ABOVE:
            over = number if passed or is_heading(line) else None
            break
        else:
            under = number  # the text may open with a line that is no sentence
    if over is not None and (page.lines[over].linked or page.lines[over].text in _menu(page, over)):
        over = None
    both = [number for number in (over, under if stated else None) if number is not None]
    may_be = [number for number in both if may_be_title(page.lines[number].text)]
    may_be.sort(key=lambda number: is_section(page.lines[number].text))
    return with_upper_half(page, may_be[0]) if may_be else None


def text_start(page: Page, container: Container | None) -> int:
    """Return where the text of a container begins: below the menus and the metadata that stand in it.

    Where there is no container, at the first sentence of the page; its end if it has none.
    """
    begin, end = (container.start, container.end) if container else (0, len(page.lines))
    first = next((n for n in range(begin, end) if is_sentence(page.lines[n])), begin if container else end)
    head = (n for n in range(first - 1, begin - 1, -1) if _is_of_head(page.lines[n]))
    return first if container is None else next(head, begin - 1) + 1


def _is_of_head(line: Line) -> bool:
    return menu_of(line) * 2 > len(line.text) or is_metadata(line.text)


def is_sentence(line: Line) -> bool:
    """Tell a line of running text from headings, metadata, links and the footer."""
    text = line.text
    return len(text) >= LONG and not line.linked and bool(SENTENCE.search(text)) and not FOOTER.search(text)


def is_section(text: str) -> bool:
    """Tell the name of a section or a site by its length and its end."""
    return len(text) <= SHORT and bool(SITE_NAME.search(text))


def may_be_title(text: str) -> bool:
    """Tell a text of some length that is no greeting, no sentence, and heads no list."""
    is_other = (
        any(words.match(text) for words in (GREETING, FIELDS, RELATED))
        or any(words.search(text) for words in (SPOKEN, FOOTER))
        or text.endswith("。")
    )
    return len(text) >= MIN_SHARED and fits(text) and not is_other and not is_credit(text)


def fits(text: str) -> bool:
    """Return whether a text has the length of a title and is no label of the page."""
    return 2 <= len(text) <= MAX_TITLE and not NOT_A_TITLE.match(text)


def is_heading(line: Line) -> bool:
    """Return whether the markup of a line calls it a heading, by its tag or by the name of its class."""
    block = line.block
    named = f"{block.get('class', '')} {block.get('id', '')}"
    return block.tag in HEADINGS or (bool(TITLE_CLASS.search(named)) and not OF_PICTURE.search(named))


def with_upper_half(page: Page, number: int) -> str:
    """Return a heading, whole where a break parts it, with the one right above it where a title was broken into two <h1>."""
    line, above = page.lines[number], page.lines[number - 1] if number else None
    if (whole := page.heading(line)) != line.text and fits(whole):
        return whole
    is_broken = above and above.block.tag == line.block.tag == "h1" and not above.linked and len(above.text) > SHORT
    return f"{above.text} {line.text}" if above and is_broken else line.text


def _is_passed(line: Line) -> bool:
    """Tell what stands between a title and its body: metadata, buttons, a second title, a salutation (各单位：)."""
    text = line.text
    if not text or SECOND.match(text) or text.endswith((":", "：")) or is_label(text, in_cell=True):
        return True
    if is_control(text) or is_credit(text) or is_names(text) or COUNTER.match(text):
        return True
    if is_unit(text) and not is_heading(line):
        return True
    if (
        (field := next(iter(all_fields(text)), None))
        and label_of(field.label)
        and not text[: field.start].strip(BULLETS)
    ):
        return True
    return is_metadata(text) or (bool(HINT.search(text)) and is_alone(text))


def _menu(page: Page, end: int) -> set[str]:
    """Return the texts of the links above a line: what menus and the breadcrumb call the sections of the site."""
    return {anchor.text for line in page.lines[:end] for anchor in line.anchors}
