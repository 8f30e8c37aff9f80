"""Every record checked against its own lengths and digests."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crawler.audit.finding import Code, Finding
from crawler.catalog.queries.integrity import EvidenceRow
from crawler.catalog.scratch import Scratch
from crawler.warc import HEAD_END, HEADER, Member, Record, read_members, record_of

HTTP_TYPES = frozenset({"response", "request"})
ALGORITHMS = frozenset({"md5", "sha1", "sha256", "sha512"})


def whole_records(path: Path) -> Iterator[Record]:
    """Yield the records of a file that are what they say, in their order. Raises OSError."""
    for member in read_members(path):
        if damage_of(member) is None and fault_of(record := record_of(member)) is None:
            yield record


def damage_of(member: Member) -> str | None:
    """Return why a member cannot be unpacked, or that its header is not the one we write, which no reader looks at."""
    return member.damage or (None if member.header == HEADER else "it does not begin as every record does")


def fault_of(record: Record) -> str | None:
    """Return what a record says of itself and is not: its fields, its length, its digests."""
    if record.fault is not None:
        return record.fault
    block = memoryview(record.block)[: int(record.fields["content-length"])]
    if problem := _digest_problem("block", record.get("WARC-Block-Digest"), block):
        return problem
    if record.kind == "revisit":
        return None  # its payload digest is that of the record it refers to
    return _digest_problem("payload", record.digest, _payload(record.kind, block))


def _payload(kind: str, block: memoryview) -> memoryview:
    """Return what the payload digest is of: the body of an HTTP message, else the whole block."""
    if kind not in HTTP_TYPES:
        return block
    head = HEAD_END.search(block)
    return block[head.end() if head else len(block) :]


def _digest_problem(what: str, stated: str | None, data: memoryview) -> str | None:
    algorithm, _, digest = (stated or "").partition(":")
    if algorithm not in ALGORITHMS:
        return None
    found = hashlib.new(algorithm, data, usedforsecurity=False)
    spellings: tuple[Callable[[], str], ...] = (found.hexdigest, lambda: base64.b32encode(found.digest()).decode())
    if any(spelling() == digest for spelling in spellings):
        return None
    return f"the digest of its {what} is {algorithm}:{found.hexdigest()}, it says {stated}"


MOST_TOLD = 20  # consequences of one finding that are named
BEYOND = 1 << 62  # behind the end of every file
NAMED = frozenset({"response", "resource", "revisit", "metadata"})  # types of records that rows name


class Rows:
    """The rows, by file and offset, taken up to a place at a time."""

    def __init__(self, rows: Iterator[EvidenceRow]) -> None:
        self.rows = rows
        self.head = next(rows, None)

    def before(self, path: str, offset: int = BEYOND) -> Iterator[EvidenceRow]:
        """Yield the rows of a file that name a place before this one and were not yielded yet."""
        while self.head is not None and self.head.path == path and self.head.offset < offset:
            row, self.head = self.head, next(self.rows, None)
            yield row


@dataclass(slots=True)
class Ledger:
    """The records that are there and those that revisits refer to, on disk: to be compared when all files are read."""

    there: Scratch = field(default_factory=Scratch)  # record id -> nothing
    refers: Scratch = field(default_factory=Scratch)  # place of a revisit -> id of the record it refers to

    def add(self, path: str, record: Record) -> None:
        if record.kind == "revisit" and record.refers_to:
            self.refers[f"{path}@{record.offset}"] = record.refers_to
        if record.kind in NAMED:
            self.keep(record.record_id)

    def keep(self, record_id: str) -> None:
        """Keep a record, or one of which is known that it is lost: what refers to that is no fault of its own."""
        self.there[record_id] = ""

    def has(self, record_id: str) -> bool:
        return record_id in self.there

    def orphans(self) -> Iterator[tuple[str, str]]:
        """Yield what revisits refer to and is nowhere, and where they stand."""
        yield from ((record, place) for place, record in self.refers.items() if record not in self.there)

    def close(self) -> None:
        self.there.close()
        self.refers.close()


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
