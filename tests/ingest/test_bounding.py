"""Hundreds of links in a row that lead nowhere: the others are put off and told once; one that leads somewhere makes them due again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.catalog.tables import links
from crawler.ingest import Archive, Visited, store
from crawler.items import Kind, Outcome, Reading, Reason, Role
from crawler.policies.dead_ends import DEAD, LATER, PROBES
from crawler.warc import WarcWriter
from tests import factories

SITE = factories.SITE
MANY = 3 * DEAD
URLS = [f"https://{factories.HOST}/info/4/{n}.htm" for n in range(MANY)]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with factories.catalog(tmp_path, SITE) as db, WarcWriter(tmp_path, "r1", {}) as warc:
        links.add(db, SITE.key, [factories.link(url) for url in URLS], found=factories.NOW, found_on=None)
        yield Archive(root=tmp_path, db=db, warc=warc, run="r1")


def visit(archive: Archive, url: str, outcome: Outcome, reason: Reason | None) -> None:
    store(
        archive,
        [Visited(site=SITE, link=factories.link(url), at=factories.NOW, outcome=outcome, reason=reason)],
    )


def due(archive: Archive, after: timedelta = timedelta()) -> int:
    return links.count_due(archive.db, SITE.key, now=factories.NOW + after, run="r1")


def test_dead_links_are_put_off_and_told_and_due_again_where_one_of_them_leads_somewhere(archive: Archive) -> None:
    for url in URLS[:DEAD]:
        visit(archive, url, Outcome.GONE, Reason.NOT_FOUND)
    assert due(archive) == PROBES
    assert due(archive, LATER) >= MANY - DEAD
    (told,) = archive.db.execute("SELECT message FROM issues WHERE code = 'dead_ends'").fetchall()
    assert "/info/4/N.htm" in told[0]
    visit(archive, URLS[DEAD], Outcome.NOT_ARTICLE, None)
    assert due(archive) == MANY - DEAD - 1


def test_links_that_only_add_what_changes_nothing_are_closed_where_the_others_are_known(archive: Archive) -> None:
    twins = [factories.link(f"{url}?size=big") for url in (*URLS[:5], f"https://{factories.HOST}/info/9/1.htm")]
    links.add(archive.db, SITE.key, twins, found=factories.NOW, found_on=None)
    before = due(archive)
    for number, url in enumerate(URLS[:3]):
        for link in (factories.link(url), twins[number]):
            reading = Reading(kind=Kind.OTHER, signature=f"text {number}")
            page = factories.page("<p>", link.url)
            store(archive, [Visited(site=SITE, link=link, at=factories.NOW, capture=page, reading=reading)])
    assert before - due(archive) == 6 + 2


def test_a_host_that_is_away_says_nothing_of_its_links(archive: Archive) -> None:
    for url in URLS[:DEAD]:
        visit(archive, url, Outcome.FAILED, Reason.UNREACHABLE)
    assert due(archive) == MANY - DEAD


def test_links_found_later_of_a_kind_that_is_closed_wait_but_for_one(archive: Archive) -> None:
    for url in URLS[:DEAD]:
        visit(archive, url, Outcome.GONE, Reason.NOT_FOUND)
    before = due(archive)
    found = [factories.link(f"https://{factories.HOST}/info/4/{n}.htm") for n in range(MANY, MANY + 20)]
    page = factories.link(f"https://{factories.HOST}/xw.htm", Role.SECTION)
    links.add(archive.db, SITE.key, [page], found=factories.NOW, found_on=None)
    reading = Reading(kind=Kind.LIST, links=tuple(found))
    store(
        archive,
        [Visited(site=SITE, link=page, at=factories.NOW, capture=factories.page("<p>", page.url), reading=reading)],
    )
    assert due(archive) == before + 1
