"""Agreement: whether the titles and days of a site's articles are those that its lists said when they were visited."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

MOST = 20  # articles shown that do not agree
SHARES = """
SELECT site, sum(number), sum(iif(value LIKE '1_', number, 0)), sum(iif(value NOT LIKE '_-', number, 0)), sum(iif(value LIKE '_1', number, 0))
FROM tallies WHERE kind = 'agreement' AND number > 0 {of_site} GROUP BY site
"""
LATEST = """
SELECT title_agrees, day_agrees FROM documents
WHERE site = ? AND title_agrees IS NOT NULL ORDER BY archived DESC LIMIT ?
"""
DISAGREEING = f"""
SELECT documents.id, documents.title, substr(documents.published, 1, 10) AS day, links.title AS title_listed, links.shown AS day_listed
FROM documents JOIN links ON links.url = documents.url
WHERE documents.site = ? AND title_agrees IS NOT NULL AND (title_agrees = 0 OR day_agrees = 0)
ORDER BY archived DESC LIMIT {MOST}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of how many articles lists said a title or a day, and how many of those the pages say too."""

    titles: int = 0
    titles_agree: int = 0
    days: int = 0
    days_agree: int = 0


def shares(db: Database, site_key: str | None = None) -> dict[str, Agreement]:
    """Return the agreement of each site of which lists said anything, or of one of them, by key."""
    of_site, values = ("AND site = ?", [site_key]) if site_key is not None else ("", [])
    return {
        site: Agreement(titles=titles, titles_agree=equal, days=days, days_agree=same)
        for site, titles, equal, days, same in db.execute(SHARES.format(of_site=of_site), values)
    }


def latest(db: Database, site_key: str, limit: int) -> tuple[list[bool], list[bool]]:
    """Return of the last articles of a site whether title, and whether day agrees, the newest first."""
    rows = db.execute(LATEST, [site_key, limit]).fetchall()
    return [bool(title) for title, _ in rows], [bool(day) for _, day in rows if day is not None]


def disagreeing(db: Database, site_key: str) -> list[Mapping[str, Any]]:
    """Return the newest articles of a site that do not agree, with what the list said."""
    return list(db.query(DISAGREEING, [site_key]))
