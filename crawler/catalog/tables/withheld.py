"""The documents that were taken out of browse, search and export: tombstones, and what keeps them from coming back."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import from_text, to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A document that is withheld."""

    document: str
    url: str  # canonical
    reason: str  # as the person who withheld it put it
    since: datetime


def tombstones(db: Database) -> list[Tombstone]:
    """Return what is withheld, the latest first."""
    rows = db.execute("SELECT document, url, reason, since FROM withheld ORDER BY since DESC, url")
    return [
        Tombstone(document=document, url=url, reason=reason, since=from_text(since))
        for document, url, reason, since in rows
    ]


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
    query = "SELECT url, document FROM withheld_urls WHERE url IN (SELECT value FROM json_each(?))"
    return dict(db.execute(query, [json.dumps(list(urls))]).fetchall())


def by_text(db: Database, digests: Iterable[str]) -> dict[str, str]:
    """Return the withheld documents that said this: content digest -> the smallest id."""
    query = """
        SELECT content_digest, min(document) FROM withheld_texts
        WHERE content_digest IN (SELECT value FROM json_each(?)) GROUP BY content_digest
    """
    return dict(db.execute(query, [json.dumps(list(digests))]).fetchall())
