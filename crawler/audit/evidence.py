"""Evidence: every WARC file is whole to its end, every row leads to the record it names, in one pass over each file.

The rows come in the order of their records, so that file and rows are read side by side, whatever their number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from itertools import groupby
from pathlib import Path

from sqlite_utils import Database
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.archive.members import Member, read_members
from crawler.archive.warc import FOLDER
from crawler.audit.finding import Fault, Finding
from crawler.audit.scope import Scope

# The rows that name a record. What a withheld document leaves in the evidence is checked like all of it.
ROWS = """
SELECT warc, warc_offset, 'visits/' || id, warc_record, payload_digest FROM visits WHERE warc IS NOT NULL {visits}
UNION ALL
SELECT warc, warc_offset, 'media_links/' || url, warc_record, payload_digest FROM media_links WHERE warc IS NOT NULL {media}
ORDER BY 1, 2, 3
"""
RUNNING = "SELECT run FROM runs WHERE state = 'running'"
NAME = re.compile(r"(.+)-(\d{5})\.warc\.gz")
# RFC 1952, 2.3.1: the head of a gzip member as ours are written, of which no checksum tells: magic, no flags, no time, the usual level …
HEAD = b"\x1f\x8b\x08" + bytes(6)
SYSTEMS = (3, 10, 255)  # … and Unix, Windows or unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a record says of itself."""

    id: str
    kind: str
    payload_digest: str | None
    refers_to: str | None
    is_whole: bool  # its digests are those of its content


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row that names a record."""

    offset: int
    name: str
    record_id: str
    payload_digest: str | None


def check_evidence(root: Path, db: Database, scope: Scope) -> Iterator[Finding]:
    """Yield what is wrong with the WARC files in scope and with the rows that lead to them."""
    files = {f"{FOLDER}/{file.name}": file for file in sorted((root / FOLDER).glob("*.warc.gz"))}
    running = {run for (run,) in db.execute(RUNNING)}
    chosen = _chosen(db, scope, set(files))
    named: set[str] = set()
    for warc, rows in groupby(_rows(db, scope), key=lambda pair: pair[0]):
        named.add(warc)
        if warc not in files:
            scope.checked(warc, Fault.WARC_MISSING)
            yield Finding(fault=Fault.WARC_MISSING, object=warc, detail="rows name it, it is not there")
        elif warc in chosen:
            yield from _file(files[warc], warc, [row for _, row in rows], scope, is_running=_run(warc) in running)
    for warc in sorted(chosen - named):
        yield from _file(files[warc], warc, [], scope, is_running=_run(warc) in running)
    if scope.is_whole:
        yield from _numbers({*files, *named})


def _chosen(db: Database, scope: Scope, files: set[str]) -> set[str]:
    """Return the files in scope."""
    dates = dict(db.execute("SELECT object, checked FROM checks WHERE object GLOB 'warc/*'").fetchall())
    chosen = sorted(files, key=lambda name: (dates.get(name, ""), name))
    if scope.checked_before is not None:
        chosen = [name for name in chosen if dates.get(name, "") < scope.checked_before.isoformat()]
    return set(chosen[: scope.sample])


def _rows(db: Database, scope: Scope) -> Iterator[tuple[str, Row]]:
    of_site = "AND site = :site" if scope.site else ""
    query = ROWS.format(visits=of_site, media=of_site)
    for warc, offset, name, record, digest in db.execute(query, {"site": scope.site}):
        yield warc, Row(offset=offset, name=name, record_id=record, payload_digest=digest or None)


def _file(file: Path, warc: str, rows: list[Row], scope: Scope, *, is_running: bool) -> Iterator[Finding]:
    found = [*_walk(file, warc, rows, scope)]
    if is_running:  # its last record may be half written, and rows come after their records
        found = [finding for finding in found if finding.fault not in (Fault.WARC_CUT, Fault.RECORD_MISSING)]
    scope.checked(warc, found[0].fault if found else None)
    yield from found


def _walk(file: Path, warc: str, rows: list[Row], scope: Scope) -> Iterator[Finding]:
    """Read a file and its rows side by side."""
    waiting = iter(rows)
    row = next(waiting, None)
    is_cut = False
    for member in read_members(file):
        scope.advance("evidence", len(member.raw))
        while row and row.offset < member.offset:
            yield _missing(warc, row)
            row = next(waiting, None)
        record = _record(member)
        if record is None or not record.is_whole:
            yield _unreadable(warc, member)
        is_cut = member.is_cut
        while row and (row.offset == member.offset or is_cut):  # what stood behind the cut is lost with it
            if record is not None and record.is_whole and (finding := _compare(warc, row, record)):
                yield finding
            row = next(waiting, None)
    lost = [row, *waiting] if row else []
    if len(lost) > 1:
        detail = f"{len(lost)} rows name records behind its end, from {lost[0].offset} on"
        yield Finding(fault=Fault.WARC_CUT, object=warc, at=file.stat().st_size, detail=detail)
    else:
        yield from (_missing(warc, one) for one in lost)


def _record(member: Member) -> Record | None:
    """Return what a member says of itself, None if it is no WARC record or its head is not as it was written."""
    if member.content is None or member.raw[:9] != HEAD or member.raw[9] not in SYSTEMS:
        return None
    try:
        record = next(iter(ArchiveIterator(BytesIO(member.content), check_digests=True)))
        payload = record.raw_stream.read()
    except (ArchiveLoadFailed, StopIteration, EOFError, OSError, ValueError):
        return None
    fields = record.rec_headers
    digest = fields.get_header("WARC-Payload-Digest")
    return Record(
        id=fields.get_header("WARC-Record-ID") or "",
        kind=record.rec_type,
        payload_digest=digest,
        refers_to=fields.get_header("WARC-Refers-To"),
        is_whole=record.digest_checker.passed is not False and _says_its_digest(record.rec_type, payload, digest),
    )


def _says_its_digest(kind: str, payload: bytes, digest: str | None) -> bool:
    """Return whether the payload digest of a record is ours of its payload; a revisit has none of its own, a request another kind."""
    return digest is None or kind in ("revisit", "request") or digest == f"sha256:{sha256(payload).hexdigest()}"


def _compare(warc: str, row: Row, record: Record) -> Finding | None:
    if record.id != row.record_id:
        return _missing(warc, row)
    if row.payload_digest and record.payload_digest and row.payload_digest != record.payload_digest:
        detail = f"says {row.payload_digest}, its record in {warc} at {row.offset} says {record.payload_digest}"
        return Finding(fault=Fault.DIGEST_WRONG, object=row.name, detail=detail)
    return None


def _missing(warc: str, row: Row) -> Finding:
    detail = f"names the record {row.record_id} in {warc} at {row.offset}, which is not there"
    return Finding(fault=Fault.RECORD_MISSING, object=row.name, detail=detail)


def _unreadable(warc: str, member: Member) -> Finding:
    if member.is_cut:
        return Finding(fault=Fault.WARC_CUT, object=warc, at=member.offset, detail="the file ends within a record")
    return Finding(fault=Fault.RECORD_UNREADABLE, object=warc, at=member.offset, detail="a record is damaged")


def _run(warc: str) -> str:
    found = NAME.fullmatch(Path(warc).name)
    return found[1] if found else ""


def _numbers(files: set[str]) -> Iterator[Finding]:
    """Yield the gaps in the numbers of each run's files."""
    numbers: dict[str, set[int]] = {}
    for file in files:
        if found := NAME.fullmatch(Path(file).name):
            numbers.setdefault(found[1], set()).add(int(found[2]))
    for run, present in sorted(numbers.items()):
        for number in sorted(set(range(max(present))) - present):
            path = f"{FOLDER}/{run}-{number:05d}.warc.gz"
            yield Finding(fault=Fault.NUMBER_MISSING, object=path, detail="later files of its run are there")
