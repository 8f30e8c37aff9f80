"""Finding documents, as the reading room does: ranked or by date, narrowed by a Selection, with counts of what narrows further.

What many documents hold is not ranked by frequency of its words (FTS5 would read every one of them for it): then a word in the title
comes first, then the newest. Past MOST hits only those archived last are looked at, and `is_more` says so.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlite_utils import Database

from crawler.catalog.amended import laid_over, rows, site_key
from crawler.catalog.queries.hits import Hit, shown
from crawler.catalog.queries.selection import Selection, wherever, without
from crawler.catalog.queries.universities import Affiliation, places
from crawler.catalog.search import MATCHES, Asked, asked
from crawler.catalog.tokens import bigrams, query

MOST = 5_000  # hits of one query that are sorted, paged through and counted
RANKED = 1_000  # hits up to which each is weighed by its words
VALUES = 12  # of a facet
YEARS = 40
FACETS = {  # name -> the field of a Selection that chooses among its values
    "university": "universities",
    "site": "sites",
    "province": "provinces",
    "level": "levels",
    "year": "years",
    "section": "sections",
    "source": "sources",
    "person": "people",
}
QUOTE, QUOTES = ('"', '"'), re.compile('["“”「」『』]')
TITLES = 200  # as short as the query, in which the one equal to it is looked for

# What has a `search_row` is shown: a trigger keeps withheld documents from having one.
COLUMNS = "search_row, documents.id, documents.site, published, section, source"
FOUND = f"""
SELECT {COLUMNS} FROM document_search
CROSS JOIN documents INDEXED BY documents_found ON search_row = document_search.rowid
WHERE document_search MATCH :match AND {{condition}} ORDER BY document_search.rowid DESC LIMIT :most
"""
ALL = f"SELECT {COLUMNS} FROM documents WHERE search_row IS NOT NULL AND {{condition}} ORDER BY published DESC LIMIT :most"
SAMPLED = (
    f"SELECT {COLUMNS} FROM documents WHERE search_row IS NOT NULL AND {{condition}} ORDER BY documents.id LIMIT :most"
)
WEIGHTS = "SELECT rowid, bm25(document_search, 10.0, 5.0, 1.0) FROM document_search WHERE document_search MATCH ?"
TITLED = "SELECT rowid FROM document_search WHERE document_search MATCH ? ORDER BY rowid DESC LIMIT ?"
FEW = "SELECT count(*) FROM (SELECT 1 FROM document_search WHERE document_search MATCH ? LIMIT ?)"
BEGINNING = """
SELECT texts.row, texts.title FROM document_search JOIN texts ON texts.row = document_search.rowid
WHERE document_search MATCH ? ORDER BY length(texts.title) LIMIT ?
"""
AUTHORS = "SELECT name, count(DISTINCT document) FROM people WHERE document IN (SELECT value FROM json_each(?)) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"


class Order(StrEnum):
    """How hits are sorted."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    SAMPLE = "sample"  # by id, a digest of the address: as good as drawn by lot, and the same again


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The answer to a query."""

    total: int
    is_more: bool  # there are more than `total`
    hits: Sequence[Hit]  # of the page asked for
    facets: Mapping[str, Sequence[tuple[str, int]]]  # the name of each of FACETS -> values with most hits


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
    said = asked(selection.words)
    found, is_more = _rows(db, selection, said, order)
    ranked = _ranked(db, found, selection, order)
    return SearchResult(
        total=len(ranked),
        is_more=is_more,
        hits=shown(db, [row.row for row in ranked[offset : offset + limit]], said.marked),
        facets=_facets(db, found, selection) if facets else {},
    )


def page_rows(db: Database, selection: Selection, *, order: Order, limit: int, offset: int) -> list[int]:
    """Return the rows in the index of words of a page of what `find` finds."""
    found, _ = _rows(db, selection, asked(selection.words), order)
    return [row.row for row in _ranked(db, found, selection, order)[offset : offset + limit]]


def _ranked(db: Database, found: list[_Row], selection: Selection, order: Order) -> list[_Row]:
    said = asked(selection.words)
    if order is Order.SAMPLE:
        return sorted(found, key=lambda row: row.id)
    if said.match is None or order is not Order.RELEVANCE:
        return _by_date(found, order)
    return _by_relevance(db, found, selection.words, said)


def _rows(db: Database, selection: Selection, said: Asked, order: Order = Order.RELEVANCE) -> tuple[list[_Row], bool]:
    """Return what is found, at most MOST and those with the words in their title for certain, and whether there is more.

    A sample is one of all that is found.
    """
    if selection.words.strip() and said.is_empty:
        return [], False
    if order is Order.SAMPLE:
        sql = SAMPLED.replace(
            "{condition}", f"{{condition}} AND {MATCHES.format(name='match')}" if said.match else "{condition}"
        )
    else:
        sql = ALL if said.match is None else FOUND
    found = _asked(db, selection, sql, said.match)
    if sql is FOUND and said.is_plain and len(found) > MOST:
        titled = _asked(db, selection, sql, f"title : ({said.match})")
        return list({row.row: row for row in (*titled[:MOST], *found)}.values())[:MOST], True
    return found[:MOST], len(found) > MOST


def _asked(db: Database, selection: Selection, sql: str, match: str | None) -> list[_Row]:
    """Return at most MOST rows, and one, of a query; those that are corrected first, which are few."""
    said, found = asked(selection.words), list[_Row]()
    for catalog, condition, values in wherever(db, replace(selection, words="", with_duplicates=True)):
        given = {**values, **said.values, "match": match, "most": MOST + 1}
        rows_here = catalog.execute(sql.format(condition=f"{condition} AND {said.condition}"), given)
        found = [*(_Row(*row) for row in rows_here), *found]
    return found[: MOST + 1]


def _by_relevance(db: Database, found: list[_Row], text: str, said: Asked) -> list[_Row]:
    exact = _exact_titles(db, text) if said.is_plain else set()
    newest = _by_date(found, Order.NEWEST)
    if db.execute(FEW, [said.match, RANKED + 1]).fetchone()[0] <= RANKED:
        weights = dict(db.execute(WEIGHTS, [said.match]).fetchall())
        best = min(weights.values(), default=0.0)  # of a correction that brought the words, which nobody has weighed
        return sorted(newest, key=lambda row: (row.row not in exact, weights.get(row.row, best)))
    if not said.is_plain:
        return newest
    titled = {row for (row,) in rows(db, TITLED, [f"title : ({said.match})", MOST])}
    return sorted(newest, key=lambda row: (row.row not in exact, row.row not in titled))


def _exact_titles(db: Database, text: str) -> set[int]:
    """Return the rows of the texts whose title is the query, whatever its punctuation."""
    title = QUOTES.sub(" ", text)
    begun = rows(db, BEGINNING, [f"title : ^ {query(title.join(QUOTE))}", TITLES])
    return {row for row, found in begun if bigrams(found) == bigrams(title)}


def _by_date(found: Iterable[_Row], order: Order) -> list[_Row]:
    """Return rows by publication time; those without one last."""
    there = list(found)
    dated = [row for row in there if row.published]
    undated = sorted((row for row in there if not row.published), key=lambda row: row.row, reverse=True)
    newest = order is not Order.OLDEST
    return sorted(dated, key=lambda row: (row.published or "", row.row), reverse=newest) + undated


def _facets(db: Database, hits: Sequence[_Row], selection: Selection) -> dict[str, list[tuple[str, int]]]:
    """Return how many hits each value would leave; of a facet of which one is chosen already, as if none were."""
    of_sites = places(db)
    found = {}
    for name, field in FACETS.items():
        among = hits
        if getattr(selection, field):
            among, _ = _rows(db, without(selection, field), asked(selection.words))
        found[name] = _counted(db, name, among, of_sites)
    return found


def _counted(
    db: Database, name: str, among: Sequence[_Row], of_sites: Mapping[str, Affiliation]
) -> list[tuple[str, int]]:
    if name == "person":
        return _authors(db, [row.id for row in among])
    if name == "year":
        years = Counter(row.published[:4] for row in among if row.published)
        return sorted(years.items(), reverse=True)[:YEARS]
    if name in Affiliation._fields:
        sites = Counter(row.site for row in among)
        counts: Counter[str] = Counter()
        for key, number in sites.items():
            value = getattr(of_sites[key], name)
            counts.update({value: number} if value else {})
        return counts.most_common(VALUES)
    values = Counter(value for row in among if (value := getattr(row, name)))
    if name == "site" and laid_over(db):
        values = Counter(site_key(key) for key in values.elements())
    return values.most_common(VALUES)


def _authors(db: Database, ids: Sequence[str]) -> list[tuple[str, int]]:
    """Return the names that stand under most of these documents."""
    found: Counter[str] = Counter()
    laid = laid_over(db)
    there = [name for name in ids if laid is None or name not in laid.keys]
    for catalog, names in ((db, there), (laid.db, ids)) if laid else ((db, there),):
        most = VALUES if laid is None else -1
        found.update(dict(catalog.execute(AUTHORS, [json.dumps(names), most]).fetchall()))
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))[:VALUES]
