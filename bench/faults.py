"""Faults put into an archive, one after the other, each into an object of its own; and what an audit has to say of each."""

import json
import random
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crawler.audit import Code
from crawler.warc import read_members

Fault = tuple[Code, str]  # what a finding's code and object have to be


@dataclass(slots=True)
class Victim:
    """An archive that is being damaged. Every object is damaged once at most, so that each fault is one finding."""

    root: Path
    db: sqlite3.Connection
    dice: random.Random
    documents: list[tuple[str, str, str]] = field(
        default_factory=list
    )  # id, path, URL of live ones with one version, shuffled
    media: list[tuple[str, str]] = field(default_factory=list)  # sha256, path, shuffled
    visits: list[tuple[int, str, int, int]] = field(
        default_factory=list
    )  # id, file, offset, that of the next visit, shuffled
    flipped: set[tuple[str, int]] = field(default_factory=set)  # records, by file and offset
    number: int = 0  # of names made up so far


def damage(root: Path, faults: Mapping[str, int], *, seed: int = 1) -> list[Fault]:
    """Put so many faults of each kind into an archive; return what has to be found."""
    db = sqlite3.connect(root / "catalog.db", isolation_level=None)
    db.execute("PRAGMA foreign_keys = OFF")
    victim = _victim(root, db, random.Random(seed))
    db.execute("BEGIN")
    put = [KINDS[kind](victim) for kind in KINDS if kind in faults for _ in range(faults[kind])]
    db.execute("COMMIT")
    db.close()
    return put


def _victim(root: Path, db: sqlite3.Connection, dice: random.Random) -> Victim:
    documents = db.execute("""
        SELECT id, path, url FROM documents WHERE path IS NOT NULL AND status = 'live' AND version = 1 ORDER BY id
    """).fetchall()
    media = db.execute("SELECT sha256, path FROM media_files ORDER BY sha256").fetchall()
    visits = db.execute("""
        SELECT id, warc, warc_offset, lead(warc_offset) OVER (PARTITION BY warc ORDER BY warc_offset) FROM visits
        WHERE outcome IN ('new', 'unchanged') ORDER BY id
    """).fetchall()
    kept = [visit for visit in visits if visit[3] is not None]
    for rows in (documents, media, kept):
        dice.shuffle(rows)
    return Victim(root, db, dice, documents, media, kept)


def _flip(victim: Victim, path: str, first: int = 0, end: int | None = None) -> None:
    """Change one byte of a file."""
    data = bytearray((victim.root / path).read_bytes())
    place = victim.dice.randrange(first, len(data) if end is None else end)
    data[place] ^= victim.dice.randrange(1, 256)
    (victim.root / path).write_bytes(data)


def _flipped_markdown(victim: Victim) -> Fault:
    _, path, _ = victim.documents.pop()
    _flip(victim, path)
    return Code.DOCUMENT_CHANGED, path


def _edited_markdown(victim: Victim) -> Fault:
    _, path, _ = victim.documents.pop()
    text = (victim.root / path).read_text("utf-8")
    (victim.root / path).write_text(text.replace("title: ", "title: 更正："), "utf-8")
    return Code.DOCUMENT_CHANGED, path


def _truncated_markdown(victim: Victim) -> Fault:
    _, path, _ = victim.documents.pop()
    (victim.root / path).write_bytes(b"")
    return Code.DOCUMENT_CHANGED, path


def _missing_markdown(victim: Victim) -> Fault:
    _, path, _ = victim.documents.pop()
    (victim.root / path).unlink()
    return Code.DOCUMENT_MISSING, path


def _missing_version(victim: Victim) -> Fault:
    rows = victim.db.execute("SELECT path FROM versions WHERE path LIKE 'versions/%' ORDER BY path").fetchall()
    path = next(path for (path,) in rows if (victim.root / path).exists())
    (victim.root / path).unlink()
    return Code.DOCUMENT_MISSING, path


def _moved_markdown(victim: Victim) -> Fault:
    _, path, _ = victim.documents.pop()
    target = Path(path).parent.parent / "1999" / Path(path).name
    (victim.root / target).parent.mkdir(exist_ok=True)
    (victim.root / path).rename(victim.root / target)
    return Code.PATH_WRONG, path


