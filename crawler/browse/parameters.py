"""What a reader asks of the search: the parameters of its URL as values, and what of them cannot be understood."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from crawler.catalog.queries.finding import MOST, Order
from crawler.catalog.queries.hits import NEWEST, Arrival
from crawler.catalog.queries.selection import Selection
from crawler.catalog.search import Misunderstanding, asked, days_of

PAGE_SIZE = 20
MOST_SIZE = 1_000  # hits in one answer
# Parameters that may stand several times: any of their values will do.
MANY = ("university", "site", "province", "level", "year", "section", "source", "person")
ONCE = ("q", "since", "until", "sort", "page", "size", "before", "with")
EXTRAS = ("people", "body")  # what `with` brings along
PLACE = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)_(?P<at>[0-9T:+.Z-]{0,40})_(?P<row>\d{1,15})")  # an Arrival
LONGEST = 500  # characters of a query that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A question, and its spelling as parameters."""

    selection: Selection
    order: Order
    page: int  # from 1
    size: int
    given: tuple[tuple[str, str], ...]  # the parameters without page and size
    odd: tuple[tuple[str, str], ...]  # parameters whose values are not understood, and left out
    unknown: tuple[tuple[str, str], ...]  # parameters that there are not
    extras: frozenset[str]  # of EXTRAS
    before: Arrival  # of a feed: where to go on
    is_paged: bool  # page or size is named

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    @property
    def narrowed(self) -> tuple[tuple[str, str], ...]:
        """The parameters that narrow the words down."""
        return tuple(pair for pair in self.given if pair[0] not in ("q", "sort"))

    @property
    def problems(self) -> tuple[Misunderstanding, ...]:
        """What of the words is not understood."""
        return asked(self.selection.words).problems

    def url(
        self, *, path: str = "/search", add: Iterable[tuple[str, str]] = (), drop: Iterable[tuple[str, str]] = ()
    ) -> str:
        """Return where the same question is asked with parameters more, or fewer."""
        dropped, added = set(drop), list(add)
        named = {name for name, _ in added if name not in MANY}
        kept = [pair for pair in self.given if pair not in dropped and pair[0] not in named]
        pairs = [*kept, *added]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def has(self, name: str, value: str) -> bool:
        return (name, value) in self.given


def understood(args: Any, *, size: int = PAGE_SIZE) -> SearchRequest:
    """Return what Datasette's `request.args` ask for."""
    odd: list[tuple[str, str]] = []
    many = {name: tuple(value.strip() for value in args.getlist(name) if value.strip()) for name in MANY}
    words = (args.get("q") or "").strip()[:LONGEST]
    since, until = (_day(args.get(name), name, odd) for name in ("since", "until"))
    sort = args.get("sort") or Order.RELEVANCE
    if sort not in list(Order):
        odd.append(("sort", sort))
        sort = Order.RELEVANCE
    single = [("q", words), ("since", since), ("until", until), ("sort", sort if sort != Order.RELEVANCE else "")]
    extras = frozenset(word for text in args.getlist("with") for word in text.split(",") if word)
    odd += [("with", word) for word in sorted(extras - set(EXTRAS))]
    return SearchRequest(
        selection=Selection(
            words=words,
            sites=many["site"],
            universities=many["university"],
            provinces=many["province"],
            levels=many["level"],
            years=many["year"],
            sections=many["section"],
            sources=many["source"],
            people=many["person"],
            since=since,
            until=until,
        ),
        order=Order(sort),
        page=_number(args.get("page"), "page", odd, default=1, most=MOST),
        size=_number(args.get("size"), "size", odd, default=size, most=MOST_SIZE),
        before=_before(args.get("before"), odd),
        given=tuple(
            [(name, str(value)) for name, value in single if value]
            + [(name, value) for name in MANY for value in many[name]]
        ),
        odd=tuple(odd),
        unknown=tuple((name, args.get(name) or "") for name in args if name not in MANY and name not in ONCE),
        extras=extras & set(EXTRAS),
        is_paged=bool(args.get("page") or args.get("size")),
    )


def _before(text: str | None, odd: list[tuple[str, str]]) -> Arrival:
    """Return the place in a feed that a link of it names."""
    if not text:
        return NEWEST
    found = PLACE.fullmatch(text)
    if found is None:
        odd.append(("before", text))
        return NEWEST
    return Arrival(found["day"], found["at"], int(found["row"]))


def _day(text: str | None, name: str, odd: list[tuple[str, str]]) -> date | None:
    """Return a day as people write it; of a month or a year the first one for `since`, else the last."""
    if not text or not text.strip():
        return None
    days = days_of(text.strip())
    if days is None or not date(1900, 1, 1) <= days[0] < date(9999, 1, 1):
        odd.append((name, text))
        return None
    return days[0] if name == "since" else days[1]


def _number(text: str | None, name: str, odd: list[tuple[str, str]], *, default: int, most: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most):
        odd.append((name, text))
        return default
    return int(text)
