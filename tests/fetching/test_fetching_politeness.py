"""One host at a time, at its site's pace."""

import socket
import threading
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest
from scrapy import Request, Spider, signals
from scrapy.core.engine import ExecutionEngine
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.test import get_crawler
from twisted.python.failure import Failure

from crawler.clock import clock_of
from crawler.fetching import explain
from crawler.fetching.politeness import LONGEST_CRAWL_DELAY, HostClosed, Politeness, host_changed
from crawler.fetching.stopping import Stopped
from crawler.items import Host, Hours, Outcome, Pace, Reason
from tests.fetching_harness import REPLY, Server, fetch, run, serving, site_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGES: dict[str, REPLY] = {f"/{n}": (200, {}, b"page") for n in range(5)}


async def nothing() -> None:
    pass


def politeness() -> Politeness:
    run(nothing)
    crawler = get_crawler()
    crawler.engine = cast(ExecutionEngine, SimpleNamespace(running=False))
    return Politeness(crawler, longest_wait=120, clock=clock_of(BaseSettings()))


def test_delay_of_the_site_is_kept_whatever_autothrottle_thinks() -> None:
    with serving(PAGES) as server:
        site = site_of(f"127.0.0.1:{server.port}", politeness=Pace(delay=0.1))
        settings: dict[str, Any] = {
            "AUTOTHROTTLE_ENABLED": True,
            "AUTOTHROTTLE_START_DELAY": 60,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        }
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


def test_crawl_delay_is_capped_and_that_of_the_newest_robots_of_each_scheme() -> None:
    polite = politeness()
    polite.process_request(Request("http://a.example/"))
    assert polite.delay_of("http://a.example/") == Pace().delay
    polite.slow_down("http://a.example/robots.txt", 5)
    polite.slow_down("https://a.example/robots.txt", 2)
    assert polite.delay_of("http://a.example/x") == 5
    polite.slow_down("http://a.example/robots.txt", 0)
    assert polite.delay_of("http://a.example/x") == 2
    polite.slow_down("http://a.example/robots.txt", 3000)
    assert polite.delay_of("http://a.example/x") == LONGEST_CRAWL_DELAY
    assert polite.delay_of("http://b.example/x") == 0


def test_run_that_is_being_stopped_does_not_wait_for_a_host() -> None:
    polite = politeness()  # of a crawler that is not crawling
    polite.pause("http://a.example/x", 60)

    async def asked() -> None:
        await polite.turn(Request("http://b.example/y"))
        with pytest.raises(Stopped):
            await polite.turn(Request("http://a.example/y"))

    run(asked)


def gaps(server: Server) -> list[float]:
    return [later - earlier for earlier, later in pairwise(server.times)]


def test_the_delay_lies_between_any_two_requests_whatever_they_are_and_however_they_end() -> None:
    """Pages, robots.txt of a page and of a redirect, repetitions, errors, hang-ups, pauses, two sites on one host."""
    pages: dict[str, Any] = PAGES | {
        "/robots.txt": lambda asked: (301, {"Location": "/rules"}, b"") if asked == 1 else (200, {}, b""),
        "/rules": (200, {}, b"User-agent: *\nAllow: /"),
        "/busy": lambda asked: (429, {"Retry-After": "0"}, b"") if asked < 3 else (200, {}, b""),
        "/asks": lambda asked: (503, {"Retry-After": "1"}, b"") if asked < 2 else (200, {}, b""),
        "/broken": (500, {}, b""),
        "/moved": (302, {"Location": "/1"}, b""),
        "/loop": (302, {"Location": "/loop"}, b""),
        "/short": (200, {"Content-Length": "100", "Connection": "close"}, b"short"),
    }
    with serving(pages) as server:
        host = f"127.0.0.1:{server.port}"
        paths = ("/busy", "/asks", "/broken", "/moved", "/loop", "/short", "/0", "/2", "/3", "/4")
        polite, rude = (
            site_of(host, politeness=Pace(delay=0.05)),
            site_of(host, politeness=Pace(concurrency=8, delay=0)),
        )
        others = {server.url(path): rude for path in ("/3", "/4", "/loop")}
        settings: dict[str, Any] = {
            "ROBOTSTXT_OBEY": True,
            "REDIRECT_MAX_TIMES": 3,
            "RETRY_BACKOFF": 0.01,
            "LOG_LEVEL": "CRITICAL",
        }
        got = fetch(polite, *map(server.url, paths), others=others, CONCURRENT_REQUESTS_PER_DOMAIN=8, **settings)
    assert len(got) == len(paths)
    assert len(server.asked) > 15
    assert min(gaps(server)) >= 0.05


