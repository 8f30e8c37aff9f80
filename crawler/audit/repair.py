"""What an audit found, mended from the rest of the archive. Nothing that holds information is deleted: what is replaced goes to `orphans/`.

Each repair is made by the evidence of two witnesses that agree: bytes and the digest of their row, a record and the digest it states.
Where they do not, the fault is left to a person. Afterwards everything touched is looked at again by the same checks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath

from sqlite_utils import Database

from crawler.archive import body_of, load, sweep, write_all
from crawler.archive.layout import MEDIA
from crawler.audit import documents as document_checks
from crawler.audit import media as media_checks
from crawler.audit import verify
from crawler.audit.finding import Code, Finding
from crawler.audit.records import whole_records
from crawler.audit.restoring import document_bytes, media_bytes
from crawler.audit.scope import Audit, Scope
from crawler.catalog import reindex
from crawler.catalog.queries import captures, integrity
from crawler.catalog.tables import counts, documents, history, media, texts, visits
from crawler.dedup.digest import digest_of, plain
from crawler.items import Evidence, Reason
from crawler.runs.apart import examine_apart
from crawler.warc import FILE, Record, recover

ORPHANS = "orphans"
Mender = Callable[[Path, Database, Finding], str | None]  # returns what was done, None if nothing could be


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A fault, what was done about it, and whether it is gone."""

    finding: Finding
    done: str
    is_mended: bool


def repair(audit: Audit, db: Database, found: Iterable[Finding]) -> Iterator[Repaired]:
    """Mend what can be mended; yield every fault, and those that appeared on the way, when all was looked at again."""
    found = list(found)
    touched, done = set[str](), dict[tuple[Code, str], str]()
    for finding in sorted(found, key=lambda finding: ORDER.index(finding.code)):
        touched |= _touched(db, finding)
        if told := _mend(audit.root, db, finding):
            done[finding.code, finding.object] = told
        touched |= _touched(db, finding)
    left = _look_again(audit, db, touched)
    for finding in found:
        key = (finding.code, finding.object)
        yield Repaired(finding=finding, done=done.get(key, finding.advice), is_mended=key in done and key not in left)
    for key, finding in left.items():
        if key not in {(one.code, one.object) for one in found}:
            yield Repaired(finding=finding, done="it was found after the repair", is_mended=False)


def _mend(root: Path, db: Database, finding: Finding) -> str | None:
    mender = MENDERS.get(finding.code)
    if mender is None:
        return None
    with db.atomic():
        return mender(root, db, finding)


def _touched(db: Database, finding: Finding) -> set[str]:
    """Return the files to be looked at again for a fault."""
    if finding.code is not Code.EVIDENCE_ROW:
        return {finding.path}
    evidence = captures.of_row(db, finding.object)
    return {evidence.warc} if evidence else set()


def _look_again(audit: Audit, db: Database, touched: set[str]) -> dict[tuple[Code, str], Finding]:
    again = replace(audit, scope=Scope(among=frozenset(touched)), looked=lambda _path, _size: None)
    return {(finding.code, finding.object): finding for finding in verify(again, db)}


def _sweep(root: Path, _db: Database, finding: Finding) -> str | None:
    sweep(root)
    return None if (root / finding.path).exists() else "removed: it never became a file"


def _reindex(_root: Path, db: Database, _finding: Finding) -> str | None:
    """Make the indexes again, which is all that may be wrong; nothing else was looked at yet."""
    reindex(db)
    return None if integrity.damage(db) else "the indexes were made again; look once more: the rest was not looked at"


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
    row = integrity.version_at(db, finding.path)
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
            history.update_version(db, row.document, row.version, {"markdown_digest": digest})
            return "the file is what its evidence says: its digest is written down"
    return None


