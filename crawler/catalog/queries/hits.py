"""Documents found, as they are shown and taken along: a page of them, a feed in the order in which they came, and all of them as a stream."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from heapq import merge
from typing import Any

from sqlite_utils import Database

from crawler.catalog.amended import rows as rows_in
from crawler.catalog.amended import site_key
from crawler.catalog.queries.selection import Selection, wherever
from crawler.catalog.search import asked
from crawler.catalog.tokens import Piece, marked, snippet

BATCH = 500  # hits read at once
# What has a `search_row` is shown: a trigger keeps withheld documents from having one.
SHOWN = """
SELECT search_row, documents.id, url, site, sites.name, documents.title, published, date_precision, section, source, language,
    status, archived, path, texts.body
FROM documents JOIN sites ON sites.key = site JOIN texts ON texts.row = search_row
WHERE search_row IN (SELECT value FROM json_each(?))
"""
ROWS = """
SELECT coalesce(published, '') AS at, search_row FROM documents
WHERE search_row IS NOT NULL AND {condition} ORDER BY published DESC, search_row DESC
"""
OF_RUN = "documents.id IN (SELECT document FROM visits WHERE run = :run AND outcome = 'new')"
ARRIVED = """
SELECT search_row, substr(archived, 1, 10) AS day, coalesce(published, '') AS at FROM documents
WHERE search_row IS NOT NULL AND {condition} AND (day, at, search_row) < (:day, :at, :row)
ORDER BY day DESC, at DESC, search_row DESC LIMIT :most
"""
PEOPLE = """
SELECT search_row, role, name FROM documents JOIN people ON people.document = documents.id
WHERE search_row IN (SELECT value FROM json_each(?)) ORDER BY search_row, position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One document found, as it is shown."""

    id: str
    url: str
    site: str  # key
    university: str
    title: str
    published: str | None  # ISO 8601 with the site's offset
    precision: str | None  # day, minute, second
    section: str | None
    source: str | None
    language: str | None
    status: str
    archived: str  # UTC
    path: str | None
    heading: Sequence[Piece]  # the title, words marked
    snippet: Sequence[Piece]


NAMES = [field.name for field in fields(Hit)][:-2]  # of SHOWN, between its first column and its last


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    """The place of a document in the order in which they came: by the day it was archived, then by publication."""

    day: str
    published: str
    row: int

    def __str__(self) -> str:
        return f"{self.day}_{self.published}_{self.row}"


NEWEST = Arrival("9999", "", 0)  # before the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A hit with what is taken along beside it."""

    hit: Hit
    people: Mapping[str, Sequence[str]]  # role -> names
    body: str  # plain text


def shown(db: Database, rows: Sequence[int], looked_for: Sequence[str]) -> list[Hit]:
    """Return the documents of rows of the index of words, in this order."""
    return [hit for _, hit, _ in _read(db, rows, looked_for)]


def arrived(
    db: Database, selection: Selection, *, before: Arrival = NEWEST, limit: int
) -> tuple[list[Hit], Arrival | None]:
    """Return the hits that came last, of those before a place, and the place from which to go on, None where there are no more."""
    place = {"day": before.day, "at": before.published, "row": before.row, "most": limit + 1}
    found = sorted(
        (
            Arrival(day, at, row)
            for catalog, condition, values in wherever(db, selection)
            for row, day, at in catalog.execute(ARRIVED.format(condition=condition), {**values, **place})
        ),
        reverse=True,
    )[: limit + 1]
    hits = shown(db, [one.row for one in found[:limit]], asked(selection.words).marked)
    return hits, found[limit - 1] if len(found) > limit else None


def rows_of(db: Database, selection: Selection) -> list[int]:
    """Return the rows of every hit, the newest first; however many there are."""
    return _newest(db, selection, "TRUE", {})


def rows_of_run(db: Database, selection: Selection, run: str) -> list[int]:
    """Return the rows of those hits that a run brought, the newest first."""
    return _newest(db, selection, OF_RUN, {"run": run})


def _newest(db: Database, selection: Selection, also: str, more: Mapping[str, str]) -> list[int]:
    found = [
        catalog.execute(ROWS.format(condition=f"{condition} AND {also}"), {**values, **more})
        for catalog, condition, values in wherever(db, selection)
    ]
    return [row for _, row in merge(*found, reverse=True)]


def batches(rows: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield rows in the portions in which they are read."""
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


def whole(db: Database, rows: Sequence[int]) -> list[Whole]:
    """Return the documents of rows with people and body, in this order."""
    people: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row, role, name in rows_in(db, PEOPLE, [json.dumps(rows)]):
        people[row][role].append(name)
    return [Whole(hit=hit, people=people[row], body=body) for row, hit, body in _read(db, rows, ())]


def _read(db: Database, rows: Sequence[int], looked_for: Sequence[str]) -> list[tuple[int, Hit, str]]:
    found = {row: values for row, *values in rows_in(db, SHOWN, [json.dumps(rows)])}
    return [(row, _hit(found[row], looked_for), found[row][-1]) for row in rows if row in found]


def _hit(values: Sequence[Any], looked_for: Sequence[str]) -> Hit:
    *columns, body = values
    row = dict(zip(NAMES, columns, strict=True))
    row["site"] = site_key(row["site"])
    return Hit(**row, heading=marked(row["title"], looked_for), snippet=snippet(body, looked_for))
