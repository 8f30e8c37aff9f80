"""Campaigns: what spread from university to university, who published first and who followed."""

from typing import Any

from datasette.utils.asgi import NotFound

from crawler.browse.frame import read, rendered
from crawler.browse.plots import timeline
from crawler.catalog.queries.campaigns import group, groups, phrases, sharing


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the groups and phrases of several universities, or with the articles that share a phrase."""
    words = (request.args.get("q") or "").strip()

    if words:
        found = await read(datasette, lambda db: sharing(db, words))
        values = {"words": words, "campaign": found, "plot": timeline(found, words) if found else None}
        return await rendered(datasette, request, "campaign.html", values)
    copied, shared = await read(datasette, lambda db: (groups(db), phrases(db)))
    return await rendered(datasette, request, "campaigns.html", {"groups": copied, "phrases": shared})


async def one(datasette: Any, request: Any) -> Any:
    """Answer with one group of copies."""
    found = await read(datasette, lambda db: group(db, request.url_vars["id"]))
    if found is None:
        raise NotFound("this article has no copies")
    values = {"words": "", "campaign": found, "plot": timeline(found, found.name)}
    return await rendered(datasette, request, "campaign.html", values)
