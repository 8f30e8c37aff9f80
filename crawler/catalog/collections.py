"""What readers keep: collections of articles with tags and notes, in a file of their own, which the operator of a reading room names.

The archive knows nothing of it. Every call opens the file, does one thing and closes it: a reader writes a few times a day.
"""

import json
import secrets
import sqlite3
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from crawler.errors import CatalogError, CollectionError

RELEASE = 1  # PRAGMA user_version
BUSY_SECONDS = 10.0
MOST_COLLECTIONS = 1_000
MOST_ARTICLES = 2_000  # of a collection
LONGEST_NAME, LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 200, 4_000, 40, 20  # characters, and number
TABLES = """
CREATE TABLE IF NOT EXISTS collections (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    note TEXT NOT NULL,
    created TEXT NOT NULL, -- UTC
    changed TEXT NOT NULL -- UTC
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collected (
    collection TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    document TEXT NOT NULL, -- its id; the archive may lack it
    tags TEXT NOT NULL, -- a JSON list
    note TEXT NOT NULL,
    added TEXT NOT NULL, -- UTC
    UNIQUE (collection, document)
) STRICT;
"""
NAMED = """
SELECT id, name, note, created, changed, (SELECT count(*) FROM collected WHERE collection = id) FROM collections
WHERE :id IS NULL OR id = :id ORDER BY changed DESC, id
"""
HELD = "SELECT document, tags, note, added FROM collected WHERE collection = ? ORDER BY rowid"
PUT = """
INSERT INTO collected (collection, document, tags, note, added)
SELECT ?, value, '[]', '', ? FROM json_each(?) WHERE TRUE ON CONFLICT DO NOTHING
"""
ANNOTATE = "UPDATE collected SET tags = ?, note = ? WHERE collection = ? AND document = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection, without its articles."""

    id: str
    name: str
    note: str
    created: str  # UTC
    changed: str  # UTC
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """An article of a collection."""

    document: str
    tags: Sequence[str]
    note: str
    added: str  # UTC


@contextmanager
def collections_in(path: Path) -> Generator[Database, None, None]:
    """Yield the collections of a file, made where there is none; what is done with them is done together or not. Raises CatalogError."""
    try:
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level="IMMEDIATE")
    except sqlite3.Error as error:
        raise CatalogError(f"{path}: no collections can be kept there: {error}") from error
    try:
        db = Database(connection, execute_plugins=False)
        (release,) = db.execute("PRAGMA user_version").fetchone()
        if release > RELEASE:
            raise CatalogError(f"{path}: these collections were written by a newer release; upgrade")
        db.execute("PRAGMA foreign_keys = ON")
        if release < RELEASE:
            connection.executescript(f"{TABLES} PRAGMA user_version = {RELEASE}")
        with db.atomic():
            yield db
    except sqlite3.Error as error:
        raise CatalogError(f"{path}: not usable for collections: {error}") from error
    finally:
        connection.close()


def every(db: Database) -> list[Collection]:
    """Return all collections, that which changed last first."""
    return [_collection(row) for row in db.execute(NAMED, {"id": None})]


def one(db: Database, name: str) -> Collection | None:
    """Return a collection by its id."""
    row = db.execute(NAMED, {"id": name}).fetchone()
    return _collection(row) if row else None


def held(db: Database, name: str) -> list[Collected]:
    """Return the articles of a collection, in the order in which they were put there."""
    return [
        Collected(document=document, tags=json.loads(tags), note=note, added=added)
        for document, tags, note, added in db.execute(HELD, [name])
    ]


def kept_in(path: Path, name: str) -> list[Collected]:
    """Return the articles of a collection of a file; none where there is no such one."""
    with collections_in(path) as db:
        return held(db, name)


def create(db: Database, name: str, note: str, *, now: datetime) -> str:
    """Make an empty collection; return its id. CollectionError where there are too many."""
    (number,) = db.execute("SELECT count(*) FROM collections").fetchone()
    if number >= MOST_COLLECTIONS:
        raise CollectionError(f"there are {MOST_COLLECTIONS} collections already; delete one first")
    key, at = secrets.token_hex(8), _text(now)
    db.execute("INSERT INTO collections VALUES (?, ?, ?, ?, ?)", [key, _name(name), note[:LONGEST_NOTE], at, at])
    return key


def describe(db: Database, key: str, name: str, note: str, *, now: datetime) -> None:
    """Give a collection another name and note."""
    values = [_name(name), note[:LONGEST_NOTE], _text(now), key]
    db.execute("UPDATE collections SET name = ?, note = ?, changed = ? WHERE id = ?", values)


def delete(db: Database, key: str) -> None:
    """Delete a collection."""
    db.execute("DELETE FROM collections WHERE id = ?", [key])


def put(db: Database, key: str, documents: Iterable[str], *, now: datetime) -> None:
    """Put articles at the end of a collection; those that are there stay where they are. CollectionError where it is full."""
    db.execute(PUT, [key, _text(now), json.dumps(list(documents))])
    (number,) = db.execute("SELECT count(*) FROM collected WHERE collection = ?", [key]).fetchone()
    if number > MOST_ARTICLES:
        raise CollectionError(f"a collection has at most {MOST_ARTICLES} articles")
    _changed(db, key, now)


def take_off(db: Database, key: str, document: str, *, now: datetime) -> None:
    """Take an article off a collection."""
    db.execute("DELETE FROM collected WHERE collection = ? AND document = ?", [key, document])
    _changed(db, key, now)


def annotate(db: Database, key: str, document: str, said: Mapping[str, str], *, now: datetime) -> None:
    """Say of an article what `tags`, parted by commas, and `note` hold."""
    tags = json.dumps(tags_in(said.get("tags", "")), ensure_ascii=False)
    db.execute(ANNOTATE, [tags, said.get("note", "")[:LONGEST_NOTE], key, document])
    _changed(db, key, now)


def tags_in(text: str) -> list[str]:
    """Return the tags that a reader wrote, each once."""
    words = (word.strip().lstrip("#")[:LONGEST_TAG] for word in text.replace("，", ",").replace("、", ",").split(","))
    return list(dict.fromkeys(word for word in words if word))[:MOST_TAGS]


def _changed(db: Database, key: str, now: datetime) -> None:
    db.execute("UPDATE collections SET changed = ? WHERE id = ?", [_text(now), key])


def _collection(row: tuple[str, str, str, str, str, int]) -> Collection:
    key, name, note, created, changed, articles = row
    return Collection(id=key, name=name, note=note, created=created, changed=changed, articles=articles)


def _name(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME] or "–"


def _text(now: datetime) -> str:
    return now.isoformat(timespec="seconds")
