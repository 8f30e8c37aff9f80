"""The first page: what is in the archive, what happened last, and where to go; and the help page."""

from typing import Any

from crawler.browse import plots
from crawler.browse.frame import language_of, read, rendered
from crawler.browse.language import Language
from crawler.browse.results import COLUMNS, FORMATS
from crawler.catalog.queries.finding import MOST, RANKED
from crawler.catalog.queries.overview import Overview, overview

CARDS = 60  # universities on the first page; the page of sites has all of them


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the first page."""
    held = await read(datasette, overview)
    values = {"held": held, "cards": held.sites[:CARDS], "plots": _plots(held, language_of(request))}
    return await rendered(datasette, request, "home.html", values)


async def guide(datasette: Any, request: Any) -> Any:
    """Answer with how to search, what the pages say, and how programs ask the same."""
    return await rendered(
        datasette, request, "help.html", {"columns": COLUMNS, "formats": FORMATS, "most": MOST, "ranked": RANKED}
    )


def _plots(held: Overview, language: Language) -> list[plots.Plot]:
    drawn = [plots.articles_by_month(held.sites, held.months, language)] if held.months else []
    if held.runs:
        drawn += [plots.runs(held.runs, language), plots.outcomes(held.runs[0], language)]
    return drawn
