"""What the catalog holds of one site: asked so that no page scans a table."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

LATEST = 2000  # articles by which the fields of a site are judged: a redesign shows soon, and old ones do not hide it
RUNS = 40  # the last runs of a site that are shown
SHOWN = 50  # media that are missing
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
WALLS = """
SELECT last_outcome AS outcome, last_reason AS reason, count(*) AS links, min(next_visit) AS next_visit FROM links
WHERE site = ? AND (last_outcome IN ('refused', 'failed') OR last_reason = 'soft_404') GROUP BY 1, 2 ORDER BY 3 DESC
"""
MISSING = f"""
SELECT media_links.url, kind, outcome, reason, fetched, next_visit, document, documents.title
FROM media_links JOIN documents ON documents.id = document
WHERE media_links.site = ? AND sha256 IS NULL AND outcome IS NOT NULL AND document NOT IN (SELECT document FROM withheld)
ORDER BY fetched DESC LIMIT {SHOWN}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHoldings:
    """What a page on one site shows, beside its tallies."""

    site: Row  # the row of sites, `definition` as a mapping
    fill: Row  # of the latest articles: how many there are, and how many of them state each field
    runs: list[
        tuple[str, Mapping[str, int]]
    ]  # (start, outcome -> visits) of the last runs that visited it, oldest first
    walls: list[Row]
    alarms: list[Row]
    drifts: list[Row]
    missing: list[Row]  # media, the last tried first
    missing_number: int


def site_holdings(db: Database, key: str) -> SiteHoldings | None:
    """Return what there is of a site, None for an unknown one."""
    rows = list(db.query("SELECT * FROM sites WHERE key = ?", [key]))
    if not rows:
        return None
    missing = "SELECT count(*) FROM media_links WHERE site = ? AND sha256 IS NULL AND outcome IS NOT NULL"
    return SiteHoldings(
        site={**rows[0], "definition": json.loads(rows[0]["definition"])},
        fill=next(iter(db.query(FILL, [key]))),
        runs=_runs(db, key),
        walls=list(db.query(WALLS, [key])),
        alarms=list(db.query("SELECT code, since, message FROM alarms WHERE site = ? ORDER BY since", [key])),
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
