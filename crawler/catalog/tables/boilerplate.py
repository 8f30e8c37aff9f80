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
    return of_all(db).get(site_key)


def of_all(db: Database) -> dict[str, Boilerplate]:
    """Return what was learnt, by the key of the site; nothing from a catalog of a release that did not learn."""
    if not db["boilerplate"].exists():
        return {}
    rows = db.execute("SELECT site, line, seen, pages FROM boilerplate ORDER BY site, seen DESC, line").fetchall()
    lines: dict[str, dict[str, int]] = {}
    for site, line, seen, _ in rows:
        lines.setdefault(site, {})[line] = seen
    pages = {site: number for site, _, _, number in rows}
    return {site: Boilerplate(pages=pages[site], lines=found) for site, found in lines.items()}
