"""What a group of visits comes to, before any of it is written: the value between `judging` and `writing`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from crawler.catalog.tables.documents import Filed
from crawler.dedup.changes import Change
from crawler.dedup.digest import digest_of
from crawler.ingest.visited import Visited
from crawler.items import Absence, Document, Known, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one visit changed in its document, and whether that made its version or corrected it."""

    changes: tuple[Change, ...]
    is_correction: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A change that is held back."""

    document: str
    is_changed: bool
    signs: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir:
    """A duplicate that takes over the text which the first of its kind no longer says."""

    document: Document
    old_first: str


@dataclass(slots=True)
class Group:
    """What a group of visits comes to. `after[n]` of a mapping is done with the visit of that place, before the next one."""

    visits: list[Visit] = field(default_factory=list)
    documents: list[Document | None] = field(default_factory=list)  # beside each visit
    files: dict[str, bytes] = field(default_factory=dict)
    superseded: list[tuple[Known, str]] = field(default_factory=list)  # document -> where its old version goes
    displaced: dict[int, list[tuple[Known, str]]] = field(default_factory=dict)  # old first -> id of the new first
    heirs: dict[int, Heir] = field(default_factory=dict)
    digests: dict[tuple[str, int], str] = field(default_factory=dict)  # (document, version) -> of its Markdown
    obsolete: set[str] = field(default_factory=set)  # files to be removed when the group is committed
    problems: list[tuple[Visited, str]] = field(default_factory=list)
    amended: set[int] = field(default_factory=set)  # visits whose document keeps its version, and is written anew
    told: dict[int, Told] = field(default_factory=dict)
    absences: dict[int, tuple[Known, Absence]] = field(default_factory=dict)  # the document as it is from then on
    waiting: dict[int, Waiting] = field(default_factory=dict)
    calm: dict[int, str] = field(default_factory=dict)  # document -> reads as it did: nothing of it waits any more
    barred: dict[int, str] = field(default_factory=dict)  # visits that led to a withheld document -> its id
    filed: dict[str, Filed] = field(default_factory=dict)  # what the catalog says, then what the group has decided

    def put(self, document: str, version: int, path: str, data: bytes) -> None:
        """Give a version its file."""
        self.files[path] = data
        self.obsolete.discard(path)
        self.digests[document, version] = digest_of(data)

    def remove(self, path: str) -> None:
        """Take a file away."""
        self.files.pop(path, None)
        self.obsolete.add(path)

    def read(self, root: Path, path: str) -> bytes:
        """Return a file as it will be when the group is written."""
        return self.files.get(path) or (root / path).read_bytes()

    def digest(self, document: Document | Known) -> str | None:
        return self.digests.get((document.id, document.version))


def remember(decided: Group, documents: Iterable[Document]) -> None:
    """Put what a group decided in the place of what the catalog says."""
    for document in documents:
        decided.filed[document.id] = Filed(
            article=document.article,
            characters=len(document.article.body),
            family=document.family,
            extractor=document.extractor,
            site=document.site.key,
        )
