"""A backup is made: passes over the catalog and its files until nothing changes during one, then the manifest, then its name."""

import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

from crawler import __version__
from crawler.archive.layout import ARTICLES, CATALOG, EVIDENCE, HEARTBEAT, LOCK, MEDIA, TEMPORARY, VERSIONS
from crawler.backup.copying import READ_ONLY, Copied, Earlier, Fault, Wanted
from crawler.backup.shelf import PARTIAL, backups, name_at, prune, read_manifest, shelf, write_manifest
from crawler.catalog import copy_catalog, open_reader
from crawler.catalog.queries import integrity
from crawler.clock import Clock
from crawler.controls import on_one_line
from crawler.errors import BackupError

PAUSES = (
    0.2,
    1.0,
    2.0,
    4.0,
)  # seconds before the catalog is taken again: a group of visits is written in less than one
DERIVED = (ARTICLES, VERSIONS, MEDIA)  # of these only what the catalog points to
NOT_KEPT = (TEMPORARY, LOCK, HEARTBEAT)
ABOUT = "backup.json"
FORMAT = "campus-archive/backup 1"

Progress = Callable[[int, int], None]  # (files looked at, files there are) of a pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that is complete."""

    folder: Path
    files: int
    copied: int
    linked: int  # to the backup before: they take no room
    bytes_copied: int
    passes: int
    faults: tuple[Fault, ...]  # of the archive
    removed: tuple[str, ...]  # older backups


def backup(
    root: Path,
    target: Path,
    *,
    clock: Clock,
    keep: int | None = None,
    pauses: Sequence[float] = PAUSES,
    progress: Progress = lambda done, total: None,
) -> Backup:
    """Make a backup of an archive in a folder of its own under `target`; return it when it is complete and on the disk.

    Raises BackupError, CatalogError, RunLockedError, OSError and sqlite3.Error (disk); then nothing of it is left.
    """
    with shelf(root, target):
        begun = clock()
        folder = target / name_at(begun)
        if folder.exists():
            raise BackupError(f"{folder}: is there already: begun in the same thousandth of a second")
        partial = folder.with_name(folder.name + PARTIAL)
        partial.mkdir()
        try:
            copied = Copied(root=root, folder=partial, earlier=_earlier(target))
            passes, faults = _settle(copied, pauses, progress)
            _check_catalog(partial / CATALOG)
            _seal(copied, faults, begun=begun, ended=clock(), passes=passes)
            partial.rename(folder)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        os.sync()
        return Backup(
            folder=folder,
            files=len(copied.digests),
            copied=copied.copied,
            linked=copied.linked,
            bytes_copied=copied.bytes_copied,
            passes=passes,
            faults=tuple(faults),
            removed=tuple(prune(target, keep)) if keep else (),
        )


def _earlier(target: Path) -> Earlier | None:
    complete = backups(target)
    return Earlier(folder=complete[-1], digests=read_manifest(complete[-1])) if complete else None


def _settle(copied: Copied, pauses: Sequence[float], progress: Progress) -> tuple[int, list[Fault]]:
    """Take catalog and files until they agree; return in how many passes, and where they do not after the last one."""
    faults = _pass(copied, progress)
    passes = 1
    for pause in pauses:
        if not faults:
            break
        time.sleep(pause)
        faults = _pass(copied, progress)
        passes += 1
    return passes, faults


def _pass(copied: Copied, progress: Progress) -> list[Fault]:
    """Take the catalog, then what it points to; return the files that are not what it says."""
    catalog = copied.folder / CATALOG
    catalog.unlink(missing_ok=True)
    with closing(open_reader(copied.root / CATALOG)) as db:
        copy_catalog(db, catalog)
    with closing(open_reader(catalog)) as db:
        wanted = {
            path: Wanted(path=path, digest=digest and digest.removeprefix("sha256:"), last_record=last_record)
            for path, digest, last_record in integrity.files(db)
        }
    faults: list[Fault] = []
    for path in _beside(copied.root, faults):
        wanted.setdefault(path, Wanted(path=path))
    copied.keep_only(set(wanted))
    for number, one in enumerate(wanted.values(), 1):
        if fault := copied.take(one):
            faults.append(fault)
        progress(number, len(wanted))
    return faults


def _check_catalog(path: Path) -> None:
    """Raise BackupError unless the copy of a catalog is whole."""
    with closing(open_reader(path)) as db:
        damage = integrity.damage(db, most=1)
    if damage:
        raise BackupError(f"{path}: the copied catalog is damaged, as that of the archive may be: {damage[0]}")


def _beside(root: Path, faults: list[Fault]) -> Iterator[str]:
    """Yield the files of an archive that the catalog need not know: evidence of no visit, reports, texts withheld, whatever a person put there.

    No link leads out of it, but one in the place of the evidence. What cannot be listed, or named in a manifest, is a fault.
    """

    def refuse(error: OSError) -> None:
        faults.append(
            Fault(path=on_one_line(os.path.relpath(error.filename, root)), problem=f"cannot be read: {error.strerror}")
        )

    for entry in sorted(root.iterdir()):
        if entry.name in (*DERIVED, *NOT_KEPT) or entry.name.startswith(CATALOG):
            continue
        is_folder = entry.is_dir() and (not entry.is_symlink() or entry.name == EVIDENCE)
        found = (
            (Path(place, name) for place, _, names in os.walk(entry, onerror=refuse) for name in sorted(names))
            if is_folder
            else [entry]
        )
        for path in (str(file.relative_to(root)) for file in found if _is_file(file, refuse)):
            if on_one_line(path) == path:
                yield path
            else:
                faults.append(Fault(path=on_one_line(path), problem="its name cannot stand in a manifest; rename it"))


def _is_file(path: Path, refuse: Callable[[OSError], None]) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError as error:
        refuse(error)
        return False


def _seal(copied: Copied, faults: Sequence[Fault], *, begun: datetime, ended: datetime, passes: int) -> None:
    """Write what the backup is, and its manifest, and have all of it on the disk."""
    about = {
        "format": FORMAT,
        "software": f"campus-archive/{__version__}",
        "begun": begun.isoformat(),
        "ended": ended.isoformat(),
        "files": len(copied.digests),
        "copied": copied.copied,
        "linked": copied.linked,
        "bytes_copied": copied.bytes_copied,
        "passes": passes,
        "faults": [str(fault) for fault in faults],
    }
    (copied.folder / ABOUT).write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", "utf-8")
    for name in (CATALOG, ABOUT):
        with (copied.folder / name).open("rb") as file:
            copied.digests[name] = file_digest(file, "sha256").hexdigest()
        (copied.folder / name).chmod(READ_ONLY)
    write_manifest(copied.folder, copied.digests)
    os.sync()
