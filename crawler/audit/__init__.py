"""The audit of an archive: the whole chain version -> visit -> record -> bytes, walked and compared; `repair` mends what the rest allows.

Reads in streams: memory does not grow with the archive. What a crawl is just writing is no fault.
"""

from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from crawler.audit.evidence import check_evidence
from crawler.audit.files import DOCUMENTS, MEDIA, check_documents, check_media, check_orphans
from crawler.audit.finding import ADVICE, Fault, Finding
from crawler.audit.rows import check_rows
from crawler.audit.scope import Scope, total

__all__ = ["ADVICE", "Fault", "Finding", "Scope", "totals", "verify"]


def totals(root: Path, db: Database, scope: Scope) -> dict[str, int]:
    """Return how much there is to look at: files of documents, files of media, bytes of evidence."""
    evidence = sum(file.stat().st_size for file in (root / "warc").glob("*.warc.gz"))
    return {
        "documents": total(db, scope, DOCUMENTS, "versions.path"),
        "media": total(db, scope, MEDIA, "path"),
        "evidence": evidence,
    }


def verify(root: Path, db: Database, scope: Scope | None = None) -> Iterator[Finding]:
    """Yield every fault of what is in scope, in no particular order, each once."""
    scope = scope or Scope()
    yield from check_documents(root, db, scope)
    yield from check_media(root, db, scope)
    yield from check_evidence(root, db, scope)
    if scope.is_whole:
        yield from check_orphans(root, db)
        yield from check_rows(db)
