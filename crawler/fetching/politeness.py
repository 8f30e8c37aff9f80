"""Politeness: every host at its site's pace, never faster than its Crawl-delay, and left alone for as long as it asks.

The promise is kept at the last moment before a request leaves (`turn`): at least the delay lies between the end of one exchange with a host
and the beginning of the next, whatever was asked for: pages, robots.txt, redirects, repetitions, after errors and pauses too. Of what an
earlier run did to a host only its pauses are known, so the first request waits for the delay as well. AutoThrottle may slow a host down
further. A host that two sites name gets the slower pace, and the hours that both allow.
Nothing here decides whether a URL may be fetched, or is fetched again.
"""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response

from crawler.clock import Clock, clock_of
from crawler.fetching.stopping import Stopped, is_stopping
from crawler.items import Host, Hours, Pace, Reason
from crawler.policies.backoff import LONGEST_ASKED, host_backoff, opens_at
from crawler.urls import host_of

ASKS_FOR_PATIENCE = (429, 503)  # the statuses whose Retry-After speaks of the whole host
LONGEST_CRAWL_DELAY = 60.0  # seconds; a larger Crawl-delay was never meant for readers, and would starve the run
TICK = 1.0  # seconds between two looks at whether a waiting run is being stopped
JITTER = 0.25  # of a wait of our own: that hosts which failed together are not asked together
TROUBLE = {
    429: Reason.RATE_LIMITED,
    **dict.fromkeys((502, 503, 504, 522, 524), Reason.UNAVAILABLE),
}  # of the host, not of a page

# Sent when a host fails, is paused or answers again: `host` (Host), to be kept for the next run.
host_changed = object()


class RateLimited(IgnoreRequest):
    """A host was asked, and wants a longer pause than this run waits."""

    def __init__(self, url: str, seconds: float) -> None:
        super().__init__(f"{url}: {host_of(url)} asks to be left alone for {seconds:.0f} s more")
        self.url, self.seconds = url, seconds


class HostClosed(IgnoreRequest):
    """Nothing was sent, and nothing is to be for `seconds` to the addresses under `prefixes`: their links stay due."""

    is_visit = False  # whether the first link it happens to was asked for in earnest, so that its visit tells of it

    def __init__(self, url: str, seconds: float, reason: Reason, why: str) -> None:
        super().__init__(f"{host_of(url)}: {why}")
        self.url, self.seconds, self.reason = url, seconds, reason
        self.prefixes: tuple[str, ...] = (f"http://{host_of(url)}/", f"https://{host_of(url)}/")


@dataclass(slots=True)
class _Host:
    """What is known of one host, and the download slot it was given to (Scrapy drops idle slots and makes new ones)."""

    delay: float
    concurrency: int
    last: float  # monotonic time at which the last exchange began or ended
    crawl_delays: dict[str, float] = field(default_factory=dict)  # by scheme: http and https have a robots.txt each
    hours: set[tuple[Hours, str]] = field(default_factory=set)  # with the time zone
    resume: float = 0.0  # monotonic time before which nothing is sent
    failures: int = 0  # in a row
    reason: Reason | None = None
    slot: Slot | None = None

    @property
    def pace(self) -> float:
        """Return the least seconds between two requests."""
        return max(self.delay, *self.crawl_delays.values(), 0.0)


