"""The article's title: the line above the body that the window title repeats, or the one a rule or a heading names."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC

from crawler.items import Listed, Site
from crawler.pages.extraction.dates import is_announced
from crawler.pages.extraction.endings import RELATED
from crawler.pages.extraction.heads import (
    ABOVE,
    GREETING,
    MAX_TITLE,
    MIN_SHARED,
    NEAR,
    SECOND,
    SHORT,
    SITE_NAME,
    above_body,
    fits,
    is_heading,
    is_section,
    may_be_title,
    with_upper_half,
)
from crawler.pages.extraction.metadata import BORDER, meta_title, window_title
from crawler.pages.extraction.moments import HINT, find_moment
from crawler.pages.extraction.names import is_person
from crawler.pages.extraction.page import Page, fold, squeeze
from crawler.pages.extraction.witness import as_listed, title_agrees

RANKS = {"h1": 1, "h2": 2, "h3": 3, "h4": 5, "h5": 6, "h6": 7}  # tag -> rank; a title by its class ranks CLASSED
CLASSED = 4
MOST = 0.6  # of a part of the window title: a line that is less of it is the site's name
SPEAKER = re.compile(r"^([\u4e00-\u9fff·]{2,12})[:：]")  # 谢远：教育公平的三个阶段
CELLS = frozenset({"td", "th", "dt", "dd"})
LABELS = frozenset(
    f"{label}{mark}"
    for label in ("公告主旨", "主旨", "標題", "公告標題", "标题", "公告标题")
    for mark in ("", "：", ":")
)  # in a cell of its own, before the cell of the title
MARKS = " -–—>→»|_·"
BRACKETS = " ()（）[]【】-–—|·:："  # around a date in a heading


def find_title(page: Page, site: Site, start: int, listed: Listed | None = None) -> tuple[str | None, str | None]:
    """Return the title and the rule that gave it; `start` is the line where the body seems to begin.

    Where a list named the article otherwise, and something else on the page is what it said, that is the title.
    """
    title, rule = _titled(page, site, start)
    if listed and rule != "site" and not (title and title_agrees(listed, title)):
        title, rule = next(as_listed(listed, _others(page, start)), (title, rule))
    return (_dateless(title, page.title), rule) if title and rule != "site" else (title, rule)


def _titled(page: Page, site: Site, start: int) -> tuple[str | None, str | None]:
    if site.selectors.title and (text := _only(page, [site.selectors.title])):
        return text, "site"
    if page.family and page.family.is_list_url(page.url) and (title := window_title(page)):
        return title, "window"  # a column page has no other title than its column's name
    if page.family and (text := _only(page, page.family.title)):
        return text, page.family.name
    if own := _labelled(page, start):
        return own, "label"
    heading = _heading(page, start)
    line = _repeated(page)
    window = squeeze(page.title)
    named = line is None or _is_name(line, window) or GREETING.match(line)
    is_headed = heading and not (is_section(heading) or SECOND.match(heading) or RELATED.match(heading))
    if named and not is_headed and not _names_article(page) and (own := above_body(page, start)):
        return own, "window" if own == line else "heading"
    if named and (own := _above_date(page, start, heading)) and own != line:
        return own, "heading"
    if line and not (is_headed and heading and _is_name(line, window) and squeeze(heading) not in window):
        return line, "window"
    if (title := meta_title(page)) and fits(title):
        return title, "meta"
    if heading:
        return heading, "heading"
    title = window_title(page)
    return (title, "window") if title else (None, None)


def _labelled(page: Page, start: int) -> str | None:
    """Return what stands above the body in the cell behind the word for a title."""
    for number, line in enumerate(page.lines[:start]):
        if line.text in LABELS and line.block.tag in CELLS and number + 1 < len(page.lines):
            below = page.lines[number + 1]
            if below.block.tag in CELLS and not below.linked and fits(below.text):
                return below.text
    return None


def _names_article(page: Page) -> bool:
    """Return whether the window title may be that of an article, rather than the name of a site or a section."""
    title = window_title(page)
    return bool(
        title
        and fits(title)
        and not is_section(title)
        and not SITE_NAME.search(title.split()[-1])
        and not GREETING.match(title)
    )


def _others(page: Page, start: int) -> Iterator[tuple[str | None, str]]:
    """Yield what else on a page may be its title, with its rule: what it says of itself, headings, lines right above the body."""
    yield meta_title(page), "meta"
    yield window_title(page), "window"
    for number, line in enumerate(page.lines):
        is_near = start - NEAR <= number < start + ABOVE
        if fits(line.text) and not line.linked and (is_near or is_heading(line)):
            yield page.heading(line), "heading"
            yield line.text, "heading"


def _dateless(title: str, window: str) -> str:
    """Return a title without the date that stands behind it in its heading; one that the window title repeats is of the title."""
    found = find_moment(title, UTC)
    if found is None or title[found.end :].strip(BRACKETS) or squeeze(title) in squeeze(window):
        return title
    return left if len(left := title[: found.start].rstrip(BRACKETS)) >= MIN_SHARED else title


def _above_date(page: Page, start: int, heading: str | None) -> str | None:
    """Return the line above the one that states when the page was published: the title, where all that else could be names the site.

    None if the heading stands there, or no title does.
    """
    for number, line in enumerate(page.lines[: start + NEAR]):
        if len(line.text) < MAX_TITLE and is_announced(line.text):
            above = [n for n in range(max(0, number - ABOVE), number) if page.lines[n].text]
            if not above or page.lines[above[-1]].linked or any(page.lines[n].text == heading for n in above):
                return None
            is_second = len(above) > 1 and SECOND.match(page.lines[above[-1]].text) and not page.lines[above[-2]].linked
            own = with_upper_half(page, above[-2 if is_second else -1])
            return own if may_be_title(own) else None
    return None


def _only(page: Page, selectors: Iterable[str]) -> str | None:
    """Return the text of the one element a selector matches; several are the titles of a list."""
    texts = {text for element in page.select(selectors) if fits(text := fold(element.text_content()))}
    texts = {text for text in texts if not SECOND.match(text)}
    return texts.pop() if len(texts) == 1 else None


def _repeated(page: Page) -> str | None:
    """Return the longest line that stands in the window title and is most of one part of it, with the rest of the title around it."""
    raw = [part for part in BORDER.split(page.title) if part]
    letters_of = [squeeze(part) for part in raw]
    # A mark may also stand inside a title: “两山”——一座桥_云台大学.
    parts = {"".join(letters_of[start:end]) for start in range(len(raw)) for end in range(start + 1, len(raw) + 1)}
    whole = squeeze(page.title)
    best, rank = None, (False, 0)
    letters_of_it = set(page.title)
    for number, line in enumerate(page.lines):
        if letters_of_it.isdisjoint(line.text[:3]):  # cheaper than to fold every line of a page
            continue
        if not fits(line.text) or (line.linked * 2 > len(line.text) and not is_heading(line)):
            continue
        letters = squeeze(line.text)
        own = (
            whole.startswith(letters),
            len(letters),
        )  # what the window title begins with is the title, what follows is the site
        if own <= rank or not _is_most(
            letters, whole, parts, is_short=_is_short_title(page, number, letters, letters_of)
        ):
            continue
        best, rank = number, own
    return None if best is None else _completed(page, best, raw)


def _is_most(letters: str, whole: str, parts: set[str], *, is_short: bool) -> bool:
    """Tell whether letters are most of a part of the window title, or all of it where they are few."""
    if len(letters) < MIN_SHARED:
        return is_short
    return letters in whole and any(len(letters) >= MOST * len(part) and letters in part for part in (whole, *parts))


def _is_short_title(page: Page, number: int, letters: str, parts: list[str]) -> bool:
    """Tell a title of two or three letters: the first part of several of the window title, above a date."""
    if len(letters) < 2 or len(parts) < 2 or letters != parts[0]:
        return False
    return any(HINT.search(line.text) for line in page.lines[number + 1 : number + 1 + ABOVE])


def _completed(page: Page, number: int, parts: list[str]) -> str:
    """Return the title that a line is most of: with the other halves of a broken one, and with the speaker the window title names."""
    line = page.lines[number]
    whole = page.heading(line)
    if whole != line.text:
        return whole if any(squeeze(whole) in squeeze(part) for part in (page.title, *parts)) else line.text
    letters = squeeze(line.text)
    part = next((part for part in parts if letters in squeeze(part)), "")
    before, _, after = squeeze(part).partition(letters)
    if number and len(above := page.lines[number - 1].text) >= MIN_SHARED and before and before == squeeze(above):
        return f"{above} {line.text}"
    below = page.lines[number + 1].text if number + 1 < len(page.lines) else ""
    if len(below) >= MIN_SHARED and after and after == squeeze(below):
        return f"{line.text} {below}"
    speaker = SPEAKER.match(part)
    return (
        fold(part) if speaker and not after and squeeze(speaker[1]) == before and is_person(speaker[1]) else line.text
    )


def _heading(page: Page, start: int) -> str | None:
    """Return the highest heading above the body, of equal ones the nearest; the name of the site or section only where there is no other."""
    found, rank = None, (True, 9, True)
    window = squeeze(page.title)
    first = max(0, start - NEAR)
    for number in range(min(start + 3, len(page.lines)) - 1, first - 1, -1):
        line = page.lines[number]
        if fits(line.text) and not line.linked and not line.text.endswith((":", "：")) and is_heading(line):
            is_other = _is_name(line.text, window) or bool(SECOND.match(line.text) or RELATED.match(line.text))
            own = (is_other, RANKS.get(str(line.block.tag), CLASSED), number > start)
            if own < rank:
                found, rank = number, own
    return None if found is None else with_upper_half(page, found)


def _is_name(text: str, window: str) -> bool:
    """Tell the name of a site or section, which the window title repeats."""
    text = text.strip(MARKS)
    return len(text) <= SHORT and bool(SITE_NAME.search(text)) and squeeze(text) in window
