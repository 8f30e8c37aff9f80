"""The documents: what is known of them, and one door to record a state of one with all that hangs on it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlite_utils import Database

from crawler.catalog.moment import from_text, to_text
from crawler.catalog.tables import texts
from crawler.dedup.digest import plain
from crawler.errors import CatalogError
from crawler.items import Absence, Article, Document, DocumentState, Media, MediaKind, Precision, Reason, Status

SECTION_SEPARATOR = " / "

KNOWN = """
SELECT
    id, url, site, family, extractor, version, content_digest, path, archived, status, duplicate_of, lastmod,
    missed, last_missed, absences.run, misses, reason, confirmed, returned,
    title, published, date_precision, date_raw, section, source, language, confidence, provenance, title_agrees, day_agrees,
    characters
FROM shown_documents AS documents LEFT JOIN absences ON absences.document = documents.id
    AND missed = (SELECT max(missed) FROM absences WHERE document = documents.id)
"""
COLUMNS = (
    "id", "url", "site", "title", "published", "date_precision", "date_raw", "section", "source", "language", "family",
    "path", "version", "status", "content_digest", "duplicate_of", "archived", "lastmod", "extractor", "confidence",
    "provenance", "characters", "images", "attachments", "videos", "search_row", "title_agrees", "day_agrees",
)  # fmt: skip
UPSERT = f"""
INSERT INTO documents ({", ".join(COLUMNS)}) VALUES ({", ".join("?" * len(COLUMNS))})
ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])}
"""
UPSERT_VERSION = """
INSERT INTO versions
    (document, version, visit, captured, title, published, path, content_digest, markdown_digest, extractor)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (document, version) DO UPDATE SET
    visit = coalesce(excluded.visit, visit), captured = excluded.captured, title = excluded.title, published = excluded.published,
    path = excluded.path, content_digest = excluded.content_digest, markdown_digest = excluded.markdown_digest,
    extractor = excluded.extractor
"""
# SQLite would go by the index of duplicate_of, which holds nearly all documents as NULL.
WITH_DIGEST = """
SELECT id FROM documents INDEXED BY documents_digest
WHERE content_digest IN (SELECT value FROM json_each(?)) AND duplicate_of IS NULL
"""
MEDIA_OF = "SELECT document, kind, url, caption, name FROM media"
PEOPLE_OF = "SELECT document, role, name FROM people"
FOUND_UNDER = """
SELECT id FROM documents WHERE url IN (SELECT value FROM json_each(:urls))
UNION SELECT document FROM addresses WHERE url IN (SELECT value FROM json_each(:urls))
UNION SELECT document FROM withheld_urls WHERE url IN (SELECT value FROM json_each(:urls))
"""
AMONG = "WHERE document IN (SELECT value FROM json_each(?))"


def known(db: Database, ids: Iterable[str]) -> dict[str, DocumentState]:
    """Return what the catalog holds of these documents, by id; an unknown id is absent, and so is what is withheld."""
    found = _states(db, "WHERE id IN (SELECT value FROM json_each(?))", json.dumps(list(ids)))
    return {state.id: state for state in found}


def firsts(db: Database, digests: Iterable[str]) -> dict[str, DocumentState]:
    """Return the first document with each content digest, by digest: the one that is no duplicate.

    Where two are (each changed until they met, or one is gone), the one that is there, captured first, then the smaller URL.
    """
    found = _states(
        db,
        f"WHERE id IN ({WITH_DIGEST}) ORDER BY status = 'gone' DESC, archived DESC, url DESC",
        json.dumps(list(digests)),
    )
    return {first.content_digest: first for first in found}  # the last one a digest gets wins


def duplicates(db: Database, first: str) -> list[DocumentState]:
    """Return the duplicates of a document, the one captured first before the others."""
    return _states(db, "WHERE duplicate_of = ? ORDER BY archived, url", first)


def latest(db: Database, site_key: str, size: int) -> list[str]:
    """Return the ids of a site's documents with the latest publication times."""
    query = "SELECT id FROM documents WHERE site = ? AND published IS NOT NULL ORDER BY published DESC, id LIMIT ?"
    return [document_id for (document_id,) in db.execute(query, [site_key, size])]