def _orphan_markdown(victim: Victim) -> Fault:
    victim.number += 1
    path = f"articles/news0.example.edu.cn/2026/{victim.number:032x}.md"
    (victim.root / path).parent.mkdir(parents=True, exist_ok=True)
    (victim.root / path).write_text("---\ntitle: 无主\n---\n", "utf-8")
    return Code.ORPHAN, path


def _wrong_markdown_digest(victim: Victim) -> Fault:
    id_, path, _ = victim.documents.pop()
    victim.db.execute("UPDATE versions SET markdown_digest = ? WHERE document = ?", [f"sha256:{'0' * 64}", id_])
    return Code.DOCUMENT_CHANGED, path


def _wrong_content_digest(victim: Victim) -> Fault:
    id_, path, _ = victim.documents.pop()
    table, key = victim.dice.choice([("versions", "document"), ("documents", "id")])
    victim.db.execute(f"UPDATE {table} SET content_digest = ? WHERE {key} = ?", [f"sha256:{'0' * 64}", id_])
    return Code.DOCUMENT_ROW, path


def _wrong_path(victim: Victim) -> Fault:
    id_, path, _ = victim.documents.pop()
    table, key = victim.dice.choice([("versions", "document"), ("documents", "id")])
    wrong = path.replace(".md", ".markdown")
    victim.db.execute(f"UPDATE {table} SET path = ? WHERE {key} = ?", [wrong, id_])
    return Code.PATH_WRONG, wrong if table == "versions" else path


def _wrong_version(victim: Victim) -> Fault:
    id_, _, _ = victim.documents.pop()
    victim.db.execute("UPDATE documents SET version = 2 WHERE id = ?", [id_])
    return Code.VERSION_NUMBER, f"documents/{id_}"


def _missing_document_row(victim: Victim) -> Fault:
    id_, _, _ = victim.documents.pop()
    victim.db.execute("DELETE FROM documents WHERE id = ?", [id_])
    return Code.ROW_MISSING, f"documents/{id_}"


def _missing_rows(victim: Victim) -> Fault:
    """Lose both rows of a document: its file and its visits are left."""
    id_, _, _ = victim.documents.pop()
    victim.db.execute("DELETE FROM documents WHERE id = ?", [id_])
    victim.db.execute("DELETE FROM versions WHERE document = ?", [id_])
    return Code.ROW_MISSING, f"documents/{id_}"


def _lost_visit(victim: Victim) -> Fault:
    id_, _, _ = victim.documents.pop()
    victim.db.execute("UPDATE versions SET visit = NULL WHERE document = ?", [id_])
    return Code.VERSION_EVIDENCE, f"versions/{id_}/1"


def _not_indexed(victim: Victim) -> Fault:
    id_, _, _ = victim.documents.pop()
    victim.db.execute("DELETE FROM texts WHERE document = ?", [id_])
    (row,) = victim.db.execute("SELECT search_row FROM documents WHERE id = ?", [id_]).fetchone()
    victim.db.execute("DELETE FROM document_search_docsize WHERE id = ?", [row])
    return Code.SEARCH_INDEX, f"texts/{id_}"


def _other_text(victim: Victim) -> Fault:
    id_, _, _ = victim.documents.pop()
    victim.db.execute("UPDATE texts SET body = body || '多出的字' WHERE document = ?", [id_])
    return Code.SEARCH_INDEX, f"texts/{id_}"


def _flipped_medium(victim: Victim) -> Fault:
    _, path = victim.media.pop()
    _flip(victim, path)
    return Code.MEDIA_CHANGED, path


def _missing_medium(victim: Victim) -> Fault:
    _, path = victim.media.pop()
    (victim.root / path).unlink()
    return Code.MEDIA_MISSING, path


def _orphan_medium(victim: Victim) -> Fault:
    victim.number += 1
    path = f"media/00/{victim.number:064x}.png"
    (victim.root / path).parent.mkdir(parents=True, exist_ok=True)
    (victim.root / path).write_bytes(b"x")
    return Code.ORPHAN, path


def _wrong_medium_size(victim: Victim) -> Fault:
    digest, path = victim.media.pop()
    victim.db.execute("UPDATE media_files SET size = size + 1 WHERE sha256 = ?", [digest])
    return Code.MEDIA_ROW, path


