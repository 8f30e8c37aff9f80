"""Blobs that no head names: what was superseded, and what was sent by somebody whom something ended before the head moved."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from crawler.scale.database import heads
from crawler.scale.machine import Machine
from crawler.scale.manifest import load
from crawler.scale.store import StoredBlob

BATCH = 1000  # blobs that are removed at a time, while nobody publishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep came to."""

    blobs: int  # in the store
    unreferenced: int
    bytes: int  # of these
    removed: int


def sweep(machine: Machine, *, grace: timedelta, remove: bool) -> Swept:
    """Find the blobs that no head names and that were put before the time of grace; remove them where asked to.

    Who publishes names only blobs that the head before had, or that they have put: a blob that is old and unnamed can be named by nobody but
    one who is putting it again right now, and while a batch is removed nobody publishes.
    """
    with machine.database.transaction() as db:
        seen = {head.shard: head.manifest for head in heads.heads(db)}
    named = _named(machine, seen.values())
    before = machine.clock() - grace
    number = 0
    old: list[StoredBlob] = []
    for blob in machine.store.blobs():
        number += 1
        if blob.digest not in named and blob.put < before:
            old.append(blob)
    removed = sum(_remove(machine, batch, seen) for batch in _batches(old)) if remove else 0
    return Swept(blobs=number, unreferenced=len(old), bytes=sum(blob.size for blob in old), removed=removed)


def _remove(machine: Machine, blobs: list[StoredBlob], seen: dict[str, str]) -> int:
    """Remove what no head that has moved since names either; return how many that were. What is put meanwhile stays."""
    with machine.database.transaction() as db:
        heads.keep_from_publishing(db)
        moved = [head for head in heads.heads(db) if seen.get(head.shard) != head.manifest]
        named = _named(machine, (head.manifest for head in moved))
        going = [blob.digest for blob in blobs if blob.digest not in named]
        if going:
            machine.store.remove(going)
        return len(going)


def _named(machine: Machine, manifests: Iterable[str]) -> set[str]:
    """Return the blobs that manifests name, and those that they are."""
    found: set[str] = set()
    for manifest in manifests:
        found.add(manifest)
        found |= set(load(machine.store.read(manifest)).blobs())
    return found


def _batches(blobs: list[StoredBlob]) -> Iterator[list[StoredBlob]]:
    left = iter(blobs)
    while batch := list(islice(left, BATCH)):
        yield batch
