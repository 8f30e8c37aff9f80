"""Records of a WARC file as they stand: whole gzip members, found one after the other, also behind a damaged one."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 16
GZIP = zlib.MAX_WBITS + 16
MAGIC = b"\x1f\x8b\x08"  # RFC 1952, 2.3.1
RECORD = b"WARC/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One gzip member, or where one is damaged or cut off."""

    offset: int
    raw: bytes = b""  # as it stands in the file
    content: bytes | None = None  # None: it cannot be read
    is_cut: bool = False  # the file ends within it


def copy_exchange(source: Path, offset: int, target: BinaryIO) -> None:
    """Append the record at an offset to a file, and the request that follows it if there is one."""
    members = read_members(source, offset)
    if (first := next(members, None)) is not None and first.content is not None:
        target.write(first.raw)
    following = next(members, None)
    if following is not None and following.content is not None and is_request(following.content):
        target.write(following.raw)


def is_request(content: bytes) -> bool:
    """Return whether a record is that of a request."""
    return b"\r\nWARC-Type: request\r\n" in content[:4096]


def read_members(source: Path, offset: int = 0) -> Iterator[Member]:
    """Yield the members of a file from an offset on. One that cannot be read is yielded without content, then the next one that can."""
    with source.open("rb") as file:
        while True:
            file.seek(offset)
            member = _read(file, offset)
            if member is None:
                return
            if member.content is not None:
                yield member
                offset += len(member.raw)
            elif (found := _next(file, offset + 1)) is not None:
                yield Member(offset=offset)
                offset = found
            else:
                yield member
                return


def members_after(source: Path, offset: int) -> Iterator[Member]:
    """Yield the whole members that begin at or behind an offset at which none may begin."""
    with source.open("rb") as file:
        found = _next(file, offset)
    if found is not None:
        yield from (member for member in read_members(source, found) if member.content is not None)


def _read(file: BinaryIO, offset: int) -> Member | None:
    """Return the member at the position of a file, None at its end."""
    gzip, raw, content = zlib.decompressobj(GZIP), [], []
    while chunk := file.read(CHUNK):
        try:
            content.append(gzip.decompress(chunk))
        except zlib.error:
            return Member(offset=offset)
        raw.append(chunk[: len(chunk) - len(gzip.unused_data)])
        if gzip.eof:
            return Member(offset=offset, raw=b"".join(raw), content=b"".join(content))
    return Member(offset=offset, is_cut=True) if raw else None


def _next(file: BinaryIO, start: int) -> int | None:
    """Return where the next readable WARC record begins."""
    position, before = start, b""
    file.seek(start)
    while chunk := file.read(CHUNK):
        window = before + chunk
        base, at = position - len(before), -1
        while (at := window.find(MAGIC, at + 1)) >= 0:
            if _begins(file, base + at):
                return base + at
        position += len(chunk)
        before = window[-2:]
        file.seek(position)
    return None


def _begins(file: BinaryIO, offset: int) -> bool:
    """Return whether a WARC record begins at an offset."""
    file.seek(offset)
    try:
        return zlib.decompressobj(GZIP).decompress(file.read(CHUNK), len(RECORD)) == RECORD
    except zlib.error:
        return False
