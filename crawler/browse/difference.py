"""A difference of two texts, side by side: what stood there, what stands there now, and only as much around it as is needed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CONTEXT = 60  # characters of equal text on each side of a change
GAP = " … "


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of one side: equal on both, or only here."""

    text: str
    is_own: bool


def sides(diff: Iterable[Sequence[str]]) -> tuple[list[Part], list[Part]]:
    """Return the older and the newer side of a difference [(sign, text), …]: = kept, - taken out, + put in."""
    pieces = [(sign, text) for sign, text in diff]
    before, after = [], []
    for place, (sign, text) in enumerate(pieces):
        if sign == "=":
            kept = Part(text=_shortened(text, is_first=place == 0, is_last=place == len(pieces) - 1), is_own=False)
            before.append(kept)
            after.append(kept)
        else:
            (before if sign == "-" else after).append(Part(text=text, is_own=True))
    return before, after


def _shortened(text: str, *, is_first: bool, is_last: bool) -> str:
    if len(text) <= 2 * CONTEXT + len(GAP):
        return text
    start = "" if is_first else text[:CONTEXT]
    end = "" if is_last else text[-CONTEXT:]
    return f"{start}{GAP}{end}"
