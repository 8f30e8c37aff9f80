"""The Markdown of documents: each file beside the row of its version, and what stands in it beside what the catalog says; withheld texts.

Of a withheld document each tombstone has its file, each file its tombstone.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from sqlite_utils import Database

from crawler.archive import load, version_path
from crawler.archive.layout import ARTICLES, VERSIONS, WITHHELD
from crawler.audit.finding import Code, Finding
from crawler.audit.scope import Audit, Seen, compared, merge, shown, walk
from crawler.catalog.queries import integrity
from crawler.catalog.queries.integrity import VersionRow
from crawler.catalog.tables.withheld import is_withheld
from crawler.dedup.digest import digest_of
from crawler.urls import host_of

FOLDERS = (ARTICLES, VERSIONS)
NAME = re.compile(r"articles/.+/(?P<article>[0-9a-f]{32})\.md|versions/.+/(?P<id>[0-9a-f]{32})/(?P<number>\d+)\.md")
MEDIA_LINK = re.compile(rb"\]\(<?(?:\.\./)+(media/[0-9a-f]{2}/[^)\s>]+)")


@dataclass(frozen=True, slots=True)
class MarkdownFile:
    """A Markdown file as it is."""

    data: bytes
    digest: str


def check_documents(audit: Audit) -> Iterator[Seen]:
    """Yield each file of a document, or the path where one should be, with what is wrong."""
    rows = integrity.versions(audit.db, audit.scope.site)
    return compared(audit, FOLDERS, rows, _read, partial(_check, audit))


def _read(path: Path) -> MarkdownFile:
    data = path.read_bytes()
    return MarkdownFile(data, digest_of(data))


def _check(audit: Audit, path: str, file: MarkdownFile | None, rows: list[VersionRow]) -> Finding | None:
    if not rows:
        return _orphan(audit, path)
    own = [row for row in rows if row.path == path]
    if len(own) > 1:
        names = ", ".join(f"{row.document} version {row.version}" for row in own)
        return Finding(code=Code.PATH_SHARED, object=path, detail=f"named by {names}")
    if not own:  # only a document names it: told at the path of its version
        return None
    row = own[0]
    if not is_inside(path):
        return _finding(Code.PATH_OUTSIDE, path, row, "the path leads out of the folders of documents")
    if file is None:
        return _missing(audit, path, row)
    audit.looked(path, len(file.data))
    return _compare(audit, path, row, file)


def is_inside(path: str) -> bool:
    """Return whether a path is one that a document may have."""
    parts = PurePosixPath(path).parts
    return len(parts) > 1 and parts[0] in FOLDERS and ".." not in parts


def places(row: VersionRow) -> list[str]:
    """Return where the file of a version may stand: where its rows say, and where we would write it."""
    found = [row.path, row.current_path if row.is_current else None]
    if row.url:
        found.append(version_path(row.document, host_of(row.url), row.version))
    return list(dict.fromkeys(path for path in found if path and is_inside(path)))


def locate(root: Path, row: VersionRow) -> str | None:
    """Return where the very file of a version stands, None if it is at none of its places."""
    paths = places(row)
    if row.is_current and row.url:
        folder = f"articles/{Path(version_path(row.document, host_of(row.url), 1)).parts[1]}"
        paths += sorted(str(file.relative_to(root)) for file in (root / folder).glob(f"*/{row.document}.md"))
    return next((path for path in dict.fromkeys(paths) if _digest(root, path) == row.digest), None)


def row_of(db: Database, path: str) -> VersionRow | None:
    """Return the row that a file would be of, by its name."""
    found = NAME.fullmatch(path)
    if found is None:
        return None
    return integrity.version_of(db, found["article"] or found["id"], found["number"])


def _digest(root: Path, path: str) -> str | None:
    try:
        return digest_of((root / path).read_bytes())
    except OSError:
        return None


def _missing(audit: Audit, path: str, row: VersionRow) -> Finding | None:
    if elsewhere := locate(audit.root, row):
        return _finding(Code.PATH_WRONG, path, row, f"the file is not there, it stands at {elsewhere}")
    return _finding(Code.DOCUMENT_MISSING, path, row, "the file is not there")


def _orphan(audit: Audit, path: str) -> Finding | None:
    """Return an orphan, unless the fault is that its row is wrong or lost, which is told once, of the row."""
    found = NAME.fullmatch(path)
    row = row_of(audit.db, path)
    if row is not None and row.path and locate(audit.root, row) == path:
        return None
    name = found and (found["article"] or found["id"])
    if name and row is None and integrity.is_lost(audit.db, name):
        return None
    if name and is_withheld(audit.db, name):
        return Finding(
            code=Code.ORPHAN, object=path, detail="its document is withheld: the text should stand in withheld/ only"
        )
    audit.looked(path, 0)
    return Finding(code=Code.ORPHAN, object=shown(path), detail="no row of the catalog names it")


def _compare(audit: Audit, path: str, row: VersionRow, file: MarkdownFile) -> Finding | None:
    """Return what a file says otherwise than its rows: its bytes first, for nothing else can be told of others."""
    if file.digest != row.digest:
        return _finding(
            Code.DOCUMENT_CHANGED, path, row, f"the digest of the file is {file.digest}, it was written as {row.digest}"
        )
    if row.url is None:
        return None  # the row of its document is missing, which is told once
    try:
        values, _ = load(file.data)
    except ValueError as error:
        return _finding(Code.DOCUMENT_UNREADABLE, path, row, str(error))
    if row.is_current and row.current_path != path:
        detail = f"the document names {row.current_path}, its version this one"
        return _finding(Code.PATH_WRONG, path, row, detail)
    if said := list(differences(values, row)):
        return _finding(Code.DOCUMENT_ROW, path, row, "; ".join(said))
    if broken := _broken_links(audit, file.data):
        return _finding(Code.LINK_BROKEN, path, row, f"links to {', '.join(broken)}, which the archive does not have")
    return None


def differences(values: dict[str, Any], row: VersionRow) -> Iterator[str]:
    """Yield where the front matter and the rows of a version disagree."""
    params = values.get("params") or {}
    date = values.get("date")
    published = date.isoformat() if isinstance(date, datetime) else date
    stated: list[tuple[str, object, object]] = [
        ("urlname", values.get("urlname"), row.document),
        ("source_url", params.get("source_url"), row.url),
        ("version", params.get("version"), row.version),
        ("content_digest", params.get("content_digest"), row.content_digest),
        ("title", values.get("title"), row.title),
        ("date", published, row.published),
    ]
    if row.is_current:
        stated += [
            ("content_digest", params.get("content_digest"), row.current_digest),
            ("title", values.get("title"), row.current_title),
            ("date", published, row.current_published),
            ("site", params.get("site"), row.site),
        ]
    for name, in_file, in_row in stated:
        if in_file != in_row:
            yield f"{name} is {in_file} in the file, {in_row} in the catalog"


def _broken_links(audit: Audit, data: bytes) -> list[str]:
    """Return the media that a text links to and that are neither there nor known; a known one that is missing is told of itself."""
    found = sorted({path.decode("utf-8", "replace") for path in MEDIA_LINK.findall(data)})
    return [path for path in found if not (audit.root / path).is_file() and not integrity.is_medium(audit.db, path)]


def _finding(code: Code, path: str, row: VersionRow, detail: str) -> Finding:
    version = f"{row.document} version {row.version}"
    return Finding(
        code=code, object=path, detail=detail, consequences=(f"{version} {row.url}" if row.url else version,)
    )


def check_withheld(audit: Audit) -> Iterator[Seen]:
    """Yield each withheld text, or the path where one should be, with what is wrong."""
    rows = integrity.tombstones(audit.db, audit.scope.site)
    for path, is_there, urls in merge(walk(audit.root, WITHHELD), rows):
        if audit.takes(path) and (urls or not audit.scope.site):
            yield path, _check_withheld(audit, path, is_there, urls)


def _check_withheld(audit: Audit, path: str, is_there: bool, urls: list[str]) -> Finding | None:
    if not urls:
        if PurePosixPath(path).suffix != ".json":
            return None  # what stands beside the texts is told of by no row
        return Finding(code=Code.ORPHAN, object=shown(path), detail="no document is withheld that it would be of")
    if not is_there:
        return Finding(
            code=Code.WITHHELD_MISSING, object=path, detail="the file is not there", consequences=tuple(urls)
        )
    try:
        data = (audit.root / path).read_bytes()
    except OSError as error:
        return Finding(code=Code.FILE_UNREADABLE, object=path, detail=str(error), consequences=tuple(urls))
    audit.looked(path, len(data))
    try:
        json.loads(data)
    except ValueError as error:
        return Finding(code=Code.WITHHELD_UNREADABLE, object=path, detail=str(error), consequences=tuple(urls))
    return None
