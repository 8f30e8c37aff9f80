"""What spread from site to site: groups of copies, and articles of several universities that share a phrase."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from crawler.catalog.amended import overlaid, records
from crawler.catalog.tokens import query

Row = Mapping[str, Any]
LOOKED_AT = 300  # groups, the largest: those on several sites are picked from them
NEWEST = 5_000  # articles in whose titles phrases are looked for
LEAST = 3  # universities that have to share a phrase
MOST = 5_000  # articles that hold a phrase which are looked at
PHRASE = re.compile(
    r"[《“「『]([^《》“”「」『』]{4,20})[》”」』]"
)  # quoted in a title: a slogan, the name of a campaign or of a document

# An equal copy (duplicate) belongs to the group of the one it repeats.
LARGEST = f"""
SELECT first, sum(number) FROM (
    SELECT first, count(*) AS number FROM group_members GROUP BY first
    UNION ALL
    SELECT coalesce((SELECT first FROM group_members WHERE document = duplicate_of), duplicate_of), count(*)
    FROM documents WHERE duplicate_of IS NOT NULL GROUP BY duplicate_of
) GROUP BY first ORDER BY 2 DESC, 1 LIMIT {LOOKED_AT}
"""
MEMBERS = """
WITH members (id, first) AS (
    SELECT value, value FROM json_each(:firsts)
    UNION SELECT document, first FROM group_members WHERE first IN (SELECT value FROM json_each(:firsts))
)
SELECT documents.id, title, published, archived, site, coalesce(institutions.name, sites.name) AS university, members.first
FROM members JOIN shown_documents AS documents ON documents.id = members.id OR documents.duplicate_of = members.id JOIN sites ON sites.key = site
LEFT JOIN institutions ON domain = institution
"""
HOLDING = f"""
SELECT documents.id, documents.title, published, archived, site, coalesce(institutions.name, sites.name) AS university
FROM document_search JOIN documents ON search_row = document_search.rowid JOIN sites ON sites.key = site
LEFT JOIN institutions ON domain = institution
WHERE document_search MATCH ? LIMIT {MOST}
"""
TITLES = f"""
SELECT id, title, published, site, coalesce(institutions.name, sites.name) AS university FROM documents JOIN sites ON sites.key = site
LEFT JOIN institutions ON domain = institution
WHERE path IS NOT NULL AND published IS NOT NULL ORDER BY published DESC LIMIT {NEWEST}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Articles that belong together, by time: who published first, and who followed."""

    name: str  # the title of the first, or the phrase
    first: str  # id of the first article
    articles: list[Row]  # by publication time, else by when they were archived

    @property
    def universities(self) -> list[str]:
        """Return the names of the universities, in the order in which they came."""
        return list(dict.fromkeys(row["university"] for row in self.articles))


def groups(db: Database, *, limit: int = 50) -> list[Campaign]:
    """Return the largest groups of copies that stand on several sites, those on most sites first."""
    firsts = [first for first, _ in db.execute(LARGEST)]
    members: dict[str, list[Row]] = defaultdict(list)
    for row in overlaid(db, db.query(MEMBERS, {"firsts": json.dumps(firsts)})):
        members[row["first"]].append(row)
    campaigns = [_campaign(rows) for rows in members.values() if len({row["university"] for row in rows}) > 1]
    return sorted(campaigns, key=lambda one: (-len(one.universities), -len(one.articles), one.first))[:limit]


def group(db: Database, first: str) -> Campaign | None:
    """Return the group of copies of an article, None where it has none."""
    rows = overlaid(db, db.query(MEMBERS, {"firsts": json.dumps([first])}))
    return _campaign(rows) if len(rows) > 1 else None


def sharing(db: Database, words: str) -> Campaign | None:
    """Return the articles that hold every word of a phrase, None where there are none."""
    rows = list(records(db, HOLDING, [query(words)]))
    return _campaign(rows, name=words) if rows else None


def phrases(db: Database, *, limit: int = 30) -> list[Campaign]:
    """Return the phrases that titles of several universities quote, of the newest articles; those of most universities first."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in records(db, TITLES, ()):
        for phrase in set(PHRASE.findall(row["title"])):
            found[phrase].append(row)
    shared = [
        _campaign(rows, name=name) for name, rows in found.items() if len({row["university"] for row in rows}) >= LEAST
    ]
    return sorted(shared, key=lambda one: (-len(one.universities), -len(one.articles), one.name))[:limit]


def _campaign(rows: Sequence[Row], name: str | None = None) -> Campaign:
    ordered = sorted(rows, key=lambda row: (row["published"] or row.get("archived") or "", row["id"]))
    return Campaign(name=name or ordered[0]["title"], first=ordered[0]["id"], articles=ordered)
