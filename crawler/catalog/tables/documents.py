"""The documents: what is known of them, and one door to record a state of one with all that hangs on it."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlite_utils import Database

from crawler.catalog.moment import from_text, to_text
from crawler.catalog.queries import search
from crawler.dedup.normalise import plain
from crawler.errors import CatalogError
from crawler.items import Absence, Article, Document, DocumentState, Media, MediaKind, Precision, Reason, Status

SECTION_SEPARATOR = " / "

KNOWN = """
SELECT
    id, url, site, family, extractor, version, content_digest, path, archived, status, duplicate_of, lastmod,
    missed, last_missed, absences.run, misses, reason, confirmed, returned,
    title, published, date_precision, date_raw, section, source, language, confidence, provenance, characters
FROM documents LEFT JOIN absences ON absences.document = documents.id
    AND missed = (SELECT max(missed) FROM absences WHERE document = documents.id)
"""
COLUMNS = (
    "id", "url", "site", "title", "published", "date_precision", "date_raw", "section", "source", "language", "family",
    "path", "version", "status", "content_digest", "duplicate_of", "archived", "lastmod", "extractor", "confidence",
    "provenance", "characters", "images", "attachments", "videos", "search_row",
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
MEDIA_OF = "SELECT document, kind, url, caption, name FROM media"
PEOPLE_OF = "SELECT document, role, name FROM people"
AMONG = "WHERE document IN (SELECT value FROM json_each(?))"


def known(db: Database, ids: Iterable[str]) -> dict[str, DocumentState]:
    """Return what the catalog holds of these documents, by id; an unknown id is absent, and so is what is withheld."""
    shown = "NOT EXISTS (SELECT 1 FROM withheld WHERE withheld.document = id)"
    return {
        state.id: state
        for state in _states(db, f"WHERE id IN (SELECT value FROM json_each(?)) AND {shown}", json.dumps(list(ids)))
    }


def firsts(db: Database, digests: Iterable[str]) -> dict[str, DocumentState]:
    """Return the first document with each content digest, by digest: the one that is no duplicate.

    Where two are (each changed until they met), the one captured first, then the smaller URL.
    """
    of_digests = "WHERE content_digest IN (SELECT value FROM json_each(?)) AND duplicate_of IS NULL"
    order = "ORDER BY archived DESC, url DESC"  # the last one a digest gets wins
    return {first.content_digest: first for first in _states(db, f"{of_digests} {order}", json.dumps(list(digests)))}


def duplicates(db: Database, first: str) -> list[DocumentState]:
    """Return the duplicates of a document, the one captured first before the others."""
    return _states(db, "WHERE duplicate_of = ? ORDER BY archived, url", first)


def latest(db: Database, site_key: str, size: int) -> list[str]:
    """Return the ids of a site's documents with the latest publication times."""
    query = "SELECT id FROM documents WHERE site = ? AND published IS NOT NULL ORDER BY published DESC, id LIMIT ?"
    return [document_id for (document_id,) in db.execute(query, [site_key, size])]


def changes(db: Database, document_id: str) -> list[dict[str, Any]]:
    """Return what changed in a document, oldest first: the rows of `changes` as mappings, `diff` as a list of (sign, text)."""
    columns = ("version", "kind", "field", "before", "after", "diff", "visit", "at")
    query = f"SELECT {', '.join(columns)} FROM changes WHERE document = ? ORDER BY id"
    rows = [dict(zip(columns, row, strict=True)) for row in db.execute(query, [document_id])]
    return [{**row, "diff": [*map(tuple, json.loads(row["diff"]))] if row["diff"] else None} for row in rows]


def text(db: Database, document_id: str) -> tuple[str, str] | None:
    """Return title and plain body of a document as they are searched; None for one without."""
    row = db.execute("SELECT title, body FROM texts WHERE document = ?", [document_id]).fetchone()
    return (row[0], row[1]) if row else None


def first_ids(db: Database, site_key: str, size: int) -> list[str]:
    """Return the smallest ids of a site's documents: a sample that depends on nothing but which documents there are."""
    rows = db.execute("SELECT id FROM documents WHERE site = ? ORDER BY id LIMIT ?", [site_key, size])
    return [document_id for (document_id,) in rows]


