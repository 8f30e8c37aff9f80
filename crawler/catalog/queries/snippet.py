"""The piece of a text that shows why it was found, with the words of the query marked. A plain value: who shows it escapes it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.catalog.queries.search import fold

LENGTH = 120  # characters, about three lines
LEAD = 24  # of them before the first word found
SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a snippet, to be marked or not."""

    text: str
    marked: bool


def snippet(text: str, words: Sequence[str], *, length: int = LENGTH) -> list[Piece]:
    """Return the first piece of a text in which a folded word stands, else its beginning."""
    folded, places = _folded(text)
    first = min((at for word in words if (at := folded.find(word)) >= 0), default=0)
    start = max(0, places[first] - LEAD) if first else 0
    piece = text[start : start + length]
    before, after = "…" if start else "", "…" if start + length < len(text) else ""
    return marked(f"{before}{SPACE.sub(' ', piece)}{after}", words)


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """Return a whole text in pieces, those that are a word marked."""
    folded, places = _folded(text)
    pieces, end = [], 0
    for start, stop in _spans(folded, words):
        begin, until = max(places[start], end), places[stop - 1] + 1
        if begin > end:
            pieces.append(Piece(text=text[end:begin], marked=False))
        if until > begin:
            pieces.append(Piece(text=text[begin:until], marked=True))
            end = until
    if end < len(text):
        pieces.append(Piece(text=text[end:], marked=False))
    return pieces


def _spans(folded: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where words stand, the longest where several do, none within another."""
    ranked = sorted((word for word in words if word), key=len, reverse=True)
    if ranked:
        yield from (found.span() for found in re.finditer("|".join(map(re.escape, ranked)), folded))


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """Return a folded text and for each of its characters, and its end, the place in the text it comes from."""
    folded = fold(text)
    if len(folded) == len(text):
        return folded, range(len(text) + 1)
    parts = [fold(character) for character in text]  # a ligature or ellipsis folds into several
    places = [n for n, part in enumerate(parts) for _ in part]
    return "".join(parts), [*places, len(text)]
