"""The contents of media: each file beside its row, and its bytes beside the name they give it."""

from collections.abc import Iterator
from functools import partial
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from crawler.archive.layout import MEDIA
from crawler.audit.finding import Code, Finding
from crawler.audit.scope import Audit, Seen, compared, shown
from crawler.catalog.queries import integrity
from crawler.catalog.queries.integrity import ContentRow


class MediumFile(NamedTuple):
    """A content as it is."""

    size: int
    sha256: str


def check_media(audit: Audit) -> Iterator[Seen]:
    """Yield each content, or the path where one should be, with what is wrong."""
    rows = integrity.contents(audit.db, audit.scope.site)
    return compared(audit, [MEDIA], rows, _read, partial(_check, audit))


def _read(path: Path) -> MediumFile:
    return MediumFile(path.stat().st_size, digest_of(path))


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex; memory does not depend on its size."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def is_inside(path: str) -> bool:
    """Return whether a path is one that a medium may have."""
    parts = PurePosixPath(path).parts
    return len(parts) == 3 and parts[0] == MEDIA and ".." not in parts


def locate(root: Path, digest: str) -> str | None:
    """Return where the file of a content stands, whatever its ending."""
    found = sorted((root / MEDIA / digest[:2]).glob(f"{digest}.*")) if digest.isalnum() else []
    return f"{MEDIA}/{digest[:2]}/{found[0].name}" if found else None


def _check(audit: Audit, path: str, file: MediumFile | None, rows: list[ContentRow]) -> Finding | None:
    digest = PurePosixPath(path).stem
    if not rows:
        return _unknown(audit, path, digest)
    (row,) = rows  # the column is UNIQUE
    if not is_inside(path):
        return _finding(audit, Code.PATH_OUTSIDE, path, row.sha256, "the path leads out of the folder of media")
    if file is None:
        if elsewhere := locate(audit.root, row.sha256):
            detail = f"the file is not there, it stands at {elsewhere}"
            return _finding(audit, Code.PATH_WRONG, path, row.sha256, detail)
        return _finding(audit, Code.MEDIA_MISSING, path, row.sha256, "the file is not there")
    return _compare(audit, path, digest, row, file)


def _compare(audit: Audit, path: str, named: str, row: ContentRow, file: MediumFile) -> Finding | None:
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
    named = integrity.content_path(audit.db, digest)
    if named and not (audit.root / named).is_file() and locate(audit.root, digest) == path:
        return None  # told at the path that its row names
    if named is None and integrity.shown_by(audit.db, digest) and digest_of(audit.root / path) == digest:
        return _finding(audit, Code.MEDIA_ROW_MISSING, path, digest, "addresses have this content, and it has no row")
    return Finding(code=Code.ORPHAN, object=shown(path), detail="no row of the catalog names it")


def _finding(audit: Audit, code: Code, path: str, digest: str, detail: str) -> Finding:
    consequences = tuple(f"{url} of {document}" for url, document in integrity.shown_by(audit.db, digest))
    return Finding(code=code, object=path, detail=detail, consequences=consequences)
