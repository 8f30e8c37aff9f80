"""Memento (RFC 7089) over HTTP: the headers by which a state of a page says of what and of when it is, and the two ways to the others."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from crawler.catalog.queries.mementos import Memento

LINKS = "application/link-format"
QUERY = "%3F"  # the mark before a query, as it stands in a path
ASCII = "!#$%&'()*+,/:;=?@[]~"  # what stays in an address that stands in a header field


def headers(base: str, url: str, at: str | None) -> Mapping[str, str]:
    """Return the header fields of a state seen at a time in ISO 8601; without one, of a page that leads to states."""
    links = [_link(url, "original"), _link(gate(base, url), "timegate"), _link(times(base, url), "timemap", LINKS)]
    told = {"link": ", ".join(links)}
    return told | {"memento-datetime": _stamp(datetime.fromisoformat(at))} if at else told


def gate(base: str, url: str) -> str:
    """Return the address of a TimeGate. The query of the address stands in its path: as one of ours, `?lang=` would choose a language."""
    return f"{base}/timegate/{url.replace('?', QUERY)}"


def times(base: str, url: str) -> str:
    """Return the address of a TimeMap."""
    return f"{base}/timemap/link/{url.replace('?', QUERY)}"


def place(base: str, one: Memento, within: str = "") -> str:
    """Return the address of a state."""
    if one.visit is not None:
        return f"{base}{within}/capture/{one.visit}/page"
    return f"{base}/article/{one.document}/versions/{one.version}"


def time_map(base: str, url: str, found: Sequence[Memento], within: str = "") -> str:
    """Return all states as links (RFC 6690), the oldest first."""
    since, until = (_stamp(found[index].at) for index in (0, -1))
    head = [
        _link(url, "original"),
        f'{_link(times(base, url), "self", LINKS)}; from="{since}"; until="{until}"',
        _link(gate(base, url), "timegate"),
    ]
    states = []
    for index, one in enumerate(found):
        kind = " ".join([*(["first"] if index == 0 else []), *(["last"] if index == len(found) - 1 else []), "memento"])
        states.append(f'{_link(place(base, one, within), kind)}; datetime="{_stamp(one.at)}"')
    return ",\n".join([*head, *states]) + "\n"


def wanted(text: str | None) -> datetime | None:
    """Return the time that an Accept-Datetime field asks for, None without one; ValueError where it is none."""
    if text is None:
        return None
    at = parsedate_to_datetime(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _link(url: str, relation: str, media_type: str | None = None) -> str:
    kind = f'; type="{media_type}"' if media_type else ""
    return f'<{quote(url, safe=ASCII)}>; rel="{relation}"{kind}'


def _stamp(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
