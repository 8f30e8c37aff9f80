"""Every record checked against its own lengths and digests."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

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
