"""Operations: what the operators of JavaScript make of values that are known, known in part or not at all."""

import math
import operator as operators
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from crawler.pages.discovery.scripts.values import (
    UNKNOWN,
    Function,
    Hole,
    PartlyKnown,
    Thing,
    Unknown,
    as_text,
    concatenate,
    plain,
)

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(("==", "==="), operators.eq),
    **dict.fromkeys(("!=", "!=="), operators.ne),
    "<": operators.lt,
    ">": operators.gt,
    "<=": operators.le,
    ">=": operators.ge,
}


def combined(operator: str, left: Any, right: Any) -> Any:
    """Return what an operator makes of two values."""
    if operator in ("||", "??"):
        known = truth(left)
        return left if known or (known is None and not isinstance(left, Unknown)) else right
    if operator == "&&":
        known = truth(left)
        return left if known is False else right
    if operator == "+" and (isinstance(left, str | PartlyKnown) or isinstance(right, str | PartlyKnown)):
        return plain(concatenate(as_text(left), as_text(right)))
    left, right = opened(left), opened(right)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Hole) and isinstance(other, int) and (operator == "+" or (operator == "-" and one is left)):
            return replace(one, shift=one.shift + (other if operator == "+" else -other))
    if not isinstance(left, int | float | str) or not isinstance(right, int | float | str):
        return UNKNOWN
    return calculated(operator, left, right)


def calculated(operator: str, left: int | float | str, right: int | float | str) -> Any:
    """Return what an operator makes of two numbers or strings, as JavaScript compares and counts."""
    if operator in ("===", "!==") and isinstance(left, str) is not isinstance(right, str):
        return operator == "!=="
    if not (isinstance(left, str) and isinstance(right, str)):
        left, right = number_of(left), number_of(right)
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            return UNKNOWN
    if operator in COMPARISONS:
        return COMPARISONS[operator](left, right)
    if isinstance(left, str) or isinstance(right, str):
        return UNKNOWN
    return counted(operator, left, right)


def counted(operator: str, left: float, right: float) -> Any:
    """Return what an operator makes of two numbers."""
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/" if right:
            whole = left / right
            return int(whole) if whole == int(whole) else whole
        case "%" if right:
            rest = math.fmod(left, right)
            return int(rest) if rest == int(rest) else rest
    return UNKNOWN


def truth(value: Any) -> bool | None:
    """Return whether a value counts as true, None where nobody knows."""
    value = plain(value)
    if value is None or isinstance(value, bool | int | float | str):
        return bool(value)
    return True if isinstance(value, list | dict | Function) else None


def opened(value: Any) -> Any:
    """Return a member of a caller or an answer as a hole, any other value as it is."""
    return Hole(value.name, value.origin) if isinstance(value, Thing) and value.origin else value


def number_of(value: Any) -> Any:
    """Return a value as a number, a hole as it is."""
    value = plain(value)
    if isinstance(value, str):
        try:
            number = float(value or "0")
        except ValueError:
            return UNKNOWN
        return int(number) if math.isfinite(number) and number == int(number) else number
    return opened(value)
