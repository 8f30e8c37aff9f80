"""Addresses as scripts put them together: `URL` and `URLSearchParams`, over parts that may not be known."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from crawler.pages.discovery.scripts.values import (
    UNKNOWN,
    Address,
    Hole,
    PartlyKnown,
    Query,
    as_text,
    concatenate,
    plain,
)

OWN = ("pathname", "origin", "href", "protocol", "host", "hostname", "port", "search")


def own_part(address: str, name: str) -> str | None:
    """Return a member of `location`; "" where the address of the page is not known: what follows is relative to the page all the same."""
    if not address:
        return None if name == "search" else ""
    parts = urlsplit(address)
    port = str(parts.port or "")
    told = (parts.path, f"{parts.scheme}://{parts.netloc}", address, f"{parts.scheme}:", parts.netloc)
    query = f"?{parts.query}" if parts.query else ""
    return dict(zip(OWN, (*told, parts.hostname or "", port, query), strict=True))[name]


def made_query(given: Any) -> Query:
    """Return what `new URLSearchParams(…)` makes of a text, an object or nothing."""
    if isinstance(given, Query):
        return Query(dict(given.pairs))
    if isinstance(given, dict):
        return Query({str(name): value for name, value in given.items()})
    text = as_text(given) if isinstance(given, str | PartlyKnown | Hole) else PartlyKnown(())
    if all(isinstance(part, str) for part in text.parts):
        return Query(dict(parse_qsl(str(plain(text)).lstrip("?"), keep_blank_values=True)))
    return Query({}, rest=text)


def made_address(arguments: list[Any], own: str) -> Address:
    """Return what `new URL(address, base)` makes: what is no text stands for the page's own address."""
    first, base = (*map(plain, arguments), None, None)[:2]
    text = as_text(first) if isinstance(first, str | PartlyKnown | Hole) else as_text(own)
    if isinstance(base, str) and isinstance(first, str):
        text = as_text(urljoin(base, first))
    head = text.parts[0] if text.parts else ""
    before, mark, query = head.partition("?") if isinstance(head, str) else ("", "", "")
    if not mark:
        return Address(text, Query({}))
    rest = concatenate(as_text(query), PartlyKnown(text.parts[1:]))
    return Address(as_text(before), made_query(plain(rest)))


def member_of(holder: Address | Query, name: str) -> Any:
    """Return a member of such an object."""
    if isinstance(holder, Query):
        return UNKNOWN
    if name == "searchParams":
        return holder.query
    if name == "search":
        return plain(concatenate(as_text("?"), holder.query.text))
    return {"href": plain(holder.text), "pathname": plain(holder.before)}.get(name, UNKNOWN)


def assign(holder: Address | Query, name: Any, value: Any) -> None:
    """Take over a part of an address that a script assigns."""
    if isinstance(holder, Address) and name == "search":
        holder.query = made_query(plain(value))
    elif isinstance(holder, Address) and name == "pathname":
        holder.before = as_text(value)


def called(holder: Any, name: str, arguments: list[Any], touch: Callable[[dict[Any, Any]], None]) -> tuple[Any] | None:
    """Return what a method of such an object comes to, None for any other. `touch` is told what is changed before it is."""
    if not isinstance(holder, Address | Query):
        return None
    if name in ("toString", "toJSON", "valueOf"):
        return (plain(holder.text),)
    first = plain(arguments[0]) if arguments else None
    if not isinstance(holder, Query) or not isinstance(first, str):
        return (UNKNOWN,)
    if name in ("set", "append"):
        touch(holder.pairs)
        holder.pairs[first] = arguments[1] if len(arguments) > 1 else None
    elif name == "delete":
        touch(holder.pairs)
        holder.pairs.pop(first, None)
    elif name in ("get", "has"):
        return (holder.pairs.get(first) if name == "get" else first in holder.pairs,)
    return (None,)
