"""Campaigns: what spread from university to university, who published first and who followed."""

from typing import Any

from datasette.utils.asgi import NotFound

from crawler.browse.frame import language_of, read, rendered
from crawler.browse.plots import Plot, articles_by_week, timeline
from crawler.catalog.queries.campaigns import Campaign, group, groups, phrases, sharing


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the groups and phrases of several universities, or with the articles that share a phrase."""
    words = (request.args.get("q") or "").strip()

    if words:
        found = await read(datasette, lambda db: sharing(db, words))
        values = {
            "words": words,
            "campaign": found,
            "plot": timeline(found, words) if found else None,
            "weeks": _weeks(request, found),
        }
        return await rendered(datasette, request, "campaign.html", values)
    copied, shared = await read(datasette, lambda db: (groups(db), phrases(db)))
    return await rendered(datasette, request, "campaigns.html", {"groups": copied, "phrases": shared})


async def one(datasette: Any, request: Any) -> Any:
    """Answer with one group of copies."""
    found = await read(datasette, lambda db: group(db, request.url_vars["id"]))
    if found is None:
        raise NotFound("this article has no copies")
    values = {"words": "", "campaign": found, "plot": timeline(found, found.name), "weeks": _weeks(request, found)}
    return await rendered(datasette, request, "campaign.html", values)


def _weeks(request: Any, found: Campaign | None) -> Plot | None:
    return articles_by_week(found, language_of(request)) if found else None
