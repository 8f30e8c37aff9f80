"""The head of a shard as the archive that pages of the reading room ask: its catalog on this disk, its files and records as they are asked for.

    SCALE_DIR/union/shelves/<manifest>/    catalog.db, corrections.yaml; media, Markdown and records that somebody has asked for

Which head that is, is asked of PostgreSQL every time: what a later head withholds is not to be had from an earlier one, whose folder goes.
"""

import asyncio
import logging
import shutil
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock
from typing import TypeVar

from datasette.utils import sqlite_timelimit, tilde_encode
from sqlite_utils import Database

from crawler.archive.layout import CATALOG, is_private
from crawler.browse.holdings import LIMIT_MS, ShownHead
from crawler.catalog import close_catalog, open_catalog, open_reader
from crawler.corrected import lay_corrections
from crawler.errors import BlobError, CorrectionError
from crawler.scale.database import heads
from crawler.scale.database.heads import Head
from crawler.scale.local import PARTIAL
from crawler.scale.machine import Machine
from crawler.scale.manifest import Manifest, load
from crawler.scale.store import BlobStore
from crawler.scale.union.evidence import bring_records
from crawler.scale.union.parquet.tables import union_folder
from crawler.scale.union.summaries import bring_catalog, bring_file

logger = logging.getLogger(__name__)

MOST = 100  # shelves at a time; the longest unused goes
SHELVES = "shelves"
NOTHING = "-"  # no file of an archive has this name
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadShelf:
    """One head."""

    store: BlobStore
    manifest: Manifest
    head: ShownHead
    root: Path

    @property
    def within(self) -> str:
        return f"/shard/{tilde_encode(self.head.shard)}"  # percent signs Datasette takes for those of its tables

    async def read(self, question: Callable[[Database], Value]) -> Value:
        return await asyncio.to_thread(self._read, question)

    async def file(self, path: str) -> Path:
        return await asyncio.to_thread(self._file, path)

    async def record(self, warc: str, offset: int) -> tuple[Path, int]:
        return await asyncio.to_thread(self._record, warc, offset)

    def remove(self) -> None:
        """Remove what was brought of it. A question that is being answered has the catalog open until then."""
        shutil.rmtree(self.root, ignore_errors=True)

    def _read(self, question: Callable[[Database], Value]) -> Value:
        with closing(open_reader(self.root / CATALOG)) as db, sqlite_timelimit(db.conn, LIMIT_MS):
            return question(self._corrected(db))

    def _corrected(self, db: Database) -> Database:
        try:
            return lay_corrections(db, self.root)
        except CorrectionError as error:
            logger.error("%s", error)
            return db

    def _file(self, path: str) -> Path:
        file = self.manifest.files.get(path)
        if file is None or is_private(path):
            return self.root / NOTHING
        there = self.root / path
        if not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            try:
                bring_file(self.store, file, there)
            except BlobError as error:  # as if the file were not there: the page says what it lacks
                logger.error("%s: %s: %s", self.head.shard, path, error)
        return there

    def _record(self, warc: str, offset: int) -> tuple[Path, int]:
        return bring_records(self.store, self.manifest, (warc, offset), self.root), offset


@dataclass(slots=True)
class Shelves:
    """The heads that somebody looks at."""

    machine: Machine
    open: dict[str, HeadShelf] = field(default_factory=dict)  # by shard, the longest unused first
    locks: defaultdict[str, Lock] = field(default_factory=lambda: defaultdict(Lock))  # by shard: it is brought once

    async def of(self, shard: str) -> HeadShelf | None:
        """Return the head of a shard as it is now, None if it has none. ScaleError, BlobError, CatalogError, UnreachableError."""
        return await asyncio.to_thread(self._of, shard)

    def _of(self, shard: str) -> HeadShelf | None:
        with self.machine.database.transaction() as db:
            head = heads.head(db, shard)
        with self.locks[shard]:
            shelf = self.open.pop(shard, None)
            if shelf and (head is None or shelf.root.name != head.manifest):
                shelf.remove()
                shelf = None
            if head is not None:
                shelf = self.open[shard] = shelf or self._brought(head)
        while len(self.open) > MOST:
            self.open.pop(next(iter(self.open))).remove()
        return shelf

    def _brought(self, head: Head) -> HeadShelf:
        folder = union_folder(self.machine) / SHELVES
        root = folder / head.manifest
        manifest = load(self.machine.store.read(head.manifest))
        if not root.exists():
            folder.mkdir(parents=True, exist_ok=True)
            partial = Path(mkdtemp(dir=folder, suffix=PARTIAL))
            try:
                bring_catalog(self.machine.store, manifest, partial)
                with closing(open_catalog(partial / CATALOG)) as db:  # brings one of an earlier release up to this one
                    close_catalog(db)
                partial.rename(root)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
        shown = ShownHead.of(head.shard, head.published)
        return HeadShelf(store=self.machine.store, manifest=manifest, head=shown, root=root)

    def close(self) -> None:
        """Close all, and remove what was brought."""
        for shelf in self.open.values():
            shelf.remove()
        self.open.clear()
