"""What an operator should look at: articles, media, lists and sites that are not as they should be, with the visits that show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.catalog.search import TRAITS

Row = Mapping[str, Any]
MOST = 50  # rows of each kind that are shown

# "+": not by that index, which holds every article, but by documents_suspect.
ARTICLES = f"""
SELECT documents.id, documents.title, documents.url, documents.site, sites.name AS university, documents.archived, characters, confidence,
    title_agrees, day_agrees, (SELECT max(visit) FROM versions WHERE versions.document = documents.id) AS visit
FROM documents JOIN sites ON sites.key = documents.site
WHERE +documents.search_row IS NOT NULL AND {TRAITS["suspect"]}
"""
MEDIA = """
SELECT media_links.site, sites.name AS university, outcome, reason, count(*) AS number, min(url) AS url, min(document) AS document
FROM media_links JOIN sites ON sites.key = media_links.site
WHERE sha256 IS NULL AND outcome IS NOT NULL GROUP BY media_links.site, outcome, reason ORDER BY number DESC
"""
LISTS = """
SELECT coverage.site, sites.name AS university, list, cause, missing, pages_read, pages_told,
    (SELECT max(id) FROM visits WHERE visits.url = list) AS visit
FROM coverage JOIN sites ON sites.key = coverage.site WHERE cause IS NOT NULL ORDER BY missing IS NULL DESC, missing DESC
"""
# By the days of publication, counted back from the last day that the archive has: a crawl that stopped makes no site sink.
APPEARED = """
SELECT site, sites.name AS university, sum(CASE WHEN value > :month THEN number ELSE 0 END) AS recent,
    round(sum(CASE WHEN value <= :month THEN number ELSE 0 END) * 30.0 / 335) AS usual
FROM tallies JOIN sites ON sites.key = site WHERE kind = 'day' AND value > :year AND value <= :last
GROUP BY site HAVING usual >= 4 AND recent < usual / 2 ORDER BY usual - recent DESC
"""
ALARMS = """
SELECT alarms.site, coalesce(sites.name, '') AS university, code, since, message
FROM alarms LEFT JOIN sites ON sites.key = alarms.site ORDER BY since DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspects:
    """What is to be looked at, the worst first, at most MOST of a kind; and how many there are."""

    alarms: Sequence[Row]
    articles: Sequence[Row]
    media: Sequence[Row]  # a row a site, outcome and reason
    lists: Sequence[Row]
    numbers: Mapping[str, int]


def suspects(db: Database) -> Suspects:
    """Return what does not look right in the archive as it is now."""
    found = {
        name: list(db.query(sql))
        for name, sql in (("articles", ARTICLES), ("media", MEDIA), ("lists", LISTS), ("alarms", ALARMS))
    }
    articles = sorted(found["articles"], key=_suspicion)
    return Suspects(
        alarms=found["alarms"][:MOST],
        articles=articles[:MOST],
        media=found["media"][:MOST],
        lists=found["lists"][:MOST],
        numbers={name: len(rows) for name, rows in found.items()},
    )


def falling(db: Database) -> Sequence[Row]:
    """Return the sites of whose last 30 days fewer than half as many articles are there as usual."""
    (last,) = db.execute("SELECT max(substr(started, 1, 10)) FROM runs").fetchone()
    if last is None:
        return []
    day = date.fromisoformat(last)
    days = {"last": last, "month": str(day - timedelta(days=30)), "year": str(day - timedelta(days=365))}
    return list(db.query(APPEARED, days))[:MOST]


def archived_a_day(db: Database, *, now: datetime, days: int = 30) -> float:
    """Return how many bytes a day media and pages of the last days came to: what fills a disk."""
    since = to_text(now - timedelta(days=days))
    (media,) = db.execute("SELECT coalesce(sum(size), 0) FROM media_files WHERE stored >= ?", [since]).fetchone()
    (pages,) = db.execute("SELECT coalesce(sum(size), 0) FROM visits WHERE fetched >= ?", [since]).fetchone()
    (first,) = db.execute("SELECT min(started) FROM runs").fetchone()
    age = (now - datetime.fromisoformat(first)).total_seconds() / 86_400 if first else 0
    return float(media + pages) / max(1.0, min(days, age))


def _suspicion(row: Row) -> tuple[bool, float, str]:
    return row["characters"] > 0, row["confidence"] if row["confidence"] is not None else 1.0, row["id"]
