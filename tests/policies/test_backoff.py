"""How long what failed is left alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Reason
from crawler.policies.backoff import (
    HOST_BACKOFFS,
    LINK_BACKOFFS,
    LONGEST_WAIT,
    host_backoff,
    link_backoff,
    medium_backoff,
)

HOURS = timedelta(hours=1)


def test_every_reason_has_its_rule() -> None:
    assert set(LINK_BACKOFFS) == set(Reason)


@pytest.mark.parametrize(
    ("reason", "hours"),
    [
        (Reason.TIMEOUT, [0.5, 2, 8, 32, 128, 168, 168, 168, 168]),
        (Reason.DNS, [0.5, 2, 8, 12, 12, 12, 12, 12, 12]),
        (Reason.ROBOTS, [12, 24, 48, 96, 192, 384, 768, 768, 768]),
        (Reason.LOGIN, [168, 336, 672, 768, 768, 768, 768, None, None]),
        (Reason.TOO_LARGE, [None] * 9),
        (None, [0.5, 2, 8, 32, 128, 168, 168, 168, 168]),
    ],
)
def test_a_link_waits_longer_and_longer(reason: Reason | None, hours: list[float | None]) -> None:
    waits = [link_backoff(reason, failures) for failures in range(1, 10)]
    assert [wait and wait / HOURS for wait in waits] == hours


def test_a_host_is_closed_when_it_is_no_longer_a_page_that_fails() -> None:
    waits = [host_backoff(Reason.TIMEOUT, failures) for failures in range(1, 6)]
    assert waits == [None, None, timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert host_backoff(Reason.RATE_LIMITED, 1) == timedelta(minutes=10)
    assert host_backoff(Reason.RATE_LIMITED, 99) == timedelta(days=1)
    assert host_backoff(Reason.NOT_FOUND, 99) is None


def test_the_links_of_a_host_are_due_when_it_is_opened_again() -> None:
    """A link that waits for days because its host was down would be missing when it is back."""
    longest = {reason: LINK_BACKOFFS[reason].longest for reason, rule in HOST_BACKOFFS.items() if not rule.tolerated}
    assert max(longest.values()) <= timedelta(days=1)


@given(reason=st.sampled_from(Reason), failures=st.integers(1, 10**6))
def test_waits_are_bounded_and_never_shrink(reason: Reason, failures: int) -> None:
    for rule in (link_backoff, host_backoff):
        wait, longer = rule(reason, failures), rule(reason, failures + 1)
        assert wait is None or timedelta(0) < wait <= LONGEST_WAIT
        assert wait is None or longer is None or wait <= longer


def test_every_reason_lets_a_medium_be_given_up_after_some_months() -> None:
    for reason in Reason:
        waits = [medium_backoff(reason, failures) for failures in range(1, 10)]
        assert waits[-1] is None
        assert sum((wait for wait in waits if wait), timedelta()) < timedelta(days=120)
