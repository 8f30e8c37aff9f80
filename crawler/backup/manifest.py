"""The manifest of a backup: the digest of every file in it, in the form that `sha256sum -c` reads."""

from collections.abc import Mapping
from pathlib import Path

from crawler.errors import BackupError

MANIFEST = "manifest-sha256.txt"


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
