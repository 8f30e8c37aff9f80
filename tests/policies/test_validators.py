"""Validators: which are believed, and how those that lie are noticed."""

from datetime import UTC, datetime

import pytest

from crawler.items import Validators
from crawler.policies.validators import MOST_USELESS, Trust, are_deceptive, validators_of, weigh

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
A, B = Validators(etag='"a"', last_modified="Sun, 01 Nov 2026 00:00:00 GMT"), Validators(etag='"b"')
LATER = Validators(etag='"b"', last_modified="Mon, 02 Nov 2026 00:00:00 GMT")


def test_validators_are_kept_verbatim_whatever_the_case_of_their_names() -> None:
    headers = (("Etag", 'W/"x"'), ("last-modified", A.last_modified or ""), ("Date", "Mon, 23 Nov 2026 03:00:00 GMT"))
    assert validators_of(headers, NOW) == Validators(etag='W/"x"', last_modified=A.last_modified)
    assert not validators_of((), NOW)


@pytest.mark.parametrize(
    "text",
    ["Mon, 23 Nov 2026 03:00:00 GMT", "Mon, 23 Nov 2026 02:59:30 GMT", "Tue, 24 Nov 2026 03:00:00 GMT", "today", ""],
)
def test_a_date_of_modification_that_is_the_time_of_the_answer_is_none(text: str) -> None:
    assert validators_of((("Last-Modified", text),), NOW) == Validators()


def test_a_clock_of_the_server_that_is_behind_ours_hides_nothing() -> None:
    headers = (("Last-Modified", "Mon, 23 Nov 2026 02:00:00 GMT"), ("Date", "Mon, 23 Nov 2026 02:00:01 GMT"))
    assert validators_of(headers, NOW) == Validators()


def test_validators_that_are_new_with_every_answer_are_soon_sent_no_more() -> None:
    trust = Trust(validators=A, useless=0)
    for number in range(MOST_USELESS):
        assert trust.is_given
        trust = weigh(trust.validators, Validators(etag=f'"{number}"'), useless=trust.useless, is_same=True)
    assert not trust.is_given


def test_validators_that_hold_are_trusted_again() -> None:
    assert weigh(A, A, useless=5, is_same=True) == Trust(validators=A, useless=0)


def test_of_two_validators_only_the_one_that_holds_is_kept() -> None:
    after = Validators(etag='"new"', last_modified=A.last_modified)
    assert weigh(A, after, useless=1, is_same=True).validators == Validators(last_modified=A.last_modified)


def test_another_page_may_have_other_validators() -> None:
    assert weigh(A, LATER, useless=1, is_same=False) == Trust(validators=LATER, useless=1)


def test_the_same_validators_with_another_page_deceive() -> None:
    assert are_deceptive(A, A)
    assert are_deceptive(Validators(last_modified=A.last_modified), Validators(last_modified=A.last_modified))
    assert not are_deceptive(A, LATER)
    assert not are_deceptive(A, Validators(etag='"b"', last_modified=A.last_modified))
    assert not are_deceptive(Validators(), Validators())
    assert not are_deceptive(A, Validators())
