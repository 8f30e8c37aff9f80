"""The evidence: every WARC file from end to end, beside the rows that say where a record stands. One pass, two sorted streams.

files, by name      records, by offset ─┐
                                        ├─ compared
rows of visits and media_links, by file and offset ─┘
"""

from collections.abc import Iterable, Iterator
from contextlib import closing

from crawler.archive.layout import EVIDENCE
from crawler.audit.finding import Code, Finding
from crawler.audit.records import Ledger, LostRows, Rows, damage_of, fault_of
from crawler.audit.scope import Audit, Seen, shown, walk
from crawler.catalog.queries import integrity, statistics
from crawler.catalog.queries.integrity import EvidenceRow
from crawler.catalog.tables.runs import names
from crawler.items import Purpose
from crawler.pages.families import canonical_url
from crawler.urls import host_of
from crawler.warc import FILE, TAKEDOWN, Member, Record, read_members, record_of

EXCHANGES = frozenset({"response", "revisit"})


def check_evidence(audit: Audit) -> Iterator[Seen]:
    """Yield each WARC file with what is wrong in it; a file is there once more for each finding."""
    with closing(Ledger()) as ledger:
        rows, lost = Rows(integrity.records(audit.db, audit.scope.site)), set[str]()
        files = list(walk(audit.root, EVIDENCE))
        runs = names(audit.db)
        for path in files:
            yield from _missing(audit, rows, ledger, lost, until=path)
            is_named = rows.head is not None and rows.head.path == path
            if audit.takes(path) and (is_named or audit.scope.site is None):
                is_ours = is_named or _run_of(path) in runs or TAKEDOWN in path
                yield from _read_file(audit, path, rows, ledger) if is_ours else _unknown(audit, path)
            for _ in rows.before(path):
                pass
        yield from _missing(audit, rows, ledger, lost)
        if audit.scope.site is None:
            yield from _holes(path for path in {*files, *lost} if _run_of(path) in runs)
        if audit.scope.is_whole:
            for record, place in ledger.orphans():
                detail = f"the revisit record refers to {record}, which is in no file"
                yield place.rpartition("@")[0], Finding(code=Code.REVISIT_ORPHAN, object=place, detail=detail)


def _missing(audit: Audit, rows: Rows, ledger: Ledger, lost: set[str], until: str | None = None) -> Iterator[Seen]:
    """Yield the files that rows name and that are not there."""
    while rows.head is not None and (until is None or rows.head.path < until):
        path = rows.head.path
        told = _gone(rows.before(path), ledger)
        lost.add(path)
        if audit.takes(path):
            yield path, told.finding(Code.WARC_MISSING, path, f"the file is not there; {told.number} rows name it")


def _unknown(audit: Audit, path: str) -> Iterator[Seen]:
    """Yield a file of a run that there never was; what stands in it is none of ours. One of a run that has just begun is none."""
    if not audit.is_live:
        yield path, Finding(code=Code.ORPHAN, object=shown(path), detail="it is of no run that the catalog knows")


def _holes(paths: Iterable[str]) -> Iterator[Seen]:
    """Yield the files that are missing among the numbers of a run, and that no row names."""
    last: dict[str, int] = {}
    for found in filter(None, map(FILE.fullmatch, sorted(paths))):
        run, number = found["run"], int(found["number"])
        for n in range(last.get(run, -1) + 1, number):
            hole = f"{EVIDENCE}/{run}-{n:05d}.warc.gz"
            detail = f"the file is not there, though number {number} of its run is"
            yield hole, Finding(code=Code.WARC_MISSING, object=hole, detail=detail)
        last[run] = number


def _run_of(path: str) -> str | None:
    found = FILE.fullmatch(path)
    return found["run"] if found else None


def _read_file(audit: Audit, path: str, rows: Rows, ledger: Ledger) -> Iterator[Seen]:
    """Yield what is wrong in one file, and if it could not be read to its end that, with the rows that name what is behind."""
    try:
        yield from _check_file(audit, path, rows, ledger)
    except OSError as error:
        yield path, _gone(rows.before(path), ledger).finding(Code.FILE_UNREADABLE, path, str(error))


