"""What follows a run: alarms that stand and are told once, files, metrics; what fails of it fails no run."""

import json
import logging
import os
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

from crawler.archive.layout import CATALOG
from crawler.catalog import open_catalog
from crawler.catalog.tables import issues
from crawler.ingest import store
from crawler.items import Expectations, Role
from crawler.monitoring.disk import free_bytes, shortage
from crawler.monitoring.exit_code import ExitCode
from crawler.monitoring.notice import tell
from crawler.monitoring.rotated_log import rotating_log
from crawler.runs.info import UNWATCHED, RunPolicy
from crawler.runs.run import Run
from tests.crawl_harness import Archive, Crawled, crawl, started
from tests.ingest.test_ingest import SITE, seen
from tests.runs.test_run import START, failed

EXPECTING = replace(SITE, expectations=Expectations(articles=2, days=7))
TOO_MUCH = 10**18  # bytes no disk has
DAY = timedelta(days=1)
OF_APPRISE = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")  # it looks into all its plug-ins


def begin(root: Path, policy: RunPolicy = UNWATCHED, *, days: int = 0, expecting: int = 2) -> Run:
    site = replace(SITE, expectations=Expectations(articles=expecting, days=7))
    at = START + days * DAY
    return Run.open(root, [site], arguments={}, clock=lambda: at, policy=policy)


def end(run: Run, *visited: object) -> ExitCode:
    store(run.archive, visited or [seen("a")])  # type: ignore[arg-type]
    return run.close().code


@contextmanager
def webhook(status: int = 200) -> Iterator[tuple[str, list[str]]]:
    """A server that takes messages; yields its address as apprise writes it, and what it took."""
    taken: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["message"])
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"json://user:secret@127.0.0.1:{server.server_port}/", taken
        server.shutdown()
        thread.join()


def test_every_run_leaves_a_report_and_metrics(tmp_path: Path) -> None:
    run = begin(tmp_path, RunPolicy(metrics=Path("metrics.prom")), expecting=0)
    assert end(run) is ExitCode.WELL
    assert {file.name for file in (tmp_path / "reports").iterdir()} == {f"{run.id}.json", f"{run.id}.html"}
    text = (tmp_path / "metrics.prom").read_text()
    for line in (
        'campus_archive_visits_total{outcome="new",site="example"} 1.0',
        'campus_archive_runs_total{exit_code="0"} 1.0',
        "campus_archive_last_run_exit_code 0.0",
        f"campus_archive_last_success_timestamp_seconds {START.timestamp()!r}",
        'campus_archive_documents{site="example",status="live"} 1.0',
    ):
        assert _same(line) in {_same(found) for found in text.splitlines()}, line
    assert re.search("^campus_archive_disk_free_bytes [0-9.e+]+$", text, re.MULTILINE)
    assert list(tmp_path.glob("metrics.prom?*")) == []


def _same(line: str) -> tuple[str, float | str]:
    name, _, value = line.rpartition(" ")
    name = name.replace(f'site="{SITE.key}"', 'site="example"')
    return (name, line) if line.startswith("#") else (name, float(value))


def test_a_missed_expectation_is_an_issue_an_alarm_and_an_exit_code(tmp_path: Path) -> None:
    assert end(begin(tmp_path)) is ExitCode.ATTENTION
    archive = Archive(tmp_path)
    (issue,) = archive.rows("SELECT site, level, code, message FROM issues")
    assert (issue["site"], issue["level"], issue["code"]) == (SITE.key, "warning", "expectation")
    assert "expected at least 2 in 7 days (its file says so)" in issue["message"]
    assert archive.values("SELECT code FROM alarms") == ["expectation"]
    end(begin(tmp_path, days=1))
    assert archive.values("SELECT since FROM alarms") == [START.isoformat()]
    assert end(begin(tmp_path, days=2, expecting=0)) is ExitCode.WELL
    assert archive.values("SELECT code FROM alarms") == []


