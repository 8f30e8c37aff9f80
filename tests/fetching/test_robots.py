"""robots.txt as RFC 9309 has it."""

import gzip
import socket
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from scrapy import Spider, signals
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.fetching import explain
from crawler.fetching.robots import PARSED_BYTES, RobotsMiddleware, robots_captured
from crawler.items import Exchange, Outcome, Reason, Robots
from tests.fetching_harness import REPLY, fetch, serving, site_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE: REPLY = (200, {}, b"<p>page")


def robots(text: str | bytes, status: int = 200) -> dict[str, Any]:
    body = text if isinstance(text, bytes) else text.encode()
    return {"/robots.txt": (status, {"Content-Type": "text/plain"}, body), "/a": PAGE, "/b/c": PAGE}


def crawl(pages: dict[str, Any], *paths: str, **settings: Any) -> tuple[list[Response | Failure], list[str]]:
    with serving(pages) as server:
        urls = [server.url(path) for path in paths or ("/a", "/b/c")]
        got = fetch(site_of(f"127.0.0.1:{server.port}"), *urls, ROBOTSTXT_OBEY=True, **settings)
    return [got[url] for url in urls], server.paths


def refused(result: Response | Failure, why: Reason = Reason.ROBOTS) -> str:
    assert isinstance(result, Failure)
    outcome, reason, detail = explain(result)
    assert (outcome, reason) == (Outcome.REFUSED, why)
    return detail


def test_disallowed_path_is_refused_and_never_asked() -> None:
    (a, c), asked = crawl(robots("User-agent: *\nDisallow: /b/"))
    assert isinstance(a, Response)
    assert "disallows" in refused(c)
    assert asked == ["/robots.txt", "/a"]


def test_rules_for_our_product_token_win_over_those_for_everybody() -> None:
    (a, c), _ = crawl(robots("User-agent: *\nDisallow: /\n\nUser-agent: Campus-Archive\nDisallow: /a"))
    refused(a)
    assert isinstance(c, Response)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_robots_that_is_not_there_allows_everything(status: int) -> None:
    (a, _), asked = crawl(robots("User-agent: *\nDisallow: /", status))
    assert isinstance(a, Response)
    assert asked.count("/robots.txt") == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_server_error_refuses_everything(status: int) -> None:
    (a, c), asked = crawl(robots("", status), RETRY_TIMES=1)
    assert f"robots.txt unreachable: status {status}" in refused(a, Reason.ROBOTS_UNREACHABLE)
    refused(c, Reason.ROBOTS_UNREACHABLE)
    assert asked == ["/robots.txt", "/robots.txt"]


def test_unreachable_host_is_left_alone_for_the_reason_that_made_it_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        host = f"127.0.0.1:{closed.getsockname()[1]}"
    got = fetch(site_of(host), f"http://{host}/a", ROBOTSTXT_OBEY=True, RETRY_TIMES=0, LOG_LEVEL="CRITICAL")
    error = got[f"http://{host}/a"]
    assert isinstance(error, BaseException)
    assert explain(error)[:2] == (Outcome.FAILED, Reason.UNREACHABLE)


def test_redirected_robots_is_followed_off_the_site() -> None:
    with serving(robots("User-agent: *\nDisallow: /a")) as other, serving(robots("")) as server:
        server.pages["/robots.txt"] = (301, {"Location": other.url("/robots.txt")}, b"")
        hosts = (f"127.0.0.1:{server.port}", f"127.0.0.1:{other.port}")
        got = fetch(site_of(hosts[0], private_hosts=hosts), server.url("/a"), server.url("/b/c"), ROBOTSTXT_OBEY=True)
    refused(got[server.url("/a")])
    assert isinstance(got[server.url("/b/c")], Response)


def test_endless_redirects_allow_everything() -> None:
    further = {f"/{number}": (302, {"Location": f"/{number + 1}"}, b"") for number in range(9)}
    (a, _), asked = crawl(robots("") | {"/robots.txt": (302, {"Location": "/0"}, b"")} | further)
    assert isinstance(a, Response)
    assert sum(path in further for path in asked) == 5


def test_robots_without_end_is_read_as_far_as_it_goes() -> None:
    (a, c), _ = crawl(
        robots(b"User-agent: *\nDisallow: /b/\n" + b"# filler\n" * 1_000_000), DOWNLOAD_MAXSIZE=20_000_000
    )
    assert isinstance(a, Response)
    refused(c)


def test_robots_that_unpacks_without_end_is_read_as_far_as_it_goes() -> None:
    packed = gzip.compress(b"User-agent: *\nDisallow: /b/\n" + b"# filler\n" * 3_000_000)
    for body, coding in ((packed, "gzip"), (gzip.compress(packed), "gzip, gzip")):
        pages = robots(b"") | {"/robots.txt": (200, {"Content-Encoding": coding}, body)}
        (a, c), _ = crawl(pages, DOWNLOAD_MAXSIZE=20_000_000)
        assert isinstance(a, Response)
        refused(c)


