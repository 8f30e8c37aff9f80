"""The history of documents: their versions, what changed in them, when their page was not there, and where else it was found.

A document keeps its id and its URL for ever, both those of the first visit; what it is found under later are its addresses.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.dedup.changes import Change, Field, difference
from crawler.items import Absence, Document

RECORD_CHANGE = """
INSERT INTO changes (document, version, kind, field, before, after, diff, visit, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
RECORD_ABSENCE = """
INSERT INTO absences (document, missed, last_missed, run, misses, reason, confirmed, returned) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (document, missed) DO UPDATE SET
    last_missed = excluded.last_missed, run = excluded.run, misses = excluded.misses, reason = excluded.reason,
    confirmed = excluded.confirmed, returned = excluded.returned
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Where and when changes were seen: in the version they made, or, without one, corrected."""

    document: str
    version: int
    kind: Literal["version", "correction"]
    visit: int | None
    at: datetime


def record_changes(db: Database, edit: Edit, found: Iterable[Change]) -> None:
    """Insert what changed in a document; the difference of a body is worked out here."""
    head, tail = (edit.document, edit.version, edit.kind), (edit.visit, to_text(edit.at))
    rows = [(*head, change.field, change.before, change.after, _diff(change), *tail) for change in found]
    db.conn.executemany(RECORD_CHANGE, rows)


def changes(db: Database, document_id: str) -> list[dict[str, Any]]:
    """Return what changed in a document, oldest first: the rows of `changes` as mappings, `diff` as a list of (sign, text)."""
    columns = ("version", "kind", "field", "before", "after", "diff", "visit", "at")
    query = f"SELECT {', '.join(columns)} FROM changes WHERE document = ? ORDER BY id"
    rows = [dict(zip(columns, row, strict=True)) for row in db.execute(query, [document_id])]
    return [{**row, "diff": [*map(tuple, json.loads(row["diff"]))] if row["diff"] else None} for row in rows]


def corrections(db: Database, document: str, version: int) -> dict[str, int]:
    """Return how often each field of a version was corrected."""
    query = (
        "SELECT field, count(*) FROM changes WHERE document = ? AND version = ? AND kind = 'correction' GROUP BY field"
    )
    return dict(db.execute(query, [document, version]).fetchall())


def bodies(db: Database, document: str, most: int) -> list[tuple[str, str]]:
    """Return the bodies before and after the latest versions of a document that another body made."""
    query = (
        "SELECT before, after FROM changes WHERE document = ? AND kind = 'version' AND field = 'body'"
        " AND before NOTNULL AND after NOTNULL ORDER BY id DESC LIMIT ?"
    )
    return db.execute(query, [document, most]).fetchall()


def record_absence(db: Database, document: str, absence: Absence) -> None:
    """Insert or update one absence of a document; `documents.known` brings the last one."""
    times = (absence.confirmed, absence.returned)
    row = (document, to_text(absence.missed), to_text(absence.last_missed), absence.run, absence.misses, absence.reason)
    db.execute(RECORD_ABSENCE, [*row, *(at and to_text(at) for at in times)])


def digests(db: Database, document_id: str) -> dict[int, str]:
    """Return the content digest of each version of a document, by its number."""
    return dict(
        db.execute(
            "SELECT version, content_digest FROM versions WHERE document = ? ORDER BY version", [document_id]
        ).fetchall()
    )


def insert_version(db: Database, document: Document, visit: int, *, digest: str) -> None:
    """Insert a version beside those there are: one from before the first, which the document itself does not show."""
    db.execute(
        """
        INSERT INTO versions
            (document, version, visit, captured, title, published, path, content_digest, markdown_digest, extractor)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            document.id,
            document.version,
            visit,
            to_text(document.archived),
            document.article.title,
            document.article.published.isoformat() if document.article.published else None,
            document.path,
            document.content_digest,
            digest,
            document.extractor,
        ],
    )


def update_version(db: Database, document_id: str, version: int, values: Mapping[str, object]) -> None:
    """Write down what is true of a version: column -> value."""
    columns = ", ".join(f"{name} = :{name}" for name in values)
    key = {"document": document_id, "number": version}
    db.execute(f"UPDATE versions SET {columns} WHERE document = :document AND version = :number", {**values, **key})


def addresses(db: Database, urls: Iterable[str]) -> dict[str, str]:
    """Return the URLs of the documents that are found under these: address -> the URL of its document."""
    rows = db.execute(
        """
        SELECT addresses.url, documents.url FROM addresses JOIN documents ON documents.id = addresses.document
        WHERE addresses.url IN (SELECT value FROM json_each(?))
        """,
        [json.dumps(list(urls))],
    )
    return dict(rows.fetchall())


def add_address(db: Database, url: str, document_id: str, *, found: datetime) -> None:
    """Write down an address of a document; one that is known keeps the time it was found first."""
    db.execute(
        """
        INSERT INTO addresses (url, document, found) VALUES (?, ?, ?)
        ON CONFLICT (url) DO UPDATE SET document = excluded.document WHERE document <> excluded.document
        """,
        [url, document_id, to_text(found)],
    )


def _diff(change: Change) -> str | None:
    if change.field is not Field.BODY:
        return None
    return json.dumps(difference(change.before or "", change.after or ""), ensure_ascii=False)
