"""The search page: documents that hold some words, best first, with what narrows them down; the same for programs."""

import json
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from datasette import Response
from datasette.utils.asgi import AsgiStream
from sqlite_utils import Database

from crawler.browse.frame import base_of, language_of, read, rendered
from crawler.browse.holdings import Desk
from crawler.browse.language import Language
from crawler.browse.pages.citations import answer, cited
from crawler.browse.parameters import MOST_SIZE, SearchRequest, understood
from crawler.browse.results import FEED_SIZE, LINES, as_atom, as_json, refused
from crawler.catalog import search
from crawler.catalog.queries.finding import Order, SearchResult, find
from crawler.catalog.queries.hits import arrived
from crawler.catalog.search import Misunderstanding, days_of
from crawler.controls import visible
from crawler.export.citation import Citation

# Also as it is copied: without a scheme.
ADDRESS = re.compile(
    r"(?P<scheme>https?://)?(?P<host>(?(scheme)[^\s/]++|(?:[\w-]++\.)++[A-Za-z]{2,}(?::\d+)?))(?P<path>/\S*)?"
)


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the hits of a query, as a page or as `/search.json`."""
    is_json = request.url_vars["format"] is not None
    asked = understood(request.args)
    address = ADDRESS.fullmatch(asked.selection.words)
    there = await _place_of(datasette.desk, address) if address and address["path"] else None
    if there and not is_json:
        return Response.redirect(there)
    told = await datasette.desk.answer(asked)
    found = told.found
    if is_json:
        answered = as_json(asked, told, base_of(request)) | ({"address": base_of(request) + there} if there else {})
        body = visible(json.dumps(answered, ensure_ascii=False))
        return Response(body, content_type="application/json; charset=utf-8")
    language = language_of(request)
    shown = {
        "universities": [name for name in told.universities if name not in asked.selection.universities],
        "hosts": told.hosts,
        "heads": told.heads,
        "behind": told.behind,
        "facets": _facets_to_show(asked, found),
        "problem": partial(_problem, language),
        "is_address": address is not None and address["path"] is not None,
        "host": address["host"] if address and address["host"] in told.hosts.values() else None,
    }
    return await rendered(datasette, request, "search.html", _values(asked, found) | shown)


async def _place_of(desk: Desk, address: re.Match[str]) -> str | None:
    """Return where an address is shown, or the same without what a link that was passed on appends to it."""
    url = address[0] if address["scheme"] else f"http://{address[0]}"
    bare = url.partition("#")[0].partition("?")[0]
    return await desk.place_of(url) or (await desk.place_of(bare) if bare != url else None)


async def feed(datasette: Any, request: Any) -> Any:
    """Answer with the hits that came last, as `/search.atom`."""
    asked = understood(request.args, size=FEED_SIZE)
    hits, following = await read(
        datasette, lambda db: arrived(db, asked.selection, before=asked.before, limit=asked.size)
    )
    return Response(
        as_atom(asked, hits, following, base_of(request)), content_type="application/atom+xml; charset=utf-8"
    )


async def lines(datasette: Any, request: Any) -> Any:
    """Answer with all hits, the newest first, as `/search.csv` or `.jsonl`, written while they are read; with page or size, with those of it."""
    kind, asked = LINES[request.url_vars["format"]], understood(request.args, size=MOST_SIZE)
    if why := refused(asked):
        return Response.text(why, status=400)
    portions = datasette.desk.wholes(asked)
    # What cannot be answered is told before anything is written. No tuple as default: CPython takes one for the arguments of StopIteration.
    first = await anext(portions, None)

    async def write(out: Any) -> None:
        await out.write(kind.head(asked.extras))
        await out.write(kind.write(first or (), asked.extras, base_of(request)))
        async for hits in portions:
            await out.write(kind.write(hits, asked.extras, base_of(request)))

    return AsgiStream(write, content_type=kind.content_type)


async def references(datasette: Any, request: Any) -> Any:
    """Answer with the citations of the first hits, `size` of them, as `/search.bib` or `.ris`."""
    asked = understood(request.args, size=MOST_SIZE)
    if why := refused(asked):
        return Response.text(why, status=400)

    def ask(db: Database) -> Sequence[Citation]:
        found = find(db, asked.selection, order=asked.order, limit=asked.size, offset=asked.offset, facets=False)
        return cited(db, [hit.id for hit in found.hits], base_of(request))

    return answer(request.url_vars["format"], await read(datasette, ask), "search")


def _facets_to_show(asked: SearchRequest, found: SearchResult) -> dict[str, Sequence[tuple[str, int]]]:
    """Return the facets that part something: a host only where a university has several, one value only where it is chosen."""
    universities = asked.selection.universities or found.facets.get("university", ())
    several = len(found.facets.get("site", ())) > len(universities)
    chosen = {name for name, _ in asked.narrowed}
    return {
        name: values
        for name, values in found.facets.items()
        if name in chosen or (len(values) > 1 and (name != "site" or several))
    }


def _problem(language: Language, one: Misunderstanding) -> str:
    """Return what of the words was not understood, as a sentence."""
    _ = language.gettext
    sentences = {
        "field": _("Character %(at)s: “%(text)s” is no field; it was looked for as a word. There are: %(expected)s"),
        "value": _("Character %(at)s: “%(text)s” is not understood, and left out. There are: %(expected)s"),
        "date": _("Character %(at)s: “%(text)s” is no day, and left out. One is written like %(expected)s"),
        "operator": _("Character %(at)s: “%(text)s” joins nothing there, and is left out."),
        "parenthesis": _("Character %(at)s: the parenthesis “%(text)s” is not closed."),
    }
    return sentences[one.kind] % {"at": language.number(one.at + 1), "text": one.text, "expected": one.expected}


def _values(asked: SearchRequest, found: SearchResult) -> dict[str, object]:
    pages, said = -(-found.total // asked.size), search.asked(asked.selection.words)
    return {
        "asked": asked,
        "found": found,
        "nothing_in_it": bool(asked.selection.words) and said.is_empty and not said.problems,
        "several": len(said.marked) > 1,
        "is_time": days_of(asked.selection.words) is not None,
        "is_listing": not asked.selection.words,
        "last_page": pages,
        "earlier": asked.url(add=[("page", str(min(asked.page - 1, pages)))]) if asked.page > 1 else None,
        "later": asked.url(add=[("page", str(asked.page + 1))]) if asked.page < pages else None,
        "orders": list(Order),
    }
