"""A shard is published: a backup of its archive, blobs of what is new in it, a manifest of all, and then its head moves, if it is still ours.

Whatever ends it before the head moves leaves blobs that nobody names; `sweeping` finds them.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from crawler.archive.layout import CATALOG, EVIDENCE
from crawler.backup import backup
from crawler.backup.making import ABOUT
from crawler.backup.shelf import read_manifest
from crawler.catalog import open_reader
from crawler.catalog.queries import statistics
from crawler.clock import Clock
from crawler.scale.database import Connection, SharedDatabase, heads
from crawler.scale.database.heads import Extent
from crawler.scale.database.leases import Lease
from crawler.scale.local import LocalShard
from crawler.scale.manifest import BlobPart, Manifest, ShardFile, dump, load
from crawler.scale.store import BlobStore, Slice

AT_ONCE = 16  # blobs that are sent at a time
MOST_PARTS = 64  # of a file; more, and it is sent as one again


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What publishing came to."""

    manifest: str
    files: int
    sent: int  # blobs that the head before did not have
    bytes_sent: int
    faults: tuple[str, ...]  # of the archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Publishes from one machine."""

    database: SharedDatabase
    store: BlobStore
    clock: Clock

    def publish(self, local: LocalShard, lease: Lease) -> Publication:
        """Publish a shard as it is on the disk now, also while it is being crawled.

        FencedError: it was taken by another since. UnreachableError: try again. BackupError, CatalogError, RunLockedError, OSError,
        sqlite3.Error: it cannot be had from the disk.
        """
        made = backup(local.archive, local.snapshot, clock=self.clock, keep=1)
        digests = {path: digest for path, digest in read_manifest(made.folder).items() if path != ABOUT}
        with closing(open_reader(made.folder / CATALOG)) as db:
            documents = sum(sum(found.values()) for found in statistics.documents(db).values())
        with self.database.transaction() as db:
            heads.publish_beside_others(db)
            before = self._before(db, lease.shard)
            files, new = assemble(made.folder, digests, before)
            sent = self._send(new)
            manifest = Manifest(shard=lease.shard, epoch=lease.epoch, made=self.clock().isoformat(), files=files)
            digest = self.store.put(dump(manifest))
            local.base_on(*local.bases[:1], digest)  # if we end here, nobody knows whether the head has moved
            heads.move(db, lease, digest, Extent(files=len(files), bytes=manifest.size, documents=documents))
        local.base_on(digest)
        faults = tuple(map(str, made.faults))
        return Publication(manifest=digest, files=len(files), sent=len(new), bytes_sent=sent, faults=faults)

    def _before(self, db: Connection, shard: str) -> Manifest | None:
        head = heads.head(db, shard)
        return load(self.store.read(head.manifest)) if head else None

    def _send(self, slices: Mapping[str, Slice]) -> int:
        """Put all of these blobs; return how many bytes were sent."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return sum(pool.map(self.store.put_slice, slices.keys(), slices.values()))


def assemble(
    folder: Path, digests: Mapping[str, str], before: Manifest | None
) -> tuple[dict[str, ShardFile], dict[str, Slice]]:
    """Return the files of a snapshot (path -> file), and what of them the manifest before does not name: digest -> where it is."""
    files: dict[str, ShardFile] = {}
    new: dict[str, Slice] = {}
    named = set(before.blobs()) if before else set()
    for path, digest in digests.items():
        whole = Slice(path=folder / path, start=0, size=(folder / path).stat().st_size)
        had = before.files.get(path) if before else None
        if had is None or had.digest != digest:
            had = _grown(digest, whole, had) if had and path.startswith(f"{EVIDENCE}/") else None
        files[path] = had or ShardFile(digest=digest, parts=(BlobPart(blob=digest, size=whole.size),))
        start = 0
        for part in files[path].parts:
            if part.blob not in named:
                new[part.blob] = Slice(path=whole.path, start=start, size=part.size)
            start += part.size
    return files, new


def _grown(digest: str, whole: Slice, before: ShardFile) -> ShardFile | None:
    """Return a file whose beginning is what it was before, as the parts it had and one more; None where it is not, or has many."""
    if whole.size <= before.size or len(before.parts) >= MOST_PARTS:
        return None
    start = 0
    for part in before.parts:
        if Slice(path=whole.path, start=start, size=part.size).digest() != part.blob:
            return None
        start += part.size
    rest = Slice(path=whole.path, start=start, size=whole.size - start)
    return ShardFile(digest=digest, parts=(*before.parts, BlobPart(blob=rest.digest(), size=rest.size)))
