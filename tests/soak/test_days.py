"""Days of six served sites: outages, redesigns with a counter in the text, edits, removals, additions. A few in crawl/test_time.py."""

import random
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests import scrapy_process
from tests.ageing import AgeingSite, crawl_command, environment

DAYS, SITES, ARTICLES = 30, 6, 30
NAMES = ("湖光", "云台", "江畔", "石桥", "松岭", "海门")
LISTS = "SELECT count(*) FROM documents WHERE url LIKE '%/xyyw%' OR url LIKE '%/index.htm'"
TOLD = "SELECT count(*) FROM changes WHERE kind = 'version' AND diff NOT LIKE '%数字已经订正%'"


@pytest.mark.soak
def test_thirty_days_leave_a_sound_archive_without_a_false_version(tmp_path: Path) -> None:
    dice, edited = random.Random(30), 0
    with ExitStack() as stack:
        sites = [
            stack.enter_context(AgeingSite(f"{name}大学", ARTICLES, host=f"127.0.0.{number}"))
            for number, name in enumerate(NAMES, 2)
        ]
        _write_seeds(tmp_path / "seeds", sites)
        command = crawl_command(tmp_path / "archive", tmp_path / "seeds")
        for day in range(DAYS):
            edited += _dawn(sites, day, dice)
            ended = scrapy_process.run(*command, "-s", "READER_PROCESSES=1", env=environment(day))
            assert ended.returncode in (0, 3, 7), (day, ended)
            places = ("-s", f"ARCHIVE_DIR={tmp_path}/archive", "-s", "CLOCK=tests.ageing.clock")
            looked = scrapy_process.run("verify", *places, env=environment(day))
            assert looked.returncode == 0, (day, looked)
            with closing(sqlite3.connect(tmp_path / "archive/catalog.db")) as db:
                assert db.execute(LISTS).fetchone() == (0,), day
                assert db.execute(TOLD).fetchall() == [(0,)], day
                (versions,) = db.execute("SELECT count(*) FROM versions WHERE version > 1").fetchone()
                assert versions <= edited, day
    print(f"{DAYS} days of {SITES} sites: {edited} edits, {versions} versions")


def _dawn(sites: list[AgeingSite], day: int, dice: random.Random) -> int:
    """Let a day begin; return how many articles were edited."""
    edited = 0
    for place, site in enumerate(sites):
        site.day = day
        site.is_redesigned = place in (1, 4) and day >= 10 * (1 + place // 4)
        site.away = set(site.articles) if (place, day) == (2, 12) else {5} if day > 15 and place == 3 else set()
        if day % 3 == place % 3 and not site.is_redesigned:
            number = dice.choice(sorted(site.articles))
            if "数字已经订正" not in site.articles[number] and number not in site.away:
                site.edit(number)
                edited += 1
        if day % 5 == 4:
            newest = max(site.articles)
            site.add(range(newest + 1, newest + 3))
    return edited


def _write_seeds(folder: Path, sites: list[AgeingSite]) -> None:
    folder.mkdir(parents=True)
    for number, site in enumerate(sites):
        (folder / f"site{number}.yaml").write_text(
            f"name: {site.name}\narticles: [{site.url(1)}]\nlists: ['http://{site.netloc}/xyyw.htm']\n"
            f'hosts: ["{site.netloc}"]\nprivate_hosts: ["{site.netloc}"]\npoliteness: {{delay: 0, concurrency: 8}}\n',
            "utf-8",
        )
