"""`scrapy schedule`: `scrapy crawl news` at the times of a cron expression, each run in a process of its own.

    wait, beating -> run, beating -> wait …      one run at a time; SIGTERM is passed on to it and waited for

For containers, which have neither cron nor timers. Does not crawl: it needs no event loop of Scrapy's and opens the catalog only to
read when the last run was.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from scrapy.exceptions import UsageError

from crawler.archive.layout import CATALOG, HEARTBEAT
from crawler.arguments import asked, choose_sites
from crawler.catalog import open_reader
from crawler.catalog.tables import runs
from crawler.clock import Clock, clock_of
from crawler.errors import CrawlerError
from crawler.policies.schedule import Schedule, read_schedule
from crawler.terminal import ArchiveCommand, echo

BEAT_SECONDS = 20.0
KILL_SECONDS = 15.0  # a run told to stop ends within 10 (STOP_SECONDS)


class Command(ArchiveCommand):
    """Keep the schedule until SIGTERM or Ctrl-C."""

    def syntax(self) -> str:
        return '[options] "MINUTE HOUR DAY MONTH WEEKDAY"'

    def short_desc(self) -> str:
        return "Run `scrapy crawl news` at the times of a cron expression"

    def long_desc(self) -> str:
        return (
            'Run `scrapy crawl news` at the times of a cron expression, "17 3 * * *" for every night, each run in a process of its '
            "own, with the -a and -s given here. Runs never overlap; times that passed while the machine was off, or while a run took "
            "longer, are made up by one run, as is a run that was cut short; a new archive is begun at once. One line a run is printed. "
            f"ARCHIVE_DIR/{HEARTBEAT} is written every {BEAT_SECONDS:.0f} seconds. SIGTERM and Ctrl-C are passed on to the run. "
            "Exit codes: 0 told to stop, and the run ended; 1 it did not end and was killed; 2 a mistake in the command or in the site files."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-a", dest="spargs", action="append", default=[], metavar="NAME=VALUE", help="of the crawl")
        parser.add_argument(
            "--timezone", default="UTC", help="of the times, an IANA name such as Asia/Shanghai (default: UTC)"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError('name one schedule, quoted: scrapy schedule "17 3 * * *"', print_help=False)
        assert self.settings is not None
        root = Path(self.settings["ARCHIVE_DIR"])
        try:
            arguments = asked(opts.spargs, today=clock_of(self.settings)().date())
            schedule = read_schedule(args[0], opts.timezone)
            choose_sites(arguments, Path(self.settings["SEEDS_DIR"]))
            root.mkdir(parents=True, exist_ok=True)
            last = last_run(root, arguments)
        except (CrawlerError, OSError) as error:
            raise UsageError(str(error), print_help=False) from error
        scheduler = Scheduler(crawl_command(opts), root / HEARTBEAT)
        clock = clock_of(self.settings)
        self.exitcode = asyncio.run(scheduler.keep(schedule, last, clock))


def crawl_command(opts: argparse.Namespace) -> list[str]:
    """Return the command line of a run: the arguments and settings given to the schedule."""
    arguments = [part for given in opts.spargs for part in ("-a", given)]
    settings = [part for given in opts.set for part in ("-s", given)]
    level = ["-L", opts.loglevel] if opts.loglevel else []
    return [sys.executable, "-m", "scrapy", "crawl", "news", *arguments, *settings, *level]


def last_run(root: Path, arguments: Mapping[str, str]) -> datetime | None:
    """Return when the last crawl with these arguments began; None if there was none, or it did not end by itself. CatalogError."""
    if not (root / CATALOG).is_file():
        return None
    with closing(open_reader(root / CATALOG, any_release=True)) as db:
        return runs.last_complete(db, arguments)


async def keep(
    schedule: Schedule,
    last: datetime | None,
    *,
    clock: Clock,
    pause: Callable[[float], Awaitable[bool]],
    run: Callable[[], Awaitable[int | None]],
) -> None:
    """Run at every time of a schedule until `pause`, which waits, or `run` tells that we are to stop (True; None).

    Waits in short steps: a machine that slept, or whose clock was set, is not late by more than one.
    """
    while True:
        start = schedule.due(last, clock())
        say(f"next run at {start:%Y-%m-%dT%H:%M:%SZ}")
        while (left := (start - clock()).total_seconds()) > 0:
            if await pause(min(left, BEAT_SECONDS)):
                return
        last = clock()
        code = await run()
        if code is None:
            return
        say(
            f"run of {last:%Y-%m-%dT%H:%M:%SZ} ended with exit code {code} after {(clock() - last).total_seconds():.0f} s"
        )


@dataclass(slots=True)
class Scheduler:
    """What waiting and running are: a process, signals and a heartbeat."""

    command: Sequence[str]
    heartbeat: Path
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    exitcode: int = 0

    async def keep(self, schedule: Schedule, last: datetime | None, clock: Clock) -> int:
        """Keep the schedule until SIGTERM or Ctrl-C; return our exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop.set)
        await keep(schedule, last, clock=clock, pause=self.pause, run=self.run)
        return self.exitcode

    async def pause(self, seconds: float) -> bool:
        """Wait; return whether we are to stop, at once when told."""
        self.beat()
        await asyncio.wait([stop := asyncio.ensure_future(self.stop.wait())], timeout=seconds)
        stop.cancel()
        return self.stop.is_set()

    async def run(self) -> int | None:
        """Run to the end and return the exit code; None if we were told to stop meanwhile."""
        process = await asyncio.create_subprocess_exec(
            *self.command, start_new_session=True
        )  # Ctrl-C comes from us, once
        ended = asyncio.ensure_future(process.wait())
        stop = asyncio.ensure_future(self.stop.wait())
        while not ended.done() and not stop.done():
            self.beat()
            await asyncio.wait([ended, stop], timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if self.stop.is_set() and not ended.done():
            process.terminate()
            await asyncio.wait([ended], timeout=KILL_SECONDS)
            if not ended.done():
                process.kill()
                self.exitcode = 1
        code = await ended
        if not self.stop.is_set():
            return code
        say(f"told to stop; the run ended with exit code {code}")
        return None

    def beat(self) -> None:
        """Touch the heartbeat; what keeps us from it is seen by who looks for it."""
        try:
            self.heartbeat.touch()
        except OSError as error:
            say(f"no heartbeat: {error}")


def say(line: str) -> None:
    """Print a line of our log, at once."""
    echo(f"schedule: {line}")
