"""A map too large for memory: a database of its own, which SQLite moves to the disk before it is large. Gone with the object."""

import sqlite3
from collections.abc import Iterator


class Scratch:
    """Key -> value, both texts."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")  # "": a temporary database
        self._db.execute("CREATE TABLE entries (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")

    def __setitem__(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO entries VALUES (?, ?)", [key, value])

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def get(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM entries WHERE key = ?", [key]).fetchone()
        return str(row[0]) if row else None

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield (key, value), sorted by key."""
        yield from self._db.execute("SELECT key, value FROM entries ORDER BY key")

    def close(self) -> None:
        self._db.close()
