"""What `scrapy scale status` shows: asked in one go, of PostgreSQL alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

DAYS = 1  # of outcomes that are counted
TOTALS = """
SELECT (SELECT count(*) FROM scale_sites WHERE definition IS NOT NULL) AS sites,
    (SELECT count(*) FROM scale_shards) AS shards,
    (SELECT count(*) FROM scale_shards WHERE due <= %(now)s) AS due,
    (SELECT nullif(min(due), 'epoch') FROM scale_shards WHERE due <= %(now)s) AS oldest_due,
    (SELECT count(*) FROM scale_shards WHERE due > '9999-01-01') AS set_aside,
    (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo') AS waiting,
    (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing') AS running,
    (SELECT count(*) FROM procrastinate_workers) AS workers,
    count(*) AS heads, coalesce(sum(files), 0)::bigint AS files, coalesce(sum(bytes), 0)::bigint AS bytes,
    coalesce(sum(documents), 0)::bigint AS documents, min(published) AS oldest_head
FROM scale_heads
"""
HOLDINGS = """
SELECT shard, holder, epoch, nullif(lease_until, 'infinity') AS until, lease_until < now() AS is_over
FROM scale_shards WHERE holder IS NOT NULL ORDER BY shard
"""
CODES = """
SELECT command, code, count(*) FROM scale_outcomes
WHERE ended > now() - make_interval(days => %s) GROUP BY 1, 2 ORDER BY 1, 2
"""
SHARDS = """
SELECT shard, holder, nullif(due, 'epoch') AS due, heads.published, heads.documents, heads.bytes,
    (SELECT code FROM scale_outcomes WHERE scale_outcomes.shard = scale_shards.shard ORDER BY id DESC LIMIT 1) AS code,
    (SELECT said FROM scale_outcomes WHERE scale_outcomes.shard = scale_shards.shard ORDER BY id DESC LIMIT 1) AS said
FROM scale_shards LEFT JOIN scale_heads AS heads USING (shard) ORDER BY shard
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Numbers of all that the machines share."""

    sites: int
    shards: int
    due: int  # shards
    oldest_due: datetime | None  # of them; None: none is, or was never crawled
    set_aside: int  # shards that a person has to look at
    waiting: int  # tasks
    running: int  # tasks
    workers: int
    heads: int
    files: int  # of the heads
    bytes: int
    documents: int
    oldest_head: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A shard that somebody has."""

    shard: str
    holder: str
    epoch: int
    until: datetime | None  # None: taken by hand
    is_over: bool  # its holder is gone: it can be taken


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardState:
    """What is known of a shard."""

    shard: str
    holder: str | None
    due: datetime | None  # None: it was never crawled
    published: datetime | None
    documents: int | None
    bytes: int | None
    code: int | None  # exit code of its last task
    said: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetState:
    """How all of it stands."""

    totals: Totals
    holdings: tuple[Holding, ...]
    codes: tuple[tuple[str, int | None, int], ...]  # (command, exit code, tasks) of the last day


def state(db: psycopg.Connection[Any], now: datetime) -> FleetState:
    """Return how all of it stands."""
    with db.cursor(row_factory=class_row(Totals)) as cursor:
        totals = cursor.execute(TOTALS, {"now": now}).fetchone()
    assert totals is not None, "a count has a row"
    with db.cursor(row_factory=class_row(Holding)) as cursor:
        holdings = tuple(cursor.execute(HOLDINGS).fetchall())
    rows = db.execute(CODES, [DAYS]).fetchall()
    codes = tuple((command, code, number) for command, code, number in rows)
    return FleetState(totals=totals, holdings=holdings, codes=codes)


def shard_states(db: psycopg.Connection[Any]) -> list[ShardState]:
    """Return what is known of each shard."""
    with db.cursor(row_factory=class_row(ShardState)) as cursor:
        return cursor.execute(SHARDS).fetchall()
