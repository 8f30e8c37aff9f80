"""Everything the catalog knows of one document, as a reader wants to see it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

DOCUMENT = """
SELECT documents.*, sites.name AS university, firsts.id AS first_id, firsts.title AS first_title
FROM documents JOIN sites ON sites.key = documents.site LEFT JOIN documents AS firsts ON firsts.id = documents.duplicate_of
WHERE documents.id = ?
"""
PEOPLE = "SELECT role, name FROM people WHERE document = ? ORDER BY position"
MEDIA = """
SELECT media.kind, media.url, caption, name, path, type, size, width, height, outcome, reason
FROM media LEFT JOIN media_links ON media_links.url = media.url LEFT JOIN media_files ON media_files.sha256 = media.sha256
WHERE media.document = ? ORDER BY position
"""
VERSIONS = """
SELECT
    version, captured, title, versions.path, content_digest, markdown_digest, extractor, visits.id AS visit, warc, warc_offset, warc_record,
    payload_digest, checks.checked, checks.fault
FROM versions LEFT JOIN visits ON visits.id = versions.visit LEFT JOIN checks ON checks.object = versions.path
WHERE versions.document = ? ORDER BY version DESC
"""
CHANGES = "SELECT version, kind, field, before, after, diff, at FROM changes WHERE document = ? ORDER BY id DESC"
# The group a document is in: by its own place, or that of the document it repeats.
FIRST = """
SELECT coalesce(own.first, (SELECT first FROM group_members WHERE first = :id LIMIT 1), of_first.first, :first)
FROM (SELECT 1) LEFT JOIN group_members AS own ON own.document = :id LEFT JOIN group_members AS of_first ON of_first.document = :first
"""
COPIES = """
SELECT id, title, university, published, archived, kin, similarity, status FROM copies
WHERE first = :first ORDER BY coalesce(published, archived), archived
"""
ONE = """
SELECT documents.id, title, sites.name AS university, published, archived, NULL AS kin, NULL AS similarity, status
FROM documents JOIN sites ON sites.key = site WHERE id = ?
"""
BESIDE = """
SELECT id, title FROM documents
WHERE site = :site AND section IS :section AND duplicate_of IS NULL AND path IS NOT NULL AND published {sign} :published
ORDER BY published {order} LIMIT 1
"""
ABSENCE = "SELECT missed, confirmed, returned, reason FROM absences WHERE document = ? AND confirmed IS NOT NULL ORDER BY missed DESC LIMIT 1"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One document with all that hangs on it; rows as mappings of column to value."""

    document: Row
    provenance: Mapping[str, str]
    people: Mapping[str, list[str]]
    media: list[Row]
    versions: list[Row]  # the newest first
    changes: Sequence[Row]  # the newest first, `diff` as a list of (sign, text)
    copies: list[Row]  # the group it is in, by time of publication; empty where it has no copies
    older: Row | None  # the article before it in its section
    newer: Row | None
    absence: Row | None  # when its page was removed, if it ever was


def dossier(db: Database, document_id: str) -> Dossier | None:
    """Return what there is of a document, None for an unknown one. A withheld one has hardly anything: ask `tombstone` first."""
    rows = list(db.query(DOCUMENT, [document_id]))
    if not rows:
        return None
    document = rows[0]
    people: dict[str, list[str]] = {}
    for row in db.query(PEOPLE, [document_id]):
        people.setdefault(row["role"], []).append(row["name"])
    changes = [
        {**row, "diff": [*map(tuple, json.loads(row["diff"]))] if row["diff"] else []}
        for row in db.query(CHANGES, [document_id])
    ]
    return Dossier(
        document=document,
        provenance=json.loads(document["provenance"] or "{}"),
        people=people,
        media=list(db.query(MEDIA, [document_id])),
        versions=list(db.query(VERSIONS, [document_id])),
        changes=changes,
        copies=_copies(db, document),
        older=_beside(db, document, "<", "DESC"),
        newer=_beside(db, document, ">", "ASC"),
        absence=next(iter(db.query(ABSENCE, [document_id])), None),
    )


def tombstone(db: Database, document_id: str) -> Row | None:
    """Return why and since when a document is withheld, None if it is not."""
    query = "SELECT url, reason, since FROM withheld WHERE document = ?"
    return next(iter(db.query(query, [document_id])), None)


def _copies(db: Database, document: Row) -> list[Row]:
    (first,) = db.execute(FIRST, {"id": document["id"], "first": document["first_id"]}).fetchone()
    first = first or document["id"]
    copies = list(db.query(COPIES, {"first": first}))
    if not copies:
        return []
    group = [*db.query(ONE, [first]), *copies]
    return sorted(group, key=lambda row: row["published"] or row["archived"])


def _beside(db: Database, document: Row, sign: str, order: str) -> Row | None:
    if document["published"] is None:
        return None
    values = {name: document[name] for name in ("site", "section", "published")}
    return next(iter(db.query(BESIDE.format(sign=sign, order=order), values)), None)
