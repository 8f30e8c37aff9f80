"""Mementos (RFC 7089): the states of an address that the archive keeps, by the time they were seen. What is withheld has none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import from_text

MOST = 10_000  # states of one address; a list that is read twice an hour has them in half a year
SCHEMES = ("http://", "https://")
# A page that was received, where it came byte for byte again once: those records hold no page. And a version that was imported: it has none.
OF_ADDRESS = """
SELECT min(fetched) AS at, id AS visit, NULL AS document, NULL AS version FROM visits
WHERE url IN (:one, :other) AND warc IS NOT NULL AND status BETWEEN 200 AND 299
AND (document IS NULL OR EXISTS (SELECT 1 FROM shown_documents WHERE id = visits.document)) AND url NOT IN (SELECT url FROM withheld)
GROUP BY coalesce(payload_digest, id)
UNION ALL
SELECT captured, NULL, versions.document, versions.version
FROM versions JOIN shown_documents ON shown_documents.id = versions.document LEFT JOIN visits ON visits.id = versions.visit
WHERE versions.document IN (SELECT id FROM documents WHERE url IN (:one, :other)) AND versions.path IS NOT NULL
AND (visits.id IS NULL OR visits.status IS NULL)
ORDER BY at, visit, version LIMIT :most
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memento:
    """One state: a capture, or a version without one."""

    at: datetime  # UTC
    visit: int | None
    document: str | None
    version: int | None


def mementos(db: Database, url: str) -> Sequence[Memento]:
    """Return the states of an address, the oldest first; http and https are one."""
    address = url.partition("#")[0]
    scheme = next((scheme for scheme in SCHEMES if address.startswith(scheme)), "")
    other = next(one for one in SCHEMES if one != scheme) + address.removeprefix(scheme)
    values = {"one": address, "other": other, "most": MOST}
    return [
        Memento(at=from_text(at), visit=visit, document=document, version=version)
        for at, visit, document, version in db.execute(OF_ADDRESS, values)
    ]


def closest(found: Sequence[Memento], at: datetime | None) -> Memento:
    """Return the state nearest to a time, the last one where none is asked for. There has to be one."""
    return min(found, key=lambda one: abs(one.at - at)) if at else found[-1]
