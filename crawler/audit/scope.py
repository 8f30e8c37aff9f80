"""What of an archive is looked at: all of it, a sample, what was not looked at for long, or one site."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from sqlite_utils import Database

from crawler.audit.walk import shown, walk
from crawler.catalog.moment import to_text

FOLDERS = ("articles", "versions", "media", "withheld", "warc")
SPAN = 1 << 64


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

    def takes(self, path: str, checked: str | None) -> bool:
        """Return whether a file is looked at that was last looked at then."""
        if self.before is not None and checked is not None and checked >= self.before:
            return False
        if self.among is not None and path not in self.among:
            return False
        return self.share >= 1 or _draw(path, self.seed) < self.share * SPAN


def choose(  # noqa: PLR0913 - the options of the command
    root: Path,
    db: Database,
    *,
    now: datetime,
    site: str | None = None,
    share: float = 1.0,
    number: int | None = None,
    oldest: bool = False,
    older_than: float | None = None,
    seed: int = 0,
) -> Scope:
    """Return the scope of an audit: a share, or a number of objects, drawn, or those that were not looked at for longest."""
    before = None if older_than is None else to_text(now - timedelta(days=older_than))
    if number is None:
        return Scope(site=site, share=share, seed=seed, before=before)
    paths = (path for folder in FOLDERS for path in walk(root, folder))
    if oldest:
        drawn = heapq.nsmallest(number, ((last(db, path) or "", _draw(path, seed), path) for path in paths))
        among: Iterable[str] = (path for *_, path in drawn)
    else:
        among = heapq.nsmallest(number, paths, key=lambda path: _draw(path, seed))
    return Scope(site=site, seed=seed, before=before, among=frozenset(among))


def last(db: Database, path: str) -> str | None:
    """Return when a file was last looked at."""
    row = db.execute("SELECT checked FROM checks WHERE object = ?", [shown(path)]).fetchone()
    return str(row[0]) if row else None


def taken(scope: Scope, db: Database, root: Path, folder: str) -> Iterator[str]:
    """Yield the files of a folder that are looked at."""
    for path in walk(root, folder):
        if scope.is_whole or scope.takes(path, last(db, path)):
            yield path


def _draw(path: str, seed: int) -> int:
    return int.from_bytes(
        blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8, salt=seed.to_bytes(8, "big")).digest()
    )
