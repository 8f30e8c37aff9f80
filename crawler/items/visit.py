"""Visits: what was fetched, how it ended, and where its evidence stands."""

from dataclasses import dataclass
from datetime import datetime

from crawler.items.capture import Link, Listed
from crawler.items.terms import Outcome, Reason, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where the record of a visit stands."""

    warc: str  # relative to the archive
    offset: int
    record_id: str
    payload_digest: str  # "sha256:…" of the body as received
    body_in: int | None = None  # the earlier visit whose evidence holds the body, where this one holds a revisit record


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFields:
    """What evidence says of the visit it is of, beside what was received: enough to make the visit again from it."""

    site: str  # Site.key
    url: str  # canonical; of a medium, its address as in the article
    fetch_url: str  # what was requested
    at: datetime  # UTC, when the visit ended
    role: Role | None = None  # None for a medium
    seconds: float | None = None  # from request to the last byte
    outcome: Outcome | None = None  # None: what the page says decides
    reason: Reason | None = None
    detail: str | None = None
    is_usable: bool = True  # False: what was received led to no capture
    further: tuple[int, ...] = ()  # where the records of the further pages of its article begin, in the same file
    listed: Listed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One fetch of one URL, and how it ended."""

    url: str  # canonical
    site: str  # Site.key
    role: Role
    run: str
    fetched: datetime  # UTC
    outcome: Outcome
    reason: Reason | None = None
    status: int | None = None  # HTTP
    final_url: str | None = None  # canonical, where it differs
    content_type: str | None = None
    size: int | None = None  # bytes of the body, content-decoded
    seconds: float | None = None
    document: str | None = None  # id
    links: tuple[Link, ...] = ()
    evidence: Evidence | None = None
    detail: str | None = None  # a person's sentence: the exception, the redirect target
