"""Hosts across runs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.catalog.tables import hosts
from crawler.items import Host, Reason, Robots
from tests import factories
from tests.factories import NOW

BUSY = Host(
    name="a.example:8080",
    not_before=NOW + timedelta(minutes=10),
    failures=2,
    reason=Reason.RATE_LIMITED,
    changed=NOW,
)
ROBOTS = Robots(origin="https://a.example", fetched=NOW, status=200, rules="User-agent: *\nDisallow: /校/")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with factories.catalog(tmp_path) as db:
        yield db


def test_a_host_in_trouble_comes_back_as_it_was_told_last(db: Database) -> None:
    hosts.save(db, [replace(BUSY, failures=1), BUSY])
    assert hosts.load(db) == [BUSY]


def test_a_host_that_answers_again_is_kept_and_no_longer_told(db: Database) -> None:
    hosts.save(db, [BUSY, replace(BUSY, not_before=None, failures=0, reason=None)])
    assert hosts.load(db) == []
    assert db.execute("SELECT host, not_before, reason FROM hosts").fetchall() == [("a.example:8080", None, None)]


def test_the_newest_robots_is_kept(db: Database) -> None:
    newer = replace(ROBOTS, fetched=NOW + timedelta(days=1), status=404, rules="")
    hosts.save_robots(db, [ROBOTS])
    assert hosts.load_robots(db) == [ROBOTS]
    hosts.save_robots(db, [newer])
    assert hosts.load_robots(db) == [newer]
