"""The bench of hostile text knows every pattern of the package, and makes texts that a slow one takes long over."""

import re

import pytest

from bench.bounded import BOUNDED, PROVEN
from bench.forms import ambiguity
from bench.hostile import Cost, patterns, texts


def test_every_pattern_is_found_under_the_name_of_its_module() -> None:
    names = [one.name for one in patterns()]
    assert len(names) == len(set(names))
    assert {
        "crawler.archive.media_type.HTML",
        "crawler.urls.SCHEME",
        "crawler.pages.extraction.moments.FORMS[0]",
    } <= set(names)


def test_what_is_not_measured_is_there_and_has_a_reason() -> None:
    assert set(BOUNDED) <= {one.name for one in patterns()}
    assert all(BOUNDED.values())


def test_the_texts_repeat_the_pieces_of_a_pattern_without_its_ending() -> None:
    made = texts(re.compile(r"!\[([^\]]*)\]\(x\)"))
    assert ("", "![", "") in [(head, piece, tail) for head, piece, tail in made if piece == "!["] or (
        "",
        "![",
        "\x00",
    ) in made
    assert any(head == "![" for head, _, _ in made)


def test_what_takes_sixteen_times_as_long_for_four_times_the_text_grows() -> None:
    assert Cost(text="", seconds=(0.1, 0.4, 1.6)).grows
    assert Cost(text="", seconds=(0.1, 0.4, float("inf"))).grows
    assert not Cost(text="", seconds=(0.1, 0.2, 0.4)).grows


@pytest.mark.parametrize(
    "form", [r"a+b*c", r"\s++\s*x", r"<[^>]*>", r"(?:ab+)?c", r"(?:a{1,9}b)*", r"(?>a*)a*", r"\w*+\d+"]
)
def test_repeats_that_share_nothing_are_linear_by_form(form: str) -> None:
    assert ambiguity(re.compile(form)) is None


@pytest.mark.parametrize(
    "form", [r"(a+)+", r"\s*\s+", r"\s*,?\s*", r"(?:x|a*)*", r"\d+\w+", r"(.*)a(.*)b", r"(?=(a+)+b)"]
)
def test_repeats_of_the_same_characters_are_not_linear_by_form(form: str) -> None:
    assert ambiguity(re.compile(form)) is not None


def test_every_pattern_is_linear_by_form_or_says_why_it_is_all_the_same() -> None:
    found = {one.name: fault for one in patterns() if (fault := ambiguity(one.pattern))}
    assert {name: fault for name, fault in found.items() if name not in {*BOUNDED, *PROVEN}} == {}
    assert set(PROVEN) <= set(found), "these are linear by form now: take them out of bench/bounded.py"
