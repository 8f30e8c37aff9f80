"""The documents that are withheld: all that the catalog says of one, taken out row by row and put back as it was; the tombstone that stands
for it meanwhile, and what keeps it from coming back.

The evidence of visits and the history of runs stay: they name addresses and times, and none of what an article says.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from crawler.catalog.moment import from_text, to_text
from crawler.catalog.tables import texts

Row = dict[str, Any]  # column -> value, as SQLite holds it

# Table -> which of its rows speak of the document :id, found under :urls, whose files stand at :paths. What refers stands before what it refers to.
WITHDRAWN = {
    "changes": "document = :id",
    "absences": "document = :id",
    "held": "document = :id",
    "group_members": "document = :id",
    "signature_keys": "signature IN (SELECT row FROM signatures WHERE document = :id)",
    "signatures": "document = :id",
    "people": "document = :id",
    "unlinked": "document = :id",
    "media": "document = :id",
    # Once its rows of media are gone: what nobody else shows.
    "media_links": "document = :id AND NOT EXISTS (SELECT 1 FROM media WHERE media.url = media_links.url)",
    "media_files": """
        sha256 IN (SELECT value FROM json_each(:contents))
        AND NOT EXISTS (SELECT 1 FROM media_links WHERE media_links.sha256 = media_files.sha256)
        AND NOT EXISTS (SELECT 1 FROM media WHERE media.sha256 = media_files.sha256)
    """,
    "versions": "document = :id",
    "addresses": "document = :id",
    "issues": "url IN (SELECT value FROM json_each(:urls))",
    "checks": "object IN (SELECT value FROM json_each(:paths))",
}
NUMBERED = ("changes", "issues")  # their numbers mean nothing, and may have been given again
URLS = """
SELECT url FROM documents WHERE id = :id
UNION SELECT url FROM addresses WHERE document = :id
UNION SELECT url FROM visits WHERE document = :id
UNION SELECT final_url FROM visits WHERE document = :id AND final_url IS NOT NULL
"""
CONTENTS = """
SELECT sha256 FROM media WHERE document = :id AND sha256 IS NOT NULL
UNION
SELECT sha256 FROM media_links WHERE sha256 IS NOT NULL
AND (document = :id OR url IN (SELECT url FROM media WHERE document = :id))
"""
# What is left of a document: its identity, and when it was first captured. The digest of nothing equals none.
BLANK: Row = {
    **dict.fromkeys(("published", "date_precision", "date_raw", "section", "source", "language", "path")),
    **dict.fromkeys(("duplicate_of", "lastmod", "search_row", "title_agrees", "day_agrees")),
    **dict.fromkeys(("characters", "images", "attachments", "videos", "confidence"), 0),
    "title": "",
    "status": "live",
    "content_digest": "",
    "provenance": "{}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A document that is withheld."""

    document: str
    url: str  # canonical
    reason: str  # as the person who withheld it put it
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What a catalog said of a document."""

    row: Row  # of documents
    rows: Mapping[str, list[Row]]  # table -> rows that were taken out
    links: list[Row]  # url, title and next_visit of the links to it
    media_links: list[str]  # addresses of media it had shown first, which others show, too
    urls: list[str]  # every address it was found under


def tombstones(db: Database) -> list[Tombstone]:
    """Return what is withheld, the latest first."""
    rows = db.execute("SELECT document, url, reason, since FROM withheld ORDER BY since DESC, url")
    return [
        Tombstone(document=document, url=url, reason=reason, since=from_text(since))
        for document, url, reason, since in rows
    ]


def is_withheld(db: Database, document_id: str) -> bool:
    """Return whether a document is withheld."""
    return db.execute("SELECT 1 FROM withheld WHERE document = ?", [document_id]).fetchone() is not None


def ids(db: Database) -> list[str]:
    """Return the ids of what is withheld; in a catalog of any release that can withhold."""
    return [document_id for (document_id,) in db.execute("SELECT document FROM withheld")]


def add(db: Database, tombstone: Tombstone, urls: Iterable[str], content_digest: str | None) -> None:
    """Withhold a document under all its addresses, and what it says wherever that is found; None: other documents may say it."""
    row = (tombstone.document, tombstone.url, tombstone.reason, to_text(tombstone.since))
    db.execute("INSERT INTO withheld (document, url, reason, since) VALUES (?, ?, ?, ?)", row)
    bar(db, tombstone.document, urls)
    if content_digest is not None:
        db.execute("INSERT INTO withheld_texts VALUES (?, ?)", [content_digest, tombstone.document])


def bar(db: Database, document_id: str, urls: Iterable[str]) -> None:
    """Let these addresses never be visited again as long as a document is withheld; a link that is known loses its title."""
    given = json.dumps(list(urls))
    db.execute("INSERT OR IGNORE INTO withheld_urls SELECT value, ? FROM json_each(?)", [document_id, given])
    db.execute(
        "UPDATE links SET title = NULL, next_visit = NULL WHERE url IN (SELECT value FROM json_each(?))", [given]
    )


def remove(db: Database, document_id: str) -> list[str]:
    """Withhold a document no longer; return the addresses that were barred."""
    urls = [url for (url,) in db.execute("SELECT url FROM withheld_urls WHERE document = ?", [document_id])]
    db.execute("DELETE FROM withheld WHERE document = ?", [document_id])  # and what hangs on it
    return urls


def by_url(db: Database, urls: Iterable[str]) -> dict[str, str]:
    """Return the withheld documents that were found under these addresses: URL -> id."""
    return dict(
        db.execute(
            "SELECT url, document FROM withheld_urls WHERE url IN (SELECT value FROM json_each(?))",
            [json.dumps(list(urls))],
        ).fetchall()
    )


def by_text(db: Database, digests: Iterable[str]) -> dict[str, str]:
    """Return the withheld documents that said this: content digest -> the smallest id."""
    query = """
        SELECT content_digest, min(document) FROM withheld_texts
        WHERE content_digest IN (SELECT value FROM json_each(?)) GROUP BY content_digest
    """
    return dict(db.execute(query, [json.dumps(list(digests))]).fetchall())


def take_out(db: Database, document_id: str) -> Withdrawn:
    """Take out of the catalog all that it says of a document, but for a row of documents that says nothing; return it."""
    values = _values(db, document_id)
    (row,) = db.query("SELECT * FROM documents WHERE id = :id", values)
    kept = list(db.query("SELECT * FROM texts WHERE document = :id", values))
    texts.forget(db, document_id)
    rows = {"texts": kept, **{table: _move(db, table, which, values) for table, which in WITHDRAWN.items()}}
    _restore_row(db, {**row, **BLANK})
    links = "SELECT url, title, next_visit FROM links WHERE url IN (SELECT value FROM json_each(:urls))"
    return Withdrawn(
        row=row,
        rows=rows,
        links=list(db.query(links, values)),
        media_links=_hand_on(db, document_id),
        urls=json.loads(values["urls"]),
    )


def put_back(db: Database, taken: Withdrawn) -> None:
    """Put back what was taken out. What has come anew meanwhile, like a picture that another article shows now, stays as it is."""
    _restore_row(db, taken.row)
    for table in reversed(WITHDRAWN):
        _insert(db, table, taken.rows.get(table, ()))
    for row in taken.rows["texts"]:
        texts.put(db, row["row"], row["document"], title=row["title"], names=row["names"], body=row["body"])
    for url in taken.media_links:
        db.execute("UPDATE media_links SET document = ? WHERE url = ?", [taken.row["id"], url])
    for link in taken.links:
        db.execute("UPDATE links SET title = :title, next_visit = :next_visit WHERE url = :url", link)


def bury(db: Database, row: Row) -> None:
    """Give a document that the catalog does not know a row that says nothing of it."""
    _insert(db, "documents", [{**row, **BLANK}])


def _values(db: Database, document_id: str) -> dict[str, str]:
    def column(query: str) -> str:
        return json.dumps([value for (value,) in db.execute(query, {"id": document_id})])

    paths = "SELECT path FROM versions WHERE document = :id AND path IS NOT NULL"
    return {"id": document_id, "urls": column(URLS), "paths": column(paths), "contents": column(CONTENTS)}


def _move(db: Database, table: str, which: str, values: dict[str, str]) -> list[Row]:
    rows = list(db.query(f"SELECT * FROM {table} WHERE {which}", values))
    db.execute(f"DELETE FROM {table} WHERE {which}", values)
    return rows


def _hand_on(db: Database, document_id: str) -> list[str]:
    """Give the media it had shown first to another document that shows them; return their addresses."""
    urls = [url for (url,) in db.execute("SELECT url FROM media_links WHERE document = ?", [document_id])]
    db.execute(
        "UPDATE media_links SET document = (SELECT min(document) FROM media WHERE media.url = media_links.url) WHERE document = ?",
        [document_id],
    )
    return urls


def _restore_row(db: Database, row: Row) -> None:
    names = [name for name in row if name != "id"]
    db.execute(f"UPDATE documents SET {', '.join(f'{name} = :{name}' for name in names)} WHERE id = :id", row)


def _insert(db: Database, table: str, rows: Iterable[Row]) -> None:
    for row in rows:
        names = list(row)
        number = "id" if table in NUMBERED else None
        if number and db.execute(f"SELECT 1 FROM {table} WHERE {number} = ?", [row[number]]).fetchone():
            names.remove(number)
        columns, marks = ", ".join(names), ", ".join(f":{name}" for name in names)
        db.execute(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", row)
