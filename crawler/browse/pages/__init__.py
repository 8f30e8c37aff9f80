"""The pages of the reading room, one module each: an async `page(datasette, request)` asks the catalog and fills a template.

To add one: write the module and its template (it extends `base.html`), and give it a line in ROUTES.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from crawler.browse.pages import guide, home, search

Page = Callable[[Any, Any], Awaitable[Any]]  # (datasette, request) -> Response

# Regular expressions over the path; named groups are in `request.url_vars`. They come before Datasette's own.
ROUTES: tuple[tuple[str, Page], ...] = (
    (r"^/$", home.page),
    (r"^/search(\.(?P<format>json|csv|atom))?$", search.page),
    (r"^/help$", guide.page),
)
