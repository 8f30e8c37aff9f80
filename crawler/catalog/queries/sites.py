"""Sites: what a page shows of one, asked so that no page scans a table, and all of them with what is known of each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlite_utils import Database

from crawler.catalog.queries import coverage, statistics
from crawler.catalog.tables.coverage import ListCoverage

LATEST = 2000  # articles by which the fields of a site are judged: a redesign shows soon, and old ones do not hide it
RUNS = 40  # the last runs of a site that are shown
MOST_MISSING = 50  # media that are missing
Row = Mapping[str, Any]

FILL = f"""
SELECT
    count(*) AS articles, count(published) AS date, count(source) AS source, count(section) AS section, sum(images > 0) AS pictures,
    sum(EXISTS (SELECT 1 FROM people WHERE people.document = latest.id)) AS people
FROM (
    SELECT id, published, source, section, images FROM documents
    WHERE site = ? AND path IS NOT NULL ORDER BY published DESC LIMIT {LATEST}
) AS latest
"""
WALLS = "SELECT outcome, reason, links, next_visit FROM site_walls WHERE site = ? ORDER BY links DESC"
MISSING = f"""
SELECT media_links.url, kind, outcome, reason, fetched, next_visit, document, documents.title
FROM media_links JOIN shown_documents AS documents ON documents.id = document
WHERE media_links.site = ? AND sha256 IS NULL AND outcome IS NOT NULL
ORDER BY fetched DESC LIMIT {MOST_MISSING}
"""
DAYS = """
SELECT key, (SELECT min(published) FROM documents WHERE site = key), (SELECT max(published) FROM documents WHERE site = key) FROM sites
"""
HISTORY = """
SELECT sites.key, sites.name, (
    SELECT family FROM shown_documents WHERE shown_documents.site = sites.key AND family IS NOT NULL ORDER BY family DESC LIMIT 1
), (
    SELECT started FROM runs WHERE EXISTS (SELECT 1 FROM visits WHERE visits.run = runs.run AND visits.site = sites.key) ORDER BY run DESC LIMIT 1
), site_states.state, site_states.walls
FROM sites JOIN site_states ON site_states.site = sites.key
ORDER BY sites.key
"""  # names of runs sort by time


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """What a page on one site shows, beside its tallies."""

    site: Row  # the row of sites, `definition` as a mapping
    fill: Row  # of the latest articles: how many there are, and how many of them state each field
    runs: list[
        tuple[str, Mapping[str, int]]
    ]  # (start, outcome -> visits) of the last runs that visited it, oldest first
    walls: list[Row]
    alarms: list[Row]
    lists: list[ListCoverage]  # those that fall short first
    drifts: list[Row]
    missing: list[Row]  # media, the last tried first
    missing_number: int


class SiteRow(NamedTuple):
    """What the catalog holds of one site."""

    name: str = ""
    family: str | None = None  # recognised in its pages
    documents: int = 0
    started: str | None = None  # its last run, ISO 8601, UTC
    state: str = "not visited"  # whether it let itself be read
    walls: str | None = None  # what stands in the way of its links: "robots 3, login 1"
    coverage: str = "-"  # what its lists come to: "5 lists, 1 short, about 26 articles missing"


def names(db: Database) -> dict[str, str]:
    """Return key -> name of every site a run ever used, by name."""
    return dict(db.execute("SELECT key, name FROM sites ORDER BY name").fetchall())


def hosts(db: Database) -> dict[str, str]:
    """Return key -> host of every site a run ever used."""
    return dict(db.execute("SELECT key, host FROM sites").fetchall())


def all_sites(db: Database) -> list[Row]:
    """Return every site, by name: key, name, host, family."""
    return list(db.query("SELECT key, name, host, family FROM sites ORDER BY name, key"))


def days(db: Database) -> dict[str, tuple[str, str]]:
    """Return the first and the last publication time of each site that has any, by key; two looks into an index each."""
    return {key: (first, last) for key, first, last in db.execute(DAYS) if first}


def history(db: Database) -> dict[str, SiteRow]:
    """Return what the catalog holds of each site, by key."""
    lists, held = coverage.coverage(db), statistics.documents(db)
    return {
        key: SiteRow(
            name=name,
            family=family,
            documents=sum(held.get(key, {}).values()),
            started=started,
            state=state,
            walls=walls,
            coverage=coverage.summary(lists.get(key, ())),
        )
        for key, name, family, started, state, walls in db.execute(HISTORY)
    }


def site_page(db: Database, key: str) -> SitePage | None:
    """Return what there is of a site, None for an unknown one."""
    rows = list(db.query("SELECT * FROM sites WHERE key = ?", [key]))
    if not rows:
        return None
    missing = "SELECT count(*) FROM media_links WHERE site = ? AND sha256 IS NULL AND outcome IS NOT NULL"
    return SitePage(
        site={**rows[0], "definition": json.loads(rows[0]["definition"])},
        fill=next(iter(db.query(FILL, [key]))),
        runs=_runs(db, key),
        walls=list(db.query(WALLS, [key])),
        alarms=list(db.query("SELECT code, since, message FROM alarms WHERE site = ? ORDER BY since", [key])),
        lists=coverage.of_site(db, key),
        drifts=list(
            db.query(
                "SELECT since, last, message, settled, how FROM drifts WHERE site = ? ORDER BY since DESC LIMIT 10",
                [key],
            )
        ),
        missing=list(db.query(MISSING, [key])),
        missing_number=db.execute(missing, [key]).fetchone()[0],
    )


def _runs(db: Database, key: str) -> list[tuple[str, Mapping[str, int]]]:
    found = []
    for started, counts in db.execute(
        "SELECT started, counts FROM runs WHERE finished IS NOT NULL ORDER BY started DESC LIMIT 400"
    ):
        outcomes = json.loads(counts).get(key)
        if outcomes:
            found.append((started, outcomes))
        if len(found) == RUNS:
            break
    return found[::-1]
