"""What a visit comes to, before any of it is written: values that can be printed, compared and thrown away.

Preserved -> plan -> Decision -> State.apply, for those after it -> commit
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from crawler.dedup.changes import Change
from crawler.dedup.digest import digest_of
from crawler.ingest.evidence import Preserved
from crawler.items import Document, DocumentState, Outcome, Reason
from crawler.policies.drift import Traits


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is different about visits that are not just made."""

    is_reread: bool = False  # from the evidence its document was read from before: what differs are the rules
    is_settled: bool = False  # it has waited, and is taken for real: what only looks different is written too
    versions_at: datetime | None = None  # what is read again with another text becomes a version of this time


LIVE, REREAD, RELEASED = Policy(), Policy(is_reread=True), Policy(is_settled=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """What differs between the state of a document before and after."""

    changes: tuple[Change, ...]
    kind: Literal["version", "correction"]  # whether it made a version, or corrected one


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """How a document reads otherwise, until it is settled whether it or its site's layout changed. Without a sign: as it did, nothing waits."""

    document: str
    is_changed: bool = False  # its text is held back
    signs: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.is_changed or bool(self.signs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """How an article was read, for what is to be told of its site."""

    document: str
    traits: Traits | None = None  # of a new one; the rest is of one that was seen before
    is_changed: bool = False
    signs: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A duplicate takes the place of the first, which no longer says their text."""

    document: Document
    old_first: str  # id
    markdown: bytes = field(repr=False)  # its file
    states: tuple[DocumentState, ...] = field(
        repr=False
    )  # of the documents with this text, the new first before the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one visit comes to."""

    preserved: Preserved = field(repr=False)
    at: datetime  # of what is written, UTC
    outcome: Outcome
    reason: Reason | None = None
    about: str | None = None  # id of the document its page was read as
    withheld: str | None = None  # id of the withheld document it led to
    problem: str | None = None  # why its document could not be written: an issue
    document: Document | None = None  # to be written
    is_amended: bool = False  # it keeps its version
    is_earlier: bool = False  # it is a version from before the first, which the document does not show
    change_set: ChangeSet | None = None
    superseded: str | None = None  # where the file of the version before stands from then on
    displaced: str | None = None  # id of the document that turns out to repeat it
    promotion: Promotion | None = None
    absence: DocumentState | None = None  # the document that was missed, or found again, as it is from then on
    quarantine: Quarantine | None = None
    sighting: Sighting | None = None
    files: Mapping[str, bytes | None] = field(default_factory=dict, repr=False)  # by path; None: to be removed
    states: tuple[DocumentState, ...] = field(default=(), repr=False)  # documents as those that follow see them

    def digest(self, path: str | None) -> str | None:
        """Return the digest of a file it writes, "sha256:…"."""
        data = self.files.get(path) if path else None
        return digest_of(data) if data is not None else None
