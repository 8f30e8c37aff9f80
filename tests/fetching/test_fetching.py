"""Captures, exchanges, explanations, TLS and redirects: what reaches the spider, and as what."""

import datetime as dt
import gzip
import ipaddress
import socket
import ssl
import struct
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.fetching import capture, exchanges_of, explain, judge_status
from crawler.items import Capture, Outcome, Reason
from tests.fetching_harness import fetch, serving, site_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def noon() -> datetime:
    return NOON


def captured(result: Response | Failure) -> Capture:
    assert isinstance(result, Response), result
    return capture(result)


def ended(result: Response | Failure) -> tuple[Outcome, Reason]:
    assert isinstance(result, Failure), result
    outcome, reason, detail = explain(result)
    assert len(detail) > 10
    return outcome, reason


def test_capture_holds_decoded_bytes_and_its_exchange_the_bytes_received() -> None:
    page = "<p>新闻".encode("gbk")
    headers = {"Content-Encoding": "gzip", "Set-Cookie": "a=1", "ETag": '"1"'}
    with serving({"/a": (200, headers, gzip.compress(page))}) as server:
        got = captured(fetch(site_of(f"127.0.0.1:{server.port}"), server.url("/a"), CLOCK=noon)[server.url("/a")])
    assert (got.url, got.final_url, got.status, got.fetched) == (server.url("/a"), server.url("/a"), 200, NOON)
    assert got.body == page
    assert got.seconds is not None
    assert got.seconds > 0
    (exchange,) = got.exchanges
    assert gzip.decompress(exchange.body) == page
    assert got.headers == exchange.headers
    assert {name.lower(): value for name, value in exchange.headers}["content-encoding"] == "gzip"
    sent = dict(exchange.request_headers)
    assert sent["Host"] == f"127.0.0.1:{server.port}"
    assert sent["User-Agent"] == server.asked[0][1]["User-Agent"]
    assert exchange.method == "GET"


def test_every_redirect_and_repetition_is_an_exchange_of_the_visit() -> None:
    def shy(asked: int) -> tuple[int, dict[str, str], bytes]:
        return (502, {}, b"later") if asked == 1 else (302, {"Location": "/b"}, b"moved")

    with serving({"/a": shy, "/b": (200, {}, b"here")}) as server:
        site = site_of(f"127.0.0.1:{server.port}")
        got = fetch(site, server.url("/a"), server.url("/b"))
    visit = captured(got[server.url("/a")])
    assert [(e.status, e.body) for e in visit.exchanges] == [(502, b"later"), (302, b"moved"), (200, b"here")]
    assert [e.url for e in visit.exchanges] == [server.url("/a"), server.url("/a"), server.url("/b")]
    assert (visit.url, visit.final_url) == (server.url("/a"), server.url("/b"))
    assert len(captured(got[server.url("/b")]).exchanges) == 1


@pytest.mark.parametrize(
    ("status", "judged"),
    [
        (200, None),
        (204, None),
        (304, None),
        (300, (Outcome.FAILED, Reason.SERVER_ERROR)),
        (401, (Outcome.REFUSED, Reason.LOGIN)),
        (403, (Outcome.REFUSED, Reason.FORBIDDEN)),
        (404, (Outcome.GONE, Reason.NOT_FOUND)),
        (410, (Outcome.GONE, Reason.NOT_FOUND)),
        (412, (Outcome.REFUSED, Reason.CHALLENGE)),
        (418, (Outcome.FAILED, Reason.CLIENT_ERROR)),
        (429, (Outcome.FAILED, Reason.RATE_LIMITED)),
        (408, (Outcome.FAILED, Reason.TIMEOUT)),
        (451, (Outcome.REFUSED, Reason.FORBIDDEN)),
        (503, (Outcome.FAILED, Reason.UNAVAILABLE)),
        (511, (Outcome.REFUSED, Reason.LOGIN)),
        (500, (Outcome.FAILED, Reason.SERVER_ERROR)),
        (599, (Outcome.FAILED, Reason.SERVER_ERROR)),
    ],
)
def test_status_has_one_outcome(status: int, judged: tuple[Outcome, Reason] | None) -> None:
    assert judge_status(status) == judged


def test_redirect_off_the_site_ends_the_visit_and_keeps_the_hop() -> None:
    with serving({"/": (200, {}, b"elsewhere")}) as other, serving({}) as server:
        server.pages["/out"] = (301, {"Location": other.url("/")}, b"gone to the other")
        result = fetch(site_of(f"127.0.0.1:{server.port}"), server.url("/out"))[server.url("/out")]
    assert ended(result) == (Outcome.NOT_ARTICLE, Reason.OUT_OF_SCOPE)
    assert isinstance(result, Failure)
    assert other.url("/") in explain(result)[2]
    assert [e.body for e in exchanges_of(result)] == [b"gone to the other"]
    assert other.asked == []


def test_chain_of_redirects_ends_at_the_limit() -> None:
    with serving({f"/{n}": (302, {"Location": f"/{n + 1}"}, b"") for n in range(9)}) as server:
        got = fetch(site_of(f"127.0.0.1:{server.port}"), server.url("/0"), REDIRECT_MAX_TIMES=3)
    assert ended(got[server.url("/0")]) == (Outcome.FAILED, Reason.TOO_MANY_REDIRECTS)
    assert len(server.asked) == 4


