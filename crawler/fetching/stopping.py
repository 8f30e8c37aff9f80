"""Stopping: what becomes of everything under way once a run is told to stop (SIGTERM, Ctrl-C, a disk that is full).

    waiting for its host's delay, or out a Retry-After    given up at once
    being fetched or read                                 has half of STOP_SECONDS to come in
    fetched and read                                      is stored

What is given up gets no visit: its link stays due, and the next run goes on with it. Scrapy itself would wait for all of it, however long.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from twisted.python.failure import Failure

STOP_SECONDS = 9.0  # Docker and others kill 10 s after SIGTERM
TICK = 0.2  # seconds between two looks at whether the run is being stopped: Scrapy tells nobody when that begins


class Stopped(IgnoreRequest):
    """A request was given up because the run is being stopped. No fact about its URL: it is not a visit."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url}: given up, because the run is being stopped")
        self.url = url


def is_stopping(crawler: Crawler) -> bool:
    """Return whether Scrapy was told to stop. The engine of `scrapy shell` runs though nothing is crawled."""
    return not (crawler.crawling or crawler.engine.running)


def stop(crawler: Crawler, reason: str) -> None:
    """Close the spider from within the crawl, as if it had been told to."""
    if stopping := crawler.get_downloader_middleware(Stopping):
        stopping.begin()
    if crawler.engine is not None:
        asyncio.ensure_future(crawler.engine.close_spider_async(reason=reason))  # noqa: RUF006 (it waits for who calls, or cancels them)


class Stopping:
    """Downloader middleware, the first of all: a run that is being stopped begins nothing, and ends what it waits for in time."""

    def __init__(self, crawler: Crawler, seconds: float, *, is_hard: bool = False) -> None:
        """`is_hard`: the whole process ends after so many seconds, whatever holds it up."""
        self._crawler = crawler
        self._seconds, self._is_hard = seconds, is_hard
        self._deadline: float | None = None  # of the event loop's clock
        self._limits: set[asyncio.Timeout] = set()
        self._watcher: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read STOP_SECONDS; where it is not set, nothing ends the process."""
        seconds = crawler.settings.getfloat("STOP_SECONDS")
        stopping = cls(crawler, seconds or STOP_SECONDS, is_hard=bool(seconds))
        crawler.signals.connect(stopping.opened, signals.spider_opened)
        crawler.signals.connect(stopping.closed, signals.spider_closed)
        return stopping

    async def opened(self) -> None:
        self._watcher = asyncio.create_task(self._watch())

    async def closed(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()

    def process_request(self, request: Request) -> None:
        """Let nothing new begin."""
        if self._deadline is not None or is_stopping(self._crawler):
            raise Stopped(request.url)

    def begin(self) -> None:
        """Give up what waits, and set a time for what is under way. Called by itself where Scrapy was told to stop."""
        if self._deadline is not None:
            return
        self._deadline = asyncio.get_running_loop().time() + self._seconds / 2
        for limit in self._limits:
            limit.reschedule(self._deadline)

    @contextlib.asynccontextmanager
    async def limit(self, url: str) -> AsyncIterator[None]:
        """Give what is done within the time that is left once the run is being stopped, then raise Stopped. Before that, all time."""
        limit = asyncio.timeout_at(self._deadline)
        try:
            async with limit:
                self._limits.add(limit)
                yield
        except TimeoutError as error:
            if limit.expired():
                raise Stopped(url) from error
            raise
        finally:
            self._limits.discard(limit)

    async def _watch(self) -> None:
        while not is_stopping(self._crawler) and self._deadline is None:
            await asyncio.sleep(TICK)
        if self._is_hard and self._deadline is None:  # told by somebody who will not wait
            signal.setitimer(signal.ITIMER_REAL, self._seconds)  # SIGALRM ends the process; what is stored stays
        self.begin()
        while True:  # a request may have been on its way to a queue
            self._empty_queues()
            await asyncio.sleep(TICK)

    def _empty_queues(self) -> None:
        for slot in self._crawler.engine.downloader.slots.values():
            while slot.queue:
                request, waiting = slot.queue.popleft()
                waiting.errback(Failure(Stopped(request.url)))  # type: ignore[no-untyped-call]