def days(db: Database, urls: Iterable[str]) -> dict[str, date]:
    """Return the day of publication, as stated, of the documents with these URLs that state one."""
    rows = db.execute(
        "SELECT url, published FROM documents WHERE published IS NOT NULL AND url IN (SELECT value FROM json_each(?))",
        [json.dumps(list(urls))],
    )
    return {url: from_text(published).date() for url, published in rows}


def count(db: Database, site_key: str | None = None) -> int:
    """Return how many documents a site has, or all of them."""
    where, values = ("AND site = ?", [site_key]) if site_key is not None else ("", [])
    sql = f"SELECT coalesce(sum(number), 0) FROM tallies WHERE kind = 'status' {where}"
    return int(db.execute(sql, values).fetchone()[0])


def existing(db: Database, ids: Iterable[str]) -> set[str]:
    """Return those of the ids that are documents, withheld ones too."""
    return {
        name
        for (name,) in db.execute(
            "SELECT id FROM documents WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(list(ids))]
        )
    }


def urls(db: Database, ids: Iterable[str]) -> list[str]:
    """Return the URLs of documents."""
    return [
        url
        for (url,) in db.execute(
            "SELECT url FROM documents WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(list(ids))]
        )
    ]


def found_under(db: Database, urls: Iterable[str]) -> set[str]:
    """Return the ids of the documents that have or had one of these URLs, withheld ones too."""
    return {name for (name,) in db.execute(FOUND_UNDER, {"urls": json.dumps(list(urls))})}


def first_of(db: Database, document_id: str) -> str:
    """Return the id of the first document with the content of this one: itself, unless it is a duplicate."""
    (first,) = db.execute("SELECT coalesce(duplicate_of, id) FROM documents WHERE id = ?", [document_id]).fetchone()
    return str(first)


def equal(db: Database, first: str) -> list[str]:
    """Return the ids of the duplicates of a document, the one captured first before the others, and last its own."""
    return [
        document_id
        for (document_id,) in db.execute(
            "SELECT id FROM documents WHERE id = :first OR duplicate_of = :first ORDER BY id = :first, archived, url",
            {"first": first},
        )
    ]


def record(db: Database, document: Document, visit_id: int | None, *, markdown_digest: str | None) -> None:
    """Insert or update a document with its version, media, people and searchable text, replacing older ones.

    `markdown_digest` is "sha256:…" of the file's bytes, None for a duplicate, which has no file and is not searchable. Without a visit
    the version keeps the one it was read from.
    """
    with db.atomic():
        search_row = _keep_text(db, document)
        db.execute(UPSERT, _row(document, search_row))
        db.execute(UPSERT_VERSION, _version_row(document, visit_id, markdown_digest))
        _replace(
            db, "media", "document, position, kind, url, caption, name, sha256", document.id, _media_rows(document)
        )
        _replace(db, "people", "document, position, role, name", document.id, _people_rows(document))


def amend(db: Database, document: Document, *, markdown_digest: str | None, visit_id: int | None = None) -> None:
    """Write a version anew, that better rules read from the same page, or that a later visit corrected; duplicates with its digest follow it."""
    with db.atomic():
        (before,) = db.execute("SELECT content_digest FROM documents WHERE id = ?", [document.id]).fetchone()
        record(db, document, visit_id, markdown_digest=markdown_digest)
        for table, key in (("versions", "document"), ("documents", "id")):
            db.execute(
                f"""
                UPDATE {table} SET content_digest = ? WHERE content_digest = ?
                AND {key} IN (SELECT id FROM documents WHERE duplicate_of = ?)
                """,
                [document.content_digest, before, document.id],
            )


def update(db: Database, document_id: str, values: Mapping[str, object]) -> None:
    """Write down what is true of a document: column -> value."""
    columns = ", ".join(f"{name} = :{name}" for name in values)
    db.execute(f"UPDATE documents SET {columns} WHERE id = :id", {**values, "id": document_id})


