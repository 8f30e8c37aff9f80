"""What a walk left aside is asked for once it is over: a few, all where a list comes short, none where nothing is new."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.catalog import group, open_catalog
from crawler.catalog.tables import links, runs, sites
from crawler.items import Link, Outcome, Role, Site
from crawler.runs.last_resort import ROUND, TRIED, LastResort
from tests.visiting import visited

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
HOST = "https://one.example.edu.cn"
SITE = Site(key="one", name="一", hosts=("one.example.edu.cn",))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = open_catalog(tmp_path / "catalog.db")
    with group(db):
        sites.save(db, SITE, now=NOW)
        for run in ("r1", "r2"):
            runs.start(db, run, started=NOW, arguments={})
        add(db, [f"/tag/{n}" for n in range(2 * ROUND)])
    yield db
    db.close()


def add(db: Database, paths: Sequence[str], role: Role = Role.ASIDE, *, found_on: str | None = None) -> None:
    found = [Link(url=HOST + path, fetch_url=HOST + path, role=role) for path in paths]
    links.add(db, SITE.key, found, found=NOW, found_on=found_on)


def read(db: Database, asked: Sequence[Link], run: str = "r1") -> None:
    with group(db):
        for link in asked:
            visited(db, link.url, run=run, at=NOW, outcome=Outcome.LISTED, next_visit=None)


def test_it_is_never_due_by_itself_but_as_soon_as_a_better_link_leads_there(db: Database) -> None:
    assert links.due(db, SITE.key, now=NOW, run="r1", limit=9) == []
    with group(db):
        add(db, ["/tag/3"], Role.NEXT)
    assert [link.url for link in links.due(db, SITE.key, now=NOW, run="r1", limit=9)] == [f"{HOST}/tag/3"]


def test_a_few_are_tried_and_the_others_only_if_those_bring_something(db: Database) -> None:
    resort = LastResort(SITE, "r1")
    first = resort.next_round(db, NOW)
    read(db, first)
    assert len(first) == TRIED
    with group(db):
        add(db, ["/xw/1.html"], Role.ARTICLE, found_on=first[0].url)
    second = resort.next_round(db, NOW)
    read(db, second)
    assert len(second) == ROUND
    assert resort.next_round(db, NOW) == [], "they brought nothing"
    assert resort.is_over


def test_the_next_run_tries_again_only_where_something_is_new(db: Database) -> None:
    read(db, LastResort(SITE, "r1").next_round(db, NOW))
    assert LastResort(SITE, "r2").next_round(db, NOW) == []
    with group(db):
        add(db, ["/xw/1.html"], Role.ARTICLE)
    assert LastResort(SITE, "r2").next_round(db, NOW) == [], "the walk is not over"
    read(db, links.due(db, SITE.key, now=NOW, run="r2", limit=9), "r2")
    assert LastResort(SITE, "r2").next_round(db, NOW)
