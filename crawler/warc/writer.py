"""Evidence: WARC/1.1 files of one run, each record its own gzip member, written before anything derived from it.

Writes requests and responses as received, revisit records for responses whose body an earlier record holds, and metadata records
for visits without a response. Never edits a record.
What a crash may leave at the end of the last file, `recovery.py` cuts off; `records.py` reads.
"""

import json
import os
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import quote

from warcio.warcwriter import WARCWriter

from crawler.dedup.digest import digest_of
from crawler.errors import EvidenceError
from crawler.items import Capture, Evidence, Exchange, Link, MirrorFile, Purpose, Site, VisitFields
from crawler.sites.definition import site_as_json
from crawler.warc.http_headers import http_request, http_response
from crawler.warc.members import GZIP
from crawler.warc.serialisation import VERSION, Content, new_record_id, record_bytes
from crawler.warc.visit_fields import DEFINITION, LINK, NAME, PURPOSE, READABLE, TRUNCATED, write_visit_fields

FOLDER = "warc"
MAX_BYTES = 1_000_000_000  # the size the WARC standard (ISO 28500, annex C) recommends for one file
GZIP_LEVEL = 6  # level 9, warcio's own, costs twice the time for 1 % of the size on real pages
FORMAT = "WARC file version 1.1"
STANDARD = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
PROFILE = "http://netpreserve.org/warc/1.1/revisit/"  # WARC/1.1, 6.7
TAKEDOWN = "-takedown-"  # in the name of a file that is of no run: it says what was withheld
MIRRORED = "text/x-mirror"  # the media type of imported files


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The response record that holds the body of a later, equal response."""

    url: str  # its WARC-Target-URI
    at: datetime  # its WARC-Date
    record_id: str
    payload_digest: str


class WarcWriter:
    """Appends to `warc/<run>-00000.warc.gz` and its successors. Not for several threads at once."""

    def __init__(self, root: Path, run: str, info: Mapping[str, str], max_bytes: int = MAX_BYTES) -> None:
        """Open nothing yet: the first record makes the first file.

        `info` stands in the warcinfo record of every file: software, robots policy, operator, and the site
        definitions as JSON (a value may hold no line break).
        """
        self.root, self.run, self.max_bytes = root, run, max_bytes
        self.info = {"format": FORMAT, "conformsTo": STANDARD, **info, "isPartOf": run}
        if broken := [key for key, value in self.info.items() if "\n" in value or "\r" in value]:
            raise EvidenceError(f"warcinfo of run {run}: {broken[0]}: a value may hold no line break; use JSON")
        self.number = -1
        self.file: BinaryIO | None = None
        self.path = ""  # of the open file, relative to the archive
        self.group = 0  # number of what is made durable, and judged, together

    def write(
        self,
        capture: Capture,
        original: Original | None = None,
        *,
        purpose: Purpose = Purpose.PAGE,
        visit_fields: VisitFields | None = None,
    ) -> Evidence:
        """Append response and request of every exchange; return where the last response stands.

        The record of a redirect hop or a retry comes before that of the page, each with its own URL and time. With an `original` the
        last response becomes a revisit record without body: the server said 304, or sent what the original holds. The further pages of
        an article stand in the file of their page.
        """
        if not capture.exchanges:
            raise EvidenceError(f"{capture.url}: a capture without exchanges has nothing to keep as evidence")
        *before, last = capture.exchanges
        if purpose is not Purpose.FURTHER and not (visit_fields and visit_fields.further):
            self._make_room()
        for exchange in before:
            self._write_exchange(exchange, {PURPOSE: Purpose.HOP})
        also = {PURPOSE: purpose.value, **self._said(visit_fields, capture.exchanges[0].url, last.at)}
        return self._write_revisit(last, original, also) if original else self._write_exchange(last, also)

    def note(
        self, url: str, at: datetime, reason: str, detail: str | None, visit_fields: VisitFields | None = None
    ) -> Evidence:
        """Append a metadata record: why a visit got no response to keep (time-out, robots, DNS)."""
        self._make_room()
        body = _fields({"outcome": "no response", "reason": reason, "detail": " ".join((detail or "").split())})
        purpose = Purpose.PAGE if visit_fields is None or visit_fields.role else Purpose.MEDIUM
        return self._append_fields(url, at, body, {PURPOSE: purpose.value, **self._said(visit_fields, url, at)})

    def remark(self, url: str, at: datetime, fields: Mapping[str, str]) -> Evidence:
        """Append a metadata record of what a person decided about an address."""
        self._make_room()
        body = _fields({name: " ".join(value.split()) for name, value in fields.items()})
        return self._append_fields(url, at, body, {PURPOSE: Purpose.TAKEDOWN.value})

    def conclude(self, at: datetime, values: Mapping[str, str]) -> Evidence:
        """Append a metadata record: how the run ended."""
        self._make_room()
        return self._append_fields(
            f"urn:campus-archive:run:{self.run}", at, _fields(values), {PURPOSE: Purpose.END.value}
        )

    def keep(self, link: Link, at: datetime, file: MirrorFile, site: Site) -> Evidence:
        """Append a resource record: a file that tells of a page, and is not what its server sent; with what was known of its site."""
        self._make_room()
        also = {
            PURPOSE: Purpose.IMPORT.value,
            NAME: quote(file.name),
            DEFINITION: json.dumps(site_as_json(site), sort_keys=True),
            **({LINK: quote(link.url, safe=READABLE)} if link.url != link.fetch_url else {}),
        }
        block = Content(body=file.data, type=MIRRORED, digest=digest_of(file.data))
        return self._append("resource", link.fetch_url, at, block, also)

    def flush(self) -> None:
        """Make everything written so far durable: what comes next is another group."""
        self.group += 1
        if self.file:
            self.file.flush()
            os.fsync(self.file.fileno())

    def close(self) -> None:
        if self.file:
            self.flush()
            self.file.close()
            self.file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _said(self, visit_fields: VisitFields | None, first_url: str, at: datetime) -> dict[str, str]:
        return write_visit_fields(visit_fields, first_url=first_url, at=at, group=self.group) if visit_fields else {}

    def _append_fields(self, url: str, at: datetime, body: bytes, also: Mapping[str, str]) -> Evidence:
        block = Content(body=body, type="application/warc-fields", digest=digest_of(body))
        return self._append("metadata", url, at, block, also)

    def _write_exchange(self, exchange: Exchange, also: Mapping[str, str]) -> Evidence:
        if self.file is None:
            self._make_room()
        block = Content(body=exchange.body, head=http_response(exchange), digest=digest_of(exchange.body))
        said = {**also, TRUNCATED: "disconnect"} if exchange.is_cut else also
        evidence = self._append("response", exchange.url, exchange.at, block, said)
        self._write_request(exchange, evidence)
        return evidence

    def _write_revisit(self, exchange: Exchange, original: Original, also: Mapping[str, str]) -> Evidence:
        """Append the head of a response; its request only where a page was sent, for a 304 is asked for every few days."""
        is_unsent = exchange.status == HTTPStatus.NOT_MODIFIED
        refers = {
            "WARC-Profile": PROFILE + ("server-not-modified" if is_unsent else "identical-payload-digest"),
            "WARC-Refers-To": original.record_id,
            "WARC-Refers-To-Target-URI": original.url,
            "WARC-Refers-To-Date": warc_date(original.at),
            **({TRUNCATED: "disconnect"} if exchange.is_cut else {}),
            **also,
        }
        block = Content(head=http_response(exchange), digest=original.payload_digest)
        evidence = self._append("revisit", exchange.url, exchange.at, block, refers)
        if not is_unsent:
            self._write_request(exchange, evidence)
        return evidence

    def _write_request(self, exchange: Exchange, evidence: Evidence) -> None:
        concurrent = {"WARC-Concurrent-To": evidence.record_id}
        block = Content(head=http_request(exchange), body=exchange.request_body)
        self._append("request", exchange.url, exchange.at, block, concurrent)

    def _append(self, kind: str, url: str, at: datetime, block: Content, also: Mapping[str, str]) -> Evidence:
        record_id = new_record_id()
        record = record_bytes(kind, url, block, {"WARC-Date": warc_date(at), **also}, record_id)
        offset = self._write_member(record)
        return Evidence(warc=self.path, offset=offset, record_id=record_id, payload_digest=block.digest or "")

    def _write_member(self, record: bytes) -> int:
        """Append one record as one gzip member; return its offset."""
        assert self.file is not None
        gzip = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP)
        offset = self.file.tell()
        member = memoryview(gzip.compress(record) + gzip.flush())
        try:
            while member:
                member = member[self.file.write(member) :]
        except OSError as error:
            with suppress(OSError):  # the next one must not stand behind half of this one
                self.file.truncate(offset)
                self.file.seek(offset)
            raise EvidenceError(f"{self.path}: cannot write the record at {offset}: {error}") from error
        return offset

    def _make_room(self) -> None:
        """Open the first file, or the next one when this one is full: never between the records of one visit."""
        if self.file and self.file.tell() < self.max_bytes:
            return
        self.close()
        self.number += 1
        self.path = f"{FOLDER}/{self.run}-{self.number:05d}.warc.gz"
        target = self.root / self.path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self.file = target.open(
                "xb", buffering=0
            )  # a record that does not fit is none, now and not when it is flushed
        except OSError as error:
            raise EvidenceError(f"{target}: cannot start the evidence of run {self.run}: {error}") from error
        builder = WARCWriter(BytesIO(), gzip=False, warc_version=VERSION)
        builder.write_record(builder.create_warcinfo_record(target.name, self.info))
        self._write_member(builder.out.getvalue())


def warc_date(at: datetime) -> str:
    """Return a time as WARC-Date: UTC, with the microseconds we have (WARC/1.1, 5.4)."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _fields(values: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in values.items() if value).encode()
