"""The checks: when `scrapy verify` last looked at each file, and what it found."""

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import to_text

RECORD = """
INSERT INTO checks (object, checked, fault) VALUES (?, ?, ?)
ON CONFLICT (object) DO UPDATE SET checked = excluded.checked,
    fault = CASE WHEN checks.checked = excluded.checked THEN coalesce(checks.fault, excluded.fault) ELSE excluded.fault END
"""


def record(db: Database, looked: Iterable[tuple[str, str | None]], *, now: datetime) -> None:
    """Write down that files were looked at, and the code of the fault found; of several in one audit the first one stays."""
    at = to_text(now)
    with db.atomic():
        db.conn.executemany(RECORD, [(path, at, fault) for path, fault in looked])


def forget(db: Database, *, before: datetime) -> None:
    """Drop the files that an audit of everything did not meet: they are no more, and no row names them."""
    with db.atomic():
        db.execute("DELETE FROM checks WHERE checked < ?", [to_text(before)])
