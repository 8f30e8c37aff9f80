"""What a crawl has left in its archive: the documents, every Markdown byte, and whether the two and the evidence agree."""

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

DOCUMENTS = """
SELECT id, url, title, published, path, version, status, content_digest, duplicate_of FROM documents ORDER BY id
"""
CHECK_WARC = "from warcio.cli import main; main()"  # the `warcio` command, wherever it is installed

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder as it was when it was read."""

    folder: Path
    documents: dict[str, Row]  # by id
    versions: int
    visits: int
    files: dict[str, str]  # path -> digest, of all Markdown

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read an archive that no process writes."""
        with closing(sqlite3.connect(folder / "catalog.db")) as db:
            documents = {row[0]: row for row in db.execute(DOCUMENTS)}
            (versions,) = db.execute("SELECT count(*) FROM versions").fetchone()
            (visits,) = db.execute("SELECT count(*) FROM visits").fetchone()
        files = {
            str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for part in ("articles", "versions")
            for path in (folder / part).rglob("*")
            if path.is_file()
        }
        return cls(folder, documents, versions, visits, files)

    @property
    def urls(self) -> list[str]:
        return [str(row[1]) for row in self.documents.values()]

    @property
    def duplicates(self) -> int:
        return sum(row[6] == "duplicate" for row in self.documents.values())

    def differences(self, other: Self) -> Iterator[str]:
        """Yield where the documents, their Markdown or the number of versions are not the same."""
        for id_ in sorted(self.documents.keys() | other.documents.keys()):
            before, after = self.documents.get(id_), other.documents.get(id_)
            if before != after:
                yield f"document {id_}: {before} became {after}"
        for path in sorted(self.files.keys() | other.files.keys()):
            if self.files.get(path) != other.files.get(path):
                what = "bytes changed" if path in self.files and path in other.files else "there in one only"
                yield f"{path}: {what}"
        if self.versions != other.versions:
            yield f"{self.versions} versions became {other.versions}"

    def faults(self) -> Iterator[str]:
        """Yield rows without their file, files without a row, temporary files, and evidence that cannot be read."""
        named = {str(row[4]) for row in self.documents.values() if row[4]}
        for row in self.documents.values():
            if row[6] != "duplicate" and row[4] not in self.files:
                yield f"{row[1]}: no file {row[4]}"
        current = {path for path in self.files if path.startswith("articles/")}
        for path in sorted(current - named):
            yield f"{path}: no row names it"
        for left in sorted(self.folder.rglob("*.tmp")):
            yield f"{left.relative_to(self.folder)}: a temporary file is left"
        warcs = sorted(map(str, (self.folder / "warc").glob("*.warc.gz")))
        check = subprocess.run(
            [sys.executable, "-c", CHECK_WARC, "check", *warcs], capture_output=True, text=True, check=False
        )
        if not warcs or check.returncode:
            yield f"warcio check of {len(warcs)} files: exit code {check.returncode} {check.stdout[-500:]}"
