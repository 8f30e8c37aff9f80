"""A selection of documents: which ones, said once for exports and for the reading room. Withheld documents are in none."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from heapq import merge
from itertools import islice

from sqlite_utils import Database

from crawler.catalog.amended import catalogs, laid_over
from crawler.catalog.search import MATCHES, Asked, asked
from crawler.items import Status

BATCH = 500  # ids read at once
SELECTED = """
SELECT documents.id, documents.site, published FROM shown_documents AS documents
WHERE {condition} ORDER BY documents.site, published, documents.id
"""
OF_SITE = (
    "documents.site IN (SELECT key FROM sites LEFT JOIN institutions ON institutions.domain = sites.institution WHERE "
)
AMONG = {  # field of a Selection -> what is asked of a document, its wanted values as {}
    "ids": "documents.id IN {}",
    "sites": "documents.site IN {}",
    "universities": f"{OF_SITE} sites.name IN {{}} OR institutions.name IN {{}} OR institutions.domain IN {{}})",
    "provinces": f"{OF_SITE} institutions.province IN {{}})",
    "levels": f"{OF_SITE} institutions.level IN {{}})",
    "years": "substr(published, 1, 4) IN {}",
    "sources": "documents.source IN {}",
    "statuses": "documents.status IN {}",
    "people": "documents.id IN (SELECT document FROM people WHERE name IN {})",
    "sections": "EXISTS (SELECT 1 FROM {} WHERE instr(' / ' || documents.section || ' / ', ' / ' || value || ' / '))",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What documents have to be; an empty field asks for nothing. Within a field any value will do."""

    ids: Sequence[str] = ()
    sites: Sequence[str] = ()  # keys
    universities: Sequence[str] = ()  # names or domains of institutions, or names of sites
    provinces: Sequence[str] = ()  # of the institution
    levels: Sequence[str] = ()  # of the institution: 本科, 专科, 其他
    years: Sequence[str] = ()  # of publication
    since: date | None = None  # published on that day, in the offset of the site, or later
    until: date | None = None  # published on that day or earlier
    undated: bool = False  # also, or with no day named only, those without a publication time
    people: Sequence[str] = ()
    sources: Sequence[str] = ()
    sections: Sequence[str] = ()  # any part of the breadcrumb
    statuses: Sequence[Status] = ()
    words: str = ""  # as in a search box, in its language
    with_duplicates: bool = False


def select(db: Database, selection: Selection) -> Iterator[list[str]]:
    """Yield the ids of the selected documents in batches, by site, publication time and id."""
    cursors = [
        catalog.execute(SELECTED.format(condition=condition), values)
        for catalog, condition, values in wherever(db, selection)
    ]
    rows = merge(*cursors, key=lambda row: (row[1], row[2] or "", row[0]))
    while batch := list(islice(rows, BATCH)):
        yield [name for name, *_ in batch]


def count(db: Database, selection: Selection) -> int:
    """Return how many documents are selected."""
    sql = "SELECT count(*) FROM shown_documents AS documents WHERE {}"
    return sum(
        catalog.execute(sql.format(condition), values).fetchone()[0]
        for catalog, condition, values in wherever(db, selection)
    )


def wherever(db: Database, selection: Selection) -> Iterator[tuple[Database, str, dict[str, str]]]:
    """Yield every catalog to ask, with what `where` returns: the one on disk, then that of documents which the operator corrects."""
    condition, values = where(selection)
    laid = laid_over(db)
    for catalog, others, more in catalogs(db):
        asked_here = laid.asked(values) if laid and catalog is laid.db else values
        yield catalog, f"{condition} AND {others}", {**asked_here, **more}


def where(selection: Selection) -> tuple[str, dict[str, str]]:
    """Return the SQL condition on a row called `documents`, and its named values. It does not ask whether that is shown: its view does."""
    parts = ["TRUE"]
    values: dict[str, str] = {}
    if not selection.with_duplicates:
        parts.append(
            "+documents.duplicate_of IS NULL"
        )  # "+": its index, which holds nearly all, is not the one to go by
    for name, condition in AMONG.items():
        if wanted := getattr(selection, name):
            values[name] = json.dumps(list(wanted), ensure_ascii=False)
            parts.append(condition.replace("{}", f"(SELECT value FROM json_each(:{name}))"))
    if selection.words.strip():
        parts.append(_said(asked(selection.words), values))
    if (published := _published(selection, values)) is not None:
        parts.append(published)
    return " AND ".join(parts), values


def without(selection: Selection, name: str) -> Selection:
    """Return a selection that asks nothing of one of the fields in AMONG."""
    return replace(selection, **{name: ()})  # type: ignore[arg-type]  # their values are sequences


def _said(said: Asked, values: dict[str, str]) -> str:
    values |= said.values
    if said.is_empty:
        return "FALSE"  # there is nothing in it to look for
    if said.match is None:
        return said.condition
    values["words"] = said.match
    return f"{MATCHES.format(name='words')} AND {said.condition}"


def _published(selection: Selection, values: dict[str, str]) -> str | None:
    """Return the condition on the publication time: its text begins with the day in the offset of its site."""
    bounds = []
    if selection.since:
        values["since"] = selection.since.isoformat()
        bounds.append("published >= :since")
    if selection.until:
        values["until"] = (selection.until + timedelta(days=1)).isoformat()
        bounds.append("published < :until")
    dated = " AND ".join(bounds)
    if selection.undated:
        return f"(published IS NULL OR ({dated}))" if dated else "published IS NULL"
    return dated or None