def _wrong_medium_digest(victim: Victim) -> Fault:
    digest, path = victim.media.pop()
    victim.db.execute("UPDATE media_files SET sha256 = ? WHERE sha256 = ?", [digest[::-1], digest])
    return Code.MEDIA_ROW, path


def _missing_medium_row(victim: Victim) -> Fault:
    digest, path = victim.media.pop()
    victim.db.execute("DELETE FROM media_files WHERE sha256 = ?", [digest])
    return Code.MEDIA_ROW_MISSING, path


def _flipped_record(victim: Victim) -> Fault:
    """Change a byte of a record, but not the one of its gzip header that no reader looks at."""
    _, path, offset, _ = victim.visits.pop()
    size = _member_size(victim.root / path, offset)
    victim.flipped.add((path, offset))
    place = victim.dice.choice([victim.dice.randrange(9), *(victim.dice.randrange(10, size) for _ in range(9))])
    _flip(victim, path, offset + place, offset + place + 1)
    return Code.RECORD_DAMAGED, f"{path}@{offset}"


def _member_size(path: Path, offset: int) -> int:
    return next(read_members(path, offset)).end - offset


def _wrong_offset(victim: Victim) -> Fault:
    id_, _, _, _ = victim.visits.pop()
    victim.db.execute("UPDATE visits SET warc_offset = warc_offset + 1 WHERE id = ?", [id_])
    return Code.EVIDENCE_ROW, f"visits/{id_}"


def _other_offset(victim: Victim) -> Fault:
    """Let a row name the place of another record of the same file."""
    id_, _, _, end = next(visit for visit in victim.visits if (visit[1], visit[3]) not in victim.flipped)
    victim.visits = [visit for visit in victim.visits if visit[0] != id_]
    victim.db.execute("UPDATE visits SET warc_offset = ? WHERE id = ?", [end, id_])
    return Code.EVIDENCE_ROW, f"visits/{id_}"


def _wrong_record_id(victim: Victim) -> Fault:
    id_, _, _, _ = victim.visits.pop()
    victim.db.execute(
        "UPDATE visits SET warc_record = '<urn:uuid:00000000-0000-0000-0000-000000000000>' WHERE id = ?", [id_]
    )
    return Code.EVIDENCE_ROW, f"visits/{id_}"


def _wrong_payload_digest(victim: Victim) -> Fault:
    id_, _, _, _ = victim.visits.pop()
    victim.db.execute("UPDATE visits SET payload_digest = ? WHERE id = ?", [f"sha256:{'0' * 64}", id_])
    return Code.EVIDENCE_ROW, f"visits/{id_}"


def _wrong_address(victim: Victim) -> Fault:
    id_, _, _, _ = victim.visits.pop()
    victim.db.execute("UPDATE visits SET url = replace(url, '.htm', '0.htm') WHERE id = ?", [id_])
    return Code.EVIDENCE_ROW, f"visits/{id_}"


def _half_record(victim: Victim) -> Fault:
    """Leave what a crash leaves: half a record at the end of the last file of a run that died."""
    path = max((victim.root / "warc").glob("r2-*.warc.gz"))
    size = path.stat().st_size
    data = path.read_bytes()
    path.write_bytes(data + data[: victim.dice.randrange(12, 200)])
    return Code.WARC_TORN, f"warc/{path.name}@{size}"


def _truncated_warc(victim: Victim) -> Fault:
    """Cut off the end of the last file of a run, in the midst of a record that rows name."""
    path = max((victim.root / "warc").glob("r1-*.warc.gz"))
    name = f"warc/{path.name}"
    (offset,) = victim.db.execute("SELECT max(warc_offset) FROM visits WHERE warc = ?", [name]).fetchone()
    with path.open("r+b") as file:
        file.truncate(offset + 40)
    victim.visits = [visit for visit in victim.visits if visit[1] != name]
    return Code.WARC_TRUNCATED, f"{name}@{offset}"


def _missing_warc(victim: Victim) -> Fault:
    """Lose a whole file in the midst of a run."""
    names = sorted((victim.root / "warc").glob("r1-*.warc.gz"))
    name = f"warc/{names[len(names) // 2 - 1].name}"
    (victim.root / name).unlink()
    victim.visits = [visit for visit in victim.visits if visit[1] != name]
    return Code.WARC_MISSING, name


