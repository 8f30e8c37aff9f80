"""Counts that the pages of the reading room show and no page computes: kept by triggers, so that they are right whoever writes.

An article counts while it can be found: duplicates and withheld documents have no `search_row`, and count in none but `copies`.
"""

from collections import defaultdict
from enum import StrEnum

from sqlite_utils import Database


class Tally(StrEnum):
    """What is counted; the first five of each site as a whole (`value` is ''), the others of each value."""

    ARTICLES = "articles"
    COPIES = "copies"
    GONE = "gone"
    IMAGES = "images"
    ATTACHMENTS = "attachments"
    DAY = "day"  # 2026-05-03, '' for articles without a date
    MONTH = "month"  # 2026-05
    SECTION = "section"
    SOURCE = "source"


TABLE = """
-- How many articles there are of each kind: kept by triggers on documents. A number may have come down to 0.
CREATE TABLE tallies (
    kind TEXT NOT NULL,            -- articles, copies, gone, images, attachments; day, month, section, source
    site TEXT NOT NULL,            -- key
    value TEXT NOT NULL,           -- the day, month, section or source; '' of an article without one, and for the other kinds
    number INTEGER NOT NULL,
    PRIMARY KEY (kind, site, value)
) STRICT, WITHOUT ROWID;
"""
COUNTED = """
INSERT INTO tallies (kind, site, value, number)
SELECT kind, {row}.site, value, {sign} number FROM (
    SELECT 'articles' AS kind, '' AS value, 1 AS number, 1 AS found
    UNION ALL SELECT 'gone', '', 1, {row}.status = 'gone'
    UNION ALL SELECT 'images', '', {row}.images, {row}.images > 0
    UNION ALL SELECT 'attachments', '', {row}.attachments, {row}.attachments > 0
    UNION ALL SELECT 'day', coalesce(substr({row}.published, 1, 10), ''), 1, 1
    UNION ALL SELECT 'month', coalesce(substr({row}.published, 1, 7), ''), 1, 1
    UNION ALL SELECT 'section', coalesce({row}.section, ''), 1, 1
    UNION ALL SELECT 'source', coalesce({row}.source, ''), 1, 1
) WHERE found AND {row}.search_row IS NOT NULL
UNION ALL SELECT 'copies', {row}.site, '', {sign} 1 WHERE {row}.duplicate_of IS NOT NULL
ON CONFLICT (kind, site, value) DO UPDATE SET number = number + excluded.number;
"""
MORE, LESS = COUNTED.format(row="new", sign="+"), COUNTED.format(row="old", sign="-")
WATCHED = "site, status, published, section, source, images, attachments, search_row, duplicate_of"
TRIGGERS = f"""
CREATE TRIGGER documents_counted AFTER INSERT ON documents BEGIN {MORE} END;
CREATE TRIGGER documents_recounted AFTER UPDATE OF {WATCHED} ON documents BEGIN {LESS} {MORE} END;
CREATE TRIGGER documents_discounted AFTER DELETE ON documents BEGIN {LESS} END;
"""
REFILL = """
DELETE FROM tallies;
INSERT INTO tallies (kind, site, value, number)
SELECT 'articles', site, '', count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY site
UNION ALL SELECT 'copies', site, '', count(*) FROM documents WHERE duplicate_of IS NOT NULL GROUP BY site
UNION ALL SELECT 'gone', site, '', count(*) FROM documents WHERE search_row IS NOT NULL AND status = 'gone' GROUP BY site
UNION ALL SELECT 'images', site, '', sum(images) FROM documents WHERE search_row IS NOT NULL AND images > 0 GROUP BY site
UNION ALL SELECT 'attachments', site, '', sum(attachments) FROM documents WHERE search_row IS NOT NULL AND attachments > 0 GROUP BY site
UNION ALL SELECT 'day', site, coalesce(substr(published, 1, 10), ''), count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY 2, 3
UNION ALL SELECT 'month', site, coalesce(substr(published, 1, 7), ''), count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY 2, 3
UNION ALL SELECT 'section', site, coalesce(section, ''), count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY 2, 3
UNION ALL SELECT 'source', site, coalesce(source, ''), count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY 2, 3;
"""


def refill(db: Database) -> None:
    """Count everything anew."""
    db.executescript(REFILL)


def total(db: Database, kind: Tally) -> int:
    """Return a number of the whole archive."""
    (number,) = db.execute("SELECT coalesce(sum(number), 0) FROM tallies WHERE kind = ?", [kind]).fetchone()
    return int(number)


def by_site(db: Database, kind: Tally) -> dict[str, int]:
    """Return the number of each site that has any, by key."""
    sql = "SELECT site, sum(number) FROM tallies WHERE kind = ? GROUP BY site HAVING sum(number) > 0"
    return dict(db.execute(sql, [kind]).fetchall())


def of_site(db: Database, site: str, kind: Tally) -> dict[str, int]:
    """Return the number of each value of one site: its articles of each day, section, …; '' for those without."""
    sql = "SELECT value, number FROM tallies WHERE kind = ? AND site = ? AND number > 0"
    return dict(db.execute(sql, [kind, site]).fetchall())


def months(db: Database) -> dict[str, dict[str, int]]:
    """Return how many articles each site has of each month: {site: {2026-05: 12}}; those without a date are in none."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    sql = "SELECT site, value, number FROM tallies WHERE kind = ? AND value <> '' AND number > 0"
    for site, month, number in db.execute(sql, [Tally.MONTH]):
        counts[site][month] = number
    return dict(counts)


def most(db: Database, kind: Tally, *, limit: int) -> list[tuple[str, int]]:
    """Return the values with most articles in the whole archive, the largest first."""
    sql = """
        SELECT value, sum(number) FROM tallies WHERE kind = ? AND value <> ''
        GROUP BY value HAVING sum(number) > 0 ORDER BY 2 DESC, 1 LIMIT ?
    """
    return [(value, number) for value, number in db.execute(sql, [kind, limit])]