def test_a_site_that_cannot_be_reached_keeps_the_alarm_it_had(tmp_path: Path) -> None:
    end(begin(tmp_path))
    assert end(begin(tmp_path, days=1), failed("b", role=Role.SECTION)) is ExitCode.SOME_SITES_FAILED
    assert Archive(tmp_path).values("SELECT code FROM alarms ORDER BY code") == ["expectation", "no_usable_page"]


@OF_APPRISE
def test_an_alarm_is_told_once_a_day_and_its_end_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with webhook() as (url, taken):
        policy = RunPolicy(alarm_urls=(url,))
        end(begin(tmp_path, policy))
        end(begin(tmp_path, policy))
        assert len(taken) == 1
        assert f"! {SITE.key}: " in taken[0]
        end(begin(tmp_path, policy, days=1))
        end(begin(tmp_path, policy, days=2, expecting=0))
    assert len(taken) == 3
    assert f"over: {SITE.key}: " in taken[2]
    assert "secret" not in caplog.text


@OF_APPRISE
def test_what_matches_a_saved_search_is_told_at_the_end_of_the_run_that_brought_it(tmp_path: Path) -> None:
    file = tmp_path / "searches.yaml"
    file.write_text("一切: site:example\n其他: 航天\n".replace("example", SITE.key), "utf-8")
    with webhook() as (url, taken):
        policy = RunPolicy(alarm_urls=(url,), searches=file)
        end(begin(tmp_path / "archive", policy, expecting=0))
        end(begin(tmp_path / "archive", policy, days=1, expecting=0))
    (message,) = taken
    assert "一切: 1 new" in message
    assert seen("a").link.url in message
    assert "其他" not in message


@OF_APPRISE
def test_an_alarm_nobody_took_is_told_again_and_fails_no_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with webhook(status=500) as (url, taken):
        assert end(begin(tmp_path, RunPolicy(alarm_urls=(url,)))) is ExitCode.ATTENTION
        assert end(begin(tmp_path, RunPolicy(alarm_urls=(url,)))) is ExitCode.ATTENTION
    assert len(taken) == 2
    assert "the alarms were not told" in caplog.text
    assert "secret" not in caplog.text


@OF_APPRISE
def test_an_address_that_is_none_is_told_without_its_secret(caplog: pytest.LogCaptureFixture) -> None:
    assert not tell(["no-such-service://token@secret"], "title", "text")
    assert "not told" in caplog.text
    assert "secret" not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("crawler")
    )


