"""When a link is due again."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Outcome, Reason, Revisit, Role
from crawler.policies.backoff import LONGEST_WAIT
from crawler.policies.revisit import EARLY, NEVER, Due, LinkHistory, is_past, next_visit

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = Revisit()
URL = "https://news.example.edu.cn/info/1/2.htm"


def after(
    outcome: Outcome,
    *,
    role: Role = Role.ARTICLE,
    reason: Reason | None = None,
    brought: bool = False,
    age: float = 0,
    interval: float | None = None,
    last: Outcome | None = None,
    failures: int = 0,
    is_document: bool = True,
) -> Due:
    """What comes after one visit; `age` of the article and `interval` in days."""
    history = LinkHistory(
        url=URL,
        role=role,
        found=NOW,
        is_document=is_document and role is not Role.SECTION,
        published=NOW - age * DAY,
        interval=None if interval is None else interval * DAY,
        last=last,
        failures=failures,
    )
    return next_visit(history, POLICY, outcome=outcome, reason=reason, brought=brought, now=NOW)


def days(due: Due) -> float | None:
    return None if due.interval is None else due.interval / DAY


def simulated(outcomes: Sequence[Outcome], *, role: Role = Role.ARTICLE, brought: bool = False) -> list[float | None]:
    """The intervals that a row of visits leads to, of a link that is an article or, in the role of a section, a list."""
    found: list[float | None] = []
    interval, last = None, None
    for outcome in outcomes:
        interval = days(after(outcome, role=role, interval=interval, last=last, brought=brought))
        last = outcome
        found.append(interval)
    return found


def test_a_fresh_article_is_seen_several_times_in_its_first_days_and_then_rarely() -> None:
    assert simulated([Outcome.NEW, *[Outcome.UNCHANGED] * 10]) == [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 180, 180]


def test_not_modified_counts_as_unchanged_and_a_change_halves() -> None:
    row = [Outcome.NEW, Outcome.NOT_MODIFIED, Outcome.UNCHANGED, Outcome.CHANGED, Outcome.CHANGED, Outcome.CHANGED]
    assert simulated(row) == [0.5, 1, 2, 1, 0.5, 0.5]


@pytest.mark.parametrize(("age", "first"), [(0, 0.5), (0.2, 0.5), (6, 3), (90, 45), (3000, 180), (-5, 0.5)])
@pytest.mark.parametrize("outcome", [Outcome.NEW, Outcome.DUPLICATE, Outcome.UNCHANGED])
def test_the_first_interval_of_an_article_is_half_its_age(age: float, first: float, outcome: Outcome) -> None:
    assert days(after(outcome, age=age)) == first


def test_a_list_is_due_on_every_run_as_long_as_it_brings_something() -> None:
    assert simulated([Outcome.LISTED] * 4, role=Role.SECTION, brought=True) == [0, 0, 0, 0]
    assert after(Outcome.LISTED, role=Role.SECTION).at == NOW


def test_a_list_that_brings_nothing_is_read_ever_less_often() -> None:
    row = [Outcome.LISTED, Outcome.LISTED, Outcome.NOT_MODIFIED, *[Outcome.LISTED] * 5]
    assert simulated(row, role=Role.SECTION) == [0, 0.25, 0.5, 1, 2, 4, 4, 4]
    assert days(after(Outcome.LISTED, role=Role.SECTION, interval=4, last=Outcome.LISTED, brought=True)) == 2


def test_an_older_page_of_a_list_is_read_rarely_unless_it_is_reopened() -> None:
    assert simulated([Outcome.LISTED] * 5, role=Role.NEXT) == [4, 8, 16, 30, 30]


def test_a_missed_document_is_looked_for_again_after_a_day_and_not_sooner() -> None:
    assert after(Outcome.GONE, interval=64, last=Outcome.UNCHANGED).at == NOW + DAY
    assert simulated([Outcome.GONE] * 4) == [1, 2, 4, 8]


def test_what_never_was_a_document_is_not_looked_for_so_soon() -> None:
    assert days(after(Outcome.GONE, is_document=False)) == POLICY.older_most


def test_a_page_that_returns_is_an_article_like_any_other() -> None:
    assert days(after(Outcome.UNCHANGED, age=40, interval=4, last=Outcome.GONE)) == 20


def test_an_article_that_is_not_written_yet_is_soon_asked_for_again() -> None:
    assert simulated([Outcome.NOT_ARTICLE] * 3) == [1, 2, 4]
    assert days(after(Outcome.NOT_ARTICLE, role=Role.OTHER)) == POLICY.article_most


def test_a_refusal_is_tried_again_by_the_rule_of_its_reason_and_keeps_the_interval() -> None:
    assert after(Outcome.REFUSED, reason=Reason.ROBOTS, interval=8) == Due(at=NOW + DAY / 2, interval=8 * DAY)


def test_a_failure_is_tried_again_by_the_rule_of_its_reason() -> None:
    assert after(Outcome.FAILED, reason=Reason.TIMEOUT, failures=2).at == NOW + timedelta(hours=8)


@pytest.mark.parametrize("reason", sorted(NEVER))
@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.REFUSED, Outcome.NOT_ARTICLE])
def test_what_will_not_change_is_never_tried_again(reason: Reason, outcome: Outcome) -> None:
    assert after(outcome, reason=reason).at is None


@given(
    role=st.sampled_from(Role),
    outcome=st.sampled_from(Outcome),
    reason=st.none() | st.sampled_from(Reason),
    last=st.none() | st.sampled_from(Outcome),
    interval=st.none() | st.floats(0, 400),
    age=st.floats(-10, 40_000),
    failures=st.integers(0, 10_000),
    brought=st.booleans(),
)
def test_no_link_is_due_in_the_past_or_later_than_its_bounds(
    role: Role,
    outcome: Outcome,
    reason: Reason | None,
    last: Outcome | None,
    interval: float | None,
    age: float,
    failures: int,
    brought: bool,
) -> None:
    due = after(
        outcome,
        role=role,
        reason=reason,
        last=last,
        interval=interval,
        age=age,
        failures=failures,
        brought=brought,
    )
    assert due.at is None or NOW <= due.at <= NOW + max(LONGEST_WAIT, POLICY.article_most * DAY)


@given(st.text(max_size=80), st.floats(0.01, 180))
def test_a_visit_is_due_a_little_early_and_always_at_the_same_time(path: str, interval: float) -> None:
    history = LinkHistory(
        url=URL + path, role=Role.ARTICLE, found=NOW, is_document=True, interval=interval * DAY, last=Outcome.NEW
    )
    due, again = (next_visit(history, POLICY, outcome=Outcome.UNCHANGED, reason=None, now=NOW) for _ in "ab")
    assert due == again
    assert due.at is not None
    assert due.interval is not None
    share = (due.at - NOW) / due.interval
    assert 1 - EARLY[1] - 1e-6 <= share <= 1 - EARLY[0] + 1e-6


def test_the_middle_entry_tells_whether_a_list_page_lies_before_a_day() -> None:
    since = date(2024, 1, 1)
    old, new = date(2023, 5, 1), date(2024, 5, 1)
    assert is_past([old, old, new], since)
    assert not is_past([old, new, new], since)
    assert not is_past([], since)
