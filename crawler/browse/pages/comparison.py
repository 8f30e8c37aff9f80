"""Two texts side by side: versions of an article, an imported one too, or an article and another one, as a copy of it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from datasette.utils.asgi import NotFound

from crawler.archive import body_of
from crawler.browse.frame import rendered
from crawler.browse.pages.article import find, sides
from crawler.catalog.queries.articles import DocumentDetails
from crawler.dedup.changes import difference
from crawler.dedup.digest import plain


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the titles and texts of two versions, what only one has marked."""
    found = await find(datasette, request)
    if not isinstance(found, DocumentDetails):
        return found
    before, after = (_held(found, int(request.url_vars[side])) for side in ("before", "after"))
    texts = [await _text(datasette, row) for row in (before, after)]
    values = {
        "document": found.document,
        "before": before,
        "after": after,
        "titles": sides(difference(before["title"], after["title"])),
        "texts": sides(await asyncio.to_thread(difference, *texts)),
        "is_equal": texts[0] == texts[1] and before["title"] == after["title"],
    }
    return await rendered(datasette, request, "compare.html", values)


async def articles(datasette: Any, request: Any) -> Any:
    """Answer with the titles and texts of two articles, what only one has marked."""
    both = [await find(datasette, request, request.url_vars[side]) for side in ("id", "other")]
    if refused := next((one for one in both if not isinstance(one, DocumentDetails)), None):
        return refused
    before, after = (one.document for one in both)
    texts = [await _text(datasette, {"path": row["path"] or row["first_path"]}) for row in (before, after)]
    values = {
        "document": before,
        "other": after,
        "titles": sides(difference(before["title"], after["title"])),
        "texts": sides(await asyncio.to_thread(difference, *texts)),
        "is_equal": texts[0] == texts[1] and before["title"] == after["title"],
    }
    return await rendered(datasette, request, "compare.html", values)


def _held(found: DocumentDetails, number: int) -> Mapping[str, Any]:
    held = next((row for row in found.versions if row["version"] == number and row["path"]), None)
    if held is None:
        raise NotFound(f"version {number}: this article has none of that number")
    return held


async def _text(datasette: Any, row: Mapping[str, Any]) -> str:
    try:
        return plain(body_of((await datasette.shelf.file(row["path"])).read_bytes()))
    except (OSError, ValueError):
        raise NotFound(f"{row['path']}: cannot be read; scrapy verify tells why") from None
