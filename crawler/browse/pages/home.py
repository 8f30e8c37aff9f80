"""The first page: what is in the archive, what happened last, and where to go; and the help page."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from crawler.browse import plots
from crawler.browse.frame import language_of, rendered
from crawler.browse.results import COLUMNS
from crawler.catalog.queries.finding import MOST, RANKED
from crawler.catalog.queries.frequency import Months

EXAMPLE = "(就业 OR 招聘) -讲座"
ROWS = 40  # universities on the first page; the page of sites has all of them


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the first page."""
    held, there = await datasette.desk.overview(), await datasette.desk.universities()
    language, of_site = language_of(request), {site.key: one.name for one in there for site in one.sites}
    years = sorted({month[:4] for counts in held.months.values() for month in counts}, reverse=True)
    year = request.args.get("year") if request.args.get("year") in years else None
    values = {
        "held": held,
        "universities": there[:ROWS],
        "number": len(there),
        "years": years,
        "year": year,
        "plot": plots.articles_by_month(_by_university(held.months, of_site), language, year=year) if years else None,
    }
    return await rendered(datasette, request, "home.html", values)


def _by_university(months: Months, of_site: Mapping[str, str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for site, counts in months.items():
        for month, number in counts.items():
            found[of_site[site]][month] += number
    return found


async def guide(datasette: Any, request: Any) -> Any:
    """Answer with how to search, what the pages say, and how programs ask the same."""
    base = f"{request.scheme}://{request.host}"
    lines = urlencode({"q": EXAMPLE, "with": "people,body"})
    values = {
        "columns": COLUMNS,
        "most": MOST,
        "ranked": RANKED,
        "example": EXAMPLE,
        "curl": f"curl -G --data-urlencode 'q={EXAMPLE}' -d year=2026 -d with=people,body {base}/search.csv",
        "pandas": f'pandas.read_json("{base}/search.jsonl?{lines}", lines=True)',
    }
    return await rendered(datasette, request, "help.html", values)