def test_robots_of_an_earlier_run_is_used_for_a_day_and_its_pace_until_there_is_another() -> None:
    kept: list[Robots] = []
    hours = 0.0

    class Recalling(Spider):
        @classmethod
        def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Any:
            spider = super().from_crawler(crawler, *args, **kwargs)
            crawler.signals.connect(spider.note, robots_captured)
            crawler.signals.connect(spider.recall, signals.spider_opened)
            return spider

        def note(self, robots: Robots) -> None:
            kept.append(robots)

        def recall(self) -> None:
            self.crawler.get_downloader_middleware(RobotsMiddleware).recall(kept)

    with serving(robots("User-agent: *\nDisallow: /b/\nCrawl-delay: 0.2")) as server:
        for hours in (0, 23, 25):

            def clock(hours: float = hours) -> datetime:
                return NOON + timedelta(hours=hours)

            urls = [server.url("/a"), server.url("/b/c")]
            got = fetch(site_of(f"127.0.0.1:{server.port}"), *urls, ROBOTSTXT_OBEY=True, spider=Recalling, CLOCK=clock)
            refused(got[urls[1]])
    assert server.paths == ["/robots.txt", "/a", "/a", "/robots.txt", "/a"]
    assert [file.fetched for file in kept] == [NOON, NOON + timedelta(hours=25)]
    assert min(later - earlier for earlier, later in pairwise(server.times)) >= 0.2


def test_rules_after_the_first_500_kib_are_not_read() -> None:
    filler = b"# \xe6\x96\xb0\n" * (PARSED_BYTES // 6 + 1)
    (a, c), _ = crawl(robots(b"User-agent: *\nDisallow: /b/\n" + filler + b"Disallow: /a\n"))
    assert isinstance(a, Response)
    refused(c)


def test_byte_order_mark_and_broken_bytes_do_not_hide_the_rules() -> None:
    (a, _), _ = crawl(robots(b"\xef\xbb\xbfUser-agent: *\n# \xff\xfe\nDisallow: /a"))
    refused(a)


def test_every_redirect_hop_is_asked_for() -> None:
    pages = robots("User-agent: *\nDisallow: /b/") | {"/a": (302, {"Location": "/b/c"}, b"")}
    (a, _), asked = crawl(pages)
    refused(a)
    assert "/b/c" not in asked


def test_robots_is_fetched_once_for_many_pages_and_again_after_a_day() -> None:
    pages = robots("") | {f"/{n}": PAGE for n in range(3)}
    _, asked = crawl(pages, *pages)
    assert asked.count("/robots.txt") == 2  # ours, and the one among the pages


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (13, ["/robots.txt", "/a", "/b/c", "/robots.txt", "/x"]),
        (-1, ["/robots.txt", "/a", "/robots.txt", "/b/c", "/robots.txt", "/x"]),  # set back
    ],
)
def test_robots_is_asked_for_again_after_a_day_and_when_the_clock_was_set_back(
    step: float, expected: list[str]
) -> None:
    with serving(robots("")) as server:
        urls = [server.url(path) for path in ("/a", "/b/c", "/x")]

        def clock() -> datetime:
            return NOON + timedelta(hours=step * len(server.asked))

        settings: dict[str, Any] = {"CONCURRENT_REQUESTS": 1, "CLOCK": clock}
        fetch(site_of(f"127.0.0.1:{server.port}"), *urls, ROBOTSTXT_OBEY=True, **settings)
    assert server.paths == expected


def test_exchanges_of_robots_are_sent_for_evidence() -> None:
    heard: list[tuple[Exchange, ...]] = []

    class Listening(Spider):
        @classmethod
        def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Any:
            spider = super().from_crawler(crawler, *args, **kwargs)
            crawler.signals.connect(spider.note, robots_captured)
            return spider

        def note(self, exchanges: tuple[Exchange, ...], site: Any) -> None:
            heard.append(exchanges)

    crawl(robots("User-agent: *\nDisallow: /b/"), spider=Listening)
    assert [[e.body for e in exchanges] for exchanges in heard] == [[b"User-agent: *\nDisallow: /b/"]]


def test_crawl_delay_spaces_the_requests_and_autothrottle_does_not_undercut_it() -> None:
    with serving(robots("User-agent: *\nCrawl-delay: 0.2") | {f"/{n}": PAGE for n in range(4)}) as server:
        urls = [server.url(f"/{n}") for n in range(4)]
        settings: dict[str, Any] = {"AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_START_DELAY": 0}
        fetch(site_of(f"127.0.0.1:{server.port}"), *urls, ROBOTSTXT_OBEY=True, **settings)
    gaps = [later - earlier for earlier, later in pairwise(server.times)]
    assert len(gaps) == 4
    assert min(gaps) > 0.1  # the server notes the time when its thread gets the word
