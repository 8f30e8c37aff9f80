"""The queue of Procrastinate, within our own transactions: a task of a shard waits once at most, and what is in the queue twice runs once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import psycopg
from procrastinate import SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

QUEUE = "shards"
BATCH = 1000  # tasks in one statement
DUE = """
SELECT shard, lock FROM scale_shards
WHERE due <= %s AND EXISTS (SELECT FROM scale_sites WHERE scale_sites.shard = scale_shards.shard AND definition IS NOT NULL)
AND NOT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = 'crawl ' || shard)
AND NOT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'doing' AND procrastinate_jobs.lock = scale_shards.lock AND args ->> 'shard' = shard)
ORDER BY due, shard
"""
# What a worker that is gone was doing. One that could not tell because PostgreSQL was away is given as long again. Who still has the
# shard is not gone, even if the queue heard nothing of it: it may be slow, or wait for its tasks to end before it comes back.
# A task of which is written down how it ended is done: its worker was only kept from saying so to the queue.
STALLED = """
DELETE FROM procrastinate_jobs jobs WHERE status = 'doing' AND NOT EXISTS (
    SELECT FROM procrastinate_workers WHERE id = worker_id
    AND greatest(last_heartbeat, pg_postmaster_start_time()) >= now() - make_interval(secs => %(seconds)s)
) AND NOT EXISTS (
    SELECT FROM scale_shards WHERE shard = args ->> 'shard'
    AND holder IS NOT NULL AND greatest(lease_until, pg_postmaster_start_time() + make_interval(secs => %(seconds)s)) >= now()
)
RETURNING args ->> 'shard', lock, task_name, EXISTS (
    SELECT FROM scale_outcomes JOIN scale_shards USING (shard, epoch) WHERE shard = args ->> 'shard' AND command = task_name
    AND ended >= (SELECT max(at) FROM procrastinate_events WHERE job_id = jobs.id AND type = 'started')
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTask:
    """What is to be done with a shard."""

    shard: str
    lock: str  # tasks of one lock never run at once
    command: str  # crawl, rebuild: the name of its task
    wait: timedelta = timedelta()  # before it is begun


def due(db: psycopg.Connection[Any], now: datetime) -> Iterator[SiteTask]:
    """Yield a task for each shard that is due and has none, the longest due first."""
    for shard, lock in db.execute(DUE, [now]):
        yield SiteTask(shard=shard, lock=lock, command="crawl")


def defer(db: psycopg.Connection[Any], tasks: Iterable[SiteTask]) -> int:
    """Put tasks into the queue, but for those that wait there already; return how many."""
    manager, number = JobManager(SyncPsycopgConnector()), 0
    now = _now(db)
    waiting = (_job(task, now) for task in tasks)
    while batch := list(islice(waiting, BATCH)):
        number += _defer(db, manager, batch)
    return number


def _now(db: psycopg.Connection[Any]) -> datetime:
    """Return the time of PostgreSQL: the clock of a worker may be wrong."""
    now: datetime = db.execute("SELECT now()").fetchall()[0][0]
    return now


def _defer(db: psycopg.Connection[Any], manager: JobManager, jobs: list[Job]) -> int:
    try:
        with db.transaction():
            return len(manager.batch_defer_jobs(jobs, connection=db))
    except AlreadyEnqueued:  # one of them: which, it does not say
        return sum(_defer(db, manager, [job]) for job in jobs) if len(jobs) > 1 else 0


def _job(task: SiteTask, now: datetime) -> Job:
    return Job(
        id=None,
        queue=QUEUE,
        lock=task.lock,
        queueing_lock=f"{task.command} {task.shard}",
        task_name=task.command,
        task_kwargs={"shard": task.shard},
        scheduled_at=now + task.wait if task.wait else None,
    )


def put_back_stalled(db: psycopg.Connection[Any], seconds: float) -> list[str]:
    """Put the tasks of workers that were not heard of for so long into the queue again; return their shards."""
    stalled = [
        SiteTask(shard=shard, lock=lock, command=command)
        for shard, lock, command, is_done in db.execute(STALLED, {"seconds": seconds}).fetchall()
        if not is_done
    ]
    defer(db, stalled)
    return [task.shard for task in stalled]


def analyse(db: psycopg.Connection[Any]) -> None:
    """Let PostgreSQL count what is in the queue: after many tasks were put there it would choose bad plans."""
    db.execute("ANALYZE procrastinate_jobs")


def is_empty(db: psycopg.Connection[Any]) -> bool:
    """Return whether nothing waits, and nothing is being worked on."""
    query = "SELECT NOT EXISTS (SELECT FROM procrastinate_jobs WHERE status IN ('todo', 'doing'))"
    row = db.execute(query).fetchone()
    return bool(row and row[0])
