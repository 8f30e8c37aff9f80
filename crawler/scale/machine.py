"""One machine of several: what it shares with the others, and what a person does with a shard by hand."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from crawler.archive.layout import CATALOG
from crawler.catalog import open_reader
from crawler.catalog.tables import links
from crawler.catalog.tables import sites as site_rows
from crawler.clock import Clock
from crawler.errors import ScaleError
from crawler.items import Site
from crawler.scale.checkout import check_out
from crawler.scale.connected import hosts_of
from crawler.scale.database import SharedDatabase, heads, leases, sites
from crawler.scale.database.leases import Lease
from crawler.scale.database.sites import PlacedSite
from crawler.scale.local import LocalShard
from crawler.scale.manifest import Manifest, load
from crawler.scale.publishing import Publication, Publisher
from crawler.scale.store import BlobStore

SOONEST = timedelta(hours=1)  # between two crawls of a shard: what is left over has a reason to wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What one process works with."""

    database: SharedDatabase
    store: BlobStore
    root: Path  # SCALE_DIR: the shards that are checked out here
    clock: Clock

    @classmethod
    @contextmanager
    def open(cls, database: str, store: str, root: Path, clock: Clock) -> Iterator[Self]:
        """Give what is named, once it has answered. ScaleError, UnreachableError."""
        with SharedDatabase.open(database) as opened:
            yield cls(database=opened, store=BlobStore.open(store), root=root, clock=clock)

    @property
    def name(self) -> str:
        """What a shard is held by that was taken by hand."""
        return f"{socket.gethostname()}:{self.root.absolute()}"

    @property
    def publisher(self) -> Publisher:
        return Publisher(database=self.database, store=self.store, clock=self.clock)

    def local(self, shard: str) -> LocalShard:
        return LocalShard.of(self.root, shard)

    def manifest(self, shard: str) -> Manifest:
        """Return what is published of a shard. ScaleError: nothing is."""
        with self.database.transaction() as db:
            head = heads.required_head(db, shard)
        return load(self.store.read(head.manifest))


def bring(machine: Machine, local: LocalShard, shard: str) -> int:
    """Let the archive on the disk go on from the head of a shard that was taken; return how many bytes were fetched.

    One that goes on from that head, or from nothing where there is none, is left as it is: it may hold more.
    """
    local.begin()
    with machine.database.transaction() as db:
        head = heads.head(db, shard)
        definitions = sites.definitions(db, shard)
    local.write_seeds(definitions)
    if head is None or (head.manifest in local.bases and (local.archive / CATALOG).exists()):
        return 0
    fetched = check_out(machine.store, load(machine.store.read(head.manifest)), local.archive)
    local.base_on(head.manifest)
    return fetched


def due_again(local: LocalShard, now: datetime) -> datetime:
    """Return when a shard is to be crawled next, as its catalog has it."""
    with closing(open_reader(local.archive / CATALOG)) as db:
        due = links.first_due(db)
    return max(now + SOONEST, due) if due else leases.NEVER


def adopt(machine: Machine, archive: Path, shard: str) -> Publication:
    """Make an archive that there is a shard. ScaleError: there is such a shard, or one has a site of it. CatalogError: it is no archive."""
    with closing(open_reader(archive / CATALOG)) as catalog:
        found = site_rows.every(catalog)
    local = LocalShard(folder=machine.local(shard).folder, archive=archive)
    with machine.database.transaction() as db:
        sites.plan_alone(db)
        sites.settle(db, adopted(shard, found, sites.known(db)), {shard: shard})
        lease = leases.take(db, shard, machine.name, None)
    due = None
    try:
        published = machine.publisher.publish(local, lease)
        due = due_again(local, machine.clock())
    finally:
        local.discard()
        give_back(machine, lease, due)
    return published


def adopted(shard: str, found: Sequence[Site], known: Mapping[str, PlacedSite]) -> list[PlacedSite]:
    """Return the sites of an archive as those of its shard. ScaleError: one of them has an archive already, or the shard has."""
    if any(site.shard == shard and site.is_settled for site in known.values()):
        raise ScaleError(f"{shard}: there is such a shard already; name it otherwise (--shard)")
    if taken := next((site.key for site in found if site.key in known and known[site.key].is_settled), None):
        raise ScaleError(f"{shard}: its site {taken} is in the shard {known[taken].shard} already")
    bare = {
        site.key: PlacedSite(site=site.key, shard=shard, hosts=hosts_of(site), definition=None, digest=None)
        for site in found
    }
    return [replace(known.get(key, site), shard=shard) for key, site in bare.items()]


def eject(machine: Machine, shard: str, target: Path) -> int:
    """Write the archive of a shard to a folder, as it was published last; return how many bytes were fetched. ScaleError: it is not empty."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ScaleError(f"{target}: is not empty: a shard is ejected to a folder of its own")
    return check_out(machine.store, machine.manifest(shard), target)


def check_out_by_hand(machine: Machine, shard: str, *, force: bool) -> LocalShard:
    """Take a shard until it is published by hand. ShardHeldError: somebody else has it; `force` takes it from them."""
    local = machine.local(shard)
    with machine.database.transaction() as db:
        lease = leases.take(db, shard, machine.name, None, force=force)
    try:
        bring(machine, local, shard)
    except BaseException:
        give_back(machine, lease, None)
        raise
    return local


def publish_by_hand(machine: Machine, shard: str) -> Publication:
    """Publish a shard that was taken by hand, and give it back. FencedError: it is not ours any more."""
    local = machine.local(shard)
    with machine.database.transaction() as db:
        lease = leases.held(db, shard, machine.name)
    published = machine.publisher.publish(local, lease)
    local.discard_snapshot()
    local.end()
    give_back(machine, lease, due_again(local, machine.clock()))
    return published


def give_back(machine: Machine, lease: Lease, due: datetime | None) -> None:
    """Let others take a shard; one that was taken by another since is theirs."""
    with machine.database.transaction() as db:
        leases.release(db, lease, due)
