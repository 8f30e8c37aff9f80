"""What the pages of a reading room ask, as two interfaces, and the answers of a room over one archive.

Shelf   one archive: a question to its catalog, a file, a record of its evidence     articles, captures, media, sites
Desk    all that the room holds                                                      search, first page, list of sites
"""

import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol, Self, TypeVar

from datasette.database import Database as Opened
from datasette.utils import sqlite_timelimit
from sqlite_utils import Database

from crawler.archive.corrections import Correction, corrections
from crawler.browse.parameters import SearchRequest
from crawler.catalog import over
from crawler.catalog.limits import trusted
from crawler.catalog.queries import overview as tallies
from crawler.catalog.queries import sites
from crawler.catalog.queries import universities as register
from crawler.catalog.queries.finding import SearchResult, find, page_rows
from crawler.catalog.queries.hits import Whole, batches, rows_of, whole
from crawler.catalog.queries.mementos import mementos
from crawler.catalog.queries.overview import Overview
from crawler.catalog.queries.universities import University
from crawler.catalog.tables import documents
from crawler.corrected import Corrections
from crawler.errors import CorrectionError
from crawler.pages.families import canonical_url
from crawler.urls import with_scheme

LOG = logging.getLogger(__name__)
LIMIT_MS = 3000  # for what one page asks; the bar is a tenth of it
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHead:
    """Which state of which shard something is shown of."""

    shard: str
    published: datetime  # UTC

    @classmethod
    def of(cls, shard: str, published: datetime) -> Self:
        """Return the state that was published at a moment of any time zone."""
        return cls(shard=shard, published=published.astimezone(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """What a search came to, and what its page says beside it."""

    found: SearchResult  # with the operator's corrections
    universities: Sequence[str]  # names, sorted
    hosts: Mapping[str, str]  # site -> host
    heads: Mapping[str, ShownHead] = field(
        default_factory=dict
    )  # id of a hit -> what it is shown of; none in a room over one archive
    behind: int = 0  # shards that have something new which is not found yet


class Shelf(Protocol):
    """One archive."""

    @property
    def within(self) -> str:
        """What stands before the address of what only this archive has by its number or name: nothing, or as `/shard/beihai`."""

    @property
    def root(self) -> Path:
        """Where its catalog and what its operator wrote stand."""

    async def read(self, question: Callable[[Database], Value]) -> Value:
        """Return the answer of a function that takes the catalog; sqlite3.OperationalError after LIMIT_MS."""

    async def file(self, path: str) -> Path:
        """Return where a file of the archive is on this disk, if there is such a file."""

    async def record(self, warc: str, offset: int) -> tuple[Path, int]:
        """Return a file, and the place in it where a record of the archive's evidence begins."""


class Desk(Protocol):
    """All that a room holds."""

    async def answer(self, asked: SearchRequest) -> SearchAnswer:
        """Return a page of hits."""

    def wholes(self, asked: SearchRequest) -> AsyncIterator[Sequence[Whole]]:
        """Yield all hits, or those of the page that is asked for."""

    async def place_of(self, address: str) -> str | None:
        """Return the path at which an address is shown: of its article, or else of its last capture."""

    async def overview(self) -> Overview:
        """Return what the first page shows."""

    async def universities(self) -> list[University]:
        """Return every university, those with most articles first."""

    async def heads(self) -> Mapping[str, ShownHead]:
        """Return what each site is shown of, by key; none in a room over one archive."""


async def read_from(opened: Opened, question: Callable[[Database], Value]) -> Value:
    """Return the answer of a function that takes a catalog, asked in a thread, read-only."""

    def ask(connection: sqlite3.Connection) -> Value:
        with trusted(connection), sqlite_timelimit(connection, LIMIT_MS):
            return question(over(connection))

    answer: Value = await opened.execute_fn(ask)
    return answer


@dataclass(frozen=True, slots=True)
class OneArchive:
    """Shelf and desk of a room over one archive, which may be crawled meanwhile."""

    root: Path
    opened: Opened
    corrections: Corrections
    within: str = ""

    async def read(self, question: Callable[[Database], Value]) -> Value:
        return await read_from(self.opened, lambda db: question(self._corrected(db)))

    async def file(self, path: str) -> Path:
        return self.root / path

    async def record(self, warc: str, offset: int) -> tuple[Path, int]:
        return self.root / warc, offset

    async def answer(self, asked: SearchRequest) -> SearchAnswer:
        return await self.read(partial(_answer, asked=asked))

    async def wholes(self, asked: SearchRequest) -> AsyncIterator[Sequence[Whole]]:
        for some in batches(await self.read(partial(_rows, asked=asked))):
            yield await self.read(partial(whole, rows=some))

    async def place_of(self, address: str) -> str | None:
        return await self.read(partial(place_in, address=address))

    async def overview(self) -> Overview:
        return await self.read(tallies.overview)

    async def universities(self) -> list[University]:
        return await self.read(register.universities)

    async def heads(self) -> Mapping[str, ShownHead]:
        return {}

    def _corrected(self, db: Database) -> Database:
        try:
            return self.corrections.over(db)
        except CorrectionError as error:
            LOG.error("%s", error)
            return db


def known_corrections(root: Path) -> Mapping[str, Sequence[Correction]]:
    """Return the operator's corrections by document; where their file cannot be understood none, and the log says why."""
    try:
        return corrections(root)
    except CorrectionError as error:
        LOG.error("%s", error)
        return {}


def place_in(db: Database, address: str, within: str = "") -> str | None:
    """Return the path at which an archive has an address."""
    url = canonical_url(address) or address
    if named := documents.found_under(db, {with_scheme(url, scheme) for scheme in ("http", "https")}):
        return f"/article/{min(named)}"
    states = mementos(db, url)
    return f"{within}/capture/{states[-1].visit}" if states else None


def _answer(db: Database, asked: SearchRequest) -> SearchAnswer:
    return SearchAnswer(
        found=find(db, asked.selection, order=asked.order, limit=asked.size, offset=asked.offset),
        universities=sorted({place.university for place in register.places(db).values()}),
        hosts=sites.hosts(db),
    )


def _rows(db: Database, asked: SearchRequest) -> Sequence[int]:
    if not asked.is_paged:
        return rows_of(db, asked.selection)
    return page_rows(db, asked.selection, order=asked.order, limit=asked.size, offset=asked.offset)
