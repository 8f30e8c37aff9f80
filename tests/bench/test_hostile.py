"""The bench of hostile text knows every pattern of the package, and makes texts that a slow one takes long over."""

import re

from bench.bounded import BOUNDED
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
