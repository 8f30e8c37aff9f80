"""What is wrong in a definition file, in words a person can act on: pydantic's findings, translated."""

from collections.abc import Iterator
from typing import NamedTuple, get_args, get_type_hints

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import is_typeddict

from crawler.sites.file import kind_of
from crawler.sites.value import suggestion

EXPECTED = {
    "string_type": "text",
    "list_type": "a list, e.g. [one, two]",
    "dict_type": "keys and values",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a finite number",
}
LIMITS = {"greater_than_equal": ("at least", "ge"), "less_than_equal": ("at most", "le")}


class Problem(NamedTuple):
    """One thing to mend."""

    key: str  # dotted: "lists[2]", "politeness.delay"; "" where the whole file is meant
    text: str


def problems_of(error: ValidationError, model: type) -> Iterator[Problem]:
    """Yield every finding, in the order of the model's fields."""
    for detail in error.errors():
        yield Problem(_dotted(detail["loc"]), _text(detail, model))


def _dotted(place: tuple[str | int, ...]) -> str:
    """Return `lists[2]` for ("lists", 2), and `sections[https://…]` for a key of a mapping."""
    first, *rest = (str(part) for part in place if part != "[key]")
    return first + "".join(f".{part}" if part.isidentifier() else f"[{part}]" for part in rest)


def _text(detail: ErrorDetails, model: type) -> str:
    kind, got = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        return _unknown_key(detail["loc"], model)
    if kind == "missing":
        return "missing; give a value"
    if kind in LIMITS:
        words, limit = LIMITS[kind]
        return f"expected {words} {detail['ctx'][limit]}, got {got}"
    if kind in EXPECTED:
        hint = "; give a value or delete the line" if got is None else ""
        return f"expected {EXPECTED[kind]}, got {kind_of(got)}{hint}"
    return detail["msg"]


def _unknown_key(place: tuple[str | int, ...], model: type) -> str:
    allowed = _keys_at(place[:-1], model)
    return f"unknown key{suggestion(str(place[-1]), allowed)}; expected one of: {', '.join(allowed)}"


def _keys_at(place: tuple[str | int, ...], model: type) -> list[str]:
    """Return the keys allowed at a place: those of the model, or of the model one of its keys holds."""
    for part in place:
        if isinstance(part, int):
            continue
        inner = get_type_hints(model)[part]
        model = next(
            filter(is_typeddict, (inner, *get_args(inner))), model
        )  # the part itself, or that of a list's items
    return list(get_type_hints(model))
