"""The catalog by itself: SQLite's own checks, rows that others name, versions, and the search index beside its texts."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator

from sqlite_utils import Database

from crawler.audit.finding import Code, Finding
from crawler.audit.job import Audit
from crawler.catalog.queries.search import bigrams

MOST = 100  # of what SQLite says of one damaged file

VERSIONS = """
SELECT documents.id, documents.version, max(versions.version) FROM documents JOIN versions ON versions.document = documents.id
WHERE :site IS NULL OR documents.site = :site
GROUP BY documents.id HAVING documents.version <> max(versions.version) ORDER BY 1
"""
WITHOUT_VERSION = """
SELECT id, url FROM documents WHERE id NOT IN (SELECT document FROM versions) AND id NOT IN (SELECT document FROM withheld)
AND (:site IS NULL OR site = :site) ORDER BY id
"""
WITHOUT_FILE = """
SELECT id, url FROM documents WHERE status <> 'duplicate' AND id NOT IN (SELECT document FROM withheld) AND (:site IS NULL OR site = :site)
AND path IS NULL AND NOT EXISTS (
    SELECT 1 FROM versions WHERE document = id AND path IS NOT NULL AND versions.version = (SELECT max(version) FROM versions WHERE document = id)
) ORDER BY id
"""
EVIDENCE = """
SELECT versions.document, versions.version, versions.visit, documents.url, visits.id IS NOT NULL, visits.document
FROM versions JOIN documents ON documents.id = versions.document LEFT JOIN visits ON visits.id = versions.visit
WHERE (:site IS NULL OR documents.site = :site) AND (
    versions.visit IS NULL OR (visits.id IS NOT NULL AND (visits.warc IS NULL OR visits.document IS NOT versions.document))
) ORDER BY 1, 2
"""
NOT_INDEXED = """
SELECT documents.id, documents.url FROM documents
LEFT JOIN texts ON texts.document = documents.id LEFT JOIN document_search_docsize AS indexed ON indexed.id = texts.row
WHERE (:site IS NULL OR documents.site = :site) AND documents.path IS NOT NULL AND documents.id NOT IN (SELECT document FROM withheld)
AND (indexed.id IS NULL OR documents.search_row IS NOT texts.row) ORDER BY 1
"""
STALE_INDEX = "SELECT id FROM document_search_docsize WHERE id NOT IN (SELECT row FROM texts) ORDER BY id"
TEXTS = """
SELECT texts.document, texts.title, texts.names, texts.body, indexed.sz FROM texts JOIN document_search_docsize AS indexed ON indexed.id = texts.row
JOIN documents ON documents.id = texts.document WHERE :site IS NULL OR documents.site = :site ORDER BY texts.row
"""


def check_catalog(audit: Audit) -> Iterator[Finding]:
    """Yield what is wrong within the catalog. What is damaged in the file itself comes first, for all else may follow from it."""
    if audit.scope.site is None:
        damage = [str(row[0]) for row in audit.db.execute(f"PRAGMA quick_check({MOST})").fetchall()]
        if damage != ["ok"]:
            yield Finding(code=Code.CATALOG_DAMAGED, object="catalog.db", detail="; ".join(damage[:3]))
            return
        yield from _missing_rows(audit)
    values = {"site": audit.scope.site}
    for document, current, last in audit.db.execute(VERSIONS, values):
        detail = f"the current version is {current}, the last one {last}"
        yield Finding(code=Code.VERSION_NUMBER, object=f"documents/{document}", detail=detail)
    for query, detail in (
        (WITHOUT_VERSION, "it has no version"),
        (WITHOUT_FILE, "it has no file, and is no duplicate"),
    ):
        for document, url in audit.db.execute(query, values):
            yield Finding(code=Code.ROW_MISSING, object=f"versions/{document}", detail=detail, consequences=(url,))
    yield from _evidence(audit)
    yield from _search(audit)


def _missing_rows(audit: Audit) -> Iterator[Finding]:
    """Yield each row that others name and that is not there, once, with the tables that do."""
    named: dict[tuple[str, str], list[str]] = defaultdict(list)
    for child, column, parent, key in _references(audit.db):
        query = f"""
        SELECT child.[{column}], count(*) FROM [{child}] AS child WHERE child.[{column}] IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM [{parent}] AS parent WHERE parent.[{key}] = child.[{column}]) GROUP BY 1 ORDER BY 1
        """
        for value, number in audit.db.execute(query):
            named[parent, str(value)].append(f"{number} of {child}.{column}")
    for (parent, value), children in sorted(named.items()):
        if parent != "media_files" or not _has_file(audit, value):
            detail = f"{parent} has no row {value}"
            yield Finding(
                code=Code.ROW_MISSING, object=f"{parent}/{value}", detail=detail, consequences=tuple(children)
            )


def _references(db: Database) -> Iterator[tuple[str, str, str, str]]:
    """Yield (table, column, table that it refers to, column there), of every foreign key."""
    for table in db.table_names():
        for row in db.execute(f"PRAGMA foreign_key_list([{table}])").fetchall():
            yield table, row[3], row[2], row[4]


def _has_file(audit: Audit, sha256: str) -> bool:
    """Return whether the content is there: then its row is wrong or lost, which is told of its file."""
    return any((audit.root / "media" / sha256[:2]).glob(f"{sha256}.*"))


def _evidence(audit: Audit) -> Iterator[Finding]:
    for document, version, visit, url, is_there, of in audit.db.execute(EVIDENCE, {"site": audit.scope.site}):
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
    values = {"site": audit.scope.site}
    for document, url in audit.db.execute(NOT_INDEXED, values):
        name = f"texts/{document}"
        yield Finding(
            code=Code.SEARCH_INDEX, object=name, detail="a search does not find the document", consequences=(url,)
        )
    if audit.scope.site is None:
        for (row,) in audit.db.execute(STALE_INDEX):
            detail = "the index holds a text that is not there"
            yield Finding(code=Code.SEARCH_INDEX, object=f"document_search/{row}", detail=detail)
    if not audit.with_texts:
        return
    for document, *texts, sizes in audit.db.execute(TEXTS, values):
        if _varints(sizes) != [bigrams(text).count(" ") + 1 if text else 0 for text in texts]:
            detail = "the index has another number of words than the text"
            yield Finding(code=Code.SEARCH_INDEX, object=f"texts/{document}", detail=detail)


def _varints(data: bytes) -> list[int]:
    """Return the numbers of a record of FTS5: how many tokens each column has (sqlite.org/fileformat2.html, varint)."""
    numbers, value = [], 0
    for byte in data:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(value)
            value = 0
    return numbers


def is_damaged(error: sqlite3.DatabaseError) -> bool:
    """Return whether an error says that the file of the catalog is damaged."""
    return error.sqlite_errorname in {
        "SQLITE_CORRUPT",
        "SQLITE_NOTADB",
        "SQLITE_CORRUPT_VTAB",
        "SQLITE_CORRUPT_INDEX",
        "SQLITE_IOERR",
    }
