"""The spider of `scrapy extract`: pages named one by one, fetched as in a crawl or read from files, shown in the order they were named.

Follows no link but those of an article's further pages, and stores nothing.
"""

import asyncio
import contextlib
import gzip
import zlib
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler

from crawler.clock import Clock, clock_of
from crawler.errors import ScopeError
from crawler.fetching.capture import explain, judge_status
from crawler.fetching.politeness import HostClosed
from crawler.items import Boilerplate, Capture, Kind, Outcome, Reading, Reason, Role, Site
from crawler.pages.discovery import make_link
from crawler.pages.reading import LEARNT_FROM, MIN_PAGES
from crawler.runs.readers import Readers
from crawler.spiders.further import fetch, read_whole

NOWHERE = "http://unknown.invalid/page"  # stands for the address of a page that was saved without one (RFC 2606)
GZIP = b"\x1f\x8b"
AHEAD = 16  # pages fetched or read while the one that is shown next is waited for


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSource:
    """One page to look at: where it was saved, or the address to fetch it from."""

    name: str  # as the user spelled it
    url: str = ""  # its address; "" for a saved page where nobody knows
    path: Path | None = None  # None: it is fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """What came of one page."""

    asked: PageSource
    url: str  # where it was found, after redirects; as asked if it was not, or if it was saved
    reading: Reading
    error: str | None = None  # a person's sentence, where the page could not be had or read


@dataclass(frozen=True, slots=True, kw_only=True)
class PageJob:
    """What the spider is told to do."""

    asked: Sequence[PageSource]
    site_of: Callable[[str], Site]  # of an address; raises ScopeError
    show: Callable[[PageResult], None]  # called for every page, in order; may raise CloseSpider
    known: Mapping[str, Boilerplate] = field(default_factory=dict)  # site -> what crawls learnt of it