def test_a_connection_that_ends_under_a_request_is_repeated_by_us_alone() -> None:
    """Twisted would send it again on a new connection, at once and without a word."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for answers in (1, 1):
                connection, _ = server.accept()
                with connection:
                    for _ in range(answers):
                        heard.append(connection.recv(10_000).split()[1].decode())
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage")
                    if request := connection.recv(10_000):
                        heard.append(request.split()[1].decode())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        host = f"127.0.0.1:{server.getsockname()[1]}"
        urls = [f"http://{host}/{n}" for n in range(2)]
        got = fetch(site_of(host), *urls, RETRY_TIMES=0, CONCURRENT_REQUESTS_PER_DOMAIN=1, LOG_LEVEL="CRITICAL")
    assert heard == ["/0", "/1"]
    failure = got[urls[1]]
    assert isinstance(failure, Failure)
    assert explain(failure)[:2] == (Outcome.FAILED, Reason.UNREACHABLE)


def test_a_run_begins_with_the_delay_the_run_before_may_not_have_waited() -> None:
    with serving(PAGES) as server:
        for _ in range(2):
            fetch(site_of(f"127.0.0.1:{server.port}", politeness=Pace(delay=0.3)), server.url("/0"))
    assert min(gaps(server)) >= 0.3


def remembering(kept: dict[str, Host]) -> type[Spider]:
    """Return a spider whose politeness takes up what the runs before told of their hosts."""

    class Remembering(Spider):
        @classmethod
        def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Any:
            spider = super().from_crawler(crawler, *args, **kwargs)
            crawler.signals.connect(spider.note, host_changed)
            crawler.signals.connect(spider.recall, signals.spider_opened)
            return spider

        def note(self, host: Host) -> None:
            kept[host.name] = host

        def recall(self) -> None:
            self.crawler.get_downloader_middleware(Politeness).recall(kept.values())

    return Remembering


def test_a_storm_of_429_is_waited_out_across_restarts_ever_longer_until_it_is_over() -> None:
    kept: dict[str, Host] = {}
    asked = []
    with serving({"/a": lambda asked: (429, {}, b"") if asked <= 6 else (200, {}, b"")}) as server:
        site = site_of(f"127.0.0.1:{server.port}")
        for minutes in (0, 5, 13, 14, 20, 40):

            def clock(minutes: int = minutes) -> datetime:
                return NOON + timedelta(minutes=minutes)

            fetch(site, server.url("/a"), spider=remembering(kept), CLOCK=clock, LOG_LEVEL="CRITICAL")
            asked.append(len(server.asked))
    # Closed for 10 minutes (a quarter more or less) after three attempts, then for 20, until it answers.
    assert asked == [3, 3, 6, 6, 6, 7]
    (host,) = kept.values()
    assert (host.failures, host.reason, host.not_before) == (0, None, None)


def test_a_flapping_server_is_never_closed() -> None:
    kept: dict[str, Host] = {}
    pages: dict[str, REPLY] = {f"/{n}": (503 if n % 2 else 200, {}, b"") for n in range(10)}
    with serving(pages) as server:
        urls = [server.url(path) for path in pages]
        settings: dict[str, Any] = {"RETRY_TIMES": 0, "LOG_LEVEL": "CRITICAL"}
        got = fetch(site_of(f"127.0.0.1:{server.port}"), *urls, spider=remembering(kept), **settings)
    assert [got[url].status for url in urls] == [503 if n % 2 else 200 for n in range(10)]


def test_a_host_that_only_times_out_is_closed_after_the_third_page() -> None:
    pages: dict[str, REPLY] = {f"/{n}": (504, {}, b"") for n in range(10)}
    with serving(pages) as server:
        urls = [server.url(path) for path in pages]
        site = site_of(f"127.0.0.1:{server.port}", politeness=Pace(delay=0.02))
        got = fetch(site, *urls, RETRY_TIMES=0, LOG_LEVEL="CRITICAL")
    assert len(server.asked) == 3
    closed: list[Any] = [result.value for result in got.values() if isinstance(result, Failure)]
    assert [type(error) for error in closed] == [HostClosed] * 7
    assert {error.reason for error in closed} == {Reason.UNAVAILABLE}
    assert all(225 < error.seconds < 375 for error in closed)  # five minutes, a quarter more or less


@pytest.mark.parametrize(
    ("jump", "left"), [(timedelta(minutes=10), 20 * 60), (timedelta(hours=1), 0), (timedelta(days=-400), 0)]
)
def test_a_clock_that_jumps_closes_no_host_for_longer(jump: timedelta, left: float) -> None:
    run(nothing)
    polite = Politeness(get_crawler(), longest_wait=120, clock=lambda: NOON + jump)
    until = NOON + timedelta(minutes=30)
    polite.recall([Host(name="a.example", not_before=until, failures=1, reason=Reason.RATE_LIMITED, changed=NOON)])

    async def asked() -> None:
        request = Request("http://a.example/")
        if left:
            with pytest.raises(HostClosed) as closed:
                await polite.turn(request)
            assert closed.value.seconds == pytest.approx(left, abs=5)
        else:
            await polite.turn(request)

    run(asked)


def test_outside_of_its_hours_nothing_is_sent_to_a_host() -> None:
    night = Pace(delay=0, hours=Hours(start=time(22), end=time(6)))
    with serving(PAGES | {"/robots.txt": (200, {}, b"")}) as server, serving(PAGES) as other:
        hosts = (f"127.0.0.1:{server.port}", f"127.0.0.1:{other.port}")
        other.pages["/in"] = (302, {"Location": server.url("/1")}, b"")
        at_night, always = site_of(*hosts, politeness=night), site_of(*hosts)
        urls = [server.url("/0"), other.url("/in"), other.url("/0")]
        others = {other.url("/0"): always, other.url("/in"): always}
        got = fetch(at_night, *urls, others=others, CLOCK=lambda: NOON, ROBOTSTXT_OBEY=True)
        assert server.asked == []  # not for a redirect of another site either, nor for its robots.txt
        for url in urls[:2]:
            error: Any = got[url].value
            assert (type(error), error.reason) == (HostClosed, Reason.HOST_CLOSED)
            assert error.seconds == 2 * 3600  # 20:00 in Shanghai
        later = fetch(at_night, server.url("/0"), CLOCK=lambda: NOON + timedelta(hours=2), ROBOTSTXT_OBEY=True)
    assert isinstance(got[urls[2]], Response)
    assert isinstance(later[server.url("/0")], Response)
