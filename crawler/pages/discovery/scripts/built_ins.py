"""Built-ins: the functions every script finds (`Math`, `JSON`, strings, encodings), over values that may be known in part."""

import json
import math
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from crawler.pages.discovery.scripts.lists import of_list
from crawler.pages.discovery.scripts.operations import number_of
from crawler.pages.discovery.scripts.patterns import replaced, searched
from crawler.pages.discovery.scripts.values import (
    UNKNOWN,
    Hole,
    Origin,
    PartlyKnown,
    Thing,
    as_text,
    concatenate,
    join,
    plain,
)

SPOKEN = frozenset({"Math", "JSON", "String", "$", "jQuery"})  # objects whose methods are known
SEARCHING = ("test", "exec")  # of patterns
ESCAPED = re.compile(r"%u([0-9a-fA-F]{4})")
# Methods of a text, and of the list it is taken apart into, that wait until it is known what an attribute holds.
LATER = frozenset("replace match split substring substr slice toLowerCase toUpperCase pop reverse join".split())
DECODERS = frozenset({"decodeURIComponent", "decodeURI", "unescape", "atob"})
ITEM = "item"  # one member of such a list
MOST_LATER, MAX_SPLIT = 6, 2_000  # methods; characters


def built_in(holder: Any, name: Any, arguments: list[Any]) -> tuple[Any] | None:
    """Return what a method of a string or a function that every script finds comes to, None for any other."""
    first = plain(arguments[0]) if arguments else None
    if isinstance(holder, Thing) and holder.name not in SPOKEN and name not in SEARCHING:
        is_attribute = holder.origin is Origin.ATTRIBUTE and name in LATER and holder.name != "this"
        given = [plain(argument) for argument in arguments]
        return put_off(Hole(holder.name, holder.origin), str(name), given) if holder.origin and is_attribute else None
    if isinstance(holder, int) and name in ("toString", "toFixed"):
        return (in_digits(int(holder), first if name == "toString" else None),)
    if isinstance(holder, str | PartlyKnown | Hole):
        return of_text(holder, str(name), [plain(argument) for argument in arguments])
    if name in SEARCHING and (found := of_pattern(holder, name, first)) is not None:
        return found
    match holder, name:
        case Thing(name="Math"), _:
            return of_math(str(name), [plain(argument) for argument in arguments])
        case Thing(name="JSON"), "parse":
            return (parsed(first),)
        case Thing(name="String"), "fromCharCode":
            return (of_codes(arguments),)
        case Thing(name="$" | "jQuery"), "param":
            return (encoded(first),)
        case None, _:
            return of_value(name, first)
    return None


def of_pattern(pattern: Any, name: str, text: Any) -> tuple[Any] | None:
    """Return what a method of a pattern comes to, None where that is not known."""
    if name == "exec" and isinstance(text, Thing | Hole) and text.origin is Origin.ATTRIBUTE:
        return put_off(Hole(text.name, text.origin), "match", [pattern])
    found = searched(pattern, text)
    return (found[0] is not None,) if found and name == "test" else found


def of_codes(given: list[Any]) -> Any:
    """Return the text of some character codes."""
    codes = [number_of(code) for code in given]
    return "".join(map(chr, codes)) if all(isinstance(code, int) and 0 <= code < 0x10000 for code in codes) else UNKNOWN


def in_digits(number: int, base: Any) -> str:
    """Return a number as `toString` writes it, in a base of 2 to 36."""
    if not isinstance(base, int) or not 2 <= base <= 36 or base == 10 or number < 0:
        return str(number)
    digits = ""
    while number or not digits:
        number, rest = divmod(number, base)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits


def of_value(name: Any, value: Any) -> tuple[Any] | None:
    """Return what a function comes to that makes one value of another, None for any other."""
    match name:
        case "parseInt" | "Number" | "parseFloat":
            return (number_of(value),)
        case _ if name in DECODERS:
            return (decoded(str(name), value),)
        case "String" if isinstance(value, int | float):
            return (plain(as_text(value)),)
        case "String" | "escape" | "await":  # the parser takes `await (…)` for a call
            return (value,)
        case "encodeURIComponent" | "encodeURI":
            safe = "" if name == "encodeURIComponent" else "/:?&=#"
            return (quote(value, safe=safe) if isinstance(value, str) else value,)
    return None


