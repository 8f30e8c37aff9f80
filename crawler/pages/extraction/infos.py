"""The lines around a body that may state date, source and people: where each stands decides what it may be believed for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from crawler.pages.extraction.container import Container, titled
from crawler.pages.extraction.dates import MOMENT
from crawler.pages.extraction.entries import ALONE, Entry
from crawler.pages.extraction.page import Line, Page, fold
from crawler.pages.extraction.people import is_credit
from crawler.pages.families import select
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

OWNER = re.compile(r"[^.]+\.(?:(?:com|edu|gov|org|net|ac)\.)?[a-z]+(?::\d+)?$")  # what the hosts of one publisher share
LIST = 3  # entries; fewer make no list


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
class Info:
    """One such line."""

    text: str
    place: Place
    linked: tuple[str, ...] = ()  # the texts of its links
    away: str | None = None  # the text of its one link that leads to another publisher, where it holds a date


def find_infos(
    page: Page, container: Container | None, title: str | None, entries: list[Entry], selectors: Iterable[str]
) -> list[Info]:
    """Return the lines in order of trust: chosen by selector, above the body, at its head, below it."""
    chosen = [Info(fold(element.text_content()), Place.CHOSEN) for element in select(page.tree, selectors)]
    start, end = (container.start, container.end) if container else (0, 0)
    if not end:  # no body: metadata follows the title
        heading = next(titled(page, title), None)
        start = end = len(page.lines) if heading is None else min(heading + ABOVE, len(page.lines))
    top = next(
        (
            n
            for n in range(start - 1, max(-1, start - FAR - 1), -1)
            if title and title in (page.lines[n].text, page.heading(page.lines[n]))
        ),
        start - ABOVE,
    )
    known = container is not None and container.is_known
    taken = (
        set()
        if known or len(entries) < LIST
        else {n for entry in entries for n in range(entry.line - NEAR_ENTRY, entry.line + NEAR_ENTRY + 1)}
    )
    if 0 < top < len(page.lines) and ALONE.match(page.lines[top - 1].text) and top - 1 not in taken:
        top -= 1  # a date of its own above the title
    places = (
        (Place.ABOVE, range(max(0, top), start)),
        (Place.TOP, range(start, min(start + TOP, end))),
        (Place.INSIDE, range(min(start + TOP, end), min(start + INSIDE, end))),
        (Place.FAR, range(max(0, start - FAR), max(0, top))),
        (Place.BELOW, range(max(min(start + INSIDE, end), end - TAIL), min(end + BELOW, len(page.lines)))),
    )
    for place, numbers in places:
        for number in numbers:
            line = page.lines[number]
            is_entry = number in taken and not is_credit(line.text)
            if line.text and len(line.text) <= MAX_LINE and not is_entry and _is_said(line, place):
                linked = tuple(anchor.text for anchor in line.anchors)
                away = _away(line, page.base) if linked and MOMENT.search(line.text) else None
                chosen.append(Info(_without_buttons(line), place, linked, away))
    return chosen


def _away(line: Line, base: str) -> str | None:
    """Return the text of the one link of a line that leads to another publisher."""
    owners = {anchor.text: _owner(url) for anchor in line.anchors if (url := absolute_url(base, anchor.href))}
    away = [text for text, owner in owners.items() if text and owner and owner != _owner(base)]
    return away[0] if len(away) == 1 else None


def _owner(url: str) -> str | None:
    found = OWNER.search(host_of(url))
    return found[0] if found else None


def _is_said(line: Line, place: Place) -> bool:
    """Tell a line of metadata from a menu: it says more than it links, or stands below the title and holds a date or a label."""
    return line.linked * 2 <= len(line.text) or (
        place is Place.ABOVE and (bool(MOMENT.search(line.text)) or is_credit(line.text))
    )


def _without_buttons(line: Line) -> str:
    """Return a line without the text of what only a script answers to: 作者：[设置]."""
    text = line.text
    if not line.anchors:
        return text
    for anchor in line.anchors:
        if anchor.text and anchor.href.lower().startswith(("javascript:", "#")):
            text = text.replace(anchor.text, " ", 1)
    return fold(text)
