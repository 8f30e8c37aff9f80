"""What a site is expected to bring: told by its file or learnt, never raised for what its own history did before."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from crawler.items import Expectations
from crawler.monitoring.expectation import SiteHistory, disagreeing, minimum, missed, undated

TODAY = date(2026, 11, 23)
NOTHING = Expectations()


def history(appeared: Mapping[int, int], *, runs: int = 9, **flags: tuple[bool, ...]) -> SiteHistory:
    """`appeared` is how many days ago -> articles."""
    days = {TODAY - timedelta(days=ago): n for ago, n in appeared.items()}
    return SiteHistory(today=TODAY, runs=runs, appeared=days, **{"dated": (), **flags})


def every(days: int, *, since: int = 0, until: int = 300, number: int = 1) -> dict[int, int]:
    return dict.fromkeys(range(since, until, days), number)


@pytest.mark.parametrize("days", [1, 2, 3, 7, 11])
def test_a_steady_site_misses_nothing_and_its_silence_is_told(days: int) -> None:
    assert missed(NOTHING, history(every(days))) == []
    (told,) = missed(NOTHING, history(every(days, since=60)))
    assert told.startswith("no articles in ")
    assert f"the last one appeared on {TODAY - timedelta(days=60)}" in told


def test_a_silence_never_becomes_usual_while_it_lasts() -> None:
    assert all(missed(NOTHING, history(every(1, since=silent))) for silent in range(8, 240, 9))


def test_the_reason_is_in_words() -> None:
    (told,) = missed(NOTHING, history(every(2, since=20)))
    assert told == (
        "no articles in 7 days, expected at least 1 in 7 days (usually 3 to 4 a week, never fewer than 3 in 7 days; "
        "learnt from 37 weeks); the last one appeared on 2026-11-03"
    )


def test_a_holiday_of_its_own_history_widens_the_period() -> None:
    holiday = {ago: n for ago, n in every(1).items() if not 150 <= ago < 170}
    learnt = minimum(NOTHING, history(holiday))
    assert learnt
    assert learnt.days == 28
    assert missed(NOTHING, history({ago: n for ago, n in holiday.items() if ago > 19})) == []


@pytest.mark.parametrize(
    "past",
    [
        history({}),
        history({0: 40}),
        history(every(1), runs=2),
        history(every(1, until=30)),
        history(every(40)),
    ],
    ids=["no history", "all on the first day", "two runs", "a month", "too rare"],
)
def test_without_enough_history_nothing_is_learnt(past: SiteHistory) -> None:
    assert minimum(NOTHING, past) is None
    assert missed(NOTHING, past) == []


def test_old_articles_far_apart_do_not_hide_the_rhythm() -> None:
    learnt = minimum(NOTHING, history({**every(1, until=120), 200: 1, 350: 1}))
    assert learnt
    assert (learnt.articles, learnt.days) == (3, 7)


def test_the_file_has_the_last_word() -> None:
    told = Expectations(articles=5, days=7)
    (sentence,) = missed(told, history(every(2)))
    assert sentence == "4 articles in 7 days, expected at least 5 in 7 days (its file says so)"
    assert missed(Expectations(articles=0), history({})) == []
    assert missed(Expectations(days=30), history({}))[0].startswith("no articles in 30 days, expected at least 1")


def test_too_many_pages_without_a_date() -> None:
    pages = (False,) * 8 + (True,) * 42 + (True,) * 98 + (False,) * 2
    (told,) = missed(NOTHING, history({}, dated=pages))
    assert (
        told
        == "8 of the last 50 pages that read like articles have no date, expected at most 10% without a date (usually 2%)"
    )
    assert missed(Expectations(undated_share=0.2), history({}, dated=pages)) == []
    assert undated(NOTHING, history({}, dated=pages[:60])) is None
    assert missed(Expectations(undated_share=0.0), history({}, dated=(False,) * 9)) == []


def test_titles_that_their_lists_do_not_say_are_told_the_same_night() -> None:
    titles = (False,) * 8 + (True,) * 42 + (True,) * 98 + (False,) * 2
    (told,) = missed(NOTHING, history({}, titles=titles))
    assert told == (
        "8 of the last 50 articles have another title than their list, "
        "expected at most 10% with another title than their list (usually 2%)"
    )
    assert missed(Expectations(disagreeing_share=0.2), history({}, titles=titles)) == []


def test_a_site_that_never_agreed_is_told_from_the_start() -> None:
    (told,) = missed(NOTHING, history({}, runs=1, days=(False,) * 6 + (True,) * 6))
    assert told.startswith("6 of the last 12 articles have another day than their list")
    assert missed(NOTHING, history({}, runs=1, days=(False,) * 9)) == []
    assert len(missed(NOTHING, history({}, days=(False, True) * 200))) == 1  # however usual


def test_of_what_lists_said_nothing_nothing_is_expected() -> None:
    assert disagreeing(NOTHING, history(every(1))) == {}
