"""Finding documents, as the reading room does: ranked or by date, narrowed by a Selection, with counts of what narrows further.

What many documents hold is not ranked by frequency of its words (FTS5 would read every one of them for it): then a word in the title
comes first, then the newest. Past MOST hits only those archived last are looked at, and `is_more` says so.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from crawler.catalog.queries.selection import Selection, where
from crawler.catalog.tokens import Piece, bigrams, marked, query, snippet, words

MOST = 5_000  # hits of one query that are sorted, paged through and counted
RANKED = 1_000  # hits up to which each is weighed by its words
VALUES = 12  # of a facet
QUOTE, QUOTES = ('"', '"'), re.compile('["“”「」『』]')
TITLES = 200  # as short as the query, in which the one equal to it is looked for

# What has a `search_row` is shown: a trigger keeps withheld documents from having one.
COLUMNS = "search_row, documents.id, site, published, section, source"
FOUND = f"""
SELECT {COLUMNS} FROM document_search
CROSS JOIN documents INDEXED BY documents_found ON search_row = document_search.rowid
WHERE document_search MATCH :match AND {{condition}} ORDER BY document_search.rowid DESC LIMIT :most
"""
ALL = f"SELECT {COLUMNS} FROM documents WHERE search_row IS NOT NULL AND {{condition}} ORDER BY published DESC LIMIT :most"
WEIGHTS = "SELECT rowid, bm25(document_search, 10.0, 5.0, 1.0) FROM document_search WHERE document_search MATCH ?"
FEW = "SELECT count(*) FROM (SELECT 1 FROM document_search WHERE document_search MATCH ? LIMIT ?)"
BEGINNING = """
SELECT texts.row, texts.title FROM document_search JOIN texts ON texts.row = document_search.rowid
WHERE document_search MATCH ? ORDER BY length(texts.title) LIMIT ?
"""
SHOWN = """
SELECT search_row, documents.id, url, site, sites.name, documents.title, published, date_precision, section, source, language,
    status, archived, path, texts.body
FROM documents JOIN sites ON sites.key = site JOIN texts ON texts.row = search_row
WHERE search_row IN (SELECT value FROM json_each(?))
"""
AUTHORS = "SELECT name, count(DISTINCT document) FROM people WHERE document IN (SELECT value FROM json_each(?)) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"


class Order(StrEnum):
    """How hits are sorted."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The answer to a query."""

    total: int
    is_more: bool  # there are more than `total`
    hits: Sequence[Hit]  # of the page asked for
    facets: Mapping[str, Sequence[tuple[str, int]]]  # site, section, source, person -> values with most hits


@dataclass(frozen=True, slots=True)
class _Row:
    row: int
    id: str
    site: str
    published: str | None
    section: str | None
    source: str | None


def find(
    db: Database,
    selection: Selection,
    *,
    order: Order = Order.RELEVANCE,
    limit: int = 20,
    offset: int = 0,
    facets: bool = True,
) -> SearchResult:
    """Return a page of the documents that hold every word of the selection and are within it; the exact title first."""
    looked_for = words(selection.words)
    if selection.words.strip() and not looked_for:
        return SearchResult(total=0, is_more=False, hits=(), facets={})
    rows, is_more = _rows(db, selection)
    ranked = (
        _by_relevance(db, rows, selection.words) if looked_for and order is Order.RELEVANCE else _by_date(rows, order)
    )
    return SearchResult(
        total=len(ranked),
        is_more=is_more,
        hits=_hits(db, ranked[offset : offset + limit], looked_for),
        facets=_facets(db, rows) if facets else {},
    )


def _rows(db: Database, selection: Selection) -> tuple[list[_Row], bool]:
    """Return what is found, at most MOST and those with the words in their title for certain, and whether there is more."""
    condition, values = where(replace(selection, words="", with_duplicates=True))
    if not selection.words.strip():
        rows = [_Row(*row) for row in db.execute(ALL.format(condition=condition), {**values, "most": MOST + 1})]
        return rows[:MOST], len(rows) > MOST
    sql, match = FOUND.format(condition=condition), query(selection.words)
    rows = [_Row(*row) for row in db.execute(sql, {**values, "match": match, "most": MOST + 1})]
    if len(rows) <= MOST:
        return rows, False
    titled = db.execute(sql, {**values, "match": f"title : ({match})", "most": MOST})
    kept = {row.row: row for row in [*(_Row(*row) for row in titled), *rows]}
    return list(kept.values())[:MOST], True


def _by_relevance(db: Database, rows: list[_Row], text: str) -> list[_Row]:
    match = query(text)
    exact = _exact_titles(db, text)
    newest = _by_date(rows, Order.NEWEST)
    if db.execute(FEW, [match, RANKED + 1]).fetchone()[0] <= RANKED:
        weights = dict(db.execute(WEIGHTS, [match]).fetchall())
        return sorted(newest, key=lambda row: (row.row not in exact, weights.get(row.row, 0.0)))
    sql = "SELECT rowid FROM document_search WHERE document_search MATCH ? ORDER BY rowid DESC LIMIT ?"
    titled = {row for (row,) in db.execute(sql, [f"title : ({match})", MOST])}
    return sorted(newest, key=lambda row: (row.row not in exact, row.row not in titled))


def _exact_titles(db: Database, text: str) -> set[int]:
    """Return the rows of the texts whose title is the query, whatever its punctuation."""
    title = QUOTES.sub(" ", text)
    rows = db.execute(BEGINNING, [f"title : ^ {query(title.join(QUOTE))}", TITLES])
    return {row for row, found in rows if bigrams(found) == bigrams(title)}


def _by_date(rows: Iterable[_Row], order: Order) -> list[_Row]:
    """Return rows by publication time; those without one last."""
    dated = [row for row in rows if row.published]
    undated = sorted((row for row in rows if not row.published), key=lambda row: row.row, reverse=True)
    newest = order is not Order.OLDEST
    return sorted(dated, key=lambda row: (row.published or "", row.row), reverse=newest) + undated


def _hits(db: Database, rows: Sequence[_Row], looked_for: Sequence[str]) -> list[Hit]:
    shown = {row: values for row, *values in db.execute(SHOWN, [json.dumps([row.row for row in rows])])}
    return [_hit(shown[row.row], looked_for) for row in rows if row.row in shown]


def _hit(values: Sequence[Any], looked_for: Sequence[str]) -> Hit:
    *columns, body = values
    row = dict(zip(NAMES, columns, strict=True))
    return Hit(**row, heading=marked(row["title"], looked_for), snippet=snippet(body, looked_for))


def _facets(db: Database, rows: Sequence[_Row]) -> dict[str, list[tuple[str, int]]]:
    ids = json.dumps([row.id for row in rows])
    return {
        "site": Counter(row.site for row in rows).most_common(VALUES),
        "section": Counter(row.section for row in rows if row.section).most_common(VALUES),
        "source": Counter(row.source for row in rows if row.source).most_common(VALUES),
        "person": [(name, number) for name, number in db.execute(AUTHORS, [ids, VALUES])],
    }
