"""A run that is told to stop: it ends in time whatever it waits for, keeps what it has, and the next one goes on from there."""

import asyncio
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest
from scrapy import Request
from scrapy.crawler import Crawler

from crawler.fetching.stopping import Stopped, Stopping
from crawler.monitoring.exit_code import ExitCode
from crawler.runs.run import interruptible
from tests.campus import Campus
from tests.campus.response import Response, busy
from tests.campus.seed_files import write_seeds
from tests.campus.stories.webplus import NEWS
from tests.crawl_harness import Archive, Ended, crawl, started

ENDLESS = 600  # seconds that are not waited


@dataclass(slots=True)
class Told:
    """What Stopping asks of Scrapy's crawler."""

    crawling: bool = True
    engine: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(running=False))


def test_a_request_that_comes_too_late_is_given_up() -> None:
    crawler = Told()
    stopping = Stopping(cast(Crawler, crawler), ENDLESS)
    stopping.process_request(Request("http://a.example/1"))
    crawler.crawling = False
    with pytest.raises(Stopped, match=r"http://a\.example/2"):
        stopping.process_request(Request("http://a.example/2"))


def test_what_is_under_way_is_given_up_when_its_time_is_over() -> None:
    async def wait() -> None:
        stopping = Stopping(cast(Crawler, Told()), 0)
        under_way = asyncio.create_task(_endless(stopping))
        await asyncio.sleep(0)
        stopping.begin()
        await under_way

    with pytest.raises(Stopped, match=r"http://a\.example/1"):
        asyncio.run(wait())


def test_another_time_out_is_none_of_ours() -> None:
    async def wait() -> None:
        async with Stopping(cast(Crawler, Told()), ENDLESS).limit("http://a.example/1"):
            raise TimeoutError("the server's")

    with pytest.raises(TimeoutError, match="the server's"):
        asyncio.run(wait())


async def _endless(stopping: Stopping) -> None:
    async with stopping.limit("http://a.example/1"):
        await asyncio.sleep(ENDLESS)


def test_work_outside_the_loop_ends_at_a_signal() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), interruptible():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A crawl that was told to stop while each of its three hosts kept it waiting, and the one after it."""

    ended: Ended
    again: Ended
    first: Archive
    whole: Archive
    asked_again: list[str]


@pytest.fixture(scope="module")
def stuck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stuck]:
    folder = tmp_path_factory.mktemp("stuck")
    article = ("webplus", NEWS[0].path)
    with Campus() as campus:
        write_seeds(folder / "seeds", campus.port)
        write_seeds(folder / "slow", campus.port)
        slow = folder / "slow" / "vsb.yaml"
        slow.write_text(slow.read_text("utf-8").replace("delay: 0", f"delay: {ENDLESS}"), "utf-8")
        campus.script["enorth", "/robots.txt"] = [Response(wait=ENDLESS)]
        campus.script[article] = [busy("15")]
        with started(folder / "archive", seeds=folder / "slow", STOP_SECONDS=20) as process:
            process.wait_until(lambda: {article, ("enorth", "/robots.txt")} <= set(campus.hits))
            process.popen.send_signal(signal.SIGTERM)
            ended = process.end()
        asked = len(campus.hits)
        campus.script.clear()
        first = Archive(folder / "archive")
        assert first.visits, ended  # read now: the next run adds to them
        again = crawl(folder / "archive", seeds=folder / "seeds")
        yield Stuck(
            ended=ended,
            again=again,
            first=first,
            whole=Archive(folder / "archive"),
            asked_again=[path for _, path in campus.hits[asked:]],
        )


def test_a_stopped_run_says_so(stuck: Stuck) -> None:
    assert (stuck.ended.code, ExitCode.STOPPED.value) == (143, 143), stuck.ended
    assert "told to stop, all that was fetched is kept (exit code 143)" in stuck.ended.stdout
    assert "Traceback" not in stuck.ended.stderr
    rows = stuck.whole.rows("SELECT state, exit_code FROM runs ORDER BY started")
    assert rows == [{"state": "interrupted", "exit_code": 143}, {"state": "finished", "exit_code": 0}]


def test_what_was_given_up_is_no_visit(stuck: Stuck) -> None:
    assert {(visit["outcome"], visit["reason"]) for visit in stuck.first.visits.values()} <= {
        ("new", None),
        ("listed", None),
        ("not_article", "undated"),
    }


def test_the_next_run_asks_for_nothing_that_is_kept(stuck: Stuck) -> None:
    assert stuck.again.code == 0, stuck.again
    stuck.whole.check()
    kept = {visit["url"].split("/", 3)[3] for visit in stuck.first.visits.values() if visit["outcome"] == "new"}
    assert kept, "the host without trouble gave some articles"
    assert kept.isdisjoint(path.lstrip("/") for path in stuck.asked_again)
