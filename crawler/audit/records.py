"""One WARC file read from its first byte to its last: every record checked against its own lengths and digests.

A record is one gzip member. One that cannot be unpacked costs itself only: reading goes on where the next member begins.
Memory is that of the largest record, whatever the size of the file.
"""

import base64
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 18
GZIP = zlib.MAX_WBITS + 16
# What zlib writes before each member: no flags, no time. Byte 10 names an operating system, and no reader looks at it.
HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00"
LIKE_HEADER = re.compile(  # one byte of it may be wrong: that is what is wrong with the record then
    b"|".join(re.escape(HEADER[:n]) + b"." + re.escape(HEADER[n + 1 :]) for n in range(len(HEADER))), re.DOTALL
)
FIRST = b"WARC/1."
TORN = "the file ends within it"
ENDING = b"\r\n\r\n"
HTTP_TYPES = frozenset({"response", "request"})
ALGORITHMS = frozenset({"md5", "sha1", "sha256", "sha512"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One member of a WARC file, or what is left of it."""

    offset: int
    end: int  # where the next one begins
    damage: str | None = None  # why it cannot be unpacked; then nothing below is known
    is_torn: bool = False  # the file ends within it
    fault: str | None = None  # what it says of itself and is not
    type: str = ""
    id: str = ""
    url: str = ""
    digest: str = ""  # WARC-Payload-Digest
    refers_to: str = ""  # of a revisit
    purpose: str = ""


def read_records(path: Path) -> Iterator[Record]:
    """Yield the records of a file, good or not, in their order. Raises OSError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        offset, rest = 0, b""
        while True:
            member, rest, end, problem = _unpack(file, rest, offset)
            if problem is None:
                if member is None:
                    return
                yield _record(member, offset, end)
                offset = end
                continue
            following = _next_member(file, offset + 1)
            if following is not None and following >= size:  # written since we began: it is for the next audit
                following = None
            is_torn = following is None and problem == TORN
            end = max(size, offset) if following is None else following
            yield Record(offset=offset, end=end, damage=problem, is_torn=is_torn)
            if following is None:
                return
            file.seek(following)
            offset, rest = following, b""


def _unpack(file: BinaryIO, rest: bytes, offset: int) -> tuple[bytes | None, bytes, int, str | None]:
    """Return one member unpacked, what was read beyond it, where it ends, and what is wrong with it; nothing at all at the end."""
    gzip, parts, length = zlib.decompressobj(GZIP), [], 0
    chunk = rest or file.read(CHUNK)
    if not chunk:
        return None, b"", offset, None
    while len(chunk) < len(HEADER) and (more := file.read(CHUNK)):
        chunk += more
    if not HEADER.startswith(chunk[: len(HEADER)]):
        return None, b"", offset, "it does not begin as every record does"
    while chunk:
        try:
            parts.append(gzip.decompress(chunk))
        except zlib.error as error:
            return None, b"", offset, f"it cannot be unpacked: {error}"
        length += len(chunk) - len(gzip.unused_data)
        if gzip.eof:
            return b"".join(parts), gzip.unused_data, offset + length, None
        chunk = file.read(CHUNK)
    return None, b"", offset, TORN


def _next_member(file: BinaryIO, start: int) -> int | None:
    """Return where the next record begins, from a place on; None if there is none."""
    base, window = start, b""
    file.seek(start)
    while chunk := file.read(CHUNK):
        window += chunk
        position = file.tell()
        for found in LIKE_HEADER.finditer(window):
            if _is_record(file, base + found.start()):
                return base + found.start()
        file.seek(position)
        base += max(0, len(window) - len(HEADER))
        window = window[-len(HEADER) :]
    return None


def _is_record(file: BinaryIO, offset: int) -> bool:
    """Return whether a record begins at a place, damaged or not: what unpacks to something else is a part of one."""
    file.seek(offset)
    try:
        start = zlib.decompressobj(GZIP).decompress(HEADER + file.read(4096)[len(HEADER) :], len(FIRST))
    except zlib.error:
        return True
    return start.startswith(FIRST)


def _record(member: bytes, offset: int, end: int) -> Record:
    head, _, rest = member.partition(ENDING)
    version, *lines = head.decode("utf-8", "replace").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    kind = fields.get("warc-type", "")
    return Record(
        offset=offset,
        end=end,
        fault=_fault(version, fields, rest),
        type=kind,
        id=fields.get("warc-record-id", ""),
        url=fields.get("warc-target-uri", "").strip("<>"),
        digest=fields.get("warc-payload-digest", ""),
        refers_to=fields.get("warc-refers-to", ""),
        purpose=fields.get("archive-purpose", ""),
    )


def _fault(version: str, fields: dict[str, str], rest: bytes) -> str | None:
    """Return what is wrong with a record that can be unpacked: its fields, its length, its digests."""
    if not version.startswith("WARC/1."):
        return "it is no WARC record"
    if missing := [
        name for name in ("warc-type", "warc-record-id", "warc-date", "content-length") if name not in fields
    ]:
        return f"it has no {missing[0]}"
    length = fields["content-length"]
    if not length.isdigit() or len(rest) != int(length) + len(ENDING) or not rest.endswith(ENDING):
        return f"its block has {max(0, len(rest) - len(ENDING))} bytes, its Content-Length is {length}"
    block = memoryview(rest)[: int(length)]
    if problem := _digest_problem("block", fields.get("warc-block-digest"), block):
        return problem
    if fields["warc-type"] == "revisit":
        return None  # its payload digest is that of the record it refers to
    return _digest_problem("payload", fields.get("warc-payload-digest"), _payload(fields["warc-type"], rest, block))


def _payload(kind: str, rest: bytes, block: memoryview) -> memoryview:
    """Return what the payload digest is of: the body of an HTTP message, else the whole block."""
    if kind not in HTTP_TYPES:
        return block
    head = rest.find(ENDING, 0, len(block))
    return block[head + len(ENDING) :] if head >= 0 else block[len(block) :]


def _digest_problem(what: str, stated: str | None, data: memoryview) -> str | None:
    algorithm, _, digest = (stated or "").partition(":")
    if algorithm not in ALGORITHMS:
        return None
    found = hashlib.new(algorithm, data, usedforsecurity=False)
    spellings: tuple[Callable[[], str], ...] = (found.hexdigest, lambda: base64.b32encode(found.digest()).decode())
    if any(spelling() == digest for spelling in spellings):
        return None
    return f"the digest of its {what} is {algorithm}:{found.hexdigest()}, it says {stated}"
