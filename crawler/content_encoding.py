"""The codings of a body (RFC 9110, 8.4), undone: one door for what is fetched and for what evidence gives back."""

import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping

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
MOST_MEMBERS = 10_000  # of one gzip or zstd stream: 20 MB hold a million that are empty
GZIP_TRAILER = 8  # bytes: sum and length
ZSTD: Mapping[int, int] = {zstd.DecompressionParameter.window_log_max: 23}  # 8 MB, as RFC 9659 has it for HTTP
CHUNK = 1 << 16  # bytes unpacked at a time
STEP = 1 << 12  # bytes of a stream taken at a time: they come to 4 MB at most
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
    """Yield what the members hold (RFC 1952). `GzipFile` would read their headers byte by byte, each in Python."""
    place = 0
    for _ in range(MOST_MEMBERS):
        if not MARKS["gzip"].match(body, place):
            return
        place, stream = _behind_header(body, place), zlib.decompressobj(-zlib.MAX_WBITS)
        while not stream.eof:
            part = _part(body, place)
            place += len(part)
            yield stream.decompress(part)
        place += GZIP_TRAILER - len(stream.unused_data)
    raise ContentEncodingError(f"gzip: more than {MOST_MEMBERS} members")


def _behind_header(body: bytes, start: int) -> int:
    """Return where the data of a gzip member begin: behind ten bytes, extra fields, a name, a comment and a sum, as its flags say."""
    flags, place = body[start + 3 : start + 4], start + 10
    has_sum, has_extra, *texts = (flags > b"" and bool(flags[0] & bit) for bit in (2, 4, 8, 16))
    if has_extra:
        place += 2 + int.from_bytes(body[place : place + 2], "little")
    for _ in range(sum(texts)):
        place = (body.find(b"\0", place) + 1) or len(body)
    return place + 2 * has_sum


def _zstd(body: bytes) -> Iterator[bytes]:
    """Yield what the frames hold. `ZstdFile` would copy what stands behind each of them."""
    place = 0
    for _ in range(MOST_MEMBERS):
        if not MARKS["zstd"].match(body, place):
            return
        stream = zstd.ZstdDecompressor(options=ZSTD)
        while not stream.eof:
            part = _part(body, place) if stream.needs_input else b""
            place += len(part)
            yield stream.decompress(part, CHUNK)
        place -= len(stream.unused_data)
    raise ContentEncodingError(f"zstd: more than {MOST_MEMBERS} frames")


def _part(body: bytes, place: int) -> bytes:
    if place >= len(body):
        raise EOFError("it is cut off")
    return body[place : place + STEP]


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
