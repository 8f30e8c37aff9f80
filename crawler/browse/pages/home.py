"""The first page: what is in the archive, what happened last, and where to go."""

from typing import Any

from crawler.browse import plots
from crawler.browse.frame import language_of, read, rendered
from crawler.browse.language import Language
from crawler.catalog.queries.standing import Standing, standing

CARDS = 60  # universities on the first page; the page of sites has all of them


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the first page."""
    held = await read(datasette, standing)
    values = {"held": held, "cards": held.sites[:CARDS], "plots": _plots(held, language_of(request))}
    return await rendered(datasette, request, "home.html", values)


def _plots(held: Standing, language: Language) -> list[plots.Plot]:
    drawn = [plots.articles_by_month(held.sites, held.months, language)] if held.months else []
    if held.runs:
        drawn += [plots.runs(held.runs, language), plots.outcomes(held.runs[0], language)]
    return drawn
