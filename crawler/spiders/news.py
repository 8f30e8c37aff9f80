"""The spider of every site: due links in, visits and media out. What a page is and where it leads is decided in `crawler.pages.reading`."""

import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.spidermiddlewares.referer import DefaultReferrerPolicy
from twisted.python.failure import Failure

from crawler.fetching.capture import capture, exchanges_of, explain, judge_status
from crawler.fetching.conditional import judge_not_modified
from crawler.fetching.politeness import HostClosed
from crawler.fetching.stopping import Stopped, Stopping
from crawler.ingest import Fetched, Visited
from crawler.items import Article, Capture, Link, MediaLink, Outcome, Reason, Site
from crawler.pages.reading import read
from crawler.runs.frontier import ClosedHost, Frontier
from crawler.runs.readers import Readers
from crawler.runs.run import Run
from crawler.sites import site_from_url
from crawler.spiders.further import read_whole
from crawler.urls import posted, requested_url

logger = logging.getLogger(__name__)

POLICY = DefaultReferrerPolicy()
# What a page's own script sends with such a query, and nothing else.
QUERY = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "X-Requested-With": "XMLHttpRequest"}


class NewsSpider(Spider):
    """Walks the sites of a run. `scrapy crawl news` opens the run (crawler/commands/crawl.py) and hands it in.

    Without a run, as Scrapy's own commands make it, it says what a page is (`parse`), and keeps nothing.
    """

    name = "news"

    def __init__(
        self, run: Run | None, processes: int, concurrency: int = 1, *, with_media: bool = False, **arguments: Any
    ) -> None:
        super().__init__(**arguments)
        self.readers = Readers(processes)
        self.scripts: dict[str, Capture | None] = {}  # that lists of the run needed
        self.has_run = run is not None
        if run is not None:
            self.run = run
            self.frontier = Frontier(
                run.reader, run.sites, run=run.id, clock=run.clock, at_least=concurrency, with_media=with_media
            )

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, run: Run | None = None, **kwargs: Any) -> Self:
        settings = crawler.settings
        spider = super().from_crawler(
            crawler,
            *args,
            run=run,
            processes=settings.getint("READER_PROCESSES"),
            concurrency=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
            with_media=settings.getbool("MEDIA_ENABLED"),
            **kwargs,
        )
        if spider.has_run:
            crawler.signals.connect(spider.close_readers, signal=signals.spider_closed)
            crawler.signals.connect(spider.drop, signal=signals.spider_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Yield a request for every due link, as fast as its site may be asked."""
        await self.readers.start()
        async for site, link in self.frontier.due():
            yield self.request(site, link) if isinstance(link, Link) else self.request_medium(site, link)

    def request_medium(self, site: Site, link: MediaLink) -> Request:
        return Request(
            requested_url(link.url) or link.url,
            callback=self.parse_medium,
            errback=self.failed_medium,
            cb_kwargs={"site": site, "link": link},
            headers={"Referer": link.referer, "Accept": "*/*"},  # some sites serve pictures to their own pages only
            meta={"site": site, "is_medium": True, "download_maxsize": self.run.archive.media.largest},
            dont_filter=True,  # the frontier hands out each address once
            encoding="utf-8",
        )

    async def parse_medium(self, response: Response, site: Site, link: MediaLink) -> AsyncIterator[Fetched]:
        """Yield a medium that was answered, whatever the status."""
        captured, at = capture(response), self.run.clock()
        if judged := judge_status(captured.status):
            outcome, reason = judged
            yield Fetched(link=link, at=at, capture=captured, outcome=outcome, reason=reason, site=site)
            return
        examined = await self.readers.examine(captured.body, link.url, link.kind)
        yield Fetched(link=link, at=at, capture=captured, examined=examined, site=site)

    def failed_medium(self, failure: Failure) -> Iterator[Fetched]:
        """Yield a medium that got no usable response; none of one that was not asked for, which stays due."""
        if isinstance(failure.value, Stopped):
            return
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, HostClosed) and error.reason is Reason.HOST_CLOSED:
            self.leave_medium(**request.cb_kwargs, error=error)
            return
        if (
            isinstance(error, HostClosed) and not error.is_visit
        ):  # a host that is dead for good must not be asked for ever
            outcome, reason, detail = Outcome.FAILED, error.reason, str(error)
        else:
            outcome, reason, detail = explain(failure)
        yield Fetched(
            **request.cb_kwargs,
            at=self.run.clock(),
            outcome=outcome,
            reason=reason,
            detail=detail,
            exchanges=exchanges_of(failure),
        )

    def request(self, site: Site, link: Link) -> Request:
        address, query = posted(link.fetch_url)
        address = requested_url(address) or address
        return Request(
            address,
            method="GET" if query is None else "POST",
            body=query or "",
            headers={**(QUERY if query is not None else {}), **_referer(link, address)},
            callback=self.visit,
            errback=self.failed,
            cb_kwargs={"site": site, "link": link},
            meta={
                "site": site,
                "validators": None if self.run.info.asks_whole else link.validators,
                "asked": link.fetch_url if "#" in link.fetch_url else None,
            },
            dont_filter=True,  # the frontier hands out each link once
        )

    def parse(self, response: Response) -> Iterator[Article | Request]:
        """Yield what `scrapy parse --spider news` shows: the article that a page is, and a request for each of its links."""
        captured = capture(response)
        reading = read(captured, response.meta.get("site") or site_from_url(captured.final_url))
        if reading.article:
            yield reading.article
        for link in reading.links:
            yield Request(link.fetch_url, callback=self.parse)

    async def visit(self, response: Response, site: Site, link: Link) -> AsyncIterator[Visited]:
        """Yield the visit of a link that was answered, whatever the status."""
        captured = capture(response)
        if captured.status == HTTPStatus.NOT_MODIFIED:
            outcome, reason = judge_not_modified(captured)
            yield Visited(site=site, link=link, at=self.run.clock(), capture=captured, outcome=outcome, reason=reason)
            return
        if (judged := judge_status(captured.status)) is not None:
            outcome, reason = judged
            yield Visited(site=site, link=link, at=self.run.clock(), capture=captured, outcome=outcome, reason=reason)
            return
        captured = replace(captured, listed=link.listed)
        boilerplate = self.run.archive.boilerplate.get(site.key)
        stopping = self.crawler.get_downloader_middleware(Stopping)
        try:
            async with stopping.limit(link.url) if stopping else contextlib.nullcontext():
                reading, detail, further = await read_whole(
                    self.crawler, self.readers, captured, site, boilerplate, self.scripts
                )
        except HostClosed as error:
            self.leave(site, link, error)
            return
        except Stopped:
            return
        if detail:
            logger.warning("%s: %s", link.url, detail)
        yield Visited(
            site=site,
            link=link,
            at=self.run.clock(),
            capture=captured,
            further=further,
            reading=reading,
            detail=detail,
        )

    def failed(self, failure: Failure) -> Iterator[Visited]:
        """Yield the visit of a link that got no usable response; none of one that was not asked for, which stays due."""
        if isinstance(failure.value, Stopped):
            return
        request: Request = failure.request  # type: ignore[attr-defined]
        if isinstance(error := failure.value, HostClosed):
            is_first = self.leave(request.cb_kwargs["site"], request.cb_kwargs["link"], error)
            if not (is_first and error.is_visit):
                return
        outcome, reason, detail = explain(failure)
        yield Visited(
            **request.cb_kwargs,
            at=self.run.clock(),
            outcome=outcome,
            reason=reason,
            detail=detail,
            exchanges=exchanges_of(failure),
        )

    def leave(self, site: Site, link: Link, error: HostClosed) -> bool:
        """Leave a link and all others of its host for later; return whether it is the first of them."""
        until = self.run.clock() + timedelta(seconds=error.seconds)
        return self.frontier.close(
            site, link.url, ClosedHost(prefixes=error.prefixes, until=until, reason=error.reason, why=str(error))
        )

    def leave_medium(self, site: Site, link: MediaLink, error: HostClosed) -> None:
        """Leave the media of a host for later: no matter of the site's pages."""
        until = self.run.clock() + timedelta(seconds=error.seconds)
        self.frontier.close_media(site, link.url, error.prefixes, until=until)

    def drop(self, response: Response | None) -> None:
        """Give up a link whose callback failed, so that the walk does not wait for it."""
        if response is not None and response.request is not None and "link" in response.request.cb_kwargs:
            self.frontier.drop(response.request.cb_kwargs["site"], response.request.cb_kwargs["link"].url)

    async def close_readers(self) -> None:
        self.run.closed_hosts = self.frontier.closed_hosts
        await self.readers.close()


def _referer(link: Link, address: str) -> dict[str, str]:
    """Return the header that names the page whose link is followed, as a browser sends it."""
    named = POLICY.referrer(posted(link.found_on)[0], address) if link.found_on else None
    return {"Referer": named} if named else {}
