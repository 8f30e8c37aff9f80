"""The lines around a body that may state date, source and people: where each stands decides what it may be believed for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.pages.extraction import dates
from crawler.pages.extraction.container import Container, titled
from crawler.pages.extraction.endings import FOOTER
from crawler.pages.extraction.entries import ALONE, Entry
from crawler.pages.extraction.fields import is_credit, is_label, read_fields, starts_with_label
from crawler.pages.extraction.moments import HINT, find_moment
from crawler.pages.extraction.names import is_person, is_unit
from crawler.pages.extraction.page import Line, Page, fold
from crawler.pages.extraction.roles import LETTERS, label_of
from crawler.pages.extraction.sections import HERE, HOME
from crawler.urls import absolute_url, host_of

ABOVE, TOP, INSIDE, FAR, BELOW = (
    14,
    4,
    12,
    40,
    20,
)  # lines before the body, at its head, in its beginning, farther above, after it
TAIL = 8  # last lines of the body, which count as below it
MAX_LINE = 260  # characters; a longer line is text
NEAR_ENTRY = 3  # lines; a date that near to an entry of a list is the entry's

OWNER = re.compile(
    r"(?<![^.])[^.]++\.(?:(?:com|edu|gov|org|net|ac)\.)?[a-z]+(?::\d+)?$"
)  # what the hosts of one publisher share
MEDIUM = re.compile("(?:日报|晚报|学报|[社网])$")  # no button, though a link to nowhere
SHOWN = XPath(".//text()[not(parent::script or parent::style)]")
LIST = 3  # entries; fewer make no list
CELLS = frozenset({"td", "th", "dt", "dd"})
MAX_VALUE = 60  # characters of a value in an element of its own
# Day and month large, the year small beside them: 05-01 over 2023, 2023.05 over 01.
HALVES = re.compile(
    r"^(?:((?:19|20)\d\d\s?[-/.年]\s?\d{1,2})月?(?:\s|(?<=\d\d)(?=\d\d$))(\d{1,2})日?|(\d{1,2})日?\s?(?:/\s?)?((?:19|20)\d\d\s?[-/.年]\s?\d{1,2})月?"
    r"|((?:19|20)\d\d)年?(?:\s|(?=\d\d[-/.月]\d\d日?$))(\d{1,2}\s?[-/.月]\s?\d{1,2})日?"
    r"|(\d{1,2}\s?[-/.月]\s?\d{1,2})日?(?:\s|(?:(?<=\d\d)|(?<=日))(?=\d{4}年?$))((?:19|20)\d\d)年?)$"
)
WHOLE_DAY = re.compile(
    r"^(?:发[布表稿]?(?:时间|日期)\s?[:：]\s?)?(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?$"
)
TIME = re.compile(r"^\d{1,2}:\d\d(?::\d\d)?$")  # of that day, on the next line
SPOKEN = re.compile(r"[。；]|，[^，]{0,60}，")
MOST_HEAD = 8  # lines of a container that may be its head
MAX_HEAD = 60  # characters of a line of the head
NEXT = 3  # lines after a label in which its value stands
MAX_LABEL = 20  # characters of a label in an element of its own
MAX_HALF = 9  # characters


class Place(StrEnum):
    CHOSEN = "chosen"  # matched by the site's or the family's selector
    ABOVE = "above"  # between title and body
    TOP = "top"  # the first lines of the body
    INSIDE = "inside"  # the lines after those: believed only where a label says what it is
    FAR = "far"  # farther above: the same
    BELOW = "below"  # the same

    @property
    def is_near(self) -> bool:
        return self in (Place.CHOSEN, Place.ABOVE, Place.TOP)


@dataclass(frozen=True, slots=True)
class MetadataLine:
    """One such line; a label and the value that stands in the next element are one line."""

    text: str
    place: Place
    linked: tuple[str, ...] = ()  # the texts of its links
    away: str | None = None  # the text of its one link that leads to another publisher, where it holds a date


def find_metadata_lines(
    page: Page, container: Container | None, title: str | None, entries: list[Entry]
) -> list[MetadataLine]:
    """Return the lines in order of trust: chosen by the family's selector, above the body, at its head, below it."""
    selectors = page.family.info if page.family else ()
    chosen = [MetadataLine(fold(element.text_content()), Place.CHOSEN) for element in page.select(selectors)]
    start, end = (container.start, container.end) if container else (0, 0)
    if not end:  # no body: metadata follows the title
        heading = next(titled(page, title), None)
        start = end = len(page.lines)
        if heading is not None:
            below = range(heading, min(heading + ABOVE, end))
            start = end = next((n for n in below if FOOTER.search(page.lines[n].text)), below.stop)
    at = _title_above(page, title, start)
    top = start - ABOVE if at is None else at
    if at is not None and title and HINT.search(rest := page.lines[at].text.removeprefix(title)):
        chosen.append(MetadataLine(rest.strip(), Place.ABOVE))  # a date that stands in the heading
    is_known = container is not None and container.is_known
    opening = [line.text for line in page.lines[start : min(start + MOST_HEAD, end)]]
    head = start
    if title in opening[:TOP] or not (is_known or at is None):
        head += _head(opening, len(opening[:TOP]) if title in opening[:TOP] else 0)
    taken = set() if is_known else _taken(page, entries, range(top, head) if at is not None else range(0))
    least = max(0, top - TOP)
    while least < top < len(page.lines) and top - 1 not in taken and _is_over_title(page.lines[top - 1].text):
        top -= 1
    places = (
        (Place.ABOVE, range(max(0, top), head)),
        (Place.TOP, range(head, min(start + TOP, end))),
        (Place.INSIDE, range(min(start + TOP, end), min(start + INSIDE, end))),
        (Place.FAR, range(max(0, start - FAR), max(0, top))),
        (Place.BELOW, range(max(min(start + INSIDE, end), end - TAIL), min(end + BELOW, len(page.lines)))),
    )
    values: set[int] = set()  # lines that are the value of the one before, which may stand in another place
    for place, numbers in places:
        own = [n for n in numbers if n not in taken or _is_own(page.lines[n], place)]
        chosen.extend(_read(page, place, own, values))
    return chosen


