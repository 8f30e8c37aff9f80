"""The states of an address that the archive keeps: all of them (TimeMap), and the one of a time (TimeGate)."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import Response

from crawler.browse.frame import base_of, read
from crawler.browse.memento import LINKS, QUERY, headers, place, time_map, wanted
from crawler.catalog.queries.mementos import Memento, closest, mementos

SCHEME = re.compile(r"^(https?):/+")  # some proxies make one slash of two


async def times(datasette: Any, request: Any) -> Any:
    """Answer with all states, as links."""
    url, found = await _find(datasette, request)
    if not found:
        return _unknown(url)
    return Response(time_map(base_of(request), url, found, datasette.shelf.within), content_type=LINKS)


async def gate(datasette: Any, request: Any) -> Any:
    """Answer with the way to the state that was seen nearest to the time of Accept-Datetime, the last one without it."""
    try:
        at = wanted(request.headers.get("accept-datetime"))
    except (ValueError, OverflowError):
        return Response.text("Accept-Datetime: no time as RFC 7089 has it: Thu, 31 May 2007 20:35:00 GMT", status=400)
    url, found = await _find(datasette, request)
    if not found:
        return _unknown(url)
    base = base_of(request)
    there = {"location": place(base, closest(found, at), datasette.shelf.within), "vary": "Accept-Datetime"}
    return Response("", status=302, headers={**there, **headers(base, url, None)})


async def _find(datasette: Any, request: Any) -> tuple[str, Sequence[Memento]]:
    """Return the address that a path ends with, and its states."""
    url = address_of(request)
    return url, await read(datasette, lambda db: mementos(db, url))


def address_of(request: Any) -> str:
    """Return the address that a path ends with."""
    named = request.url_vars["url"]
    url = SCHEME.sub(r"\1://", named.replace(QUERY, "?") if "/" in named else unquote(named))
    if request.query_string:
        url = f"{url}?{request.query_string}"
    return url


def _unknown(url: str) -> Response:
    """Return that there is no state; Datasette's own answer would lead to the address without its last slash, which is another one."""
    return Response.text(f"{url}: no state of this address is in this archive\n", status=404)
