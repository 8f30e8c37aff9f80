"""The search page: documents that hold some words, best first, with what narrows them down; the same for programs."""

import json
from functools import partial
from typing import Any

from sqlite_utils import Database

from crawler.browse.asked import PAGE_SIZE, Asked, understood
from crawler.browse.frame import Response, read, rendered
from crawler.browse.results import FORMATS
from crawler.catalog.queries.finding import Found, Order, find
from crawler.catalog.queries.search import words


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the hits of a query, as a page or as `/search.json`, `.csv`, `.atom`."""
    wanted = request.url_vars["format"]
    asked = understood(request.args, size=FORMATS[wanted].size if wanted else PAGE_SIZE)
    found, names = await read(datasette, partial(_answer, asked=asked))
    if wanted:
        return _for_program(wanted, asked, found, f"{request.scheme}://{request.host}")
    return await rendered(datasette, request, "search.html", _values(asked, found, names))


def _answer(db: Database, asked: Asked) -> tuple[Found, dict[str, str]]:
    found = find(db, asked.selection, order=asked.order, limit=asked.size, offset=asked.offset)
    return found, dict(db.execute("SELECT key, name FROM sites ORDER BY name").fetchall())


def _for_program(wanted: str, asked: Asked, found: Found, base: str) -> Any:
    kind = FORMATS[wanted]
    body = kind.write(asked, found, base)
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return Response(text, content_type=kind.content_type)


def _values(asked: Asked, found: Found, names: dict[str, str]) -> dict[str, object]:
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
