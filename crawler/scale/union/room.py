"""The reading room over all shards: the pages of a room over one archive, each sent to the shard that has what it is asked for."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from datasette import NotFound, Response
from datasette.utils import tilde_decode
from scrapy.settings import BaseSettings

from crawler.browse import ReadingRoom
from crawler.browse.pages import ROUTES, Page, mementos
from crawler.clock import clock_of
from crawler.scale.database import sites
from crawler.scale.doors import machine_of
from crawler.scale.union.desk import UnionDesk
from crawler.scale.union.searching import UnionSearch
from crawler.scale.union.shelves import HeadShelf, Shelves
from crawler.urls import host_of

WHOLE = (
    "/$",
    "/search(\\.(?P<format>json))?$",
    "/search\\.(?P<format>csv|jsonl)$",
    "/help$",
    "/sites$",
)  # pages on all of it
LACKING = (
    "{path} is of one archive; this room is of several. Of all of them there are /search, /search.json, /search.csv and /search.jsonl "
    "(all hits, with=people,body) and /sites. For the rest: scrapy scale eject SHARD --to FOLDER, then scrapy browse of that folder."
)
NUMBERED = ("/article/", "/capture/", "/media/")  # what is one of its shard, and can be asked for by that
IN_SHARD = "^/shard/(?P<shard>[^/]+)"
Chooser = Callable[[UnionDesk, Any], Awaitable[list[str]]]  # the request -> the shards that may have it


@dataclass(frozen=True, slots=True)
class ShelfRoom:
    """What a page on one archive is given in the place of the room: the same, but for the archive it asks."""

    room: ReadingRoom
    shelf: HeadShelf
    collections: None = None

    async def render_template(self, template: str, values: Mapping[str, object], request: Any) -> Any:
        told = {**values, "within": self.shelf.within, "head": self.shelf.head}
        return await self.room.render_template(template, told, request=request)


@contextmanager
def union_room(settings: BaseSettings) -> Iterator[ReadingRoom]:
    """Give the room that SCALE_DATABASE and SCALE_STORE name. ScaleError, UnreachableError."""
    with machine_of(settings, clock_of(settings)) as machine:
        room = ReadingRoom.over((), routes(), is_frozen=False, sql=False)
        shelves = Shelves(machine)
        room.desk = UnionDesk(UnionSearch.open(machine), shelves)
        try:
            yield room
        finally:
            shelves.close()


def routes() -> list[tuple[str, Page]]:
    """Return the pages of the room; in the place of each page that it lacks one that says so."""
    found = [(pattern, page) for pattern, page in ROUTES if pattern.removeprefix("^") in WHOLE]
    for pattern, page in ROUTES:
        path = pattern.removeprefix("^")
        chooser = next((choose for start, choose in CHOOSERS.items() if path.startswith(start)), None)
        if chooser is not None:
            found.append((pattern, _sent(page, chooser)))
        if path.startswith(NUMBERED):
            found.append((f"{IN_SHARD}{path}", _sent(page, _named)))
    found.append((r"^/person/(?P<name>[^/]+)$", _by_person))
    served = {pattern for pattern, _ in found}
    # In parentheses: what the room offers is read from how patterns begin.
    lacking = [
        f"(?:{pattern})" for pattern, _ in ROUTES if pattern not in served and not pattern[1:].startswith(NUMBERED)
    ]
    return [*found, *((pattern, _lacking) for pattern in lacking)]


def _sent(page: Page, choose: Chooser) -> Page:
    """Return a page that asks the first shard that has what is asked for."""

    async def sent(datasette: Any, request: Any) -> Any:
        refused = NotFound("no shard has it")
        for shard in await choose(datasette.desk, request):
            shelf = await datasette.desk.shelves.of(shard)
            if shelf is not None:
                try:
                    return await page(ShelfRoom(datasette, shelf), request)
                except NotFound as error:
                    refused = error
        raise refused

    return sent


async def _with_article(desk: UnionDesk, request: Any) -> list[str]:
    desk.search.index.refresh()
    return await asyncio.to_thread(desk.search.index.shards_of, request.url_vars["id"])


async def _with_site(desk: UnionDesk, request: Any) -> list[str]:
    def ask(key: str) -> list[str]:
        with desk.search.machine.database.transaction() as db:
            return sites.shards_with_site(db, key)

    return await asyncio.to_thread(ask, unquote(request.url_vars["key"]))


async def _with_address(desk: UnionDesk, request: Any) -> list[str]:
    return await asyncio.to_thread(desk.shards_with_host, host_of(mementos.address_of(request)))


async def _named(_desk: UnionDesk, request: Any) -> list[str]:
    return [tilde_decode(request.url_vars["shard"])]


async def _lacking(datasette: Any, request: Any) -> Response:
    """Say that there is no such page, rather than show a part of what it would show."""
    raise NotFound(LACKING.format(path=request.path))


async def _by_person(datasette: Any, request: Any) -> Response:
    return Response.redirect(f"/search?{urlencode({'person': unquote(request.url_vars['name'])})}")


CHOOSERS: Mapping[str, Chooser] = {
    "/article/": _with_article,
    "/site/": _with_site,
    "/timemap/": _with_address,
    "/timegate/": _with_address,
}
