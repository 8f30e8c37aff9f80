"""Markdown and media: every row has its file with the bytes it says, every file has its row."""

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

from sqlite_utils import Database

from crawler.audit.finding import Fault, Finding
from crawler.audit.scope import Scope

DOCUMENTS = """
SELECT versions.path, markdown_digest, versions.document FROM versions JOIN documents ON documents.id = versions.document
WHERE versions.path IS NOT NULL AND versions.document NOT IN (SELECT document FROM withheld)
"""
MEDIA = "SELECT path, sha256, size FROM media_files WHERE 1"
OF_SITE = " AND documents.site = :site"
MEDIA_OF_SITE = " AND sha256 IN (SELECT sha256 FROM media_links WHERE site = :site)"
AT_ONCE = 500
CHUNK = 1 << 20


def check_documents(root: Path, db: Database, scope: Scope) -> Iterator[Finding]:
    """Yield what is wrong with the Markdown files of the rows in scope."""
    query, values = scope.limited(DOCUMENTS + (OF_SITE if scope.site else ""), "versions.path")
    for path, digest, document in db.execute(query, {**values, "site": scope.site}):
        finding = _document(root, path, digest, document)
        scope.checked(path, finding.fault if finding else None)
        scope.advance("documents", 1)
        if finding:
            yield finding


def check_media(root: Path, db: Database, scope: Scope) -> Iterator[Finding]:
    """Yield what is wrong with the media files of the rows in scope."""
    query, values = scope.limited(MEDIA + (MEDIA_OF_SITE if scope.site else ""), "path")
    for path, digest, size in db.execute(query, {**values, "site": scope.site}):
        finding = _medium(root, path, digest, size)
        scope.checked(path, finding.fault if finding else None)
        scope.advance("media", 1)
        if finding:
            yield finding


def check_orphans(root: Path, db: Database) -> Iterator[Finding]:
    """Yield the files that no row names, and what dead runs left in tmp/."""
    yield from _unnamed(
        root, "articles/**/*", db, "SELECT path FROM documents WHERE path IN (SELECT value FROM json_each(?))"
    )
    yield from _unnamed(
        root,
        "versions/**/*",
        db,
        "SELECT path FROM versions WHERE path IN (SELECT value FROM json_each(?))",
    )
    yield from _unnamed(
        root, "media/**/*", db, "SELECT path FROM media_files WHERE path IN (SELECT value FROM json_each(?))"
    )
    for file in sorted((root / "tmp").glob("*.tmp")):
        yield Finding(fault=Fault.LEFTOVER, object=f"tmp/{file.name}", detail="a temporary file")


def digest_of(file: Path) -> tuple[str, int]:
    """Return the SHA-256 of a file, 64 hex digits, and its size."""
    digest, size = sha256(), 0
    with file.open("rb") as data:
        while chunk := data.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _document(root: Path, path: str, expected: str | None, document: str) -> Finding | None:
    try:
        found = f"sha256:{digest_of(root / path)[0]}"
    except FileNotFoundError:
        return Finding(fault=Fault.FILE_MISSING, object=path, detail="its row is there, it is not", document=document)
    except OSError as error:
        return Finding(
            fault=Fault.FILE_CHANGED, object=path, detail=f"cannot be read: {error.strerror}", document=document
        )
    if found != expected:
        return Finding(
            fault=Fault.FILE_CHANGED, object=path, detail=f"is {found}, its row says {expected}", document=document
        )
    return None


def _medium(root: Path, path: str, expected: str, size: int) -> Finding | None:
    try:
        found, length = digest_of(root / path)
    except FileNotFoundError:
        return Finding(fault=Fault.MEDIUM_MISSING, object=path, detail="its row is there, it is not")
    except OSError as error:
        return Finding(fault=Fault.MEDIUM_CHANGED, object=path, detail=f"cannot be read: {error.strerror}")
    if found != expected:
        return Finding(fault=Fault.MEDIUM_CHANGED, object=path, detail=f"is sha256:{found}, {length} bytes")
    if length != size or Path(path).stem != expected:
        return Finding(fault=Fault.MEDIUM_ROW_WRONG, object=path, detail=f"has {length} bytes, its row says {size}")
    return None


def _unnamed(root: Path, pattern: str, db: Database, query: str) -> Iterator[Finding]:
    files = (file.relative_to(root).as_posix() for file in root.glob(pattern) if not file.is_dir())
    for batch in _batches(files):
        known = {path for (path,) in db.execute(query, [json.dumps(batch)])}
        for path in batch:
            if path not in known:
                yield Finding(fault=Fault.ORPHAN, object=path, detail="no row names it")


def _batches(paths: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(paths)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch
