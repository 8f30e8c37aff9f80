"""What the rows of a catalog say that can be checked: of the files that they name, of each other, and of what another catalog says."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from sqlite_utils import Database

MOST_DAMAGE = 100  # lines that SQLite says of one damaged file

VERSION = """
    versions.document, versions.version, versions.path, versions.markdown_digest, versions.content_digest, versions.title, versions.published,
    (SELECT max(version) FROM versions AS other WHERE other.document = documents.id), documents.path, documents.url,
    documents.content_digest, documents.title, documents.published, documents.site
FROM versions LEFT JOIN documents ON documents.id = versions.document
"""
# A row whose document names another path is there under both: the file may stand at either.
VERSIONS = f"""
SELECT versions.path, {VERSION} WHERE versions.path IS NOT NULL {{site}}
UNION ALL
SELECT documents.path, {VERSION} WHERE documents.path IS NOT NULL AND documents.path IS NOT versions.path {{site}}
AND versions.version = (SELECT max(version) FROM versions AS other WHERE other.document = documents.id)
ORDER BY 1
"""
VERSION_OF = f"""
SELECT {VERSION} WHERE versions.document = ? AND versions.version = coalesce(?, versions.version) ORDER BY versions.version DESC
"""
VERSION_AT = f"SELECT {VERSION} WHERE versions.path = ?"
CONTENTS = "SELECT sha256, path, size FROM media_files {where} ORDER BY path"
OF_SITE = "WHERE sha256 IN (SELECT sha256 FROM media_links WHERE site = :site)"
TOMBSTONES = """
SELECT 'withheld/' || withheld.document || '.json', withheld.url FROM withheld LEFT JOIN documents ON documents.id = withheld.document
WHERE :site IS NULL OR documents.site = :site ORDER BY 1
"""
RECORDS = """
SELECT warc, warc_offset, row, url, final_url, warc_record, payload_digest, site FROM evidence {where} ORDER BY warc, warc_offset
"""
PATHS = """
WITH named (path) AS (
    SELECT path FROM versions WHERE path > :from AND path < :to UNION SELECT path FROM documents WHERE path > :from AND path < :to
    UNION SELECT path FROM media_files WHERE path > :from AND path < :to UNION SELECT warc FROM evidence WHERE warc > :from AND warc < :to
    UNION SELECT 'withheld/' || document || '.json' FROM withheld
) SELECT path FROM named WHERE path > :from AND path < :to ORDER BY path
"""
LAST_RECORDS = "SELECT warc, max(warc_offset) FROM evidence GROUP BY warc"

WRONG_NUMBERS = """
SELECT documents.id, documents.version, max(versions.version) FROM documents JOIN versions ON versions.document = documents.id
WHERE :site IS NULL OR documents.site = :site
GROUP BY documents.id HAVING documents.version <> max(versions.version) ORDER BY 1
"""
INCOMPLETE = """
SELECT id, url, 'it has no version' FROM shown_documents WHERE id NOT IN (SELECT document FROM versions) AND (:site IS NULL OR site = :site)
UNION ALL
SELECT id, url, 'it has no file, and is no duplicate' FROM shown_documents
WHERE status <> 'duplicate' AND (:site IS NULL OR site = :site) AND path IS NULL AND NOT EXISTS (
    SELECT 1 FROM versions WHERE document = id AND path IS NOT NULL AND versions.version = (SELECT max(version) FROM versions WHERE document = id)
) ORDER BY 3 DESC, 1
"""
WITHOUT_EVIDENCE = """
SELECT versions.document, versions.version, versions.visit, documents.url, visits.id IS NOT NULL, visits.document
FROM versions JOIN documents ON documents.id = versions.document LEFT JOIN visits ON visits.id = versions.visit
WHERE (:site IS NULL OR documents.site = :site) AND (
    versions.visit IS NULL OR (visits.id IS NOT NULL AND (visits.warc IS NULL OR visits.document IS NOT versions.document))
) ORDER BY 1, 2
"""
NOT_INDEXED = """
SELECT documents.id, documents.url FROM shown_documents AS documents
LEFT JOIN texts ON texts.document = documents.id LEFT JOIN document_search_docsize AS indexed ON indexed.id = texts.row
WHERE (:site IS NULL OR documents.site = :site) AND documents.path IS NOT NULL
AND (indexed.id IS NULL OR documents.search_row IS NOT texts.row) ORDER BY 1
"""
STALE_INDEX = "SELECT id FROM document_search_docsize WHERE id NOT IN (SELECT row FROM texts) ORDER BY id"
INDEXED = """
SELECT texts.document, texts.title, texts.names, texts.body, indexed.sz FROM texts JOIN document_search_docsize AS indexed ON indexed.id = texts.row
JOIN documents ON documents.id = texts.document WHERE :site IS NULL OR documents.site = :site ORDER BY texts.row
"""
MISSING = """
SELECT child.[{column}], count(*) FROM [{child}] AS child WHERE child.[{column}] IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM [{parent}] AS parent WHERE parent.[{key}] = child.[{column}]) GROUP BY 1 ORDER BY 1
"""
LOST = "SELECT 1 WHERE EXISTS (SELECT 1 FROM visits WHERE document = :id) AND NOT EXISTS (SELECT 1 FROM documents WHERE id = :id)"
SHOWN_BY = "SELECT url, document FROM media_links WHERE sha256 = ? ORDER BY url LIMIT 20"

# Documents by what became of them: a row each of the catalog before, attached as `before`, and of the one made again.
DIFFERENCES = """
SELECT 'lost', id FROM before.documents WHERE id NOT IN (SELECT id FROM documents) AND id NOT IN (SELECT document FROM withheld)
UNION ALL SELECT 'added', id FROM documents WHERE id NOT IN (SELECT id FROM before.documents)
UNION ALL SELECT 'different', document FROM (
    SELECT document, version, markdown_digest FROM before.versions EXCEPT SELECT document, version, markdown_digest FROM versions
) WHERE document IN (SELECT id FROM documents) GROUP BY document
ORDER BY 1, 2
"""


class VersionRow(NamedTuple):
    """A version, and what its document says now; that is None where there is no document."""

    document: str
    version: int
    path: str | None
    digest: str | None
    content_digest: str
    title: str
    published: str | None
    last: int | None  # the last version there is
    current_path: str | None
    url: str | None
    current_digest: str | None
    current_title: str | None
    current_published: str | None
    site: str | None

    @property
    def is_current(self) -> bool:
        return self.version == self.last


class ContentRow(NamedTuple):
    """The content of a medium."""

    sha256: str
    path: str
    size: int


class EvidenceRow(NamedTuple):
    """A row that says where its evidence stands."""

    path: str
    offset: int
    name: str  # "visits/12", "media_links/https://…"
    url: str
    final_url: str | None
    record: str
    digest: str
    site: str

    def __str__(self) -> str:
        return self.name if self.name.endswith(self.url) else f"{self.name} {self.url}"


def versions(db: Database, site: str | None) -> Iterator[tuple[str, VersionRow]]:
    """Yield (path, row) of each version with a file, sorted by path; of one site, or of all."""
    rows = db.execute(
        VERSIONS.format(site="AND documents.site = :site" if site else ""), {"site": site} if site else {}
    )
    return ((row[0], VersionRow(*row[1:])) for row in rows)


def version_of(db: Database, document_id: str, number: str | None) -> VersionRow | None:
    """Return a version of a document, the last one where no number is given."""
    row = db.execute(VERSION_OF, [document_id, number]).fetchone()
    return VersionRow(*row) if row else None


def version_at(db: Database, path: str) -> VersionRow | None:
    """Return the version whose row names a path."""
    row = db.execute(VERSION_AT, [path]).fetchone()
    return VersionRow(*row) if row else None


def contents(db: Database, site: str | None) -> Iterator[tuple[str, ContentRow]]:
    """Yield (path, row) of each content of media, sorted by path; of those that one site shows, or of all."""
    rows = db.execute(CONTENTS.format(where=OF_SITE if site else ""), {"site": site} if site else {})
    return ((row[1], ContentRow(*row)) for row in rows)


def content_path(db: Database, sha256: str) -> str | None:
    """Return where the row of a content says that its file stands, None where there is no row."""
    row = db.execute("SELECT path FROM media_files WHERE sha256 = ?", [sha256]).fetchone()
    return str(row[0]) if row else None


def shown_by(db: Database, sha256: str) -> list[tuple[str, str]]:
    """Return (address, document that showed it first) of a content, the first ones."""
    return db.execute(SHOWN_BY, [sha256]).fetchall()


def tombstones(db: Database, site: str | None) -> Iterator[tuple[str, str]]:
    """Yield (path of its file, URL) of each withheld document, sorted by path."""
    yield from db.execute(TOMBSTONES, {"site": site})


def records(db: Database, site: str | None) -> Iterator[EvidenceRow]:
    """Yield the rows that name a record, by file and offset; of one site, or of all."""
    rows = db.execute(RECORDS.format(where="WHERE site = :site" if site else ""), {"site": site} if site else {})
    return (EvidenceRow(*row) for row in rows)


def files(db: Database) -> Iterator[tuple[str, str | None, int | None]]:
    """Yield (path, digest, last record) of every file that a catalog points to, once: as far as it knows them, a digest as "sha256:…"."""
    for path, digest in db.execute("SELECT path, markdown_digest FROM versions WHERE path IS NOT NULL"):
        yield path, digest, None
    for path, sha256 in db.execute("SELECT path, sha256 FROM media_files"):
        yield path, f"sha256:{sha256}", None
    for path, offset in db.execute(LAST_RECORDS):
        yield path, None, offset
    for path, _ in tombstones(db, None):
        yield path, None, None


def is_named(db: Database, path: str) -> bool:
    """Return whether a version or a content names a file."""
    return (
        db.execute(
            "SELECT 1 FROM versions WHERE path = :path UNION ALL SELECT 1 FROM media_files WHERE path = :path LIMIT 1",
            {"path": path},
        ).fetchone()
        is not None
    )


def is_medium(db: Database, path: str) -> bool:
    """Return whether the catalog has a content at this path, or with the digest that is its name."""
    return (
        db.execute(
            "SELECT 1 FROM media_files WHERE path = ? OR sha256 = ?", [path, PurePosixPath(path).stem]
        ).fetchone()
        is not None
    )


def is_lost(db: Database, document_id: str) -> bool:
    """Return whether visits are of a document that has no row."""
    return db.execute(LOST, {"id": document_id}).fetchone() is not None


def last_checked(db: Database, path: str) -> str | None:
    """Return when a file was last looked at by an audit."""
    row = db.execute("SELECT checked FROM checks WHERE object = ?", [path]).fetchone()
    return str(row[0]) if row else None


def damage(db: Database, most: int = MOST_DAMAGE) -> list[str]:
    """Return what SQLite finds wrong with the file of a catalog, its indexes included, nothing where it is whole."""
    found = [str(row[0]) for row in db.execute(f"PRAGMA integrity_check({most})").fetchall()]
    return [] if found == ["ok"] else found


def paths(db: Database, folder: str) -> Iterator[str]:
    """Yield the paths of all files below a folder of the archive that rows name, sorted."""
    return (path for (path,) in db.execute(PATHS, {"from": f"{folder}/", "to": f"{folder}0"}))  # 0 comes after /


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Return whether an error says that the file of the catalog is damaged."""
    return error.sqlite_errorname in {
        "SQLITE_CORRUPT",
        "SQLITE_NOTADB",
        "SQLITE_CORRUPT_VTAB",
        "SQLITE_CORRUPT_INDEX",
        "SQLITE_IOERR",
    }


