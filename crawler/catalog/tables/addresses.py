"""Where documents are found besides the URL they were first kept under: a page or a whole site moved.

A document keeps its id and its URL for ever, both those of the first visit; what it is found under later are its addresses. The links of a
host that a site left are moved to the one it went to.
"""

from collections.abc import Iterable
from datetime import datetime
from json import dumps

from sqlite_utils import Database

from crawler.catalog.moment import to_text

MOVE = """
UPDATE OR IGNORE links SET
    url = :new || substr(url, length(:old) + 1),
    fetch_url = :new || substr(iif(substr(fetch_url, 1, length(:old)) = :old, fetch_url, url), length(:old) + 1)
WHERE site = :site AND url >= :old AND url < :end
"""


def of(db: Database, urls: Iterable[str]) -> dict[str, str]:
    """Return the URLs of the documents that are found under these: address -> the URL of its document."""
    rows = db.execute(
        """
        SELECT addresses.url, documents.url FROM addresses JOIN documents ON documents.id = addresses.document
        WHERE addresses.url IN (SELECT value FROM json_each(?))
        """,
        [dumps(list(urls))],
    )
    return dict(rows.fetchall())


def add(db: Database, url: str, document_id: str, *, found: datetime) -> None:
    """Write down an address of a document; one that is known keeps the time it was found first."""
    db.execute(
        """
        INSERT INTO addresses (url, document, found) VALUES (?, ?, ?)
        ON CONFLICT (url) DO UPDATE SET document = excluded.document WHERE document <> excluded.document
        """,
        [url, document_id, to_text(found)],
    )


def move_links(db: Database, site_key: str, *, old: str, new: str) -> int:
    """Move the links of one origin to another ("http://old.example/" to "https://new.example/"), with their history; return how many.

    One whose new URL is known already stays, and is never due again.
    """
    given = {"site": site_key, "old": old, "new": new, "end": old[:-1] + "0"}  # "0" follows "/"
    moved = db.execute(MOVE, given).rowcount
    db.execute(
        "UPDATE links SET next_visit = NULL WHERE site = :site AND url >= :old AND url < :end AND next_visit IS NOT NULL",
        {name: given[name] for name in ("site", "old", "end")},
    )
    return moved
