"""The folder that backups stand in: their names, which of them are whole, which are too old, and the manifest of each.

A manifest has the digest of every file, in the form that `sha256sum -c` reads.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from crawler.errors import BackupError, RunLockedError

PARTIAL = ".partial"
MANIFEST = "manifest-sha256.txt"
LOCK = "backup.lock"
NAME = re.compile(r"\d{8}T\d{6}\.\d{3}Z")


def name_at(now: datetime) -> str:
    """Return the name of a backup begun then; names sort by time."""
    moment = now.astimezone(UTC)
    return f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03d}Z"


def backups(target: Path) -> list[Path]:
    """Return the complete backups of a folder, the oldest first."""
    return sorted(folder for folder in target.glob("*Z") if NAME.fullmatch(folder.name) and folder.is_dir())


@contextmanager
def shelf(root: Path, target: Path) -> Iterator[None]:
    """Hold the folder of the backups of an archive, rid of what a backup that died left there.

    BackupError: the folder is in the archive, or is none. RunLockedError: another backup is being made there.
    """
    if target.resolve().is_relative_to(root.resolve()):
        raise BackupError(f"{target}: is inside the archive {root}: choose a folder beside it, best on another disk")
    if target.exists() and not target.is_dir():
        raise BackupError(f"{target}: is a file; expected a folder for backups")
    target.mkdir(parents=True, exist_ok=True)
    held = FileLock(target / LOCK, timeout=0)
    try:
        held.acquire()
    except Timeout as error:
        raise RunLockedError(f"{target}: another backup is being made here; wait for it to end") from error
    try:
        for left in target.glob(f"*Z{PARTIAL}"):
            shutil.rmtree(left)
        yield
    finally:
        held.release()


def prune(target: Path, keep: int) -> list[str]:
    """Remove the oldest complete backups beyond so many; return their names. One that is being removed is complete no more."""
    removed = []
    for folder in backups(target)[:-keep]:
        going = folder.rename(folder.with_name(folder.name + PARTIAL))
        shutil.rmtree(going)
        removed.append(folder.name)
    return removed


def write_manifest(folder: Path, digests: Mapping[str, str]) -> None:
    """Write the digests (path -> hex), by path."""
    lines = (f"{digest}  {path}\n" for path, digest in sorted(digests.items()))
    with (folder / MANIFEST).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)


def read_manifest(folder: Path) -> dict[str, str]:
    """Return path -> hex digest. BackupError: there is none, or a line of it says something else."""
    file = folder / MANIFEST
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"{file}: cannot be read: {error}; is {folder} a backup?") from error
    found = {}
    for number, line in enumerate(lines, 1):
        digest, gap, path = line.partition("  ")
        if len(digest) != 64 or not gap or not _is_inside(path):
            raise BackupError(f"{file}: line {number}: expected a SHA-256, two spaces and a path inside the backup")
        found[path] = digest
    return found


def _is_inside(path: str) -> bool:
    return bool(path) and not path.startswith("/") and ".." not in path.split("/")
