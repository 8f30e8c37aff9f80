"""The plain texts of searchable documents, and the index of their words."""

import json
from collections.abc import Iterable

from sqlite_utils import Database

from crawler.catalog.tokens import bigrams

AT_ONCE = 500  # texts in memory while the whole index is made again
# FTS5 drops a row of a table without content only if it is given the same tokens again (sqlite.org/fts5.html, 4.4.2).
UNINDEX = "INSERT INTO document_search (document_search, rowid, title, names, body) VALUES ('delete', ?, ?, ?, ?)"
INDEX = "INSERT INTO document_search (rowid, title, names, body) VALUES (?, ?, ?, ?)"
# Rows of `texts` only grow, and are indexed in that order: what is new stands above the last one indexed.
NOT_INDEXED = """
SELECT row, title, names, body FROM texts
WHERE row > (SELECT coalesce(max(id), 0) FROM document_search_docsize) ORDER BY row
"""


def keep(db: Database, document_id: str, *, title: str, names: str, body: str) -> int:
    """Keep the plain text of a document, to be indexed; return its row. An equal text keeps its row."""
    held = _held(db, document_id)
    if held and held[1:] == (title, names, body):
        return held[0]
    if held:
        forget(db, document_id)
    row = (document_id, title, names, body)
    cursor = db.execute("INSERT INTO texts (document, title, names, body) VALUES (?, ?, ?, ?)", row)
    return int(cursor.lastrowid or 0)


def forget(db: Database, document_id: str) -> None:
    """Take a document out of the index, and its text out of the catalog."""
    index(db)  # a text kept in this group is not in the index yet: only what is there can be taken out
    if held := _held(db, document_id):
        row, *text = held
        db.execute(UNINDEX, [row, *map(bigrams, text)])
        db.execute("DELETE FROM texts WHERE row = ?", [row])


def put(db: Database, row: int, document_id: str, *, title: str, names: str, body: str) -> None:
    """Keep a text in the row it had before it was forgotten, and index it."""
    index(db)  # what waits to be indexed stands above the last row that is
    db.execute("INSERT INTO texts VALUES (?, ?, ?, ?, ?)", [row, document_id, title, names, body])
    db.execute(INDEX, [row, *map(bigrams, (title, names, body))])


def erase(db: Database) -> None:
    """Write index and catalog anew: SQLite only marks as free what is taken out, and old pages hold copies of it. Raises sqlite3.Error.

    Takes as long, and for that time as much room, as a copy of the catalog.
    """
    with db.atomic():
        db.execute("INSERT INTO document_search (document_search) VALUES ('optimize')")
    db.execute("VACUUM").fetchall()


def index(db: Database) -> int:
    """Index the texts kept since the last call; return how many.

    Once a group, not once a document: FTS5 writes a segment whenever another statement sets a savepoint, which made a
    document cost 0.4 ms more.
    """
    rows = [(row, *map(bigrams, text)) for row, *text in db.execute(NOT_INDEXED)]
    db.conn.executemany(INDEX, rows)
    return len(rows)


def rebuild(db: Database) -> int:
    """Make the index again from the texts; return how many."""
    db.execute("INSERT INTO document_search (document_search) VALUES ('delete-all')")
    number = 0
    while rows := [(row, *map(bigrams, text)) for row, *text in db.execute(f"{NOT_INDEXED} LIMIT {AT_ONCE}")]:
        db.conn.executemany(INDEX, rows)
        number += len(rows)
    return number


def restore(db: Database, document_id: str, body: str) -> None:
    """Keep the text of a document as its row and its file say it; whoever calls makes the index again."""
    row = db.execute("SELECT title, source FROM documents WHERE id = ?", [document_id]).fetchone()
    people = db.execute("SELECT name FROM people WHERE document = ? ORDER BY position", [document_id])
    names = " ".join([row[1] or "", *(name for (name,) in people)]).strip()
    held = _held(db, document_id)
    if held:
        number: int | None = held[0]
        db.execute("UPDATE texts SET title = ?, names = ?, body = ? WHERE row = ?", [row[0], names, body, number])
    else:
        query = "INSERT INTO texts (document, title, names, body) VALUES (?, ?, ?, ?)"
        number = db.execute(query, [document_id, row[0], names, body]).lastrowid
    db.execute("UPDATE documents SET search_row = ? WHERE id = ?", [number, document_id])


def of(db: Database, document_id: str) -> tuple[str, str] | None:
    """Return title and plain body of a document as they are searched; None for one without."""
    row = db.execute("SELECT title, body FROM texts WHERE document = ?", [document_id]).fetchone()
    return (row[0], row[1]) if row else None


def latest(db: Database, site_key: str, size: int) -> list[str]:
    """Return the plain bodies of a site that were written last."""
    query = "SELECT texts.body FROM texts JOIN documents ON documents.id = texts.document WHERE site = ? ORDER BY texts.row DESC LIMIT ?"
    return [body for (body,) in db.execute(query, [site_key, size])]


def with_lines(db: Database, site_key: str, lines: Iterable[str]) -> list[str]:
    """Return the ids of a site's documents of whose text one of these is a line."""
    rows = db.execute(
        """
        SELECT documents.id FROM documents JOIN texts ON texts.document = documents.id
        WHERE documents.site = ? AND EXISTS (
            SELECT 1 FROM json_each(?) AS line
            WHERE instr(char(10) || texts.body || char(10), char(10) || line.value || char(10))
        )
        ORDER BY documents.id
        """,
        [site_key, json.dumps(list(lines), ensure_ascii=False)],
    )
    return [document_id for (document_id,) in rows]


def _held(db: Database, document_id: str) -> tuple[int, str, str, str] | None:
    row = db.execute("SELECT row, title, names, body FROM texts WHERE document = ?", [document_id]).fetchone()
    return tuple(row) if row else None
