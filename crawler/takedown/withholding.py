"""Documents are withheld: out of the catalog and the folders that are read, into withheld/."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from crawler import __version__
from crawler.archive import remove, write_all
from crawler.archive.layout import REPORTS, WITHHELD
from crawler.catalog import group
from crawler.catalog.tables import documents, groups, sites, withheld
from crawler.catalog.tables.withheld import Row, Tombstone
from crawler.ingest.commit import record_promotion
from crawler.ingest.media import held_files
from crawler.ingest.placing import promote
from crawler.ingest.state import State
from crawler.items import MediaRules
from crawler.takedown.withheld import Found, Withheld, dump_withheld, file_of, load_withheld, make_private
from crawler.warc import TAKEDOWN, WarcWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a takedown took."""

    documents: Sequence[Withheld]
    reports: Sequence[str]  # files that named one of them, removed: `scrapy report` makes them anew


def withhold(root: Path, db: Database, found: Found, reason: str, *, now: datetime, only: bool = False) -> Taken:
    """Withhold a document and, unless only it is meant, all that have its text.

    For the holder of the lock, who calls `texts.erase` once at the end. Raises TakedownError, OSError and sqlite3.Error; then nothing is withheld.
    """
    ids = [found.id] if only else found.equal
    make_private(root)
    remark(root, "withheld", [_tombstone(db, document, reason, now) for document in ids], now=now)
    with group(db):
        promoted = _promote(root, db, found.id, now=now) if only and found.is_first else None
        taken = [
            _take(root, db, _tombstone(db, document, reason, now), ids, promoted=promoted, only=only)
            for document in ids
        ]
        groups.settle(db, ids)
        write_all(root, {file_of(held.tombstone.document): dump_withheld(held) for held in taken})
    for held in taken:
        finish(root, held)
    make_private(root)
    return Taken(documents=taken, reports=_forget_reports(root, [held.tombstone.url for held in taken]))


def finish(root: Path, held: Withheld) -> None:
    """Remove the files of a withheld document from where they are read; those that are gone already are no matter."""
    for path in held.files:
        remove(root, path)
    for path in held.media:
        if (root / path).exists():
            kept = root / WITHHELD / path
            kept.parent.mkdir(parents=True, exist_ok=True)
            (root / path).replace(kept)


def finish_all(root: Path, db: Database) -> None:
    """Remove what a takedown that died left of the files; what earlier releases left readable is so no more."""
    if (root / WITHHELD).exists():
        make_private(root)
    for tombstone in withheld.tombstones(db):
        finish(root, load_withheld(root, tombstone.document))


def _tombstone(db: Database, document: str, reason: str, now: datetime) -> Tombstone:
    (url,) = documents.urls(db, [document])
    return Tombstone(document=document, url=url, reason=reason, since=now)


def _take(
    root: Path, db: Database, tombstone: Tombstone, together: Sequence[str], *, promoted: str | None, only: bool
) -> Withheld:
    belongings = withheld.take_out(db, tombstone.document)
    digest = None if only else belongings.row["content_digest"]
    withheld.add(db, tombstone, belongings.urls, digest)
    return Withheld(
        tombstone=tombstone,
        together=tuple(together),
        promoted=promoted,
        content_digest=digest,
        belongings=belongings,
        site=sites.row(db, belongings.row["site"]),
        files=dict(_files(root, belongings.rows["versions"])),
        media=tuple(row["path"] for row in belongings.rows["media_files"]),
    )


def _files(root: Path, versions: Sequence[Row]) -> Iterator[tuple[str, bytes]]:
    """Yield the Markdown files of a document; one that is missing is none that could be read by anybody."""
    for path in filter(None, (version["path"] for version in versions)):
        if (root / path).exists():
            yield path, (root / path).read_bytes()


def _forget_reports(root: Path, urls: Sequence[str]) -> Sequence[str]:
    """Remove the reports that name a document: they show its title."""
    removed = []
    folder = root / REPORTS
    for file in sorted(folder.glob("*")) if not folder.is_symlink() else ():
        if file.is_file() and not file.is_symlink() and any(url.encode() in file.read_bytes() for url in urls):
            file.unlink()
            removed.append(str(file.relative_to(root)))
    return removed


def _promote(root: Path, db: Database, document_id: str, *, now: datetime) -> str | None:
    """Give the text of a document to the next one that says it, with a file of its own; return the id of that, None where there is none."""
    state = State(root, db)
    before = state.document(document_id)
    assert before is not None, "it is not withheld yet"
    if (promotion := promote(state, before)) is None:
        return None
    assert promotion.document.path is not None, "what is promoted has a file"
    write_all(root, {**held_files(promotion.document), promotion.document.path: promotion.markdown})
    record_promotion(db, promotion, MediaRules(), at=now)
    groups.settle(db, [promotion.document.id])
    return promotion.document.id


def remark(root: Path, action: str, tombstones: Iterable[Tombstone], *, now: datetime) -> str:
    """Write down that documents were withheld, or given back; return the WARC file."""
    name = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{TAKEDOWN}{secrets.token_hex(3)}"
    with WarcWriter(root, name, {"software": f"campus-archive/{__version__}"}) as warc:
        for tombstone in tombstones:
            fields = {"action": action, "document": tombstone.document, "reason": tombstone.reason}
            warc.remark(tombstone.url, now, fields)
        return warc.path
