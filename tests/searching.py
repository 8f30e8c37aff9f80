"""Asking a catalog as the reading room does."""

from collections.abc import Sequence

from sqlite_utils import Database

from crawler.catalog.queries.finding import find
from crawler.catalog.queries.hits import Hit
from crawler.catalog.queries.selection import Selection


def hits(db: Database, text: str, *, limit: int = 20) -> Sequence[Hit]:
    """Return the documents that hold every word of a text, best first."""
    return find(db, Selection(words=text), limit=limit, facets=False).hits
