"""Recordings: the responses in a set of WARC files, found by URL.

`read_recordings` streams through the files once (about 0.14 ms a record) and keeps one address a URL: of its newest
record, the later one in the order of the files where dates are equal. `find` reads a record at its address (0.11 ms).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from w3lib.url import safe_url_string
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from crawler.errors import EvidenceError
from crawler.items import Exchange
from crawler.urls import absolute_url

RESPONSES = ("response", "revisit")
DEFAULT_PORTS = (":80", ":443")
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986, 2.3
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a record stands."""

    date: datetime
    file: int
    offset: int


@dataclass(slots=True)
class Recordings:
    """The newest response of every URL in the files, read on demand."""

    files: tuple[str, ...]
    _newest: dict[str, _Address] = field(default_factory=dict)  # by URL key
    _bodies: dict[str, _Address] = field(default_factory=dict)  # by payload digest: what a revisit record refers to
    _open: dict[int, BinaryIO] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._newest)

    def find(self, url: str) -> Exchange | None:
        """Return the newest response recorded for a URL, or None."""
        key = url_key(url)
        return self._read(self._newest[key]) if key in self._newest else None

    def close(self) -> None:
        """Close the files; they are opened again when needed."""
        while self._open:
            self._open.popitem()[1].close()

    def add(self, record: Any, address: _Address) -> None:
        """Note where a record stands; a revisit whose response is not in the files cannot answer anything."""
        key = url_key(record.rec_headers.get_header("WARC-Target-URI"))
        digest = record.rec_headers.get_header("WARC-Payload-Digest")
        if key is None or (record.rec_type == "revisit" and digest not in self._bodies):
            return
        if record.rec_type == "response" and digest:
            self._bodies[digest] = address
        if key not in self._newest or address.date >= self._newest[key].date:
            self._newest[key] = address

    def _read(self, address: _Address) -> Exchange:
        record = self._record(address)
        if record.rec_type == "response":
            return _exchange(record, address.date)
        first = self._read(self._bodies[record.rec_headers.get_header("WARC-Payload-Digest")])
        if record.http_headers is None:
            return replace(first, at=address.date)
        return replace(_exchange(record, address.date), body=first.body)

    def _record(self, address: _Address) -> Any:
        try:
            if address.file not in self._open:
                self._open[address.file] = Path(self.files[address.file]).open("rb")  # noqa: SIM115 (see close)
            stream = self._open[address.file]
            stream.seek(address.offset)
            return next(iter(ArchiveIterator(stream)))
        except (OSError, ArchiveLoadFailed, StopIteration) as error:
            raise EvidenceError(f"{self.files[address.file]}: no record at offset {address.offset}: {error}") from error


def read_recordings(files: Sequence[str]) -> Recordings:
    """Return the recordings in these files, in this order; EvidenceError for one that is missing, broken or empty."""
    recordings = Recordings(tuple(files))
    for number, file in enumerate(files):
        count = 0
        for record, offset in _responses(file):
            recordings.add(record, _Address(_date(record, file, offset), number, offset))
            count += 1
        if not count:
            raise EvidenceError(f"{file}: holds no response record; expected a WARC file (.warc or .warc.gz)")
    return recordings


def url_key(url: str) -> str | None:
    """Return the spelling under which a URL is looked up: no scheme, lower-case host, no default port, no fragment.

    An empty path is "/", and percent-encoding is normalised (RFC 3986, 6.2.2); the rest is kept as it is. None for what no
    client could have requested (a broken port, a broken IPv6 address).
    """
    try:
        parts = urlsplit(safe_url_string(url.strip()))
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2].lower()
    for port in DEFAULT_PORTS:
        host = host.removesuffix(port)
    path = ESCAPE.sub(_normal_escape, parts.path or "/")
    return f"{host}{path}?{ESCAPE.sub(_normal_escape, parts.query)}" if parts.query else host + path


def _normal_escape(match: re.Match[str]) -> str:
    byte = int(match[1], 16)
    return chr(byte) if byte in UNRESERVED else match[0].upper()


def _responses(file: str) -> Iterator[tuple[Any, int]]:
    """Yield the response and revisit records of a file that answer a request, with their offsets."""
    try:
        with Path(file).open("rb") as stream:
            records = ArchiveIterator(stream)
            for record in records:
                answers = _is_answer(record)
                offset = records.get_record_offset()  # reads to the end of the record
                if getattr(record.raw_stream, "limit", 0) > 0:
                    raise EvidenceError(
                        f"{file}: record at offset {offset} is cut off or damaged; `warcio check` tells more"
                    )
                if answers:
                    yield record, offset
    except (OSError, ArchiveLoadFailed) as error:
        raise EvidenceError(f"{file}: cannot be replayed: {error}") from error


def _is_answer(record: Any) -> bool:
    """Return whether a record can answer a request: not a 304, and no redirect to the other scheme of its own URL."""
    url = record.rec_headers.get_header("WARC-Target-URI")
    if record.rec_type not in RESPONSES or not url or not url.startswith(("http://", "https://")):
        return False
    if record.http_headers is None:
        return bool(record.rec_type == "revisit")
    target = absolute_url(url, record.http_headers.get_header("Location") or "#")
    if target and url_key(target) == url_key(url):
        return False
    status = record.http_headers.get_statuscode()
    return bool(status.isdecimal() and int(status) != HTTPStatus.NOT_MODIFIED)


def _date(record: Any, file: str, offset: int) -> datetime:
    text = record.rec_headers.get_header("WARC-Date") or ""
    try:
        date = datetime.fromisoformat(text)
    except ValueError as error:
        raise EvidenceError(f"{file}: record at offset {offset}: WARC-Date {text!r} is not an ISO 8601 time") from error
    return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)


def _exchange(record: Any, date: datetime) -> Exchange:
    """Return a record as the exchange it was: without transfer encoding, with content encoding."""
    chunked = (record.http_headers.get_header("Transfer-Encoding") or "").lower() == "chunked"
    stream = ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream
    return Exchange(
        url=record.rec_headers.get_header("WARC-Target-URI"),
        at=date,
        request_headers=(),
        status=int(record.http_headers.get_statuscode()),
        headers=tuple((k, v) for k, v in record.http_headers.headers if k.lower() != "transfer-encoding"),
        body=stream.read(),
    )
