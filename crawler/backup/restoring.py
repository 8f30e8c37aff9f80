"""A backup becomes an archive again, every byte compared with its manifest on the way."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crawler.archive.layout import CATALOG, OWNER_FILE, is_private
from crawler.backup.copying import UNREADABLE, Fault, copy_file, make_folder
from crawler.backup.making import ABOUT
from crawler.backup.shelf import MANIFEST, PARTIAL, backups, read_manifest
from crawler.catalog import close_catalog, open_catalog
from crawler.errors import BackupError

WRITABLE = 0o644
RESTORING = ".restoring"  # the mark of a folder that is not whole yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """An archive that was restored."""

    backup: Path
    files: int
    faults: tuple[Fault, ...]  # files that are not what the manifest says; restored all the same, if they are there


def restore(source: Path, target: Path, *, progress: Callable[[int, int], None] = lambda done, total: None) -> Restored:
    """Write the archive of a backup, or of the last one in a folder of backups, to a folder that is empty or not there yet.

    The catalog comes last: a folder that has it is whole. What a restore left there that was killed is removed.
    Raises BackupError and OSError; then the folder is left as it was.
    """
    folder = _chosen(source)
    digests = read_manifest(folder)
    if CATALOG not in digests:
        raise BackupError(f"{folder / MANIFEST}: names no {CATALOG}: not the backup of an archive")
    if (target / RESTORING).exists():
        _empty(target, was_there=True)
    if target.exists() and not target.is_dir():
        raise BackupError(f"{target}: is a file; expected a folder that is not there yet")
    if target.exists() and any(target.iterdir()):
        raise BackupError(f"{target}: is not empty: an archive is restored to a folder of its own")
    was_there = target.exists()
    target.mkdir(parents=True, exist_ok=True)
    try:
        (target / RESTORING).touch()
        faults = _copy(folder, target, digests, progress)
        close_catalog(open_catalog(target / CATALOG))  # it is one, of this release or an earlier one
        (target / RESTORING).unlink()
    except BaseException:
        _empty(target, was_there=was_there)
        raise
    return Restored(backup=folder, files=len(digests), faults=tuple(faults))


def _chosen(source: Path) -> Path:
    if source.name.endswith(PARTIAL):
        raise BackupError(f"{source}: was never completed: choose another backup")
    if (source / MANIFEST).is_file():
        return source
    if complete := backups(source):
        return complete[-1]
    raise BackupError(f"{source}: is neither a backup nor a folder of backups: there is no {MANIFEST}")


def _copy(folder: Path, target: Path, digests: dict[str, str], progress: Callable[[int, int], None]) -> list[Fault]:
    faults = []
    paths = [*sorted(path for path in digests if path not in (CATALOG, ABOUT)), CATALOG]
    for number, path in enumerate(paths, 1):
        make_folder(target, path)
        try:
            found = copy_file(folder / path, target / path)
            (target / path).chmod(OWNER_FILE if is_private(path) else WRITABLE)
            problem = "is not what the manifest says" if found != digests[path] else None
        except FileNotFoundError:
            problem = "the manifest names it, and it is missing"
        except OSError as error:
            if error.errno not in UNREADABLE:
                raise
            problem = f"cannot be read: {error.strerror}"
        if problem and path == CATALOG:
            raise BackupError(f"{folder / path}: {problem}: choose another backup")
        if problem:
            faults.append(Fault(path=path, problem=problem))
        progress(number, len(paths))
    return faults


def _empty(target: Path, *, was_there: bool) -> None:
    for entry in sorted(target.iterdir(), key=lambda entry: entry.name == RESTORING):  # the mark last
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    if not was_there:
        target.rmdir()
