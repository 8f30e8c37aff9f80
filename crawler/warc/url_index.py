"""The URL index: the responses in a set of WARC files, found by their address.

`index_files` streams through the files once and keeps one place a URL: of its newest record, the later one in the order of the files where
dates are equal. `find` reads the record at its place.
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

from crawler.errors import EvidenceError, reason
from crawler.items import Exchange
from crawler.urls import POSTED, absolute_url, requested_url, with_body
from crawler.warc.members import read_members
from crawler.warc.records import Record, record_at, sound
from crawler.warc.visit_fields import REQUESTED
from crawler.warc.writer import MIRRORED

logger = logging.getLogger(__name__)

DEFAULT_PORTS = (":80", ":443")
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986, 2.3
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
CONCURRENT, REFERS_TO_URL = "WARC-Concurrent-To", "WARC-Refers-To-Target-URI"
MOST_SENT = 100_000  # bytes of a body that names a query
MOST_HEAD = 1 << 20  # bytes of a record that are read to tell what it answers


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a record stands."""

    at: datetime
    file: int
    offset: int


@dataclass(slots=True)
class UrlIndex:
    """The newest response of every URL in the files, read on demand."""

    files: tuple[Path, ...]
    _newest: dict[str, _Place] = field(default_factory=dict)  # by URL key
    _bodies: dict[str, _Place] = field(
        default_factory=dict
    )  # by what a revisit says of its body: its digest, or its own id
    _waiting: list[tuple[str, _Place, Record]] = field(
        default_factory=list
    )  # revisits: their responses may stand behind them

    def __len__(self) -> int:
        return len(self._newest)

    def find(self, url: str) -> Exchange | None:
        """Return the newest response recorded for a URL, or None."""
        key = url_key(url)
        return self._read(self._newest[key]) if key in self._newest else None

    def add(self, record: Record, file: int, sent: str | None = None) -> None:
        """Note where a record stands. `sent` is the body of a POST."""
        key, place = url_key(_asked_url(record, sent)), _Place(record.at, file, record.offset)
        if key is None:
            return
        if record.kind == "revisit":
            self._waiting.append((key, place, replace(record, block=b"")))
            return
        if record.digest:
            self._bodies[record.digest] = place
        self._note(key, place)

    def settle(self) -> None:
        """Note the revisits, once all files are read; one whose response is not in the files cannot answer anything.

        Where no digest says which that is, its address does (WARC/1.1, 5.11).
        """
        firsts = dict(self._newest)
        for key, place, record in self._waiting:
            first = url_key(record.get(REFERS_TO_URL) or "") or ""
            if record.digest not in self._bodies and first in firsts:
                self._bodies[record.record_id] = firsts[first]
            if _bodies_of(record) & self._bodies.keys():
                self._note(key, place)
        self._waiting.clear()

    def _note(self, key: str, place: _Place) -> None:
        if key not in self._newest or place.at >= self._newest[key].at:
            self._newest[key] = place

    def _read(self, place: _Place) -> Exchange:
        record = record_at(self.files[place.file], place.offset)
        if (answer := _exchange_of(record)) is not None and record.kind != "revisit":
            return answer
        first = self._read(next(self._bodies[name] for name in _bodies_of(record) if name in self._bodies))
        return replace(answer or replace(first, at=record.at), body=first.body)


def index_files(files: Sequence[str]) -> UrlIndex:
    """Return the index of these files, in this order; EvidenceError for one that is missing or without a record that answers.

    What cannot be read within one is told in the log, and passed over.
    """
    index = UrlIndex(tuple(map(Path, files)))
    for number, file in enumerate(index.files):
        count = 0
        try:
            for record, sent in _answers(file):
                index.add(record, number, sent)
                count += 1
        except OSError as error:
            raise EvidenceError(f"cannot be replayed: {reason(error)}") from error
        if not count:
            raise EvidenceError(f"{file}: holds no response record; expected a WARC file (.warc or .warc.gz)")
    index.settle()
    return index


