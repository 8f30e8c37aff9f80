"""The people that bylines name: who stands under what, in which role. One name may be several people."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

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
    for row in db.query(WORK, [name]):
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
    return db.execute(sql, {"role": role or "", "part": part, "limit": limit, "offset": offset}).fetchall()


def roles(db: Database, *, limit: int = 20) -> list[tuple[str, int]]:
    """Return the roles that stand under most articles."""
    return db.execute(ROLES, [limit]).fetchall()
