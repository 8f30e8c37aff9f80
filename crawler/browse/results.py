"""Hits for programs: JSON, and an Atom feed of the same question as the search page; CSV and JSON Lines of all hits, line by line."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from feedgen.feed import FeedGenerator

from crawler.browse.holdings import SearchAnswer, ShownHead
from crawler.browse.parameters import SearchRequest
from crawler.catalog.queries.hits import NEWEST, Arrival, Hit, Whole
from crawler.controls import for_xml, visible

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
class Lines:
    """How all hits are written one after the other: the media type, the head for the extras asked for, and what writes some of them."""

    content_type: str
    head: Callable[[frozenset[str]], str]
    write: Callable[[Sequence[Whole], frozenset[str], str], str]


def as_json(asked: SearchRequest, told: SearchAnswer, base: str) -> dict[str, object]:
    """Return the answer as JSON has it; `marks` are the places in title and snippet that hold a word, `shard` and `head` what a hit is shown of."""
    found = told.found
    return {
        "query": dict(asked.given) | {"page": asked.page, "size": asked.size},
        "not_understood": dict((*asked.odd, *asked.unknown)),
        "query_problems": [
            {"at": one.at, "text": one.text, "problem": one.kind, "expected": one.expected} for one in asked.problems
        ],
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
            _fields(hit)
            | {"page": f"{base}/article/{hit.id}", "snippet": _plain(hit), "marks": _marks(hit)}
            | _head(told.heads.get(hit.id))
            for hit in found.hits
        ],
    }


def _head(head: ShownHead | None) -> dict[str, object]:
    return {"shard": head.shard, "head": head.published.isoformat()} if head else {}


def csv_head(extras: frozenset[str]) -> str:
    """Return the first line of a table for spreadsheets, with the byte order mark without which some take Chinese for something else."""
    return "\ufeff" + _csv([[*COLUMNS, *sorted(extras)]])


def csv_lines(hits: Sequence[Whole], extras: frozenset[str], _base: str) -> str:
    """Return lines of a table (RFC 4180); people as the view `articles` writes them."""
    return _csv([[*_fields(one.hit).values(), *(_extra(one, name) for name in sorted(extras))] for one in hits])


def json_lines(hits: Sequence[Whole], extras: frozenset[str], base: str) -> str:
    """Return a line of JSON for each hit."""
    lines = []
    for one in hits:
        row = _fields(one.hit) | {"page": f"{base}/article/{one.hit.id}"}
        row |= {name: {"people": one.people, "body": one.body}[name] for name in sorted(extras)}
        lines.append(visible(json.dumps(row, ensure_ascii=False)) + "\n")
    return "".join(lines)


def as_atom(asked: SearchRequest, hits: Sequence[Hit], following: Arrival | None, base: str) -> str:
    """Return a feed of the hits (RFC 4287), those that came last first, in pages (RFC 5005): who reads on to the last one has all."""
    feed = FeedGenerator()
    first = base + asked.url(path="/search.atom")
    here = (
        first if asked.before == NEWEST else base + asked.url(path="/search.atom", add=[("before", str(asked.before))])
    )
    feed.id(first)
    feed.title(for_xml(asked.selection.words) or "Campus archive 校园新闻档案")
    feed.link(href=here, rel="self")
    feed.link(href=first, rel="first")
    if following:
        feed.link(href=base + asked.url(path="/search.atom", add=[("before", str(following))]), rel="next")
    feed.link(href=base + asked.url())
    if left_out := _left_out(asked):
        feed.subtitle(for_xml(left_out))
    feed.updated(max((datetime.fromisoformat(hit.archived) for hit in hits), default=datetime(1970, 1, 1, tzinfo=UTC)))
    for hit in hits:
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


FEED_SIZE = 50  # entries of one page
LINES: Mapping[str, Lines] = {
    "csv": Lines(content_type="text/csv; charset=utf-8", head=csv_head, write=csv_lines),
    "jsonl": Lines(content_type="application/x-ndjson; charset=utf-8", head=lambda _: "", write=json_lines),
}


def refused(asked: SearchRequest) -> str | None:
    """Return why a question is not answered with lines, which cannot tell beside themselves what of it was left out."""
    left_out = _left_out(asked)
    return f"Not understood: {left_out}. Leave it out, or see /help." if left_out else None


def _left_out(asked: SearchRequest) -> str:
    words = [f"“{one.text}” at character {one.at + 1} of q" for one in asked.problems]
    return ", ".join([*words, *(f"{name}={value}" for name, value in (*asked.odd, *asked.unknown))])


def _csv(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _extra(one: Whole, name: str) -> str:
    if name == "body":
        return one.body
    return "; ".join(f"{role} {person}" for role, names in one.people.items() for person in names)


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
