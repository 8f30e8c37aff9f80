"""When an article is taken for removed, and when to look again."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.items import Absence, Article, Kind, Outcome, Reading, Reason, Removal
from crawler.policies.removal import LONGEST_WAIT, SHORTEST_WAIT, missed, missing, recheck

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = Removal()
ARTICLE = Reading(kind=Kind.ARTICLE, article=Article(title="标题", body=""))


def after(*days: float, policy: Removal = POLICY) -> Absence:
    """The absence after misses on these days, each in a run of its own."""
    absence: Absence | None = None
    for day in days:
        absence = missed(absence, policy, reason=Reason.NOT_FOUND, at=NOW + day * DAY, run=f"r{day}")
    assert absence
    return absence


@pytest.mark.parametrize(
    ("days", "policy", "confirmed"),
    [
        ((0,), POLICY, None),
        ((0, 0.5), POLICY, None),
        ((0, 0.5, 0.9), POLICY, None),
        ((0, 1), POLICY, 1),
        ((0, 0.5, 1.5), POLICY, 1.5),
        ((0, 1, 2), POLICY, 1),
        ((0,), Removal(misses=1, apart=0), 0),
        ((0, 2, 4), Removal(misses=3, apart=1), 4),
        ((0, 3), Removal(misses=2, apart=7), None),
    ],
)
def test_what_several_runs_miss_some_days_apart_is_gone(
    days: tuple[float, ...], policy: Removal, confirmed: float | None
) -> None:
    absence = after(*days, policy=policy)
    assert absence.missed == NOW
    assert absence.confirmed == (None if confirmed is None else NOW + confirmed * DAY)


def test_two_misses_of_one_run_are_one() -> None:
    once = missed(None, POLICY, reason=Reason.NOT_FOUND, at=NOW, run="r1")
    again = missed(once, POLICY, reason=Reason.SOFT_404, at=NOW + 2 * DAY, run="r1")
    assert (again.misses, again.confirmed) == (1, None)


def test_a_page_that_came_back_is_missed_anew() -> None:
    over = Absence(missed=NOW, last_missed=NOW + DAY, run="r2", misses=2, confirmed=NOW + DAY, returned=NOW + 2 * DAY)
    again = missed(over, POLICY, reason=Reason.NOT_FOUND, at=NOW + 9 * DAY, run="r9")
    assert (again.missed, again.misses, again.confirmed, again.returned) == (NOW + 9 * DAY, 1, None, None)


def test_a_miss_is_looked_at_as_soon_as_it_can_be_confirmed_and_what_is_gone_ever_more_rarely() -> None:
    assert recheck(after(0), POLICY, now=NOW) == NOW + DAY
    gone = after(0, 1)
    waits = [recheck(gone, POLICY, now=NOW + days * DAY) - NOW - days * DAY for days in (1, 8, 16, 400)]
    assert waits == [SHORTEST_WAIT, 8 * DAY, 16 * DAY, LONGEST_WAIT]


@pytest.mark.parametrize(
    ("outcome", "reason", "reading", "is_moved", "why"),
    [
        (Outcome.GONE, Reason.NOT_FOUND, None, False, Reason.NOT_FOUND),
        (Outcome.GONE, Reason.SOFT_404, None, False, Reason.SOFT_404),
        (Outcome.LISTED, None, Reading(kind=Kind.HOME), True, Reason.REDIRECTED),
        (Outcome.LISTED, None, Reading(kind=Kind.LIST), True, Reason.REDIRECTED),
        (Outcome.LISTED, None, Reading(kind=Kind.LIST), False, None),
        (None, None, ARTICLE, True, None),
        (Outcome.FAILED, Reason.TIMEOUT, None, False, None),
        (Outcome.REFUSED, Reason.LOGIN, None, False, None),
    ],
)
def test_only_some_visits_say_that_an_article_is_not_there(
    outcome: Outcome | None, reason: Reason | None, reading: Reading | None, is_moved: bool, why: Reason | None
) -> None:
    assert missing(outcome, reason, reading, is_moved=is_moved) is why
