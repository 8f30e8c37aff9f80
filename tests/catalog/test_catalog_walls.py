"""Walls: counted for each site by what stands in the way, and what a site as a whole is to us."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.catalog.tables import links
from crawler.items import Outcome, Reason
from tests import factories
from tests.visiting import visited

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with factories.catalog(tmp_path, factories.site("lake"), run=None) as db:
        yield db


def visit(db: Database, *ends: tuple[Outcome, Reason | None], run: str = "r1", again: datetime | None = NOW) -> None:
    for number, (outcome, reason) in enumerate(ends):
        url = f"https://lake.edu.cn/{number}"
        links.add(db, "lake", [factories.link(url)], found=NOW, found_on=None)
        visited(db, url, run=run, at=NOW, outcome=outcome, reason=reason, next_visit=again)


def test_walls_are_counted_by_reason(db: Database) -> None:
    login, gone = (Outcome.REFUSED, Reason.LOGIN), (Outcome.GONE, Reason.SOFT_404)
    visit(db, login, login, gone, (Outcome.GONE, Reason.NOT_FOUND), (Outcome.NEW, None))
    rows = db.query("SELECT site, outcome, reason, links, given_up FROM site_walls ORDER BY links DESC")
    assert [tuple(row.values()) for row in rows] == [
        ("lake", "refused", "login", 2, 0),
        ("lake", "gone", "soft_404", 1, 0),
    ]
    visit(db, (Outcome.NEW, None), login, run="r2", again=NOW + timedelta(days=1))
    assert db.execute("SELECT links FROM site_walls WHERE reason = 'login'").fetchone() == (1,)


@pytest.mark.parametrize(
    ("ends", "state"),
    [
        ([], "not visited"),
        ([(Outcome.LISTED, None), (Outcome.FAILED, Reason.TIMEOUT)], "open"),
        ([(Outcome.REFUSED, Reason.FORBIDDEN), (Outcome.FAILED, Reason.TIMEOUT)], "walled"),
        ([(Outcome.REFUSED, Reason.ROBOTS_UNREACHABLE)], "robots"),
        ([(Outcome.FAILED, Reason.UNREACHABLE)], "unreachable from here"),
        ([(Outcome.REFUSED, Reason.PRIVATE_ADDRESS)], "unreachable from here"),
        ([(Outcome.FAILED, Reason.DNS)], "no address"),
        ([(Outcome.FAILED, Reason.SERVER_ERROR)], "failing"),
    ],
)
def test_a_site_is_what_its_last_run_found(db: Database, ends: list[tuple[Outcome, Reason | None]], state: str) -> None:
    visit(db, *[(Outcome.NEW, None)] * len(ends), run="r0")
    visit(db, *ends)
    assert db.execute("SELECT state FROM site_states").fetchone() == (state,)
