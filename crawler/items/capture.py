"""What is asked for and what comes: links, and what was received for them, byte by byte."""

from dataclasses import dataclass, field
from datetime import date, datetime

from crawler.items.terms import Reason, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server said by which it can tell later that a page is still the same (RFC 9110, 8.8), verbatim."""

    etag: str | None = None
    last_modified: str | None = None

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What the next run has to know of a host that failed or asked to be left alone."""

    name: str  # with its port if it has one
    not_before: datetime | None  # nothing is sent before, UTC
    failures: int  # in a row
    reason: Reason | None  # of the last one
    changed: datetime  # UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """The robots.txt of one origin, as it was answered."""

    origin: str  # "https://news.example.edu.cn"
    fetched: datetime  # UTC
    status: int  # HTTP, after redirects
    rules: str  # "" where there are none


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a list said of an article before its first visit: a witness of what extraction finds."""

    title: str  # as shown, perhaps cut: 我校召开…
    day: date | None = None  # as shown, in the site's time zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One found link, in scope."""

    url: str  # canonical
    # As the page spells it, made absolute: what is requested. A query by POST has its body at the end (`urls.posted`), a list that a request
    # fills says in a fragment what its rows are (`discovery.listing`).
    fetch_url: str
    role: Role
    title: str | None = None  # the anchor's text
    shown: date | None = None  # the day that a list shows beside it
    validators: Validators | None = None  # of its last whole response, where they can be trusted
    found_on: str | None = field(default=None, compare=False)  # canonical URL of the page that showed it first
    listed: Listed | None = None  # of a link that is due: what its visit is to record


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP request and its response, as received: what evidence is made of."""

    url: str
    at: datetime  # UTC
    request_headers: tuple[tuple[str, str], ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)  # with its Content-Encoding, without transfer encoding
    method: str = "GET"
    request_body: bytes = b""  # of a list query, the only thing that is sent by POST
    is_cut: bool = False  # the body is shorter than was stated, or has no last chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One response kept: the only thing that crosses from fetching into our layers."""

    url: str  # as requested
    final_url: str  # after redirects
    fetched: datetime  # UTC
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)  # content-decoded, never character-decoded
    exchanges: tuple[Exchange, ...] = ()  # every hop, redirects and retries first; the last one gave `body`
    seconds: float | None = None  # from request to the last byte
    listed: Listed | None = None  # what a list said of it when it was asked for

    @property
    def is_cut(self) -> bool:
        """Return whether the body is not whole."""
        return bool(self.exchanges) and self.exchanges[-1].is_cut


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorFile:
    """A file of an older mirror, as it was found."""

    name: str  # relative to the folder it was found in
    data: bytes
