"""Patterns of scripts: searched for only where that takes no longer than a short text allows, whatever the script says."""

import re
from collections.abc import Callable
from typing import Any

from crawler.pages.discovery.scripts.values import UNKNOWN, Function, PartlyKnown, Thing, as_text, join, plain

REGEX = "regex "  # opens the name of a pattern that matches its own text alone
PATTERN = "pattern "  # opens the name of one that is searched for, with its flags
LITERAL = re.compile(r"(?:[^\\.*+?^$|()\[\]{}]|\\\W)+")
# What such a pattern is made of: characters, classes, and groups that are not repeated.
PART = re.compile(
    r"(?:[^\\*+?{()|\[]|\\[^1-9ux]|\[\^?(?:[^\\\]\[]|\\[dws./-]){1,20}\])(?:[*+?]|\{\d\})?|\||\((?:\?:)?|\)\??(?![*+{])"
)
GROUP = re.compile(r"\$(\d)")
MOST_REPEATED = 2  # parts of a pattern: the time grows with the cube of the text
MAX_PATTERN, MAX_SEARCHED = 60, 300  # characters


def pattern_in(source: str, flags: str) -> Any:
    """Return a pattern that a script searches with, if it may be searched for."""
    if literal := LITERAL.fullmatch(source):
        return Thing(REGEX + literal[0].replace("\\", ""))
    is_short = len(source) <= MAX_PATTERN and sum(map(source.count, "*+{")) <= MOST_REPEATED
    return Thing(f"{PATTERN}{flags} {source}") if is_short and not PART.sub("", source) else UNKNOWN


def searched(pattern: Any, text: Any) -> tuple[Any] | None:
    """Return what a pattern finds in a text, with its groups: (None,) for nothing, None where that is not known."""
    if (compiled := _compiled(pattern)) is None or not isinstance(text, str) or len(text) > MAX_SEARCHED:
        return None
    found = compiled.search(text)
    return ([found[0], *(group or "" for group in found.groups())] if found else None,)


def replaced(holder: str, first: Any, second: Any) -> tuple[Any] | None:
    """Return a text with what is put in the place of another one, everywhere if a pattern says so; None where that is not known."""
    if isinstance(second, Function):
        return None
    if (compiled := _compiled(first)) is not None:
        is_everywhere = "g" in first.name.removeprefix(PATTERN).partition(" ")[0]
        return (_put(holder, compiled, second, most=0 if is_everywhere else 1),)
    if isinstance(first, Thing) and first.name.startswith(REGEX):
        pieces = holder.split(first.name.removeprefix(REGEX))
        return (plain(join([pieces[0], *(part for piece in pieces[1:] for part in (second, piece))], "")),)
    if not isinstance(first, str):
        return None
    before, found, after = holder.partition(first)
    return (plain(join([before, second, after], "")) if found else holder,)


def replaced_by(holder: str, first: Any, call: Callable[[list[Any]], Any]) -> tuple[Any] | None:
    """Return a text with what a function of the page makes of each piece that is found; None where that is not known."""
    compiled = _compiled(first)
    if compiled is None and isinstance(first, Thing) and first.name.startswith(REGEX):
        compiled = re.compile(re.escape(first.name.removeprefix(REGEX)))
    if compiled is None or len(holder) > MAX_SEARCHED:
        return None
    pieces: list[Any] = []
    last = 0
    for found in compiled.finditer(holder):
        pieces += [holder[last : found.start()], call([found[0], *found.groups()])]
        last = found.end()
    return (plain(join([*pieces, holder[last:]], "")),)


def _put(holder: str, compiled: re.Pattern[str], second: Any, most: int) -> Any:
    if len(holder) > MAX_SEARCHED:
        return UNKNOWN
    pieces: list[Any] = []
    last = 0
    for found in list(compiled.finditer(holder))[: most or None]:
        pieces += [holder[last : found.start()], _filled(second, found)]
        last = found.end()
    return plain(join([*pieces, holder[last:]], ""))


def _filled(value: Any, found: re.Match[str]) -> PartlyKnown:
    """Return what is put in the place of what was found, with the groups that it names."""
    groups = found.groups()

    def group(place: re.Match[str]) -> str:
        number = int(place[1])
        return groups[number - 1] or "" if 0 < number <= len(groups) else place[0]

    parts = as_text(value).parts
    return PartlyKnown(tuple(GROUP.sub(group, part) if isinstance(part, str) else part for part in parts))


def _compiled(value: Any) -> re.Pattern[str] | None:
    if not isinstance(value, Thing) or not value.name.startswith(PATTERN):
        return None
    flags, _, source = value.name.removeprefix(PATTERN).partition(" ")
    try:
        return re.compile(source, re.IGNORECASE if "i" in flags else 0)
    except re.error:
        return None
