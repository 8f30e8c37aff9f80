"""Workers: what is due is done once, by the unchanged commands, and what is done is published."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from pathlib import Path

import pytest
from psycopg_pool import ConnectionPool

from crawler.clock import utc_now
from crawler.errors import ScaleError
from crawler.scale.child import LOST, Child, Nursery, end, last_words
from crawler.scale.database import Connection, SharedDatabase, leases, outcomes, queue, sites
from crawler.scale.machine import Machine
from crawler.scale.planning import plan
from crawler.scale.renewing import Renewal
from crawler.scale.store import BlobStore
from crawler.scale.tasks import Crew, Rhythm
from crawler.scale.working import work
from tests import scrapy_process
from tests.ageing import AgeingSite
from tests.crawl_harness import PROJECT, environment
from tests.programs import LOADED, execute, sleep
from tests.scale_harness import add_shards, let_leases_end, outcomes_of, write_seed

TOMORROW = utc_now() + timedelta(days=1)


def crew_of(database: SharedDatabase, folder: Path, *command: str) -> Crew:
    """A worker whose crawls are another command."""
    machine = Machine(
        database=database, store=BlobStore.open(str(folder / "store")), root=folder / "shards", clock=utc_now
    )
    rhythm = Rhythm(lease=3, publish=3600)
    return Crew(
        machine=machine,
        name=f"worker {len(command)}",
        rhythm=rhythm,
        commands={"crawl": command},
        nursery=Nursery(execute, LOADED),
    )


def done(*crews: Crew, slots: int = 4) -> list[int]:
    async def together() -> list[int]:
        return await asyncio.gather(*(work(crew, slots, until_done=True) for crew in crews))

    return asyncio.run(together())


def defer_due(database: SharedDatabase) -> int:
    with database.transaction() as db:
        return queue.defer(db, queue.due(db, utc_now()))


def test_tasks_that_are_put_into_the_queue_twice_run_once(database: SharedDatabase, tmp_path: Path) -> None:
    shards = [f"s{number}" for number in range(40)]
    add_shards(database, *shards)
    assert (defer_due(database), defer_due(database)) == (40, 0)
    with database.transaction() as db:
        again = [queue.SiteTask(shard=shard, lock=shard, command="crawl") for shard in ("s0", "new")]
        assert queue.defer(db, again) == 1
        db.execute("DELETE FROM procrastinate_jobs WHERE lock = 'new'")
    assert done(crew_of(database, tmp_path, "true"), crew_of(database, tmp_path, "true", "too")) == [0, 0]
    assert sorted(outcomes_of(database)) == sorted((shard, 0) for shard in shards)


def test_how_a_crawl_ends_decides_what_becomes_of_its_shard(database: SharedDatabase, tmp_path: Path) -> None:
    told = {"well": 0, "gaps": 7, "mistake": 2, "locked": 5, "killed": -9}
    add_shards(database, *told)
    cases = "; ".join(
        f"*{shard}/archive*) {'kill -9 $$' if code < 0 else f'echo {shard}; exit {code}'};;"
        for shard, code in told.items()
    )
    defer_due(database)
    crew = crew_of(database, tmp_path, "sh", "-c", f'case "$*" in {cases.replace(";;;", ";;")} esac', "crawl")

    async def until(number: int) -> None:
        working = asyncio.create_task(work(crew, 2, until_done=False))
        while len(outcomes_of(database)) < number:
            await asyncio.sleep(0.05)
        crew.stopping.set()
        await working

    asyncio.run(until(len(told)))
    assert dict(outcomes_of(database)) == told
    with database.transaction() as db:
        waiting = db.execute("SELECT args ->> 'shard' FROM procrastinate_jobs ORDER BY 1").fetchall()
        aside = db.execute("SELECT shard FROM scale_shards WHERE due = %s", [leases.NEVER]).fetchall()
        said = db.execute("SELECT shard, said FROM scale_outcomes WHERE said IS NOT NULL ORDER BY 1").fetchall()
        held = db.execute("SELECT count(*) FROM scale_shards WHERE holder IS NOT NULL").fetchone()
    assert (waiting, aside, held) == ([("killed",), ("locked",)], [("mistake",)], (0,))
    assert said == [("locked", "locked"), ("mistake", "mistake")]


def test_a_worker_whose_disk_is_full_takes_no_more(database: SharedDatabase, tmp_path: Path) -> None:
    add_shards(database, "a", "b")
    defer_due(database)
    assert done(crew_of(database, tmp_path, "sh", "-c", "exit 6"), slots=1) == [6]
    assert outcomes_of(database) == [("a", 6)]


def test_the_tasks_of_a_worker_that_is_gone_are_in_the_queue_again(database: SharedDatabase, tmp_path: Path) -> None:
    add_shards(database, "a")
    defer_due(database)
    with database.transaction() as db:
        leases.take(db, "a", "gone", 0.001)
        db.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
        assert queue.put_back_stalled(db, 0.001) == []
    let_leases_end(database.url)
    with database.transaction() as db:
        assert (queue.put_back_stalled(db, 0.001), queue.put_back_stalled(db, 0.001)) == (["a"], [])
    assert done(crew_of(database, tmp_path, "true")) == [0]
    assert outcomes_of(database) == [("a", 0)]


def test_a_task_whose_end_is_written_down_is_done_though_its_worker_is_gone(database: SharedDatabase) -> None:
    add_shards(database, "a")
    defer_due(database)
    with database.transaction() as db:
        db.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
        lease = leases.take(db, "a", "gone", 0.001)
        ended = outcomes.TaskOutcome(command="crawl", begun=utc_now(), code=0)
        outcomes.record(db, lease, ended)
        outcomes.record(db, lease, ended)
        leases.release(db, lease, None)
        assert queue.put_back_stalled(db, 0.001) == []
        assert queue.is_empty(db)
    assert outcomes_of(database) == [("a", 0)]


@pytest.mark.parametrize("how", ["taken by another", "gives no connection", "does not answer"])
def test_a_crawl_ends_when_its_lease_is_lost(database: SharedDatabase, how: str) -> None:
    add_shards(database, "a")
    with database.transaction() as db:
        lease = leases.take(db, "a", "one", 0.6)
    renewal = Renewal(replace(database, pool=_away()) if how == "gives no connection" else database, lease)
    with database.transaction() as db:
        if how == "taken by another":
            leases.take(db, "a", "other", 0.001, force=True)
            db.commit()
        elif how == "does not answer":
            db.execute("SELECT FROM scale_shards FOR UPDATE")
        asyncio.run(asyncio.wait_for(renewal.keep(), 60))
    assert how in renewal.why


def _away() -> ConnectionPool[Connection]:
    """Connections to a database that is not there."""
    return ConnectionPool("postgresql://archive@127.0.0.1:9/x", min_size=0, max_size=1, timeout=0.05, open=True)


def test_a_child_dies_with_its_worker(tmp_path: Path) -> None:
    worker = [sys.executable, "-m", "tests.programs", str(tmp_path)]
    assert subprocess.run(worker, cwd=PROJECT, check=False).returncode == -signal.SIGKILL
    pid = int((tmp_path / "pid").read_text())
    while is_alive(pid):
        os.sched_yield()


def test_a_child_that_nobody_knows_of_any_more_is_killed(tmp_path: Path) -> None:
    async def start() -> tuple[Child, int, int]:
        child = await Nursery(sleep, LOADED).start(["600"], tmp_path / "log")
        pid = child.process.pid
        assert pid is not None
        return child, pid, int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])

    async def lose() -> tuple[int, int]:
        _, _, other = await start()  # another test may have made it in a way of its own
        os.kill(other, signal.SIGKILL)
        while is_alive(other):
            os.sched_yield()
        child, pid, fork_server = await start()
        os.kill(fork_server, signal.SIGTERM)  # as all processes of a service are told
        again = await Nursery(execute, LOADED).start(["true"], tmp_path / "log")
        assert (await again.wait(), child.process.is_alive()) == (0, True)
        os.kill(fork_server, signal.SIGKILL)
        return await child.wait(), pid

    code, pid = asyncio.run(lose())
    assert code == LOST
    while is_alive(pid):
        os.sched_yield()


def test_a_child_that_is_told_to_stop_at_once_has_said_nothing(tmp_path: Path) -> None:
    async def stop() -> None:
        await end(await Nursery(sleep, LOADED).start(["600"], tmp_path / "log"))

    (tmp_path / "log").write_text("of the run before")
    asyncio.run(stop())
    assert last_words(tmp_path / "log") == ""


def test_a_child_that_has_ended_unseen_is_told_nothing(tmp_path: Path) -> None:
    async def tell() -> int | None:
        child = await Nursery(execute, LOADED).start(["true"], tmp_path / "log")
        assert child.process.pid is not None
        while is_alive(child.process.pid):
            os.sched_yield()
        await end(child)
        return child.code

    assert asyncio.run(tell()) == 0


def is_alive(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_plan_reads_what_changed_and_defers_what_is_due(database: SharedDatabase, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    write_seed(seeds, "one", "one.example.edu.cn")
    write_seed(seeds, "two", "two.example.edu.cn", media_hosts='["cdn.example.edu.cn"]')
    write_seed(seeds, "three", "three.example.edu.cn", media_hosts='["cdn.example.edu.cn"]')
    (seeds / "wrong.yaml").write_text("name: [")
    with ThreadPoolExecutor(2) as two:
        second, first = sorted(two.map(lambda now: plan(database, seeds, now), [utc_now()] * 2), key=attrgetter("read"))
    assert (first.sites, first.shards, first.read, first.deferred) == (3, 2, 4, 2)
    assert (second.read, second.deferred) == (1, 0)
    assert [Path(problem.file).name for problem in first.problems] == ["wrong.yaml"]
    with database.transaction() as db:
        assert sorted(sites.definitions(db, "three")) == ["three", "two"]
        lease = leases.take(db, "one", "worker", 60)
        db.execute("DELETE FROM procrastinate_jobs")
        leases.release(db, lease, TOMORROW)
    again = plan(database, seeds, utc_now())
    assert (again.read, again.deferred) == (1, 1)
    write_seed(seeds, "one", "one.example.edu.cn", media_hosts='["cdn.example.edu.cn"]')
    changed = plan(database, seeds, utc_now())
    assert (changed.sites, changed.shards, changed.deferred) == (3, 1, 1)
    (seeds / "one.yaml").unlink()
    assert plan(database, seeds, TOMORROW).sites == 2
    with database.transaction() as db:
        assert sorted(sites.definitions(db, "one")) == ["three", "two"]
    with pytest.raises(ScaleError, match="no such folder"):
        plan(database, tmp_path / "none", utc_now())


def scale(folder: Path, *arguments: object, **settings: object) -> tuple[int, str, str]:
    given = {
        "SCALE_STORE": folder / "store",
        "SCALE_DIR": folder / "shards",
        "SEEDS_DIR": folder / "seeds",
        **settings,
    }
    options = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
    ended = scrapy_process.run("scale", *arguments, *options, env=environment())
    return ended.returncode, ended.stdout, ended.stderr


def test_a_site_is_crawled_published_and_is_an_ordinary_archive(database: SharedDatabase, tmp_path: Path) -> None:
    def run(*arguments: object) -> Sequence[str]:
        code, told, errors = scale(tmp_path, *arguments, SCALE_DATABASE=database.url)
        assert (code, errors) == (0, "")
        return told.splitlines()

    with AgeingSite("湖光大学", 3) as site:
        write_seed(tmp_path / "seeds", "hu", site.netloc, politeness="{delay: 0}")
        assert "(version 1)" in run("init")[0]
        assert run("plan") == ["1 sites in 1 shards, 1 site files read; 1 tasks into the queue"]
        assert "scale: hu: crawl: exit code 0" in run("work", "--until-done")
    status = json.loads(run("status", "--json", "--shards")[0])
    assert (status["documents"], status["heads"], status["held"], status["due"]) == (3, 1, [], 0)
    assert datetime.fromisoformat(status["each"][0]["due"]) > datetime.now(UTC) + timedelta(minutes=50)
    assert run("plan")[0].endswith("0 tasks into the queue")
    assert "campus_archive_scale_documents 3.0" in run("status", "--prometheus")
    run("eject", "hu", "--to", tmp_path / "ejected")
    settings = ("-s", f"ARCHIVE_DIR={tmp_path / 'ejected'}")
    assert scrapy_process.run("verify", *settings, env=environment()).returncode == 0
    assert run("sweep", "--grace", "0")[0].startswith("0 of ")


def test_a_mistake_is_told_in_a_sentence_with_its_exit_code(database: SharedDatabase, tmp_path: Path) -> None:
    add_shards(database, "a")
    with database.transaction() as db:
        leases.take(db, "a", "somebody", None)
    for arguments, changed, code, sentence in (
        ((), {}, 2, "expected one of: init, plan"),
        (("pla",), {}, 2, "did you mean 'plan'"),
        (("eject", "a"), {}, 2, "expected: scrapy scale eject SHARD --to FOLDER"),
        (("status",), {"SCALE_DATABASE": ""}, 2, "SCALE_DATABASE is not set"),
        (("sweep",), {"SCALE_STORE": ""}, 2, "SCALE_STORE is not set"),
        (("sweep",), {"SCALE_STORE": "gs://bucket"}, 2, "expected s3://bucket/prefix"),
        (("eject", "a", "--to", "x"), {}, 2, "nothing of such a shard is published"),
        (("checkout", "a"), {}, 5, "checked out by somebody; it was taken by hand"),
        (("publish", "a"), {}, 5, "is not checked out here"),
        (("plan",), {"SCALE_DATABASE": "postgresql://x@127.0.0.1:9/x"}, 1, "does not answer"),
    ):
        ended, _, told = scale(tmp_path, *arguments, **{"SCALE_DATABASE": database.url, **changed})
        assert sentence in told
        assert ended == code
