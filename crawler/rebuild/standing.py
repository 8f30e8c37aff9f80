"""Evidence that stands already: asked to write it, this says where."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from sqlite_utils import Database

from crawler.catalog.queries import captures
from crawler.errors import EvidenceError
from crawler.items import Capture, Evidence, Link, MirrorFile, Purpose, Site, VisitFields
from crawler.warc import Original

BESIDE = (Purpose.FURTHER, Purpose.ROBOTS)  # whose place nobody asks for


class Standing(Protocol):
    """What a record tells of: an attempt, or an imported file."""

    @property
    def evidence(self) -> Evidence: ...

    @property
    def refers_to(self) -> str | None: ...  # the record that holds the body, where this one is a revisit


class StandingEvidence:
    """Answers for the attempts it was told to expect, in their order. Writes nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._expected: deque[Standing] = deque()

    def expect(self, attempts: Iterable[Standing]) -> None:
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
            return replace(attempt.evidence, body_in=captures.visit_with(self._db, attempt.refers_to))
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

    def _next(self, url: str) -> Standing:
        if not self._expected:
            raise EvidenceError(f"{url}: asked for evidence that no record holds")
        return self._expected.popleft()
