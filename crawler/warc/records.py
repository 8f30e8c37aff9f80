"""The records of a WARC file of ours, one after the other, as values. Constant memory but for one body."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from crawler.errors import EvidenceError
from crawler.items import Exchange, Purpose
from crawler.warc.exchanges import exchange_of, read_records, time_of
from crawler.warc.writer import PURPOSE

HTTP = ("response", "revisit")
KEPT = ("warcinfo", "metadata", "resource")  # whose content is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record, but for requests, which are passed over."""

    offset: int
    kind: str  # WARC-Type
    record_id: str
    url: str  # WARC-Target-URI, "" of a warcinfo
    at: datetime  # WARC-Date
    fields: Mapping[str, str] = field(repr=False)
    exchange: Exchange | None = field(default=None, repr=False)  # of a response; of a revisit, without body
    content: bytes = field(default=b"", repr=False)  # of a warcinfo, metadata or resource record

    @property
    def purpose(self) -> Purpose | None:
        """Return what a record was written for; None where it does not say so."""
        said = self.fields.get(PURPOSE)
        return Purpose(said) if said in set(Purpose) else None

    @property
    def digest(self) -> str:
        return self.fields.get("WARC-Payload-Digest", "")


def records(path: Path) -> Iterator[Record]:
    """Yield the records of a file in order. EvidenceError for one that cannot be read."""
    with path.open("rb") as file:
        found = ArchiveIterator(file, no_record_parse=True)
        for record in read_records(found, path):
            if record.rec_type != "request":
                yield _record(found, record, path)


def lines_of(content: bytes) -> dict[str, str]:
    """Return the values of a warcinfo or metadata record (application/warc-fields)."""
    pairs = (line.partition(": ") for line in content.decode("utf-8", "replace").splitlines())
    return {name: value for name, colon, value in pairs if colon}


def _record(found: ArchiveIterator, record: ArcWarcRecord, path: Path) -> Record:
    fields = dict(record.rec_headers.headers)
    try:
        exchange = exchange_of(record) if record.rec_type in HTTP else None
        content = record.raw_stream.read() if record.rec_type in KEPT else b""
        offset = found.get_record_offset()  # only now: asking for it skips the rest of the record
        return Record(
            offset=offset,
            kind=record.rec_type,
            record_id=fields["WARC-Record-ID"],
            url=fields.get("WARC-Target-URI", "").strip("<>"),
            at=time_of(fields["WARC-Date"]),
            fields=fields,
            exchange=exchange,
            content=content,
        )
    except (KeyError, ValueError) as error:
        raise EvidenceError(f"{path}: a record without what every record has: {error!r}") from error
