"""Retries: Retry-After in both forms, for the whole host; exponential back-off otherwise."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.fetching import exchanges_of, explain
from crawler.fetching.politeness import retry_after
from crawler.items import Outcome, Reason
from crawler.policies.backoff import LONGEST_ASKED
from tests.fetching_harness import REPLY, fetch, serving, site_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE: REPLY = (200, {}, b"page")


def busy(wait: str, status: int = 429, times: int = 1) -> Any:
    return lambda asked: (status, {"Retry-After": wait}, b"busy") if asked <= times else PAGE


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("99999999999999999999999999", 7 * 86400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 7 * 86400),
        ("Sun, 01 Mar 99999999999999999999 12:00:30 GMT", None),
        ("1.5", None),
        ("120, 120", None),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0),
        ("Sun, 01 Mar 2026 12:00:30 -0000", 30),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("१२", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    response = Response("http://a.example/", 503, headers={"Retry-After": text.encode()})
    assert retry_after(response, NOW) == seconds


@pytest.mark.parametrize("status", [429, 503])
def test_host_is_left_alone_for_as_long_as_it_asks_while_others_go_on(status: int) -> None:
    with serving({"/a": busy("1", status), "/b": PAGE}) as asking, serving({"/a": PAGE, "/b": PAGE}) as other:
        site = site_of(f"127.0.0.1:{asking.port}", f"127.0.0.1:{other.port}")
        got = fetch(
            site, asking.url("/a"), asking.url("/b"), other.url("/a"), other.url("/b"), CONCURRENT_REQUESTS_PER_DOMAIN=1
        )
    assert all(isinstance(result, Response) and result.status == 200 for result in got.values())
    assert asking.paths[0] == "/a"
    assert sorted(asking.paths) == ["/a", "/a", "/b"]
    assert asking.times[1] - asking.times[0] > 0.95  # also the request that was already queued
    assert other.times[1] - asking.times[0] < 0.8


@settings(max_examples=50)
@given(
    st.text()
    | st.integers().map(str)
    | st.from_regex(r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,20} \d\d:\d\d:\d\d( [+-]\d{4,9})?", fullmatch=True)
)
def test_no_retry_after_breaks_anything_or_waits_for_more_than_a_week(text: str) -> None:
    response = Response("http://a.example/", 429, headers={"Retry-After": text.encode("utf-8", "replace")})
    wait = retry_after(response, NOW)
    assert wait is None or 0 <= wait <= LONGEST_ASKED.total_seconds()


def test_date_is_compared_with_the_servers_own_clock() -> None:
    """Ours may be a day off, or theirs."""
    said = NOW - timedelta(days=1)
    headers = {
        "Retry-After": format_datetime(said + timedelta(seconds=90), usegmt=True),
        "Date": format_datetime(said, usegmt=True),
    }
    assert retry_after(Response("http://a.example/", 503, headers=headers), NOW) == 90


def test_date_in_retry_after_is_honoured_and_a_past_one_does_not_wait() -> None:
    with serving({"/a": busy("Sun, 01 Mar 2020 12:00:30 GMT")}) as server:
        got = fetch(site_of(f"127.0.0.1:{server.port}"), server.url("/a"))
    result = got[server.url("/a")]
    assert isinstance(result, Response)
    assert result.status == 200


def test_longer_wait_than_allowed_ends_the_visit_now_and_all_others_of_the_host() -> None:
    with serving({"/a": busy("3600"), "/b": PAGE}) as server, serving({"/c": PAGE}) as other:
        site = site_of(f"127.0.0.1:{server.port}", f"127.0.0.1:{other.port}")
        got = fetch(site, server.url("/a"), server.url("/b"), other.url("/c"), RETRY_AFTER_MAX=30)
    assert server.paths == ["/a"]
    for path, expected in (("/a", Reason.RATE_LIMITED), ("/b", Reason.HOST_CLOSED)):
        result = got[server.url(path)]
        assert isinstance(result, Failure)
        outcome, reason, detail = explain(result)
        assert (outcome, reason) == (Outcome.FAILED, expected)
        assert "3600 s" in detail or "3599 s" in detail
    failure = got[server.url("/a")]
    assert isinstance(failure, Failure)
    assert [exchange.status for exchange in exchanges_of(failure)] == [429]
    assert isinstance(got[other.url("/c")], Response)


def test_host_that_stays_busy_answers_for_itself_in_the_end() -> None:
    with serving({"/a": busy("0", times=99)}) as server:
        got = fetch(site_of(f"127.0.0.1:{server.port}"), server.url("/a"), RETRY_TIMES=2, LOG_LEVEL="CRITICAL")
    result = got[server.url("/a")]
    assert isinstance(result, Response)
    assert result.status == 429
    assert len(server.asked) == 3


def test_back_off_doubles() -> None:
    with serving({"/a": lambda asked: (500, {}, b"") if asked <= 3 else PAGE}) as server:
        fetch(site_of(f"127.0.0.1:{server.port}"), server.url("/a"), RETRY_BACKOFF=0.08, RETRY_TIMES=3)
    gaps = [later - earlier for earlier, later in zip(server.times, server.times[1:], strict=False)]
    assert len(gaps) == 3
    for gap, pause in zip(gaps, (0.08, 0.16, 0.32), strict=True):
        assert gap > pause * 0.7  # jitter: a quarter
