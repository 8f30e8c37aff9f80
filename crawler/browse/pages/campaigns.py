"""Campaigns: what spread from university to university, who published first and who followed."""

from typing import Any

from datasette.utils.asgi import NotFound
from sqlite_utils import Database

from crawler.browse.charts import timeline
from crawler.browse.frame import read, rendered
from crawler.catalog.queries.campaigns import Campaign, group, groups, phrases, sharing


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the groups and phrases of several universities, or with the articles that share a phrase."""
    words = (request.args.get("q") or "").strip()

    def search(db: Database) -> Campaign | None:
        return sharing(db, words)

    def ask(db: Database) -> tuple[list[Campaign], list[Campaign]]:
        return groups(db), phrases(db)

    if words:
        found = await read(datasette, search)
        values = {"words": words, "campaign": found, "plot": timeline(found, words) if found else None}
        return await rendered(datasette, request, "campaign.html", values)
    copied, shared = await read(datasette, ask)
    return await rendered(datasette, request, "campaigns.html", {"groups": copied, "phrases": shared})


async def one(datasette: Any, request: Any) -> Any:
    """Answer with one group of copies."""

    def ask(db: Database) -> Campaign | None:
        return group(db, request.url_vars["id"])

    found = await read(datasette, ask)
    if found is None:
        raise NotFound("this article has no copies")
    values = {"words": "", "campaign": found, "plot": timeline(found, found.name)}
    return await rendered(datasette, request, "campaign.html", values)
