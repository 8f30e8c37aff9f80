"""Which documents a person means by a URL or an id."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from crawler.errors import TakedownError
from crawler.pages.families import canonical_url

ID = re.compile(r"[0-9a-f]{32}")
BY_URL = """
SELECT id FROM documents WHERE url IN (SELECT value FROM json_each(:urls))
UNION SELECT document FROM addresses WHERE url IN (SELECT value FROM json_each(:urls))
UNION SELECT document FROM withheld_urls WHERE url IN (SELECT value FROM json_each(:urls))
"""
EQUAL = """
SELECT id FROM documents
WHERE id = :first OR duplicate_of = :first
ORDER BY id = :first, archived, url
"""
ALIKE = """
SELECT documents.url, coalesce(kin, 'first'), coalesce(similarity, 1.0)
FROM documents LEFT JOIN group_members ON group_members.document = documents.id
WHERE documents.id = :first OR group_members.first = :first
ORDER BY documents.archived, documents.url
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A document, and who says the same."""

    id: str
    is_withheld: bool
    equal: Sequence[str]  # ids of the documents with its text, itself among them, the first of them last
    is_first: bool  # its file is that of all of them
    alike: Sequence[tuple[str, str, float]]  # other documents of its group: URL, kin, similarity


def find(db: Database, name: str) -> Found:
    """Return the document with a URL, in any spelling, or an id. TakedownError: there is none."""
    document = _id(db, name)
    url, first = db.execute("SELECT url, coalesce(duplicate_of, id) FROM documents WHERE id = ?", [document]).fetchone()
    equal = [row[0] for row in db.execute(EQUAL, {"first": first})]
    of_group = db.execute("SELECT first FROM group_members WHERE document = ?", [first]).fetchone()
    alike = db.execute(ALIKE, {"first": of_group[0] if of_group else first}).fetchall()
    own = {row[0] for row in db.execute("SELECT url FROM documents WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(equal)])}  # fmt: skip
    return Found(
        id=document,
        is_withheld=db.execute("SELECT 1 FROM withheld WHERE document = ?", [document]).fetchone() is not None,
        equal=equal,
        is_first=document == first,
        alike=[row for row in alike if row[0] not in own and row[0] != url],
    )


def _id(db: Database, name: str) -> str:
    if ID.fullmatch(name):
        rows = db.execute("SELECT id FROM documents WHERE id = ?", [name]).fetchall()
    else:
        urls = {name, *filter(None, (canonical_url(name, scheme) for scheme in ("https", "http")))}
        rows = db.execute(BY_URL, {"urls": json.dumps(list(urls))}).fetchall()
    if not rows:
        raise TakedownError(f"{name}: no document has this URL or id; expected that of one, as `articles` shows it")
    return str(rows[0][0])
