"""The records of some documents, and what of the evidence is not given out: whatever leads to a withheld document."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sqlite_utils import Database

from crawler.catalog.queries import captures
from crawler.catalog.tables import media, withheld
from crawler.takedown.withheld import load_withheld
from crawler.warc import read_members, record_of


def copy_evidence(root: Path, db: Database, ids: Sequence[str], target: Path) -> None:
    """Write one WARC file with the records of these documents and their media, as they stand."""
    with target.open("wb") as file:
        for warc, offset in captures.of_export(db, ids):
            _copy_exchange(root / warc, offset, file)


def _copy_exchange(source: Path, offset: int, target: BinaryIO) -> None:
    """Append the record at an offset to a file, and the request that follows it if there is one."""
    with source.open("rb") as file:
        for member in islice(read_members(source, offset), 2):
            if member.damage is None and (member.offset == offset or record_of(member).kind == "request"):
                file.seek(member.offset)
                target.write(file.read(member.end - member.offset))


def hidden_urls(root: Path, db: Database) -> frozenset[str]:
    """Return the addresses under which evidence has what is withheld: pages, and media that no other document shows."""
    names = withheld.ids(db)
    shown = {str(row["url"]) for name in names for row in load_withheld(root, name).belongings.rows.get("media", ())}
    return frozenset(captures.hidden_urls(db)) | (shown - media.shown(db, shown))
