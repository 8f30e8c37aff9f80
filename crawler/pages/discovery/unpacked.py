"""Rows that a page keeps for a script to take out: in comments, in islands of XML, and in the data of frameworks."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from crawler.pages.discovery.listing import HREF, MAX_ROWS
from crawler.pages.extraction.elements import Elements

OPENS, CLOSES = re.compile(r"<[a-z][^<>]{0,300}>\s{0,99}$", re.IGNORECASE), re.compile(r"\s{0,99}</")
FOR_ALL = "[if !IE]>"  # opens a comment that a page means for any browser
NEAR = 400  # characters before a comment
FLAT = "__NUXT_DATA__"  # id of data in which every value stands once, and its place wherever it is used (Nuxt 3)
WRAPPERS = frozenset({"Reactive", "ShallowReactive", "Ref", "ShallowRef", "Island", "NuxtError"})
MAX_VALUES, MAX_DEPTH, MAX_OBJECTS = 20_000, 20, 200
LINE = re.compile(r"^[0-9a-f]{1,6}:(?=[\[{])")  # of what a server component sends (Next.js)


def commented(source: str) -> Iterator[tuple[str, str]]:
    """Yield (href, text) of the links in comments that are all an element holds: a script unpacks them. Others were taken out for good."""
    at = 0
    while (start := source.find("<!--", at)) >= 0 and (end := source.find("-->", start)) >= 0:
        at = end + 3
        inner = source[start + 4 : end]
        if "<a" not in inner:
            continue
        is_whole = CLOSES.match(source, at) and OPENS.search(source[max(0, start - NEAR) : start])
        if is_whole or inner.startswith(FOR_ALL):
            yield from islice(HREF.findall(inner), MAX_ROWS)


def islands(elements: Elements) -> list[dict[str, str]]:
    """Return what the elements of XML in a page hold, as a reader of JSON would have it."""
    items = (item for island in elements.of("xml") for item in island.iter("*") if len(item))
    return [{str(part.tag): (part.text or "").strip() for part in item} for item in islice(items, MAX_ROWS)]


def hydrated(source: str) -> str:
    """Return JSON in which every value stands once with each value in its places; what is none as it is."""
    try:
        flat = json.loads(source)
    except (ValueError, RecursionError):
        return source
    left = iter(range(MAX_VALUES))

    def value_at(at: Any, depth: int) -> Any:
        if not isinstance(at, int) or not 0 <= at < len(flat) or depth > MAX_DEPTH or next(left, None) is None:
            return None
        value = flat[at]
        if isinstance(value, dict):
            return {name: value_at(place, depth + 1) for name, place in value.items()}
        if not isinstance(value, list):
            return value
        if value and isinstance(value[0], str):
            return value_at(value[1], depth + 1) if value[0] in WRAPPERS and len(value) > 1 else None
        return [value_at(place, depth + 1) for place in value]

    return json.dumps(value_at(0, 0)) if isinstance(flat, list) else source


def flights(given: Iterable[Any]) -> Iterator[Any]:
    """Yield what server components sent to a page, by what their calls were given: `push([1, "5:[…]"])`, a text in pieces."""
    pieces = (value[1] for value in given if isinstance(value, list) and len(value) == 2 and value[0] == 1)
    for line in "".join(piece for piece in pieces if isinstance(piece, str)).split("\n"):
        if LINE.match(line):
            try:
                yield json.loads(LINE.sub("", line))
            except (ValueError, RecursionError):
                continue


def loaded(source: str) -> Any:
    """Return what JSON says, None for what is none."""
    try:
        return json.loads(source)
    except (ValueError, RecursionError):
        return None


def mappings_in(source: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of JSON, from the outside in."""
    waiting = [loaded(source)]
    for told in islice(waiting, MAX_OBJECTS):  # grows while it is walked
        if isinstance(told, dict):
            yield told
            waiting += [value for value in told.values() if isinstance(value, dict)]