def _take_from_file(root: Path, db: Database, finding: Finding) -> str | None:
    """Let the row of a version say what its file does, which has the digest it was written with."""
    row = integrity.version_at(db, finding.path)
    if row is None:
        return None
    values, _ = load((root / finding.path).read_bytes())
    params = values["params"]
    if (values.get("urlname"), params.get("source_url"), params.get("version")) != (row.document, row.url, row.version):
        return None  # it is of another document
    published = values["date"].isoformat() if values.get("date") else None
    said = {"content_digest": params["content_digest"], "title": values["title"], "published": published}
    history.update_version(db, row.document, row.version, said)
    if row.is_current:
        documents.update(db, row.document, said)
    return "the row says what the file does"


def _find_file(root: Path, db: Database, finding: Finding) -> str | None:
    """Write down where the file of a row stands."""
    if finding.path.startswith(f"{MEDIA}/"):
        return _find_medium(root, db, finding)
    row = integrity.version_at(db, finding.path)
    stands = document_checks.locate(root, row) if row else None
    if row is None or stands is None:
        return None
    history.update_version(db, row.document, row.version, {"path": stands})
    if row.is_current:
        documents.update(db, row.document, {"path": stands})
    return f"the row names {stands}"


def _find_medium(root: Path, db: Database, finding: Finding) -> str | None:
    digest = media.content_at(db, finding.path)
    stands = media_checks.locate(root, digest) if digest else None
    if digest is None or stands is None or media_checks.digest_of(root / stands) != digest:
        return None
    media.move_file(db, digest, stands)
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
    link = media.shown_first(db, digest)
    if link is None or sha256(data).hexdigest() != digest:
        return None
    url, kind, fetched = link
    file = examine_apart(data, url, kind)
    if isinstance(file, Reason):
        return None
    media.put_file(db, replace(file, path=finding.path), stored=fetched)
    return "the row says what the file is"


def _find_record(root: Path, db: Database, finding: Finding) -> str | None:
    """Let a row name the record that has its id; or, at its place, the one that has its digest."""
    named = captures.of_row(db, finding.object)
    found = named and _record(root / named.warc, named)
    if not named or not found:
        return None
    visits.set_evidence(
        db, finding.object, replace(named, offset=found.offset, record_id=found.record_id, payload_digest=found.digest)
    )
    return f"the row names {found.record_id} at {found.offset}"


def _record(path: Path, named: Evidence) -> Record | None:
    at_place = None
    for record in whole_records(path):
        if record.record_id == named.record_id:
            return record
        if record.offset == named.offset and record.digest == named.payload_digest:
            at_place = record
    return at_place


def _number(_root: Path, db: Database, finding: Finding) -> str:
    documents.renumber(db, finding.object.partition("/")[2])
    return "the current version is the last one"


def _find_visit(_root: Path, db: Database, finding: Finding) -> str | None:
    """Let a version name the visit that was at the very moment its page was captured."""
    _, document, version = finding.object.split("/")
    found = captures.visits_at(db, document, int(version))
    if len(found) != 1:
        return None
    history.update_version(db, document, int(version), {"visit": found[0]})
    return f"the version names visit {found[0]}"


def _index(root: Path, db: Database, finding: Finding) -> str:
    """Make the text of one document again, if that is what is missing, and with the next finding nothing more; then the index."""
    table, _, document = finding.object.partition("/")
    if table == "texts":
        _keep_text(root, db, document)
    texts.rebuild(db)
    return "the index was made again"


def _recount(_root: Path, db: Database, _finding: Finding) -> str:
    counts.recount(db)
    return "counted anew"


def _keep_text(root: Path, db: Database, document: str) -> None:
    path = documents.path(db, document)
    if path is not None and (root / path).is_file():
        texts.restore(db, document, plain(body_of((root / path).read_bytes())))


# In the order they are done: what others stand on first.
MENDERS: Mapping[Code, Mender] = {
    Code.CATALOG_DAMAGED: _reindex,
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
    Code.COUNTS_WRONG: _recount,
    Code.ORPHAN: _set_aside,
}
ORDER = [*MENDERS, *(code for code in Code if code not in MENDERS)]
