"""Where the records stand that later ones refer to: a database of its own, which SQLite moves to the disk before it is large."""

import sqlite3
from pathlib import Path

from crawler.errors import EvidenceError
from crawler.warc import Record


class Places:
    """Record id -> file and offset, of the responses read so far. Gone with the object."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # "": a temporary database
        self._db.execute("CREATE TABLE places (record TEXT PRIMARY KEY, file TEXT, offset INTEGER) WITHOUT ROWID")

    def keep(self, record_id: str, file: Path, offset: int) -> None:
        self._db.execute("INSERT OR REPLACE INTO places VALUES (?, ?, ?)", [record_id, str(file), offset])

    def find(self, record_id: str, asking: Record) -> tuple[Path, int]:
        """Return file and offset of a record. EvidenceError names the one that refers to a record nobody has."""
        row = self._db.execute("SELECT file, offset FROM places WHERE record = ?", [record_id]).fetchone()
        if row is None:
            raise EvidenceError(
                f"{asking.url}: its record {asking.record_id} refers to {record_id}, which stands in no file of warc/"
            )
        return Path(row[0]), row[1]

    def close(self) -> None:
        self._db.close()
