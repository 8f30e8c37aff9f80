"""What is wrong in a definition file, in words a person can act on: checks of single values, and what pydantic finds, translated.

A check returns the value, or raises with what was expected instead.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import NamedTuple, get_args, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import cssselect
from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from typing_extensions import is_typeddict

from crawler.errors import suggestion
from crawler.items import Hours
from crawler.pages.families import FAMILIES, css
from crawler.sites.yaml_file import kind_of
from crawler.urls import normalise_url

LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
HOST = re.compile(rf"(?P<name>{LABEL}(?:\.{LABEL})*|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{{1,5}}))?")
HOUR = r"(?:[01]\d|2[0-3]):[0-5]\d"
HOURS = re.compile(rf"({HOUR})\s*-\s*({HOUR}|24:00)")
MIN_REASON = 10  # characters: "expired since 2021" and 证书链不完整，无法验证 pass, "yes" and "broken" do not
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


def text(value: str) -> str:
    """Return one line of text with something in it."""
    if not value.strip() or "\n" in value.strip():
        raise wrong(f"expected one line of text, got {value!r}")
    return value.strip()


def url(value: str) -> str:
    """Return an absolute http or https URL."""
    value = value.strip()
    if any(character.isspace() for character in value) or normalise_url(value) is None:
        raise wrong(f"expected a URL that begins with http:// or https:// and names a host, got {value!r}")
    return value


def host(value: str) -> str:
    """Return a bare host in lower case, with its port where that is not the default one."""
    if "/" in value:
        bare = urlsplit(value if "//" in value else f"//{value}").netloc.lower()
        raise wrong(f"expected a host without scheme and path ({bare!r}), got {value!r}")
    if value != value.lower():
        raise wrong(f"expected a host in lower case ({value.lower()!r}), got {value!r}")
    found = HOST.fullmatch(value)
    if not found:
        raise wrong(
            f"expected a host as it stands in a URL (news.example.edu.cn, 127.0.0.1:8642, xn--…), got {value!r}"
        )
    if found["port"] in ("80", "443"):
        raise wrong(f"expected a host without the default port ({found['name']!r}), got {value!r}")
    return value


def day(value: str) -> str:
    """Return a day as ISO 8601 writes it: 2019-06-30."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise wrong(f"expected a day as 2019-06-30, got {value!r}") from None


def hours(value: str) -> str:
    """Return a part of the day as 22:00-06:00."""
    if (found := hours_of(value)) is None:
        raise wrong(f"expected two times of the day as 22:00-06:00, the first one not the second, got {value!r}")
    return str(found)


def hours_of(value: str) -> Hours | None:
    """Return the hours that a text like 22:00-06:00 (or 22:00-24:00) tells, None if it tells none."""
    match = HOURS.fullmatch(value)
    if match is None or match[1] == match[2]:
        return None
    return Hours(start=time.fromisoformat(match[1]), end=time.fromisoformat(match[2].replace("24:00", "00:00")))


def timezone(value: str) -> str:
    """Return the name of a time zone of the IANA database."""
    zones = available_timezones()
    if value not in zones:
        raise wrong(
            f"unknown time zone {value!r}{suggestion(value, zones)}; expected an IANA name, e.g. Asia/Shanghai or UTC"
        )
    return value


def family(value: str) -> str:
    """Return the name of a CMS family."""
    return one_of(value, FAMILIES, "family")


def scheme(value: str) -> str:
    """Return http or https."""
    return one_of(value, ("http", "https"), "scheme")


def selector(value: str) -> str:
    """Return a CSS selector that extraction can use: elements, not texts or attributes."""
    try:
        css(value)
    except cssselect.SelectorError as error:
        raise wrong(f"expected a CSS selector, got {value!r} ({str(error).rstrip('.')})") from error
    return value


def reason(value: str) -> str:
    """Return a reason a colleague can judge next year."""
    if len(text(value)) < MIN_REASON:
        raise wrong(f"expected the reason in some words, got {value!r}")
    return text(value)


def one_of(value: str, allowed: Iterable[str], noun: str) -> str:
    """Return the value if it is one of the allowed ones."""
    allowed = tuple(allowed)
    if value not in allowed:
        raise wrong(f"unknown {noun} {value!r}{suggestion(value, allowed)}; expected one of: {', '.join(allowed)}")
    return value


def wrong(problem: str) -> PydanticCustomError:
    """Return the error that carries a problem, in our words, through pydantic."""
    return PydanticCustomError("wrong", "{problem}", {"problem": problem})


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