def _head(lines: Sequence[str], least: int) -> int:
    """Return how many lines of a container are still the head, where the title stands above or among them: those before the first of text."""
    first = next((n for n, text in enumerate(lines[:TOP]) if _is_text(text)), None)
    said = next((n for n, text in enumerate(lines) if not (HINT.search(text) or read_fields(text))), len(lines))
    return first if first is not None else max(least, said if said > TOP else 0)


def _is_text(text: str) -> bool:
    return bool(SPOKEN.search(text)) or (len(text) > MAX_HEAD and not read_fields(text))


def _is_over_title(text: str) -> bool:
    """Tell what some templates set above a title: a date of its own, or the whole line of metadata."""
    if ALONE.match(text) or HALVES.match(text) or is_credit(text):
        return True
    found = dates.alone(text, dates.ANYWHERE) if HINT.search(text) else None
    return found is not None and (found.rule == "info" or found.raw == text)


def _is_own(line: Line, place: Place) -> bool:
    """Tell a line that is the article's though entries of a list stand around it: credits, and 发布时间 where no list follows."""
    return is_credit(line.text) or (place is not Place.BELOW and not line.anchors and dates.is_announced(line.text))


def _title_above(page: Page, title: str | None, start: int) -> int | None:
    """Return the number of the nearest line above the body that is the title, with or without a date behind it."""
    numbers = range(start - 1, max(-1, start - FAR - 1), -1)
    return next((n for n in numbers if title and _is_title(page, page.lines[n], title)), None)


def _is_title(page: Page, line: Line, title: str) -> bool:
    return title in (line.text, page.heading(line)) or bool(
        line.text.startswith(title) and HINT.search(line.text[len(title) :])
    )


def _taken(page: Page, entries: list[Entry], own: range) -> set[int]:
    """Return the lines of the entries of a list, whose dates are theirs. Links about the one date between title and body are no entries."""
    is_head = sum(bool(HINT.search(page.lines[n].text)) for n in own) == 1
    apart = [entry for entry in entries if not _is_breadcrumb(page.lines[entry.line].text)]
    listed = [entry for entry in apart if not (is_head and entry.line in own)]
    if len(listed) < LIST:
        return set()
    near = {n for entry in listed for n in range(entry.line - NEAR_ENTRY, entry.line + NEAR_ENTRY + 1)}
    return near.difference(own) if is_head else near


def _is_breadcrumb(text: str) -> bool:
    return bool(HERE.search(text) or HOME.match(text))


def _read(page: Page, place: Place, numbers: Sequence[int], values: set[int]) -> Iterator[MetadataLine]:
    """Yield the lines of one place that say something, those that belong together as one."""
    for number in numbers:
        line = page.lines[number]
        if not line.text or len(line.text) > MAX_LINE or number in values:
            continue
        together = [line]
        if len(line.text) <= MAX_LABEL and (value := _next(page, number)) and _are_one(line, page.lines[value]):
            together.append(page.lines[value])
            values.add(value)
        if len(together) > 1 or _is_said(line, place):
            said = _apart(line) if place.is_near and len(together) == 1 else None
            text = said or joined(*(_without_buttons(part) for part in together))
            linked = tuple(anchor.text for part in together for anchor in part.anchors)
            yield MetadataLine(text, place, linked, _away(line, page.base) if linked and HINT.search(text) else None)


