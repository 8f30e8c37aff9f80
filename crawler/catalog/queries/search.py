"""Full-text search that finds Chinese words of any length, in either script.

Chinese has no spaces: index and query are cut into overlapping pairs of characters (毕业生 -> 毕业 业生), and a word is
found as a phrase of pairs. The last character of a run also stands alone, so that every single character begins some
token and is found by prefix. Both sides are folded alike: NFKC, Traditional to Simplified, lower case. Latin words and
numbers stay whole.
"""

import re
from collections.abc import Iterator
from operator import add
from unicodedata import normalize

from sqlite_utils import Database

from crawler.dedup.normalise import simplify

# Letters of scripts written without spaces: kana, Han with its extensions and compatibility forms, Hangul.
UNSPACED = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
TOKEN = re.compile(f"([{UNSPACED}]+)|[^\\W_{UNSPACED}]+")
WORD = re.compile(r"[^\W_]+")
QUOTED = re.compile(r"[\"“”「『]([^\"“”」』]*)[\"“”」』]")  # what stands within is looked for as it stands
# What NFKC may change into something that counts. Most texts have none of it, which saves half the time of folding.
ODD = re.compile(
    "[^\x00-\x7f\u00b7\u2010-\u206f\u3000-\u3004\u3008-\u3020\u3400-\u4dbf\u4e00-\u9fff，：；（）！？％～]"
)
NOTHING = '""'  # a MATCH expression without a token: finds nothing, and is no error
MAX_WORDS = 32  # a pasted page is no query
AT_ONCE = 500  # texts in memory while the whole index is made again
MAX_TOKENS = 64  # in one word; the rest of a longer one is not looked at

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


def compact(db: Database) -> None:
    """Write the index anew without what was taken out of it: until then its pages still hold the tokens. Takes long for a large archive."""
    db.execute("INSERT INTO document_search (document_search) VALUES ('optimize')")


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


def bigrams(text: str) -> str:
    """Return a text as the index holds it: tokens separated by spaces."""
    parts: list[str] = []
    for token, unspaced in _tokens(fold(text)):
        if unspaced:
            parts += map(add, token, token[1:])
            parts.append(token[-1])
        else:
            parts.append(token)
    return " ".join(parts)


def query(text: str) -> str:
    """Return the MATCH expression that finds documents with every word and quoted phrase of the text; nothing else a user types is syntax."""
    return " ".join(_phrase(word) for word in words(text)) or NOTHING


def words(text: str) -> list[str]:
    """Return the words and quoted phrases of a query, folded, each once; empty: there is nothing to look for."""
    folded = fold(text)
    phrases = [found[1].strip() for found in QUOTED.finditer(folded) if WORD.search(found[1])]
    single = [found[0] for found in WORD.finditer(QUOTED.sub(" ", folded))]
    return list(dict.fromkeys([*phrases, *single]))[:MAX_WORDS]


def fold(text: str) -> str:
    """Return a text as it is compared: full-width forms, Traditional characters and capitals made one."""
    return simplify(normalize("NFKC", text) if ODD.search(text) else text).casefold()


def _phrase(word: str) -> str:
    """Return a word as a phrase of tokens; one that ends in a lone character finds what begins with that."""
    parts: list[str] = []
    tokens = list(_tokens(word))
    for n, (token, unspaced) in enumerate(tokens):
        if unspaced:
            parts += map(add, token, token[1:])
        if not unspaced or n < len(tokens) - 1 or len(token) == 1:
            parts.append(token[-1] if unspaced else token)
    prefix = tokens[-1][1] and len(tokens[-1][0]) == 1 and len(parts) <= MAX_TOKENS
    return f'"{" ".join(parts[:MAX_TOKENS])}"' + ("*" if prefix else "")


def _tokens(folded: str) -> Iterator[tuple[str, bool]]:
    """Yield each token and whether it is a run of a script without spaces."""
    for found in TOKEN.finditer(folded):
        yield found[0], found[1] is not None


def _held(db: Database, document_id: str) -> tuple[int, str, str, str] | None:
    row = db.execute("SELECT row, title, names, body FROM texts WHERE document = ?", [document_id]).fetchone()
    return tuple(row) if row else None
