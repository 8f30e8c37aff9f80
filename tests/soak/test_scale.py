"""Several machines; any may be killed at any time, PostgreSQL and the object store too: nothing is lost, no host is asked by two."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from crawler.catalog import close_catalog, open_catalog
from crawler.clock import utc_now
from crawler.scale.database import SharedDatabase, queue
from crawler.scale.machine import Machine, adopt, eject
from crawler.scale.planning import defer_rebuild, plan
from crawler.scale.store import BlobStore
from tests import archives, scrapy_process
from tests.ageing import AgeingSite
from tests.crawl_harness import PROJECT, Archive, environment
from tests.rebuild_harness import files, rebuild, tables
from tests.s3_server import S3Server
from tests.scale_harness import Postgres, add_shards, database, outcomes_of, postgres, write_seed

__all__ = ["database", "postgres"]
# No module by itself: every child would load that again.
WORKER = "import sys; from tests.scale_worker import main; sys.exit(main(*sys.argv[1:]))"
LEASE = 12.0  # seconds: a crawl that is told to stop has a quarter of it
ARTICLES = 24
SITES = ("beihai", "donghu", "hulan", "luoxia", "nanshan", "qinghe", "xishan", "yuntai")
IN_FLIGHT = 6  # requests that a site may have been asked for when its crawl is killed
MINUTES = 8 * 60  # seconds that anything may take


@dataclass(slots=True)
class LoggedSite(AgeingSite):
    """Answers slowly, and writes down what it was asked and by how many at once."""

    asked: list[tuple[float, str]] = field(default_factory=list)
    most: int = 0
    now: int = 0
    guard: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, path: str) -> tuple[int, str]:
        with self.guard:
            self.now += 1
            self.most = max(self.most, self.now)
            self.asked.append((time.monotonic(), path))
        time.sleep(0.15)
        with self.guard:
            self.now -= 1
        return AgeingSite.answer(self, path)


@dataclass
class Fleet:
    """Workers as processes, each with a disk of its own."""

    database: SharedDatabase
    store: str
    folder: Path
    command: tuple[str, ...] = ()
    slots: int = 2
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        arguments = (self.database.url, self.store, str(self.folder / name), str(LEASE), str(self.slots), *self.command)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.workers[name] = subprocess.Popen(
                [sys.executable, "-c", WORKER, *arguments],
                cwd=PROJECT,
                env={**environment(), **{key: value for key, value in os.environ.items() if key.startswith("AWS_")}},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        self.workers[name].kill()
        self.workers[name].wait()

    def keep_alive(self) -> None:
        """Start again whoever has ended though there is something left to do, as systemd or Kubernetes would."""
        for name, worker in list(self.workers.items()):
            if worker.poll() is not None and not self.is_done():
                self.start(name)

    def is_done(self) -> bool:
        with self.database.transaction() as db:
            return queue.is_empty(db)

    def end(self) -> None:
        for worker in self.workers.values():
            worker.kill()
            worker.wait()


@contextmanager
def fleet(*names: str, **given: object) -> Iterator[Fleet]:
    made = Fleet(**given)  # type: ignore[arg-type]
    try:
        for name in names:
            made.start(name)
        yield made
    finally:
        made.end()


def wait_until(is_reached: Callable[[], bool], each: Callable[[], None] = lambda: None) -> None:
    for _ in range(MINUTES * 5):
        if is_reached():
            return
        each()
        time.sleep(0.2)
    raise AssertionError("never reached")


def exceeds(count: Callable[[], int], least: int) -> bool:
    return count() > least


def defer_due(database: SharedDatabase) -> int:
    with database.transaction() as db:
        number = queue.defer(db, queue.due(db, utc_now()))
        queue.analyse(db)
        return number


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with S3Server() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[dict[str, LoggedSite]]:
    """Eight sites, each with its file."""
    with ExitStack() as stack:
        served = {name: stack.enter_context(LoggedSite(name, ARTICLES)) for name in SITES}
        for name, site in served.items():
            write_seed(tmp_path / "seeds", name, site.netloc, politeness="{delay: 0.2}")
        yield served


@pytest.mark.soak
def test_two_hundred_tasks_twice_in_the_queue_run_once_whatever_is_killed(
    postgres: Postgres, database: SharedDatabase, tmp_path: Path
) -> None:
    shards = [f"s{number}" for number in range(200)]
    add_shards(database, *shards)
    assert (defer_due(database), defer_due(database)) == (200, 0)
    ran = tmp_path / "ran"
    command = ("sh", "-c", f'echo "$2" >> {ran}; sleep 0.3', "crawl")
    with fleet(
        "a", "b", "c", database=database, store=str(tmp_path / "store"), folder=tmp_path, command=command
    ) as made:
        wait_until(lambda: ran.exists() and len(ran.read_text().splitlines()) > 40)
        made.kill("a")
        made.start("a")
        wait_until(lambda: len(ran.read_text().splitlines()) > 90)
        postgres.kill()
        postgres.start()
        wait_until(made.is_done, made.keep_alive)
    started = Counter(Path(line).parent.name for line in ran.read_text().splitlines())  # …/<worker>/<shard>/archive
    assert sorted(outcomes_of(database)) == sorted((shard, 0) for shard in shards)
    assert len(started) == 200
    assert sum(started.values()) <= 200 + made.slots  # what the worker that was killed was doing


@pytest.mark.soak
def test_workers_postgresql_and_the_store_are_killed_in_the_middle_of_eight_sites(
    postgres: Postgres, database: SharedDatabase, s3: S3Server, sites: dict[str, LoggedSite], tmp_path: Path
) -> None:
    assert plan(database, tmp_path / "seeds", utc_now()).deferred == len(SITES)

    def asked() -> int:
        return sum(len(site.asked) for site in sites.values())

    kills = 0
    with fleet("a", "b", "c", database=database, store="s3://archive/x", folder=tmp_path) as made:
        for number, name in enumerate(("a", "b", "c"), 1):
            wait_until(partial(exceeds, asked, 40 * number), made.keep_alive)
            made.kill(name)
            kills += made.slots
            made.start(name)
            if number > 1:
                postgres.kill()
                postgres.start()
        s3.stop()
        time.sleep(30)
        s3.start()
        wait_until(made.is_done, made.keep_alive)
    with database.transaction() as db:
        codes = dict(outcomes_of(database))
        assert db.execute("SELECT count(*) FROM scale_heads").fetchone() == (len(SITES),)
    assert set(codes) == set(SITES)
    assert set(codes.values()) <= {0, 7}
    machine = Machine(database=database, store=BlobStore.open("s3://archive/x"), root=tmp_path, clock=utc_now)
    repeated = 0
    for name, site in sites.items():
        verify_ejected(machine, name, tmp_path)
        pages = Counter(path for _, path in site.asked if "/info/" in path)
        assert len(pages) == ARTICLES
        repeated += sum(pages.values()) - ARTICLES
        assert site.most == 1
    assert repeated <= kills * IN_FLIGHT
    print(f"{asked()} requests, {repeated} articles asked for again after {kills // made.slots} kills")


def verify_ejected(machine: Machine, name: str, folder: Path) -> None:
    """Assert that what is published of a shard is whole, and all of it there."""
    target = folder / "ejected" / name
    eject(machine, name, target)
    ended = scrapy_process.run("verify", "-s", f"ARCHIVE_DIR={target}", env=environment())
    assert ended.returncode == 0, ended.stdout + ended.stderr
    archive = Archive(target)
    archive.check()
    assert len(archive.documents) == ARTICLES


@pytest.mark.soak
def test_a_machine_is_lost_and_a_worker_that_slept_moves_nothing(
    database: SharedDatabase, sites: dict[str, LoggedSite], tmp_path: Path
) -> None:
    for name in SITES[2:]:
        (tmp_path / f"seeds/{name}.yaml").unlink()
    plan(database, tmp_path / "seeds", utc_now())
    asleep, lost = sites[SITES[0]], sites[SITES[1]]
    store = BlobStore.open(str(tmp_path / "store"))
    machine = Machine(database=database, store=store, root=tmp_path, clock=utc_now)

    def is_published(least: int) -> bool:
        with database.transaction() as db:
            row = db.execute("SELECT count(*), coalesce(min(documents), 0) FROM scale_heads").fetchone()
        return bool(row and row[0] == 2 and row[1] >= least)

    with fleet("a", database=database, store=str(tmp_path / "store"), folder=tmp_path) as made:
        wait_until(lambda: is_published(3))
        family = [made.workers["a"].pid, *descendants(made.workers["a"].pid)]
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        slept = time.monotonic()
        made.start("b")
        wait_until(
            lambda: any(at > slept + 1 for at, _ in asleep.asked) and any(at > slept + 1 for at, _ in lost.asked)
        )
        for pid in reversed(family):
            os.kill(pid, signal.SIGCONT)
        wait_until(made.is_done, made.keep_alive)
    for name in SITES[:2]:
        verify_ejected(machine, name, tmp_path)
    told = (tmp_path / "a.log").read_text()
    assert "taken by another" in told
    with database.transaction() as db:
        epochs = db.execute(
            "SELECT heads.epoch = shards.epoch FROM scale_heads heads JOIN scale_shards shards USING (shard)"
        )
        assert epochs.fetchall() == [(True,), (True,)]
    shutil.rmtree(tmp_path / "a")
    shutil.rmtree(tmp_path / "b")
    with database.transaction() as db:
        db.execute("UPDATE scale_shards SET due = 'epoch'")
    assert defer_due(database) == 2
    before = len(lost.asked)
    with fleet("c", database=database, store=str(tmp_path / "store"), folder=tmp_path) as made:
        wait_until(made.is_done, made.keep_alive)
    assert {path for _, path in lost.asked[before:] if "/info/" in path} == set()
    for name in SITES[:2]:
        shutil.rmtree(tmp_path / "ejected" / name)
        verify_ejected(machine, name, tmp_path)


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *descendants(child)]
    return found


@pytest.mark.soak
def test_ten_thousand_shards_are_worked_off_at_fifty_a_second(database: SharedDatabase, tmp_path: Path) -> None:
    shards = [f"s{number}" for number in range(10_000)]
    random.Random(7).shuffle(shards)
    add_many(database, shards)
    assert defer_due(database) == len(shards)
    begun = time.monotonic()
    given = {
        "database": database,
        "store": str(tmp_path / "store"),
        "folder": tmp_path,
        "command": ("true",),
        "slots": 6,
    }
    with fleet("a", "b", **given) as made:
        wait_until(made.is_done, made.keep_alive)
    rate = len(shards) / (time.monotonic() - begun)
    assert sorted(outcomes_of(database)) == sorted((shard, 0) for shard in shards)
    print(f"{rate:.0f} tasks a second")
    assert rate >= 50


@pytest.mark.soak
def test_a_hundred_thousand_shards_are_planned_within_a_minute(database: SharedDatabase) -> None:
    add_many(database, [f"s{number}" for number in range(100_000)])
    begun = time.monotonic()
    assert (defer_due(database), defer_due(database)) == (100_000, 0)
    seconds = time.monotonic() - begun
    print(f"{seconds:.1f} s")
    assert seconds < 60


def add_many(database: SharedDatabase, shards: list[str]) -> None:
    with database.transaction() as db:
        db.execute("INSERT INTO scale_shards (shard, lock) SELECT s, s FROM unnest(%s::text[]) AS s", [shards])
        db.execute(
            "INSERT INTO scale_sites (site, shard, hosts, definition, digest) SELECT s, s, ARRAY[s], 'name: x', s FROM unnest(%s::text[]) AS s",
            [shards],
        )
        db.execute("ANALYZE scale_shards")
        db.execute("ANALYZE scale_sites")


@pytest.mark.soak
def test_shards_read_again_as_tasks_equal_what_rebuild_makes_of_them(database: SharedDatabase, tmp_path: Path) -> None:
    alone = archives.unpack(archives.packed()[-1], tmp_path / "alone")
    close_catalog(open_catalog(alone / "catalog.db"))
    store = BlobStore.open(str(tmp_path / "store"))
    machine = Machine(database=database, store=store, root=tmp_path / "shards", clock=utc_now)
    adopt(machine, alone, "one")
    (tmp_path / "seeds").mkdir()  # its sites are those of its catalog
    assert defer_rebuild(database, ["one"]) == 1
    with fleet("a", database=database, store=str(tmp_path / "store"), folder=tmp_path) as made:
        wait_until(made.is_done, made.keep_alive)
    assert outcomes_of(database) == [("one", 0)]
    eject(machine, "one", tmp_path / "ejected")
    assert rebuild(alone, seeds=tmp_path / "seeds").returncode == 0
    assert files(tmp_path / "ejected") == files(alone)
    assert tables(tmp_path / "ejected") == tables(alone)
