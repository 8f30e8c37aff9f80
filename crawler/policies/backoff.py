"""How long what failed is left alone: a table for links, and one for hosts. Pure: reasons and counts in, times out.

A link waits for the reason it failed for (`policies.revisit` asks). A host that fails for reasons of its own, whichever page was asked
for, is closed as a whole (`fetching.politeness`): its links keep their turn, and nothing is sent to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.items import Hours, Reason

LONGEST_WAIT = timedelta(days=32)
LONGEST_ASKED = timedelta(days=7)  # of a Retry-After; what is longer is a slip, or should have been a robots.txt


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """One rule: how long after the first failure, by how much longer after each further one in a row, and until when."""

    first: timedelta
    growth: float = 2.0
    longest: timedelta = LONGEST_WAIT
    give_up: int | None = None  # failures in a row after which it is left for good, None for never

    def after(self, failures: int) -> timedelta | None:
        """Return the wait after so many failures in a row (1 and more), None for ever."""
        if self.give_up is not None and failures >= self.give_up:
            return None
        seconds = self.first.total_seconds() * self.growth ** min(failures - 1, 64)
        return min(timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds())), self.longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostBackoff(Backoff):
    """A rule for a whole host: `tolerated` failures in a row are those of single pages, the next one closes it."""

    tolerated: int = 0


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Half an hour, so that an hourly run tries again; 12 hours, so that a daily one does, whose visits are never exactly a day apart.
HOST = Backoff(
    first=HOUR / 2, growth=4, longest=DAY / 2
)  # it is the host's rule that grows: all its links are due when it is back
TRANSIENT = Backoff(first=HOUR / 2, growth=4, longest=7 * DAY)  # overload, a bad line: mostly gone by the next run
WALL = Backoff(first=DAY / 2)  # somebody's decision, which may be undone: half a day, a day, two …
PAGE = Backoff(first=DAY / 2, give_up=8)  # a fault of this one page: after two months it is believed
MEDIUM = Backoff(first=DAY / 2, give_up=9)  # of a picture: after three months whatever kept us from it is believed
NEVER = Backoff(first=LONGEST_WAIT, give_up=1)

LINK_BACKOFFS: Mapping[Reason, Backoff] = {
    Reason.ROBOTS: WALL,
    Reason.LOGIN: Backoff(first=7 * DAY, give_up=8),
    Reason.CHALLENGE: WALL,
    Reason.INTRANET: Backoff(first=7 * DAY),
    Reason.FORBIDDEN: WALL,
    Reason.PRIVATE_ADDRESS: NEVER,
    Reason.SOFT_404: PAGE,
    Reason.NOT_FOUND: PAGE,
    Reason.REDIRECTED: PAGE,
    Reason.CLIENT_ERROR: PAGE,
    Reason.TOO_MANY_REDIRECTS: PAGE,
    Reason.OUT_OF_SCOPE: NEVER,
    Reason.TOO_LARGE: NEVER,
    Reason.WITHHELD: NEVER,
    Reason.TLS: WALL,
    Reason.OLD_TLS: WALL,
    Reason.DNS: HOST,
    Reason.UNREACHABLE: HOST,
    Reason.ROBOTS_UNREACHABLE: HOST,
    Reason.RATE_LIMITED: HOST,
    Reason.HOST_CLOSED: HOST,
    Reason.TIMEOUT: TRANSIENT,
    Reason.CONNECTION: TRANSIENT,
    Reason.CUT: TRANSIENT,
    Reason.LONG_HEADERS: PAGE,
    Reason.UNAVAILABLE: TRANSIENT,
    Reason.SERVER_ERROR: TRANSIENT,
    Reason.NOT_MEDIA: PAGE,
    Reason.NOT_WANTED: NEVER,
    Reason.UNCHECKED: NEVER,
    Reason.UNREADABLE: WALL,
    Reason.READER_TIMEOUT: WALL,
    Reason.READER_DIED: WALL,
    # Ends of a visit that are no failures: here, so that no reason is without its rule.
    Reason.HELD: NEVER,
    Reason.UNDATED: NEVER,
    Reason.NO_CONTENT: NEVER,
    Reason.NOT_HTML: NEVER,
}
HOST_BACKOFFS: Mapping[Reason, HostBackoff] = {
    Reason.RATE_LIMITED: HostBackoff(first=10 * MINUTE, longest=DAY),
    Reason.ROBOTS_UNREACHABLE: HostBackoff(first=10 * MINUTE, longest=DAY),
    Reason.UNAVAILABLE: HostBackoff(first=5 * MINUTE, longest=DAY, tolerated=2),
    Reason.TIMEOUT: HostBackoff(first=5 * MINUTE, longest=DAY, tolerated=2),
    Reason.UNREACHABLE: HostBackoff(
        first=MINUTE, longest=DAY / 2, tolerated=2
    ),  # often our own line: nothing reached the host
    Reason.DNS: HostBackoff(first=MINUTE, longest=DAY / 2),
}


def link_backoff(reason: Reason | None, failures: int) -> timedelta | None:
    """Return how long a link waits after so many failed or refused visits in a row (1 and more), None for ever."""
    return (LINK_BACKOFFS[reason] if reason else TRANSIENT).after(failures)


def medium_backoff(reason: Reason | None, failures: int) -> timedelta | None:
    """Return how long a medium waits after so many failed or refused attempts in a row, None for ever; no reason lets it wait without end."""
    return None if link_backoff(reason, failures) is None else MEDIUM.after(failures)


def host_backoff(reason: Reason, failures: int) -> timedelta | None:
    """Return how long a host is closed after so many failures in a row, None while they may be those of its pages."""
    rule = HOST_BACKOFFS.get(reason)
    if rule is None or failures <= rule.tolerated:
        return None
    return rule.after(failures - rule.tolerated)


def opens_at(hours: Hours, timezone: str, now: datetime) -> datetime | None:
    """Return when the hours next begin, in the time zone of the site; None if it is within them. The end is outside."""
    local = now.astimezone(ZoneInfo(timezone))
    begun, over = local.time() >= hours.start, local.time() >= hours.end
    if (begun and not over) if hours.start < hours.end else (begun or not over):
        return None
    begin = datetime.combine(local.date(), hours.start, local.tzinfo)
    return begin if begin > local else begin + timedelta(days=1)  # wall time: a day of 23 hours is a day
