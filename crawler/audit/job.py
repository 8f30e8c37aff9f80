"""What an audit works on, and what it says of its progress."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from crawler.audit.finding import Code, Finding
from crawler.audit.scope import Scope, last
from crawler.audit.walk import ahead, merge, walk

F = TypeVar("F")
R = TypeVar("R")
Look = Callable[[str, int], None]


def _nobody(_path: str, _size: int) -> None:
    return


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One audit of one archive."""

    root: Path
    db: Database  # read only
    now: datetime
    scope: Scope = field(default_factory=Scope)
    is_live: bool = False  # somebody else writes to the archive meanwhile
    with_texts: bool = True  # whether every text is compared with the search index
    looked: Look = _nobody  # told of every file looked at, and how many bytes it has

    def takes(self, path: str) -> bool:
        """Return whether a file is in the scope."""
        return self.scope.is_whole or self.scope.takes(path, last(self.db, path))


Seen = tuple[str, Finding | None]  # an object that was looked at, and what is wrong with it


def compared(
    audit: Audit,
    folders: Sequence[str],
    rows: Iterable[tuple[str, R]],
    read: Callable[[Path], F],
    check: Callable[[str, F | None, list[R]], Finding | None],
) -> Iterator[Seen]:
    """Yield each path of the scope that has a file below a folder or a row, sorted as texts, with what is wrong.

    Only a file that has a row is read, some ahead and in other threads; `check` gets what it holds, None where there is none to read.
    """

    def file_of(item: tuple[str, bool, list[R]]) -> F | OSError | None:
        path, is_there, named = item
        try:
            return read(audit.root / path) if is_there and named else None
        except OSError as error:
            return error

    files = (path for folder in folders for path in walk(audit.root, folder))
    taken = (item for item in merge(files, rows) if audit.takes(item[0]) and (item[2] or not audit.scope.site))
    for (path, _, named), file in ahead(taken, file_of):
        if isinstance(file, OSError):
            yield path, Finding(code=Code.FILE_UNREADABLE, object=path, detail=str(file))
        else:
            yield path, check(path, file, named)
