"""Coverage, read: the facts that a list is judged by, and what the lists of each site came to."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from crawler.catalog.moment import from_text
from crawler.catalog.tables import documents
from crawler.catalog.tables.coverage import ListCoverage
from crawler.items import Obstacle, Role
from crawler.policies.revisit import ANSWERS

PAGES = """
SELECT first.url, first.role, first.title, links.url, links.role, list_pages.outcome, list_pages.reason, articles_told, pages_told,
    obstacles, elsewhere, articles, emptied, links.found_on, CASE list_pages.outcome WHEN 'not_article' THEN (
        SELECT links_found FROM visits WHERE visits.url = links.url ORDER BY fetched DESC LIMIT 1
    ) END
FROM list_pages JOIN links AS first ON first.seq = list JOIN links ON links.seq = page
WHERE list_pages.site = ? ORDER BY list, page = list DESC, page
"""
NAMED = f"""
WITH named AS (
    SELECT DISTINCT list, link FROM list_pages CROSS JOIN list_rows ON list_rows.page = list_pages.page WHERE site = ?
)
SELECT first.url, iif(
    documents.id IS NOT NULL OR links.last_outcome IN ({", ".join(f"'{outcome}'" for outcome in sorted(ANSWERS))}), 'archived',
    iif(links.last_outcome = 'listed' AND (
        SELECT final_url FROM visits WHERE visits.url = links.url ORDER BY fetched DESC LIMIT 1
    ) IS NULL, 'leading', coalesce(links.last_reason, links.last_outcome, 'waiting'))
) AS state, count(*)
FROM named JOIN links ON links.seq = link JOIN links AS first ON first.seq = list LEFT JOIN documents ON documents.url = links.url
WHERE links.role = 'article' OR documents.id IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2
"""
# States of rows that are no loss. One that the server sends to a list ("listed") is not there either.
NO_LOSS = ("archived", "leading", "listed")
# The articles a page shows, as a few numbers: two pages that have the same show the same ones.
SHOWN = """
SELECT links.url, count(*), min(link), max(link), sum(link)
FROM list_pages JOIN links ON links.seq = page JOIN list_rows USING (page) JOIN links AS rows ON rows.seq = link
WHERE list_pages.site = ? AND rows.role = 'article' GROUP BY page
"""
LEFT_OUT = """
SELECT first.url, count(*)
FROM links JOIN links AS shown ON shown.url = links.found_on JOIN list_pages ON list_pages.page = shown.seq
JOIN links AS first ON first.seq = list_pages.list
WHERE links.site = ? AND links.role = 'next' AND links.last_run IS NULL AND links.next_visit IS NULL GROUP BY 1
"""
TRIED = """
SELECT url, coalesce(last_reason, last_outcome) FROM links WHERE site = ? AND last_outcome IS NOT NULL AND url <> ? ORDER BY seq LIMIT 8
"""
EMPTY = """
SELECT url FROM shown_documents AS documents WHERE site = ? AND status = 'live' AND characters = 0 AND images + attachments + videos = 0
ORDER BY archived, url LIMIT 20
"""
MEDIA = "SELECT outcome, count(*) FROM media_links WHERE run = ? AND site = ? AND outcome <> 'skipped' GROUP BY 1"
COVERAGE = """
SELECT site, list, role, articles_told, pages_told, pages_read, articles_named, articles_archived, not_archived, elsewhere, missing, cause
FROM coverage {where} ORDER BY site, cause IS NULL, list
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """What one page of a list said when it was last read."""

    url: str
    role: Role
    outcome: str
    reason: str | None = None
    articles_told: int | None = None
    pages_told: int | None = None
    obstacles: tuple[Obstacle, ...] = ()
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    articles: int = 0  # links to articles when it last showed some
    emptied: datetime | None = None
    found_on: str | None = None  # the page that named it first
    links: int | None = None  # of a page that shows no article
    shown: tuple[int, ...] | None = None  # the same for two pages that show the same articles


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFacts:
    """What is known of a list."""

    url: str  # of its first page
    role: Role
    pages: tuple[ListPage, ...]  # visited, the first one first
    title: str | None = None  # what a menu calls it
    archived: int = 0  # of the articles that its pages named …
    not_archived: Mapping[str, int] = field(default_factory=dict)  # … and reason -> those that are not
    leading: int = 0  # rows of its pages that lead to a list, or by a page of their own to their article
    left_out: int = 0  # further pages that no run asks for

    @property
    def named(self) -> int:
        return self.archived + sum(self.not_archived.values())


