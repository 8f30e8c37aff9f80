"""Audits: the whole way from each row of the catalog to the bytes it was made of, and back from each file to its row.

`verify` looks and says; it changes nothing but the table `checks`. What can be mended, `crawler/audit/repair.py` mends.
Memory does not grow with the archive: files and rows are compared as sorted streams.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from sqlite_utils import Database

from crawler.archive.layout import CATALOG
from crawler.audit.documents import check_documents, check_withheld
from crawler.audit.evidence import check_evidence
from crawler.audit.finding import Code, Finding
from crawler.audit.media import check_media
from crawler.audit.scope import Audit, Scope, Seen, choose, shown
from crawler.catalog.queries import integrity
from crawler.catalog.tables import counts, issues
from crawler.catalog.tokens import bigrams

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


def check_catalog(audit: Audit) -> Iterator[Finding]:
    """Yield what is wrong within the catalog. What is damaged in the file itself comes first, for all else may follow from it."""
    if audit.scope.site is None:
        if damage := integrity.damage(audit.db):
            yield Finding(code=Code.CATALOG_DAMAGED, object=CATALOG, detail="; ".join(damage[:3]))
            return
        yield from _missing_rows(audit)
    if audit.scope.is_whole:
        for table, rows in counts.wrong(audit.db):
            yield Finding(code=Code.COUNTS_WRONG, object=table, detail=f"{rows} numbers are not what there is")
    db, site = audit.db, audit.scope.site
    for document, current, last in integrity.wrong_numbers(db, site):
        detail = f"the current version is {current}, the last one {last}"
        yield Finding(code=Code.VERSION_NUMBER, object=f"documents/{document}", detail=detail)
    for document, url, detail in integrity.incomplete(db, site):
        yield Finding(code=Code.ROW_MISSING, object=f"versions/{document}", detail=detail, consequences=(url,))
    yield from _evidence(audit)
    yield from _search(audit)


def _missing_rows(audit: Audit) -> Iterator[Finding]:
    """Yield each row that others name and that is not there, once, with the tables that do."""
    named: dict[tuple[str, str], list[str]] = defaultdict(list)
    for parent, key, names in integrity.missing_rows(audit.db):
        named[parent, key].append(names)
    for (parent, value), children in sorted(named.items()):
        if parent != "media_files" or not _has_file(audit, value):
            detail = f"{parent} has no row {value}"
            yield Finding(
                code=Code.ROW_MISSING, object=f"{parent}/{value}", detail=detail, consequences=tuple(children)
            )


def _has_file(audit: Audit, sha256: str) -> bool:
    """Return whether the content is there: then its row is wrong or lost, which is told of its file."""
    return any((audit.root / "media" / sha256[:2]).glob(f"{sha256}.*"))


def _evidence(audit: Audit) -> Iterator[Finding]:
    for document, version, visit, url, is_there, of in integrity.without_evidence(audit.db, audit.scope.site):
        if visit is None:
            detail = "it names no visit"
        elif is_there and of != document:
            detail = f"the visit {visit} it names is of {of or 'no document'}"
        else:
            detail = f"the visit {visit} it names has no evidence"
        name = f"versions/{document}/{version}"
        yield Finding(code=Code.VERSION_EVIDENCE, object=name, detail=detail, consequences=(url,))


def _search(audit: Audit) -> Iterator[Finding]:
    """Yield what the index does not find, or finds wrongly: one finding a document."""
    db, site = audit.db, audit.scope.site
    for document, url in integrity.not_indexed(db, site):
        name = f"texts/{document}"
        yield Finding(
            code=Code.SEARCH_INDEX, object=name, detail="a search does not find the document", consequences=(url,)
        )
    if site is None:
        for row in integrity.stale_index(db):
            detail = "the index holds a text that is not there"
            yield Finding(code=Code.SEARCH_INDEX, object=f"document_search/{row}", detail=detail)
    if not audit.with_texts:
        return
    for document, texts, sizes in integrity.indexed(db, site):
        if sizes != [bigrams(text).count(" ") + 1 if text else 0 for text in texts]:
            detail = "the index has another number of words than the text"
            yield Finding(code=Code.SEARCH_INDEX, object=f"texts/{document}", detail=detail)
