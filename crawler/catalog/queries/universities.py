"""The universities whose sites are here: all hosts of one stand under it, with its province and level.

A site of none the register knows stands alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlite_utils import Database

from crawler.catalog.amended import laid_over
from crawler.catalog.queries import overview
from crawler.catalog.queries.overview import SiteSummary, TallyKind

PLACES = """
SELECT key, coalesce(institutions.name, sites.name), domain, province, level
FROM sites LEFT JOIN institutions ON domain = institution
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class University:
    """One university with its sites, those with most articles first."""

    name: str
    domain: str | None  # None: the register knows none, and it is one site
    province: str | None
    level: str | None
    sites: Sequence[SiteSummary]
    gone: int = 0  # articles that are no longer on their site

    @property
    def articles(self) -> int:
        return sum(site.articles for site in self.sites)

    @property
    def earliest(self) -> str | None:
        return min((site.earliest for site in self.sites if site.earliest), default=None)

    @property
    def latest(self) -> str | None:
        return max((site.latest for site in self.sites if site.latest), default=None)


class Affiliation(NamedTuple):
    """What the register says of the host of a site."""

    university: str
    domain: str | None
    province: str | None
    level: str | None


def places(db: Database) -> dict[str, Affiliation]:
    """Return where each site belongs, by key."""
    laid = laid_over(db)
    found = [*db.execute(PLACES), *(laid.db.execute(PLACES) if laid else ())]
    return {key: Affiliation(*place) for key, *place in found}


def universities(db: Database) -> list[University]:
    """Return every university, those with most articles first."""
    where = places(db)
    gone = overview.by_site(db, TallyKind.GONE)
    held: dict[str, list[SiteSummary]] = {}
    for site in overview.site_summaries(db):
        held.setdefault(_key(where[site.key]), []).append(site)
    found = []
    for sites in held.values():
        name, domain, province, level = where[sites[0].key]
        number = sum(gone.get(site.key, 0) for site in sites)
        found.append(
            University(name=name, domain=domain, province=province, level=level, sites=tuple(sites), gone=number)
        )
    return sorted(found, key=lambda one: (-one.articles, one.name))


def _key(place: Affiliation) -> str:
    """Return what the sites of a university have in common: its domain, else their name."""
    return place.domain or f" {place.university}"