def _orphan_warc(victim: Victim) -> Fault:
    victim.number += 1
    path = f"warc/unknown{victim.number}-00000.warc.gz"
    (victim.root / path).write_bytes(b"")
    return Code.ORPHAN, path


def _temporary(victim: Victim) -> Fault:
    victim.number += 1
    path = f"tmp/{victim.number:016x}.tmp"
    (victim.root / "tmp").mkdir(exist_ok=True)
    (victim.root / path).write_bytes(b"---\n")
    return Code.TEMPORARY, path


def _missing_withheld(victim: Victim) -> Fault:
    id_, _ = _withhold(victim)
    return Code.WITHHELD_MISSING, f"withheld/{id_}.json"


def _broken_withheld(victim: Victim) -> Fault:
    id_, url = _withhold(victim)
    (victim.root / "withheld").mkdir(exist_ok=True)
    (victim.root / f"withheld/{id_}.json").write_text(json.dumps({"url": url})[:-1], "utf-8")
    return Code.WITHHELD_UNREADABLE, f"withheld/{id_}.json"


def _withhold(victim: Victim) -> tuple[str, str]:
    """Take a document out of the archive, as a takedown does; its text is not written."""
    id_, path, url = victim.documents.pop()
    (victim.root / path).unlink()
    victim.db.execute("UPDATE documents SET title = '', path = NULL, search_row = NULL WHERE id = ?", [id_])
    victim.db.execute("INSERT INTO withheld VALUES (?, ?, 'asked for', '2026-01-06T00:00:00+00:00')", [id_, url])
    victim.db.execute("DELETE FROM versions WHERE document = ?", [id_])
    (row,) = victim.db.execute("SELECT row FROM texts WHERE document = ?", [id_]).fetchone()
    victim.db.execute("DELETE FROM texts WHERE row = ?", [row])
    victim.db.execute("DELETE FROM document_search_docsize WHERE id = ?", [row])
    return id_, url


# In the order they are put: files that go as a whole first.
KINDS: dict[str, Callable[[Victim], Fault]] = {
    "missing WARC file": _missing_warc,
    "truncated WARC file": _truncated_warc,
    "flipped byte in Markdown": _flipped_markdown,
    "edited Markdown": _edited_markdown,
    "emptied Markdown": _truncated_markdown,
    "missing Markdown": _missing_markdown,
    "missing older version": _missing_version,
    "moved Markdown": _moved_markdown,
    "orphan Markdown": _orphan_markdown,
    "wrong Markdown digest in a row": _wrong_markdown_digest,
    "wrong content digest in a row": _wrong_content_digest,
    "wrong path in a row": _wrong_path,
    "wrong number of the current version": _wrong_version,
    "missing row of a document": _missing_document_row,
    "missing rows of a document and its version": _missing_rows,
    "version without visit": _lost_visit,
    "document not in the search index": _not_indexed,
    "other text than the search index": _other_text,
    "flipped byte in a medium": _flipped_medium,
    "missing medium": _missing_medium,
    "orphan medium": _orphan_medium,
    "wrong size of a medium in its row": _wrong_medium_size,
    "wrong digest of a medium in its row": _wrong_medium_digest,
    "missing row of a medium": _missing_medium_row,
    "flipped byte in a record": _flipped_record,
    "wrong offset in a row": _wrong_offset,
    "offset of another record in a row": _other_offset,
    "wrong record id in a row": _wrong_record_id,
    "wrong payload digest in a row": _wrong_payload_digest,
    "wrong address in a row": _wrong_address,
    "half a record at the end": _half_record,
    "orphan WARC file": _orphan_warc,
    "temporary file": _temporary,
    "missing withheld text": _missing_withheld,
    "broken withheld text": _broken_withheld,
}
ONCE = frozenset({"missing WARC file", "truncated WARC file", "half a record at the end"})  # at most, in one archive


def spread(number: int) -> dict[str, int]:
    """Return so many faults spread evenly over the kinds, those that can be put once only put once."""
    many = [kind for kind in KINDS if kind not in ONCE]
    rest = number - len(ONCE)
    return dict.fromkeys(ONCE, 1) | {kind: rest // len(many) + (n < rest % len(many)) for n, kind in enumerate(many)}
