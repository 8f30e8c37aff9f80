"""The disk: a run does not begin on a full one, a Scrapy extension stops it cleanly before it is full, and the log on it is bounded."""

import asyncio
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.settings import BaseSettings

from crawler.fetching.stopping import stop
from crawler.monitoring import progress

logger = logging.getLogger(__name__)


def free_bytes(root: Path) -> int:
    """Return what is free on the disk of a folder, which need not be there yet."""
    there = root.absolute()
    while not there.exists():
        there = there.parent
    return shutil.disk_usage(there).free


def shortage(root: Path, min_free: int) -> str | None:
    """Return a sentence for a person if less is free than a run needs."""
    free = free_bytes(root)
    if free >= min_free:
        return None
    return f"{root}: {megabytes(free)} free on its disk, MIN_FREE_BYTES asks for {megabytes(min_free)}: make room"


def megabytes(size: int) -> str:
    """Return `1,234 MB`."""
    return f"{size / 1_000_000:,.0f} MB"


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


@contextmanager
def rotating_log(settings: BaseSettings) -> Iterator[None]:
    """Write the log to LOG_ROTATED as well, if it is set: a new file after LOG_ROTATED_BYTES, LOG_ROTATED_KEPT old ones kept.

    OSError if the file cannot be opened; a disk that fills up later costs log lines, not the run.
    """
    name = settings.get("LOG_ROTATED")
    if not name:
        yield
        return
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        file,
        maxBytes=settings.getint("LOG_ROTATED_BYTES"),
        backupCount=max(1, settings.getint("LOG_ROTATED_KEPT")),  # with none the file would not be rotated at all
        encoding="utf-8",
    )
    level = logging.getLevelNamesMapping()[settings.get("LOG_LEVEL")]
    handler.addFilter(lambda record: record.levelno >= level or record.name == progress.__name__)
    handler.setFormatter(logging.Formatter(settings.get("LOG_FORMAT"), settings.get("LOG_DATEFORMAT")))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
