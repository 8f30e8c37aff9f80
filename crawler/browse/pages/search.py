"""The search page: documents that hold some words, best first, with what narrows them down; the same for programs."""

import json
from functools import partial
from typing import Any

from datasette import Response
from sqlite_utils import Database

from crawler.browse.frame import read, rendered
from crawler.browse.parameters import PAGE_SIZE, SearchRequest, understood
from crawler.browse.results import FORMATS
from crawler.catalog.queries import sites
from crawler.catalog.queries.finding import Order, SearchResult, find
from crawler.catalog.tokens import words
from crawler.controls import visible


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the hits of a query, as a page or as `/search.json`, `.csv`, `.atom`."""
    wanted = request.url_vars["format"]
    asked = understood(request.args, size=FORMATS[wanted].size if wanted else PAGE_SIZE)
    found, names = await read(datasette, partial(_answer, asked=asked))
    if wanted:
        return _for_program(wanted, asked, found, f"{request.scheme}://{request.host}")
    return await rendered(datasette, request, "search.html", _values(asked, found, names))


def _answer(db: Database, asked: SearchRequest) -> tuple[SearchResult, dict[str, str]]:
    found = find(db, asked.selection, order=asked.order, limit=asked.size, offset=asked.offset)
    return found, sites.names(db)


def _for_program(wanted: str, asked: SearchRequest, found: SearchResult, base: str) -> Any:
    kind = FORMATS[wanted]
    body = kind.write(asked, found, base)
    text = body if isinstance(body, str) else visible(json.dumps(body, ensure_ascii=False))
    return Response(text, content_type=kind.content_type)


def _values(asked: SearchRequest, found: SearchResult, names: dict[str, str]) -> dict[str, object]:
    pages = -(-found.total // asked.size)
    return {
        "asked": asked,
        "found": found,
        "names": names,
        "nothing_in_it": bool(asked.selection.words) and not words(asked.selection.words),
        "several": len(words(asked.selection.words)) > 1,
        "is_listing": not asked.selection.words,
        "last_page": pages,
        "earlier": asked.url(add=[("page", str(min(asked.page - 1, pages)))]) if asked.page > 1 else None,
        "later": asked.url(add=[("page", str(asked.page + 1))]) if asked.page < pages else None,
        "orders": list(Order),
    }
