"""Words over time: in how many articles of each month they stand, university by university, beside how many articles there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from crawler.catalog.queries import overview
from crawler.catalog.queries.selection import Selection, wherever
from crawler.catalog.queries.universities import Affiliation, places

COUNTS = """
SELECT substr(published, 1, 7), site, count(*) FROM documents
WHERE search_row IS NOT NULL AND published IS NOT NULL AND {condition} GROUP BY 1, 2
"""
Months = Mapping[str, Mapping[str, int]]  # university -> month (2026-05) -> articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """How often something is written about."""

    found: Months  # articles that hold the words; those without a date are in none
    articles: Months  # all articles

    @property
    def months(self) -> list[str]:
        """Every month from the first article with the words to the last one."""
        there = sorted({month for counts in self.found.values() for month in counts})
        return list(months_between(there[0], there[-1])) if there else []

    @property
    def universities(self) -> list[str]:
        """Those that have any, with most of them first."""
        return sorted(self.found, key=lambda name: (-sum(self.found[name].values()), name))

    def share(self, month: str, university: str | None = None) -> float | None:
        """Return the share of a month's articles that hold the words, of one university or of all; None where there are no articles."""
        names = [university] if university else list(self.articles)
        number = sum(self.articles.get(name, {}).get(month, 0) for name in names)
        return sum(self.found.get(name, {}).get(month, 0) for name in names) / number if number else None


def frequency(db: Database, selection: Selection) -> Frequency:
    """Return how often the words of a selection stand in the articles of each month, of all universities that it asks for."""
    where = places(db)
    of_site = {key: place.university for key, place in where.items()}
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for catalog, condition, values in wherever(db, selection):
        for month, site, number in catalog.execute(COUNTS.format(condition=condition), values):
            found[of_site[site]][month] += number
    articles: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for site, counts in overview.months(db).items():
        if _is_asked(selection, site, where[site]):
            for month, number in counts.items():
                articles[of_site[site]][month] += number
    return Frequency(found=found, articles=articles)


def _is_asked(selection: Selection, site: str, place: Affiliation) -> bool:
    """Return whether the articles of a site are among those of which a share is told."""
    asked: tuple[tuple[Sequence[str], set[str | None]], ...] = (
        (selection.sites, {site}),
        (selection.universities, {place.university, place.domain}),
        (selection.provinces, {place.province}),
        (selection.levels, {place.level}),
    )
    return all(not wanted or not has.isdisjoint(wanted) for wanted, has in asked)


def months_between(first: str, last: str) -> list[str]:
    """Return every month between two, both included."""
    start, end = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, end + 1)]
