"""The search page: documents that hold some words, best first, with what narrows them down."""

from typing import Any

from crawler.browse.frame import rendered


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the hits of a query."""
    return await rendered(datasette, request, "search.html", {})