def renumber(db: Database, document_id: str) -> None:
    """Let the last version of a document be its current one."""
    db.execute(
        "UPDATE documents SET version = (SELECT max(version) FROM versions WHERE document = id) WHERE id = ?",
        [document_id],
    )


def path(db: Database, document_id: str) -> str | None:
    """Return where the file of a document stands, None for one without, and for an unknown one."""
    row = db.execute("SELECT path FROM documents WHERE id = ?", [document_id]).fetchone()
    return row[0] if row else None


def promote(db: Database, promoted: Document, *, old_first: str, markdown_digest: str) -> None:
    """Make a duplicate the first of those that say what a document no longer says: live, with a file; the others link to it."""
    with db.atomic():
        record(db, promoted, None, markdown_digest=markdown_digest)
        db.execute(
            "UPDATE documents SET duplicate_of = ? WHERE duplicate_of = ? AND content_digest = ? AND id <> ?",
            [promoted.id, old_first, promoted.content_digest, promoted.id],
        )


def set_status(db: Database, document_id: str, status: Status, *, markdown_digest: str | None) -> None:
    """Write down that a document is gone, or live again, and what its marked file is now; a duplicate stays one."""
    db.execute("UPDATE documents SET status = ? WHERE id = ? AND status <> 'duplicate'", [status, document_id])
    if markdown_digest:
        db.execute(
            "UPDATE versions SET markdown_digest = ? WHERE document = ? AND version = (SELECT version FROM documents WHERE id = ?)",
            [markdown_digest, document_id, document_id],
        )


def relink(db: Database, *, old_first: str, new_first: str) -> str | None:
    """Make the old first document a duplicate of the new one, with all that pointed to it; return its path.

    For a duplicate that turns out to have been captured earlier. `record` the new one as live in the same transaction;
    remove the file of the old one after it is committed.
    """
    with db.atomic():
        held = db.execute("SELECT path FROM documents WHERE id = ?", [old_first]).fetchone()
        if held is None:
            raise CatalogError(
                f"document {old_first}: cannot become a duplicate of {new_first}: it is not in the catalog"
            )
        texts.forget(db, old_first)
        db.execute(
            "UPDATE versions SET path = NULL, markdown_digest = NULL WHERE document = ? AND path = ?",
            [old_first, held[0]],
        )
        db.execute(
            "UPDATE documents SET duplicate_of = ?, status = 'duplicate', path = NULL, search_row = NULL WHERE id = ?",
            [new_first, old_first],
        )
        db.execute(
            "UPDATE documents SET duplicate_of = ? WHERE duplicate_of = ? AND id <> ?",
            [new_first, old_first, new_first],
        )
    return str(held[0]) if held[0] else None


def _states(db: Database, which: str, value: str) -> list[DocumentState]:
    """Return the documents that a condition with one value selects, with the articles their rows tell of."""
    rows = db.execute(f"{KNOWN} {which}", [value]).fetchall()
    wanted = json.dumps([row[0] for row in rows])
    media: dict[str, list[Media]] = defaultdict(list)
    people: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    if rows:
        for document, kind, url, caption, name in db.execute(
            f"{MEDIA_OF} {AMONG} ORDER BY document, position", [wanted]
        ):
            media[document].append(Media(kind=MediaKind(kind), url=url, caption=caption, name=name))
        for document, role, name in db.execute(f"{PEOPLE_OF} {AMONG} ORDER BY document, position", [wanted]):
            people[document][role] = (*people[document].get(role, ()), name)
    return [_state(row, media[row[0]], people[row[0]]) for row in rows]


def _state(row: tuple[Any, ...], media: list[Media], people: dict[str, tuple[str, ...]]) -> DocumentState:
    identity, url, site, family, extractor, version, digest, path, archived, status, duplicate_of, lastmod = row[:12]
    *article, characters = row[19:]
    return DocumentState(
        id=identity,
        url=url,
        site=site,
        article=_article(article, media, people),
        characters=characters,
        family=family,
        extractor=extractor,
        version=version,
        content_digest=digest,
        path=path,
        captured=from_text(archived),
        status=Status(status),
        duplicate_of=duplicate_of,
        lastmod=from_text(lastmod) if lastmod else None,
        absence=_absence(row[12:19]) if row[12] else None,
    )


