"""The versions of documents, one by one."""

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.items import Document


def digests(db: Database, document_id: str) -> dict[int, str]:
    """Return the content digest of each version of a document, by its number."""
    query = "SELECT version, content_digest FROM versions WHERE document = ? ORDER BY version"
    return dict(db.execute(query, [document_id]).fetchall())


def insert(db: Database, document: Document, visit: int, *, digest: str) -> None:
    """Insert a version beside those there are: one from before the first, which the document itself does not show."""
    db.execute(
        """
        INSERT INTO versions
            (document, version, visit, captured, title, published, path, content_digest, markdown_digest, extractor)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            document.id,
            document.version,
            visit,
            to_text(document.archived),
            document.article.title,
            document.article.published.isoformat() if document.article.published else None,
            document.path,
            document.content_digest,
            digest,
            document.extractor,
        ],
    )
