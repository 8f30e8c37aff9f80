"""One host at a time, at its site's pace."""

from itertools import pairwise

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.test import get_crawler

from crawler.fetching.evidence import clock_of
from crawler.fetching.politeness import LONGEST_CRAWL_DELAY, Politeness, RateLimited
from crawler.items import Politeness as Pace
from tests.fetching_harness import fetch, run, serving, site_of

PAGES = {f"/{n}": (200, {}, b"page") for n in range(5)}


async def nothing() -> None:
    pass


def politeness() -> Politeness:
    run(nothing)
    return Politeness(get_crawler(), longest_wait=120, clock=clock_of(BaseSettings()))


def test_delay_of_the_site_is_kept_whatever_autothrottle_thinks() -> None:
    with serving(PAGES) as server:
        site = site_of(f"127.0.0.1:{server.port}", politeness=Pace(delay=0.1))
        settings = {"AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_START_DELAY": 60, "CONCURRENT_REQUESTS_PER_DOMAIN": 8}
        fetch(site, *map(server.url, PAGES), **settings)
    assert min(later - earlier for earlier, later in pairwise(server.times)) > 0.05


def test_hosts_do_not_wait_for_each_other_and_a_redirected_request_waits_for_its_new_host() -> None:
    with serving(PAGES) as slow, serving(PAGES) as fast:
        hosts = (f"127.0.0.1:{slow.port}", f"127.0.0.1:{fast.port}")
        fast.pages["/out"] = (302, {"Location": slow.url("/4")}, b"")
        got = fetch(site_of(*hosts), slow.url("/0"), fast.url("/out"), fast.url("/0"))
    response = got[fast.url("/out")]
    assert isinstance(response, Response)
    assert response.request is not None
    assert response.request.meta["download_slot"] == hosts[0]


def test_crawl_delay_is_capped_and_only_ever_slows_down() -> None:
    polite = politeness()
    assert polite.delay_of("http://a.example/") == Pace().delay
    polite.slow_down("http://a.example/robots.txt", 5)
    polite.slow_down("http://a.example/robots.txt", 2)
    assert polite.delay_of("http://a.example/x") == 5
    polite.slow_down("http://a.example/robots.txt", 3000)
    assert polite.delay_of("http://a.example/x") == LONGEST_CRAWL_DELAY
    assert polite.delay_of("http://b.example/x") == Pace().delay


def test_run_that_is_being_stopped_does_not_wait_for_a_host() -> None:
    polite = politeness()  # of a crawler that is not crawling
    polite.pause("http://a.example/x", 60)

    async def asked() -> None:
        await polite.turn(Request("http://b.example/y"))
        with pytest.raises(RateLimited, match="60 s"):
            await polite.turn(Request("http://a.example/y"))

    run(asked)
