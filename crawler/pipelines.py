"""Visits and media to `ingest`: gathered into batches while the one before is written, by one thread, off the reactor.

items -> preserve (once) -> decide -> commit, together; where that fails, decide and commit again, one by one
"""

import asyncio
import contextlib
import errno
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.catalog.tables import hosts
from crawler.errors import EvidenceError
from crawler.fetching.politeness import Politeness, host_changed
from crawler.fetching.robots import RobotsMiddleware, robots_captured
from crawler.fetching.stopping import stop
from crawler.ingest import (
    Archive,
    Fetched,
    Kept,
    Preserved,
    Visited,
    commit,
    commit_media,
    decide,
    preserve,
    preserve_media,
)
from crawler.items import Capture, Exchange, Host, Link, Robots, Site
from crawler.memory import give_back
from crawler.pages.discovery import robots_links
from crawler.spiders.news import NewsSpider

logger = logging.getLogger(__name__)

LARGEST_BATCH = 64  # visits in one transaction
LARGEST_BODIES = 100_000_000  # bytes of pages and media in one batch
LARGEST_TEXTS = (
    1_000_000  # characters of articles in one batch: they are indexed at once, and each costs a hundred bytes then
)
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE)
GIVE_BACK_EVERY = (
    3.0  # seconds, after which free memory goes back to the system with the next batch; it takes milliseconds
)
LINGER_SECONDS = 0.1  # a commit waits so long for others: its fsyncs cost the same for one visit as for fifty


@dataclass(slots=True)
class Beside:
    """What is written with the next batch and is no visit."""

    hosts: dict[str, Host] = field(default_factory=dict)
    robots: dict[str, Robots] = field(default_factory=dict)
    sitemaps: dict[str, tuple[datetime, Sequence[Link]]] = field(
        default_factory=dict
    )  # site -> when its robots.txt was fetched, and the sitemaps that it names

    def __bool__(self) -> bool:
        return bool(self.hosts or self.robots or self.sitemaps)

    def then(self, later: "Beside") -> "Beside":
        """Return both as one, what came later in place of what it replaces."""
        return Beside(self.hosts | later.hosts, self.robots | later.robots, self.sitemaps | later.sitemaps)


