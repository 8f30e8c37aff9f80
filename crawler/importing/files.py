"""The files of a mirror: found in folders, read, told apart from what is none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.errors import MirrorError
from crawler.pages.extraction.mirror import Mirrored, read_mirror

MAX_BYTES = 5_000_000  # a larger file is no article
TIMEZONE = "Asia/Shanghai"  # of times that name none, as a site's file would have it by default
BINARY = b"\0"
HEAD = 4096  # bytes in which a binary file shows itself


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """One file, with what it holds or why it is left alone."""

    path: Path
    name: str  # relative to the folder that was named
    data: bytes = b""
    mirrored: Mirrored | None = None
    problem: str | None = None  # a person's sentence, with the line
    is_other: bool = False  # binary: a picture, say; no word about it but in the count


def find(paths: Sequence[Path], address: str | None = None) -> Iterator[FoundFile]:
    """Yield every file below the paths, in order. Hidden files and folders, and links out of them, are passed over.

    `address` is that of the page of a file that names none.
    """
    for path in paths:
        if path.is_file():
            yield read(path, path.name, address)
        elif path.is_dir():
            for file in sorted(path.rglob("*")):
                name = file.relative_to(path).as_posix()
                if (
                    file.is_file()
                    and not file.is_symlink()
                    and not any(part.startswith(".") for part in name.split("/"))
                ):
                    yield read(file, name, address)
        else:
            yield FoundFile(path=path, name=str(path), problem="there is no such file or folder")


def read(path: Path, name: str, address: str | None = None) -> FoundFile:
    """Return one file with what it holds."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return FoundFile(path=path, name=name, problem=f"is larger than {MAX_BYTES:,} bytes", is_other=True)
        data = path.read_bytes()
    except OSError as error:
        return FoundFile(path=path, name=name, problem=error.strerror or str(error))
    if BINARY in data[:HEAD]:
        return FoundFile(path=path, name=name, problem="is no text", is_other=True)
    try:
        return FoundFile(path=path, name=name, data=data, mirrored=read_mirror(data, TIMEZONE, address))
    except MirrorError as error:
        return FoundFile(path=path, name=name, problem=str(error))
