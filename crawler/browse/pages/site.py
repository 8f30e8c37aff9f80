"""One site: which days it has articles of, how its runs went, what its pages state, what stands in the way, what is missing."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import NotFound
from sqlite_utils import Database

from crawler.browse.frame import language_of, read, rendered
from crawler.browse.plots import bars
from crawler.catalog.queries import agreement
from crawler.catalog.queries import overview as tallies
from crawler.catalog.queries.agreement import Agreement
from crawler.catalog.queries.overview import TallyKind
from crawler.catalog.queries.sites import SitePage, site_page
from crawler.items import Outcome

FIELDS = ("date", "source", "people", "section", "pictures")
LISTS = 100  # shown, those that fall short first
SECTIONS = 30  # shown, the largest
Told = tuple[Agreement | None, list[Mapping[str, Any]]]  # shares, and the articles that do not agree
GAPS, SHORTEST_GAP = 8, 7  # shown; days
LEVELS = (1, 3, 6, 12)  # articles of a day from which its field is darker


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A field of the calendar."""

    day: date
    number: int
    level: int | None  # 0 for none, up to 4; None: the day is after the last crawl, and says nothing


async def overview(datasette: Any, request: Any) -> Any:
    """Answer with all universities and their sites."""
    return await rendered(
        datasette,
        request,
        "sites.html",
        {"universities": await datasette.desk.universities(), "heads": await datasette.desk.heads()},
    )


async def page(datasette: Any, request: Any) -> Any:
    """Answer with one site."""
    key = unquote(request.url_vars["key"])

    def ask(db: Database) -> tuple[SitePage | None, dict[str, int], dict[str, int], dict[str, int], Told]:
        numbers = {
            kind.value: tallies.of_site(db, key, kind).get("", 0)
            for kind in (TallyKind.ARTICLES, TallyKind.COPIES, TallyKind.GONE)
        }
        return (
            site_page(db, key),
            numbers,
            tallies.of_site(db, key, TallyKind.DAY),
            tallies.of_site(db, key, TallyKind.SECTION),
            (agreement.shares(db, key).get(key), agreement.disagreeing(db, key)),
        )

    found, numbers, days, sections, (agreeing, disagreeing) = await read(datasette, ask)
    if found is None:
        raise NotFound(f"{key}: no such site in this archive")
    dated = {date.fromisoformat(day): number for day, number in days.items() if day}
    years = sorted({day.year for day in dated}, reverse=True)
    last = _last_crawl(found, dated)
    year = _year(request.args.get("year"), years)
    largest = sorted((item for item in sections.items() if item[0]), key=lambda item: (-item[1], item[0]))[:SECTIONS]
    values = {
        "found": found,
        "site": found.site,
        "numbers": numbers,
        "years": years,
        "year": year,
        "undated": days.get("", 0),
        "calendar": calendar(dated, year, last=last) if year else [],
        "last": last,
        "gaps": [(first, until, (until - first).days + 1) for first, until in gaps(dated, last=last)] if dated else [],
        "sections": largest,
        "fill": [
            (field, (found.fill[field] or 0) / found.fill["articles"]) for field in FIELDS if found.fill["articles"]
        ],
        "agreement": agreeing,
        "disagreeing": disagreeing,
        "runs_plot": _runs_plot(request, found),
        "short": sum(row.cause is not None for row in found.lists),
        "most_lists": LISTS,
        "accepted": {url: gap["reason"] for url, gap in found.site["definition"].get("gaps", {}).items()},
        "outcomes": [outcome for outcome in Outcome if any(counts.get(outcome) for _, counts in found.runs)],
    }
    return await rendered(datasette, request, "site.html", values)


def calendar(days: Mapping[date, int], year: int, *, last: date) -> list[list[Day]]:
    """Return the days of a year, a list a month; those after the last crawl are no gaps."""
    return [
        [
            Day(
                day=day,
                number=days.get(day, 0),
                level=None if day > last else sum(days.get(day, 0) >= least for least in LEVELS),
            )
            for day in (date(year, month, number) for number in range(1, monthrange(year, month)[1] + 1))
        ]
        for month in range(1, 13)
    ]


def gaps(days: Mapping[date, int], *, last: date) -> list[tuple[date, date]]:
    """Return the longest times without an article, first and last day, up to the last crawl."""
    there = sorted({*days, last + timedelta(days=1)})
    found = [(one + timedelta(days=1), two - timedelta(days=1)) for one, two in pairwise(there)]
    longest = sorted(found, key=lambda gap: gap[0] - gap[1])
    return [gap for gap in longest if (gap[1] - gap[0]).days + 1 >= SHORTEST_GAP][:GAPS]


def _last_crawl(found: SitePage, dated: Mapping[date, int]) -> date:
    """Return the day on which the site was last visited; of one that no run of ours visited, that of its latest article."""
    latest = max(dated, default=date.min)
    return max(latest, date.fromisoformat(found.runs[-1][0][:10])) if found.runs else latest


def _year(asked: str | None, years: list[int]) -> int | None:
    """Return the year that is shown: the one asked for, else the last."""
    if asked and asked.isdigit() and int(asked) in years:
        return int(asked)
    return years[0] if years else None


def _runs_plot(request: Any, found: SitePage) -> str | None:
    if len(found.runs) < 2:
        return None
    language = language_of(request)
    series = {
        language.outcome(outcome): [counts.get(outcome, 0) for _, counts in found.runs]
        for outcome in Outcome
        if any(counts.get(outcome) for _, counts in found.runs)
    }
    return bars(language.gettext("Outcomes of its runs"), [started[:10] for started, _ in found.runs], series)
