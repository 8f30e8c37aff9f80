"""Evidence that stands already: asked to write it, this says where; and where the records stand that later ones refer to."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlite_utils import Database

from crawler.catalog.queries import captures
from crawler.catalog.scratch import Scratch
from crawler.errors import EvidenceError
from crawler.items import Capture, Evidence, Link, MirrorFile, Purpose, Site, VisitFields
from crawler.pages.families import canonical_url
from crawler.warc import Original, Record

BESIDE = (Purpose.FURTHER, Purpose.ROBOTS)  # whose place nobody asks for


class Recorded(Protocol):
    """What a record tells of: an attempt, or an imported file."""

    @property
    def evidence(self) -> Evidence: ...

    @property
    def refers_to(self) -> str | None: ...  # the record that holds the body, where this one is a revisit


class RecordedEvidence:
    """Answers for the attempts it was told to expect, in their order. Writes nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._expected: deque[Recorded] = deque()

    def expect(self, attempts: Iterable[Recorded]) -> None:
        """Be asked for these next, and for nothing else."""
        self._expected = deque(attempts)

    def write(
        self,
        capture: Capture,
        original: Original | None = None,
        *,
        purpose: Purpose = Purpose.PAGE,
        visit_fields: VisitFields | None = None,
    ) -> Evidence:
        """Return where the record of a capture stands, and where its body does if that is elsewhere."""
        if purpose in BESIDE:
            return Evidence(warc="", offset=0, record_id="", payload_digest="")
        attempt = self._next(capture.url)
        if attempt.refers_to and original is None:
            urls = (capture.url, canonical_url(capture.url) or capture.url)
            return replace(attempt.evidence, body_in=captures.visit_with(self._db, attempt.refers_to, urls))
        return attempt.evidence

    def note(
        self, url: str, at: datetime, reason: str, detail: str | None, visit_fields: VisitFields | None = None
    ) -> Evidence:
        """Return where it stands that a visit got nothing."""
        return self._next(url).evidence

    def keep(self, link: Link, at: datetime, file: MirrorFile, site: Site) -> Evidence:
        """Return where an imported file stands."""
        return self._next(link.fetch_url).evidence

    def flush(self) -> None:
        """Do nothing: it is durable."""

    def _next(self, url: str) -> Recorded:
        if not self._expected:
            raise EvidenceError(f"{url}: asked for evidence that no record holds")
        return self._expected.popleft()


class Places:
    """Record id -> file and offset, of the responses read so far."""

    def __init__(self) -> None:
        self._places = Scratch()

    def keep(self, record_id: str, file: Path, offset: int) -> None:
        self._places[record_id] = f"{offset} {file}"

    def find(self, record_id: str, asking: Record) -> tuple[Path, int]:
        """Return file and offset of a record. EvidenceError names the one that refers to a record nobody has."""
        place = self._places.get(record_id)
        if place is None:
            raise EvidenceError(
                f"{asking.url}: its record {asking.record_id} refers to {record_id}, which stands in no file of warc/"
            )
        offset, _, file = place.partition(" ")
        return Path(file), int(offset)

    def close(self) -> None:
        self._places.close()
