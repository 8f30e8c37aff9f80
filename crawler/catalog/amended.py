"""Documents as the operator corrects them: a catalog of those alone, in memory, that is asked beside the one on disk.

Nothing is written. The file says what pages say, and goes on to be asked for all other documents; what is corrected is found, sorted, counted
and taken along as it is in the second catalog, by the same queries. Counts that triggers keep are told with the difference.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from crawler.catalog import over
from crawler.catalog.schema import MIGRATIONS
from crawler.catalog.tables import texts

Values = Mapping[str, Any]  # field (title, published, source, university, people) -> its value; people: role -> names
SEPARATOR = "\x1f"  # between the key of a site and the university that a document of it is said to be of
TABLES = {
    "documents": "id",
    "people": "document",
    "texts": "document",
    "group_members": "document",
    "visits": "document",
}
STATE = """
SELECT id, version, status, site, title, published, source, search_row FROM documents
WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id
"""
OTHERS = "documents.id NOT IN (SELECT value FROM json_each(:amended))"
TALLIES = "SELECT kind, site, value, number FROM tallies"
BYLINES = "SELECT role, name, articles FROM bylines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """The second catalog."""

    db: Database
    keys: frozenset[str | int]  # of its documents: ids, and rows in the index of words
    ids: str  # as JSON
    tallies: Mapping[tuple[str, str, str], int]  # (kind, site, value) -> by how much there are more
    bylines: Mapping[tuple[str, str], int]  # (role, name) -> by how much there are more

    def asked(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the values of a query as they are asked here: of a site are those too that belong to another university."""
        if "sites" not in values:
            return dict(values)
        wanted = set(json.loads(values["sites"]))
        keys = [key for (key,) in self.db.execute("SELECT key FROM sites") if site_key(key) in wanted]
        return {**values, "sites": json.dumps([*wanted, *keys])}


def lay(db: Database, amended: Amended | None) -> None:
    """Let queries of a catalog find what is corrected of it."""
    db.amended = amended  # type: ignore[attr-defined]  # every catalog of ours has it


def laid_over(db: Database) -> Amended | None:
    """Return what is corrected of a catalog, None where nothing is."""
    laid: Amended | None = getattr(db, "amended", None)
    return laid


def catalogs(db: Database) -> Iterator[tuple[Database, str, dict[str, str]]]:
    """Yield every catalog to ask, with a condition on `documents` that leaves each document to one of them, and its values."""
    laid = laid_over(db)
    if laid is None:
        yield db, "TRUE", {}
        return
    yield db, OTHERS, {"amended": laid.ids}
    yield laid.db, "TRUE", {}