def test_redirect_to_nowhere_reaches_the_spider_as_it_is() -> None:
    with serving({"/a": (302, {}, b"where?"), "/b": (302, {"Location": "ftp://x/"}, b"")}) as server:
        got = fetch(site_of(f"127.0.0.1:{server.port}"), server.url("/a"), server.url("/b"))
    assert [captured(result).status for result in got.values()] == [302, 302]


def test_slow_server_is_a_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never answers
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        got = fetch(site_of(host), f"http://{host}/", DOWNLOAD_TIMEOUT=0.2, RETRY_TIMES=0)
    assert ended(got[f"http://{host}/"]) == (Outcome.FAILED, Reason.TIMEOUT)


def test_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        host = f"127.0.0.1:{closed.getsockname()[1]}"
    assert ended(fetch(site_of(host), f"http://{host}/")[f"http://{host}/"]) == (Outcome.FAILED, Reason.UNREACHABLE)


@pytest.mark.parametrize("linger", [struct.pack("ii", 1, 0), struct.pack("ii", 0, 0)], ids=["reset", "hung up"])
def test_connection_that_ends_without_a_byte_is_unreachable(linger: bytes) -> None:
    """What a firewall between us and the site does; a dead host has no address, or says no at once."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"

        def accept() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

        thread = threading.Thread(target=accept)
        thread.start()
        got = fetch(site_of(host), f"http://{host}/", RETRY_TIMES=0, LOG_LEVEL="CRITICAL")
        thread.join()
    assert ended(got[f"http://{host}/"]) == (Outcome.FAILED, Reason.UNREACHABLE)


def test_host_without_address_is_a_dns_failure() -> None:
    url = "http://nothing.invalid/"
    got = fetch(site_of("nothing.invalid"), url, RETRY_TIMES=0)
    assert ended(got[url]) == (Outcome.FAILED, Reason.DNS)


def test_body_over_the_limit_is_too_large_announced_received_or_unpacked() -> None:
    big = b"x" * 50_000
    pages = {
        "/announced": (200, {}, big),
        "/received": (200, {"Content-Length": None, "Connection": "close"}, big),
        "/unpacked": (200, {"Content-Encoding": "gzip"}, gzip.compress(big)),
    }
    with serving(pages) as server:
        urls = [server.url(path) for path in pages]
        got = fetch(
            site_of(f"127.0.0.1:{server.port}"),
            *urls,
            DOWNLOAD_MAXSIZE=10_000,
            DOWNLOAD_WARNSIZE=0,
            LOG_LEVEL="CRITICAL",
        )
    assert [ended(got[url]) for url in urls] == [(Outcome.FAILED, Reason.TOO_LARGE)] * 3


def test_error_nobody_has_named_is_explained_by_its_text() -> None:
    assert explain(ZeroDivisionError("a thing")) == (Outcome.FAILED, Reason.CONNECTION, "ZeroDivisionError: a thing")


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return tls_of(ec.generate_private_key(ec.SECP256R1()), tmp_path_factory.mktemp("tls") / "both.pem")


def tls_of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, file: Path) -> ssl.SSLContext:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(file)
    return context


def test_invalid_certificate_is_a_tls_failure_at_the_first_attempt(self_signed: ssl.SSLContext) -> None:
    with serving({"/": (200, {}, b"secret")}, tls=self_signed) as server:
        result = fetch(site_of(f"127.0.0.1:{server.port}"), server.url("/"))[server.url("/")]
    assert ended(result) == (Outcome.FAILED, Reason.TLS)
    assert isinstance(result, Failure)
    assert "retry_times" not in result.request.meta  # type: ignore[attr-defined] # Scrapy puts it there
    assert server.asked == []


def test_site_with_a_written_reason_is_fetched_without_verification(self_signed: ssl.SSLContext) -> None:
    with serving({"/": (200, {}, b"secret")}, tls=self_signed) as server:
        site = site_of(f"127.0.0.1:{server.port}", unverified_tls="self-signed since 2019, seen 2026-03")
        got = fetch(site, server.url("/"))
    assert captured(got[server.url("/")]).body == b"secret"


def test_exemption_ends_at_the_hosts_of_the_site(self_signed: ssl.SSLContext) -> None:
    with serving({"/": (200, {}, b"secret")}, tls=self_signed) as server:
        host = f"127.0.0.1:{server.port}"
        site = site_of("other.example", unverified_tls="because", private_hosts=(host,), media_hosts=(host,))
        got = fetch(site, server.url("/"), meta={"is_medium": True})
    assert ended(got[server.url("/")]) == (Outcome.FAILED, Reason.TLS)


@pytest.fixture(scope="module")
def old_tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """TLS 1.1 at most, with a key of 1,024 bits."""
    context = tls_of(rsa.generate_private_key(65537, 1024), tmp_path_factory.mktemp("old") / "both.pem")
    with pytest.deprecated_call():
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def test_old_tls_is_a_reason_of_its_own_and_taken_of_a_site_with_a_written_reason_alone(
    old_tls: ssl.SSLContext,
) -> None:
    with serving({"/": (200, {}, b"old")}, tls=old_tls) as server:
        host = f"127.0.0.1:{server.port}"
        strict = site_of(host, unverified_tls="self-signed since 2009, seen 2026-11")
        lenient = replace(strict, weak_tls="a server of 2009, seen 2026-11")
        refused = fetch(strict, server.url("/"))[server.url("/")]
        taken = fetch(lenient, server.url("/"))[server.url("/")]
    assert ended(refused) == (Outcome.FAILED, Reason.OLD_TLS)
    assert captured(taken).body == b"old"
