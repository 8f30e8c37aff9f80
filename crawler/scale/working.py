"""A worker: slots that do tasks until it is told to stop, or nothing is left to do; PostgreSQL may go away and come back meanwhile."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

from procrastinate import App, PsycopgConnector

from crawler.errors import ScaleError, UnreachableError
from crawler.monitoring.exit_code import ExitCode
from crawler.scale.database import queue, told, watchful
from crawler.scale.renewing import BEATS
from crawler.scale.tasks import COMMANDS, Crew, happens, run_task, say

logger = logging.getLogger(__name__)

POLL_SECONDS = 5.0  # between two looks for tasks; one that is deferred is told at once
AGAIN_SECONDS = 2.0  # before PostgreSQL is asked again
CONNECTIONS = 4  # of the queue


def worker_name() -> str:
    """Return what this process holds shards by."""
    return f"{socket.gethostname()}:{os.getpid()}"


async def work(crew: Crew, slots: int, *, until_done: bool) -> int:
    """Do tasks until SIGTERM or Ctrl-C, or until the queue is empty; return the exit code."""
    for library in ("procrastinate", "psycopg.pool"):  # what matters of it, we say
        logging.getLogger(library).setLevel(logging.CRITICAL)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, crew.stopping.set)
    watching = [asyncio.create_task(_put_back_stalled(crew))]
    if until_done:
        watching.append(asyncio.create_task(_stop_when_done(crew)))
    try:
        while not crew.stopping.is_set():
            await _serve(crew, slots)
            if not crew.stopping.is_set():
                say(f"the queue is away; asked again in {AGAIN_SECONDS:.0f} s")
                await happens(crew.stopping, AGAIN_SECONDS)
    finally:
        for task in watching:
            task.cancel()
    return ExitCode.STORAGE_FAILED if crew.is_full else 0


async def _serve(crew: Crew, slots: int) -> None:
    """Do tasks until we are told to stop, or the queue is away; those that run then are waited for."""
    app = App(
        connector=PsycopgConnector(
            conninfo=watchful(crew.machine.database.url), min_size=1, max_size=CONNECTIONS, timeout=POLL_SECONDS
        )
    )
    for command in COMMANDS:
        app.task(name=command, queue=queue.QUEUE)(_task(crew, command))
    try:
        with told():
            async with app.open_async():
                serving = asyncio.create_task(
                    app.run_worker_async(
                        queues=[queue.QUEUE],
                        name=crew.name,
                        concurrency=slots,
                        delete_jobs="always",
                        install_signal_handlers=False,
                        fetch_job_polling_interval=min(POLL_SECONDS, crew.rhythm.lease / BEATS),
                        update_heartbeat_interval=crew.rhythm.lease / BEATS,
                        stalled_worker_timeout=crew.rhythm.lease,
                    )
                )
                stopping = asyncio.create_task(crew.stopping.wait())
                await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
                stopping.cancel()
                serving.cancel()
                with suppress(asyncio.CancelledError):
                    await serving
    except UnreachableError as error:
        say(str(error))


def _task(crew: Crew, command: str) -> Callable[[str], Awaitable[None]]:
    async def task(shard: str) -> None:
        try:
            await run_task(crew, command, shard)
        except Exception:  # a fault of ours: the queue's own words are not shown
            logger.exception("%s: %s failed", shard, command)
            raise

    return task


async def _put_back_stalled(crew: Crew) -> None:
    """Look again and again for tasks whose worker is gone: beside the slots, for it must not wait until one is free."""
    while True:
        await asyncio.sleep(crew.rhythm.lease / 2)
        try:
            shards = await asyncio.to_thread(_stalled, crew)
        except ScaleError as error:
            say(str(error))
            continue
        for shard in shards:
            say(f"{shard}: its worker is gone; in the queue again")


def _stalled(crew: Crew) -> list[str]:
    with crew.machine.database.transaction() as db:
        return queue.put_back_stalled(db, crew.rhythm.lease)


async def _stop_when_done(crew: Crew) -> None:
    """Let a worker end once nothing waits or is being worked on by anybody."""
    while True:
        await asyncio.sleep(min(1.0, crew.rhythm.lease / BEATS))
        with suppress(ScaleError):
            if await asyncio.to_thread(_is_done, crew):
                crew.stopping.set()
                return


def _is_done(crew: Crew) -> bool:
    with crew.machine.database.transaction() as db:
        return queue.is_empty(db)
