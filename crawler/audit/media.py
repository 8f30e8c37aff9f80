"""The contents of media: each file beside its row, and its bytes beside the name they give it."""

from collections.abc import Iterator
from functools import partial
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from crawler.audit.finding import Code, Finding
from crawler.audit.job import Audit, Seen, compared
from crawler.audit.walk import shown

FOLDER = "media"
ROWS = "SELECT path, sha256, path, size FROM media_files {where} ORDER BY path"
OF_SITE = "WHERE sha256 IN (SELECT sha256 FROM media_links WHERE site = :site)"
SHOWN_BY = "SELECT url, document FROM media_links WHERE sha256 = ? ORDER BY url LIMIT 20"


class Row(NamedTuple):
    """A content."""

    sha256: str
    path: str
    size: int


class File(NamedTuple):
    """A content as it is."""

    size: int
    sha256: str


def check_media(audit: Audit) -> Iterator[Seen]:
    """Yield each content, or the path where one should be, with what is wrong."""
    where = OF_SITE if audit.scope.site else ""
    found = audit.db.execute(ROWS.format(where=where), {"site": audit.scope.site} if where else {})
    rows = ((str(row[0]), Row(*row[1:])) for row in found)
    return compared(audit, [FOLDER], rows, _read, partial(_check, audit))


def _read(path: Path) -> File:
    return File(path.stat().st_size, digest_of(path))


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex; memory does not depend on its size."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def is_inside(path: str) -> bool:
    """Return whether a path is one that a medium may have."""
    parts = PurePosixPath(path).parts
    return len(parts) == 3 and parts[0] == FOLDER and ".." not in parts


def standing(root: Path, digest: str) -> str | None:
    """Return where the file of a content stands, whatever its ending."""
    found = sorted((root / FOLDER / digest[:2]).glob(f"{digest}.*")) if digest.isalnum() else []
    return f"{FOLDER}/{digest[:2]}/{found[0].name}" if found else None


def _check(audit: Audit, path: str, file: File | None, rows: list[Row]) -> Finding | None:
    digest = PurePosixPath(path).stem
    if not rows:
        return _unknown(audit, path, digest)
    (row,) = rows  # the column is UNIQUE
    if not is_inside(path):
        return _finding(audit, Code.PATH_OUTSIDE, path, row.sha256, "the path leads out of the folder of media")
    if file is None:
        if elsewhere := standing(audit.root, row.sha256):
            detail = f"the file is not there, it stands at {elsewhere}"
            return _finding(audit, Code.PATH_WRONG, path, row.sha256, detail)
        return _finding(audit, Code.MEDIA_MISSING, path, row.sha256, "the file is not there")
    return _compare(audit, path, digest, row, file)


def _compare(audit: Audit, path: str, named: str, row: Row, file: File) -> Finding | None:
    size, digest = file
    audit.looked(path, size)
    if digest not in {named, row.sha256}:
        detail = f"the digest of its bytes is {digest}, its name and row say {row.sha256}"
        return _finding(audit, Code.MEDIA_CHANGED, path, row.sha256, detail)
    if (row.sha256, row.size, named) != (digest, size, digest):
        detail = f"the file has {size} bytes with the digest {digest}, the row says {row.size} bytes and {row.sha256}"
        return _finding(audit, Code.MEDIA_ROW, path, row.sha256, detail)
    return None


def _unknown(audit: Audit, path: str, digest: str) -> Finding | None:
    """Return what a file without a row is: an orphan, or one whose row is wrong or lost."""
    digest = shown(digest)
    row = audit.db.execute("SELECT path FROM media_files WHERE sha256 = ?", [digest]).fetchone()
    if row and not (audit.root / row[0]).is_file() and standing(audit.root, digest) == path:
        return None  # told at the path that its row names
    if row is None and audit.db.execute(SHOWN_BY, [digest]).fetchone() and digest_of(audit.root / path) == digest:
        return _finding(audit, Code.MEDIA_ROW_MISSING, path, digest, "addresses have this content, and it has no row")
    return Finding(code=Code.ORPHAN, object=shown(path), detail="no row of the catalog names it")


def _finding(audit: Audit, code: Code, path: str, digest: str, detail: str) -> Finding:
    shown = audit.db.execute(SHOWN_BY, [digest])
    consequences = tuple(f"{url} of {document}" for url, document in shown)
    return Finding(code=code, object=path, detail=detail, consequences=consequences)
