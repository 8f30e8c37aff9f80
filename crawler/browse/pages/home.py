"""The first page: what is in the archive, what happened last, and where to go."""

from typing import Any

from crawler.browse.frame import rendered


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the first page."""
    return await rendered(datasette, request, "home.html", {})
