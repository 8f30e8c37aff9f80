"""A Scrapy extension that stops a run cleanly before the disk is full."""

import asyncio
import logging
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.fetching.stopping import stop
from crawler.monitoring.disk import shortage

logger = logging.getLogger(__name__)


class DiskWatch:
    """Closes the spider when the disk runs short: what is being fetched is still stored, in the space kept free for it."""

    def __init__(self, crawler: Crawler, min_free: int, seconds: float) -> None:
        self._crawler, self._min_free, self._seconds = crawler, min_free, seconds
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read MIN_FREE_BYTES (0 switches this off) and DISK_CHECK_SECONDS."""
        min_free = crawler.settings.getint("MIN_FREE_BYTES")
        if min_free <= 0:
            raise NotConfigured
        watch = cls(crawler, min_free, crawler.settings.getfloat("DISK_CHECK_SECONDS"))
        crawler.signals.connect(watch.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(watch.spider_closed, signal=signals.spider_closed)
        return watch

    def spider_opened(self) -> None:
        if getattr(self._crawler.spider, "run", None) is not None:  # other spiders have no archive
            self._task = asyncio.ensure_future(self._watch())

    def spider_closed(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _watch(self) -> None:
        run = self._crawler.spider.run  # type: ignore[union-attr]
        while (short := shortage(run.root, self._min_free)) is None:
            await asyncio.sleep(self._seconds)
        logger.error("%s; the run stops, the next one goes on where it ends", short)
        run.storage_failed, run.shortage = True, short
        stop(self._crawler, "disk_low")
