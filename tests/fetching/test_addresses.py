"""Private addresses are refused after DNS and after every redirect, unless the site's file names the host."""

import pytest
from scrapy.http import Response
from scrapy.resolver import dnscache

from crawler.fetching import explain
from crawler.fetching.addresses import is_public, may_be_private
from crawler.items import Outcome, Reason
from tests.fetching_harness import REPLY, fetch, serving, site_of

OK: REPLY = (200, {}, b"<p>ok")


def reason_of(result: object) -> Reason:
    outcome, reason, _ = explain(result)  # type: ignore[arg-type]
    assert outcome in (Outcome.REFUSED, Outcome.FAILED)
    return reason


@pytest.mark.parametrize(
    "address",
    """0.0.0.0
    10.1.2.3 127.0.0.1 100.64.0.1 169.254.169.254 172.16.0.1 192.168.1.1 192.0.2.1 198.18.0.1 224.0.0.1 240.0.0.1
    255.255.255.255 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fec0::1 ff02::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
    ::7f00:1     2002:7f00:1:: 2002:a00:1:: 64:ff9b::7f00:1 64:ff9b:1::1 nonsense
    168.63.129.16 192.0.0.8 192.0.0.170 192.31.196.1 192.52.193.1 192.88.99.1 192.175.48.1 198.51.100.1 203.0.113.1
    ::ffff:168.63.129.16 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe:: 100::1 100:0:0:1::1 2001::1 2001:2::1 2001:10::1 2001:20::1
    2620:4f:8000::1 3fff::1 3fff:fff::1 5f00::1 fd00::1 febf::1 feff::1 4000::1 ::8.8.8.8""".split(),
)
def test_address_that_not_everybody_reaches_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["202.113.16.1", "8.8.8.8", "168.63.129.15", "2001:da8:a0::1", "2408::1", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_public_address_is_public(address: str) -> None:
    assert is_public(address)


def test_private_host_is_allowed_by_name_or_by_name_and_port() -> None:
    site = site_of("a.example", "b.example:8000")
    assert may_be_private("http://a.example/x", site)
    assert may_be_private("http://a.example:81/x", site)
    assert may_be_private("http://B.example:8000/x", site)
    assert not may_be_private("http://b.example/x", site)
    assert not may_be_private("http://a.example.org/x", site)
    assert not may_be_private("http://a.example/x", None)


def test_name_that_resolves_to_loopback_is_refused() -> None:
    with serving({"/": OK}) as server:
        dnscache["news.campus.example"] = "127.0.0.1"
        hosts = [f"localhost:{server.port}", f"news.campus.example:{server.port}"]
        got = fetch(site_of(*hosts, private=False), *(f"http://{host}/" for host in hosts))
    assert [reason_of(result) for result in got.values()] == [Reason.PRIVATE_ADDRESS] * 2
    assert server.asked == []


@pytest.mark.parametrize(
    "spelling", ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_every_spelling_of_a_loopback_address_is_refused(spelling: str) -> None:
    with serving({"/": OK}) as server:
        url = server.url("/", spelling)
        got = fetch(site_of(f"{spelling}:{server.port}", private=False), url)
    assert reason_of(got[url]) is Reason.PRIVATE_ADDRESS
    assert server.asked == []


def test_host_named_by_the_site_is_fetched() -> None:
    with serving({"/": OK}) as server:
        got = fetch(site_of(f"localhost:{server.port}"), server.url("/", "localhost"))
    (response,) = got.values()
    assert isinstance(response, Response)
    assert response.body == b"<p>ok"


def test_redirect_to_a_private_host_is_refused() -> None:
    with (
        serving({"/inner": OK}) as inner,
        serving({"/": (302, {"Location": inner.url("/inner", "localhost")}, b"")}) as outer,
    ):
        hosts = (f"127.0.0.1:{outer.port}", f"localhost:{inner.port}")
        site = site_of(*hosts, private_hosts=hosts[:1])
        got = fetch(site, outer.url("/"))
    assert reason_of(got[outer.url("/")]) is Reason.PRIVATE_ADDRESS
    assert inner.asked == []


def test_connection_opened_for_a_site_that_may_is_not_used_for_one_that_may_not() -> None:
    with serving({"/a": OK, "/b": OK}) as server:
        host = f"127.0.0.1:{server.port}"
        stranger = site_of(host, private=False)
        got = fetch(site_of(host), server.url("/a"), server.url("/b"), others={server.url("/b"): stranger})
    assert isinstance(got[server.url("/a")], Response)
    assert reason_of(got[server.url("/b")]) is Reason.PRIVATE_ADDRESS
    assert server.paths == ["/a"]


def test_refusal_is_not_repeated_and_names_the_address() -> None:
    with serving({"/": OK}) as server:
        url = server.url("/", "localhost")
        got = fetch(site_of(f"localhost:{server.port}", private=False), url, RETRY_TIMES=5)
    outcome, _, detail = explain(got[url])  # type: ignore[arg-type]
    assert outcome is Outcome.REFUSED
    assert "127.0.0.1" in detail
    assert "private_hosts" in detail
    assert got[url].request.meta.get("retry_times") is None
