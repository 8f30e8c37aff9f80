"""Likeness: whether two texts are the same news, and how. Pure and exact: no estimate decides.

Compared are the sets of overlapping shingles of four letters (script, width, layout and punctuation are gone by then: `normalise`).
"""

import re
from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from crawler.dedup.signature import SMALLEST_PART

SHINGLE = 4  # letters
# Bounds, for texts of SHORT letters or less and of LONG or more. Of 1,100 pairs of 2,300 real articles that share keys, films of one series
# (300 letters) reach 0.62 and purchases of one form 0.78; copies of a long article by another paper go down to 0.55.
SHORT, LONG = 100, 500
ALIKE = (0.9, 0.55)  # Jaccard
PART = (0.97, 0.85)  # of the shorter text that stands in the longer one
SMALLEST_EXPANDED = 0.2  # of a text that is said to be an older one and more
MOST_PART = 0.75  # a copy that left out less, or added less, is an edited one
CORRECTED = 0.1  # of the numbers of a short text may have been replaced …
MOST_CORRECTED = 2  # … and so many of a long one
NUMBER = re.compile(r"\d+|(?<![〇零一二三四五六七八九十百])[〇零一二三四五六七八九十百]++(?=[年月日号时点])")


class Kin(StrEnum):
    """What a text is to the first of its group."""

    SAME = "same"  # letter for letter, but for layout, punctuation, width or title
    SCRIPT = "script"  # in the other script: Traditional for Simplified, or the reverse
    EDITED = "edited"  # with words changed, added or left out
    EXCERPT = "excerpt"  # a part of the first
    EXPANDED = "expanded"  # the first and more: the first is a part of it


@dataclass(frozen=True)
class Text:
    """A text to be compared; its shingles are cut when they are first asked for."""

    letters: str  # of `normalise`
    language: str | None = None  # BCP 47

    @cached_property
    def shingles(self) -> Set[str]:
        return {self.letters[n : n + SHINGLE] for n in range(len(self.letters) - SHINGLE + 1)}

    @cached_property
    def numbers(self) -> Set[str]:
        """Dates, times, rooms, sums: what an editor keeps, and what two notices of one template do not share."""
        return set(NUMBER.findall(self.letters))


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How two texts are alike."""

    kin: Kin  # what the later one is to the first
    similarity: float  # Jaccard over shingles, 0 to 1; of an excerpt or its whole, how much of the shorter one is in the longer one


def liken(first: Text, later: Text) -> Likeness | None:
    """Return how the later of two texts is like the first, None if they are not the same news."""
    if first.letters == later.letters:
        return Likeness(kin=Kin.SCRIPT if _is_other_script(first, later) else Kin.SAME, similarity=1.0)
    if min(len(first.letters), len(later.letters)) < SHINGLE or _tell_of_other_things(first, later):
        return None
    shared = len(first.shingles & later.shingles)
    similarity = shared / (len(first.shingles) + len(later.shingles) - shared)
    contained = shared / min(len(first.shingles), len(later.shingles))
    sizes = len(first.letters), len(later.letters)
    is_alike = similarity >= _between(min(sizes), ALIKE)
    if contained >= _between(min(sizes), PART) and min(sizes) < max(sizes) * MOST_PART:
        if is_alike or min(sizes) >= max(sizes) * _least_part(first, later):
            return Likeness(kin=Kin.EXCERPT if sizes[1] < sizes[0] else Kin.EXPANDED, similarity=contained)
    elif is_alike:
        return Likeness(kin=Kin.SCRIPT if _is_other_script(first, later) else Kin.EDITED, similarity=similarity)
    return None


def _between(letters: int, bounds: tuple[float, float]) -> float:
    """Return the bound for a text of so many letters: between those of short and of long ones on a straight line."""
    short, long = bounds
    share = (min(max(letters, SHORT), LONG) - SHORT) / (LONG - SHORT)
    return short + (long - short) * share


def _least_part(first: Text, later: Text) -> float:
    """Return how much of the longer text the shorter one must be. What merely quotes an older article whole, a weekly digest, is news."""
    return SMALLEST_PART if len(later.letters) < len(first.letters) else SMALLEST_EXPANDED


def _tell_of_other_things(first: Text, later: Text) -> bool:
    """Return whether each names numbers that the other does not, more than a correction explains: other dates, rooms, sums."""
    replaced = min(len(first.numbers - later.numbers), len(later.numbers - first.numbers))
    if min(len(first.letters), len(later.letters)) < LONG:
        return replaced > min(len(first.numbers), len(later.numbers)) * CORRECTED
    return replaced > MOST_CORRECTED


def _is_other_script(first: Text, later: Text) -> bool:
    return {first.language, later.language} == {"zh-Hans", "zh-Hant"}
