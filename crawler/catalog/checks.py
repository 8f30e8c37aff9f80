"""When `scrapy verify` last looked at each object of the archive."""

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import to_text


def record(db: Database, found: Iterable[tuple[str, str | None]], *, now: datetime) -> None:
    """Write down that objects were looked at, each with the fault that was found or none."""
    db.conn.executemany(
        "INSERT INTO checks (object, checked, fault) VALUES (?, ?, ?) "
        "ON CONFLICT (object) DO UPDATE SET checked = excluded.checked, fault = excluded.fault",
        [(name, to_text(now), fault) for name, fault in found],
    )
