"""Where the evidence of documents, visits and media stands: WARC file and offset of the records."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from crawler.catalog.moment import from_text
from crawler.items import Evidence

Place = tuple[str, str, int]  # URL requested, WARC file, offset of the response

OF_DOCUMENTS = """
SELECT visits.url, visits.warc, visits.warc_offset
FROM documents
JOIN versions ON versions.document = documents.id AND versions.version = documents.version
JOIN visits ON visits.id = versions.visit
WHERE documents.id IN (SELECT value FROM json_each(?)) AND visits.warc IS NOT NULL
ORDER BY documents.id
"""
OF_VERSION = """
SELECT versions.captured, versions.extractor, visits.url, visits.warc, visits.warc_offset
FROM versions JOIN visits ON visits.id = versions.visit WHERE versions.document = ? AND versions.version = ? AND visits.warc IS NOT NULL
"""
OF_VISIT = """
SELECT visits.id, visits.url, fetched, outcome, reason, status, warc, warc_offset, warc_record, payload_digest, document, sites.name AS university
FROM visits JOIN sites ON sites.key = visits.site
WHERE visits.id = ?
AND (document IS NULL OR EXISTS (SELECT 1 FROM shown_documents WHERE id = visits.document)) AND url NOT IN (SELECT url FROM withheld)
"""
HOLDING = """
SELECT id FROM visits WHERE url IN (SELECT value FROM json_each(?)) AND warc_record = ?
"""
VISITS_AT = """
SELECT visits.id FROM visits JOIN versions ON versions.captured = visits.fetched AND versions.document = visits.document
WHERE versions.document = ? AND versions.version = ? AND visits.warc IS NOT NULL
"""
OF_CONTENT = """
SELECT url, fetched, warc, warc_offset, warc_record, payload_digest FROM media_links
WHERE sha256 = ? AND warc IS NOT NULL ORDER BY fetched, url
"""
OF_EXPORT = """
SELECT DISTINCT warc, warc_offset FROM visits
WHERE document IN (SELECT value FROM json_each(:ids)) AND warc IS NOT NULL AND status IS NOT NULL
UNION
SELECT warc, warc_offset FROM media_links WHERE warc IS NOT NULL AND media_links.sha256 IN (
    SELECT shown.sha256 FROM media_links AS shown JOIN media USING (url) WHERE media.document IN (SELECT value FROM json_each(:ids))
)
ORDER BY 1, 2
"""
HIDDEN = """
SELECT url FROM withheld UNION SELECT url FROM withheld_urls
UNION SELECT url FROM visits WHERE reason = 'withheld'
UNION SELECT final_url FROM visits WHERE reason = 'withheld' AND final_url IS NOT NULL
"""


def of_documents(db: Database, ids: Iterable[str]) -> list[Place]:
    """Return where the current versions of these documents stand, by id."""
    return db.execute(OF_DOCUMENTS, [json.dumps(list(ids))]).fetchall()


def sample(db: Database, site_key: str, size: int) -> list[Place]:
    """Return where the documents of a site with the smallest ids stand: a sample that depends on nothing but which documents there are."""
    rows = db.execute("SELECT id FROM documents WHERE site = ? ORDER BY id LIMIT ?", [site_key, size])
    return of_documents(db, [document_id for (document_id,) in rows.fetchall()])


def of_version(db: Database, document_id: str, version: int) -> tuple[datetime, str, Place] | None:
    """Return when a version was captured, by which extractor it was read, and where its page stands; None where no evidence is named."""
    row = db.execute(OF_VERSION, [document_id, version]).fetchone()
    return (from_text(row[0]), row[1], row[2:]) if row else None


def visit_of(db: Database, document_id: str) -> int | None:
    """Return the visit whose evidence the current version of a document was read from."""
    row = db.execute(
        "SELECT visit FROM versions JOIN documents ON documents.id = document AND documents.version = versions.version WHERE id = ?",
        [document_id],
    ).fetchone()
    return row[0] if row else None


def of_visits(db: Database, ids: Iterable[int]) -> dict[int, tuple[str, str, int, str]]:
    """Return (URL requested, WARC file, offset, run) of these visits."""
    return {
        visit: (url, *place)
        for visit, url, *place in db.execute(
            "SELECT id, url, warc, warc_offset, run FROM visits WHERE id IN (SELECT value FROM json_each(?)) AND warc IS NOT NULL",
            [json.dumps(list(ids))],
        )
    }


def of_visit(db: Database, visit: int) -> dict[str, Any] | None:
    """Return a visit as a page shows it, with the place of its evidence; None for an unknown one, and for one of a withheld document."""
    return next(iter(db.query(OF_VISIT, [visit])), None)


def holding(db: Database, record_id: str, urls: Iterable[str]) -> dict[str, Any] | None:
    """Return, as `of_visit` does, the visit of one of these URLs whose evidence is this WARC record: what a revisit refers to."""
    row = db.execute(HOLDING, [json.dumps(list(urls)), record_id]).fetchone()
    return of_visit(db, row[0]) if row else None


def visit_with(db: Database, record_id: str, urls: Iterable[str]) -> int | None:
    """Return the visit whose evidence is this WARC record: one of these URLs most likely. Where it is of none, every visit is looked at."""
    row = db.execute(HOLDING, [json.dumps(list(urls)), record_id]).fetchone()
    row = row or db.execute("SELECT id FROM visits WHERE warc_record = ?", [record_id]).fetchone()
    return int(row[0]) if row else None


def of_content(db: Database, sha256: str) -> list[tuple[str, datetime, Evidence]]:
    """Return (URL, time, evidence) of the attempts that stored a content, the oldest first: it holds its bytes, or refers to one that does."""
    return [
        (url, from_text(at), Evidence(warc=warc, offset=offset, record_id=record, payload_digest=digest))
        for url, at, warc, offset, record, digest in db.execute(OF_CONTENT, [sha256])
    ]


def of_row(db: Database, row: str) -> Evidence | None:
    """Return where the evidence of a row stands: `visits/<id>` or `media_links/<url>`."""
    table, _, key = row.partition("/")
    column = "id" if table == "visits" else "url"
    query = f"SELECT warc, warc_offset, warc_record, payload_digest FROM {table} WHERE {column} = ?"
    found = db.execute(query, [key]).fetchone()
    return (
        Evidence(**dict(zip(("warc", "offset", "record_id", "payload_digest"), found, strict=True))) if found else None
    )


def visits_at(db: Database, document_id: str, version: int) -> list[int]:
    """Return the visits of a document, with evidence, at the very moment its version was captured."""
    return [visit for (visit,) in db.execute(VISITS_AT, [document_id, version])]


def of_export(db: Database, ids: Sequence[str]) -> list[tuple[str, int]]:
    """Return (WARC file, offset) of the records of these documents and their media, sorted."""
    return db.execute(OF_EXPORT, {"ids": json.dumps(ids)}).fetchall()


def hidden_urls(db: Database) -> set[str]:
    """Return the addresses of pages under which evidence has what is withheld."""
    return {url for (url,) in db.execute(HIDDEN)}
