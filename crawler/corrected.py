"""The operator's corrections (`corrections.yaml`) laid over what a catalog says, for who reads, exports and watches; nothing is written."""

from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from sqlite_utils import Database

from crawler.archive.corrections import corrections
from crawler.archive.layout import CORRECTIONS
from crawler.catalog.amended import Amended, Values, amend, lay, state


def lay_corrections(db: Database, root: Path) -> Database:
    """Return the catalog of an archive, asked from now on with corrections. CorrectionError for a file that cannot be understood."""
    lay(db, amend(db, _values(root)))
    return db


class Corrections:
    """The same for who asks through many connections: what is corrected is made once, and again when the file or one of its articles changes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = Lock()
        self._file: tuple[int, int] | None = None
        self._values: Mapping[str, Values] = {}
        self._state: list[tuple[Any, ...]] = []
        self._made: Amended | None = None

    def over(self, db: Database) -> Database:
        """Return the catalog, asked with corrections. CorrectionError for a file that cannot be understood."""
        with self._lock:
            self._look(db)
            lay(db, self._made)
        return db

    def _look(self, db: Database) -> None:
        file = _stamp(self.root / CORRECTIONS)
        if file != self._file:
            self._file, self._state, self._made, self._values = file, [], None, {}
            self._values = _values(self.root)
        if self._values and (now := state(db, self._values)) != self._state:
            self._state, self._made = now, amend(db, self._values)


def _values(root: Path) -> Mapping[str, Values]:
    return {name: {one.field: one.value for one in said} for name, said in corrections(root).items()}


def _stamp(path: Path) -> tuple[int, int] | None:
    """Return what changes with a file, None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
