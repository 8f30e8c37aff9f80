"""What an expression of a script comes to, as far as the page alone tells: plain values, texts with holes, and things nobody knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from crawler.pages.discovery.scripts.syntax import Node

MAX_TEXT = 100_000  # characters of one text
MAX_ROUNDS = 120  # of one loop
CHOSEN = "chosen "  # opens the name of the element of an id; a hole for what it holds is called "#id value"
# Holes for what an element that is clicked shows, its place among those beside it, and the value of a field in it.
TEXT, INDEX, FIELD = "its text", "its index", "its field"
WINDOW = ("window", "self", "top", "parent", "document", "this", "globalThis", "location")


class Origin(StrEnum):
    """Who fills a hole."""

    CALLER = "caller"  # a parameter of a function: what calls it, or a library that reports a page's number
    ATTRIBUTE = "attribute"  # an attribute of the element that is clicked, or the value of a field
    ANSWER = "answer"  # a member of what a request brings


@dataclass(frozen=True, slots=True)
class Hole:
    """A part of a text that is not in the script: its name, who fills it, and what is added to it."""

    name: str
    origin: Origin
    shift: int = 0
    made: tuple[tuple[str, tuple[Any, ...]], ...] = ()  # methods of texts and their arguments, called once it is filled


@dataclass(frozen=True, slots=True)
class PartlyKnown:
    """A text with holes; None is a part of which nothing is known."""

    parts: tuple[str | Hole | None, ...]

    @property
    def holes(self) -> tuple[Hole | None, ...]:
        return tuple(part for part in self.parts if not isinstance(part, str))


class Unknown:
    """A value of which nothing is known."""


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of the browser, of a library, of a caller, or of an answer: only its name is known, and that of its members."""

    name: str
    origin: Origin | None = None

    def member(self, name: str) -> "Thing":
        return Thing(name if self.origin else f"{self.name}.{name}"[-200:], self.origin)


@dataclass(slots=True, eq=False)
class Query:
    """The parameters of an address, by name, as `URLSearchParams` keeps them."""

    pairs: dict[str, Any]
    rest: PartlyKnown = PartlyKnown(())  # a query that is not known in full

    @property
    def text(self) -> PartlyKnown:
        pairs: list[Any] = [concatenate(as_text(f"{name}="), as_text(value)) for name, value in self.pairs.items()]
        return join([self.rest, *pairs] if self.rest.parts else pairs, "&")


@dataclass(slots=True, eq=False)
class Address:
    """An address in two parts, as `URL` keeps it."""

    before: PartlyKnown  # the query
    query: Query

    @property
    def text(self) -> PartlyKnown:
        query = self.query.text
        return concatenate(self.before, as_text("?"), query) if query.parts else self.before


@dataclass(slots=True, eq=False)
class Bindings:
    """Variables, and the scope around them."""

    values: dict[str, Any]
    outer: "Bindings | None" = None

    def find(self, name: str) -> "Bindings | None":
        scope: Bindings | None = self
        while scope is not None and name not in scope.values:
            scope = scope.outer
        return scope

    def get(self, name: str) -> Any:
        scope: Bindings | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.outer
        return Thing(name)


@dataclass(slots=True, eq=False)
class Function:
    """A function of the page."""

    name: str
    parameters: tuple[str, ...]
    body: Node
    scope: Bindings
    prototype: dict[Any, Any] = field(default_factory=dict)  # of what `new` makes by it
    patterns: tuple[Node, ...] = ()  # in the place of parameters: what is taken out of what is given


class Deed(StrEnum):
    """What a script would do with a text."""

    GO = "go"  # leave for this address, or make a link to it
    WRITE = "write"  # put this HTML into the page
    REQUEST = "request"  # ask for this address
    CALL = "call"  # hand it to a function that is not in the page


@dataclass(frozen=True, slots=True)
class ScriptAct:
    """One thing a script would do."""

    deed: Deed
    text: PartlyKnown
    parameters: Mapping[str, PartlyKnown] = field(default_factory=dict)  # of a request
    method: str = "GET"
    arguments: tuple[Any, ...] = ()  # of a call, as far as they are plain
    function: str | None = None  # of the page, in which it stands
    into: str | None = None  # the id of the element that is written into


def as_text(value: Any) -> PartlyKnown:
    """Return a value as `+` with a string makes it."""
    match value:
        case PartlyKnown():
            return value
        case str():
            return PartlyKnown((value[:MAX_TEXT],))
        case True | False | None:
            return PartlyKnown(({True: "true", False: "false", None: ""}[value],))
        case int():
            return PartlyKnown((str(value),))
        case float():
            return (
                PartlyKnown((str(int(value)) if value == int(value) else str(value),))
                if abs(value) < 1e15
                else PartlyKnown((None,))
            )
        case Hole():
            return PartlyKnown((value,))
        case Thing(name=name, origin=Origin() as origin):
            return PartlyKnown((Hole(name, origin),))
        case list():
            return join(value, ",")
        case Query() | Address():
            return value.text
    return PartlyKnown((None,))


def join(values: list[Any], mark: str) -> PartlyKnown:
    """Return texts as one, with a mark between."""
    whole = PartlyKnown(())
    for number, value in enumerate(values):
        whole = concatenate(whole, PartlyKnown((mark if number else "",)), as_text(value))
    return whole


def concatenate(*texts: PartlyKnown) -> PartlyKnown:
    """Return texts as one; what would be too long is cut off."""
    parts: list[str | Hole | None] = []
    for part in (part for text in texts for part in text.parts):
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part != "":
            parts.append(part)
    size = 0
    for number, part in enumerate(parts):
        size += len(part) if isinstance(part, str) else 1
        if size > MAX_TEXT:
            return PartlyKnown(tuple(parts[:number]))
    return PartlyKnown(tuple(parts))


def plain(value: Any) -> Any:
    """Return a text without holes as a string, any other value as it is."""
    if isinstance(value, PartlyKnown) and all(isinstance(part, str) for part in value.parts):
        return "".join(part for part in value.parts if isinstance(part, str))
    return value
