"""The changes of documents: what a version changed, or a correction."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.dedup.changes import Change, Field, difference

Kind = Literal["version", "correction"]


def record(
    db: Database, document: str, version: int, kind: Kind, found: Iterable[Change], *, visit: int | None, at: datetime
) -> None:
    """Insert what changed in a document; the difference of a body is worked out here."""
    rows = [
        (document, version, kind, change.field, change.before, change.after, _diff(change), visit, to_text(at))
        for change in found
    ]
    db.conn.executemany(
        "INSERT INTO changes (document, version, kind, field, before, after, diff, visit, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def corrected(db: Database, document: str, version: int) -> dict[str, int]:
    """Return how often each field of a version was corrected."""
    query = (
        "SELECT field, count(*) FROM changes WHERE document = ? AND version = ? AND kind = 'correction' GROUP BY field"
    )
    return dict(db.execute(query, [document, version]).fetchall())


def _diff(change: Change) -> str | None:
    if change.field is not Field.BODY:
        return None
    return json.dumps(difference(change.before or "", change.after or ""), ensure_ascii=False)
