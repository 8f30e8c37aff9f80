"""The versions of documents, one by one: where each stands, and the evidence it was read from."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import from_text, to_text
from crawler.items import Document

QUERY = """
SELECT
    versions.document, versions.version, documents.version, documents.site, versions.captured, versions.path, versions.content_digest,
    versions.markdown_digest,
    visits.url, visits.warc, visits.warc_offset
FROM versions
JOIN documents ON documents.id = versions.document
LEFT JOIN visits ON visits.id = versions.visit
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a document, and where its evidence is."""

    document: str
    version: int
    current: int  # the version the document has now
    site: str  # Site.key
    captured: datetime
    path: str | None
    content_digest: str
    markdown_digest: str | None
    requested: str | None  # URL of the visit; None: nobody knows
    warc: str | None
    offset: int | None


def at(db: Database, path: str) -> Version | None:
    """Return the version whose file stands at a path."""
    return next(iter(_found(db, "WHERE versions.path = ?", [path])), None)


def of(db: Database, document_id: str) -> list[Version]:
    """Return the versions of a document, oldest first."""
    return _found(db, "WHERE versions.document = ? ORDER BY versions.version", [document_id])


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


def set_digest(db: Database, version: Version, digest: str) -> None:
    """Write down the digest of the file of a version."""
    db.execute(
        "UPDATE versions SET markdown_digest = ? WHERE document = ? AND version = ?",
        [digest, version.document, version.version],
    )


def _found(db: Database, condition: str, values: list[str]) -> list[Version]:
    return [
        Version(
            document=document,
            version=version,
            current=current,
            site=site,
            captured=from_text(captured),
            path=path,
            content_digest=content_digest,
            markdown_digest=digest,
            requested=url,
            warc=warc,
            offset=offset,
        )
        for document, version, current, site, captured, path, content_digest, digest, url, warc, offset in db.execute(
            f"{QUERY} {condition}", values
        )
    ]
