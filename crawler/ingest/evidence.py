"""Evidence read back: from the rows of the catalog to the captures they were read from."""

from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from crawler.catalog.tables import documents
from crawler.items import Capture
from crawler.warc import capture_at, further_at


def capture_of(root: Path, db: Database, document_id: str) -> Capture | None:
    """Return the capture that the current version of a document was read from, None where the catalog names none.

    Raises EvidenceError and OSError if the record it names cannot be read.
    """
    found = documents.evidence(db, [document_id])
    return next(_captures(root, found), None)


def further_of(root: Path, db: Database, document_id: str) -> tuple[Capture, ...]:
    """Return the captures of the further pages of a document's current version. Raises EvidenceError and OSError."""
    found = documents.evidence(db, [document_id])
    return further_at(root / found[0][1], found[0][2]) if found else ()


def sample(root: Path, db: Database, site_key: str, size: int) -> Iterator[Capture]:
    """Yield the captures of so many documents of a site: the first by id, which no order of visits, no kill and no clock changes."""
    yield from _captures(root, documents.evidence(db, documents.first_ids(db, site_key, size)))


def _captures(root: Path, found: list[tuple[str, str, int]]) -> Iterator[Capture]:
    for url, warc, offset in found:
        yield capture_at(root / warc, offset, url)
