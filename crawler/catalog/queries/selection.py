"""A selection of documents: which ones, said once for exports and for the reading room. Withheld documents are in none."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlite_utils import Database

from crawler.catalog.tokens import query
from crawler.items import Status

BATCH = 500  # ids read at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What documents have to be; an empty field asks for nothing. Within a field any value will do."""

    sites: Sequence[str] = ()  # keys
    universities: Sequence[str] = ()  # names of sites
    since: date | None = None  # published on that day, in the offset of the site, or later
    until: date | None = None  # published on that day or earlier
    undated: bool = False  # also, or with no day named only, those without a publication time
    people: Sequence[str] = ()
    sources: Sequence[str] = ()
    sections: Sequence[str] = ()  # any part of the breadcrumb
    statuses: Sequence[Status] = ()
    words: str = ""  # as in a search box
    with_duplicates: bool = False


def select(db: Database, selection: Selection) -> Iterator[list[str]]:
    """Yield the ids of the selected documents in batches, by site, publication time and id."""
    condition, values = where(selection)
    cursor = db.execute(
        f"SELECT documents.id FROM shown_documents AS documents WHERE {condition} ORDER BY documents.site, published, documents.id",
        values,
    )
    while rows := cursor.fetchmany(BATCH):
        yield [name for (name,) in rows]


def count(db: Database, selection: Selection) -> int:
    """Return how many documents are selected."""
    condition, values = where(selection)
    (number,) = db.execute(f"SELECT count(*) FROM shown_documents AS documents WHERE {condition}", values).fetchone()
    return int(number)


def where(selection: Selection) -> tuple[str, dict[str, str]]:
    """Return the SQL condition on a row called `documents`, and its named values. It does not ask whether that is shown: its view does."""
    parts = ["TRUE"]
    values: dict[str, str] = {}

    def among(name: str, column: str, wanted: Sequence[str]) -> None:
        if wanted:
            values[name] = json.dumps(list(wanted), ensure_ascii=False)
            parts.append(f"{column} IN (SELECT value FROM json_each(:{name}))")

    if not selection.with_duplicates:
        parts.append(
            "+documents.duplicate_of IS NULL"
        )  # "+": its index, which holds nearly all, is not the one to go by
    among("sites", "documents.site", selection.sites)
    among("sources", "documents.source", selection.sources)
    among("statuses", "documents.status", selection.statuses)
    if selection.universities:
        values["universities"] = json.dumps(list(selection.universities), ensure_ascii=False)
        parts.append(
            "documents.site IN (SELECT key FROM sites WHERE name IN (SELECT value FROM json_each(:universities)))"
        )
    if selection.people:
        values["people"] = json.dumps(list(selection.people), ensure_ascii=False)
        parts.append(
            "documents.id IN (SELECT document FROM people WHERE name IN (SELECT value FROM json_each(:people)))"
        )
    if selection.sections:
        values["sections"] = json.dumps(list(selection.sections), ensure_ascii=False)
        parts.append(
            "EXISTS (SELECT 1 FROM json_each(:sections) WHERE instr(' / ' || documents.section || ' / ', ' / ' || value || ' / '))"
        )
    if selection.words:
        values["words"] = query(selection.words)
        parts.append("documents.search_row IN (SELECT rowid FROM document_search WHERE document_search MATCH :words)")
    if (published := _published(selection, values)) is not None:
        parts.append(published)
    return " AND ".join(parts), values


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
