"""What a reader's SQL may cost: SQLite's own limits, a ceiling for its memory, and the size of one answer.

The time limit is Datasette's; it is looked at between two steps of SQLite. What does more than its input in one step, `printf` with a width of a
thousand million say, would not be stopped, and is replaced here. The pages of the reading room ask through the same connections, without these
limits for what they read.
"""

import re
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

MEGABYTE = 1_000_000
MAX_HEAP = 200 * MEGABYTE  # bytes, of all connections of the process; a container of 1 GiB holds it, and the answers
MAX_ANSWER = (
    5 * MEGABYTE
)  # characters and bytes of all rows: three threads read, and an answer as JSON is six times as long
CELL = 64  # what an empty cell costs, in the same measure
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MEGABYTE,  # bytes of a text, a blob or a row
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 50_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 100_000,  # of one program: tables that are defined by each other grow without end
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,  # bytes; what a match costs grows with both
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}
Scalar = str | bytes | int | None
WIDE = re.compile(r"%[^a-zA-Z%]*(?:\*|\d{5})")  # a width or precision of printf that is computed, or longer than 9,999
MOST_SIGNS = 100  # that trim takes away
TOO_BIG = bytes(MEGABYTE + 1)  # no function may return it: "string or blob too big"
TOO_LARGE = "the answer is larger than {:,} characters: ask for fewer rows or columns"


def limit(connection: sqlite3.Connection) -> None:
    """Set the limits of a connection, and that of the process."""
    connection.execute(f"PRAGMA hard_heap_limit = {MAX_HEAP}")
    for category, most in LIMITS.items():
        connection.setlimit(category, most)
    for name, places, function in FUNCTIONS:
        connection.create_function(name, places, function, deterministic=True)
    connection.row_factory = _Rows()


@contextmanager
def trusted(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Take the limits of length and answers off a connection for what we ask ourselves, with rows as plain tuples."""
    factory, connection.row_factory = connection.row_factory, None
    length = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1000 * MEGABYTE)
    try:
        yield connection
    finally:
        connection.row_factory = factory
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, length)


class _Rows:
    """Makes Datasette's rows, of one query after the other, until those of one hold more than an answer may."""

    def __init__(self) -> None:
        self._cursor: weakref.ref[sqlite3.Cursor] | None = None
        self._held = 0

    def __call__(self, cursor: sqlite3.Cursor, values: tuple[object, ...]) -> sqlite3.Row:
        if self._cursor is None or self._cursor() is not cursor:
            self._cursor, self._held = weakref.ref(cursor), 0
        self._held += sum(CELL + (len(value) if isinstance(value, (str, bytes)) else 0) for value in values)
        if self._held > MAX_ANSWER:
            raise sqlite3.OperationalError(TOO_LARGE.format(MAX_ANSWER))
        return sqlite3.Row(cursor, values)


def _printf(template: object = None, *values: object) -> Scalar:
    """Return what SQLite's own printf does; of one that is wide nothing, as it does itself where the text would be too long."""
    if template is None or WIDE.search(str(template)):
        return None
    with closing(sqlite3.connect(":memory:")) as plain:
        places = "".join(", ?" for _ in values)
        return str(plain.execute(f"SELECT printf(?{places})", (template, *values)).fetchone()[0])


def _replace(text: object, old: object, new: object) -> Scalar:
    """Return a text with another in the place of each `old`, as SQLite does, in time that does not grow with its square."""
    if text is None or old is None or new is None:
        return None
    whole, found, put = _text(text), _text(old), _text(new)
    if not found:
        return whole
    if len(whole) + whole.count(found) * (len(put) - len(found)) > MEGABYTE:
        return TOO_BIG
    return whole.replace(found, put)


def _instr(text: object, part: object) -> int | None:
    """Return where a text has a part, counted from 1; 0 where not, as SQLite does."""
    if text is None or part is None:
        return None
    if isinstance(text, bytes) and isinstance(part, bytes):
        return text.find(part) + 1
    return _text(text).find(_text(part)) + 1


def _trimmed(strip: Callable[[str, str], str]) -> Callable[[object, object], Scalar]:
    """Return a function that takes signs off the ends of a text, as SQLite does, if they are few."""

    def trim(text: object, signs: object) -> Scalar:
        if text is None or signs is None:
            return None
        taken = _text(signs)
        return strip(_text(text), taken) if len(taken) <= MOST_SIGNS else TOO_BIG

    return trim


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


# Name, number of arguments, what takes its place.
FUNCTIONS: tuple[tuple[str, int, Callable[..., Scalar]], ...] = (
    ("printf", -1, _printf),
    ("format", -1, _printf),
    ("replace", 3, _replace),
    ("instr", 2, _instr),
    ("trim", 2, _trimmed(str.strip)),
    ("ltrim", 2, _trimmed(str.lstrip)),
    ("rtrim", 2, _trimmed(str.rstrip)),
    ("json_patch", 2, lambda *_: TOO_BIG),  # costs the product of the numbers of keys
)