def _absence(row: tuple[Any, ...]) -> Absence:
    missed, last_missed, run, misses, reason, confirmed, returned = row
    return Absence(
        missed=from_text(missed),
        last_missed=from_text(last_missed),
        run=run,
        misses=misses,
        reason=Reason(reason) if reason else None,
        confirmed=from_text(confirmed) if confirmed else None,
        returned=from_text(returned) if returned else None,
    )


def _article(row: list[Any], media: list[Media], people: dict[str, tuple[str, ...]]) -> Article:
    title, published, precision, raw, section, source, language, confidence, provenance, *agrees = row
    title_agrees, day_agrees = (None if value is None else bool(value) for value in agrees)
    return Article(
        title=title,
        body="",
        published=from_text(published) if published else None,
        precision=Precision(precision) if precision else None,
        date_raw=raw,
        source=source,
        people=people,
        section=tuple(section.split(SECTION_SEPARATOR)) if section else (),
        language=language,
        media=tuple(media),
        provenance=json.loads(provenance),
        confidence=confidence,
        title_agrees=title_agrees,
        day_agrees=day_agrees,
    )


def _row(document: Document, search_row: int | None) -> tuple[object, ...]:
    article = document.article
    kinds = [medium.kind for medium in article.media]
    return (
        document.id,
        document.url,
        document.site.key,
        article.title,
        _published(document),
        article.precision,
        article.date_raw,
        SECTION_SEPARATOR.join(article.section) or None,
        article.source,
        article.language,
        document.family,
        document.path,
        document.version,
        document.status,
        document.content_digest,
        document.duplicate_of,
        to_text(document.archived),
        to_text(document.lastmod) if document.lastmod else None,
        document.extractor,
        article.confidence,
        json.dumps(dict(article.provenance), ensure_ascii=False),
        len(article.body),
        kinds.count(MediaKind.IMAGE),
        kinds.count(MediaKind.ATTACHMENT),
        kinds.count(MediaKind.VIDEO),
        search_row,
        article.title_agrees,
        article.day_agrees,
    )


def _version_row(document: Document, visit_id: int | None, markdown_digest: str | None) -> tuple[object, ...]:
    return (
        document.id,
        document.version,
        visit_id,
        to_text(document.lastmod or document.archived),
        document.article.title,
        _published(document),
        document.path,
        document.content_digest,
        markdown_digest,
        document.extractor,
    )


def _published(document: Document) -> str | None:
    published = document.article.published
    return published.isoformat() if published else None


def _media_rows(document: Document) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for n, medium in enumerate(document.article.media, start=1):
        file = document.files.get(medium.url)
        rows.append(
            (document.id, n, medium.kind, medium.url, medium.caption, medium.name, file.sha256 if file else None)
        )
    return rows


def _people_rows(document: Document) -> list[tuple[object, ...]]:
    pairs = [(role, name) for role, names in document.article.people.items() for name in names]
    return [(document.id, n, role, name) for n, (role, name) in enumerate(pairs, start=1)]


def _replace(db: Database, table: str, columns: str, document_id: str, rows: list[tuple[object, ...]]) -> None:
    db.execute(f"DELETE FROM {table} WHERE document = ?", [document_id])
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        db.conn.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def _keep_text(db: Database, document: Document) -> int | None:
    """Keep the searchable text of a document; return its row, None for a duplicate. An equal text keeps its row."""
    if document.status is Status.DUPLICATE:
        texts.forget(db, document.id)
        return None
    article = document.article
    names = [article.source or "", *(name for people in article.people.values() for name in people)]
    return texts.keep(db, document.id, title=article.title, names=" ".join(names).strip(), body=plain(article.body))
