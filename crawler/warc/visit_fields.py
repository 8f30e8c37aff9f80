"""What a WARC record says of the visit it is of, in fields of ours: readers pass over the names they do not know (WARC/1.1, 5.1).

    Archive-Visit: site=sicau; role=article; group=12; ended=0.201345; seconds=0.053211
    Archive-Link: the canonical URL, and Archive-Requested: the requested one, where it is not that of the first exchange
    Archive-Detail: a sentence, percent-encoded, of a visit that received something and got no usable response
    Archive-Further: where the records of its further pages begin in this file
    Archive-Listed: the day and the title, percent-encoded, that a list gave its article, "-" for no day

`ended` counts seconds from the WARC-Date. They cost some 80 bytes a visit, before compression.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from urllib.parse import quote, unquote

from crawler.items import Listed, Outcome, Reason, Role, VisitFields

VISIT, LINK, REQUESTED, DETAIL, FURTHER, LISTED = (
    "Archive-Visit",
    "Archive-Link",
    "Archive-Requested",
    "Archive-Detail",
    "Archive-Further",
    "Archive-Listed",
)
PURPOSE = "Archive-Purpose"  # of every record but requests
TRUNCATED = "WARC-Truncated"  # WARC/1.1, 5.13
NAME = "Archive-File"  # the name of an imported file, percent-encoded
DEFINITION = "Archive-Site"  # the definition of its site, ASCII JSON
SECOND = timedelta(seconds=1)
READABLE = "".join(map(chr, range(0x20, 0x7F))).replace("%", "")


def write_visit_fields(visit: VisitFields, *, first_url: str, at: datetime, group: int) -> dict[str, str]:
    """Return the fields of a record that came `at` a time, of a visit whose first exchange was with a URL."""
    said = {
        "site": visit.site,
        "role": visit.role,
        "group": group,
        "ended": f"{(visit.at - at) / SECOND:.6f}",
        "seconds": None if visit.seconds is None else f"{visit.seconds:.6f}",
        "outcome": visit.outcome,
        "reason": visit.reason,
        "usable": None if visit.is_usable else "no",
    }
    fields = {
        VISIT: "; ".join(f"{name}={value}" for name, value in said.items() if value is not None),
        LINK: _encoded(visit.url) if visit.url != first_url else "",
        REQUESTED: _encoded(visit.fetch_url) if visit.fetch_url != first_url else "",
        DETAIL: _encoded(visit.detail or "") if not visit.is_usable else "",
        FURTHER: " ".join(map(str, visit.further)),
        LISTED: f"{visit.listed.day or '-'} {_encoded(visit.listed.title)}" if visit.listed else "",
    }
    return {name: value for name, value in fields.items() if value}


def read_visit_fields(fields: Mapping[str, str], *, first_url: str, at: datetime) -> tuple[int, VisitFields] | None:
    """Return what the fields of a record, by lower-case name, say of its visit, and the number of the group it was judged in.

    None for one that says nothing.
    """
    visit, link, requested, detail, further = (
        fields.get(name.lower()) for name in (VISIT, LINK, REQUESTED, DETAIL, FURTHER)
    )
    if visit is None:
        return None
    said = dict(part.split("=", 1) for part in visit.split("; "))
    seconds, role, outcome, reason = (said.get(name) for name in ("seconds", "role", "outcome", "reason"))
    return int(said["group"]), VisitFields(
        site=said["site"],
        url=unquote(link) if link else first_url,
        fetch_url=unquote(requested) if requested else first_url,
        at=at + timedelta(microseconds=round(float(said["ended"]) * 1_000_000)),
        role=Role(role) if role else None,
        seconds=float(seconds) if seconds else None,
        outcome=Outcome(outcome) if outcome else None,
        reason=Reason(reason) if reason else None,
        detail=unquote(detail) if detail else None,
        is_usable=said.get("usable") != "no",
        further=tuple(map(int, (further or "").split())),
        listed=read_listed(fields),
    )


def read_listed(fields: Mapping[str, str]) -> Listed | None:
    """Return what the fields of a record, by lower-case name, say that a list said of its article."""
    day, _, title = fields.get(LISTED.lower(), "").partition(" ")
    return Listed(title=unquote(title), day=None if day == "-" else date.fromisoformat(day)) if title else None


def _encoded(text: str) -> str:
    """Return a text as ASCII on one line; what is readable stays, blanks at the ends do not."""
    coded = quote(text, safe=READABLE)
    return coded if coded == coded.strip() else quote(text)
