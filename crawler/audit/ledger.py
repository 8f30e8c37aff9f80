"""What evidence is compared with: the rows that say where a record stands, taken in order, and which records there are at all."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from crawler.audit.finding import Code, Finding
from crawler.warc import Record

MOST_TOLD = 20  # consequences of one finding that are named
BEYOND = 1 << 62  # behind the end of every file
NAMED = frozenset({"response", "resource", "revisit", "metadata"})  # types of records that rows name
ROWS = """
SELECT * FROM (
    SELECT warc, warc_offset, 'visits/' || id AS row, url, final_url, warc_record, payload_digest, site FROM visits WHERE warc IS NOT NULL
    UNION ALL
    SELECT warc, warc_offset, 'media_links/' || url, url, NULL, warc_record, payload_digest, site FROM media_links WHERE warc IS NOT NULL
) {where} ORDER BY warc, warc_offset
"""


class EvidenceRow(NamedTuple):
    """A row that says where its evidence stands."""

    path: str
    offset: int
    name: str  # "visits/12"
    url: str
    final_url: str | None
    record: str
    digest: str
    site: str

    def __str__(self) -> str:
        return self.name if self.name.endswith(self.url) else f"{self.name} {self.url}"


class Rows:
    """The rows, by file and offset, taken up to a place at a time."""

    def __init__(self, rows: Iterable[tuple[object, ...]]) -> None:
        self.rows = iter(rows)
        self.head = self._next()

    def before(self, path: str, offset: int = BEYOND) -> Iterator[EvidenceRow]:
        """Yield the rows of a file that name a place before this one and were not yielded yet."""
        while self.head is not None and self.head.path == path and self.head.offset < offset:
            row, self.head = self.head, self._next()
            yield row

    def _next(self) -> EvidenceRow | None:
        row = next(self.rows, None)
        return None if row is None else EvidenceRow(*row)  # type: ignore[arg-type]  # the columns are STRICT


@dataclass(slots=True)
class Ledger:
    """The records that are there and those that revisits refer to, on disk: to be compared when all files are read."""

    db: sqlite3.Connection

    def add(self, path: str, record: Record) -> None:
        if record.kind == "revisit" and record.refers_to:
            self.db.execute("INSERT INTO refers VALUES (?, ?)", (record.refers_to, f"{path}@{record.offset}"))
        if record.kind in NAMED:
            self.keep(record.record_id)

    def keep(self, record_id: str) -> None:
        """Keep a record, or one of which is known that it is lost: what refers to that is no fault of its own."""
        self.db.execute("INSERT OR IGNORE INTO records VALUES (?)", (record_id,))

    def has(self, record_id: str) -> bool:
        return self.db.execute("SELECT 1 FROM records WHERE id = ?", (record_id,)).fetchone() is not None

    def orphans(self) -> Iterator[tuple[str, str]]:
        """Yield what revisits refer to and is nowhere, and where they stand."""
        yield from self.db.execute(
            "SELECT id, place FROM refers WHERE id NOT IN (SELECT id FROM records) ORDER BY place"
        )


@dataclass(slots=True)
class LostRows:
    """Rows that lead nowhere because of one fault: all counted, the first ones named."""

    names: list[str] = field(default_factory=list)
    number: int = 0

    def add(self, row: EvidenceRow) -> None:
        self.number += 1
        if self.number <= MOST_TOLD:
            self.names.append(str(row))

    def finding(self, code: Code, place: str, detail: str) -> Finding:
        more = [f"and {self.number - MOST_TOLD} more"] if self.number > MOST_TOLD else []
        return Finding(code=code, object=place, detail=detail, consequences=(*self.names, *more))
