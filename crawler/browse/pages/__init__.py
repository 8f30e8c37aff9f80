"""The pages of the reading room, one module each: an async `page(datasette, request)` asks the catalog and fills a template.

To add one: write the module and its template (it extends `base.html`), and give it a line in ROUTES.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from crawler.browse.pages import (
    article,
    campaigns,
    capture,
    citations,
    collection,
    comparison,
    home,
    kept,
    mementos,
    operator,
    people,
    search,
    site,
    words,
)

Page = Callable[[Any, Any], Awaitable[Any]]  # (datasette, request) -> Response

# Regular expressions over the path; named groups are in `request.url_vars`. They come before Datasette's own.
ROUTES: tuple[tuple[str, Page], ...] = (
    (r"^/$", home.page),
    (r"^/search(\.(?P<format>json))?$", search.page),
    (r"^/search\.(?P<format>csv|jsonl)$", search.lines),
    (r"^/search\.(?P<format>bib|ris)$", search.references),
    (r"^/search\.atom$", search.feed),
    (r"^/help$", home.guide),
    (r"^/article/(?P<id>[0-9a-f]{32})$", article.page),
    (r"^/article/(?P<id>[0-9a-f]{32})\.md$", article.download),
    (r"^/article/(?P<id>[0-9a-f]{32})/versions/(?P<version>-?\d{1,6})$", article.version),
    (r"^/article/(?P<id>[0-9a-f]{32})/compare/(?P<before>-?\d{1,6})/(?P<after>-?\d{1,6})$", comparison.page),
    (r"^/article/(?P<id>[0-9a-f]{32})/beside/(?P<other>[0-9a-f]{32})$", comparison.articles),
    (r"^/article/(?P<id>[0-9a-f]{32})/cite\.(?P<format>bib|ris|json|txt)$", citations.page),
    (r"^/collection$", collection.page),
    (r"^/collection\.(?P<format>bib|ris|json|txt)$", collection.references),
    (r"^/collection\.jsonl$", collection.lines),
    (r"^/collection\.(?P<format>zip|epub)$", collection.package),
    (r"^/collections$", kept.overview),
    (r"^/collections/(?P<id>[0-9a-f]{16})(\.(?P<format>json))?$", kept.page),
    (r"^/timemap/link/(?P<url>.+)$", mementos.times),
    (r"^/timegate/(?P<url>.+)$", mementos.gate),
    (r"^/capture/(?P<visit>\d{1,15})$", capture.page),
    (r"^/capture/(?P<visit>\d{1,15})/page$", capture.raw),
    (r"^/media/(?P<path>[0-9a-f]{2}/[0-9a-f]{64}\.[a-z0-9]{1,8})$", article.file),
    (r"^/words(\.(?P<format>csv))?$", words.page),
    (r"^/runs$", operator.runs),
    (r"^/look$", operator.look),
    (r"^/sites$", site.overview),
    (r"^/site/(?P<key>[^/]+)$", site.page),
    (r"^/people$", people.page),
    (r"^/person/(?P<name>[^/]+)$", people.one),
    (r"^/sources$", people.sources),
    (r"^/campaigns$", campaigns.page),
    (r"^/campaign/(?P<id>[0-9a-f]{32})$", campaigns.one),
)