def lists(db: Database, site_key: str) -> list[ListFacts]:
    """Return what is known of each list of a site, in the order they were found."""
    named: dict[str, dict[str, int]] = {}
    for url, state, number in db.execute(NAMED, [site_key]):
        named.setdefault(url, {})[state] = number
    left_out = dict(db.execute(LEFT_OUT, [site_key]).fetchall())
    shown = {url: tuple(numbers) for url, *numbers in db.execute(SHOWN, [site_key])}
    found = []
    for (url, role, title), rows in groupby(db.execute(PAGES, [site_key]).fetchall(), key=lambda row: row[:3]):
        states = {state: number for state, number in named.get(url, {}).items() if state not in NO_LOSS}
        found.append(
            ListFacts(
                url=url,
                role=Role(role),
                title=title,
                pages=tuple(_page(row[3:], shown.get(row[3])) for row in rows),
                archived=named.get(url, {}).get("archived", 0),
                not_archived=states,
                leading=named.get(url, {}).get("leading", 0),
                left_out=left_out.get(url, 0),
            )
        )
    return found


def tried(db: Database, site_key: str, seed: str) -> list[tuple[str, str]]:
    """Return where a list was looked for, and how each visit ended."""
    return db.execute(TRIED, [site_key, seed]).fetchall()


def empty_documents(db: Database, site_key: str) -> list[str]:
    """Return the addresses of documents with no character, picture, file or film, the first of them."""
    return [url for (url,) in db.execute(EMPTY, [site_key])]


def media_tried(db: Database, run: str, site_key: str) -> dict[str, int]:
    """Return outcome -> addresses of media of a site that a run asked for."""
    return dict(db.execute(MEDIA, [run, site_key]).fetchall())


def seed_documents(db: Database, site_key: str) -> tuple[int, list[str]]:
    """Return how many documents a site has, and those of them that its file or -a url= named."""
    query = """
        SELECT documents.url FROM links CROSS JOIN documents USING (url)
        WHERE links.site = :site AND documents.site = :site AND role = 'seed' ORDER BY 1
    """
    return documents.count(db, site_key), [url for (url,) in db.execute(query, {"site": site_key})]


def coverage(db: Database) -> dict[str, list[ListCoverage]]:
    """Return the coverage of each site, lists of which something is missing first; nothing of a catalog of a release that kept none."""
    if not db["coverage"].exists():
        return {}
    found: dict[str, list[ListCoverage]] = {}
    for site, *row in db.execute(COVERAGE.format(where="")):
        found.setdefault(site, []).append(_coverage(row))
    return found


def of_site(db: Database, site_key: str) -> list[ListCoverage]:
    """Return the coverage of one site, as `coverage` does."""
    return [_coverage(row) for _, *row in db.execute(COVERAGE.format(where="WHERE site = ?"), [site_key])]


def summary(rows: Iterable[ListCoverage]) -> str:
    """Return in a few words what the lists of a site come to, "-" where none is known."""
    found = sums(rows)
    if not found["lists"]:
        return "-"
    short = f", {found['short']} short" if found["short"] else ""
    missing = f", about {found['missing']} articles missing" if found["missing"] else ""
    return f"{found['lists']} lists{short}{missing}"


def sums(rows: Iterable[ListCoverage]) -> dict[str, int]:
    """Return what the lists of a site come to: how many there are, the articles they tell, those that fall short, the articles missing."""
    given = list(rows)
    return {
        "lists": len(given),
        "told": sum(one.articles_told or 0 for one in given),
        "short": sum(one.cause is not None for one in given),
        "missing": sum(one.missing or 0 for one in given),
    }


def _page(row: Sequence[Any], shown: tuple[int, ...] | None) -> ListPage:
    url, role, outcome, reason, articles_told, pages_told, obstacles, elsewhere, articles, emptied, found_on, links = (
        row
    )
    return ListPage(
        url=url,
        role=Role(role),
        outcome=outcome,
        reason=reason,
        articles_told=articles_told,
        pages_told=pages_told,
        obstacles=tuple(map(Obstacle, json.loads(obstacles))),
        elsewhere=json.loads(elsewhere),
        articles=articles,
        emptied=from_text(emptied) if emptied else None,
        found_on=found_on,
        links=links,
        shown=shown,
    )


def _coverage(row: Sequence[Any]) -> ListCoverage:
    names = (column.name for column in fields(ListCoverage))
    told = dict(zip(names, row, strict=True))
    told |= {name: json.loads(told[name]) for name in ("not_archived", "elsewhere")}
    return ListCoverage(**{**told, "role": Role(told["role"])})
