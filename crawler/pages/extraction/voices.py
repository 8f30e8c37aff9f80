"""Where the body is, by several voices: a rule that names it, the run of text below the title, the tightest heavy element, trafilatura.

A rule is believed; without one the run below the title is, unless the tight element in it holds nearly all of it. Where it holds less
trafilatura is asked, which costs more than all the rest, and only to choose the smaller of the two: it rather takes too much.

How far the voices agree is the confidence of the article: a rule that names an empty box while the text stands elsewhere is told by
it, whoever is right.
"""

import re
from collections import Counter
from collections.abc import Iterable

from crawler.pages.extraction.container import (
    Container,
    Weights,
    below_title,
    ending,
    reaching,
    with_captions,
    with_pictures,
)
from crawler.pages.extraction.generic import generic_container
from crawler.pages.extraction.page import Page

TIGHT = 0.85  # of the run below the title
DISAGREE = 0.8  # agreement below which the third voice is asked
CLEAR = 0.8  # its agreement with one of two, where it is less than VAGUE with the other: then it decides
VAGUE = 0.6
ONLY_RULE, ONLY_WEIGHT = 0.9, 0.6  # confidence where no other voice finds a text
NOT_INK = re.compile(r"[\W_]+")
GRAM = 4  # characters


def weighed_container(page: Page, weights: Weights, title: str | None, tight: Container | None) -> Container | None:
    """Return the run of lines below the title, or `tight` (from `by_weight`) where that is the better of the two."""
    run = below_title(page, weights, title)
    if run is None or tight is None:
        found = run or tight
        return with_pictures(page, found) if found else None
    if tight.start < run.start or tight.start >= run.end:
        return with_pictures(page, run)
    run = reaching(page, weights, run, tight.end)
    tight = ending(page, weights, tight, run.end)
    is_better = tight.weight >= TIGHT * run.weight or _prefers(page, weights, tight, run)
    return with_pictures(page, with_captions(page, tight, run) if is_better else run)


def confidence_of(weights: Weights, chosen: Container, others: Iterable[Container | None]) -> float:
    """Return how far the other voices agree with the chosen container, 0 to 1; whose choice it was is no second voice for it."""
    voices = [other for other in others if other is not None]
    if chosen in voices:
        voices.remove(chosen)
    shares = [agreement(weights, chosen, voice) for voice in voices]
    if not shares:
        return ONLY_RULE if chosen.is_known else ONLY_WEIGHT
    return round(sum(shares) / len(shares), 2)


def agreement(weights: Weights, one: Container, other: Container) -> float:
    """Return how much running text two containers share, as F1 of its weight: 1 where both hold the same."""
    shared = weights.between(max(one.start, other.start), min(one.end, other.end))
    total = weights.between(one.start, one.end) + weights.between(other.start, other.end)
    return 2 * shared / total if total else 1.0


def _prefers(page: Page, weights: Weights, tight: Container, run: Container) -> bool:
    """Ask trafilatura where the two disagree: whether it clearly sees the text of `tight` and not that of `run`."""
    if agreement(weights, tight, run) >= DISAGREE or (element := generic_container(page)) is None:
        return False
    seen = _grams(element.text_content())
    return _alike(seen, _grams(_text(page, tight))) >= CLEAR and _alike(seen, _grams(_text(page, run))) < VAGUE


def _text(page: Page, container: Container) -> str:
    return "".join(line.text for line in page.lines[container.start : container.end])


def _grams(text: str) -> Counter[str]:
    ink = NOT_INK.sub("", text)
    return Counter(ink[n : n + GRAM] for n in range(len(ink) - GRAM + 1))


def _alike(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