def missing_rows(db: Database) -> Iterator[tuple[str, str, str]]:
    """Yield (table, key, who names it how often) of each row that is not there, once for each column that names it."""
    for child in db.table_names():
        for reference in db.execute(f"PRAGMA foreign_key_list([{child}])").fetchall():
            _, _, parent, column, key, *_ = reference
            for value, number in db.execute(MISSING.format(child=child, column=column, parent=parent, key=key)):
                yield parent, str(value), f"{number} of {child}.{column}"


def wrong_numbers(db: Database, site: str | None) -> Iterator[tuple[str, int, int]]:
    """Yield (document, its version, the last one there is) where these differ."""
    yield from db.execute(WRONG_NUMBERS, {"site": site})


def incomplete(db: Database, site: str | None) -> Iterator[tuple[str, str, str]]:
    """Yield (id, URL, what is missing) of the documents without any version, and of those that should have a file and have none."""
    yield from db.execute(INCOMPLETE, {"site": site})


def without_evidence(db: Database, site: str | None) -> Iterator[tuple[str, int, int | None, str, bool, str | None]]:
    """Yield (document, version, its visit, URL, whether the visit is there, the document of that) of versions that lead to no evidence."""
    yield from db.execute(WITHOUT_EVIDENCE, {"site": site})


