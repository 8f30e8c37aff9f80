"""The one way in: every door (crawl, rebuild, import, extract) reads with `read` and stores with `store`.

    Capture -> read -> Reading            pure, in any process
    Visited -> store: evidence -> Markdown -> catalog, one transaction a group, from one thread at a time
    Fetched -> store_media: evidence -> file -> catalog -> Markdown, the same

`judging` decides what a group of visits comes to, `writing` does it. Nothing a committed row points to is ever missing: a crash leaves
at most evidence without a document, or a file without a row.
"""

from crawler.ingest.earlier import store_earlier
from crawler.ingest.media import Fetched, link_site, reopen_media, store_media
from crawler.ingest.releasing import release
from crawler.ingest.rereading import visited_again
from crawler.ingest.visited import Archive, Visited
from crawler.ingest.writing import amend, amend_read, store
from crawler.pages.reading import read

__all__ = [
    "Archive",
    "Fetched",
    "Visited",
    "amend",
    "amend_read",
    "link_site",
    "read",
    "release",
    "reopen_media",
    "store",
    "store_earlier",
    "store_media",
    "visited_again",
]
