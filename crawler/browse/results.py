"""Hits for programs: JSON, CSV and an Atom feed of the same question as the search page."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from feedgen.feed import FeedGenerator

from crawler.browse.parameters import SearchRequest
from crawler.catalog.queries.finding import Hit, SearchResult
from crawler.controls import for_xml

COLUMNS = (
    "id",
    "title",
    "university",
    "site",
    "published",
    "precision",
    "section",
    "source",
    "language",
    "status",
    "url",
    "archived",
    "path",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How hits are written: the media type, hits in one answer, and the writer, which takes the address of the reading room last."""

    content_type: str
    size: int
    write: Callable[[SearchRequest, SearchResult, str], Any]


def as_json(asked: SearchRequest, found: SearchResult, base: str) -> dict[str, object]:
    """Return the answer as JSON has it; `marks` are the places in title and snippet that hold a word."""
    return {
        "query": dict(asked.given) | {"page": asked.page, "size": asked.size},
        "not_understood": dict(asked.odd),
        "total": found.total,
        "is_more": found.is_more,
        "next": base + asked.url(path="/search.json", add=_next(asked))
        if found.total > asked.offset + asked.size
        else None,
        "facets": {
            name: [{"value": value, "count": number} for value, number in values]
            for name, values in found.facets.items()
        },
        "hits": [
            _fields(hit) | {"page": f"{base}/article/{hit.id}", "snippet": _plain(hit), "marks": _marks(hit)}
            for hit in found.hits
        ],
    }


def as_csv(_asked: SearchRequest, found: SearchResult, _base: str) -> str:
    """Return a table for spreadsheets (RFC 4180), with the byte order mark without which some take Chinese for something else."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for hit in found.hits:
        writer.writerow(["" if value is None else value for value in _fields(hit).values()])
    return out.getvalue()


def as_atom(asked: SearchRequest, found: SearchResult, base: str) -> str:
    """Return a feed of the hits (RFC 4287): whoever subscribes it learns of new ones."""
    feed = FeedGenerator()
    address = base + asked.url(path="/search.atom")
    feed.id(address)
    feed.title(for_xml(asked.selection.words) or "Campus archive 校园新闻档案")
    feed.link(href=address, rel="self")
    feed.link(href=base + asked.url())
    feed.updated(max((_when(hit) for hit in found.hits), default=datetime(1970, 1, 1, tzinfo=UTC)))
    for hit in found.hits:
        entry = feed.add_entry(order="append")
        entry.id(f"urn:md5:{hit.id}")
        entry.title(for_xml(hit.title) or hit.url)
        entry.link(href=f"{base}/article/{hit.id}")
        entry.author(name=for_xml(hit.university))
        entry.updated(datetime.fromisoformat(hit.archived))
        if hit.published:
            entry.published(_when(hit))
        entry.summary(for_xml(_plain(hit)))
    return str(feed.atom_str(pretty=True).decode())


FORMATS: Mapping[str, Format] = {
    "json": Format(content_type="application/json; charset=utf-8", size=20, write=as_json),
    "csv": Format(content_type="text/csv; charset=utf-8", size=1_000, write=as_csv),
    "atom": Format(content_type="application/atom+xml; charset=utf-8", size=50, write=as_atom),
}


def _next(asked: SearchRequest) -> list[tuple[str, str]]:
    return [("page", str(asked.page + 1)), ("size", str(asked.size))]


def _fields(hit: Hit) -> dict[str, object]:
    return {name: getattr(hit, name) for name in COLUMNS}


def _plain(hit: Hit) -> str:
    return "".join(piece.text for piece in hit.snippet)


def _marks(hit: Hit) -> dict[str, list[list[int]]]:
    marks: dict[str, list[list[int]]] = {}
    for name, pieces in (("title", hit.heading), ("snippet", hit.snippet)):
        at, marks[name] = 0, []
        for piece in pieces:
            if piece.marked:
                marks[name].append([at, at + len(piece.text)])
            at += len(piece.text)
    return marks


def _when(hit: Hit) -> datetime:
    at = datetime.fromisoformat(hit.published or hit.archived)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