def test_files_that_cannot_be_written_are_issues_and_fail_no_run(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")
    (tmp_path / "metrics").write_text("in the way")
    assert end(begin(tmp_path, RunPolicy(metrics=Path("metrics/of.prom")), expecting=0)) is ExitCode.WELL
    archive = Archive(tmp_path)
    assert archive.values("SELECT code FROM issues ORDER BY code") == ["metrics", "report"]
    assert archive.values("SELECT state FROM runs") == ["finished"]
    assert list(tmp_path.rglob("*.tmp")) == []


@OF_APPRISE
def test_a_locked_catalog_is_told_to_people(tmp_path: Path) -> None:
    with webhook() as (url, taken):
        run = begin(tmp_path, RunPolicy(alarm_urls=(url,)))
        store(run.archive, [seen("a")])
        run.db.execute("PRAGMA busy_timeout = 1")
        with closing(sqlite3.connect(tmp_path / CATALOG)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert run.close().code is ExitCode.STORAGE_FAILED
    assert len(taken) == 1
    assert "could not be written" in taken[0]


def test_a_short_disk_is_a_row_and_a_report_and_the_next_run_goes_on(tmp_path: Path) -> None:
    run = begin(tmp_path, RunPolicy(min_free=TOO_MUCH))
    assert run.shortage
    assert run.close().code is ExitCode.STORAGE_FAILED
    archive = Archive(tmp_path)
    assert archive.values("SELECT exit_code FROM runs") == [6]
    (told,) = archive.values("SELECT message FROM alarms WHERE code = 'storage_failed'")
    assert "MIN_FREE_BYTES" in told
    assert end(begin(tmp_path, expecting=0)) is ExitCode.WELL
    assert archive.values("SELECT code FROM alarms") == []


def test_free_space_is_that_of_a_folder_yet_to_be_made(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "not/yet/there") > 0
    assert shortage(tmp_path / "not/yet", 1) is None


def test_a_crawl_on_a_short_disk_asks_nobody_and_answers_6(crawled: Crawled, tmp_path: Path) -> None:
    asked = len(crawled.campus.requests)
    ended = crawl(tmp_path / "archive", seeds=crawled.seeds, MIN_FREE_BYTES=TOO_MUCH)
    assert ended.code == ExitCode.STORAGE_FAILED, ended
    assert "MIN_FREE_BYTES asks for" in ended.stderr
    assert len(crawled.campus.requests) == asked


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="needs to fill a disk at once")
def test_a_crawl_whose_disk_runs_short_stops_cleanly_and_the_next_one_goes_on(crawled: Crawled, tmp_path: Path) -> None:
    room, campus, asked = 200_000_000, crawled.campus, len(crawled.campus.requests)
    archive, filler = Archive(tmp_path / "archive"), tmp_path / "filler"
    limits: dict[str, Any] = {"MIN_FREE_BYTES": free_bytes(tmp_path) - room, "DISK_CHECK_SECONDS": 0.05}
    with started(archive.root, seeds=crawled.seeds, **limits) as process, filler.open("wb") as file:
        process.wait_until(lambda: len(campus.requests) > asked + 10)
        os.posix_fallocate(file.fileno(), 0, 2 * room)
        ended = process.end()
    filler.unlink()
    assert ended.code == ExitCode.STORAGE_FAILED, ended
    assert "MIN_FREE_BYTES asks for" in ended.stderr
    assert "Traceback" not in ended.stderr
    archive.check()
    assert archive.values("SELECT state || exit_code FROM runs") == ["interrupted6"]
    assert len(archive.documents) < len(crawled.archive.documents)
    assert crawl(archive.root, seeds=crawled.seeds).code == 0
    assert len(Archive(archive.root).documents) == len(crawled.archive.documents)


def test_the_crawl_of_the_campus_left_report_metrics_and_no_alarm(crawled: Crawled) -> None:
    root = crawled.archive.root
    (run,) = crawled.archive.values("SELECT run FROM runs")
    told = json.loads((root / f"reports/{run}.json").read_text("utf-8"))
    assert (told["runs"][0]["exit_code"], len(told["sites"]), told["alarms"]) == (0, 3, [])
    assert "campus_archive_visits_total" in (root / "metrics.prom").read_text()


def test_plots_and_couriers_are_not_loaded_before_the_end() -> None:
    script = (
        "import sys, crawler.commands.crawl, crawler.spiders.news, crawler.pipelines, crawler.runs.readers, crawler.pages.reading;"
        "print(sorted({'pygal', 'jinja2', 'apprise', 'prometheus_client'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_log_on_disk_is_bounded(tmp_path: Path) -> None:
    name = tmp_path / "logs/crawl.log"
    settings = Settings(
        {"LOG_ROTATED": str(name), "LOG_ROTATED_BYTES": 1000, "LOG_ROTATED_KEPT": 2, "LOG_LEVEL": "WARNING"}
    )
    with rotating_log(settings):
        for number in range(200):
            logging.getLogger("test").warning("line %d", number)
    files = sorted(file.name for file in name.parent.iterdir())
    assert files == ["crawl.log", "crawl.log.1", "crawl.log.2"]
    assert all(file.stat().st_size <= 1000 for file in name.parent.iterdir())
    assert "line 199" in name.read_text()


def test_a_catalog_of_the_release_before_gets_its_alarms(tmp_path: Path) -> None:
    with closing(open_catalog(tmp_path / CATALOG)) as db:
        assert issues.alarms(db) == []
