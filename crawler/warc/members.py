"""The members of a WARC file, one record each, found one after the other, also behind a damaged one: the one scanner of evidence.

One that cannot be unpacked costs itself only: reading goes on where the next one begins. In memory is one member, or the beginning of it.
Files of other writers that are not packed are read too; what follows damage is found only in files packed as ours are.
"""

import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 16  # bytes read at a time
GZIP = zlib.MAX_WBITS + 16
# What zlib writes before each member: no flags, no time. Byte 10 names an operating system, and no reader looks at it.
HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00"
LIKE_HEADER = re.compile(  # one byte of it may be wrong: that is what is wrong with the record then
    b"|".join(re.escape(HEADER[:n]) + b"." + re.escape(HEADER[n + 1 :]) for n in range(len(HEADER))), re.DOTALL
)
FIRST = b"WARC/1."
PLAIN = b"WARC/"  # how a file begins that is not packed
LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})(?!\d)", re.IGNORECASE | re.MULTILINE)
MOST_LINES = 1_000  # of the head of a record
TORN = "the file ends within it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member, or where one is damaged."""

    offset: int
    end: int  # where the next one begins
    header: bytes = HEADER  # its first bytes as they stand
    content: bytes = b""  # unpacked; or the beginning of it, if no more was asked for
    size: int = 0  # of all of it, unpacked
    damage: str | None = None  # why it cannot be unpacked
    is_torn: bool = False  # the file ends within it


def read_members(path: Path, offset: int = 0, *, most: int | None = None) -> Iterator[Member]:
    """Yield the members of a file from an offset on, good or not; of each at most so many bytes. Raises OSError."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if file.read(len(PLAIN)) == PLAIN:
            yield from _plain_members(file, offset, size, most)
            return
        file.seek(offset)
        rest = b""
        while (found := _unpack(file, rest, offset, most)) is not None:
            member, rest = found
            if member.damage is None:
                yield member
                offset = member.end
                continue
            following = _next_member(file, offset + 1)
            if following is None or following >= size:  # what was written since we began is for the next time
                yield replace(member, end=max(size, offset))
                return
            yield replace(member, end=following, is_torn=False)
            file.seek(following)
            offset, rest = following, b""


def whole_bytes(path: Path, start: int = 0) -> int:
    """Return where the last whole member of a file ends; its size where whole ones follow a damaged one, which no crash leaves.

    Looked for from `start` on, where a member begins.
    """
    end, is_damaged = start, False
    for member in read_members(path, start, most=0):
        if member.damage is not None:
            is_damaged = True
        elif is_damaged:
            return path.stat().st_size
        else:
            end = member.end
    return end


def _unpack(file: BinaryIO, rest: bytes, offset: int, most: int | None) -> tuple[Member, bytes] | None:
    """Return the member at an offset and what was read beyond it; None at the end. `rest` was read of it already."""
    chunk = rest if len(rest) >= len(HEADER) else rest + file.read(CHUNK)  # a header may stand across two chunks
    if not chunk:
        return None
    gzip, parts, length, size, header = zlib.decompressobj(GZIP), [], 0, 0, chunk[: len(HEADER)]
    while chunk:
        try:
            part = gzip.decompress(chunk)
        except zlib.error as error:
            return Member(offset=offset, end=offset, damage=f"it cannot be unpacked: {error}"), b""
        parts.append(part if most is None else part[: max(0, most - size)])
        size += len(part)
        length += len(chunk) - len(gzip.unused_data)
        if gzip.eof:
            content = b"".join(parts)
            found = Member(offset=offset, end=offset + length, header=header, content=content, size=size)
            return found, gzip.unused_data
        chunk = file.read(CHUNK)
    return Member(offset=offset, end=offset, damage=TORN, is_torn=True), b""


def _next_member(file: BinaryIO, start: int) -> int | None:
    """Return where the next member begins, from a place on; None if there is none."""
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


def _plain_members(file: BinaryIO, offset: int, size: int, most: int | None) -> Iterator[Member]:
    """Yield the records of a file that is not packed, up to one that is cut off."""
    file.seek(offset)
    while line := file.readline(CHUNK):
        if not line.strip():  # what parts two records
            offset += len(line)
            continue
        lines = [line]
        while lines[-1].strip() and len(lines) < MOST_LINES:
            lines.append(file.readline(CHUNK))
        head = b"".join(lines)
        length = int(found[1]) if (found := LENGTH.search(head)) else 0
        end = offset + len(head) + length
        there = min(length, size - offset)  # a length may say anything
        content = head + file.read(there if most is None else min(there, most))
        is_torn = end > size
        damage = TORN if is_torn else None
        yield Member(offset=offset, end=end, content=content, size=end - offset, damage=damage, is_torn=is_torn)
        if is_torn:
            return
        file.seek(offset := end)
