"""The media of documents: their addresses, which are fetched one by one, and their contents, each kept once."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from crawler.catalog.moment import from_text, to_text
from crawler.items import Document, Evidence, MediaFile, MediaKind, MediaLink, MediaOutcome, Reason

FILE = "media_files.sha256, path, type, size, width, height"
ADD = """
INSERT INTO media_links (url, site, document, kind, found, outcome, reason, next_visit) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (url) DO NOTHING
"""
DUE = """
SELECT media_links.url, media_links.site, media_links.kind, documents.url, failures
FROM media_links JOIN documents ON documents.id = media_links.document
WHERE media_links.site = :site AND next_visit <= :now AND media_links.run IS NOT :run
AND EXISTS (
    SELECT 1 FROM media JOIN shown_documents AS showing ON showing.id = media.document
    WHERE media.url = media_links.url AND showing.path IS NOT NULL
)
AND NOT EXISTS (SELECT 1 FROM json_each(:without) AS closed WHERE substr(media_links.url, 1, length(closed.value)) = closed.value)
ORDER BY next_visit, media_links.url LIMIT :limit
"""
# Live documents whose Markdown does not yet link to all contents that are there.
UNLINKED = """
SELECT DISTINCT media.document FROM media JOIN media_links ON media_links.url = media.url
WHERE media_links.sha256 IS NOT NULL AND media.sha256 IS NOT media_links.sha256
"""
STALE = f"{UNLINKED} AND media.document IN (SELECT id FROM documents WHERE path IS NOT NULL)"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaAttempt:
    """What came of fetching an address."""

    outcome: MediaOutcome
    at: datetime
    run: str | None  # None: by no run, but by a takedown
    file: MediaFile | None = None
    evidence: Evidence | None = None
    reason: Reason | None = None
    detail: str | None = None  # a sentence for a person
    status: int | None = None  # HTTP
    wait: timedelta | None = None  # until it is due again, where nothing was stored; None: never
    size_limit: int | None = None  # bytes, what it was larger than


def add(
    db: Database, document: Document, left_out: Mapping[str, tuple[MediaOutcome, Reason]], *, now: datetime
) -> None:
    """Keep the media addresses of a document, due at once but for those that are left out, with how and why; known ones stay as they are."""
    rows = []
    for medium in document.article.media:
        outcome, reason = left_out.get(medium.url, (None, None))
        due = None if outcome else to_text(now)
        rows.append((medium.url, document.site.key, document.id, medium.kind, to_text(now), outcome, reason, due))
    db.conn.executemany(ADD, rows)


def to_judge(db: Database, site_key: str) -> list[tuple[MediaLink, int]]:
    """Return the untried addresses of a site that a rule of ours left out or was not yet asked about, each with its place in the
    article that shows it earliest, from 0.
    """
    rows = db.execute(
        """
        SELECT media_links.url, media_links.site, media_links.kind, documents.url, failures, min(media.position) - 1
        FROM media_links JOIN documents ON documents.id = media_links.document JOIN media ON media.url = media_links.url
        WHERE media_links.site = ? AND fetched IS NULL AND reason IN ('out_of_scope', 'not_wanted', 'unchecked')
        GROUP BY media_links.url
        """,
        [site_key],
    )
    return [(_link(row), place) for *row, place in rows]


def leave_out(db: Database, judged: Iterable[tuple[str, MediaOutcome, Reason]]) -> None:
    """Let untried addresses (URL, how, why) not be fetched."""
    db.conn.executemany(
        "UPDATE media_links SET outcome = ?2, reason = ?3, next_visit = NULL WHERE url = ?1 AND fetched IS NULL", judged
    )


def reopen_larger(db: Database, site_key: str, largest: int, *, now: datetime) -> None:
    """Let the addresses of a site be fetched that were larger than a limit which is higher now."""
    db.execute(
        """
        UPDATE media_links SET outcome = NULL, reason = NULL, detail = NULL, failures = 0, next_visit = ?
        WHERE site = ? AND sha256 IS NULL AND reason = 'too_large' AND size_limit < ?
        """,
        [to_text(now), site_key, largest],
    )


def make_due(db: Database, urls: Iterable[str], *, now: datetime) -> None:
    """Let addresses be fetched that were left out."""
    db.execute(
        """
        UPDATE media_links SET outcome = NULL, reason = NULL, detail = NULL, next_visit = ?
        WHERE url IN (SELECT value FROM json_each(?)) AND sha256 IS NULL
        """,
        [to_text(now), json.dumps(list(urls))],
    )


def due(
    db: Database, site_key: str, *, now: datetime, run: str, without: Sequence[str] = (), limit: int = 100
) -> list[MediaLink]:
    """Return addresses of a site that are due and were not tried in this run, but for those that begin with one of `without`."""
    values = {"site": site_key, "now": to_text(now), "run": run, "without": json.dumps(list(without)), "limit": limit}
    return list(map(_link, db.execute(DUE, values)))


def link(db: Database, url: str) -> MediaLink | None:
    """Return an address as it is asked for, None for one that no document shows."""
    row = db.execute(
        """
        SELECT media_links.url, media_links.site, kind, documents.url, failures
        FROM media_links JOIN documents ON documents.id = media_links.document WHERE media_links.url = ?
        """,
        [url],
    ).fetchone()
    return _link(row) if row else None


def files(db: Database, urls: Iterable[str]) -> dict[str, MediaFile]:
    """Return the contents of these addresses, of those that are stored."""
    rows = db.execute(
        f"""
        SELECT url, {FILE} FROM media_links JOIN media_files USING (sha256)
        WHERE url IN (SELECT value FROM json_each(?))
        """,
        [json.dumps(list(urls))],
    )
    return {url: _file(row) for url, *row in rows}


def record(db: Database, link: MediaLink, attempt: MediaAttempt) -> None:
    """Write down an attempt to fetch an address."""
    file, evidence = attempt.file, attempt.evidence
    if file is not None:
        row = [*_file_row(file), to_text(attempt.at)]
        db.execute("INSERT INTO media_files VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING", row)
    values = {
        "sha256": file.sha256 if file else None,
        "fetched": to_text(attempt.at),
        "run": attempt.run,
        "outcome": attempt.outcome,
        "reason": attempt.reason,
        "detail": attempt.detail,
        "status": attempt.status,
        "failures": 0 if file else link.failures + 1,
        "next_visit": to_text(attempt.at + attempt.wait) if attempt.wait else None,
        "size_limit": attempt.size_limit,
        "warc": evidence and evidence.warc,
        "warc_offset": evidence and evidence.offset,
        "warc_record": evidence and evidence.record_id,
        "payload_digest": evidence and evidence.payload_digest,
    }
    columns = ", ".join(f"{name} = :{name}" for name in values)
    db.execute(f"UPDATE media_links SET {columns} WHERE url = :url", {**values, "url": link.url})


def shown_first(db: Database, sha256: str) -> tuple[str, MediaKind, datetime] | None:
    """Return address, kind and time of the first attempt that stored a content, None where none did."""
    row = db.execute(
        "SELECT url, kind, fetched FROM media_links WHERE sha256 = ? ORDER BY fetched, url", [sha256]
    ).fetchone()
    return (row[0], MediaKind(row[1]), from_text(row[2])) if row else None


def content_at(db: Database, path: str) -> str | None:
    """Return the digest of the content whose row names a path."""
    row = db.execute("SELECT sha256 FROM media_files WHERE path = ?", [path]).fetchone()
    return str(row[0]) if row else None


def move_file(db: Database, sha256: str, path: str) -> None:
    """Write down where the file of a content stands."""
    db.execute("UPDATE media_files SET path = ? WHERE sha256 = ?", [path, sha256])


def put_file(db: Database, file: MediaFile, *, stored: datetime) -> None:
    """Let the row of the content at a path say what its file is."""
    if content_at(db, file.path) is None:
        db.execute("INSERT INTO media_files VALUES (?, ?, ?, ?, ?, ?, ?)", [*_file_row(file), to_text(stored)])
        return
    columns = "sha256 = ?, path = ?, type = ?, size = ?, width = ?, height = ?"
    db.execute(f"UPDATE media_files SET {columns} WHERE path = ?", [*_file_row(file), file.path])


def linked(db: Database, document_id: str) -> set[str]:
    """Return the addresses of the media to whose files the Markdown of a document links."""
    return {
        url for (url,) in db.execute("SELECT url FROM media WHERE document = ? AND sha256 IS NOT NULL", [document_id])
    }


def shown(db: Database, urls: Iterable[str]) -> set[str]:
    """Return those of the addresses that a document shows."""
    return {
        url
        for (url,) in db.execute(
            "SELECT url FROM media WHERE url IN (SELECT value FROM json_each(?))", [json.dumps(list(urls))]
        )
    }


def stale(db: Database, site_key: str) -> list[str]:
    """Return the ids of a site's documents whose Markdown does not link to all the contents that are there."""
    rows = db.execute(
        f"""
        SELECT documents.id FROM unlinked CROSS JOIN documents ON documents.id = unlinked.document
        WHERE site = ? AND path IS NOT NULL AND EXISTS ({UNLINKED} AND media.document = documents.id) ORDER BY 1
        """,
        [site_key],
    )
    return [name for (name,) in rows]