def not_indexed(db: Database, site: str | None) -> Iterator[tuple[str, str]]:
    """Yield (id, URL) of the documents that a search should find and does not."""
    yield from db.execute(NOT_INDEXED, {"site": site})


def stale_index(db: Database) -> Iterator[int]:
    """Yield the rows of the search index whose text is not there."""
    return (row for (row,) in db.execute(STALE_INDEX))


def indexed(db: Database, site: str | None) -> Iterator[tuple[str, list[str], list[int]]]:
    """Yield (document, title, names and body, how many tokens the index has of each) of every indexed text."""
    for document, *texts, sizes in db.execute(INDEXED, {"site": site}):
        yield document, texts, _varints(sizes)


def differences(db: Database, before: Path) -> Iterator[tuple[str, str]]:
    """Yield (lost, added or different, id) of the documents that are not what they are in another catalog. Raises sqlite3.Error."""
    db.execute("ATTACH ? AS before", [f"{before.resolve().as_uri()}?mode=ro"])
    yield from db.execute(DIFFERENCES)


def _varints(data: bytes) -> list[int]:
    """Return the numbers of a record of FTS5: how many tokens each column has (sqlite.org/fileformat2.html, varint)."""
    numbers, value = [], 0
    for byte in data:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(value)
            value = 0
    return numbers
