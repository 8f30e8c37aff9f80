"""The catalog itself: SQLite's own checks, rows that contradict each other, the search index."""

from collections.abc import Iterator

from sqlite_utils import Database

from crawler.audit.finding import Fault, Finding

# What is wrong -> the rows in which it is: table and key, what they say.
CONTRADICTIONS = {
    "the current version has no row": """
        SELECT 'documents/' || id FROM documents
        WHERE NOT EXISTS (SELECT 1 FROM versions WHERE document = documents.id AND version = documents.version)
    """,
    "a later version has a row": """
        SELECT 'versions/' || document || '/' || versions.version FROM versions JOIN documents ON documents.id = document
        WHERE versions.version > documents.version
    """,
    "document and version say different paths": """
        SELECT 'documents/' || id FROM documents JOIN versions ON document = id AND versions.version = documents.version
        WHERE documents.path IS NOT versions.path AND id NOT IN (SELECT document FROM withheld)
    """,
    "document and version say different content digests": """
        SELECT 'documents/' || id FROM documents JOIN versions ON document = id AND versions.version = documents.version
        WHERE documents.content_digest <> versions.content_digest
    """,
    "a live document has no text to be searched": """
        SELECT 'documents/' || id FROM documents WHERE path IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM texts WHERE row = documents.search_row AND document = documents.id)
    """,
}
SEARCH = """
SELECT 'texts/' || row FROM texts WHERE row NOT IN (SELECT id FROM document_search_docsize)
UNION ALL
SELECT 'document_search/' || id FROM document_search_docsize WHERE id NOT IN (SELECT row FROM texts)
"""


def check_rows(db: Database) -> Iterator[Finding]:
    """Yield what is wrong with the catalog."""
    for (told,) in db.execute("PRAGMA quick_check"):
        if told != "ok":
            yield Finding(fault=Fault.CATALOG_DAMAGED, object="catalog.db", detail=told)
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        detail = f"names a row of {parent} that is not there"
        yield Finding(fault=Fault.ROW_WRONG, object=f"{table}/{row if row is not None else '?'}", detail=detail)
    for detail, query in CONTRADICTIONS.items():
        for (name,) in db.execute(query):
            yield Finding(fault=Fault.ROW_WRONG, object=name, detail=detail)
    for (name,) in db.execute(SEARCH):
        yield Finding(fault=Fault.SEARCH_STALE, object=name, detail="text and search index do not agree")
