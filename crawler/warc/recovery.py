"""What a crash leaves at the end of a WARC file, half a gzip member, cut off so that every reader accepts the file."""

import re
from pathlib import Path

from crawler.warc.members import whole_bytes
from crawler.warc.writer import FOLDER

FILE = re.compile(rf"(?:{FOLDER}/)?(?P<run>.+)-(?P<number>\d{{5,}})\.warc\.gz")  # a name, or a path in the archive


def evidence_runs(root: Path) -> set[str]:
    """Return the runs of which there is evidence."""
    named = (FILE.fullmatch(file.name) for file in (root / FOLDER).glob("*.warc.gz"))
    return {found["run"] for found in named if found}


def recover(root: Path, run: str) -> list[str]:
    """Cut the unfinished member off the last file of a dead run; return a sentence for each cut, none if all is whole.

    A file without one whole member is removed. Only files of runs that no process writes any more may be given.
    """
    files = sorted((root / FOLDER).glob(f"{run}-[0-9]*.warc.gz"), key=lambda file: (len(file.name), file.name))
    if not files:
        return []
    last = files[-1]
    size, whole = last.stat().st_size, whole_bytes(last)
    if whole == size:
        return []
    if not whole:
        last.unlink()
        return [f"{FOLDER}/{last.name}: removed, {size} bytes without one whole record"]
    with last.open("r+b") as file:
        file.truncate(whole)
    return [f"{FOLDER}/{last.name}: {size - whole} bytes of an unfinished record cut off at {whole}"]
