"""The catalog as it is at one moment, copied while others write; and the files it points to."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from crawler.catalog import open_reader
from crawler.errors import BackupError

PAGES = 4096  # copied at a step: 16 MB
DIGEST = "sha256:"

MARKDOWN = "SELECT path, markdown_digest FROM versions WHERE path IS NOT NULL"
MEDIA = "SELECT path, sha256 FROM media_files"
EVIDENCE = """
SELECT warc, max(warc_offset) FROM (
    SELECT warc, warc_offset FROM visits WHERE warc IS NOT NULL
    UNION ALL
    SELECT warc, warc_offset FROM media_links WHERE warc IS NOT NULL
) GROUP BY warc
"""
TOMBSTONES = "SELECT 'withheld/' || document || '.json' FROM withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file that a catalog points to, and what it says of it."""

    path: str  # relative to the archive
    digest: str | None = None  # SHA-256, hex; None: the catalog does not know it
    last_record: int | None = None  # of evidence: byte where the last record begins that the catalog knows


def copy_catalog(source: Path, target: Path) -> None:
    """Write the catalog as it is now to another file: one file, with no log beside it.

    The read transaction around it pins the moment. Without it SQLite would begin again whenever somebody else writes (sqlite.org/backup.html),
    and never come to an end beside a crawl; in write-ahead mode it holds up nobody. Raises CatalogError and sqlite3.Error.
    """
    with closing(open_reader(source)) as db, closing(sqlite3.connect(target)) as copy:
        db.execute("BEGIN")
        db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
        db.conn.backup(copy, pages=PAGES)
        copy.execute("PRAGMA journal_mode = DELETE").fetchall()


def check_catalog(path: Path) -> None:
    """Raise BackupError unless the copy of a catalog is whole."""
    with closing(sqlite3.connect(path)) as copy:
        found = [row[0] for row in copy.execute("PRAGMA quick_check(1)")]
    if found != ["ok"]:
        raise BackupError(f"{path}: the copied catalog is damaged, as that of the archive may be: {found[0]}")


def wanted_files(db: Database) -> Iterator[Wanted]:
    """Yield every file that a catalog points to, once."""
    for path, digest in db.execute(MARKDOWN):
        yield Wanted(path=path, digest=digest.removeprefix(DIGEST) if digest else None)
    for path, digest in db.execute(MEDIA):
        yield Wanted(path=path, digest=digest)
    for path, offset in db.execute(EVIDENCE):
        yield Wanted(path=path, last_record=offset)
    for (path,) in db.execute(TOMBSTONES):
        yield Wanted(path=path)
