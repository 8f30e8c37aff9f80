"""The frontier: every link ever found, and which of them are due.

A link is due when its `next_visit` is past and this run has not visited it. It is handed out by role, then by how long
it has been due, then in the order found. Decides nothing: when to visit again is the caller's answer.
"""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.items import Link, Outcome, Role

# Smaller is visited first: what leads to articles, then articles, then older pages of a list, then guesses.
PRIORITIES = {
    role: n for n, role in enumerate((Role.SEED, Role.SECTION, Role.ARTICLE, Role.NEXT, Role.LIST, Role.OTHER))
}

# Most links of a page are known: they are sorted out before the insert, which is a fifth faster than by its conflict.
ADD = """
WITH given AS (
    SELECT json_extract(value, '$[0]') AS url, json_extract(value, '$[1]') AS fetch_url,
           json_extract(value, '$[2]') AS role, json_extract(value, '$[3]') AS priority,
           json_extract(value, '$[4]') AS title
    FROM json_each(:links)
)
INSERT INTO links (url, site, fetch_url, role, priority, title, found, found_on, next_visit)
SELECT url, :site, fetch_url, role, priority, title, :found, :found_on, :found FROM given
WHERE NOT EXISTS (SELECT 1 FROM links AS held WHERE held.url = given.url AND held.priority <= given.priority)
ON CONFLICT (url) DO UPDATE SET
    role = excluded.role, priority = excluded.priority, title = coalesce(excluded.title, title)
WHERE excluded.priority < links.priority
"""
DUE = """
SELECT url, fetch_url, role, title FROM links
WHERE site = :site AND priority = :priority AND next_visit <= :now AND last_run IS NOT :run
ORDER BY next_visit, seq LIMIT :limit
"""
VISITED = """
UPDATE links SET
    last_visit = :at, last_run = :run, last_outcome = :outcome, next_visit = :next_visit,
    failures = CASE WHEN :outcome = 'failed' THEN failures + 1 ELSE 0 END
WHERE url = :url
"""


def add(db: Database, site_key: str, links: Iterable[Link], *, found: datetime, found_on: str | None) -> int:
    """Insert the links not yet known, due at once; return how many. A known one keeps the better of its two roles."""
    rows = [(link.url, link.fetch_url, link.role, PRIORITIES[link.role], link.title) for link in links]
    if not rows:
        return 0
    before = _last_seq(db)
    parameters = {"site": site_key, "found": to_text(found), "found_on": found_on}
    db.execute(ADD, {**parameters, "links": json.dumps(rows)})
    return _last_seq(db) - before  # rows are never deleted, and only an insert takes a number


def due(db: Database, site_key: str, *, now: datetime, run: str, limit: int) -> list[Link]:
    """Return the next links to visit, best role first, at most `limit`.

    A link that was handed out stays due until `visited` is called: the caller leaves out what it is still fetching, and
    asks for so many more.
    """
    found: list[Link] = []
    for role, priority in PRIORITIES.items():  # one walk of the index each: the links not due are never read
        parameters = {"site": site_key, "priority": priority, "now": to_text(now), "run": run}
        rows = db.execute(DUE, {**parameters, "limit": limit - len(found)})
        found += [Link(url=url, fetch_url=fetch_url, role=role, title=title) for url, fetch_url, _, title in rows]
        if len(found) >= limit:
            break
    return found


def has_due(db: Database, site_key: str, *, now: datetime, run: str) -> bool:
    """Return whether `due` would find anything."""
    return bool(due(db, site_key, now=now, run=run, limit=1))


def reopen(db: Database, urls: Iterable[str], *, now: datetime, run: str) -> int:
    """Make these known links due now, but for those this run has visited; return how many."""
    cursor = db.execute(
        """
        UPDATE links SET next_visit = :now
        WHERE url IN (SELECT value FROM json_each(:urls)) AND last_run IS NOT :run
          AND (next_visit IS NULL OR next_visit > :now)
        """,
        {"now": to_text(now), "run": run, "urls": json.dumps(list(urls))},
    )
    return cursor.rowcount


def reopen_site(db: Database, site_key: str, *, now: datetime) -> int:
    """Make every link of a site due now (`-a full=1`); return how many were not."""
    cursor = db.execute(
        "UPDATE links SET next_visit = :now WHERE site = :site AND (next_visit IS NULL OR next_visit > :now)",
        {"site": site_key, "now": to_text(now)},
    )
    return cursor.rowcount


def visited(db: Database, url: str, *, run: str, at: datetime, outcome: Outcome, next_visit: datetime | None) -> None:
    """Write down a visit, and when the next is due: None for never. A URL that is no link is skipped."""
    due_again = to_text(next_visit) if next_visit else None
    db.execute(VISITED, {"url": url, "run": run, "at": to_text(at), "outcome": outcome, "next_visit": due_again})


def found_on(db: Database, url: str) -> str | None:
    """Return the canonical URL of the page a link was first found on, None for a seed."""
    row = db.execute("SELECT found_on FROM links WHERE url = ?", [url]).fetchone()
    return row[0] if row else None


def failures(db: Database, url: str) -> int:
    """Return how often in a row the visit of a link has failed."""
    row = db.execute("SELECT failures FROM links WHERE url = ?", [url]).fetchone()
    return int(row[0]) if row else 0


def _last_seq(db: Database) -> int:
    (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM links").fetchone()
    return int(last)
