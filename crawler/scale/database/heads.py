"""Where the head of each shard is: the manifest of what was published last. It moves forward only, and only for who has the shard."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

from crawler.errors import FencedError, ScaleError
from crawler.scale.database.leases import Lease

MOVE = """
WITH held AS (SELECT shard, epoch FROM scale_shards WHERE shard = %(shard)s AND epoch = %(epoch)s FOR UPDATE)
INSERT INTO scale_heads (shard, epoch, manifest, files, bytes, documents)
SELECT shard, epoch, %(manifest)s, %(files)s, %(bytes)s, %(documents)s FROM held
ON CONFLICT (shard) DO UPDATE SET epoch = excluded.epoch, manifest = excluded.manifest, published = now(),
    files = excluded.files, bytes = excluded.bytes, documents = excluded.documents
"""
PUBLISHING = 0xB10B  # the advisory lock that who publishes shares, and who removes blobs has alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is published of a shard."""

    shard: str
    epoch: int  # of who published it
    manifest: str  # the digest of the blob that names all files
    published: datetime
    files: int
    bytes: int
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much a head holds."""

    files: int
    bytes: int
    documents: int


def head(db: psycopg.Connection[Any], shard: str) -> Head | None:
    """Return the head of a shard, None if nothing of it was published."""
    with db.cursor(row_factory=class_row(Head)) as cursor:
        return cursor.execute("SELECT * FROM scale_heads WHERE shard = %s", [shard]).fetchone()


def required_head(db: psycopg.Connection[Any], shard: str) -> Head:
    """Return the head of a shard. ScaleError: it has none."""
    found = head(db, shard)
    if found is None:
        raise ScaleError(f"{shard}: nothing of such a shard is published; scrapy scale status --shards lists them")
    return found


def heads(db: psycopg.Connection[Any]) -> list[Head]:
    """Return all heads, by shard."""
    with db.cursor(row_factory=class_row(Head)) as cursor:
        return cursor.execute("SELECT * FROM scale_heads ORDER BY shard").fetchall()


def manifests(db: psycopg.Connection[Any], shards: Iterable[str]) -> dict[str, str]:
    """Return the manifest of the head of each of these shards that has one."""
    query = "SELECT shard, manifest FROM scale_heads WHERE shard = ANY(%s)"
    return dict(db.execute(query, [sorted(shards)]).fetchall())


def standing(db: psycopg.Connection[Any], since: datetime | None) -> tuple[int, datetime | None, int]:
    """Return how many heads there are, when the oldest was published, and how many were after a moment (None: all of them)."""
    query = "SELECT count(*), min(published), count(*) FILTER (WHERE published > coalesce(%s, '-infinity')) FROM scale_heads"
    return db.execute(query, [since]).fetchone() or (0, None, 0)


def move(db: psycopg.Connection[Any], lease: Lease, manifest: str, extent: Extent) -> None:
    """Let the head of a shard be another manifest, whose blobs are all there. FencedError: the shard was taken by another since."""
    given = {
        "shard": lease.shard,
        "epoch": lease.epoch,
        "manifest": manifest,
        "files": extent.files,
        "bytes": extent.bytes,
        "documents": extent.documents,
    }
    if db.execute(MOVE, given).rowcount != 1:
        raise FencedError(
            f"{lease.shard}: taken by another since epoch {lease.epoch}: nothing was published of what is here"
        )


def publish_beside_others(db: psycopg.Connection[Any]) -> None:
    """Let no blob be removed until the end of the transaction; wait for who removes some."""
    db.execute("SELECT pg_advisory_xact_lock_shared(%s)", [PUBLISHING])


def keep_from_publishing(db: psycopg.Connection[Any]) -> None:
    """Let nobody publish until the end of the transaction; wait for who does."""
    db.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])
