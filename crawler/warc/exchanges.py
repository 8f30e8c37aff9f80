"""WARC files read back as exchanges: ours, and those other tools wrote. Constant memory but for one body."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from crawler.errors import EvidenceError
from crawler.items import Capture, Exchange
from crawler.warc.visit_fields import FURTHER


def responses(path: Path) -> Iterator[tuple[int, Exchange]]:
    """Yield the offset of every response record and what it holds: no request headers, the time is the WARC-Date.

    Header texts are Latin-1, as HTTP clients hand them over. Records that hold no HTTP response (a DNS answer, a broken
    head) are left out.
    """
    with path.open("rb") as file:
        records = ArchiveIterator(file, no_record_parse=True)
        for record in read_records(records, path):
            if record.rec_type == "response" and (exchange := exchange_of(record)):
                yield (
                    records.get_record_offset(),
                    exchange,
                )  # only now: asking for the offset skips the rest of the record


def response_at(path: Path, offset: int) -> Exchange:
    """Return the response whose record begins at this offset: the way from a catalog row to its evidence."""
    with path.open("rb") as file:
        file.seek(offset)
        for record in read_records(ArchiveIterator(file, no_record_parse=True), path):
            if record.rec_type == "response" and (exchange := exchange_of(record)):
                return exchange
            break
    raise EvidenceError(f"{path}: no response record at {offset}")


def capture_at(path: Path, offset: int, url: str) -> Capture:
    """Return the capture whose record begins at this offset, content-decoded; `url` is what was requested.

    An imported file is a capture of the type MIRRORED, without status.
    """
    exchange = _response_or_file(path, offset)
    return Capture(
        url=url,
        final_url=exchange.url,
        fetched=exchange.at,
        status=exchange.status,
        headers=exchange.headers,
        body=decoded(exchange),
    )


def further_at(path: Path, offset: int) -> tuple[Capture, ...]:
    """Return the captures of the further pages of the article whose page stands at this offset; none where the record names none."""
    with path.open("rb") as file:
        file.seek(offset)
        record = next(read_records(ArchiveIterator(file, no_record_parse=True), path), None)
        offsets = record.rec_headers.get_header(FURTHER) if record is not None else None
    places = map(int, (offsets or "").split())
    return tuple(capture_at(path, place, response_at(path, place).url) for place in places)


def decoded(exchange: Exchange) -> bytes:
    """Return the body of a response without its Content-Encoding."""
    coding = next((value.lower() for name, value in exchange.headers if name.lower() == "content-encoding"), None)
    known = coding in BufferedReader.get_supported_decompressors()
    return BufferedReader(BytesIO(exchange.body), decomp_type=coding).read() if known else exchange.body


def _response_or_file(path: Path, offset: int) -> Exchange:
    with path.open("rb") as file:
        file.seek(offset)
        record = next(iter(read_records(ArchiveIterator(file, no_record_parse=True), path)), None)
        if record is not None and record.rec_type == "resource":
            return Exchange(
                url=record.rec_headers.get_header("WARC-Target-URI"),
                at=time_of(record.rec_headers.get_header("WARC-Date")),
                request_headers=(),
                status=0,
                headers=(("Content-Type", record.rec_headers.get_header("Content-Type")),),
                body=record.raw_stream.read(),
            )
    return response_at(path, offset)


def read_records(records: Iterable[ArcWarcRecord], path: Path) -> Iterator[ArcWarcRecord]:
    """Yield records; EvidenceError names the file that cannot be read."""
    try:
        yield from records
    except (ArchiveLoadFailed, EOFError, OSError) as error:
        raise EvidenceError(f"{path}: not readable as WARC: {error}") from error


def exchange_of(record: ArcWarcRecord) -> Exchange | None:
    """Return what a response or revisit record holds, None where that is no HTTP response."""
    fields = record.rec_headers
    head, _, body = record.raw_stream.read().partition(b"\r\n\r\n")
    line, *rows = head.decode("latin-1").split("\r\n")
    words = line.split(None, 2)
    if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdigit():
        return None
    headers = tuple(_pairs(rows))
    if any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers):
        body = _unchunk(body)
        headers = tuple(pair for pair in headers if pair[0].lower() != "transfer-encoding")
    return Exchange(
        url=fields.get_header("WARC-Target-URI").strip("<>"),  # WARC/1.0 writers put it in angle brackets
        at=time_of(fields.get_header("WARC-Date")),
        request_headers=(),
        status=int(words[1]),
        headers=headers,
        body=body,
    )


def _pairs(rows: list[str]) -> Iterator[tuple[str, str]]:
    """Yield names and values; a row that begins with a blank continues the one before (RFC 9112, 5.2)."""
    pairs: list[tuple[str, str]] = []
    for row in rows:
        if row[:1] in (" ", "\t") and pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {row.strip()}")
        else:
            name, _, value = row.partition(":")
            pairs.append((name.strip(), value.strip()))
    yield from pairs


def _unchunk(body: bytes) -> bytes:
    """Return the body without its chunk sizes; some writers keep the header on bodies that are already whole."""
    reader = ChunkedDataReader(BytesIO(body))
    return b"".join(iter(lambda: reader.read(1 << 16), b""))


def time_of(text: str) -> datetime:
    """Return a WARC-Date: any precision from the second to the nanosecond, always UTC."""
    whole, _, fraction = text.strip().rstrip("Z").partition(".")
    at = datetime.fromisoformat(whole).replace(tzinfo=UTC)
    return at.replace(microsecond=int(fraction[:6].ljust(6, "0"))) if fraction else at
