"""One task: a shard is taken, brought to the disk, worked on by a command, published meanwhile and at the end, and given back."""

import asyncio
import errno
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from crawler.archive.layout import CATALOG
from crawler.errors import CrawlerError, FencedError, ShardHeldError, UnreachableError
from crawler.monitoring.exit_code import ExitCode
from crawler.scale.child import Child, Nursery, end, last_words
from crawler.scale.database import Connection, leases, outcomes, queue, sites
from crawler.scale.database.leases import NEVER, Lease
from crawler.scale.database.outcomes import TaskOutcome
from crawler.scale.database.queue import SiteTask
from crawler.scale.local import LocalShard, make_room
from crawler.scale.machine import Machine, bring, due_again
from crawler.scale.renewing import BEATS, Renewal
from crawler.terminal import echo

logger = logging.getLogger(__name__)

COMMANDS: Mapping[str, Sequence[str]] = {
    "crawl": ("crawl", "news"),
    "rebuild": ("rebuild",),
}
DONE = (ExitCode.WELL, ExitCode.SOME_SITES_FAILED, ExitCode.NOTHING_ARCHIVED, ExitCode.ATTENTION)
MISTAKE = 2  # in a site file: trying again helps nobody
LATER = timedelta(minutes=1)  # before what was not done is tried again, twice as long each time
MOST_DOUBLINGS = 10  # 17 hours
PAUSES = (1.0, 4.0, 15.0, 40.0, 60.0)  # seconds before what must be said at the end is tried again
Got = TypeVar("Got")
# What keeps a shard from being published, or brought, this time.
FAILURES = (CrawlerError, OSError, sqlite3.Error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often what is done."""

    lease: float  # seconds
    publish: float  # seconds between two times that a running crawl is published


@dataclass(slots=True, kw_only=True)
class Crew:
    """The slots of one worker, and what all their tasks share."""

    machine: Machine
    name: str  # of the worker: what it holds shards by
    rhythm: Rhythm
    settings: Sequence[str] = ()  # of the command: -s NAME=VALUE …
    commands: Mapping[str, Sequence[str]] = field(default_factory=lambda: COMMANDS)
    nursery: Nursery = field(default_factory=Nursery)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    least_free: int = 0  # bytes on the disk before a task begins
    is_full: bool = False  # the disk is: this worker takes no more

    def end_full(self) -> None:
        """Take no more tasks, for the disk is full."""
        self.is_full = True
        self.stopping.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the command of a task ended."""

    code: int | None = None  # None: it was not started
    said: str = ""
    is_published: bool = False
    due: datetime | None = None  # when the shard is due again, if that is known


async def run_task(crew: Crew, command: str, shard: str) -> None:
    """Do one task to its end, whatever that is; nothing of it is raised."""
    begun = crew.machine.clock()
    lease = await _persistently(partial(_take, crew, command, shard))
    if lease is None:
        return
    renewal = Renewal(crew.machine.database, lease)
    keeping = asyncio.create_task(renewal.keep())
    try:
        try:
            ended = await _work(crew, command, renewal)
        except Exception as error:  # a fault of ours: the shard is given back, and its task is tried again
            logger.exception("%s: %s failed", shard, command)
            ended = Ended(said=f"failed: {error}")
        await _conclude(
            crew, renewal, ended, TaskOutcome(command=command, begun=begun, code=ended.code, said=ended.said)
        )
    finally:
        keeping.cancel()


def _take(crew: Crew, command: str, shard: str) -> Lease | None:
    """Take a shard; None where that cannot be now, and the task is put off."""
    with crew.machine.database.transaction() as db:
        try:
            return leases.take(db, shard, crew.name, crew.rhythm.lease)
        except ShardHeldError as error:
            say(f"{error}; tried again")
            _defer(db, command, shard, timedelta(seconds=crew.rhythm.lease))
            return None


def _defer(db: Connection, command: str, shard: str, wait: timedelta) -> None:
    """Put a task into the queue again."""
    queue.defer(db, [SiteTask(shard=shard, lock=sites.lock_of(db, shard) or shard, command=command, wait=wait)])


async def _work(crew: Crew, command: str, renewal: Renewal) -> Ended:
    """Run the command on the shard and publish it."""
    machine, lease = crew.machine, renewal.lease
    local = machine.local(lease.shard)
    try:
        for shard in await asyncio.to_thread(make_room, machine.root, crew.least_free):
            say(f"{shard}: removed from this disk, which needs room; it is published")
        await asyncio.to_thread(bring, machine, local, lease.shard)
    except FAILURES as error:
        if _is_full(error):
            crew.end_full()
        return Ended(said=f"could not be checked out: {error}")
    log = local.folder / "log"
    given = ("-s", f"ARCHIVE_DIR={local.archive}", "-s", f"SEEDS_DIR={local.seeds}")
    try:
        process = await crew.nursery.start((*crew.commands[command], *given, *crew.settings), log)
    except (EOFError, OSError) as error:  # no memory, no process left; or what forks was killed
        return Ended(said=f"could not be started: {error}")
    ended = asyncio.Event()
    publishing = asyncio.create_task(_publish_meanwhile(crew, local, renewal, ended))
    try:
        await _until_ended(process, crew.stopping, renewal.lost)
    finally:
        await end(process, crew.rhythm.lease / (BEATS if renewal.lost.is_set() else 4))
        ended.set()
        await publishing
    code, said = process.code, ""
    if code not in DONE:
        said = last_words(log)
    due = NEVER if code == MISTAKE else None
    if not (local.archive / CATALOG).exists():
        return Ended(code=code, said=said, is_published=True, due=due)
    problem = await _publish_at_last(crew, local, renewal)
    if not problem:
        local.end()
    if not problem and code in DONE and command == "crawl":
        due = due_again(local, machine.clock())
    return Ended(code=code, said=problem or said, is_published=not problem, due=due)


async def _until_ended(process: Child, *told: asyncio.Event) -> None:
    """Return when a command has ended, or is to."""
    waiting = [asyncio.ensure_future(process.wait()), *(asyncio.ensure_future(event.wait()) for event in told)]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def _publish_meanwhile(crew: Crew, local: LocalShard, renewal: Renewal, ended: asyncio.Event) -> None:
    """Publish a shard again and again until its command has ended; what fails is tried the next time."""
    while not ended.is_set():
        if not await happens(ended, crew.rhythm.publish) and (local.archive / CATALOG).exists():
            await _publish(crew, local, renewal)


async def _publish(crew: Crew, local: LocalShard, renewal: Renewal) -> str:
    """Publish a shard; return why that failed, nothing where it did not."""
    try:
        await asyncio.to_thread(crew.machine.publisher.publish, local, renewal.lease)
    except FencedError as error:
        renewal.lose(str(error))
        return str(error)
    except FAILURES as error:
        if _is_full(error):
            crew.end_full()
        say(f"{renewal.lease.shard}: not published: {error}")
        return f"not published: {error}"
    return ""


def _is_full(error: Exception) -> bool:
    """Return whether an error says that the disk is full."""
    if isinstance(error, sqlite3.Error):
        return "disk is full" in str(error)  # database or disk is full
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


async def _publish_at_last(crew: Crew, local: LocalShard, renewal: Renewal) -> str:
    """Publish a shard whose command has ended, if need be several times; return why that failed."""
    for pause in (*PAUSES, None):
        if renewal.lost.is_set():
            return renewal.why
        problem = await _publish(crew, local, renewal)
        if not problem or pause is None or crew.is_full:
            break
        await happens(renewal.lost, pause)
    local.discard_snapshot()
    return problem


async def _conclude(crew: Crew, renewal: Renewal, ended: Ended, outcome: TaskOutcome) -> None:
    """Write down how a task ended and give the shard back; what is not done is put into the queue again."""
    if ended.code == ExitCode.STORAGE_FAILED:
        crew.end_full()
    said = f"{renewal.lease.shard}: {outcome.command}: "
    said += "not started" if ended.code is None else f"exit code {ended.code}"
    say(f"{said}; {ended.said}" if ended.said else said)
    await _persistently(partial(_write_down, crew, renewal.lease, ended, outcome))


def _write_down(crew: Crew, lease: Lease, ended: Ended, outcome: TaskOutcome) -> None:
    is_done = ended.is_published and (ended.code in DONE or ended.code == MISTAKE)
    with crew.machine.database.transaction() as db:
        outcomes.record(db, lease, outcome)
        is_ours = leases.release(db, lease, ended.due if is_done else None)
        if is_ours and not is_done:  # who has taken it from us does what is left
            wait = LATER * 2 ** min(outcomes.failures(db, lease.shard, DONE) - 1, MOST_DOUBLINGS)
            _defer(db, outcome.command, lease.shard, timedelta(0) if crew.stopping.is_set() else wait)


async def _persistently(do: Callable[[], Got]) -> Got | None:
    """Return what a function answers, asked again while PostgreSQL is away; None once that has taken too long: the lease ends by itself then."""
    for pause in PAUSES:
        try:
            return await asyncio.to_thread(do)
        except UnreachableError as error:
            say(f"{error}; asked again in {pause:.0f} s")
            await asyncio.sleep(pause)
    return None


async def happens(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event for so long; return whether it happened."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


def say(line: str) -> None:
    """Print a line of the worker's log, at once."""
    echo(f"scale: {line}")
