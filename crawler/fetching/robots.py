"""robots.txt as RFC 9309 has it: asked before the first request to a host, obeyed on every hop, kept for a day.

    2xx: parsed (the first 500 KiB) | 3xx: followed | 4xx: all allowed | 429, 5xx: all refused, for this run
    no answer: nothing of the host is asked for in this run, for the reason that kept us from it

A Crawl-delay becomes the host's pace (`crawler/fetching/politeness.py`).
"""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.fetching.politeness import Politeness
from crawler.fetching.scope import TooManyRedirects
from crawler.items import Site
from crawler.urls import host_of

PARSED_BYTES = 500 * 1024  # RFC 9309, 2.5: a crawler must read at least so much
KEPT_SECONDS = 24 * 3600.0  # RFC 9309, 2.4
TOO_MANY_REQUESTS = 429  # not in the RFC; like Google, we take it for "stay away", not for "no rules here"

# Sent for every robots.txt received, before its rules are used: `exchanges` (tuple of Exchange), `site` (Site).
robots_captured = object()

logger = logging.getLogger(__name__)


class RobotsRefusal(IgnoreRequest):
    """robots.txt does not allow a URL, or could not be read."""

    def __init__(self, url: str, detail: str) -> None:
        super().__init__(f"{url}: {detail}")
        self.url, self.detail = url, detail


class HostUnreachable(IgnoreRequest):
    """robots.txt could not be had for want of its host; that is not tried again for every page of it."""

    def __init__(self, url: str, error: Exception) -> None:
        super().__init__(f"{url}: robots.txt unreachable: {type(error).__name__}: {error}")
        self.url, self.error = url, error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """What a host's robots.txt says; `parsed` is None where it says nothing."""

    parsed: Protego | None = None
    unreachable: str | None = None  # why everything is refused
    error: Exception | None = None  # what kept us from the host itself: the reason of every visit to it
    expires: float = float("inf")  # monotonic


class RobotsMiddleware:
    """Downloader middleware: RobotsRefusal for what the host's robots.txt does not allow our product token."""

    def __init__(self, crawler: Crawler, agent: str, clock: Callable[[], float] = monotonic) -> None:
        self._crawler = crawler
        self._agent = agent
        self._clock = clock
        self._rules: dict[
            str, asyncio.Task[_Rules]
        ] = {}  # by scheme, host and port; a task, so that all wait for one request

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read ROBOTSTXT_OBEY, and the product token from ROBOTSTXT_USER_AGENT or USER_AGENT."""
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        return cls(crawler, product_token(crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]))

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise RobotsRefusal."""
        if request.meta.get("robots"):
            return
        rules = await self._rules_for(request)
        if rules.error is not None:
            raise HostUnreachable(request.url, rules.error)
        if rules.unreachable:
            raise RobotsRefusal(request.url, f"robots.txt unreachable: {rules.unreachable}")
        if rules.parsed is not None and not rules.parsed.can_fetch(request.url, self._agent):
            self._count("robots/refused")
            raise RobotsRefusal(request.url, f"robots.txt disallows it for {self._agent}")

    async def _rules_for(self, request: Request) -> _Rules:
        key = f"{urlsplit(request.url).scheme}://{host_of(request.url)}"
        task = self._rules.get(key)
        if task is None or (task.done() and task.result().expires <= self._clock()):
            task = self._rules[key] = asyncio.create_task(self._fetch(f"{key}/robots.txt", request.meta.get("site")))
        return await task

    async def _fetch(self, url: str, site: Site | None) -> _Rules:
        request = Request(
            url, callback=NO_CALLBACK, priority=1000, dont_filter=True, meta={"robots": True, "site": site}
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except TooManyRedirects:  # RFC 9309, 2.3.1.2: taken for unavailable
            return _Rules(expires=self._clock() + KEPT_SECONDS)
        except Exception as error:  # noqa: BLE001 (whatever ended the download: the host is left alone, and every visit says why)
            logger.warning("%s: %s: %s; nothing of this host is fetched in this run", url, type(error).__name__, error)
            return _Rules(error=error)
        self._count(f"robots/status/{response.status}")
        exchanges = tuple(response.request.meta["exchanges"]) if response.request else ()
        self._crawler.signals.send_catch_log(robots_captured, exchanges=exchanges, site=site)
        return self._read(response, url)

    def _read(self, response: Response, url: str) -> _Rules:
        if response.status == TOO_MANY_REQUESTS or response.status >= 500:
            return _Rules(unreachable=f"status {response.status}")
        expires = self._clock() + KEPT_SECONDS
        if not 200 <= response.status < 300:
            return _Rules(expires=expires)
        parsed = Protego.parse(response.body[:PARSED_BYTES].decode("utf-8-sig", errors="replace"))
        delay = parsed.crawl_delay(self._agent)
        if delay and (politeness := self._crawler.get_downloader_middleware(Politeness)):
            politeness.slow_down(url, float(delay))
        return _Rules(parsed=parsed, expires=expires)

    def _count(self, key: str) -> None:
        self._crawler.stats.inc_value(key)


def product_token(user_agent: str) -> str:
    """Return the name a robots.txt knows us by, "archive-bot" of "archive-bot/1.0 (+https://…)" (RFC 9309, 2.2.1)."""
    match = re.match(r"[A-Za-z_-]+", user_agent)
    return match[0] if match else user_agent
