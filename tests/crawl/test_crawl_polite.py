"""Politeness of whole crawls: what a host asked for holds in the next run, and what is not asked for stays due."""

import signal
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.campus import Campus, busy, page
from tests.campus.seed_files import write_seeds
from tests.crawl_harness import Archive, crawl, started

DELAY = 0.05  # seconds


def seeds_of(folder: Path, campus: Campus, politeness: str) -> Path:
    """Write the file of one site of the campus, with this politeness."""
    write_seeds(folder / "seeds", campus.port)
    for name in ("enorth", "webplus"):
        (folder / f"seeds/{name}.yaml").unlink()
    file = folder / "seeds/vsb.yaml"
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("politeness")]
    file.write_text("\n".join([*lines, f"politeness: {politeness}", ""]), "utf-8")
    return folder / "seeds"


def gaps(campus: Campus) -> list[float]:
    starts = [request.started for request in campus.requests if request.host == "vsb"]
    return [later - earlier for earlier, later in pairwise(starts)]


def test_a_host_that_asks_for_an_hour_is_left_alone_by_the_next_run_too(tmp_path: Path) -> None:
    with Campus() as campus:
        seeds = seeds_of(tmp_path, campus, f"{{delay: {DELAY}}}")
        campus.script["vsb", "/xyyw.htm"] = [busy("3600", status=429)]
        first = crawl(tmp_path / "archive", seeds=seeds)
        hits = len(campus.hits)
        again = crawl(tmp_path / "archive", seeds=seeds)
        assert len(campus.hits) == hits
    archive = Archive(tmp_path / "archive")
    archive.check()
    assert archive.values("SELECT count(*) FROM visits WHERE reason = 'rate_limited'") == [1]
    assert archive.values("SELECT count(*) FROM visits WHERE reason = 'host_closed'") == [0]
    (host,) = archive.rows("SELECT * FROM hosts WHERE not_before IS NOT NULL")
    assert (host["host"], host["reason"]) == (campus.netloc("vsb"), "rate_limited")
    assert [row["code"] for row in archive.rows("SELECT * FROM issues")] == [
        "rate_limited",
        "host_closed",
        "host_closed",
    ]
    assert "its links stay due" in first.stdout
    assert again.code == 3  # the site gave no page, and not for its hours


def test_the_delay_holds_over_a_kill_and_robots_is_asked_for_once_a_day(tmp_path: Path) -> None:
    with Campus() as campus:
        seeds = seeds_of(tmp_path, campus, f"{{delay: {DELAY}}}")
        campus.script["vsb", "/xyyw.htm"] = [page("", status=500)]
        with started(tmp_path / "archive", seeds=seeds) as process:
            process.wait_until(lambda: len(campus.requests) > 5)
            process.popen.send_signal(signal.SIGKILL)
        ended = crawl(tmp_path / "archive", seeds=seeds)
        assert ended.code == 0, ended
        assert [path for _, path in campus.hits].count("/robots.txt") == 1
        assert len(gaps(campus)) > 20
        assert min(gaps(campus)) >= DELAY


def test_outside_of_its_hours_a_site_is_not_asked_and_nothing_is_lost(tmp_path: Path) -> None:
    with Campus() as campus:
        seeds = seeds_of(tmp_path, campus, "{hours: 22:00-06:00}")
        settings = {"CLOCK": "tests.crawl_harness.noon_in_shanghai"}
        ended = crawl(tmp_path / "archive", seeds=seeds, **settings)
        assert campus.hits == []
    assert ended.code == 0, ended
    assert "outside of its hours, 22:00-06:00 (Asia/Shanghai)" in ended.stdout
    archive = Archive(tmp_path / "archive")
    assert archive.values("SELECT count(*) FROM visits") == [0]
    assert archive.values("SELECT level FROM issues") == ["info"]
    assert archive.values("SELECT count(*) FROM links WHERE next_visit IS NOT NULL AND last_visit IS NULL") > [0]


def test_a_site_without_robots_to_be_had_is_one_visit_and_due_as_soon_as_it_answers(tmp_path: Path) -> None:
    with Campus() as campus:
        seeds = seeds_of(tmp_path, campus, "{delay: 0}")
        campus.script["vsb", "/robots.txt"] = [page("", status=503)] * 3
        settings: dict[str, Any] = {"RETRY_TIMES": 2, "RETRY_BACKOFF": 0.01}
        ended = crawl(tmp_path / "archive", seeds=seeds, CLOCK="tests.crawl_harness.noon_in_shanghai", **settings)
        assert ended.code == 4, ended
        archive = Archive(tmp_path / "archive")
        assert archive.values("SELECT reason FROM visits") == ["robots_unreachable"]
        assert archive.values("SELECT state FROM site_states") == ["robots"]
        ended = crawl(tmp_path / "archive", seeds=seeds, CLOCK="tests.crawl_harness.midnight_in_shanghai", **settings)
        assert ended.code == 0, ended
        assert [path for _, path in campus.hits].count("/robots.txt") == 4
    assert archive.values("SELECT state FROM site_states") == ["open"]
