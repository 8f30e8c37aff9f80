"""A new layout told from edits, on the way and at the end of a run."""

import random
from dataclasses import replace
from typing import Any

import pytest

from crawler.policies.drift import (
    ALIKE,
    LONGER,
    NO_ARTICLE,
    NO_DATE,
    NO_SOURCE,
    SHORTER,
    UNSURE,
    DriftDetector,
    Traits,
    lines_between,
    signs,
    typical,
)

USUAL = Traits(rule="vsb", dated=True, sourced=True, characters=800, confidence=0.9)
CALM: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        ({}, set()),
        ({"characters": 790}, set()),
        ({"characters": 300}, {SHORTER}),
        ({"characters": 2000}, {LONGER}),
        ({"dated": False}, {NO_DATE}),
        ({"sourced": False}, {NO_SOURCE}),
        ({"confidence": 0.5}, {UNSURE}),
        ({"rule": "weight"}, {"the body is found by weight"}),
    ],
)
def test_each_sign_is_told(edit: dict[str, Any], found: set[str]) -> None:
    assert signs(USUAL, replace(USUAL, **edit)) == found


def test_a_page_that_is_no_article_any_more_is_strange() -> None:
    assert signs(USUAL, None) == {NO_ARTICLE}


def test_a_short_body_may_double() -> None:
    assert signs(replace(USUAL, characters=60), replace(USUAL, characters=150)) == CALM


def tally(*changed: bool, found: frozenset[str] = CALM, documents: int = 1000) -> DriftDetector:
    """What is seen of a site whose articles changed, or did not, in this order."""
    seen = DriftDetector(documents=documents)
    for n, is_changed in enumerate(changed):
        seen.add(f"d{n}", is_changed=is_changed, found=found if is_changed else CALM, lines=frozenset({f"line {n}"}))
    return seen


@pytest.mark.parametrize("seed", range(5))
def test_twenty_edits_of_a_thousand_articles_are_no_drift(seed: int) -> None:
    edits = random.Random(seed).sample([True] * 20 + [False] * 980, 1000)
    assert tally(*edits).finding() is None


@pytest.mark.parametrize("edited", [1, 4, 9])
def test_a_handful_of_edits_in_a_short_run_is_no_drift(edited: int) -> None:
    assert tally(*[True] * edited).finding() is None


def test_all_articles_changed_at_once_are_a_drift() -> None:
    finding = tally(*[True] * 12).finding()
    assert finding
    assert (finding.seen, finding.changed) == (12, 12)


def test_strange_readings_are_a_drift_though_no_text_changed() -> None:
    seen = DriftDetector(documents=100)
    for n in range(20):
        seen.add(f"d{n}", is_changed=False, found=frozenset({"the body is found by weight"}) if n % 3 == 0 else CALM)
    finding = seen.finding()
    assert finding
    assert finding.strange == 7


def test_one_line_that_came_on_many_pages_is_strange() -> None:
    seen = DriftDetector(documents=100)
    for n in range(30):
        lines = lines_between("正文。", f"正文。\n\n分享到朋友圈 {n} 次") if n < 6 else frozenset()
        seen.add(f"d{n}", is_changed=n < 6, found=CALM, lines=lines)
    finding = seen.finding()
    assert finding
    assert finding.signs == ((ALIKE, 6),)


def test_a_change_waits_until_what_was_seen_before_it_is_calm() -> None:
    waiting = tally(True)
    assert waiting.holds("d0")
    assert not tally(*[False] * 20, True).holds("d20")
    assert tally(*[False] * 20, *[True] * 5).holds("d24")
    assert tally(*[False] * 20, True, found=frozenset({SHORTER})).holds("d20")


def test_a_small_site_is_not_judged() -> None:
    assert not tally(True, documents=9).holds("d0")
    assert tally(*[True] * 9, documents=9).finding() is None


def test_a_drift_is_told_once_on_the_way_and_only_where_there_is_no_doubt() -> None:
    assert tally(*[True] * 25).early_finding() is None  # edits may come first: the end of the run tells
    seen = tally(*[True] * 25, found=frozenset({NO_DATE}))
    assert seen.early_finding()
    assert seen.early_finding() is None


def test_what_was_accepted_is_no_sign_any_more() -> None:
    accepted = frozenset({"the body is found by weight"})
    seen = DriftDetector(documents=100, accepted=accepted)
    for n in range(20):
        seen.add(f"d{n}", is_changed=True, found=accepted)
    assert seen.finding() is None
    assert not seen.holds("d19")


def test_new_articles_alone_tell_a_new_layout() -> None:
    usual = typical([USUAL] * 30)
    seen = DriftDetector(documents=100, usual=usual)
    for n in range(6):
        seen.add_new(f"n{n}", replace(USUAL, rule="weight", dated=False))
    finding = seen.finding()
    assert finding
    assert finding.strange == 6
    few = DriftDetector(documents=100, usual=usual)
    for n in range(30):
        few.add_new(f"n{n}", replace(USUAL, sourced=n % 5 != 0))
    assert few.finding() is None


def test_what_waits_since_an_earlier_run_counts() -> None:
    assert tally(*[True] * 6).finding(held=[f"e{n}" for n in range(6)])
