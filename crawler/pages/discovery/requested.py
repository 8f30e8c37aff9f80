"""The lists that a request of a page's scripts fills: how each is asked for."""

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

from crawler.pages.discovery.findings import Scripted
from crawler.pages.discovery.listing import NUMBER, Listing
from crawler.pages.discovery.scripts import Hole, PartlyKnown, ScriptAct
from crawler.pages.discovery.templates import PAGE_NAME, PAGE_PARAMETER, with_number
from crawler.pages.extraction.page import Page
from crawler.pages.families import FAMILIES
from crawler.urls import absolute_url, with_body

# Requests that fill no list.
COUNTERS = re.compile(
    r"count|click|hits?\b|stat|log|user|visit|online|weather|captcha|verif|token|auth|session|vote|like|comment|search|config|lang|\.(?:js|css|html?)(?:\?|$)",
    re.IGNORECASE,
)
SIZE = re.compile(r"per_?page|size|limit|^rows$", re.IGNORECASE)
USUAL_SIZE = "10"  # rows of a page, where a library decides
# A parameter that keeps answers from being remembered: the time, or chance.
STAMP = re.compile(r"[?&](?:_|t|ts|r|rnd|rand(?:om)?|time(?:stamp)?|v|_?no_?cache|_?dc|date)=$|[?&]$", re.IGNORECASE)


def listings(page: Page, scripted: Scripted) -> Iterator[Listing]:
    """Yield the lists that a GET of the page's scripts fills: those asked for by page, and those whose rows a script links."""
    row = next(iter((*scripted.rows, *scripted.shown)), None)
    yield from (Listing(pages=absolute_url(page.base, query), base=page.base) for query in scripted.queries)
    known = []
    for asked in scripted.requests:
        if (address := _address(asked, page.base)) is None or not _may_ask(asked, address):
            continue
        template, at = _paged(asked, address)
        if template is not None:
            yield Listing(pages=template, at=at, row=row, base=page.base)
        elif scripted.rows or (asked.method == "GET" and not COUNTERS.search(address)):
            known.append(Listing(pages=address, row=row, base=page.base))
    yield from known  # an address that is a template as well has been named


def _address(asked: ScriptAct, base: str) -> str | None:
    """Return the address of a request with {page} in the hole that is the number of a page; None where anything else is not known."""
    given = ((name, text) for name, text in asked.parameters.items() if not _is_stamp(name, text))
    query = [(name, _numbered(text)) for name, text in given]
    head = _numbered(asked.text)
    if head is None or any(value is None for _, value in query):
        return None
    joined = "&".join(f"{quote(name)}={value if value == NUMBER else quote(value or '')}" for name, value in query)
    if asked.method == "POST":
        return with_body(absolute_url(base, head) or "", joined)
    whole = f"{head}{'&' if '?' in head else '?'}{joined}" if joined else head
    address = absolute_url(base, whole)
    return address.replace("%7Bpage%7D", NUMBER) if address else None


def _may_ask(asked: ScriptAct, address: str) -> bool:
    """Tell whether a request may be made: any GET, and a POST that a family knows for the query of a list."""
    if address.endswith(("_", "-")):
        return False  # a number is to follow
    return asked.method == "GET" or any(family.is_query_url(address) for family in FAMILIES.values())


def _is_stamp(name: str, text: PartlyKnown) -> bool:
    return None in text.parts and bool(STAMP.search(f"?{name}="))


def _numbered(text: PartlyKnown) -> str | None:
    text = _without_stamp(text)
    text = PartlyKnown(
        tuple(USUAL_SIZE if isinstance(part, Hole) and SIZE.search(part.name) else part for part in text.parts)
    )
    holes = text.holes
    if any(hole is None or not PAGE_NAME.search(hole.name) for hole in holes) or len(holes) > 1:
        return None
    return with_number(text)


def _without_stamp(text: PartlyKnown) -> PartlyKnown:
    """Return an address without what is put behind it so that no answer is remembered."""
    *before, last = (*text.parts, "")[: len(text.parts) or 1]
    if last is not None or not before or not isinstance(before[-1], str) or not (stamp := STAMP.search(before[-1])):
        return text
    return PartlyKnown((*before[:-1], before[-1][: stamp.start()]))


def _paged(asked: ScriptAct, address: str) -> tuple[str | None, int]:
    """Return the address with {page} for the number of the page, and the number it has now."""
    if NUMBER in address:
        return address, 1
    head, mark, query = address.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")]
    for place, (name, _, value) in enumerate(pairs):
        if PAGE_PARAMETER.match(unquote(name)) and not SIZE.search(name) and value.isdigit() and len(value) < 5:
            pairs[place] = (name, "=", NUMBER)
            return f"{head}{mark}{'&'.join(''.join(pair) for pair in pairs)}", int(value)
    return None, 1