def _apart(line: Line) -> str | None:
    """Return a line whose elements a style sheet sets apart, with spaces between: <em>云台日报</em><i>2023-05-01 08:30</i><b>12 阅读</b>.

    None unless one of them holds a whole date, or the first is a label without a mark: <span>作者</span><span>王芳</span>.
    """
    block = line.block
    if len(block) < 2 or len(line.text) > MAX_LINE:
        return None
    parts = [fold("".join(SHOWN(element))) for element in block if isinstance(element.tag, str)]
    parts = [part for part in parts if part]
    if len(parts) < 2 or "".join(parts).replace(" ", "") != line.text.replace(" ", ""):  # text stands between them
        return None
    if not _is_bare_label(parts[0]) and not (
        HINT.search(line.text) and any(find_moment(part, dates.ANYWHERE) for part in parts)
    ):
        return None
    return " ".join(f"{part}：" if _is_bare_label(part) else part for part in parts)


def _is_bare_label(text: str) -> bool:
    return label_of(text) is not None and text not in LETTERS


def _next(page: Page, number: int) -> int | None:
    """Return the number of the next line that says something."""
    return next((n for n in range(number + 1, min(number + NEXT, len(page.lines))) if page.lines[n].text), None)


def _are_one(line: Line, below: Line) -> bool:
    """Tell a label and its value in the next element, and the two halves of a date."""
    if len(below.text) > MAX_VALUE or len(below.anchors) > 1:  # tags, a menu
        return False
    if len(line.text) <= MAX_HALF and len(below.text) <= MAX_HALF and HALVES.match(f"{line.text} {below.text}"):
        return True
    if TIME.match(below.text) and WHOLE_DAY.match(line.text):
        return True
    in_cell = (line.block.tag in CELLS and below.block.tag in CELLS) or _are_styled(line.block, below.block)
    return is_label(line.text, in_cell=in_cell) and not starts_with_label(below.text)


def _are_styled(label: HtmlElement, value: HtmlElement) -> bool:
    """Tell two elements of one box that a style sheet tells apart: <div class="name">作者</div><div class="value">王芳</div>."""
    classes = {label.get("class"), value.get("class")}
    return label.tag == value.tag and label.getnext() is value and None not in classes and len(classes) > 1


def joined(label: str, value: str = "") -> str:
    """Return a label and its value as one line; a day and its time, or the halves of a date (05 and 2023-01, 2023 and 05-01), as one date."""
    if (halves := HALVES.match(f"{label} {value}".strip())) is not None:
        first, second = (part for part in halves.groups() if part)
        year, rest = (first, second) if first[:2] in ("19", "20") and len(first) > 2 else (second, first)
        return f"{year}-{rest}"
    if TIME.match(value) and WHOLE_DAY.match(label):
        return f"{label} {value}"
    return f"{label.rstrip(' :：')}：{value}" if value else label


def _away(line: Line, base: str) -> str | None:
    """Return the text of the one link of a line that leads to another publisher."""
    owners = {anchor.text: _owner(url) for anchor in line.anchors if (url := absolute_url(base, anchor.href))}
    away = [text for text, owner in owners.items() if text and owner and owner != _owner(base)]
    return away[0] if len(away) == 1 else None


def _owner(url: str) -> str | None:
    found = OWNER.search(host_of(url))
    return found[0] if found else None


def _is_said(line: Line, place: Place) -> bool:
    """Tell a line of metadata from a menu: it says more than it links, or stands below the title and holds a field or a date."""
    if line.linked * 2 <= len(line.text):
        return True
    return place in (Place.ABOVE, Place.TOP) and bool(HINT.search(line.text) or read_fields(line.text))


def _without_buttons(line: Line) -> str:
    """Return a line without the text of what only a script answers to: 作者：[设置]."""
    text = line.text
    if not line.anchors:
        return text
    for anchor in line.anchors:
        is_name = is_person(anchor.text) or is_unit(anchor.text) or MEDIUM.search(anchor.text)
        if (
            anchor.text
            and not (is_name or anchor.text.isdigit())
            and anchor.href.lower().startswith(("javascript:", "#"))
        ):
            whole = r"(?<!\w){}(?!\w)" if len(anchor.text) == 1 else "{}"  # 大 is also a part of 云台大学
            text = re.sub(whole.format(re.escape(anchor.text)), " ", text, count=1)
    return fold(text)
