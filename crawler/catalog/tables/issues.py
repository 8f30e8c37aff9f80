"""The issues: warnings and errors of a run, each tied to a site or a URL where there is one."""

from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import to_text


def add(  # noqa: PLR0913 - the columns of an issue
    db: Database,
    run: str | None,
    site: str | None,
    url: str | None,
    level: str,
    code: str,
    message: str,
    at: datetime,
) -> int:
    """Insert an issue (level info, warning or error); return its id."""
    cursor = db.execute(
        "INSERT INTO issues (at, run, site, url, level, code, message) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [to_text(at), run, site, url, level, code, message],
    )
    return int(cursor.lastrowid or 0)
