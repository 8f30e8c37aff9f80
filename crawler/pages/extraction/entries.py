"""The entries of a list: links with a date beside them, on any CMS."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from crawler.pages.extraction.dates import in_text
from crawler.pages.extraction.page import Anchor, Line, Page, fold

DATE = (
    r"(?:(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}\s*日?)?|\d{1,2}\s*[-/.]\s*\d{1,2}(?:\s*[-/.]\s*(?:19|20)\d\d)?|\d{1,2}\s*月\s*\d{1,2}\s*日?|\d{1,2}\s+(?:19|20)\d\d\s*[-/.]\s*\d{1,2}"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+\d{1,2}(?:,\s*\d{4})?)"
)
BESIDE = re.compile(rf"(?<!\d){DATE}(?!\d)", re.IGNORECASE)
FIRST, LAST = (re.compile(pattern, re.IGNORECASE) for pattern in (rf"^\W*{DATE}\W", rf"\W?{DATE}\W*$"))
ALONE = re.compile(
    rf"^\W*(?:(?:(?:发布|发表|更新)?(?:时间|日期|于)|posted on)\s*[:：]?\s*)?{DATE}(?:\s+\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?\W*$",
    re.IGNORECASE,
)
METADATA = re.compile(
    r"来源|出处|稿源|作者|上一[条篇页]|下一[条篇页]|前一篇|后一篇"
)  # the line of an article's source, or its neighbours
# Before links that are of an article itself: its source, its tags.
OWN = re.compile(
    r"^\W*(?:[\u4e00-\u9fff]{0,2}来\s?源|稿源|出处|作者|(?:文章)?标签|关键[词字]|tags?|keywords?)\s?[:：]",
    re.IGNORECASE,
)
# The day large, the month below it, folded into one line: 28 above 2024.05, or 2024-05 above 28.
CALENDAR = re.compile(r"^\d{1,2}(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}月?$|^(?:19|20)\d\d[-/.](?:0[1-9]|1[0-2])[0-3]\d$")
BUTTON = re.compile(
    r"^\W*(?:查看|阅读|点击|了解)?(?:详情|详细|更多|全文|查看|进入|read more|more|details?)\W*$", re.IGNORECASE
)
LETTERS = re.compile(r"[^\W\d_]")
DAY = re.compile(r"\d\s?[年月日号]|[上下]午|星期.|周[一二三四五六日]")  # letters of a date
MAX_ROW = 200  # characters of the row around a link that says nothing itself
MOST_AROUND = 4  # elements around a link that its row may be
MOST_OF_ROW = 6  # links of one row, all to its article: picture, title, button
MIN_TITLE = 4  # characters of a link's text; shorter ones are buttons
MOST_TITLES = (
    3  # such links in one line; more are a menu, and a date near it is no entry's but the one a notice ends with
)
NEAR = 3  # lines before or after a link in which its date may stand
MAX_LINE = 1000  # characters; a longer line is no entry, and not searched for each of its links


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: its link, and the line where it stands."""

    anchor: Anchor
    line: int


def find_entries(page: Page) -> list[Entry]:
    """Return the dated links of a page in document order, each address once."""
    lines = page.lines
    dated = [_is_date(line) for line in lines]
    found: dict[str, Entry] = {}
    for number, line in enumerate(lines):
        titled = [anchor for anchor in line.anchors if len(label_of(anchor)) >= MIN_TITLE]
        is_near = 0 < len(titled) <= MOST_TITLES and not OWN.match(line.text) and _near(lines, dated, number)
        for anchor in titled:
            key = (
                anchor.href if "script:" not in anchor.href else anchor.text
            )  # a list whose links are scripts is a list all the same
            if key in found or anchor.href.lower().startswith(("mailto:", "#")):
                continue
            if is_near or _beside(line, anchor):
                found[key] = Entry(anchor, number)
    return list(found.values())


def label_of(anchor: Anchor) -> str:
    """Return what a link is called: its text, or where that is empty or a button (详情), the text of the row it is the only link of."""
    if anchor.text and not BUTTON.match(anchor.text):
        return anchor.text
    called = anchor.text
    for row in islice(anchor.element.iterancestors(), MOST_AROUND):
        links = list(islice(row.iter("a"), MOST_OF_ROW + 1))
        if row.tag in ("body", "html") or len(links) > MOST_OF_ROW or any(a.get("href") != anchor.href for a in links):
            break
        text = fold(row.text_content())
        if len(text) > MAX_ROW:
            break
        called = text if len(text) >= MIN_TITLE else called
    return called


@lru_cache(maxsize=8192)  # menus stand on every page of a site
def names_nothing(text: str | None) -> bool:
    """Return whether the text of a link is no title: none, a button (详情), a number, a day."""
    return not text or bool(BUTTON.match(text)) or not LETTERS.search(DAY.sub("", text))


def day_beside(page: Page, entry: Entry, zone: ZoneInfo) -> date | None:
    """Return the day that stands beside an entry, None where it has no year: on its line, in its link, or on a line near it."""
    line = page.lines[entry.line]
    own = line.text.replace(entry.anchor.text, " ", 1) if len(line.text) <= MAX_LINE else ""
    near = (page.lines[number].text for number in _around(entry.line) if 0 <= number < len(page.lines))
    for text in (own, entry.anchor.text, *(text for text in near if len(text) <= 30 and ALONE.match(text))):
        if found := in_text(text, zone, "list"):
            return found.moment.date()
    return None


def _around(number: int) -> Iterator[int]:
    for distance in range(1, NEAR + 1):
        yield from (number + distance, number - distance)


def _is_date(line: Line) -> bool:
    return len(line.text) <= 30 and bool(ALONE.match(line.text) or CALENDAR.match(line.text))


def _beside(line: Line, anchor: Anchor) -> bool:
    """Tell whether the line's own text, or the edge of the link's, holds a date; a paragraph with a link and a date is no entry."""
    rest = line.text.replace(anchor.text, " ", 1) if len(line.text) <= MAX_LINE else ""
    if METADATA.search(rest):
        return False
    if len(rest) < 40 and BESIDE.search(rest):
        return True
    return len(anchor.text) > 14 and bool(FIRST.search(anchor.text) or LAST.search(anchor.text))


def _near(lines: list[Line], dated: list[bool], number: int) -> bool:
    """Tell whether a line that is only a date stands next to this one, with no other entry between."""
    for step in (1, -1):
        for distance in range(1, NEAR + 1):
            other = number + step * distance
            if not 0 <= other < len(lines):
                break
            if dated[other]:
                return True
            if any(len(anchor.text) >= MIN_TITLE for anchor in lines[other].anchors):
                break
    return False
