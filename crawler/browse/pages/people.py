"""People and sources: who wrote, photographed and edited what; 来源 by how often it is named."""

from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import NotFound
from sqlite_utils import Database

from crawler.browse.frame import read, rendered
from crawler.catalog.queries import tallies
from crawler.catalog.queries.people import Person, names, person, roles
from crawler.catalog.queries.tallies import Tally

SOURCES = 300


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the names that stand under most articles."""
    role = request.args.get("role") or None

    def ask(db: Database) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
        return names(db, role), roles(db)

    found, all_roles = await read(datasette, ask)
    return await rendered(datasette, request, "people.html", {"names": found, "roles": all_roles, "role": role})


async def one(datasette: Any, request: Any) -> Any:
    """Answer with what one name stands under."""
    name = unquote(request.url_vars["name"])

    def ask(db: Database) -> Person | None:
        return person(db, name)

    found = await read(datasette, ask)
    if found is None:
        raise NotFound(f"{name}: nobody of that name is named in this archive")
    return await rendered(datasette, request, "person.html", {"person": found})


async def sources(datasette: Any, request: Any) -> Any:
    """Answer with the sources by the number of their articles."""

    def ask(db: Database) -> list[tuple[str, int]]:
        return tallies.most(db, Tally.SOURCE, limit=SOURCES)

    return await rendered(datasette, request, "sources.html", {"sources": await read(datasette, ask)})
