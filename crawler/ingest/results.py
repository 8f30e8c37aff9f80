"""What a run writes to, and what it brings: the results of its requests."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from sqlite_utils import Database

from crawler.items import (
    Boilerplate,
    Capture,
    Evidence,
    Exchange,
    Link,
    MediaRules,
    MirrorFile,
    Outcome,
    Purpose,
    Reading,
    Reason,
    Site,
    VisitFields,
)
from crawler.pages.families import canonical_url
from crawler.policies.answers import Answers
from crawler.policies.dead_ends import DeadEnds
from crawler.policies.drift import DriftDetector
from crawler.policies.endless import Endless
from crawler.policies.spellings import Spellings
from crawler.urls import in_scope, on_own_host
from crawler.warc import Original

Home = tuple[str | None, frozenset[str]]
"""A home page as it is known again: its title, and those of its links."""


class Keeper(Protocol):
    """Who keeps evidence: a crawl writes it (`WarcWriter`), a rebuild finds it where it stands."""

    def write(
        self,
        capture: Capture,
        original: Original | None = None,
        *,
        purpose: Purpose = Purpose.PAGE,
        visit_fields: VisitFields | None = None,
    ) -> Evidence: ...

    def note(
        self, url: str, at: datetime, reason: str, detail: str | None, visit_fields: VisitFields | None = None
    ) -> Evidence: ...

    def keep(self, link: Link, at: datetime, file: MirrorFile, site: Site) -> Evidence: ...

    def flush(self) -> None: ...


@dataclass(slots=True, kw_only=True)
class Archive:
    """An archive that a run has open, and what the run saw of its sites so far."""

    root: Path
    db: Database
    warc: Keeper
    run: str
    boilerplate: Mapping[str, Boilerplate] = field(default_factory=dict)  # site -> what its pages taught
    since: date | None = None  # lists are walked down to this day, whatever is known (-a since=)
    media: MediaRules = field(default_factory=MediaRules)
    detectors: dict[str, DriftDetector] = field(default_factory=dict)  # by site: `state` feeds them
    layouts: dict[str, frozenset[str]] = field(default_factory=dict)  # site -> lines that a layout which waited shows
    endless: dict[str, Endless] = field(default_factory=dict)  # site -> what its first visits came to, by pattern
    dead_ends: dict[str, DeadEnds] = field(default_factory=dict)  # site -> which kinds of links lead nowhere
    spellings: dict[str, Spellings] = field(default_factory=dict)  # site -> which parameters change nothing
    aside: dict[str, Counter[str]] = field(default_factory=dict)  # site -> links kept for a last resort, by pattern
    answers: dict[str, Answers] = field(default_factory=dict)  # site -> its pages by signature: `state` remembers them
    homes: dict[str, list[Home]] = field(default_factory=dict)  # by site: `state` remembers them

    def taught(self, site_key: str, learnt: Boilerplate) -> "Archive":
        """Return the same archive, with what has just been learnt from a site."""
        return replace(self, boilerplate={**self.boilerplate, site_key: learnt})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A link that was fetched, before it is judged: with a capture and its reading, or with the outcome that left it without."""

    site: Site
    link: Link
    at: datetime  # UTC, when the visit ended
    capture: Capture | None = None
    further: tuple[Capture, ...] = ()  # the further pages of an article that is cut into pages
    reading: Reading | None = None
    outcome: Outcome | None = None
    reason: Reason | None = None
    detail: str | None = None
    document_url: str | None = None  # of the document it is about, where the catalog knows that under another URL
    file: MirrorFile | None = None  # what was imported, in place of what a server sent
    exchanges: tuple[Exchange, ...] = ()  # what was received on the way to a failure


def is_cut(visited: Visited) -> bool:
    """Return whether a page came that is not whole, or one of the further pages of its article."""
    return any(page.is_cut for page in (visited.capture, *visited.further) if page)


def received(url: str, exchanges: tuple[Exchange, ...]) -> Capture | None:
    """Return what came in before a fetch failed, redirects and answers that were asked for again; None if nothing did."""
    if not exchanges:
        return None
    last = exchanges[-1]
    return Capture(
        url=url,
        final_url=last.url,
        fetched=last.at,
        status=last.status,
        headers=last.headers,
        body=b"",
        exchanges=exchanges,
    )


def final_url(visited: Visited) -> str:
    """Return the canonical URL a visit ended at: where its redirects led, if that is on the site."""
    if visited.capture is None or visited.capture.final_url == visited.link.fetch_url:
        return visited.link.url
    final = canonical_url(on_own_host(visited.capture.final_url, visited.site), visited.site.scheme)
    return final if final and in_scope(final, visited.site) else visited.link.url


def document_url(visited: Visited) -> str:
    """Return the URL of the document a visit is about: where it ended, or what the catalog knows that page as."""
    return visited.document_url or final_url(visited)


def seen_at(visited: Visited) -> datetime:
    """Return when a page was seen to be what it is: when it was captured, or when the visit ended."""
    return visited.capture.fetched if visited.capture else visited.at
