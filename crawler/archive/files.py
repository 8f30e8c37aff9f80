"""Files of the archive, written whole or not at all.

A file appears under its name only when its bytes are on the disk: it is written as `tmp/<name>.tmp`, flushed, then
renamed. A crash leaves files in `tmp/` only, which `sweep` removes. Does not stream: big media need another door.
"""

import os
import secrets
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from crawler.archive.layout import OWNER_FILE, TEMPORARY, is_private

# Waiting fsyncs are committed together: 50 files take 12 ms with four threads, 20 ms with one (ext4).
FSYNC_THREADS = 4
SHARED_FILE = 0o666  # less what the operator's umask takes away


def write_all(root: Path, files: Mapping[str, bytes]) -> int:
    """Put files (path relative to the root -> bytes) in place, durable when this returns; return how many were written.

    A file that already has these bytes is left alone. Every file is flushed before the first one is renamed, so a full
    disk or a crash before that leaves the archive as it was.
    """
    changed = {_inside(root, path): data for path, data in files.items() if not _has(_inside(root, path), data)}
    if not changed:
        return 0
    folders = _make_folders({target.parent for target in changed})
    staged = {target: _staging(root) for target in changed}
    with ThreadPoolExecutor(min(FSYNC_THREADS, len(changed))) as pool:
        modes = [OWNER_FILE if is_private(str(target.relative_to(root))) else SHARED_FILE for target in changed]
        list(pool.map(_write_durably, staged.values(), changed.values(), modes))
        for target, temporary in staged.items():
            temporary.replace(target)
        list(pool.map(_sync_folder, folders))
    return len(changed)


def remove(root: Path, path: str) -> bool:
    """Remove one file; return whether it was there."""
    target = _inside(root, path)
    try:
        target.unlink()
    except FileNotFoundError:
        return False
    return True


def sweep(root: Path) -> list[str]:
    """Remove what dead runs left in `tmp/`; return the names. Only the holder of the run lock may call it."""
    left = sorted((root / TEMPORARY).glob("*.tmp"))
    for file in left:
        file.unlink(missing_ok=True)
    return [file.name for file in left]


def _inside(root: Path, path: str) -> Path:
    """Return the target of a relative path; ValueError for one that would leave the root."""
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or not parts.parts:
        raise ValueError(f"{path!r}: not a path inside the archive {root}")
    return root / parts


def _has(target: Path, data: bytes) -> bool:
    try:
        return target.stat().st_size == len(data) and target.read_bytes() == data
    except FileNotFoundError:
        return False


def _make_folders(parents: Iterable[Path]) -> set[Path]:
    """Create the folders; return those with a new entry: each parent, and what had to be made above it."""
    touched = set(parents)
    for parent in list(touched):
        above = parent
        while not above.exists():
            above = above.parent
            touched.add(above)
        parent.mkdir(parents=True, exist_ok=True)
    return touched


def _staging(root: Path) -> Path:
    folder = root / TEMPORARY
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{secrets.token_hex(8)}.tmp"


def _write_durably(temporary: Path, data: bytes, mode: int) -> None:
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
