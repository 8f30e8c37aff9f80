"""The codings of a body (RFC 9110, 8.4), undone: one door for what is fetched and for what evidence gives back."""

import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from gzip import GzipFile
from io import BytesIO

import brotli

from crawler.errors import BodyTooLargeError, ContentEncodingError
from crawler.items import Exchange

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST_UNPACKED = (
    100_000_000  # bytes of a body that evidence gives back, or ten times what it holds: twice the largest medium
)
MOST_CODINGS = 5  # of one body: each costs as much as the one before
CHUNK = 1 << 16  # bytes unpacked at a time
STEP = 1 << 12  # bytes of a deflate stream taken at a time: they come to 4 MB at most
BROKEN = (OSError, EOFError, zlib.error, brotli.error, zstd.ZstdError)


def decode(
    headers: Iterable[tuple[str, str]], body: bytes, most: int = 0, *, may_be_cut: bool = False
) -> tuple[bytes, list[str]]:
    """Return a body without its Content-Encoding, and the codings that could not be undone: one that is not known, and those below it.

    Of a body that is damaged or cut off, as much as there is: ContentEncodingError where that is nothing. One that was never packed, whatever
    its headers say, is as it is. BodyTooLargeError for one of more than `most` bytes (0: of any size is taken); its beginning where it
    `may_be_cut`.
    """
    stated = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    codings = [coding for part in stated.split(",") if (coding := part.strip().lower())]
    if len(codings) > MOST_CODINGS:
        raise ContentEncodingError(f"{len(codings)} codings: nobody needs more than {MOST_CODINGS}")
    while body and codings and codings[-1] in CODINGS:
        coding = codings.pop()
        if is_plain(coding, body):
            continue
        body = _gathered(coding, CODINGS[coding](body), most, may_be_cut)
    return body, codings


def decoded(exchange: Exchange) -> bytes:
    """Return the body of an exchange without its Content-Encoding; as it is where that cannot be undone."""
    try:
        return decode(exchange.headers, exchange.body, max(MOST_UNPACKED, 10 * len(exchange.body)))[0]
    except ContentEncodingError:
        return exchange.body


def is_plain(coding: str, body: bytes) -> bool:
    """Return whether a body is not packed in a coding, though it was declared: it lacks its mark, or reads as a page where there is none."""
    mark = MARKS.get(coding)
    return not mark.match(body) if mark else bool(MARKUP.match(body))


def _gathered(coding: str, chunks: Iterator[bytes], most: int, may_be_cut: bool) -> bytes:
    parts, size = [], 0
    try:
        for chunk in chunks:
            size += len(chunk)
            parts.append(chunk)
            if most and size > most:
                if may_be_cut:
                    break
                raise BodyTooLargeError(f"{coding}: unpacked it is larger than {most} bytes")
    except BROKEN as error:
        if not size:
            raise ContentEncodingError(f"{coding}: nothing of it can be unpacked: {error}") from error
    return b"".join(parts)


def _gzip(body: bytes) -> Iterator[bytes]:
    return iter(partial(GzipFile(fileobj=BytesIO(body)).read1, CHUNK), b"")


def _zstd(body: bytes) -> Iterator[bytes]:
    return iter(partial(zstd.ZstdFile(BytesIO(body)).read, CHUNK), b"")


def _deflate(body: bytes) -> Iterator[bytes]:
    """Yield what was packed as zlib does, or without its frame, as some servers send it."""
    try:
        zlib.decompressobj().decompress(body[:STEP], 1)
        stream = zlib.decompressobj()
    except zlib.error:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
    for start in range(0, len(body), STEP):
        yield stream.decompress(body[start : start + STEP])


def _brotli(body: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    chunk = stream.process(body, output_buffer_limit=CHUNK)
    while chunk:
        yield chunk
        chunk = b"" if stream.is_finished() else stream.process(b"", output_buffer_limit=CHUNK)


MARKS: Mapping[str, re.Pattern[bytes]] = {
    "gzip": re.compile(rb"\x1f\x8b"),
    "x-gzip": re.compile(rb"\x1f\x8b"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
}
# Of `br` and `deflate`, which have none: how what is not packed begins (markup, JSON, pictures, PDF).
MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,999}(?:<[!?/a-zA-Z]|[{\[]\s{0,99}[\"{\[])|\xff\xd8\xff|\x89PNG|GIF8|%PDF")
CODINGS: Mapping[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,  # RFC 9110, 8.4.1.3: the same
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
