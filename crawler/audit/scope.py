"""What an audit works on: an archive, and what of it is looked at: all, a sample, what was not looked at for long, or one site."""

import heapq
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from crawler.archive.layout import ARTICLES, EVIDENCE, MEDIA, VERSIONS, WITHHELD
from crawler.audit.finding import Code, Finding
from crawler.catalog.moment import to_text
from crawler.catalog.queries import integrity

FOLDERS = (ARTICLES, VERSIONS, MEDIA, WITHHELD, EVIDENCE)
SPAN = 1 << 64
F = TypeVar("F")
R = TypeVar("R")
Seen = tuple[str, Finding | None]  # an object that was looked at, and what is wrong with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which objects (files of the archive) are looked at."""

    site: str | None = None  # key: its documents, their media, and the WARC files with evidence of it
    share: float = 1.0  # of all objects, drawn by `seed`: the same ones whenever they are there
    seed: int = 0
    before: str | None = None  # last looked at before this time, or never
    among: frozenset[str] | None = None  # these only

    @property
    def is_whole(self) -> bool:
        """Whether everything is looked at: only then can be told what is nowhere."""
        return self == Scope()

    def takes(self, path: str, checked: Callable[[str], str | None]) -> bool:
        """Return whether a file is looked at; `checked` says when one was last looked at, and is asked of few."""
        if self.among is not None and path not in self.among:
            return False
        if self.share < 1 and _draw(path, self.seed) >= self.share * SPAN:
            return False
        last_looked = checked(path) if self.before is not None else None
        return last_looked is None or self.before is None or last_looked < self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One audit of one archive."""

    root: Path
    db: Database  # read only
    now: datetime
    scope: Scope = field(default_factory=Scope)
    is_live: bool = False  # somebody else writes to the archive meanwhile
    with_texts: bool = True  # whether every text is compared with the search index
    looked: Callable[[str, int], None] = lambda _path, _size: (
        None
    )  # told of every file looked at, and how many bytes it has

    def takes(self, path: str) -> bool:
        """Return whether a file is in the scope."""
        return self.scope.takes(path, partial(last, self.db))


def choose(root: Path, db: Database, scope: Scope, number: int, *, oldest: bool = False) -> Scope:
    """Return a scope with so many objects of an archive: drawn, or those that were not looked at for longest."""
    paths = _objects(root, db)
    if oldest:
        drawn = heapq.nsmallest(number, ((last(db, path) or "", _draw(path, scope.seed), path) for path in paths))
        return replace(scope, among=frozenset(path for *_, path in drawn))
    return replace(scope, among=frozenset(heapq.nsmallest(number, paths, key=lambda path: _draw(path, scope.seed))))


def _objects(root: Path, db: Database) -> Iterator[str]:
    """Yield the path of each file that is there or that a row names."""
    for folder in FOLDERS:
        for path, *_ in merge(walk(root, folder), ((path, None) for path in integrity.paths(db, folder))):
            yield path


def days_ago(now: datetime, days: float) -> str:
    """Return a time as a scope has it in `before`."""
    return to_text(now - timedelta(days=days))


def last(db: Database, path: str) -> str | None:
    """Return when a file was last looked at."""
    return integrity.last_checked(db, shown(path))


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


def _draw(path: str, seed: int) -> int:
    return int.from_bytes(
        blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8, salt=seed.to_bytes(8, "big")).digest()
    )


T = TypeVar("T")
THREADS = 2
WINDOW = 32  # files read before they are asked for: what they hold is in memory meanwhile


def walk(root: Path, folder: str) -> Iterator[str]:
    """Yield the paths below a folder, relative to the root, sorted as texts. A folder that is not there has none."""
    try:
        with os.scandir(root / folder) as entries:
            found = sorted(f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name for entry in entries)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in found:
        if name.endswith("/"):
            yield from walk(root, f"{folder}/{name[:-1]}")
        else:
            yield f"{folder}/{name}"


def merge(paths: Iterable[str], rows: Iterable[tuple[str, R]]) -> Iterator[tuple[str, bool, list[R]]]:
    """Yield each path once, whether there is a file, and the rows that name it. Both streams are sorted by path."""
    files, named = iter(paths), iter(rows)
    path, row = next(files, None), next(named, None)
    while path is not None or row is not None:
        here = min(name for name in (path, row and row[0]) if name is not None)
        found: list[R] = []
        while row is not None and row[0] == here:
            found.append(row[1])
            row = next(named, None)
        is_file = path == here
        if is_file:
            path = next(files, None)
        yield here, is_file, found


def ahead(items: Iterable[T], work: Callable[[T], R]) -> Iterator[tuple[T, R]]:
    """Yield each item with what the work on it comes to, in order; other threads are some items ahead."""
    waiting: deque[tuple[T, Future[R]]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        for item in items:
            waiting.append((item, pool.submit(work, item)))
            if len(waiting) >= WINDOW:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()


def shown(path: str) -> str:
    """Return a path as text: a name that is no UTF-8 with its odd bytes escaped."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
