"""What our catalog needs from Datasette: the search box cuts words as the index does."""

import sqlite3

from datasette import hookimpl

from crawler.catalog.search import query


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]  # after Datasette's own function of that name, to take its place
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Make `escape_fts`, through which Datasette passes every `?_search=`, our query."""
    conn.create_function("escape_fts", 1, query, deterministic=True)