def evidence(db: Database, ids: Iterable[str]) -> list[tuple[str, str, int]]:
    """Return (URL requested, WARC file, offset of the response) of the current versions of these documents, by id."""
    return db.execute(
        """
        SELECT visits.url, visits.warc, visits.warc_offset
        FROM documents
        JOIN versions ON versions.document = documents.id AND versions.version = documents.version
        JOIN visits ON visits.id = versions.visit
        WHERE documents.id IN (SELECT value FROM json_each(?)) AND visits.warc IS NOT NULL
        ORDER BY documents.id
        """,
        [json.dumps(list(ids))],
    ).fetchall()


def visit_of(db: Database, document_id: str) -> int | None:
    """Return the visit whose evidence the current version of a document was read from."""
    row = db.execute(
        "SELECT visit FROM versions JOIN documents ON documents.id = document AND documents.version = versions.version WHERE id = ?",
        [document_id],
    ).fetchone()
    return row[0] if row else None


def days(db: Database, urls: Iterable[str]) -> dict[str, date]:
    """Return the day of publication, as stated, of the documents with these URLs that state one."""
    rows = db.execute(
        "SELECT url, published FROM documents WHERE published IS NOT NULL AND url IN (SELECT value FROM json_each(?))",
        [json.dumps(list(urls))],
    )
    return {url: from_text(published).date() for url, published in rows}


def holding(db: Database, site_key: str, lines: Iterable[str]) -> list[str]:
    """Return the ids of a site's documents of whose text one of these is a line."""
    rows = db.execute(
        """
        SELECT documents.id FROM documents JOIN texts ON texts.document = documents.id
        WHERE documents.site = ? AND EXISTS (
            SELECT 1 FROM json_each(?) AS line
            WHERE instr(char(10) || texts.body || char(10), char(10) || line.value || char(10))
        )
        ORDER BY documents.id
        """,
        [site_key, json.dumps(list(lines), ensure_ascii=False)],
    )
    return [document_id for (document_id,) in rows]


def seen_by(db: Database, site_key: str, run: str) -> bool:
    """Return whether a run brought a new or changed document of a site, or one before it that was cut short.

    Looked at are the runs since the last that was finished and visited the site; names of runs sort by time.
    """
    query = """
        SELECT 1 FROM visits
        WHERE site = :site AND outcome IN ('new', 'changed') AND run <= :run AND run > coalesce((
            SELECT max(run) FROM runs WHERE state = 'finished' AND run < :run
            AND EXISTS (SELECT 1 FROM visits WHERE visits.run = runs.run AND visits.site = :site)
        ), '')
        LIMIT 1
    """
    return db.execute(query, {"site": site_key, "run": run}).fetchone() is not None


def count(db: Database, site_key: str) -> int:
    """Return how many documents a site has."""
    (number,) = db.execute("SELECT count(*) FROM documents WHERE site = ?", [site_key]).fetchone()
    return int(number)


def record(db: Database, document: Document, visit_id: int | None, *, markdown_digest: str | None) -> None:
    """Insert or update a document with its version, media, people and searchable text, replacing older ones.

    `markdown_digest` is "sha256:…" of the file's bytes, None for a duplicate, which has no file and is not searchable. Without a visit
    the version keeps the one it was read from.
    """
    with db.atomic():
        search_row = _texts(db, document)
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


def supersede(db: Database, document_id: str, version: int, *, path: str) -> None:
    """Write down where the file of an older version now stands."""
    db.execute("UPDATE versions SET path = ? WHERE document = ? AND version = ?", [path, document_id, version])


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
        search.forget(db, old_first)
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
    title, published, precision, raw, section, source, language, confidence, provenance = row
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


def _texts(db: Database, document: Document) -> int | None:
    """Keep the searchable text of a document; return its row, None for a duplicate. An equal text keeps its row."""
    if document.status is Status.DUPLICATE:
        search.forget(db, document.id)
        return None
    article = document.article
    names = [article.source or "", *(name for people in article.people.values() for name in people)]
    return search.keep(db, document.id, title=article.title, names=" ".join(names).strip(), body=plain(article.body))
