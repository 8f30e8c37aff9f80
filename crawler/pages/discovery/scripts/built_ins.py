"""Built-ins: the functions every script finds (`Math`, `JSON`, strings, encodings), over values that may be known in part."""

import json
import math
import re
from base64 import b64decode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

from crawler.pages.discovery.scripts.operations import number_of
from crawler.pages.discovery.scripts.values import (
    UNKNOWN,
    Function,
    Hole,
    PartlyKnown,
    Thing,
    as_text,
    concatenate,
    join,
    plain,
)

REGEX = "regex "  # opens the name of a pattern that matches its own text alone
ESCAPED = re.compile(r"%u([0-9a-fA-F]{4})")


def built_in(holder: Any, name: Any, arguments: list[Any]) -> tuple[Any] | None:
    """Return what a method of a string or a function that every script finds comes to, None for any other."""
    first = plain(arguments[0]) if arguments else None
    if isinstance(holder, str | PartlyKnown | Hole):
        return of_text(holder, str(name), [plain(argument) for argument in arguments])
    match holder, name:
        case Thing(name="Math"), _:
            return of_math(str(name), first)
        case Thing(name="JSON"), "parse":
            return (parsed(first),)
        case Thing(name="$" | "jQuery"), "param":
            return (encoded(first),)
        case None, "parseInt" | "Number" | "parseFloat":
            return (number_of(first),)
        case None, "decodeURIComponent" | "decodeURI" | "unescape" | "atob":
            return (decoded(str(name), first),)
        case None, "String" | "escape" | "await":  # the parser takes `await (…)` for a call
            return (first,)
        case None, "encodeURIComponent" | "encodeURI":
            safe = "" if name == "encodeURIComponent" else "/:?&=#"
            return (quote(first, safe=safe) if isinstance(first, str) else first,)
    return None


def of_math(name: str, value: Any) -> tuple[Any]:
    """Return what a function of `Math` comes to."""
    rounding: dict[str, Callable[[float], int]] = {
        "ceil": math.ceil,
        "floor": math.floor,
        "round": lambda x: math.floor(x + 0.5),
    }
    if name in rounding and isinstance(value, int | float) and math.isfinite(value):
        return (rounding[name](value),)
    return (value if name in rounding else UNKNOWN,)


def of_text(holder: str | PartlyKnown | Hole, name: str, arguments: list[Any]) -> tuple[Any] | None:
    """Return what a method of a string comes to, None for one that is not known."""
    first, second = (*arguments, None, None)[:2]
    if name in ("toString", "trim", "toFixed", "valueOf"):
        return (holder,)
    if name == "replace" and isinstance(holder, str):
        return replaced(holder, first, second)
    if name == "concat":
        return (plain(concatenate(*map(as_text, (holder, *arguments)))),)
    if not isinstance(holder, str):
        return None
    if name == "split" and isinstance(first, str) and first:
        return (list(holder.split(first)),)
    if name in ("substring", "slice") and isinstance(first, int) and isinstance(second, int | None):
        return (holder[max(0, first) if name == "substring" else first : second],)
    if name == "substr" and isinstance(first, int) and isinstance(second, int | None):
        return (holder[first:] if second is None else holder[first : first + second],)
    if name in ("indexOf", "lastIndexOf") and isinstance(first, str):
        return (holder.find(first) if name == "indexOf" else holder.rfind(first),)
    if name in ("toLowerCase", "toUpperCase"):
        return (holder.lower() if name == "toLowerCase" else holder.upper(),)
    return None


def replaced(holder: str, first: Any, second: Any) -> tuple[Any] | None:
    """Return a text with what is put in the place of another one, everywhere if that is a pattern."""
    if isinstance(first, Thing) and first.name.startswith(REGEX) and not isinstance(second, Function):
        pieces = holder.split(first.name.removeprefix(REGEX))
        return (plain(join([pieces[0], *(part for piece in pieces[1:] for part in (second, piece))], "")),)
    if not isinstance(first, str):
        return None
    before, found, after = holder.partition(first)
    return (plain(concatenate(as_text(before), as_text(second), as_text(after))) if found else holder,)


def encoded(given: Any) -> Any:
    """Return the members of an object as the query of an address."""
    if not isinstance(given, dict):
        return given if isinstance(given, str | PartlyKnown) else UNKNOWN
    pairs = [plain(concatenate(as_text(f"{name}="), as_text(value))) for name, value in given.items()]
    return plain(join(pairs, "&"))


def decoded(name: str, value: Any) -> Any:
    """Return a text that was written as `%E6…`, `%u65b0…` or in Base64 as it is meant."""
    if not isinstance(value, str):
        return value
    if name == "atob":
        try:
            return b64decode(value).decode("utf-8", "replace")
        except ValueError:
            return UNKNOWN
    given = ESCAPED.sub(lambda match: chr(int(match[1], 16)), value) if name == "unescape" else value
    return unquote(given)


def parsed(value: Any) -> Any:
    """Return what JSON in a text says."""
    if not isinstance(value, str):
        return UNKNOWN
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return UNKNOWN


def dashed(name: str) -> str:
    """Return the name of an attribute as HTML spells it: newsId is news-id."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
