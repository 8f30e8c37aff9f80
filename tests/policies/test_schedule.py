"""The schedule: when a run is due, what is made up, what is no schedule; and `scrapy schedule` with a clock and runs of the test's own."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.archive.layout import HEARTBEAT
from crawler.catalog import close_catalog, group, open_catalog
from crawler.catalog.tables import runs
from crawler.commands.schedule import Command, Scheduler, crawl_command, keep, last_run
from crawler.errors import ScheduleError
from crawler.policies.schedule import Schedule, read_schedule
from tests.campus.seed_files import write_seeds
from tests.crawl_harness import environment
from tests.scrapy_process import start

NIGHTLY = read_schedule("17 3 * * *", "Asia/Shanghai")  # 19:17 UTC


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-11-23T19:17:01", "2026-11-23T20:00", "2026-11-24T19:17"),
        ("2026-11-23T10:00", "2026-11-23T10:05", "2026-11-23T19:17"),  # by hand, in the daytime
        ("2026-11-23T19:17", "2026-11-24T19:16", "2026-11-24T19:17"),
        ("2026-11-20T19:17", "2026-11-24T07:00", "2026-11-24T07:00"),  # three were missed
        ("2026-11-27T19:17", "2026-11-24T07:00", "2026-11-28T19:17"),  # the clock was set back
    ],
)
def test_a_run_is_due_when_a_time_has_passed_since_the_last_began(last: str, now: str, due: str) -> None:
    assert NIGHTLY.due(at(last), at(now)) == at(due)


def test_a_new_archive_is_begun_at_once() -> None:
    assert NIGHTLY.due(None, at("2026-11-24T07:00")) == at("2026-11-24T07:00")


@pytest.mark.parametrize(
    ("zone", "times"),
    [
        ("UTC", ["2026-03-29T02:30", "2026-03-30T02:30"]),
        ("Europe/Berlin", ["2026-03-29T01:00", "2026-03-30T00:30"]),  # half past two is not on the 29th: at three
    ],
)
def test_a_day_on_which_clocks_are_set_has_its_run(zone: str, times: list[str]) -> None:
    schedule = read_schedule("30 2 * * *", zone)
    first = schedule.after(at("2026-03-28T12:00"))
    assert [first, schedule.after(first)] == [at(time) for time in times]


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("daily", "expected five fields"),
        ("", "expected five fields"),
        ("0 17 3 * * *", "expected five fields"),
        ("61 3 * * *", "bad minute"),
        ("17 3 * * MONDAY", "bad day-of-week"),
        ("17 3 31 2 *", "bad day-of-month"),
        ("*/0 3 * * *", "bad minute"),
    ],
)
def test_what_is_no_schedule_is_refused_with_an_example(expression: str, told: str) -> None:
    with pytest.raises(ScheduleError, match=f"{told}.*17 3") as error:
        read_schedule(expression, "UTC")
    assert repr(expression) in str(error.value)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(ScheduleError, match="no time zone; expected an IANA name such as Asia/Shanghai"):
        read_schedule("17 3 * * *", zone)


@dataclass(slots=True)
class Simulated:
    """A clock, a way to wait and runs that take their time, until so many have been."""

    now: datetime
    takes: list[timedelta]
    began: list[datetime] = field(default_factory=list)
    longest_step: float = 0

    async def pause(self, seconds: float) -> bool:
        self.longest_step = max(self.longest_step, seconds)
        self.now += timedelta(seconds=seconds)
        return not self.takes

    async def run(self) -> int:
        self.began.append(self.now)
        self.now += self.takes.pop(0)
        return 0

    def keep(self, schedule: Schedule, last: datetime | None) -> list[datetime]:
        asyncio.run(keep(schedule, last, clock=lambda: self.now, pause=self.pause, run=self.run))
        return self.began


def test_weeks_go_by_with_a_run_a_night(capsys: pytest.CaptureFixture[str]) -> None:
    simulated = Simulated(at("2026-11-24T07:00"), [timedelta(minutes=40)] * 21)
    began = simulated.keep(NIGHTLY, at("2026-11-23T19:17"))
    assert began == [at("2026-11-24T19:17") + timedelta(days=n) for n in range(21)]
    assert simulated.longest_step <= 60
    said = capsys.readouterr().out
    assert said.count("ended with exit code 0 after 2400 s") == 21


def test_a_run_longer_than_a_day_is_never_overtaken_and_makes_up_one() -> None:
    simulated = Simulated(at("2026-11-24T19:00"), [timedelta(hours=50), timedelta(hours=1), timedelta(hours=1)])
    assert simulated.keep(NIGHTLY, at("2026-11-23T19:17")) == [
        at("2026-11-24T19:17"),
        at("2026-11-26T21:17"),
        at("2026-11-27T19:17"),
    ]


def test_the_last_run_is_that_of_the_catalog_with_the_same_arguments(tmp_path: Path) -> None:
    assert last_run(tmp_path, {}) is None
    db = open_catalog(tmp_path / "catalog.db")
    began = [at("2026-11-22T19:17"), at("2026-11-23T19:17"), at("2026-11-24T02:00")]
    with group(db):
        for name, arguments in (("r1", {}), ("r2", {}), ("r3", {"site": "vsb"})):
            runs.start(db, name, started=began[int(name[1]) - 1], arguments=arguments)
            runs.finish(db, name, finished=began[2], exit_code=3)
    assert last_run(tmp_path, {}) == began[1]
    assert last_run(tmp_path, {"site": "vsb"}) == began[2]
    assert last_run(tmp_path, {"site": "other"}) is None
    with group(db):
        runs.cut_short(db, "r2", finished=began[2], exit_code=143)
    assert last_run(tmp_path, {}) is None, "a run that was cut short is made up"
    close_catalog(db)


def test_a_run_gets_the_arguments_and_settings_of_the_schedule() -> None:
    given = argparse.Namespace(spargs=["site=vsb"], set=["ARCHIVE_DIR=a", "SEEDS_DIR=s"], loglevel="INFO")
    assert crawl_command(given)[1:] == [
        *("-m", "scrapy", "crawl", "news", "-a", "site=vsb", "-s", "ARCHIVE_DIR=a", "-s", "SEEDS_DIR=s", "-L", "INFO")
    ]


@pytest.mark.parametrize(
    ("args", "options", "told"),
    [
        ([], {}, "name one schedule, quoted"),
        (["17", "3", "*", "*", "*"], {}, "name one schedule, quoted"),
        (["every day"], {}, "expected five fields"),
        (["17 3 * * *"], {"timezone": "Peking"}, "no time zone"),
        (["17 3 * * *"], {"spargs": ["site=pku"]}, "no such site"),
        (["17 3 * * *"], {"spargs": ["vsb"]}, "NAME=VALUE"),
    ],
)
def test_a_mistake_is_told_before_anything_is_waited_for(
    tmp_path: Path, args: list[str], options: dict[str, object], told: str
) -> None:
    write_seeds(tmp_path / "seeds", 1)
    command = Command()
    command.settings = Settings({"ARCHIVE_DIR": str(tmp_path / "archive"), "SEEDS_DIR": str(tmp_path / "seeds")})
    given = {"spargs": [], "set": [], "loglevel": None, "timezone": "UTC", **options}
    with pytest.raises(UsageError, match=told):
        command.run(args, argparse.Namespace(**given))
    assert not (tmp_path / "archive").exists()


OBEDIENT = "import time, pathlib, sys; pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"


@pytest.mark.parametrize(("program", "code"), [("import sys; sys.exit(5)", 5), ("pass", 0)])
def test_a_run_is_a_process_whose_exit_code_is_told(tmp_path: Path, program: str, code: int) -> None:
    async def run() -> int | None:
        return await Scheduler([sys.executable, "-c", program], tmp_path / HEARTBEAT).run()

    assert asyncio.run(run()) == code
    assert (tmp_path / HEARTBEAT).exists()


def test_a_run_is_told_to_stop_with_its_schedule(tmp_path: Path) -> None:
    async def stopped() -> tuple[int | None, int]:
        scheduler = Scheduler([sys.executable, "-c", OBEDIENT, str(tmp_path / "begun")], tmp_path / HEARTBEAT)
        run = asyncio.create_task(scheduler.run())
        await _until((tmp_path / "begun").exists)
        scheduler.stop.set()
        return await run, scheduler.exitcode

    assert asyncio.run(stopped()) == (None, 0)


async def _until(is_reached: Callable[[], bool]) -> None:
    while not is_reached():
        await asyncio.sleep(0.01)


def test_the_command_ends_well_at_sigterm_while_it_waits(tmp_path: Path) -> None:
    write_seeds(tmp_path / "seeds", 1)
    db = open_catalog(tmp_path / "archive" / "catalog.db")
    with group(db):
        runs.start(db, "r1", started=datetime.now(UTC), arguments={})
        runs.finish(db, "r1", finished=datetime.now(UTC), exit_code=0)
    close_catalog(db)
    places = ("-s", f"ARCHIVE_DIR={tmp_path}/archive", "-s", f"SEEDS_DIR={tmp_path}/seeds")
    reader, writer = os.pipe()
    with (
        os.fdopen(reader) as said,
        start("schedule", "17 3 1 1 *", *places, env=environment(), files=(0, writer, 2)) as process,
    ):
        os.close(writer)
        assert "schedule: next run at 20" in said.readline()
        asyncio.run(_until((tmp_path / "archive" / HEARTBEAT).exists))
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