class Politeness:
    """Downloader middleware: one slot a host and port, with the delay and concurrency of the site in `meta["site"]`."""

    def __init__(self, crawler: Crawler, longest_wait: float, clock: Clock) -> None:
        self._crawler = crawler
        self._longest_wait = longest_wait
        self._clock = clock
        self._started = monotonic()
        self._hosts: dict[str, _Host] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read POLITENESS_ENABLED (off in a replay), RETRY_AFTER_MAX (seconds) and CLOCK."""
        if not crawler.settings.getbool("POLITENESS_ENABLED", True):
            raise NotConfigured
        politeness = cls(crawler, crawler.settings.getfloat("RETRY_AFTER_MAX", 120), clock_of(crawler.settings))
        crawler.signals.connect(politeness.slot_used, signals.request_reached_downloader)
        crawler.signals.connect(politeness.response_downloaded, signals.response_downloaded)
        return politeness

    def recall(self, hosts: Iterable[Host]) -> None:
        """Take up the pauses of earlier runs. A clock that was set back does not lengthen them."""
        now = self._clock()
        for kept in hosts:
            host = self._named(kept.name)
            host.failures, host.reason = kept.failures, kept.reason
            if kept.not_before is not None and kept.changed <= now < kept.not_before:
                left = min((kept.not_before - now).total_seconds(), LONGEST_ASKED.total_seconds())
                host.resume = monotonic() + left

    def process_request(self, request: Request) -> None:
        """Choose the slot anew on every hop: Scrapy would keep a redirected request in the slot of the first host."""
        request.meta["download_slot"] = host_of(request.url)
        site = request.meta.get("site")
        pace = site.politeness if site else Pace()
        host = self._hosts.setdefault(host_of(request.url), _Host(pace.delay, pace.concurrency, self._started))
        host.delay, host.concurrency = max(host.delay, pace.delay), min(host.concurrency, pace.concurrency)
        if site and pace.hours:
            host.hours.add((pace.hours, site.timezone))

    def slow_down(self, url: str, delay: float) -> None:
        """Keep the Crawl-delay (at most LONGEST_CRAWL_DELAY) that the robots.txt of this origin asks for now, 0 for none."""
        host = self._host(url)
        host.crawl_delays[urlsplit(url).scheme] = min(delay, LONGEST_CRAWL_DELAY)
        if host.slot:
            host.slot.delay = max(host.slot.delay, host.pace)

    def delay_of(self, url: str) -> float:
        """Return the least seconds between two requests to the host of a URL."""
        return self._host(url).pace

    def paused(self, url: str) -> tuple[float, Reason | None]:
        """Return for how many seconds nothing is sent to the host of a URL, beyond its delay, and why."""
        host = self._host(url)
        return max(0.0, host.resume - monotonic()), host.reason

    def pause(self, url: str, seconds: float, reason: Reason | None = None) -> None:
        """Send nothing to the host of a URL for so many seconds; other hosts go on."""
        host = self._host(url)
        host.resume = max(host.resume, monotonic() + seconds)
        host.reason = reason or host.reason
        self._tell(url)

    def failed(self, url: str, reason: Reason) -> None:
        """Count a failure of a host, after all repetitions; close it if that is no longer the fault of single pages."""
        host = self._host(url)
        if (wait := host_backoff(reason, host.failures + 1)) is not None:
            self.pause(url, wait.total_seconds() * random.uniform(1 - JITTER, 1 + JITTER))
        host.failures, host.reason = host.failures + 1, reason
        self._tell(url)

    async def turn(self, request: Request) -> None:
        """Return when the host may be asked; HostClosed if that is too far off, Stopped if the run is stopped meanwhile.

        Called by the transport: requests that already stand in the slot's queue wait as well.
        """
        host = self._host(request.url)
        while True:
            self._check_open(host, request.url)
            left = max(host.resume, host.last + host.pace) - monotonic()
            if left <= 0:
                break
            if is_stopping(self._crawler):
                raise Stopped(request.url)
            await asyncio.sleep(min(left, TICK))
        host.last = monotonic()

    def ended(self, request: Request) -> None:
        """Begin the delay anew at the end of an exchange: the request may have left long after its turn (DNS, TLS)."""
        self._host(request.url).last = monotonic()

    def slot_used(self, request: Request) -> None:
        """Give a new slot the pace of its host, instead of the one delay that AutoThrottle starts every host with."""
        host, slot = self._host(request.url), self._slot(request)
        if slot is not None and slot is not host.slot:
            slot.delay, slot.concurrency = host.pace, host.concurrency
            slot.jitter = 0.0  # a delay is a promise, not a mean
            host.slot = slot

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Heed Retry-After before the slot's next request is sent, and keep AutoThrottle above the floor."""
        host = self._host(request.url)
        if (seconds := retry_after(response, self._clock())) is not None:
            self.pause(request.url, seconds, TROUBLE[response.status])
        elif host.failures and response.status not in TROUBLE and not request.meta.get("robots"):
            host.failures, host.reason = 0, None
            self._tell(request.url)
        if (slot := self._slot(request)) is not None:
            slot.delay = max(slot.delay, host.pace)

    def _check_open(self, host: _Host, url: str) -> None:
        """Raise HostClosed outside of the hours of its sites, and within a pause longer than this run waits."""
        now = self._clock()
        for hours, timezone in host.hours:
            if (opens := opens_at(hours, timezone, now)) is not None:
                why = f"outside of its hours, {hours} ({timezone})"
                raise HostClosed(url, (opens - now).total_seconds(), Reason.HOST_CLOSED, why)
        if (left := host.resume - monotonic()) > self._longest_wait:
            reason = host.reason or Reason.HOST_CLOSED
            raise HostClosed(url, left, reason, f"left alone for {left:.0f} s more: {reason}")

    def _tell(self, url: str) -> None:
        host, now = self._host(url), self._clock()
        left = host.resume - monotonic()
        kept = Host(
            name=host_of(url),
            not_before=now + timedelta(seconds=left) if left > 0 else None,
            failures=host.failures,
            reason=host.reason,
            changed=now,
        )
        self._crawler.signals.send_catch_log(host_changed, host=kept)

    def _host(self, url: str) -> _Host:
        return self._named(host_of(url))

    def _named(self, name: str) -> _Host:
        return self._hosts.setdefault(name, _Host(0.0, 16, self._started))

    def _slot(self, request: Request) -> Slot | None:
        return self._crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))


def retry_after(response: Response, now: datetime) -> float | None:
    """Return the seconds a response asks to be left alone for, at most LONGEST_ASKED: 429 and 503 with Retry-After in either form.

    0 for a date in the past, None without a readable one. A date is compared with the server's own (Date): ours may be wrong, or its.
    """
    if response.status not in ASKS_FOR_PATIENCE:
        return None
    text = _header(response, "Retry-After")
    if text.isascii() and text.isdigit():
        return float(min(int(text[:20]), LONGEST_ASKED.total_seconds()))
    date = _date(text)
    if date is None:
        return None
    wait = (date - (_date(_header(response, "Date")) or now)).total_seconds()
    return min(max(0.0, wait), LONGEST_ASKED.total_seconds())


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1").strip()


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)  # "-0000": UTC, says RFC 5322
