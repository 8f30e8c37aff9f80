"""Who has taken which shard. A lease ends by itself unless it is renewed; the epoch, which grows with every taking, fences off who was overtaken.

One clock decides, that of PostgreSQL. A lease that ran out while PostgreSQL was away is given as long again: its holder could not renew it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from crawler.errors import FencedError, ScaleError, ShardHeldError

TAKE = """
UPDATE scale_shards SET epoch = epoch + 1, holder = %(holder)s, lease_until = coalesce(now() + make_interval(secs => %(seconds)s), 'infinity')
WHERE shard = %(shard)s
AND (holder IS NULL OR %(force)s OR greatest(lease_until, pg_postmaster_start_time() + make_interval(secs => %(seconds)s)) < now())
RETURNING epoch
"""
RENEW = """
UPDATE scale_shards SET lease_until = now() + make_interval(secs => %(seconds)s)
WHERE shard = %(shard)s AND epoch = %(epoch)s AND holder IS NOT NULL AND lease_until < 'infinity'
"""
NEVER = datetime.max.replace(tzinfo=UTC)  # when a shard is due that a person has to look at


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A shard that was taken."""

    shard: str
    holder: str
    epoch: int
    seconds: float | None  # how long it holds unless it is renewed; None: taken by hand, until it is given back


def take(db: psycopg.Connection[Any], shard: str, holder: str, seconds: float | None, *, force: bool = False) -> Lease:
    """Take a shard. ShardHeldError: somebody else has it. ScaleError: there is none of this name."""
    given = {"shard": shard, "holder": holder, "seconds": seconds, "force": force}
    if row := db.execute(TAKE, given).fetchone():
        return Lease(shard=shard, holder=holder, epoch=row[0], seconds=seconds)
    raise _refused(db, shard)


def _refused(db: psycopg.Connection[Any], shard: str) -> ScaleError:
    row = db.execute(
        "SELECT holder, nullif(lease_until, 'infinity') FROM scale_shards WHERE shard = %s", [shard]
    ).fetchone()
    if row is None:
        return ScaleError(f"{shard}: no such shard; scrapy scale status --shards lists them")
    until = f"its lease ends {row[1]:%Y-%m-%d %H:%M:%S%z}, unless it is renewed" if row[1] else "it was taken by hand"
    return ShardHeldError(f"{shard}: checked out by {row[0] or 'somebody a moment ago'}; {until}")


def renew(db: psycopg.Connection[Any], lease: Lease) -> bool:
    """Let a lease hold as long again from now; return whether it is still ours."""
    given = {"shard": lease.shard, "epoch": lease.epoch, "seconds": lease.seconds}
    return db.execute(RENEW, given).rowcount == 1


def release(db: psycopg.Connection[Any], lease: Lease, due: datetime | None) -> bool:
    """Give a shard back, to be crawled again then (None: as it was); return whether it was still ours."""
    query = """
    UPDATE scale_shards SET holder = NULL, lease_until = NULL, due = coalesce(%s, due) WHERE shard = %s AND epoch = %s AND holder IS NOT NULL
    """
    return db.execute(query, [due, lease.shard, lease.epoch]).rowcount == 1


def held(db: psycopg.Connection[Any], shard: str, holder: str) -> Lease:
    """Return the lease that somebody took by hand. FencedError: it is not theirs any more."""
    row = db.execute("SELECT epoch FROM scale_shards WHERE shard = %s AND holder = %s", [shard, holder]).fetchone()
    if row is None:
        raise FencedError(f"{shard}: is not checked out here ({holder}), or was taken by another since")
    return Lease(shard=shard, holder=holder, epoch=row[0], seconds=None)
