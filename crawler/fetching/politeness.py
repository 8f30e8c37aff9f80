"""Politeness: every host at its site's pace, never faster than its Crawl-delay, and left alone for as long as it asks.

AutoThrottle may slow a host down further; this middleware puts the floor back under it after each response (it is built
after the extensions, so its signal handlers run after AutoThrottle's). A host that two sites name gets the slower pace.
Nothing here decides whether a URL may be fetched, or is fetched again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Self

from scrapy import Request, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response

from crawler.fetching.evidence import clock_of
from crawler.items import Politeness as Pace
from crawler.urls import host_of

ASKS_FOR_PATIENCE = (429, 503)  # the statuses whose Retry-After (RFC 9110, 10.2.3) speaks of the whole host
LONGEST_CRAWL_DELAY = 60.0  # seconds; a larger Crawl-delay was never meant for readers, and would starve the run
TICK = 1.0  # seconds between two looks at whether a waiting run is being stopped


class RateLimited(IgnoreRequest):
    """A host asked for a longer pause than this run waits."""

    def __init__(self, url: str, seconds: float) -> None:
        super().__init__(f"{url}: {host_of(url)} asks to be left alone for {seconds:.0f} s more")
        self.url, self.seconds = url, seconds


@dataclass(slots=True)
class _Host:
    """The pace of one host, and the download slot it was given to (Scrapy drops idle slots and makes new ones)."""

    delay: float
    concurrency: int
    resume: float = 0.0  # monotonic time before which nothing is sent
    slot: Slot | None = None


class Politeness:
    """Downloader middleware: one slot a host and port, with the delay and concurrency of the site in `meta["site"]`."""

    def __init__(self, crawler: Crawler, longest_wait: float, clock: Callable[[], datetime]) -> None:
        self._crawler = crawler
        self._longest_wait = longest_wait
        self._clock = clock
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

    def process_request(self, request: Request) -> None:
        """Choose the slot anew on every hop: Scrapy would keep a redirected request in the slot of the first host."""
        request.meta["download_slot"] = host_of(request.url)
        pace = getattr(request.meta.get("site"), "politeness", Pace())
        host = self._hosts.setdefault(host_of(request.url), _Host(pace.delay, pace.concurrency))
        host.delay, host.concurrency = max(host.delay, pace.delay), min(host.concurrency, pace.concurrency)

    def slow_down(self, url: str, delay: float) -> None:
        """Keep at least `delay` seconds (at most LONGEST_CRAWL_DELAY) between two requests to the host of a URL."""
        host = self._host(url)
        host.delay = max(host.delay, min(delay, LONGEST_CRAWL_DELAY))
        if host.slot:
            host.slot.delay = max(host.slot.delay, host.delay)

    def delay_of(self, url: str) -> float:
        """Return the least seconds between two requests to the host of a URL."""
        return self._host(url).delay

    def pause(self, url: str, seconds: float) -> None:
        """Send nothing to the host of a URL for so many seconds; other hosts go on."""
        host = self._host(url)
        host.resume = max(host.resume, monotonic() + seconds)

    async def turn(self, request: Request) -> None:
        """Return when the host may be asked; RateLimited if that is too far off, or if the run is stopped meanwhile.

        Called by the transport: requests that already stand in the slot's queue wait as well.
        """
        host = self._host(request.url)
        while (left := host.resume - monotonic()) > 0:
            if left > self._longest_wait or not self._crawler.crawling:
                raise RateLimited(request.url, left)
            await asyncio.sleep(min(left, TICK))

    def slot_used(self, request: Request) -> None:
        """Give a new slot the pace of its host, instead of the one delay that AutoThrottle starts every host with."""
        host, slot = self._host(request.url), self._slot(request)
        if slot is not None and slot is not host.slot:
            slot.delay, slot.concurrency = host.delay, host.concurrency
            slot.jitter = 0.0  # a delay is a promise, not a mean
            host.slot = slot

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Heed Retry-After before the slot's next request is sent, and keep AutoThrottle above the floor."""
        if (seconds := retry_after(response, self._clock())) is not None:
            self.pause(request.url, seconds)
        if (slot := self._slot(request)) is not None:
            slot.delay = max(slot.delay, self._host(request.url).delay)

    def _host(self, url: str) -> _Host:
        return self._hosts.setdefault(host_of(url), _Host(Pace().delay, Pace().concurrency))

    def _slot(self, request: Request) -> Slot | None:
        return self._crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))


def retry_after(response: Response, now: datetime) -> float | None:
    """Return the seconds a response asks to be left alone for: 429 and 503 with Retry-After in either form.

    0 for a date in the past, None without a readable one.
    """
    if response.status not in ASKS_FOR_PATIENCE:
        return None
    text = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)  # "-0000": UTC, says RFC 5322
    return max(0.0, (date - now).total_seconds())
