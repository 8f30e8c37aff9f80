"""The files of a mirror: found in folders, read, told apart from what is none."""

import logging
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.controls import on_one_line
from crawler.errors import MirrorError
from crawler.pages.extraction.mirror import Mirrored, read_mirror

logger = logging.getLogger(__name__)

MAX_BYTES = 5_000_000  # a larger file is no article
TIMEZONE = "Asia/Shanghai"  # of times that name none, as a site's file would have it by default
MAX_PROBLEM = 300  # characters of a problem that is told
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
    """Yield every file below the paths, in order. Hidden files and folders, links and what is no file (a pipe, a device) are passed over.

    `address` is that of the page of a file that names none.
    """
    for path in paths:
        if path.is_dir():
            yield from _below(path, address)
        elif path.is_file():
            yield read(path, path.name, address)
        else:
            yield FoundFile(path=path, name=_told(path), problem="there is no such file or folder")


def _below(folder: Path, address: str | None) -> Iterator[FoundFile]:
    """Yield the files of a folder, then those of the folders in it; one that cannot be listed is told."""
    refused: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=refused.append):
        yield from (_refused(Path(error.filename), error) for error in refused)
        refused.clear()
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for path in (Path(place, name) for name in sorted(names) if not name.startswith(".")):
            try:
                is_file = stat.S_ISREG(path.lstat().st_mode)
            except OSError as error:
                yield _refused(path, error)
                continue
            if is_file:
                yield read(path, str(path.relative_to(folder)), address)
    yield from (_refused(Path(error.filename), error) for error in refused)


def _refused(path: Path, error: OSError) -> FoundFile:
    return FoundFile(path=path, name=_told(path), problem=error.strerror or str(error))


def _told(path: Path | str) -> str:
    """Return a name as text on one line, whatever bytes it has."""
    return on_one_line(str(path))


def read(path: Path, name: str, address: str | None = None) -> FoundFile:
    """Return one file with what it holds."""
    name = _told(name)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        return _refused(path, error)
    if len(data) > MAX_BYTES:
        return FoundFile(path=path, name=name, problem=f"is larger than {MAX_BYTES:,} bytes", is_other=True)
    if BINARY in data[:HEAD]:
        return FoundFile(path=path, name=name, problem="is no text", is_other=True)
    try:
        return FoundFile(path=path, name=name, data=data, mirrored=read_mirror(data, TIMEZONE, address))
    except MirrorError as error:
        return FoundFile(path=path, name=name, problem=str(error))
    except Exception as error:  # whatever a file holds, it costs that file
        logger.info("%s: cannot be read", name, exc_info=True)
        return FoundFile(path=path, name=name, problem=f"cannot be read: {type(error).__name__}: {error}"[:MAX_PROBLEM])