def _check_file(audit: Audit, path: str, rows: Rows, ledger: Ledger) -> Iterator[Seen]:
    """Yield what is wrong in one file, and with the rows that name it."""
    yield path, None
    hops: list[str] = []
    end = 0
    for member in read_members(audit.root / path):
        yield from ((path, _misplaced(row)) for row in rows.before(path, member.offset))
        if member.is_torn:
            yield from _torn(audit, path, member, rows, ledger)
            break
        record, here = record_of(member), rows.before(path, member.offset + 1)
        damage = damage_of(member)
        if (fault := damage or fault_of(record)) is not None:
            code = Code.RECORD_DAMAGED if damage else Code.RECORD_WRONG
            ledger.keep(record.record_id)
            detail = fault if damage else f"{record.record_id}: {fault}"
            yield path, _gone(here, ledger).finding(code, f"{path}@{member.offset}", detail)
            continue
        ledger.add(path, record)
        yield from ((path, otherwise) for row in here if (otherwise := _compare(row, record, hops)))
        if record.kind in EXCHANGES:
            hops = [*hops, record.url] if record.purpose is Purpose.HOP else []
        audit.looked(path, member.end - end)
        end = member.end
    yield from _short(path, end, rows, ledger)


def _misplaced(row: EvidenceRow) -> Finding:
    detail = f"{row.path} has no record that begins at {row.offset}"
    return Finding(code=Code.EVIDENCE_ROW, object=row.name, detail=detail, consequences=(row.url,))


def _gone(rows: Iterable[EvidenceRow], ledger: Ledger) -> LostRows:
    """Return the rows whose record is lost; what refers to that is no fault of its own."""
    told = LostRows()
    for row in rows:
        told.add(row)
        ledger.keep(row.record)
    return told


def _lost(path: str, rows: Rows, told: LostRows, ledger: Ledger) -> Iterator[Seen]:
    """Count the rows that name what is not in this file, and yield those of them whose record stands elsewhere."""
    for row in rows.before(path):
        if ledger.has(row.record):
            yield path, _misplaced(row)
        else:
            told.add(row)
            ledger.keep(row.record)


def _torn(audit: Audit, path: str, member: Member, rows: Rows, ledger: Ledger) -> Iterator[Seen]:
    """Yield what the end of a file within a record comes to: lost evidence, what a crash left, or nothing while it is being written."""
    told = LostRows()
    yield from _lost(path, rows, told, ledger)
    state = _state(audit, path)
    place, detail = f"{path}@{member.offset}", member.damage or ""
    if told.number or state == "finished":
        yield (
            path,
            told.finding(Code.WARC_TRUNCATED, place, f"{detail}; {told.number} rows name what stood from there on"),
        )
    elif not (state == "running" and audit.is_live):
        yield path, told.finding(Code.WARC_TORN, place, detail)


def _short(path: str, end: int, rows: Rows, ledger: Ledger) -> Iterator[Seen]:
    """Yield what the rows come to that name a place behind the end of a file which ends with a whole record."""
    told = LostRows()
    yield from _lost(path, rows, told, ledger)
    if told.number:
        yield (
            path,
            told.finding(
                Code.WARC_TRUNCATED, f"{path}@{end}", f"it ends there; {told.number} rows name records behind it"
            ),
        )


def _state(audit: Audit, path: str) -> str | None:
    run = statistics.run_row(audit.db, _run_of(path) or path)
    return run.state if run else None


def _compare(row: EvidenceRow, record: Record, hops: list[str]) -> Finding | None:
    """Return what a row says otherwise than the record it leads to."""
    said = []
    if row.record != record.record_id:
        said.append(f"the record is {record.record_id}, not {row.record}")
    if row.digest != record.digest:
        said.append(f"its payload digest is {record.digest or 'not stated'}, not {row.digest or 'none'}")
    if not _is_of(row, [record.url, *hops]):
        said.append(f"its address is {record.url}")
    if not said:
        return None
    detail = f"{row.path}@{row.offset}: {'; '.join(said)}"
    return Finding(code=Code.EVIDENCE_ROW, object=row.name, detail=detail, consequences=(row.url,))


def _is_of(row: EvidenceRow, urls: list[str]) -> bool:
    """Return whether a row can be about these addresses: of its record, and of the hops before it.

    An address on other hosts only is taken for one that the site left, or was led to.
    """
    names = {row.url, row.final_url}
    if not names.isdisjoint(urls):
        return True
    plain = {_plain(name) for name in names if name}
    if any(_plain(url) in plain for url in urls):
        return True
    return host_of(row.url) not in set(map(host_of, urls))


def _plain(url: str) -> str:
    """Return an address without what spellings of one page differ in."""
    return (canonical_url(url) or url).partition("://")[2]
