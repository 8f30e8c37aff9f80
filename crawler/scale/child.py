"""A command of ours as a child that dies with its worker, whatever ends that: an orphan would go on asking hosts that another worker is given.

It is forked from a process that has loaded what commands need and does nothing else: of a crawl that finds nothing, loading is most of the work.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path

FORKED = multiprocessing.get_context("forkserver")
LOADED = ("__main__", "crawler.commands.crawl", "crawler.commands.rebuild", "crawler.console", "crawler.pipelines",
          "crawler.runs.readers", "crawler.spiders.news")  # fmt: skip
TERM_SECONDS = 15.0  # a run told to stop ends within 10 (STOP_SECONDS)
TOLD_BY_WORKER = (signal.SIGTERM, signal.SIGHUP)
LOST = 255  # exit code of a child that nobody knows of: what forked it was killed, and it may run on
TAIL = 4_000  # bytes of a log that are looked at
TURNS = ThreadPoolExecutor(1)
"""Does what multiprocessing does for children, one after another. Starting one also asks how all others ended, and this is told only once:
of two threads that ask at a time one would be told that the child is lost (exit code 255)."""
Program = Callable[[Sequence[str]], None]  # does what its arguments say, and ends with SystemExit


def command(arguments: Sequence[str]) -> None:
    """Run a command of ours, as if it had been typed."""
    from crawler.console import main  # not in the worker, which runs none itself

    sys.argv = ["campus-archive", *arguments]
    main()


@dataclass(slots=True)
class Child:
    """A command that runs, or has."""

    process: ForkServerProcess
    code: int | None = None  # negative: the signal that ended it

    async def wait(self) -> int:
        """Return how it ended, once it has."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(self.process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self.process.sentinel)
        code = await loop.run_in_executor(TURNS, lambda: self.process.exitcode)
        assert code is not None, "it has ended"
        if code == LOST:
            self.tell(signal.SIGKILL)
        self.code = code
        return code

    def tell(self, number: signal.Signals) -> None:
        """Send a signal, if it is there to get one: it may have ended a moment ago."""
        if self.code is None and self.process.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, number)


@dataclass(slots=True)
class Nursery:
    """Starts children."""

    program: Program = command
    loaded: Sequence[str] = LOADED  # modules that children find loaded

    async def start(self, arguments: Sequence[str], log: Path) -> Child:
        """Start a command. What it prints goes to a file."""
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")  # it may be told to stop before it has done anything
        FORKED.set_forkserver_preload([*self.loaded])
        process = FORKED.Process(target=_begin, args=(self.program, tuple(arguments), log))
        await asyncio.get_running_loop().run_in_executor(TURNS, _start, process)
        return Child(process)


def _start(process: ForkServerProcess) -> None:
    """Start a child. What forks ends with the worker alone: who stops a service tells all its processes, and children would be lost."""
    resource_tracker.ensure_running()  # it lets signals through again
    signal.pthread_sigmask(signal.SIG_BLOCK, TOLD_BY_WORKER)  # of this thread, and so of the process that is made by it
    process.start()


async def end(child: Child, seconds: float = TERM_SECONDS) -> None:
    """Tell a command to stop; kill it where it does not in time."""
    if child.code is not None:
        return
    child.tell(signal.SIGTERM)
    try:
        await asyncio.wait_for(child.wait(), seconds)
    except TimeoutError:
        child.tell(signal.SIGKILL)
        await child.wait()


def last_words(log: Path) -> str:
    """Return the last line that a command printed."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL))
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""


def _begin(program: Program, arguments: Sequence[str], log: Path) -> None:
    """Be the child: a session of its own, with its log, and with somebody who looks whether the worker is still there."""
    os.setsid()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD_BY_WORKER)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    for standard in (1, 2):
        os.dup2(file, standard)
    os.close(file)
    threading.Thread(target=_end_with_worker, daemon=True).start()
    program(arguments)


def _end_with_worker() -> None:
    """Kill the child and all it has started as soon as its worker is gone."""
    worker = multiprocessing.parent_process()
    if worker is not None:
        wait([worker.sentinel])
    os.killpg(0, signal.SIGKILL)
