"""Records of a WARC file as they stand: whole gzip members, copied without being read."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 16
GZIP = zlib.MAX_WBITS + 16


def copy_exchange(source: Path, offset: int, target: BinaryIO) -> None:
    """Append the record at an offset to a file, and the request that follows it if there is one."""
    members = read_members(source, offset)
    if (first := next(members, None)) is not None:
        target.write(first)
    if (following := next(members, None)) is not None and is_request(following):
        target.write(following)


def read_members(source: Path, offset: int = 0) -> Iterator[bytes]:
    """Yield the gzip members of a file from an offset on, as they stand; one that is cut off is not yielded. Raises zlib.error for no gzip."""
    with source.open("rb") as file:
        file.seek(offset)
        rest = b""
        while True:
            member, rest = _member(file, rest)
            if member is None:
                return
            yield member


def is_request(member: bytes) -> bool:
    """Return whether a member is a request record."""
    head = zlib.decompressobj(GZIP).decompress(member, 4096)
    return b"\r\nWARC-Type: request\r\n" in head


def _member(file: BinaryIO, rest: bytes) -> tuple[bytes | None, bytes]:
    """Return one whole member, None at the end, and what was read beyond it."""
    gzip, parts = zlib.decompressobj(GZIP), []
    while chunk := rest or file.read(CHUNK):
        rest = b""
        gzip.decompress(chunk)
        beyond = gzip.unused_data
        parts.append(chunk[: len(chunk) - len(beyond)])
        if gzip.eof:
            return b"".join(parts), beyond
    return None, b""
