"""Coverage: what the pages of lists tell and name, page by page, and what a list comes to, beside what was archived of it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.items import Link, ListFigures, Outcome, Reason, Role, Visit

PLACE = """
SELECT links.seq, links.fetch_url, list_pages.list, list_pages.pages_told
FROM links LEFT JOIN links AS shown ON shown.url = links.found_on LEFT JOIN list_pages ON list_pages.page = shown.seq
WHERE links.url = ?
"""
RECORD_PAGE = """
INSERT INTO list_pages (page, list, site, outcome, reason, articles_told, pages_told, obstacles, elsewhere, articles)
VALUES (:page, :list, :site, :outcome, :reason, :articles_told, :pages_told, :obstacles, :elsewhere, :articles)
ON CONFLICT (page) DO UPDATE SET
    outcome = excluded.outcome, reason = excluded.reason, articles_told = excluded.articles_told, pages_told = excluded.pages_told,
    obstacles = excluded.obstacles, elsewhere = excluded.elsewhere,
    articles = iif(excluded.articles > 0, excluded.articles, list_pages.articles),
    emptied = iif(excluded.articles > 0 OR list_pages.articles = 0, NULL, coalesce(emptied, :at))
"""
RECORD_ROWS = """
INSERT OR IGNORE INTO list_rows (page, link, shown)
SELECT :page, links.seq, json_extract(value, '$[1]') FROM json_each(:rows) JOIN links ON links.url = json_extract(value, '$[0]')
"""
UNREAD = "UPDATE list_pages SET outcome = ?, reason = ? WHERE page = (SELECT seq FROM links WHERE url = ?)"
RECORD = """
INSERT INTO coverage VALUES (
    :site, :list, :role, :articles_told, :pages_told, :pages_read, :articles_named, :articles_archived, :not_archived, :elsewhere,
    :missing, :cause, :at, :run
)
ON CONFLICT (site, list) DO UPDATE SET
    role = excluded.role, articles_told = excluded.articles_told, pages_told = excluded.pages_told, pages_read = excluded.pages_read,
    articles_named = excluded.articles_named, articles_archived = excluded.articles_archived, not_archived = excluded.not_archived,
    elsewhere = excluded.elsewhere, missing = excluded.missing, cause = excluded.cause, at = excluded.at, run = excluded.run
WHERE (articles_told, pages_told, pages_read, articles_named, articles_archived, not_archived, elsewhere, missing, cause)
  IS NOT (excluded.articles_told, excluded.pages_told, excluded.pages_read, excluded.articles_named, excluded.articles_archived,
    excluded.not_archived, excluded.elsewhere, excluded.missing, excluded.cause)
"""
MAY_BE_ARTICLES = (Role.ARTICLE, Role.OTHER)  # where no family is known, a row without a date is a link like any other


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCoverage:
    """What a list has, as far as it tells, and what was found of it."""

    list: str  # canonical URL of its first page
    role: Role
    articles_told: int | None = None
    pages_told: int | None = None
    pages_read: int = 0
    articles_named: int = 0
    articles_archived: int = 0
    not_archived: Mapping[str, int] = field(default_factory=dict)  # reason -> articles
    elsewhere: Mapping[str, int] = field(default_factory=dict)  # host outside of the site -> rows
    missing: int | None = 0  # articles; None: some, nobody knows how many
    cause: str | None = None  # a Cause or a Reason; None where nothing is missing


def record_page(db: Database, visit: Visit, figures: ListFigures | None) -> None:
    """Keep what a page that is, or should be, one of a list tells and names. What it named before it still names."""
    place = db.execute(PLACE, [visit.url]).fetchone()
    if place is None:
        return
    page, fetch_url, before, pages = place
    told = figures or ListFigures()
    is_further = (told.page or 1) > 1 and told.pages == pages  # it says so itself, whatever led to it
    continues = visit.role is Role.NEXT or "#" in fetch_url or is_further  # what fills a list is of that list
    values = {
        "page": page,
        "list": before if continues and before is not None else page,
        "site": visit.site,
        "outcome": visit.outcome,
        "reason": visit.reason,
        "articles_told": told.articles,
        "pages_told": told.pages,
        "obstacles": json.dumps(told.obstacles),
        "elsewhere": _as_json(told.elsewhere),
        "articles": sum(link.role is Role.ARTICLE for link in visit.links),
        "at": to_text(visit.fetched),
    }
    db.execute(RECORD_PAGE, values)
    db.execute(RECORD_ROWS, {"page": page, "rows": json.dumps([*map(_row, _rows(visit.links))])})


def record_unread(db: Database, url: str, outcome: Outcome, reason: Reason | None) -> None:
    """Write down how the visit of a list page ended that brought no page: a refusal, or that nothing has changed."""
    db.execute(UNREAD, [outcome, reason, url])


def is_page(db: Database, url: str) -> bool:
    """Return whether a URL is that of a page of a list."""
    query = "SELECT 1 FROM list_pages WHERE page = (SELECT seq FROM links WHERE url = ?)"
    return db.execute(query, [url]).fetchone() is not None


def replace_coverage(db: Database, site_key: str, found: Iterable[ListCoverage], *, run: str, now: datetime) -> None:
    """Put what a site comes to in the place of what it came to before; a list of which nothing changed keeps its time."""
    rows = [
        {
            **asdict(one),
            "not_archived": _as_json(one.not_archived),
            "elsewhere": _as_json(one.elsewhere),
            "site": site_key,
            "run": run,
            "at": to_text(now),
        }
        for one in found
    ]
    lists = json.dumps([row["list"] for row in rows])
    db.execute(
        "DELETE FROM coverage WHERE site = ? AND list NOT IN (SELECT value FROM json_each(?))", [site_key, lists]
    )
    for row in rows:
        db.execute(RECORD, row)


def _rows(links: Iterable[Link]) -> list[Link]:
    return [link for link in links if link.role in MAY_BE_ARTICLES]


def _row(link: Link) -> tuple[str, str | None]:
    return link.url, link.shown.isoformat() if link.shown else None


def _as_json(numbers: Mapping[str, int]) -> str:
    return json.dumps(dict(sorted(numbers.items())), ensure_ascii=False)
