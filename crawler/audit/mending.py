"""How each kind of fault is mended: by two witnesses that agree, bytes and the digest of their row, or a record and what it states."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath

from sqlite_utils import Database

from crawler.archive import body_of, load, sweep, write_all
from crawler.archive.media_type import examine
from crawler.audit import documents as document_checks
from crawler.audit import media as media_checks
from crawler.audit.finding import Code, Finding
from crawler.audit.records import whole_records
from crawler.audit.restoring import document_bytes, media_bytes
from crawler.catalog.queries import search
from crawler.dedup.digest import digest_of
from crawler.dedup.normalise import plain
from crawler.items import MediaKind
from crawler.warc import FILE, Record, recover

ORPHANS = "orphans"
Mender = Callable[[Path, Database, Finding], str | None]  # returns what was done, None if nothing could be


def _sweep(root: Path, _db: Database, finding: Finding) -> str | None:
    sweep(root)
    return None if (root / finding.path).exists() else "removed: it never became a file"


def _set_aside(root: Path, _db: Database, finding: Finding) -> str | None:
    if not (root / finding.path).is_file():
        return None  # its name is no text
    return f"moved to {set_aside(root, finding.path)}"


def set_aside(root: Path, path: str) -> str:
    """Move a file below `orphans/`, under a name that is free there; return where it stands now."""
    target = f"{ORPHANS}/{path}"
    number = 1
    while (root / target).exists():
        number += 1
        target = f"{ORPHANS}/{path}.{number}"
    (root / target).parent.mkdir(parents=True, exist_ok=True)
    (root / path).rename(root / target)
    return target


def _cut(root: Path, _db: Database, finding: Finding) -> str | None:
    name = FILE.fullmatch(finding.path)
    return "; ".join(recover(root, name["run"])) or None if name else None


def _restore_document(root: Path, db: Database, finding: Finding) -> str | None:
    """Write the file whose digest the row names; where evidence proves the file right and the row wrong, correct the row."""
    row = document_checks.row_at(db, finding.path)
    if row is None:
        return None
    file = root / finding.path
    there = file.read_bytes() if file.is_file() else None
    for data in document_bytes(root, db, row):
        digest = digest_of(data)
        if digest == row.digest:
            aside = f"; the other bytes are in {set_aside(root, finding.path)}" if there is not None else ""
            write_all(root, {finding.path: data})
            return f"written again from its evidence{aside}"
        if data == there:
            db.execute(
                "UPDATE versions SET markdown_digest = ? WHERE document = ? AND version = ?",
                [digest, row.document, row.version],
            )
            return "the file is what its evidence says: its digest is written down"
    return None


def _take_from_file(root: Path, db: Database, finding: Finding) -> str | None:
    """Let the row of a version say what its file does, which has the digest it was written with."""
    row = document_checks.row_at(db, finding.path)
    if row is None:
        return None
    values, _ = load((root / finding.path).read_bytes())
    params = values["params"]
    if (values.get("urlname"), params.get("source_url"), params.get("version")) != (row.document, row.url, row.version):
        return None  # it is of another document
    published = values["date"].isoformat() if values.get("date") else None
    said = [params["content_digest"], values["title"], published, row.document]
    db.execute(
        "UPDATE versions SET content_digest = ?, title = ?, published = ? WHERE document = ? AND version = ?",
        [*said, row.version],
    )
    if row.is_current:
        db.execute("UPDATE documents SET content_digest = ?, title = ?, published = ? WHERE id = ?", said)
    return "the row says what the file does"


def _find_file(root: Path, db: Database, finding: Finding) -> str | None:
    """Write down where the file of a row stands."""
    if finding.path.startswith(f"{media_checks.FOLDER}/"):
        return _find_medium(root, db, finding)
    row = document_checks.row_at(db, finding.path)
    stands = document_checks.standing(root, row) if row else None
    if row is None or stands is None:
        return None
    db.execute("UPDATE versions SET path = ? WHERE document = ? AND version = ?", [stands, row.document, row.version])
    if row.is_current:
        db.execute("UPDATE documents SET path = ? WHERE id = ?", [stands, row.document])
    return f"the row names {stands}"


def _find_medium(root: Path, db: Database, finding: Finding) -> str | None:
    row = db.execute("SELECT sha256 FROM media_files WHERE path = ?", [finding.path]).fetchone()
    stands = media_checks.standing(root, row[0]) if row else None
    if stands is None or media_checks.digest_of(root / stands) != row[0]:
        return None
    db.execute("UPDATE media_files SET path = ? WHERE sha256 = ?", [stands, row[0]])
    return f"the row names {stands}"


def _restore_medium(root: Path, db: Database, finding: Finding) -> str | None:
    data = media_bytes(root, db, PurePosixPath(finding.path).stem)
    if data is None:
        return None
    aside = f"; the other bytes are in {set_aside(root, finding.path)}" if (root / finding.path).is_file() else ""
    write_all(root, {finding.path: data})
    return f"written again from its evidence{aside}"


def _describe_medium(root: Path, db: Database, finding: Finding) -> str | None:
    """Let the row of a content say what its file is."""
    data, digest = (root / finding.path).read_bytes(), PurePosixPath(finding.path).stem
    link = db.execute(
        "SELECT url, kind, fetched FROM media_links WHERE sha256 = ? ORDER BY fetched, url", [digest]
    ).fetchone()
    if link is None or sha256(data).hexdigest() != digest:
        return None
    file = examine(data, link[0], MediaKind(link[1]))
    if file is None:
        return None
    row = (file.sha256, finding.path, file.type, file.size, file.width, file.height)
    if db.execute("SELECT 1 FROM media_files WHERE path = ?", [finding.path]).fetchone():
        columns = "sha256 = ?, path = ?, type = ?, size = ?, width = ?, height = ?"
        db.execute(f"UPDATE media_files SET {columns} WHERE path = ?", [*row, finding.path])
    else:
        db.execute("INSERT INTO media_files VALUES (?, ?, ?, ?, ?, ?, ?)", [*row, link[2]])
    return "the row says what the file is"


def _find_record(root: Path, db: Database, finding: Finding) -> str | None:
    """Let a row name the record that has its id; or, at its place, the one that has its digest."""
    table, _, key = finding.object.partition("/")
    column = "id" if table == "visits" else "url"
    query = f"SELECT warc, warc_offset, warc_record, payload_digest FROM {table} WHERE {column} = ?"
    path, offset, record_id, digest = db.execute(query, [key]).fetchone()
    found = _record(root / path, offset, record_id, digest)
    if found is None:
        return None
    db.execute(
        f"UPDATE {table} SET warc_offset = ?, warc_record = ?, payload_digest = ? WHERE {column} = ?",
        [found.offset, found.record_id, found.digest, key],
    )
    return f"the row names {found.record_id} at {found.offset}"


def _record(path: Path, offset: int, record_id: str, digest: str) -> Record | None:
    at_place = None
    for record in whole_records(path):
        if record.record_id == record_id:
            return record
        if record.offset == offset and record.digest == digest:
            at_place = record
    return at_place


def _number(_root: Path, db: Database, finding: Finding) -> str:
    document = finding.object.partition("/")[2]
    db.execute(
        "UPDATE documents SET version = (SELECT max(version) FROM versions WHERE document = id) WHERE id = ?",
        [document],
    )
    return "the current version is the last one"


def _find_visit(_root: Path, db: Database, finding: Finding) -> str | None:
    """Let a version name the visit that was at the very moment its page was captured."""
    _, document, version = finding.object.split("/")
    query = """
    SELECT visits.id FROM visits JOIN versions ON versions.captured = visits.fetched AND versions.document = visits.document
    WHERE versions.document = ? AND versions.version = ? AND visits.warc IS NOT NULL
    """
    found = db.execute(query, [document, version]).fetchall()
    if len(found) != 1:
        return None
    db.execute("UPDATE versions SET visit = ? WHERE document = ? AND version = ?", [found[0][0], document, version])
    return f"the version names visit {found[0][0]}"


def _index(root: Path, db: Database, finding: Finding) -> str:
    """Make the text of one document again, if that is what is missing, and with the next finding nothing more; then the index."""
    table, _, document = finding.object.partition("/")
    if table == "texts":
        _keep_text(root, db, document)
    search.rebuild(db)
    return "the index was made again"


def _keep_text(root: Path, db: Database, document: str) -> None:
    row = db.execute("SELECT path, title, source FROM documents WHERE id = ?", [document]).fetchone()
    if row is None or row[0] is None or not (root / row[0]).is_file():
        return
    people = [
        name for (name,) in db.execute("SELECT name FROM people WHERE document = ? ORDER BY position", [document])
    ]
    names = " ".join([row[2] or "", *people]).strip()
    text = plain(body_of((root / row[0]).read_bytes()))
    held = db.execute("SELECT row FROM texts WHERE document = ?", [document]).fetchone()
    if held:
        db.execute("UPDATE texts SET title = ?, names = ?, body = ? WHERE row = ?", [row[1], names, text, held[0]])
    else:
        held = [
            db.execute(
                "INSERT INTO texts (document, title, names, body) VALUES (?, ?, ?, ?)", [document, row[1], names, text]
            ).lastrowid
        ]
    db.execute("UPDATE documents SET search_row = ? WHERE id = ?", [held[0], document])


# In the order they are done: what others stand on first.
MENDERS: Mapping[Code, Mender] = {
    Code.TEMPORARY: _sweep,
    Code.WARC_TORN: _cut,
    Code.EVIDENCE_ROW: _find_record,
    Code.VERSION_EVIDENCE: _find_visit,
    Code.VERSION_NUMBER: _number,
    Code.MEDIA_ROW_MISSING: _describe_medium,
    Code.MEDIA_ROW: _describe_medium,
    Code.MEDIA_MISSING: _restore_medium,
    Code.MEDIA_CHANGED: _restore_medium,
    Code.PATH_WRONG: _find_file,
    Code.DOCUMENT_MISSING: _restore_document,
    Code.DOCUMENT_CHANGED: _restore_document,
    Code.DOCUMENT_ROW: _take_from_file,
    Code.SEARCH_INDEX: _index,
    Code.ORPHAN: _set_aside,
}
ORDER = [*MENDERS, *(code for code in Code if code not in MENDERS)]
