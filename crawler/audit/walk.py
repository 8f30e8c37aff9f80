"""The files of an archive in the order SQLite sorts their paths in, so that files and rows are compared as two streams."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

R = TypeVar("R")
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
