"""The records of some documents, and what of the evidence is not given out: whatever leads to a withheld document."""

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sqlite_utils import Database

from crawler.takedown.withheld import load_withheld
from crawler.warc import read_members, record_of

EVIDENCE = """
SELECT DISTINCT warc, warc_offset FROM visits
WHERE document IN (SELECT value FROM json_each(:ids)) AND warc IS NOT NULL AND status IS NOT NULL
UNION
SELECT warc, warc_offset FROM media_links WHERE warc IS NOT NULL AND media_links.sha256 IN (
    SELECT shown.sha256 FROM media_links AS shown JOIN media USING (url) WHERE media.document IN (SELECT value FROM json_each(:ids))
)
ORDER BY 1, 2
"""
HIDDEN = """
SELECT url FROM withheld UNION SELECT url FROM withheld_urls
UNION SELECT url FROM visits WHERE reason = 'withheld'
UNION SELECT final_url FROM visits WHERE reason = 'withheld' AND final_url IS NOT NULL
"""


def copy_evidence(root: Path, db: Database, ids: Sequence[str], target: Path) -> None:
    """Write one WARC file with the records of these documents and their media, as they stand."""
    with target.open("wb") as file:
        for warc, offset in db.execute(EVIDENCE, {"ids": json.dumps(ids)}).fetchall():
            _copy_exchange(root / warc, offset, file)


def _copy_exchange(source: Path, offset: int, target: BinaryIO) -> None:
    """Append the record at an offset to a file, and the request that follows it if there is one."""
    with source.open("rb") as file:
        for member in islice(read_members(source, offset), 2):
            if member.damage is None and (member.offset == offset or record_of(member).kind == "request"):
                file.seek(member.offset)
                target.write(file.read(member.end - member.offset))


def is_anything_withheld(db: Database) -> bool:
    """Return whether there are captures that must not leave the archive."""
    return db.execute("SELECT 1 FROM withheld LIMIT 1").fetchone() is not None


def hidden_urls(root: Path, db: Database) -> frozenset[str]:
    """Return the addresses under which evidence has what is withheld: pages, and media that no other document shows."""
    names = [name for (name,) in db.execute("SELECT document FROM withheld")]
    media = {str(row["url"]) for name in names for row in load_withheld(root, name).belongings.rows.get("media", ())}
    return frozenset(url for (url,) in db.execute(HIDDEN)) | (media - _shown(db, media))


def _shown(db: Database, urls: Iterable[str]) -> set[str]:
    query = "SELECT url FROM media WHERE url IN (SELECT value FROM json_each(?))"
    return {url for (url,) in db.execute(query, [json.dumps(list(urls))])}