def rows(db: Database, sql: str, values: Any = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query, the first column of which is the id of a document or its row in the index of words; corrected ones last."""
    laid = laid_over(db)
    if laid is None:
        yield from db.execute(sql, values)
        return
    yield from (row for row in db.execute(sql, values) if row[0] not in laid.keys)
    yield from laid.db.execute(sql, values)


def records(db: Database, sql: str, values: Any, key: str = "id") -> Iterator[dict[str, Any]]:
    """Yield the same as mappings of column to value; `key` is the column with the id. `site` is what it is in the file."""
    laid = laid_over(db)
    if laid is None:
        yield from db.query(sql, values)
        return
    yield from (row for row in db.query(sql, values) if row[key] not in laid.keys)
    for row in laid.db.query(sql, values):
        yield row | ({"site": site_key(row["site"])} if "site" in row else {})


def overlaid(db: Database, found: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return rows with the `id` of a document with its title and its time of publication as they are corrected."""
    laid = laid_over(db)
    if laid is None:
        return list(found)
    sql = "SELECT title, published FROM documents WHERE id = ?"
    return [
        row if row["id"] not in laid.keys else {**row, **next(iter(laid.db.query(sql, [row["id"]])))} for row in found
    ]


def site_key(key: str) -> str:
    """Return the key of a site as it is in the file."""
    return key.partition(SEPARATOR)[0]


def state(db: Database, known: Mapping[str, Values]) -> list[tuple[Any, ...]]:
    """Return what the file says of the documents that are corrected: another one, and `amend` has to be done again."""
    return db.execute(STATE, [json.dumps(list(known))]).fetchall()


def amend(db: Database, known: Mapping[str, Values]) -> Amended | None:
    """Return the documents of a catalog that are corrected, by id; None where it has none of them."""
    ids = [str(row[0]) for row in state(db, known)]
    if not ids:
        return None
    made, there = _catalog(), {"ids": json.dumps(ids)}
    for table, column in (*TABLES.items(), ("sites", "key"), ("institutions", "domain")):
        within = f"WHERE {column} IN (SELECT value FROM json_each(:ids))" if table in TABLES else ""
        found = db.execute(f"SELECT * FROM {table} {within}", there)
        places = ", ".join("?" for _ in found.description)
        made.conn.executemany(f"INSERT INTO {table} VALUES ({places})", found.fetchall())
    told = _counts(made)
    for name in ids:
        _correct(made, name, known[name])
    tallies, bylines = (_more(before, after) for before, after in zip(told, _counts(made), strict=True))
    for name in ids:
        if "university" in known[name]:
            _place(made, name, str(known[name]["university"]))
    texts.rebuild(made)
    search_rows = {row for (row,) in made.execute("SELECT search_row FROM documents WHERE search_row IS NOT NULL")}
    return Amended(db=made, keys=frozenset([*ids, *search_rows]), ids=there["ids"], tallies=tallies, bylines=bylines)


def _catalog() -> Database:
    """Return an empty catalog in memory; any thread may ask it. It holds no more than was copied to it: nothing that a row leads to."""
    db = over(sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None))
    MIGRATIONS.apply(db)
    return db


def _correct(db: Database, name: str, values: Values) -> None:
    """Write corrections of one document to its rows, but for the university."""
    for field in ("title", "source"):
        if field in values:
            db.execute(f"UPDATE documents SET {field} = ? WHERE id = ?", [values[field], name])
    if "published" in values:
        (zone,) = db.execute("SELECT timezone FROM sites JOIN documents ON site = key WHERE id = ?", [name]).fetchone()
        at, is_day = datetime.fromisoformat(values["published"]), "T" not in values["published"]
        told = (at.replace(tzinfo=ZoneInfo(zone)) if at.tzinfo is None else at).isoformat()
        sql = "UPDATE documents SET published = ?, date_precision = ? WHERE id = ?"
        db.execute(sql, [told, "day" if is_day else "minute", name])
    if "people" in values:
        people = [(role, person) for role, names in values["people"].items() for person in names]
        db.execute("DELETE FROM people WHERE document = ?", [name])
        db.conn.executemany(
            "INSERT INTO people VALUES (?, ?, ?, ?)", [(name, at, *one) for at, one in enumerate(people, 1)]
        )
    held = db.execute("SELECT body FROM texts WHERE document = ?", [name]).fetchone()
    if held:
        texts.restore(db, name, held[0])


def _place(db: Database, name: str, university: str) -> None:
    """Let a document be of another university: of a site of the same hosts, of the institution of that name if there is one."""
    (site,) = db.execute("SELECT site FROM documents WHERE id = ?", [name]).fetchone()
    row = next(iter(db.query("SELECT * FROM sites WHERE key = ?", [site])))
    of = db.execute("SELECT domain FROM institutions WHERE name = ?", [university]).fetchone()
    key, hosts = f"{site}{SEPARATOR}{university}", json.dumps([*json.loads(row["hosts"]), site])
    row |= {"key": key, "name": university, "hosts": hosts, "institution": of[0] if of else None}
    places = ", ".join("?" for _ in row)
    db.execute(f"INSERT OR IGNORE INTO sites ({', '.join(row)}) VALUES ({places})", list(row.values()))
    db.execute("UPDATE documents SET site = ? WHERE id = ?", [key, name])


def _counts(db: Database) -> Sequence[Counter[tuple[Any, ...]]]:
    return [Counter({row[:-1]: row[-1] for row in db.execute(sql)}) for sql in (TALLIES, BYLINES)]


def _more(before: Counter[tuple[Any, ...]], after: Counter[tuple[Any, ...]]) -> dict[Any, int]:
    return {key: after[key] - before[key] for key in {*before, *after} if after[key] != before[key]}