def settled(db: Database, urls: Iterable[str], *, now: datetime, run: str) -> list[str]:
    """Return the ids of the documents that show one of these addresses, are stale, and of whose media none is still to be tried in this run."""
    rows = db.execute(
        f"""
        {STALE} AND media.document IN (SELECT document FROM media WHERE url IN (SELECT value FROM json_each(?)))
        AND NOT EXISTS (
            SELECT 1 FROM media AS other JOIN media_links AS waiting ON waiting.url = other.url
            WHERE other.document = media.document AND waiting.next_visit <= ? AND waiting.run IS NOT ?
        )
        ORDER BY 1
        """,
        [json.dumps(list(urls)), to_text(now), run],
    )
    return [name for (name,) in rows]


def link_files(db: Database, document_id: str, linked: Mapping[str, MediaFile], *, markdown_digest: str) -> None:
    """Write down which contents (by URL) the Markdown of a document links to now."""
    for url, file in linked.items():
        db.execute("UPDATE media SET sha256 = ? WHERE document = ? AND url = ?", [file.sha256, document_id, url])
    db.execute(
        "UPDATE versions SET markdown_digest = ? WHERE document = ? AND version = (SELECT version FROM documents WHERE id = ?)",
        [markdown_digest, document_id, document_id],
    )
    db.execute(
        f"DELETE FROM unlinked WHERE document = ?1 AND NOT EXISTS ({UNLINKED} AND media.document = ?1)", [document_id]
    )


def counts(db: Database, run: str) -> dict[str, int]:
    """Return how many addresses a run tried, by outcome."""
    return dict(
        db.execute("SELECT outcome, count(*) FROM media_links WHERE run = ? GROUP BY outcome", [run]).fetchall()
    )


def _link(row: Sequence[Any]) -> MediaLink:
    url, site, kind, referer, failures = row
    return MediaLink(url=url, site=site, kind=MediaKind(kind), referer=referer, failures=failures)


def _file_row(file: MediaFile) -> tuple[object, ...]:
    return (file.sha256, file.path, file.type, file.size, file.width, file.height)


def _file(row: list[object]) -> MediaFile:
    names = ("sha256", "path", "type", "size", "width", "height")
    return MediaFile(**dict(zip(names, row, strict=True)))  # type: ignore[arg-type]  # the columns are STRICT
