"""People and sources: who wrote, photographed and edited what; 来源 by how often it is named."""

from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import NotFound

from crawler.browse.frame import read, rendered
from crawler.catalog.queries import overview
from crawler.catalog.queries.overview import TallyKind
from crawler.catalog.queries.people import names, person, roles

SOURCES = 300


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the names that stand under most articles."""
    role = request.args.get("role") or None

    found, all_roles = await read(datasette, lambda db: (names(db, role), roles(db)))
    return await rendered(datasette, request, "people.html", {"names": found, "roles": all_roles, "role": role})


async def one(datasette: Any, request: Any) -> Any:
    """Answer with what one name stands under."""
    name = unquote(request.url_vars["name"])

    found = await read(datasette, lambda db: person(db, name))
    if found is None:
        raise NotFound(f"{name}: nobody of that name is named in this archive")
    return await rendered(datasette, request, "person.html", {"person": found})


async def sources(datasette: Any, request: Any) -> Any:
    """Answer with the sources by the number of their articles."""
    found = await read(datasette, lambda db: overview.most(db, TallyKind.SOURCE, limit=SOURCES))
    return await rendered(datasette, request, "sources.html", {"sources": found})
