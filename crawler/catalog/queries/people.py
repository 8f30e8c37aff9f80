"""The people that bylines name: who stands under what, in which role. One name may be several people."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from crawler.catalog.amended import laid_over, records

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What one name stands under."""

    name: str
    roles: Mapping[str, int]
    years: Mapping[str, int]  # '' for articles without a date
    universities: Mapping[str, int]
    articles: list[Row]  # the newest first


MOST = 100  # articles of a person that are listed
WORK = """
SELECT documents.id, title, published, date_precision, role, coalesce(institutions.name, sites.name) AS university
FROM people JOIN documents ON documents.id = document JOIN sites ON sites.key = site
LEFT JOIN institutions ON domain = institution
WHERE people.name = ? AND path IS NOT NULL ORDER BY published DESC
"""
# From one role to the next: their names in between are not read.
ROLES = """
WITH RECURSIVE found (role) AS (
    SELECT min(role) FROM bylines WHERE role > ''
    UNION ALL SELECT (SELECT min(role) FROM bylines WHERE role > found.role) FROM found WHERE found.role IS NOT NULL
)
SELECT role, articles FROM found JOIN bylines USING (role) WHERE name = '' AND articles > 0 ORDER BY articles DESC, role LIMIT ?
"""


def person(db: Database, name: str) -> Person | None:
    """Return what a name stands under, None where it stands nowhere."""
    roles: dict[str, int] = defaultdict(int)
    years: dict[str, int] = defaultdict(int)
    universities: dict[str, int] = defaultdict(int)
    articles: dict[str, dict[str, Any]] = {}
    seen: set[str] = set()
    work = list(records(db, WORK, [name]))
    if laid_over(db):
        work.sort(key=lambda row: row["published"] or "", reverse=True)
    for row in work:
        roles[row["role"]] += 1
        if row["id"] not in seen:
            seen.add(row["id"])
            years[(row["published"] or "")[:4]] += 1
            universities[row["university"]] += 1
        if row["id"] in articles:
            articles[row["id"]]["roles"].append(row["role"])
        elif len(articles) < MOST:
            articles[row["id"]] = {**row, "roles": [row["role"]]}
    if not seen:
        return None
    return Person(name=name, roles=roles, years=years, universities=universities, articles=list(articles.values()))


def names(
    db: Database, role: str | None, part: str = "", *, limit: int = 200, offset: int = 0
) -> list[tuple[str, int]]:
    """Return the names that stand under most articles, of one role or of any, that hold a part."""
    sql = """
        SELECT name, articles FROM bylines WHERE role = :role AND name <> '' AND articles > 0 AND instr(name, :part)
        ORDER BY articles DESC, name LIMIT :limit OFFSET :offset
    """
    asked = {"role": role or "", "part": part}
    more = _corrected(db, role or "", part)
    if not more:
        return db.execute(sql, {**asked, "limit": limit, "offset": offset}).fetchall()
    there = dict(db.execute(sql, {**asked, "limit": offset + limit + len(more), "offset": 0}).fetchall()) | more
    ranked = sorted(there.items(), key=lambda one: (-one[1], one[0]))
    return [one for one in ranked if one[1] > 0][offset : offset + limit]


def _corrected(db: Database, role: str, part: str) -> dict[str, int]:
    """Return under how many articles the names stand of which corrections change the number."""
    laid = laid_over(db)
    told = (
        {name: more for (of, name), more in laid.bylines.items() if of == role and name and part in name}
        if laid
        else {}
    )
    sql = "SELECT coalesce(max(articles), 0) FROM bylines WHERE role = ? AND name = ?"
    return {name: db.execute(sql, [role, name]).fetchone()[0] + more for name, more in told.items()}


def roles(db: Database, *, limit: int = 20) -> list[tuple[str, int]]:
    """Return the roles that stand under most articles."""
    return db.execute(ROLES, [limit]).fetchall()
