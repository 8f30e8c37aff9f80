"""Everything the catalog knows of documents: of one, as a reader wants to see it, and of many, as an export says it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from crawler.catalog.amended import laid_over, overlaid, records

DOCUMENT = """
SELECT documents.*, sites.name AS university, firsts.id AS first_id, firsts.title AS first_title, firsts.path AS first_path
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
    payload_digest, visits.status AS http_status, checks.checked, checks.fault
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
AMONG = "IN (SELECT value FROM json_each(?))"
DOCUMENTS = f"""
SELECT
    documents.*, sites.name AS university, group_members.first AS copy_of, group_members.kin, group_members.similarity
FROM documents JOIN sites ON sites.key = documents.site
LEFT JOIN group_members ON group_members.document = documents.id
WHERE documents.id {AMONG}
"""
PEOPLE_OF = f"SELECT document, role, name FROM people WHERE document {AMONG} ORDER BY document, position"
MEDIA_OF = f"""
SELECT media.document, media.kind, media.url, caption, name, media.sha256, path, type, size, width, height
FROM media LEFT JOIN media_files ON media_files.sha256 = media.sha256
WHERE media.document {AMONG} ORDER BY media.document, position
"""
VERSIONS_OF = f"""
SELECT versions.document, version, captured, title, published, versions.path, content_digest, markdown_digest, warc, warc_offset, warc_record
FROM versions LEFT JOIN visits ON visits.id = versions.visit
WHERE versions.document {AMONG} ORDER BY versions.document, version
"""
MEDIUM = """
SELECT type, (SELECT name FROM media JOIN media_links USING (url) WHERE media_links.sha256 = media_files.sha256 AND name IS NOT NULL LIMIT 1)
FROM media_files WHERE path = ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDetails:
    """One document with all that hangs on it; rows as mappings of column to value."""

    document: Row
    provenance: Mapping[str, str]
    people: Mapping[str, Sequence[str]]
    media: list[Row]
    versions: list[Row]  # the newest first
    changes: Sequence[Row]  # the newest first, `diff` as a list of (sign, text)
    copies: list[Row]  # the group it is in, by time of publication; empty where it has no copies
    older: Row | None  # the article before it in its section
    newer: Row | None
    absence: Row | None  # when its page was removed, if it ever was


def details(db: Database, document_id: str) -> DocumentDetails | None:
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
    return DocumentDetails(
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
    return next(iter(db.query("SELECT url, reason, since FROM withheld WHERE document = ?", [document_id])), None)


def medium(db: Database, path: str) -> tuple[str, str | None] | None:
    """Return the media type of a content and the name that an article gives it, None for a path that is none."""
    row = db.execute(MEDIUM, [path]).fetchone()
    return tuple(row) if row else None


def exported(
    db: Database, ids: Iterable[str]
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]]:
    """Yield (document, people, media, versions) of these documents, in this order; an unknown one is left out."""
    wanted = [json.dumps(names := list(ids))]
    people, media, versions = (_grouped(db, query, wanted) for query in (PEOPLE_OF, MEDIA_OF, VERSIONS_OF))
    if laid := laid_over(db):
        people |= {name: [] for name in names if name in laid.keys} | _grouped(laid.db, PEOPLE_OF, wanted)
    rows = {row["id"]: row for row in records(db, DOCUMENTS, wanted)}
    for name in filter(rows.__contains__, names):
        yield rows[name], people[name], media[name], versions[name]


def _grouped(db: Database, query: str, values: list[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in db.query(query, values):
        found[row.pop("document")].append(row)
    return found


def _copies(db: Database, document: Row) -> list[Row]:
    (first,) = db.execute(FIRST, {"id": document["id"], "first": document["first_id"]}).fetchone()
    first = first or document["id"]
    copies = overlaid(db, db.query(COPIES, {"first": first}))
    if not copies:
        return []
    group = [*overlaid(db, db.query(ONE, [first])), *copies]
    return sorted(group, key=lambda row: row["published"] or row["archived"])


def _beside(db: Database, document: Row, sign: str, order: str) -> Row | None:
    if document["published"] is None:
        return None
    values = {name: document[name] for name in ("site", "section", "published")}
    return next(iter(overlaid(db, db.query(BESIDE.format(sign=sign, order=order), values))), None)
