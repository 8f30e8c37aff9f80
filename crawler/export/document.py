"""What an export says of a document: everything the archive holds of it, read back from catalog and Markdown.

JSON Lines (jsonlines.org) is that as it stands, one document a line, UTF-8.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from sqlite_utils import Database

from crawler.archive import body_of
from crawler.catalog.queries.articles import exported
from crawler.catalog.queries.selection import Selection, select
from crawler.controls import visible
from crawler.dedup.digest import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedDocument:
    """One document."""

    id: str
    url: str
    site: str  # key
    university: str
    title: str
    published: datetime | None  # with the offset of the site
    date_precision: str | None
    date_raw: str | None
    section: tuple[str, ...]
    source: str | None
    language: str | None
    family: str | None
    status: str
    duplicate_of: str | None
    copy_of: str | None  # the first of its group of copies
    kin: str | None
    similarity: float | None
    version: int
    archived: datetime  # UTC
    lastmod: datetime | None  # UTC
    extractor: str
    confidence: float
    content_digest: str
    path: str | None  # of its Markdown, relative to the archive; None for a duplicate
    body: str  # Markdown, with absolute URLs; "" for a duplicate
    text: str  # the same without marks
    people: tuple[dict[str, Any], ...]  # role, name
    media: tuple[
        dict[str, Any], ...
    ]  # kind, url, caption, name; of stored ones sha256, path, type, size, width, height
    versions: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is exported, and how."""

    root: Path
    db: Database  # opened for reading
    selection: Selection
    now: datetime
    older_titles: bool = False  # titles as the older mirrors wrote them: 大学->标题 | host
    newest: int = 50  # articles in a feed
    advance: Callable[[int], None] = field(default=lambda _: None)  # told of every so many documents done
    refuse: Callable[[str], None] = field(default=lambda _: None)  # told of every file that cannot be read, and why

    @property
    def is_everything(self) -> bool:
        """Return whether nothing is left out, but for duplicates."""
        names = (field.name for field in fields(Selection) if field.name != "with_duplicates")
        return not any(getattr(self.selection, name) for name in names)

    def documents(self) -> Iterator[ExportedDocument]:
        """Yield the selected documents, a batch in memory at a time."""
        for ids in select(self.db, self.selection):
            yield from self._load(ids)
            self.advance(len(ids))

    def copy(self, path: str, target: Path) -> None:
        """Copy a file of the archive, unless it is there; one that cannot be read, or is a link, is refused."""
        source = self.root / path
        if source.is_symlink():
            self.refuse(f"{path}: is a link, which is not followed")
        elif not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(source, target)
            except (FileNotFoundError, PermissionError) as error:
                self.refuse(f"{path}: cannot be read: {error.strerror}")

    def _load(self, ids: Sequence[str]) -> Iterator[ExportedDocument]:
        for row, *beside in exported(self.db, ids):
            try:
                document = _document(self.root, row, *beside)
            except (FileNotFoundError, PermissionError, ValueError) as error:
                self.refuse(f"{row['path']}: cannot be read: {error}")
            else:
                yield document


def write_jsonl(job: Job, target: Path) -> int:
    """Write one file; return how many documents it holds."""
    with target.open("w", encoding="utf-8", newline="\n") as file:
        return write_lines(job, file)


def write_lines(job: Job, file: TextIO) -> int:
    """Write to an open file, standard output for one; return how many documents."""
    number = 0
    for number, document in enumerate(job.documents(), 1):  # noqa: B007 (what is returned)
        file.write(as_line(document))
    return number


def as_line(document: ExportedDocument) -> str:
    """Return a document as a line of JSON."""
    return visible(json.dumps(asdict(document), ensure_ascii=False, default=datetime.isoformat)) + "\n"


def _document(root: Path, row: dict[str, Any], *beside: list[dict[str, Any]]) -> ExportedDocument:
    people, media, versions = beside
    body = body_of((root / row["path"]).read_bytes()) if row["path"] else ""
    made = {"published", "section", "archived", "lastmod", "body", "text", "people", "media", "versions"}
    return ExportedDocument(
        **{field.name: row[field.name] for field in fields(ExportedDocument) if field.name not in made},
        published=_time(row["published"]),
        section=tuple(row["section"].split(" / ")) if row["section"] else (),
        archived=datetime.fromisoformat(row["archived"]),
        lastmod=_time(row["lastmod"]),
        body=body,
        text=plain(body),
        people=tuple(people),
        media=tuple({key: value for key, value in medium.items() if value is not None} for medium in media),
        versions=tuple(versions),
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
