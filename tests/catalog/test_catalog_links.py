"""The frontier: what is due, in which order, and never again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.catalog.tables import links
from crawler.items import Link, Outcome, Role
from tests import factories, visiting
from tests.factories import NOW

HOST = "https://news.example.edu.cn/"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with factories.catalog(tmp_path, factories.site("example"), factories.site("other"), run=None) as db:
        yield db


def link(name: str, role: Role = Role.ARTICLE, title: str | None = None) -> Link:
    return factories.link(HOST + name, role, fetch_url=HOST + name + "?as-spelled", title=title)


def add(db: Database, *found: Link, site: str = "example", at: datetime = NOW) -> int:
    return links.add(db, site, found, found=at, found_on=None)


def due(db: Database, limit: int = 100, run: str = "r1", now: datetime = NOW) -> list[str]:
    return [found.url.removeprefix(HOST) for found in links.due(db, "example", now=now, run=run, limit=limit)]


def visited(
    db: Database, name: str, run: str = "r1", again: datetime | None = None, outcome: Outcome = Outcome.NEW
) -> None:
    visiting.visited(db, HOST + name, run=run, at=NOW, outcome=outcome, next_visit=again)


def test_links_are_due_by_role_then_in_the_order_found(db: Database) -> None:
    add(db, link("o", Role.OTHER), link("l", Role.LIST), link("n", Role.NEXT), link("a2"), link("a1"))
    add(db, link("a0"), link("c", Role.SECTION), link("s", Role.SEED), at=NOW + timedelta(seconds=1))
    later = NOW + timedelta(minutes=1)
    assert due(db, now=later) == ["s", "c", "a2", "a1", "a0", "n", "l", "o"]
    assert due(db, limit=3, now=later) == ["s", "c", "a2"]


def test_link_comes_back_as_it_was_found(db: Database) -> None:
    add(db, link("a", title="标题"))
    assert links.due(db, "example", now=NOW, run="r1", limit=1) == [link("a", title="标题")]


def test_only_new_links_are_counted(db: Database) -> None:
    assert add(db, link("a"), link("b"), link("a")) == 2
    assert add(db, link("a"), link("c")) == 1
    assert add(db) == 0


def test_better_role_is_kept(db: Database) -> None:
    add(db, link("x", Role.OTHER), link("y", Role.SEED))
    add(db, link("x", Role.ARTICLE, "标题"), link("y", Role.OTHER, "别的"))
    (y, x) = links.due(db, "example", now=NOW, run="r1", limit=2)
    assert (x.role, x.title) == (Role.ARTICLE, "标题")
    assert (y.role, y.title) == (Role.SEED, None)


def test_better_role_does_not_bring_back_what_is_done(db: Database) -> None:
    add(db, link("x", Role.OTHER))
    visited(db, "x")
    add(db, link("x", Role.ARTICLE))
    assert due(db, run="r2") == []


def test_visited_link_is_due_at_its_time_in_a_later_run(db: Database) -> None:
    add(db, link("a"), link("b"))
    visited(db, "a", again=NOW + timedelta(hours=1))
    visited(db, "b")
    assert due(db) == due(db, run="r2") == []
    assert due(db, run="r2", now=NOW + timedelta(hours=1)) == ["a"]
    assert due(db, run="r1", now=NOW + timedelta(hours=1)) == []


def test_sites_do_not_see_each_other(db: Database) -> None:
    add(db, link("a"), site="other")
    assert due(db) == []
    assert links.count_due(db, "example", now=NOW, run="r1") == 0
    assert links.count_due(db, "other", now=NOW, run="r1") == 1


def test_reopened_link_is_due_unless_this_run_visited_it(db: Database) -> None:
    add(db, link("a"), link("b"), link("c"))
    visited(db, "a", run="r0", again=NOW + timedelta(days=9))
    visited(db, "b", run="r1")
    visited(db, "c", run="r0")
    assert links.reopen(db, [HOST + "a", HOST + "b", HOST + "unknown"], now=NOW, run="r1") == 1
    assert due(db) == ["a"]


def test_whole_site_is_reopened(db: Database) -> None:
    add(db, link("a"), link("b"), link("c", Role.SEED))
    for name in "abc":
        visited(db, name, run="r0")
    assert links.reopen_site(db, "example", now=NOW) == 3
    assert due(db) == ["c", "a", "b"]


def test_failures_in_a_row_are_counted(db: Database) -> None:
    add(db, link("a"))
    for outcome, count in ((Outcome.FAILED, 1), (Outcome.REFUSED, 2), (Outcome.NEW, 0)):
        visited(db, "a", outcome=outcome)
        assert db.execute("SELECT failures, last_outcome FROM links").fetchone() == (count, outcome.value)


def test_due_reads_no_link_that_is_not_due(db: Database) -> None:
    """50,000 links: half never again, half next week, three now."""
    with db.atomic():
        add(db, *(link(f"{n}") for n in range(50_000)))
        db.execute(
            "UPDATE links SET last_run = 'r0', next_visit = CASE seq % 2 WHEN 0 THEN '2026-11-30T00:00:00+00:00' END"
        )
        add(db, *(link(f"new{n}") for n in range(3)))
    steps = []
    db.conn.set_progress_handler(lambda: steps.append(1), 100)  # called every 100 instructions of SQLite's machine
    assert due(db) == ["new0", "new1", "new2"]
    db.conn.set_progress_handler(None, 0)
    assert len(steps) < 20
    parameters = {"site": "example", "priority": 2, "now": "2026", "run": "r1", "limit": 5}
    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {links.DUE.format(without='')}", parameters)]
    assert plan == ["SEARCH links USING INDEX links_due (site=? AND priority=? AND next_visit<?)"]
