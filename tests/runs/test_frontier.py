"""The frontier: what is due, in the order of its worth, and never more of a site than may be in flight."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.catalog import group, open_catalog
from crawler.catalog.tables import links, runs, sites
from crawler.items import Link, MediaLink, Outcome, Pace, Reason, Role, Site
from crawler.runs.frontier import AHEAD, BATCH, ClosedHost, Frontier
from tests.visiting import visited

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ONE = Site(key="one", name="一", hosts=("one.example.edu.cn",))
TWO = Site(key="two", name="二", hosts=("two.example.edu.cn",))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = open_catalog(tmp_path / "catalog.db")
    with group(db):
        runs.start(db, "r1", started=NOW, arguments={})
        for site in (ONE, TWO):
            sites.save(db, site, now=NOW)
    yield db
    db.close()


def link(site: Site, name: str, role: Role = Role.ARTICLE) -> Link:
    url = f"https://{site.hosts[0]}/{name}"
    return Link(url=url, fetch_url=url, role=role)


def add(db: Database, site: Site, found: Sequence[Link]) -> None:
    with group(db):
        links.add(db, site.key, found, found=NOW, found_on=None)


def visit(db: Database, frontier: Frontier, site: Site, url: str) -> None:
    with group(db):
        visited(db, url, run="r1", at=NOW, outcome=Outcome.NEW, next_visit=None)
    frontier.done(site, url)


def frontier_of(db: Database, *of: Site) -> Frontier:
    return Frontier(db, of or (ONE, TWO), run="r1", clock=lambda: NOW)


def walk(db: Database, frontier: Frontier) -> list[str]:
    """Visit each link as it is handed out; return the URLs in that order."""

    async def all_of_them() -> list[str]:
        handed = []
        async for site, found in frontier.due():
            handed.append(found.url)
            visit(db, frontier, site, found.url)
        return handed

    return asyncio.run(asyncio.wait_for(all_of_them(), 20))


async def taken(frontier: Frontier) -> tuple[list[tuple[Site, Link | MediaLink]], asyncio.Task[None]]:
    """Take all that is handed out without telling of any visit; return it, and the walk, which waits for more."""
    got: list[tuple[Site, Link | MediaLink]] = []

    async def take() -> None:
        async for site, found in frontier.due():
            got.append((site, found))

    task = asyncio.create_task(take())
    for _ in range(200):
        await asyncio.sleep(0)
    return got, task


def test_nothing_due_ends_at_once(db: Database) -> None:
    assert walk(db, frontier_of(db)) == []


def test_every_link_is_handed_out_once(db: Database) -> None:
    found = [link(ONE, str(n)) for n in range(3 * BATCH + 1)]
    add(db, ONE, found)
    assert walk(db, frontier_of(db)) == [each.url for each in found]


def test_the_better_role_comes_first(db: Database) -> None:
    roles = [Role.OTHER, Role.LIST, Role.NEXT, Role.ARTICLE, Role.SECTION, Role.SEED]
    add(db, ONE, [link(ONE, role.value, role) for role in roles])
    assert walk(db, frontier_of(db, replace(ONE, politeness=Pace(max_pages=None)))) == [
        link(ONE, role.value).url for role in (Role.SEED, Role.SECTION, Role.ARTICLE, Role.NEXT, Role.LIST, Role.OTHER)
    ]


def test_the_sites_take_turns(db: Database) -> None:
    add(db, ONE, [link(ONE, str(n)) for n in range(3)])
    add(db, TWO, [link(TWO, str(n)) for n in range(3)])
    hosts = [url.split("/")[2][:3] for url in walk(db, frontier_of(db))]
    assert hosts == ["one", "two"] * 3


@pytest.mark.parametrize("concurrency", [1, 3])
def test_never_more_in_flight_than_the_site_allows(db: Database, concurrency: int) -> None:
    site = replace(ONE, politeness=Pace(concurrency=concurrency))
    add(db, ONE, [link(ONE, str(n)) for n in range(40)])
    allowed = AHEAD * concurrency + 2

    async def run() -> None:
        frontier = frontier_of(db, site)
        got, task = await taken(frontier)
        assert len(got) == allowed
        visit(db, frontier, site, got[2][1].url)
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(got) == allowed + 1
        assert len({found.url for _, found in got}) == len(got)
        task.cancel()

    asyncio.run(run())


def test_a_slow_site_holds_no_other_back(db: Database) -> None:
    add(db, ONE, [link(ONE, str(n)) for n in range(10)])
    add(db, TWO, [link(TWO, str(n)) for n in range(30)])

    async def run() -> int:
        frontier, of_two = frontier_of(db), 0
        async with asyncio.timeout(10):
            async for site, found in frontier.due():
                if site is TWO:
                    of_two += 1
                    visit(db, frontier, site, found.url)
                if of_two == 30:
                    break
        return of_two

    assert asyncio.run(run()) == 30


def test_links_found_meanwhile_are_handed_out_before_the_walk_ends(db: Database) -> None:
    add(db, ONE, [link(ONE, "seed", Role.SEED)])

    async def run() -> list[str]:
        frontier, handed = frontier_of(db), []
        async for site, found in frontier.due():
            handed.append(found.url)
            if found.role is Role.SEED:
                add(db, ONE, [link(ONE, "article"), link(ONE, "list", Role.SECTION)])
            visit(db, frontier, site, found.url)
        return handed

    assert asyncio.run(run()) == [link(ONE, name).url for name in ("seed", "list", "article")]


def test_what_could_not_be_stored_is_not_handed_out_again_in_this_run(db: Database) -> None:
    add(db, ONE, [link(ONE, str(n)) for n in range(BATCH * 2)])

    async def run() -> list[str]:
        frontier, handed = frontier_of(db), []
        async for site, found in frontier.due():
            handed.append(found.url)
            frontier.drop(site, found.url)
        return handed

    handed = asyncio.run(run())
    assert len(handed) == len(set(handed)) == BATCH * 2
    assert len(links.due(db, "one", now=NOW, run="r2", limit=100)) == BATCH * 2


def test_a_site_is_asked_for_no_more_than_its_pages_a_run(db: Database) -> None:
    add(db, ONE, [link(ONE, str(n)) for n in range(20)])
    add(db, TWO, [link(TWO, str(n)) for n in range(20)])
    handed = walk(db, frontier_of(db, replace(ONE, politeness=Pace(max_pages=5)), TWO))
    assert [url.split("/")[2][:3] for url in handed].count("one") == 5
    assert len(handed) == 25


def test_a_redirect_target_that_was_visited_meanwhile_is_not_asked_for_again(db: Database) -> None:
    first, target = link(ONE, "moved"), link(ONE, "target")
    add(db, ONE, [first, *(link(ONE, str(n)) for n in range(BATCH + 4)), target])

    async def run() -> list[str]:
        frontier, handed = frontier_of(db), []
        async for site, found in frontier.due():
            handed.append(found.url)
            if found == first:
                with group(db):
                    visited(db, target.url, run="r1", at=NOW, outcome=Outcome.NEW, next_visit=None)
            visit(db, frontier, site, found.url)
        return handed

    assert target.url not in asyncio.run(run())


def test_closed_addresses_keep_their_links_due_and_hold_back_no_others(db: Database) -> None:
    add(db, ONE, [link(ONE, str(n)) for n in range(2 * BATCH)])
    other = [replace(link(ONE, str(n)), fetch_url=f"https://two.one.example.edu.cn/{n}") for n in range(100, 103)]
    add(db, ONE, other)

    async def run() -> list[str]:
        frontier, handed = frontier_of(db, ONE), []
        async for site, found in frontier.due():
            handed.append(found.fetch_url)
            if found.fetch_url.startswith("https://one."):
                closing = ClosedHost(
                    prefixes=("https://one.example.edu.cn/",),
                    until=NOW + timedelta(hours=1),
                    reason=Reason.RATE_LIMITED,
                    why="busy",
                )
                assert frontier.close(site, found.url, closing) is (len(handed) == 1)
            else:
                visit(db, frontier, site, found.url)
        assert [closing.why for closing in frontier.closed_hosts["one"]] == ["busy"]
        return handed

    handed = asyncio.run(run())
    assert len(handed) == 4  # one was in flight when its host was closed
    assert handed[1:] == [each.fetch_url for each in other]
    assert links.count_due(db, "one", now=NOW, run="r1") == 2 * BATCH


def test_a_host_that_is_opened_again_is_asked_in_the_same_run(db: Database) -> None:
    add(db, ONE, [link(ONE, str(n)) for n in range(4)])
    now = NOW

    async def run() -> list[str]:
        nonlocal now
        frontier, handed = Frontier(db, [ONE], run="r1", clock=lambda: now), []
        async for site, found in frontier.due():
            handed.append(found.url)
            if len(handed) == 1:
                until = NOW + timedelta(minutes=10)
                frontier.close(
                    site, found.url, ClosedHost(prefixes=("https://x/",), until=until, reason=Reason.DNS, why="")
                )
                now = until
            else:
                visit(db, frontier, site, found.url)
        return handed

    assert len(asyncio.run(run())) == 4  # but for the one that was closed, which is due in the next run


def test_a_dead_runs_links_are_due_in_the_next_one(db: Database) -> None:
    add(db, ONE, [link(ONE, str(n)) for n in range(3)])

    async def run() -> None:
        got, task = await taken(frontier_of(db, ONE))
        assert len(got) == 3
        task.cancel()

    asyncio.run(run())
    assert len(walk(db, Frontier(db, [ONE], run="r2", clock=lambda: NOW))) == 3
