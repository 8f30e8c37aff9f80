"""Servers that break HTTP: what comes in is bounded, what is cut is kept, and cookies live for one chain of redirects."""

import pytest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.fetching import capture, exchanges_of, explain
from crawler.items import Capture, Outcome, Reason
from tests.attacks import attacking
from tests.fetching_harness import fetch, serving, site_of

NAMES = [
    "headers-without-end",
    "short-headers-without-end",
    "folded-header-without-end",
    "status-line-without-end",
    "header-line-without-end",
    "informational-without-end",
    "continue-without-end",
    "chunk-extensions",
]


def captured(result: Response | Failure) -> Capture:
    assert isinstance(result, Response), result
    return capture(result)


def test_head_and_framing_are_read_up_to_a_limit_and_asked_for_once() -> None:
    with attacking(NAMES) as server:
        site = site_of(f"127.0.0.1:{server.ports['']}")
        got = fetch(site, *map(server.url, NAMES), DOWNLOAD_MAXSIZE=100_000)
    ends = {name: explain(got[server.url(name)])[:2] for name in NAMES}  # type: ignore[arg-type]
    assert ends == dict.fromkeys(NAMES, (Outcome.FAILED, Reason.LONG_HEADERS))
    assert len(server.hits) == len(NAMES)


@pytest.mark.parametrize("name", ["body-cut", "chunks-cut"])
def test_body_that_is_cut_is_kept_after_the_last_try(name: str) -> None:
    with attacking([name]) as server:
        got = fetch(site_of(f"127.0.0.1:{server.ports['']}"), server.url(name))
    page = captured(got[server.url(name)])
    assert page.is_cut
    assert page.body.endswith(b"</html>")
    assert len(server.hits) == 3


def test_bodies_of_redirects_and_of_the_page_have_one_limit_together() -> None:
    pages = {f"/{n}": (302, {"Location": f"/{n + 1}"}, b"m" * 40_000) for n in range(3)} | {"/3": (200, {}, b"here")}
    with serving(pages) as server:
        got = fetch(site_of(f"127.0.0.1:{server.port}"), server.url("/0"), server.url("/2"), DOWNLOAD_MAXSIZE=100_000)
    assert captured(got[server.url("/2")]).body == b"here"
    result = got[server.url("/0")]
    assert isinstance(result, Failure)
    assert explain(result)[1] is Reason.TOO_LARGE


def test_whole_body_after_a_cut_one_is_whole() -> None:
    def first_cut(asked: int) -> tuple[int, dict[str, str | None], bytes]:
        return 200, {"Content-Length": "9" if asked == 1 else "4", "Connection": "close"}, b"body"

    with serving({"/": first_cut}) as server:
        page = captured(fetch(site_of(f"127.0.0.1:{server.port}"), server.url("/"))[server.url("/")])
    assert (page.is_cut, page.body) == (False, b"body")


def chain(*cookies: str, end: str = "/end") -> dict[str, object]:
    return {"/": (302, {"Location": end, "Set-Cookie": cookies[0]}, b""), "/end": (200, {}, b"here")}


@pytest.mark.parametrize(
    ("cookie", "sent"),
    [
        ("a=1", "a=1"),
        ("a=1; Path=/end", "a=1"),
        ("a=1; Path=/other", None),
        ("a=1; Domain=127.0.0.1", "a=1"),
        ("a=1; Domain=example.edu.cn", None),
        ("a=1; Secure", None),
        ("a=1; Max-Age=0", None),
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("a=" + "1" * 5000, None),
    ],
)
def test_cookie_of_a_redirect_goes_back_as_rfc_6265_has_it(cookie: str, sent: str | None) -> None:
    with serving(chain(cookie)) as server:
        page = captured(fetch(site_of(f"127.0.0.1:{server.port}"), server.url("/"))[server.url("/")])
    assert server.asked[1][1].get("Cookie") == sent
    assert dict(page.exchanges[1].request_headers).get("Cookie") == sent


def test_cookie_is_forgotten_with_its_chain() -> None:
    pages = {**chain("a=1"), "/later": (302, {"Location": "/end"}, b"")}
    with serving(pages) as server:
        fetch(site_of(f"127.0.0.1:{server.port}"), server.url("/"), server.url("/later"), CONCURRENT_REQUESTS=1)
    assert [headers.get("Cookie") for path, headers in server.asked if path != "/"] == ["a=1", None, None]


def test_cookie_goes_to_no_other_host() -> None:
    with (
        serving({"/end": (200, {}, b"here")}) as other,
        serving(chain("a=1; Domain=localhost", end=other.url("/end", "localhost"))) as server,
    ):
        hosts = (f"127.0.0.1:{server.port}", f"localhost:{other.port}")
        captured(fetch(site_of(*hosts), server.url("/"))[server.url("/")])
    assert "Cookie" not in other.asked[0][1]


def test_redirect_that_comes_back_to_the_same_request_is_followed_no_further() -> None:
    with serving({"/": (302, {"Location": "/b"}, b""), "/b": (302, {"Location": "/"}, b"")}) as server:
        (result,) = fetch(site_of(f"127.0.0.1:{server.port}"), server.url("/")).values()
    assert isinstance(result, Failure)
    assert explain(result)[1] is Reason.TOO_MANY_REDIRECTS
    assert server.paths == ["/", "/b"]
    assert len(exchanges_of(result)) == 2
