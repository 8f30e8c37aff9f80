"""The records of WARC files as values, ours and those other tools wrote: the one parser. Constant memory but for one record."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from crawler.content_encoding import decoded
from crawler.errors import EvidenceError
from crawler.items import Capture, Exchange, Purpose
from crawler.warc.http_headers import parse_head, parse_response, split_head
from crawler.warc.members import Member, read_members
from crawler.warc.visit_fields import FURTHER, PURPOSE, TRUNCATED, read_listed

REQUIRED = ("warc-type", "warc-record-id", "warc-date", "content-length")  # WARC/1.1, 5.1
DECIMAL = re.compile(r"[0-9]{1,18}")
FIRST_YEAR, LAST_YEAR = 1989, 2999  # of a capture
MOST_ENDING = 4  # bytes: the two line ends after a block


@dataclass(frozen=True, kw_only=True)  # no slots: what is parsed is kept
class Record:
    """One record. What it says of itself is taken as it stands; `fault` tells whether it can be."""

    offset: int
    end: int  # where the next one begins
    version: str  # "WARC/1.1"
    fields: Mapping[str, str] = field(repr=False)  # by lower-case name
    block: bytes = field(repr=False)  # and the line ends after it
    size: int  # of all of it, where the block was not read to its end

    def get(self, name: str) -> str | None:
        """Return the value of a field, None where it is not there."""
        return self.fields.get(name.lower())

    @property
    def kind(self) -> str:
        return self.fields.get("warc-type", "").lower()

    @property
    def record_id(self) -> str:
        return self.fields.get("warc-record-id", "")

    @property
    def url(self) -> str:
        """Return the WARC-Target-URI, "" of a warcinfo. Some writers of WARC/1.0 put it in angle brackets."""
        return self.fields.get("warc-target-uri", "").strip("<>").replace(" ", "%20")

    @property
    def digest(self) -> str:
        """Return the digest of the payload, "" where none is stated."""
        return self.fields.get("warc-payload-digest", "")

    @property
    def refers_to(self) -> str | None:
        """Return the id of the record that holds the body, where this one is a revisit."""
        return self.fields.get("warc-refers-to")

    @property
    def refers_to_url(self) -> str:
        """Return the URL of that record, "" where it is not stated."""
        return self.fields.get("warc-refers-to-target-uri", "")

    @property
    def purpose(self) -> Purpose | None:
        """Return what a record was written for; None where it does not say so."""
        said = self.get(PURPOSE)
        return Purpose(said) if said in set(Purpose) else None

    @cached_property
    def at(self) -> datetime:
        at = _time(self.fields["warc-date"])
        assert at is not None, "that is a fault"
        return at

    @cached_property
    def content(self) -> bytes:
        return self.block[: int(self.fields["content-length"])]

    @cached_property
    def exchange(self) -> Exchange | None:
        """Return what a response holds, or a revisit, without body; None where that is no HTTP response. Request headers are not here."""
        parsed = parse_response(self.content) if self.kind in ("response", "revisit") else None
        if parsed is None:
            return None
        status, headers, body = parsed
        return Exchange(
            url=self.url,
            at=self.at,
            request_headers=(),
            status=status,
            headers=headers,
            body=body,
            is_cut=self.get(TRUNCATED) is not None,
        )

    @property
    def fault(self) -> str | None:
        """Return what is wrong with the fields of a record, and with its length."""
        if not self.version.startswith("WARC/"):
            return "it is no WARC record"
        if missing := [name for name in REQUIRED if name not in self.fields]:
            return f"it has no {missing[0]}"
        if _time(self.fields["warc-date"]) is None:
            return f"its WARC-Date is {self.fields['warc-date']}"
        length = self.fields["content-length"]
        if DECIMAL.fullmatch(length) and self.block[int(length) :].lstrip().startswith(b"WARC/"):
            return "several records are packed as one: unpack the file with gunzip, and name what comes out"
        if not DECIMAL.fullmatch(length) or not 0 <= self.size - int(length) <= MOST_ENDING:
            return f"its block has {max(0, self.size - MOST_ENDING)} bytes, its Content-Length is {length}"
        return None


def record_of(member: Member) -> Record:
    """Return the record that a member holds, whatever it is."""
    head, block = split_head(member.content)
    version, pairs = parse_head(head.decode("utf-8", "replace"))
    return Record(
        offset=member.offset,
        end=member.end,
        version=version,
        fields={name.lower(): value for name, value in pairs},
        block=block,
        size=member.size - len(member.content) + len(block),
    )


def records(path: Path) -> Iterator[Record]:
    """Yield the records of a file in order, but for half a record at its end: what a crash leaves. EvidenceError for one that is damaged."""
    for member in _members(path):
        if not member.is_torn:
            yield sound(path, member)


def record_at(path: Path, offset: int) -> Record:
    """Return the record that begins at this offset: the way from a catalog row to its evidence. EvidenceError if none does."""
    for member in _members(path, offset):
        return sound(path, member)
    raise EvidenceError(f"{path}: no record at {offset}")


def sound(path: Path, member: Member) -> Record:
    """Return the record that a member of a file holds; EvidenceError for one that cannot be read."""
    record = record_of(member)
    if (problem := member.damage or record.fault) is not None:
        raise EvidenceError(f"{path}: not readable as WARC: the record at {member.offset}: {problem}")
    return record


def response_at(path: Path, offset: int) -> Exchange:
    """Return the response whose record begins at this offset."""
    return _response_of(path, record_at(path, offset))


def capture_at(path: Path, offset: int, url: str) -> Capture:
    """Return the capture whose record begins at this offset, content-decoded; `url` is what was requested.

    An imported file is a capture of the type MIRRORED, without status.
    """
    record = record_at(path, offset)
    exchange = _file_of(record) if record.kind == "resource" else _response_of(path, record)
    return Capture(
        url=url,
        final_url=exchange.url,
        fetched=exchange.at,
        status=exchange.status,
        headers=exchange.headers,
        body=decoded(exchange),
        listed=read_listed(record.fields),
    )


def further_at(path: Path, offset: int) -> tuple[Capture, ...]:
    """Return the captures of the further pages of the article whose page stands at this offset; none where the record names none."""
    places = map(int, (record_at(path, offset).get(FURTHER) or "").split())
    return tuple(capture_at(path, place, response_at(path, place).url) for place in places)


def _response_of(path: Path, record: Record) -> Exchange:
    if record.kind != "response" or record.exchange is None:
        raise EvidenceError(f"{path}: no response record at {record.offset}")
    return record.exchange


def _file_of(record: Record) -> Exchange:
    """Return an imported file as the exchange it never was."""
    headers = (("Content-Type", record.fields.get("content-type", "")),)
    return Exchange(url=record.url, at=record.at, request_headers=(), status=0, headers=headers, body=record.content)


def lines_of(content: bytes) -> dict[str, str]:
    """Return the values of a warcinfo or metadata record (application/warc-fields)."""
    pairs = (line.partition(": ") for line in content.decode("utf-8", "replace").splitlines())
    return {name: value for name, colon, value in pairs if colon}


def _time(text: str) -> datetime | None:
    """Return a WARC-Date: any precision from the second to the nanosecond, UTC where it does not say otherwise."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _members(path: Path, offset: int = 0) -> Iterator[Member]:
    try:
        yield from read_members(path, offset)
    except OSError as error:
        raise EvidenceError(f"{path}: not readable as WARC: {error}") from error
