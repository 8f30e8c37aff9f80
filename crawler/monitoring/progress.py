"""How far a crawl is: on a terminal a line a site, kept up to date; elsewhere a line a minute in the log. Decides nothing."""

import asyncio
import logging
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Self

from rich.box import SIMPLE
from rich.console import Console
from rich.live import Live
from rich.table import Table
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.catalog.queries import coverage
from crawler.catalog.tables import links
from crawler.fetching.politeness import Politeness
from crawler.ingest import Fetched, Visited
from crawler.items import Kind, Site

logger = logging.getLogger(__name__)

HEADS = ("site", "lists", "articles", "other", "media", "to do", "a minute", "left", "")
LOOK_SECONDS = 5.0  # between two looks at what is left: it is counted in the catalog
DRAW_SECONDS = 1.0
LOG_SECONDS = 60.0


@dataclass(slots=True)
class Tally:
    """What was stored of one site in this run."""

    lists: int = 0
    articles: int = 0
    other: int = 0
    media: int = 0
    to_do: int = 0  # links that are due, and articles that lists tell of beyond those they named

    @property
    def pages(self) -> int:
        return self.lists + self.articles + self.other

    def add(self, item: Visited | Fetched) -> None:
        if isinstance(item, Fetched):
            self.media += 1
        elif item.reading is None or item.reading.kind not in (Kind.LIST, Kind.ARTICLE):
            self.other += 1
        elif item.reading.kind is Kind.LIST:
            self.lists += 1
        else:
            self.articles += 1


class Progress:
    """Scrapy extension: counts what the pipeline has stored."""

    def __init__(self, crawler: Crawler, console: Console) -> None:
        self._crawler, self._console = crawler, console
        self._tallies: Mapping[str, Tally] = defaultdict(Tally)
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Look at whatever has a run; `scrapy extract` and `shell` have none."""
        if not getattr(crawler.spider, "has_run", False):
            raise NotConfigured
        progress = cls(crawler, Console(file=getattr(sys.stderr, "guarded", sys.stderr)))
        crawler.signals.connect(progress.opened, signal=signals.spider_opened)
        crawler.signals.connect(progress.closed, signal=signals.spider_closed)
        crawler.signals.connect(progress.stored, signal=signals.item_scraped)
        return progress

    def opened(self) -> None:
        self._task = asyncio.ensure_future(self._draw() if self._console.is_terminal else self._log())

    def closed(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def stored(self, item: Visited | Fetched) -> None:
        """Count what is committed."""
        self._tallies[item.site.key].add(item)

    async def _draw(self) -> None:
        begun = looked = monotonic()
        with Live(console=self._console, transient=True, auto_refresh=False) as live:
            while True:
                if monotonic() - looked >= LOOK_SECONDS:
                    self._look()
                    looked = monotonic()
                live.update(drawn(self._rows(monotonic() - begun)), refresh=True)
                await asyncio.sleep(DRAW_SECONDS)

    async def _log(self) -> None:
        begun = monotonic()
        while True:
            await asyncio.sleep(LOG_SECONDS)
            self._look()
            logger.info("%s", "; ".join(map(line, self._rows(monotonic() - begun))))

    @property
    def _sites(self) -> tuple[Site, ...]:
        return tuple(self._crawler.spider.run.sites)  # type: ignore[union-attr]

    def _look(self) -> None:
        """Count what is left of each site."""
        run = self._crawler.spider.run  # type: ignore[union-attr]
        for site in self._sites:
            due = links.count_due(run.reader, site.key, now=run.clock(), run=run.id)
            lists = coverage.lists(run.reader, site.key)
            unnamed = sum(max(0, (one.pages[0].articles_told or 0) - one.named) for one in lists)
            self._tallies[site.key].to_do = due + unnamed

    def _rows(self, seconds: float) -> Iterator[tuple[str, ...]]:
        politeness = self._crawler.get_downloader_middleware(Politeness)
        for site in self._sites:
            tally = self._tallies[site.key]
            rate = tally.pages / seconds if seconds else 0.0
            left = duration(tally.to_do / rate) if rate and tally.to_do else "-"
            waits = waiting(site, politeness) if politeness and tally.to_do else ""
            counts = (tally.lists, tally.articles, tally.other, tally.media, tally.to_do, round(rate * 60))
            yield (site.key, *map(str, counts), left, waits)


def waiting(site: Site, politeness: Politeness) -> str:
    """Return what a site is waited for: the host that is left alone longest, or the delay between two requests."""
    pauses = {host: politeness.paused(f"{site.scheme}://{host}/") for host in site.hosts}
    host = max(pauses, key=lambda name: pauses[name][0])
    seconds, reason = pauses[host]
    if seconds >= 1:
        return f"waits {duration(seconds)} for {host}{f' ({reason})' if reason else ''}"
    delay = politeness.delay_of(f"{site.scheme}://{site.hosts[0]}/")
    return f"waits {delay:.0f} s between requests" if delay else ""


def line(row: Sequence[str]) -> str:
    """Return what the log says of a site."""
    told = ", ".join(f"{number} {head}" for head, number in zip(HEADS[1:7], row[1:7], strict=True))
    return f"{row[0]}: {told}, {row[7]} left{f', {row[8]}' if row[8] else ''}"


def drawn(rows: Iterable[Sequence[str]]) -> Table:
    """Return the table of a terminal."""
    table = Table(box=SIMPLE)
    for head in HEADS:
        table.add_column(head, justify="left" if head in ("site", "") else "right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def duration(seconds: float) -> str:
    """Return `40 s`, `12 min` or `3.5 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
