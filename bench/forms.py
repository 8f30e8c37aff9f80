"""Whether a pattern is linear by its form, read off its parse tree.

It is not where a repeat without bound stands in another one, or two of the same characters stand one after the other with nothing between that
parts them: what the first one gives back, the second one takes, at every place. What is possessive or atomic never gives back.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.hostile import LIKELY, LONG, REPEATS, inside, is_in, parser, tokens

POSSESSIVE = tokens.POSSESSIVE_REPEAT
PROBES = frozenset(LIKELY + "0bBzZ年月日时;!@~^$￥（）【】\t\r\u3000\xa0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a sequence."""

    characters: frozenset[str]  # of the probes, those that it may take
    is_optional: bool
    is_endless: bool = False
    gives_back: bool = False


def ambiguity(pattern: re.Pattern[Any]) -> str | None:
    """Return what keeps a pattern from being linear by its form, None if nothing does."""
    is_bytes = isinstance(pattern.pattern, bytes)
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE if is_bytes else pattern.flags)
    return next(_faults(tree), None)


def _faults(tree: Any) -> Iterator[str]:
    for operator, argument in tree:
        if _gives_back(operator, argument) and any(map(_has_endless, inside(operator, argument))):
            yield "a repeat in a repeat"
        for inner in inside(operator, argument):
            yield from _faults(inner)
    pieces = [_piece(operator, argument) for operator, argument in tree]
    for place, piece in enumerate(pieces):
        shared = piece.characters if piece.gives_back else frozenset()
        for other in pieces[place + 1 :]:
            if other.is_endless and shared & other.characters:
                yield "two repeats of the same characters"
            if not other.is_optional:
                shared &= other.characters


def _gives_back(operator: Any, argument: Any) -> bool:
    return operator in REPEATS and operator is not POSSESSIVE and argument[1] >= LONG


def _has_endless(tree: Any) -> bool:
    """Return whether a repeat without bound that gives back stands in a part."""
    return any(
        _gives_back(operator, argument) or any(map(_has_endless, inside(operator, argument)))
        for operator, argument in tree
        if operator not in (tokens.ATOMIC_GROUP, POSSESSIVE)
    )


def _piece(operator: Any, argument: Any) -> Piece:
    if operator in (tokens.AT, tokens.ASSERT, tokens.ASSERT_NOT):
        return Piece(characters=frozenset(), is_optional=True)
    if operator is tokens.GROUPREF:
        return Piece(characters=PROBES, is_optional=True)
    within = [[_piece(one, of) for one, of in inner] for inner in inside(operator, argument)]
    if not within:
        return Piece(characters=_characters(operator, argument), is_optional=False)
    parts = [piece for sequence in within for piece in sequence]
    is_held = operator in (tokens.ATOMIC_GROUP, POSSESSIVE)
    is_optional = any(all(piece.is_optional for piece in sequence) for sequence in within)
    return Piece(
        characters=frozenset().union(*(piece.characters for piece in parts)),
        is_optional=is_optional or (operator in REPEATS and argument[0] == 0),
        is_endless=(operator in REPEATS and argument[1] >= LONG) or any(piece.is_endless for piece in parts),
        gives_back=_gives_back(operator, argument) or (not is_held and any(piece.gives_back for piece in parts)),
    )


def _characters(operator: Any, argument: Any) -> frozenset[str]:
    if operator is tokens.LITERAL:
        return frozenset((chr(argument), chr(argument).swapcase()[:1]))
    if operator is tokens.NOT_LITERAL:
        return PROBES - {chr(argument)}
    if operator is tokens.IN:
        listed = frozenset(chr(of) for one, of in argument if one is tokens.LITERAL)
        return frozenset(character for character in PROBES | listed if is_in(argument, character))
    return PROBES
