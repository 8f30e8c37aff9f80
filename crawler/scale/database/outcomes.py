"""How tasks ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from crawler.scale.database.leases import Lease

KEPT_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOutcome:
    """How a task ended."""

    command: str  # crawl, rebuild
    begun: datetime
    code: int | None  # exit code of the command; None: it was not started
    said: str = ""  # what a person should know


def record(db: psycopg.Connection[Any], lease: Lease, outcome: TaskOutcome) -> None:
    """Write down how a task ended, once: whoever does not hear whether that went well says it again."""
    query = """
    INSERT INTO scale_outcomes (shard, epoch, holder, command, begun, code, said)
    SELECT %s, %s, %s, %s, %s, %s, nullif(%s, '') WHERE NOT EXISTS (SELECT FROM scale_outcomes WHERE shard = %s AND epoch = %s)
    """
    given = (lease.shard, lease.epoch, lease.holder, outcome.command, outcome.begun, outcome.code, outcome.said)
    db.execute(query, (*given, lease.shard, lease.epoch))


def failures(db: psycopg.Connection[Any], shard: str, done: Sequence[int]) -> int:
    """Return how many tasks of a shard have ended since the last one that ended with one of these exit codes."""
    query = """
    SELECT count(*) FROM scale_outcomes WHERE shard = %(shard)s
    AND id > coalesce((SELECT max(id) FROM scale_outcomes WHERE shard = %(shard)s AND code = ANY(%(done)s)), 0)
    """
    row = db.execute(query, {"shard": shard, "done": list(map(int, done))}).fetchone()
    return row[0] if row else 0


def forget_old(db: psycopg.Connection[Any]) -> None:
    """Remove the outcomes of long ago."""
    db.execute("DELETE FROM scale_outcomes WHERE ended < now() - make_interval(days => %s)", [KEPT_DAYS])