def of_math(name: str, values: list[Any]) -> tuple[Any]:
    """Return what a function of `Math` comes to."""
    value = values[0] if values else None
    if name in ("min", "max") and values:  # a number that is kept between two others
        held = next((one for one in values if isinstance(one, Hole)), None)
        are_known = all(isinstance(one, int | float) for one in values)
        return (held or ((min if name == "min" else max)(values) if are_known else UNKNOWN),)
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
    if name == "padStart":
        return (padded(holder, first, " " if second is None else second),)
    if name == "concat":
        return (plain(concatenate(*map(as_text, (holder, *arguments)))),)
    if not isinstance(holder, str):
        return put_off(holder, name, arguments)
    if name == "replace":
        return replaced(holder, first, second)
    return searched(first, holder) if name == "match" else of_known_text(holder, name, first, second)


def put_off(holder: PartlyKnown | Hole, name: str, arguments: list[Any]) -> tuple[Any] | None:
    """Return a hole for what an attribute holds with what a method is to make of it, None for any other."""
    if not isinstance(holder, Hole) or holder.origin is not Origin.ATTRIBUTE or holder.shift:
        return None
    if name not in LATER | DECODERS | {ITEM} or len(holder.made) >= MOST_LATER:
        return None
    is_plain = all(isinstance(argument, str | int | Thing) for argument in arguments)
    return (replace(holder, made=(*holder.made, (name, tuple(arguments)))),) if is_plain else None


def worked_out(hole: Hole, value: str) -> str | None:
    """Return what the methods that were put off make of what an attribute holds, None where that is not known."""
    made: Any = value
    for name, arguments in hole.made:
        if isinstance(made, list):
            at = -1 if name == "pop" else arguments[0] if name == ITEM else None
            found = (made[at],) if at is not None and at < len(made) else of_list(made, name, [*arguments], _nothing)
        else:
            found = (decoded(name, made),) if name in DECODERS else of_text(made, name, [*arguments])
        made = found[0] if found else None
        if not isinstance(made, str | list):
            return None
    return made if isinstance(made, str) else None


def _nothing(*_: Any) -> Any:
    return UNKNOWN


def of_known_text(holder: str, name: str, first: Any, second: Any) -> tuple[Any] | None:
    """Return what a method of a string comes to that is known in full."""
    if name == "split" and isinstance(first, str):
        return (holder.split(first) if first else list(holder[:MAX_SPLIT]),)
    if name in ("charAt", "charCodeAt") and isinstance(first, int) and 0 <= first < len(holder):
        return (holder[first] if name == "charAt" else ord(holder[first]),)
    if name in ("substring", "slice") and isinstance(first, int) and isinstance(second, int | None):
        return (holder[max(0, first) if name == "substring" else first : second],)
    if name == "substr" and isinstance(first, int) and isinstance(second, int | None):
        return (holder[first:] if second is None else holder[first : first + second],)
    if name in ("indexOf", "lastIndexOf") and isinstance(first, str):
        return (holder.find(first) if name == "indexOf" else holder.rfind(first),)
    if name in ("toLowerCase", "toUpperCase"):
        return (holder.lower() if name == "toLowerCase" else holder.upper(),)
    if name in ("includes", "startsWith", "endsWith") and isinstance(first, str):
        tests = {
            "includes": first in holder,
            "startsWith": holder.startswith(first),
            "endsWith": holder.endswith(first),
        }
        return (tests[name],)
    return None


def padded(holder: str | PartlyKnown | Hole, width: Any, letter: Any) -> Any:
    """Return a text made so long by what is put before it; a text that is not known is taken to be long enough."""
    is_known = isinstance(holder, str) and isinstance(width, int) and isinstance(letter, str) and len(letter) == 1
    return str(holder).rjust(min(int(width), 20), letter) if is_known else UNKNOWN


def encoded(given: Any) -> Any:
    """Return the members of an object as the query of an address."""
    if not isinstance(given, dict):
        return given if isinstance(given, str | PartlyKnown) else UNKNOWN
    pairs = [plain(concatenate(as_text(f"{name}="), as_text(value))) for name, value in given.items()]
    return plain(join(pairs, "&"))


def decoded(name: str, value: Any) -> Any:
    """Return a text that was written as `%E6…`, `%u65b0…` or in Base64 as it is meant."""
    if not isinstance(value, str):
        later = put_off(value, name, []) if isinstance(value, Hole) else None
        return later[0] if later else value
    if name == "atob":
        try:
            return b64decode(value).decode("utf-8", "replace")
        except ValueError:
            return UNKNOWN
    given = ESCAPED.sub(lambda match: chr(int(match[1], 16)), value) if name == "unescape" else value
    return unquote(given)


def parsed(value: Any) -> Any:
    """Return what JSON in a text says."""
    if not isinstance(value, str):  # of an element of the page, or kept by a browser
        return Thing("parsed", Origin.ANSWER)
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return UNKNOWN


def dashed(name: str) -> str:
    """Return the name of an attribute as HTML spells it: newsId is news-id."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
