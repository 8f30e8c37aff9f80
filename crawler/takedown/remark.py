"""The evidence of a takedown: a metadata record in a WARC file of its own."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from crawler import __version__
from crawler.archive import WarcWriter
from crawler.catalog.tables.withheld import Tombstone
from crawler.warc import TAKEDOWN


def remark(root: Path, action: str, tombstones: Iterable[Tombstone], *, now: datetime) -> str:
    """Write down that documents were withheld, or given back; return the WARC file."""
    name = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{TAKEDOWN}{secrets.token_hex(3)}"
    with WarcWriter(root, name, {"software": f"campus-archive/{__version__}"}) as warc:
        for tombstone in tombstones:
            fields = {"action": action, "document": tombstone.document, "reason": tombstone.reason}
            warc.remark(tombstone.url, now, fields)
        return warc.path
