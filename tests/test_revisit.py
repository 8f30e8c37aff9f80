"""When a link is due again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Outcome, Reason, Role
from crawler.revisit import LONGEST_WAIT, NEVER, next_visit

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def due(
    outcome: Outcome, *, role: Role = Role.ARTICLE, reason: Reason | None = None, failures: int = 0
) -> timedelta | None:
    """Return how long a link waits, None for ever."""
    again = next_visit(role=role, outcome=outcome, reason=reason, failures=failures, now=NOW)
    return None if again is None else again - NOW


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.NEXT])
def test_a_list_is_due_on_every_run(role: Role) -> None:
    assert due(Outcome.LISTED, role=role) == timedelta(0)


def test_an_older_page_of_a_list_waits_until_it_is_reopened() -> None:
    assert due(Outcome.LISTED, role=Role.NEXT) is None


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.NEW,
        Outcome.CHANGED,
        Outcome.UNCHANGED,
        Outcome.NOT_MODIFIED,
        Outcome.DUPLICATE,
        Outcome.NOT_ARTICLE,
        Outcome.GONE,
    ],
)
def test_what_was_read_is_not_asked_for_again(outcome: Outcome) -> None:
    assert due(outcome) is None


def test_a_refusal_is_tried_again_after_a_day() -> None:
    assert due(Outcome.REFUSED, reason=Reason.ROBOTS) == timedelta(days=1)


def test_a_failure_is_tried_again_on_the_next_run_then_after_ever_longer_waits() -> None:
    waits = [due(Outcome.FAILED, reason=Reason.TIMEOUT, failures=failures) for failures in range(8)]
    assert waits == [timedelta(days=days) for days in (0, 1, 3, 7, 15, 31, 31, 31)]


@pytest.mark.parametrize("reason", sorted(NEVER))
@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.REFUSED, Outcome.NOT_ARTICLE])
def test_what_will_not_change_is_never_tried_again(reason: Reason, outcome: Outcome) -> None:
    assert due(outcome, reason=reason) is None


@given(
    role=st.sampled_from(Role),
    outcome=st.sampled_from(Outcome),
    reason=st.none() | st.sampled_from(Reason),
    failures=st.integers(0, 10_000),
)
def test_no_link_is_due_in_the_past_or_later_than_the_longest_wait(
    role: Role, outcome: Outcome, reason: Reason | None, failures: int
) -> None:
    wait = due(outcome, role=role, reason=reason, failures=failures)
    assert wait is None or timedelta(0) <= wait <= LONGEST_WAIT
