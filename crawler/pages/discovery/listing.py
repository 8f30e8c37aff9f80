"""A list that a request fills: how its pages are asked for, and what address its rows have.

    list page -> its script: `$.getJSON('/api/news?page=1')`, `'<a href="/show/' + v.id + '.html">'`
              -> Listing -> fragment of the address that is requested -> JSON or HTML -> rows, and the Listing of the next page

What the answer does not say of itself stands in the fragment of its address, which no server sees: so it is known wherever the address is,
in the frontier, in a crawl that goes on after its death, in a rebuild.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Self
from urllib.parse import parse_qs, urlencode

from lxml import etree

MARK = "list?"  # opens such a fragment
NUMBER = "{page}"
HOLE = re.compile(r"\{([\w-]{1,60})\}")
ADDRESS = re.compile(
    r"^(?:https?:/)?/[^\s<>\"]{2,400}$|^[\w./-]{1,300}\.(?:s?html?|jsp|php|aspx?|psp)(?:\?[^\s<>\"]*)?$", re.IGNORECASE
)
HREF = re.compile(
    r"""<a\s[^>]{0,400}?\bhref\s{0,9}=\s{0,9}["']([^"'<>]{1,500})["'][^>]{0,400}>([^<]{0,300})""", re.IGNORECASE
)
MEDIA = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|bmp|ico|css|mp[34]|flv|swf|woff2?|ttf)(?:[?#!@]|$)", re.IGNORECASE)
CJK = re.compile(r"[\u4e00-\u9fff]{4}")
TITLES = re.compile(r"title|subject|name|biaoti|bt$", re.IGNORECASE)
TOTALS = re.compile(
    r"^(?:total|total_?(?:count|num|number|records?|elements?|items?|results?|rows?|hits|size)|records?|(?:record|row|all)_?count|(?:@odata\.)?count)$",
    re.IGNORECASE,
)
ONWARD = re.compile(r"^next(?:_?(?:page|link|url|href|page_?url))?$", re.IGNORECASE)
OFFSET = re.compile(r"[?&/](?:start|offset|(?:\$|%24)?skip|begin|from)[=/]\{page\}", re.IGNORECASE)
COUNT = re.compile(r"[0-9]{1,6}")
MAX_DEPTH = 6  # levels of an answer in which its rows are looked for
MAX_ROWS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How the pages of such a list are asked for."""

    pages: str | None = None  # absolute address with {page} for the number; None: there is one
    at: int = 1  # the number of this page
    seen: int = 0  # rows on the pages before
    row: str | None = None  # address of an article, relative to the list page, with {member} for members of a row
    base: str | None = None  # the list page, which rows are relative to

    @property
    def fragment(self) -> str:
        told = {"pages": self.pages, "at": str(self.at), "seen": str(self.seen), "row": self.row, "base": self.base}
        return MARK + urlencode({name: value for name, value in told.items() if value is not None})

    @property
    def address(self) -> str | None:
        """Return the address of this page, with the listing in its fragment."""
        return f"{self.pages.replace(NUMBER, str(self.at))}#{self.fragment}" if self.pages else None

    def after(self, rows: int) -> "Listing":
        """Return the page after this one, which shows so many rows."""
        step = rows if self.pages and OFFSET.search(self.pages) else 1
        return replace(self, at=self.at + step, seen=self.seen + rows)

    @classmethod
    def of(cls, url: str) -> Self | None:
        """Return what the fragment of an address says, None where it says nothing of a list."""
        fragment = url.partition("#")[2]
        if not fragment.startswith(MARK):
            return None
        told = {name: values[0] for name, values in parse_qs(fragment.removeprefix(MARK)).items()}
        at, seen = (int(text) if COUNT.fullmatch(text) else 0 for text in (told.get("at", ""), told.get("seen", "")))
        return cls(pages=told.get("pages"), at=at, seen=seen, row=told.get("row"), base=told.get("base"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an answer shows: the addresses and titles of its rows, and how many articles it tells of."""

    rows: tuple[tuple[str, str | None], ...]
    total: int | None = None
    onward: str | None = None  # the address of what follows, where it says it


def is_media(address: str) -> bool:
    """Return whether an address is that of a picture, a film or a style."""
    return bool(MEDIA.search(address))


def read_answer(body: bytes, listing: Listing) -> Answer | None:
    """Return what JSON shows (also with a call around it), None for what is none."""
    source = body.decode("utf-8", "replace").strip().lstrip("\ufeff")
    if "<datastore" in source[:300]:  # XML around the HTML of each row
        return Answer(rows=tuple(dict.fromkeys(_rows(source, listing, 0)))[:MAX_ROWS])
    if source.startswith("<?xml") and listing.row:
        return Answer(rows=tuple(dict.fromkeys(_rows(_members_of_xml(body), listing, 0)))[:MAX_ROWS])
    if not source.startswith(("{", "[")):
        start, end = source.find("("), source.rfind(")")
        if not 0 < start < 80 or not source[:start].replace(".", "").replace("_", "").replace("$", "").isalnum():
            return None
        source = source[start + 1 : end]
    try:
        told = json.loads(source)
    except (ValueError, RecursionError):
        return None
    found = dict.fromkeys(_rows(told, listing, 0))
    return Answer(rows=tuple(found)[:MAX_ROWS], total=_total(told, 0), onward=onward_in(told))


def _members_of_xml(body: bytes) -> list[dict[str, str]]:
    """Return the attributes and the children of each element as JSON would have them; nothing of what is no XML."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    root: etree._Element | None = etree.fromstring(body, parser)  # None where nothing could be recovered
    found = [] if root is None else [*islice(root.iter(etree.Element), MAX_ROWS * 10)]
    return [
        {str(name): str(value) for name, value in one.attrib.items()}
        | {str(child.tag): (child.text or "").strip() for child in one.iterchildren("*")}
        for one in found
        if len(one.attrib) or len(one)
    ]


def rows_in(values: Iterable[Any], listing: Listing) -> Iterator[tuple[str, str | None]]:
    """Yield the addresses and titles of the rows that a page keeps in variables of its scripts."""
    for value in values:
        if isinstance(value, list | dict):
            yield from islice(_rows(value, listing, 0), MAX_ROWS)


def _rows(told: Any, listing: Listing, depth: int) -> Iterator[tuple[str, str | None]]:
    if depth > MAX_DEPTH:
        return
    if isinstance(told, str) and "<a" in told:
        yield from ((href, text.strip() or None) for href, text in HREF.findall(told))
    elif isinstance(told, list):
        for item in told:
            if isinstance(item, dict) and (row := _row(item, listing)):
                yield row
            else:
                yield from _rows(item, listing, depth + 1)
    elif isinstance(told, dict):
        for value in told.values():
            yield from _rows(value, listing, depth + 1)


def _row(item: Mapping[str, Any], listing: Listing) -> tuple[str, str | None] | None:
    """Return the address and the title of one row: by the list page's own template, else the one member that is an address."""
    texts = [value for value in item.values() if isinstance(value, str)]
    named = (value for key, value in item.items() if TITLES.search(key) and isinstance(value, str))
    title = next(named, None) or max((text for text in texts if CJK.search(text)), key=len, default=None)
    if listing.row is not None:
        given = {name: str(item[name]) for name in HOLE.findall(listing.row) if isinstance(item.get(name), str | int)}
        address = HOLE.sub(lambda hole: given.get(hole[1], hole[0]), listing.row)
        if not HOLE.search(address):
            return address, title
    addresses = [text for text in texts if ADDRESS.match(text) and not is_media(text)]
    if not addresses:
        return None
    return addresses[0], title


def _total(told: Any, depth: int) -> int | None:
    if not isinstance(told, dict) or depth > MAX_DEPTH:
        return None
    own = [
        int(value)
        for key, value in told.items()
        if TOTALS.match(key) and isinstance(value, int | str) and COUNT.fullmatch(str(value))
    ]
    if own:
        return max(own)  # of jqGrid `total` counts pages, and `records` rows
    return next((total for value in told.values() if (total := _total(value, depth + 1)) is not None), None)


def onward_in(told: Any, depth: int = 0) -> str | None:
    """Return the address that an answer says is that of the next one (as Django REST, Laravel and JSON:API do)."""
    if not isinstance(told, dict) or depth > MAX_DEPTH:
        return None
    for key, value in told.items():
        if ONWARD.match(key) and isinstance(value, str) and ADDRESS.match(value):
            return value
    return next((found for value in told.values() if (found := onward_in(value, depth + 1))), None)
