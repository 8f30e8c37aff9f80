"""The boilerplate learnt from each site: which lines, seen on how many of its pages."""

from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.items import Boilerplate


def replace(db: Database, site_key: str, learnt: Boilerplate, *, now: datetime) -> None:
    """Put what was learnt from a site in the place of what was known before."""
    db.execute("DELETE FROM boilerplate WHERE site = ?", [site_key])
    db.conn.executemany(
        "INSERT INTO boilerplate (site, line, seen, pages, learnt) VALUES (?, ?, ?, ?, ?)",
        [(site_key, line, seen, learnt.pages, to_text(now)) for line, seen in learnt.lines.items()],
    )


def of_site(db: Database, site_key: str) -> Boilerplate | None:
    """Return what was learnt from a site, most frequent lines first; None if nothing was."""
    rows = db.execute("SELECT line, seen, pages FROM boilerplate WHERE site = ? ORDER BY seen DESC, line", [site_key])
    found = rows.fetchall()
    return Boilerplate(pages=found[0][2], lines={line: seen for line, seen, _ in found}) if found else None