class PageSpider(Spider):
    """Looks at pages. It has no name in its class: `scrapy list` and `scrapy crawl` do not know it."""

    custom_settings = {"ITEM_PIPELINES": {}}  # noqa: RUF012 - the form Scrapy's spiders have

    def __init__(self, job: PageJob, *, processes: int, largest: int, clock: Clock) -> None:
        """`largest` is in bytes, 0 for any size."""
        super().__init__("extract")
        self.asked, self.site_of, self.show = job.asked, job.site_of, job.show
        self.boilerplate = dict(job.known)
        self.largest, self.clock = largest, clock
        self.readers = Readers(max(1, min(processes, len(job.asked))))

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Read READER_PROCESSES, DOWNLOAD_MAXSIZE and CLOCK."""
        return super().from_crawler(
            crawler,
            *args,
            processes=crawler.settings.getint("READER_PROCESSES"),
            largest=crawler.settings.getint("DOWNLOAD_MAXSIZE"),
            clock=clock_of(crawler.settings),
            **kwargs,
        )

    async def start(self) -> AsyncIterator[Request]:
        """Show every page. No request is left for the scheduler: the order is that of the pages, not of their answers."""
        waiting: deque[asyncio.Task[PageResult]] = deque()
        await self.readers.start()
        try:
            await self.learn()
            for asked in self.asked:
                waiting.append(asyncio.create_task(self.see(asked)))
                if len(waiting) == AHEAD:
                    self.show(await waiting.popleft())
            while waiting:
                self.show(await waiting.popleft())
        finally:
            for task in waiting:
                task.cancel()
            await self.readers.close()
        nothing: Sequence[Request] = ()
        for request in nothing:
            yield request

    async def see(self, asked: PageSource) -> PageResult:
        """Return what came of a page: whatever goes wrong with one costs no other."""
        try:
            site = self._site(asked)
        except ScopeError as error:
            return _unseen(asked, None, error.problem)
        if asked.path is not None:
            return await self._open(asked, asked.path, site)
        return await self._fetch(asked, site)

    async def _fetch(self, asked: PageSource, site: Site) -> PageResult:
        link = make_link(asked.url, asked.url, site, role=Role.SEED)
        if link is None:
            return _unseen(asked, None, "not the address of a page")
        try:
            captured = await fetch(self.crawler, link.fetch_url, site)
        except Exception as error:  # noqa: BLE001 - the edge of one URL: whatever went wrong, it is told
            return _unseen(asked, *explain(error)[1:])
        if (judged := judge_status(captured.status)) is not None:
            outcome, reason = judged
            reading = Reading(kind=Kind.WALL if outcome is Outcome.REFUSED else Kind.OTHER, reason=reason)
            return PageResult(
                asked=asked, url=captured.final_url, reading=reading, error=f"HTTP status {captured.status}"
            )
        known = self.boilerplate.get(site.key)
        try:
            reading, detail, _ = await read_whole(self.crawler, self.readers, captured, site, known)
        except HostClosed as error:
            return _unseen(asked, *explain(error)[1:])
        if reading.kind is Kind.WALL:
            detail = f"a wall stands before the page: {reading.reason}"
        return PageResult(asked=asked, url=captured.final_url, reading=reading, error=detail)

    async def _open(self, asked: PageSource, path: Path, site: Site) -> PageResult:
        try:
            captured = await self._load(asked, path)
        except OSError as error:
            return _unseen(asked, None, f"{path}: {error.strerror or error}")
        except (EOFError, ValueError, zlib.error) as error:  # a cut or damaged .gz, a path that cannot be one
            return _unseen(asked, None, f"{path}: {error}")
        if captured is None:
            return _unseen(asked, Reason.TOO_LARGE, f"{path}: larger than DOWNLOAD_MAXSIZE, {self.largest} bytes")
        reading, detail = await self.readers.read(captured, site, (), self.boilerplate.get(site.key))
        told = detail.replace(NOWHERE, asked.name) if detail else None
        return PageResult(asked=asked, url=asked.url, reading=reading, error=told)

    async def _load(self, asked: PageSource, path: Path) -> Capture | None:
        """Return a saved page as a capture, None for one that is too large."""
        body = await asyncio.to_thread(read_saved, path, self.largest + 1 if self.largest else -1)
        if 0 < self.largest < len(body):
            return None
        url = asked.url or NOWHERE
        return Capture(url=url, final_url=url, fetched=self.clock(), status=200, headers=(), body=body)

    def _site(self, asked: PageSource) -> Site:
        return self.site_of(asked.url or NOWHERE)

    async def learn(self) -> None:
        """Learn the boilerplate of each site of which enough saved pages are given, unless a crawl has learnt it already."""
        given: dict[str, list[tuple[PageSource, Site]]] = defaultdict(list)
        for asked in self.asked:
            if asked.path is not None and asked.url:
                with contextlib.suppress(ScopeError):
                    site = self._site(asked)
                    given[site.key].append((asked, site))
        wanted = [pages for key, pages in given.items() if len(pages) >= MIN_PAGES and key not in self.boilerplate]
        limit = asyncio.Semaphore(self.readers.processes)
        await asyncio.gather(*(self._learn(pages[:LEARNT_FROM], limit) for pages in wanted))

    async def _learn(self, pages: Sequence[tuple[PageSource, Site]], limit: asyncio.Semaphore) -> None:
        captures: list[Capture] = []
        site = pages[0][1]
        async with limit:
            for asked, _ in pages:
                with contextlib.suppress(OSError, EOFError, ValueError, zlib.error):  # told when its turn comes
                    assert asked.path is not None
                    if (captured := await self._load(asked, asked.path)) is not None:
                        captures.append(captured)
            if learnt := await self.readers.learn(captures, site):
                self.boilerplate[site.key] = learnt


def read_saved(path: Path, size: int) -> bytes:
    """Return at most so many bytes of a file, -1 for all; of a gzip file, whatever its name, those that were packed."""
    with path.open("rb") as file:
        is_packed = file.peek(len(GZIP)).startswith(GZIP)  # peek: a pipe can be read once
        return (gzip.open(file) if is_packed else file).read(size)


def _unseen(asked: PageSource, reason: Reason | None, error: str) -> PageResult:
    return PageResult(asked=asked, url=asked.url, reading=Reading(kind=Kind.OTHER, reason=reason), error=error)
