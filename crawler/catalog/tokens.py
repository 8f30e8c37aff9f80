"""Words: how texts and queries are cut, so that Chinese words of any length are found, in either script, and how what was found is shown.

Chinese has no spaces: index and query are cut into overlapping pairs of characters (毕业生 -> 毕业 业生), and a word is
found as a phrase of pairs. The last character of a run also stands alone, so that every single character begins some
token and is found by prefix. Both sides are folded alike: NFKC, Traditional to Simplified, lower case. Latin words and
numbers stay whole. Pure: what is kept and asked stands in `tables/texts.py` and `queries/finding.py`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import add
from unicodedata import normalize

from crawler.dedup.digest import simplify

# Letters of scripts written without spaces: kana, Han with its extensions and compatibility forms, Hangul.
UNSPACED = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
TOKEN = re.compile(f"([{UNSPACED}]+)|[^\\W_{UNSPACED}]+")
WORD = re.compile(r"[^\W_]+")
QUOTED = re.compile(r"[\"“”「『]([^\"“”」』]*)[\"“”」』]")  # what stands within is looked for as it stands
# What NFKC may change into something that counts. Most texts have none of it, which saves half the time of folding.
ODD = re.compile(
    "[^\x00-\x7f\u00b7\u2010-\u206f\u3000-\u3004\u3008-\u3020\u3400-\u4dbf\u4e00-\u9fff，：；（）！？％～]"
)
NOTHING = '""'  # a MATCH expression without a token: finds nothing, and is no error
AT_ONCE = 20_000  # pairs in memory one by one: those of a page of megabytes would take hundreds of them
MAX_WORDS = 32  # a pasted page is no query
MAX_TOKENS = 64  # in one word; the rest of a longer one is not looked at
LENGTH = 120  # characters, about three lines
LEAD = 24  # of them before the first word found
SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a text that is shown, to be marked or not. A plain value: who shows it escapes it."""

    text: str
    marked: bool


def bigrams(text: str) -> str:
    """Return a text as the index holds it: tokens separated by spaces."""
    parts: list[str] = []
    for token, unspaced in _tokens(fold(text)):
        if unspaced:
            for first in range(0, len(token) - 1, AT_ONCE):
                few = token[first : first + AT_ONCE + 1]
                parts.append(" ".join(map(add, few, few[1:])))
            parts.append(token[-1])
        else:
            parts.append(token)
    return " ".join(parts)


def query(text: str) -> str:
    """Return the MATCH expression that finds documents with every word and quoted phrase of the text; nothing else a user types is syntax."""
    return " ".join(_phrase(word) for word in words(text)) or NOTHING


def words(text: str) -> list[str]:
    """Return the words and quoted phrases of a query, folded, each once; empty: there is nothing to look for."""
    folded = fold(text)
    phrases = [found[1].strip() for found in QUOTED.finditer(folded) if WORD.search(found[1])]
    single = [found[0] for found in WORD.finditer(QUOTED.sub(" ", folded))]
    return list(dict.fromkeys([*phrases, *single]))[:MAX_WORDS]


def fold(text: str) -> str:
    """Return a text as it is compared: full-width forms, Traditional characters and capitals made one."""
    return simplify(normalize("NFKC", text) if ODD.search(text) else text).casefold()


def phrase(word: str) -> tuple[list[str], bool]:
    """Return the tokens of a folded word, that stand one after the other where it is found, and whether the last is only how one begins."""
    parts: list[str] = []
    tokens = list(_tokens(word))
    for n, (token, unspaced) in enumerate(tokens):
        if unspaced:
            parts += map(add, token, token[1:])
        if not unspaced or n < len(tokens) - 1 or len(token) == 1:
            parts.append(token[-1] if unspaced else token)
    is_beginning = bool(tokens) and tokens[-1][1] and len(tokens[-1][0]) == 1 and len(parts) <= MAX_TOKENS
    return parts[:MAX_TOKENS], is_beginning


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


def _phrase(word: str) -> str:
    """Return a word as a phrase of tokens; one that ends in a lone character finds what begins with that."""
    parts, is_beginning = phrase(word)
    return f'"{" ".join(parts)}"' + ("*" if is_beginning else "")


def _tokens(folded: str) -> Iterator[tuple[str, bool]]:
    """Yield each token and whether it is a run of a script without spaces."""
    for found in TOKEN.finditer(folded):
        yield found[0], found[1] is not None


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
