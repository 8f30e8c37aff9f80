"""Audits: the whole way from each row of the catalog to the bytes it was made of, and back from each file to its row.

`verify` looks and says; it changes nothing but the table `checks`. What can be mended, `crawler/audit/repair.py` mends.
Memory does not grow with the archive: files and rows are compared as sorted streams.
"""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta

from sqlite_utils import Database

from crawler.archive.layout import CATALOG
from crawler.audit.catalog import check_catalog
from crawler.audit.documents import check_documents, check_withheld
from crawler.audit.evidence import check_evidence
from crawler.audit.finding import Code, Finding
from crawler.audit.media import check_media
from crawler.audit.scope import Audit, Scope, Seen, choose
from crawler.audit.walk import shown
from crawler.catalog.queries import integrity
from crawler.catalog.tables import issues

__all__ = ["Audit", "Code", "Finding", "Scope", "choose", "verify"]

BATCH = 1000  # checks written in one transaction
CHECKS = (check_documents, check_media, check_withheld, check_evidence)
BEING_WRITTEN = timedelta(minutes=10)  # a file so young may be of a group that is not committed yet


def verify(audit: Audit, catalog: Database | None = None) -> Iterator[Finding]:
    """Yield every fault once, the catalog's own first. With a catalog to write to, `checks` says what was looked at.

    Raises OSError where a file cannot be read at all, sqlite3.Error.
    """
    try:
        damaged = False
        for finding in check_catalog(audit):
            damaged = damaged or finding.code is Code.CATALOG_DAMAGED
            yield finding
        if damaged:
            return
        yield from _temporary(audit)
        yield from _recorded(audit, catalog)
    except sqlite3.DatabaseError as error:
        if not integrity.is_damage(error):
            raise
        yield Finding(code=Code.CATALOG_DAMAGED, object=CATALOG, detail=f"reading it broke off: {error}")


def _recorded(audit: Audit, catalog: Database | None) -> Iterator[Finding]:
    seen: list[tuple[str, str | None]] = []
    for path, fault in _files(audit):
        finding = None if fault is None or (audit.is_live and _is_being_written(audit, fault)) else fault
        seen.append((shown(path), finding.code if finding else None))
        if catalog is not None and len(seen) >= BATCH:
            issues.record_checks(catalog, seen, now=audit.now)
            seen.clear()
        if finding:
            yield finding
        if catalog is None:
            seen.clear()
    if catalog is not None:
        issues.record_checks(catalog, seen, now=audit.now)
        if audit.scope.is_whole:
            issues.forget_checks(catalog, before=audit.now)


def _files(audit: Audit) -> Iterator[Seen]:
    for check in CHECKS:
        yield from check(audit)


def _temporary(audit: Audit) -> Iterator[Finding]:
    """Yield what is left of files that were being written, unless somebody writes just now."""
    if audit.is_live or audit.scope.site is not None:
        return
    for path in sorted((audit.root / "tmp").glob("*.tmp")):
        yield Finding(
            code=Code.TEMPORARY,
            object=f"tmp/{path.name}",
            detail=f"{path.stat().st_size} bytes that never became a file",
        )


def _is_being_written(audit: Audit, finding: Finding) -> bool:
    """Return whether a fault may be what another process has half done: its file is young, or its row says something else by now."""
    if finding.code in {Code.RECORD_DAMAGED, Code.RECORD_WRONG}:
        return False
    try:
        written = (audit.root / finding.path).stat().st_mtime
    except OSError:
        is_row = finding.path.startswith(("visits/", "media_links/", "warc/"))
        return not (is_row or integrity.is_named(audit.db, finding.path))
    return written >= (audit.now - BEING_WRITTEN).timestamp()
