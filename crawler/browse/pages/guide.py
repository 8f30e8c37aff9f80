"""The help page: how to search, what the pages say, and how programs ask the same."""

from typing import Any

from crawler.browse.frame import rendered
from crawler.browse.results import COLUMNS, FORMATS
from crawler.catalog.queries.finding import MOST, RANKED


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the help page."""
    return await rendered(
        datasette, request, "help.html", {"columns": COLUMNS, "formats": FORMATS, "most": MOST, "ranked": RANKED}
    )
