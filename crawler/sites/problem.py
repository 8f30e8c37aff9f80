"""What is wrong in a definition file, in words a person can act on: pydantic's findings, translated."""

from collections.abc import Iterator
from typing import NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from crawler.sites.file import kind_of
from crawler.sites.value import suggestion

EXPECTED = {
    "string_type": "text",
    "list_type": "a list, e.g. [one, two]",
    "dict_type": "keys and values",
    "model_type": "keys and values",
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


def problems_of(error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """Yield every finding, in the order of the model's fields."""
    for detail in error.errors():
        yield Problem(_dotted(detail["loc"]), _text(detail, model))


def _dotted(place: tuple[str | int, ...]) -> str:
    """Return `lists[2]` for ("lists", 2), and `sections[https://…]` for a key of a mapping."""
    first, *rest = (str(part) for part in place if part != "[key]")
    return first + "".join(f".{part}" if part.isidentifier() else f"[{part}]" for part in rest)


def _text(detail: ErrorDetails, model: type[BaseModel]) -> str:
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


def _unknown_key(place: tuple[str | int, ...], model: type[BaseModel]) -> str:
    allowed = _keys_at(place[:-1], model)
    return f"unknown key{suggestion(str(place[-1]), allowed)}; expected one of: {', '.join(allowed)}"


def _keys_at(place: tuple[str | int, ...], model: type[BaseModel]) -> list[str]:
    """Return the keys allowed at a place: those of the model, or of the model one of its keys holds."""
    for part in place:
        if isinstance(part, int):
            continue
        inner = model.model_fields[part].annotation
        for held in (inner, *get_args(inner)):  # the model itself, or that of a list's items
            if isinstance(held, type) and issubclass(held, BaseModel):
                model = held
    return list(model.model_fields)