class StorePipeline:
    """Stores every visit; an item is done when its batch is committed, which is what holds the spider back."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._waiting: asyncio.Queue[tuple[Visited | Fetched, asyncio.Future[None]] | None] = (
            asyncio.Queue()
        )  # None: only what is beside
        self._beside = Beside()
        self._robots: list[Capture] = []  # of robots.txt, evidence that is written with the next batch
        self._writer: asyncio.Task[None] | None = None
        self._storing = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not (isinstance(crawler.spider, NewsSpider) and crawler.spider.has_run):
            raise NotConfigured  # a page is looked at: scrapy shell, fetch, parse
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.robots_captured, signal=robots_captured)
        crawler.signals.connect(pipeline.host_changed, signal=host_changed)
        return pipeline

    def host_changed(self, host: Host) -> None:
        """Keep what the next run has to know of a host, at once: a pause of minutes must outlive a kill."""
        self._beside.hosts[host.name] = host
        self._waiting.put_nowait(None)

    def robots_captured(self, exchanges: Sequence[Exchange], robots: Robots | None, site: Site | None) -> None:
        """Keep a robots.txt as evidence, and for the runs of the day, but for a replayed one; the sitemaps it names are links."""
        self._waiting.put_nowait(None)
        if robots is not None and site is not None and (found := robots_links(robots.rules, robots.origin, site)):
            self._beside.sitemaps[site.key] = (robots.fetched, found)
        if robots is not None and self._crawler.get_downloader_middleware(Politeness) is not None:
            self._beside.robots[robots.origin] = robots
        if exchanges:
            last = exchanges[-1]
            self._robots.append(
                Capture(
                    url=exchanges[0].url,
                    final_url=last.url,
                    fetched=last.at,
                    status=last.status,
                    headers=last.headers,
                    body=last.body,
                    exchanges=tuple(exchanges),
                )
            )

    async def open_spider(self) -> None:
        spider = self._crawler.spider
        if isinstance(spider, NewsSpider) and (politeness := self._crawler.get_downloader_middleware(Politeness)):
            politeness.recall(hosts.load(spider.run.reader))
            if robots := self._crawler.get_downloader_middleware(RobotsMiddleware):
                robots.recall(hosts.load_robots(spider.run.reader))
        self._writer = asyncio.create_task(self._write())

    async def close_spider(self) -> None:
        assert self._writer is not None
        async with self._storing:  # not in the middle of a batch
            self._writer.cancel()
        await self._store([])

    async def process_item(self, item: Any) -> Any:
        if isinstance(item, Visited | Fetched):
            committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.put_nowait((item, committed))
            await committed
        return item

    async def _write(self) -> None:
        given_back = 0.0
        while True:
            if monotonic() - given_back > GIVE_BACK_EVERY:
                give_back()
                given_back = monotonic()
            batch = [first] if (first := await self._waiting.get()) else []
            if batch:
                await self._gather(batch)
            async with self._storing:
                await self._store([item for item, _ in batch])
            for _, committed in batch:
                if not committed.cancelled():
                    committed.set_result(None)

    async def _gather(self, batch: list[tuple[Visited | Fetched, asyncio.Future[None]]]) -> None:
        """Add what comes within LINGER_SECONDS, unless everything in flight is here already."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while (
                    len(batch) < LARGEST_BATCH
                    and len(batch) < self._spider.frontier.in_flight
                    and sum(_share(item) for item, _ in batch) < 1
                ):
                    if (further := await self._waiting.get()) is not None:
                        batch.append(further)

    async def _store(self, items: Sequence[Visited | Fetched]) -> None:
        """Store a batch, visits before media: what fails of these repeats none of those."""
        visited, fetched = ([item for item in items if isinstance(item, kind)] for kind in (Visited, Fetched))
        if visited or self._beside or self._robots:
            await self._store_alike(visited)
        if fetched:
            await self._store_alike(fetched)

    async def _store_alike(
        self, items: Sequence[Visited | Fetched], preserved: Sequence[Preserved | Kept] | None = None
    ) -> None:
        """Store visits, or media; where that fails one by one, from the evidence they have by then, so that one bad visit costs no other."""
        archive, frontier = self._spider.run.archive, self._spider.frontier
        beside, self._beside = self._beside, Beside()
        try:
            if preserved is None:
                robots, self._robots = self._robots, []
                preserved = await asyncio.to_thread(_preserve, archive, items, robots)
            counted = await asyncio.to_thread(_commit, archive, preserved, beside)
        except Exception as error:  # whatever it is, the crawl must not wait for this batch for ever
            self._beside = beside.then(self._beside)
            if preserved is not None and len(items) > 1:
                for item in items:
                    await self._store_alike([item], [one for one in preserved if one.result is item])
                return
            logger.exception("%s: cannot be stored", items[0].link.url if items else "robots.txt, pauses of hosts")
            for item in items:
                frontier.drop(item.site, item.link.url)
            if is_storage_failure(error):
                self._spider.run.storage_failed = True
                stop(self._crawler, "storage_failed")
            return
        for name in counted:
            self._count(name)
        for item in items:
            is_kept = any(one.result is item for one in preserved)
            (frontier.done if is_kept else frontier.drop)(item.site, item.link.url)

    @property
    def _spider(self) -> NewsSpider:
        spider = self._crawler.spider
        assert isinstance(spider, NewsSpider)
        return spider

    def _count(self, name: str) -> None:
        if self._crawler.stats is not None:
            self._crawler.stats.inc_value(name)


def _preserve(
    archive: Archive, items: Sequence[Visited | Fetched], robots: Sequence[Capture]
) -> list[Preserved | Kept]:
    """Write the evidence of a batch, that of visits before that of media."""
    visited = [item for item in items if isinstance(item, Visited)]
    fetched = [item for item in items if isinstance(item, Fetched)]
    kept: list[Preserved | Kept] = []
    if visited or robots:
        kept += preserve(archive, visited, robots)
    if fetched:
        kept += preserve_media(archive, fetched)
    return kept


def _commit(archive: Archive, preserved: Sequence[Preserved | Kept], beside: Beside) -> list[str]:
    """Commit a batch, visits before media; return what is counted."""
    batch = [one for one in preserved if isinstance(one, Preserved)]
    kept = [one for one in preserved if isinstance(one, Kept)]
    counted = []
    if batch or beside:
        hosts, robots = tuple(beside.hosts.values()), tuple(beside.robots.values())
        made = commit(archive, decide(archive, batch), hosts, robots, beside.sitemaps)
        counted += [f"visits/{visit.outcome}" for visit in made]
    if kept:
        commit_media(archive, kept)
        counted += [f"media/{one.outcome}" for one in kept]
    return counted


def _share(item: Visited | Fetched) -> float:
    """Return how much of the largest batch an item is."""
    article = item.reading.article if isinstance(item, Visited) and item.reading else None
    bytes_of_it, letters = len(item.capture.body) if item.capture else 0, len(article.body) if article else 0
    return bytes_of_it / LARGEST_BODIES + letters / LARGEST_TEXTS


def is_storage_failure(error: Exception) -> bool:
    """Return whether an error says that nothing more can be written: a full or failing disk, a broken catalog."""
    if isinstance(error, EvidenceError):
        return True
    if isinstance(error, OSError):
        return error.errno in UNWRITABLE
    return isinstance(error, sqlite3.OperationalError | sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.IntegrityError
    )