def _answers(file: Path) -> Iterator[tuple[Record, str | None]]:
    """Yield the records that can answer a request, each with the body that was sent by POST: its request stands beside it, on either side."""
    held: Record | None = None
    sent: dict[str, str] = {}  # by the id of a request, and of what it says it belongs to
    for record in _readable(file):
        if record.kind == "request" and (body := _sent_body(record)) is not None:
            sent |= dict.fromkeys(filter(None, _ids(record)), body)
        if not _is_answer(record):
            continue
        if held is not None:
            yield held, _sent_with(held, sent)
            sent = {name: body for name, body in sent.items() if name in _ids(record)}
        held = record
    if held is not None:
        yield held, _sent_with(held, sent)


def _readable(file: Path) -> Iterator[Record]:
    """Yield the records of a file that can be read; EvidenceError, of the first one that cannot, if that is none."""
    found, faults = 0, list[EvidenceError]()
    for member in read_members(file, most=MOST_HEAD):
        try:
            record = sound(file, member)
        except EvidenceError as error:
            faults.append(error)
        else:
            found += 1
            yield record
    if faults and not found:
        raise faults[0]
    if faults:
        logger.warning("%s; of its records %d cannot be read, %d can", faults[0], len(faults), found)


def _sent_with(answer: Record, sent: Mapping[str, str]) -> str | None:
    return next((sent[name] for name in _ids(answer) if name in sent), None)


def _ids(record: Record) -> tuple[str, str]:
    return record.record_id, record.get(CONCURRENT) or ""


def _sent_body(record: Record) -> str | None:
    """Return what a request sent by POST as a form does, None for any other request."""
    head, _, body = record.block.partition(b"\r\n\r\n")
    is_form = head.startswith(b"POST ") and b"json" not in head.lower() and b"multipart" not in head.lower()
    return body.decode("utf-8", "replace").strip() if is_form and len(body) < MOST_SENT else None


def _asked_url(record: Record, sent: str | None) -> str:
    """Return the address of a response; of a query by POST with its body (`urls.posted`), which our own records name."""
    asked = unquote(record.fields.get(REQUESTED.lower(), ""))
    if POSTED in asked:
        return asked.partition("#")[0]
    return with_body(record.url, sent) if sent is not None and POSTED not in record.url else record.url


def url_key(url: str) -> str | None:
    """Return the spelling under which a URL is looked up: no scheme, lower-case host, no default port, no fragment.

    An empty path is "/", and percent-encoding is normalised (RFC 3986, 6.2.2); the rest is kept as it is. None for what no
    client could have requested (a broken port, a broken IPv6 address).
    """
    if (asked := requested_url(url.strip())) is None:
        return None
    parts = urlsplit(asked)
    host = parts.netloc.rpartition("@")[2].lower()
    for port in DEFAULT_PORTS:
        host = host.removesuffix(port)
    path = ESCAPE.sub(_normal_escape, parts.path or "/")
    return f"{host}{path}?{ESCAPE.sub(_normal_escape, parts.query)}" if parts.query else host + path


def _normal_escape(match: re.Match[str]) -> str:
    byte = int(match[1], 16)
    return chr(byte) if byte in UNRESERVED else match[0].upper()


def _is_answer(record: Record) -> bool:
    """Return whether a record can answer a request: not a 304, and no redirect to the other scheme of its own URL."""
    answer = _exchange_of(record)
    if not record.url.startswith(("http://", "https://")):
        return False
    if answer is None:
        return record.kind == "revisit"
    location = next((value for name, value in answer.headers if name.lower() == "location"), "#")
    target = absolute_url(record.url, location.encode("latin-1").decode("utf-8", "replace"))
    is_self = target is not None and url_key(target) == url_key(record.url)
    return not is_self and answer.status != HTTPStatus.NOT_MODIFIED


def _exchange_of(record: Record) -> Exchange | None:
    """Return what a record answers: of a resource, which came by no HTTP (warcit makes such files of folders), what a server would."""
    kind = record.fields.get("content-type", "")
    if record.kind != "resource" or kind == MIRRORED:
        return record.exchange
    headers = (("Content-Type", kind),) if kind else ()
    return Exchange(url=record.url, at=record.at, request_headers=(), status=200, headers=headers, body=record.content)


def _bodies_of(record: Record) -> set[str]:
    """Return by what the body of a revisit may be known."""
    return {record.digest, record.record_id} - {""}
