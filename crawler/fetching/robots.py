"""robots.txt as RFC 9309 has it: asked before the first request to a host, obeyed on every hop, kept for a day, also across runs.

    2xx: parsed (the first 500 KiB) | 3xx: followed, five times | 4xx: all allowed | 429, 5xx: nothing allowed until it answers
    no answer: nothing of the host is asked for until it answers

Beyond that day an old file is used for its Crawl-delay alone, until the new one is there. A Crawl-delay becomes the host's pace
(`crawler/fetching/politeness.py`), which also knows how long a host without a robots.txt to be had is left alone.
"""

import asyncio
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.clock import Clock, clock_of
from crawler.fetching.politeness import HostClosed, Politeness
from crawler.fetching.scope import TooManyRedirects
from crawler.fetching.stopping import Stopped
from crawler.items import Reason, Robots, Site
from crawler.urls import host_of

PARSED_BYTES = 500 * 1024  # RFC 9309, 2.5: a crawler must read at least so much
TOKEN = re.compile(r"[A-Za-z_-]+")  # RFC 9309, 2.2.1
COMPATIBLE = re.compile(r"^Mozilla/[\d.]+ \(compatible; *([A-Za-z_-]+)")
GROUP = re.compile(
    r"^([^\S\r\n]*user-?[^\S\r\n]?agent[^\S\r\n]*:[^\S\r\n]*)([A-Za-z_-]++)[^\r\n]*", re.IGNORECASE | re.MULTILINE
)
KEPT = timedelta(hours=24)  # RFC 9309, 2.4
HOPS = 5  # RFC 9309, 2.3.1.2; what redirects on is taken for unavailable
AGAIN = timedelta(hours=1)  # until a robots.txt that could not be had is asked for again in the same run
TOO_MANY_REQUESTS = 429  # not in the RFC; like Google, we take it for "stay away", not for "no rules here"
TOO_MANY_HOPS = 310  # the status we keep for an endless redirect, which is none of HTTP's

# Sent for every robots.txt received, before its rules are used: `exchanges` (tuple of Exchange), `site` (Site), `robots` (Robots, or None
# for an answer that gives no rules).
robots_captured = object()

logger = logging.getLogger(__name__)


class RobotsRefusal(IgnoreRequest):
    """robots.txt does not allow a URL."""

    def __init__(self, url: str, detail: str) -> None:
        super().__init__(f"{url}: {detail}")
        self.url, self.detail = url, detail


class HostUnreachable(HostClosed):
    """robots.txt could not be had for want of its host; that is not tried again for every page of it."""

    is_visit = True

    def __init__(self, url: str, seconds: float, error: Exception) -> None:
        super().__init__(url, seconds, Reason.UNREACHABLE, f"robots.txt unreachable: {type(error).__name__}: {error}")
        self.error = error
        self.prefixes = (f"{_origin(url)}/",)


class RobotsUnreachable(HostClosed):
    """robots.txt answers 5xx or 429: nothing is allowed."""

    is_visit = True

    def __init__(self, url: str, seconds: float, status: int) -> None:
        super().__init__(url, seconds, Reason.ROBOTS_UNREACHABLE, f"robots.txt unreachable: status {status}")
        self.prefixes = (f"{_origin(url)}/",)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """What a host's robots.txt says; `parsed` is None where it says nothing."""

    since: datetime
    parsed: Protego | None = None
    status: int | None = None  # of a server that gives no rules: everything is refused
    error: Exception | None = None  # what kept us from the host itself: the reason of every visit to it

    def left(self, now: datetime) -> float:
        """Return the seconds these are used for; 0 also if the clock was set back behind them."""
        kept = AGAIN if self.status or self.error else KEPT
        return (self.since + kept - now).total_seconds() if self.since <= now else 0.0


class RobotsMiddleware:
    """Downloader middleware: RobotsRefusal for what the host's robots.txt does not allow our product token."""

    def __init__(self, crawler: Crawler, agent: str, clock: Clock) -> None:
        self._crawler = crawler
        self._agent = agent
        self._clock = clock
        self._recalled: dict[str, Robots] = {}  # by scheme, host and port, like the next
        self._rules: dict[str, asyncio.Task[_Rules]] = {}  # a task, so that all wait for one request

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read ROBOTSTXT_OBEY, CLOCK, and the product token from ROBOTSTXT_USER_AGENT or USER_AGENT."""
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        agent = product_token(crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"])
        robots = cls(crawler, agent, clock_of(crawler.settings))
        crawler.signals.connect(robots.bytes_received, signals.bytes_received)
        return robots

    def recall(self, files: Iterable[Robots]) -> None:
        """Take up what earlier runs were told."""
        self._recalled = {file.origin: file for file in files}

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise RobotsRefusal or HostClosed."""
        if request.meta.get("robots"):
            return
        rules = await self._rules_for(request)
        left = rules.left(self._clock())
        if rules.error is not None:
            raise HostUnreachable(request.url, left, rules.error)
        if rules.status is not None:
            raise RobotsUnreachable(request.url, left, rules.status)
        if rules.parsed is not None and not rules.parsed.can_fetch(request.url, self._agent):
            self._count("robots/refused")
            raise RobotsRefusal(request.url, f"robots.txt disallows it for {self._agent}")

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Stop the download of a robots.txt without end: what is there is parsed (RFC 9309, 2.5)."""
        if request.meta.get("robots"):
            request.meta["robots_bytes"] = request.meta.get("robots_bytes", 0) + len(data)
            if request.meta["robots_bytes"] > 2 * PARSED_BYTES:
                raise StopDownload(fail=False)

    async def _rules_for(self, request: Request) -> _Rules:
        origin = _origin(request.url)
        task = self._rules.get(origin)
        if task is None or (task.done() and (task.exception() or task.result().left(self._clock()) <= 0)):
            task = self._rules[origin] = asyncio.create_task(self._ask(origin, request.meta.get("site")))
        return await task

    async def _ask(self, origin: str, site: Site | None) -> _Rules:
        """Return the rules of an origin; HostClosed, which is not kept, if it may not be asked now."""
        if (recalled := self._recalled.pop(origin, None)) is not None:
            rules = self._read(recalled)
            if rules.left(self._clock()) > 0:
                return rules
        url = f"{origin}/robots.txt"
        meta = {"robots": True, "site": site, "redirect_ttl": HOPS, "download_maxsize": 0}  # `bytes_received` ends it
        request = Request(url, callback=NO_CALLBACK, priority=1000, dont_filter=True, meta=meta)
        try:
            response = await self._crawler.engine.download_async(request)
        except (HostClosed, Stopped):
            raise
        except TooManyRedirects:  # RFC 9309, 2.3.1.2: taken for unavailable
            return self._keep(Robots(origin=origin, fetched=self._clock(), status=TOO_MANY_HOPS, rules=""), (), site)
        except Exception as error:  # noqa: BLE001 (whatever ended the download: the host is left alone, and every visit says why)
            logger.warning("%s: %s: %s; nothing of this host is fetched for now", url, type(error).__name__, error)
            return _Rules(since=self._clock(), error=error)
        self._count(f"robots/status/{response.status}")
        return self._heard(response, origin, site)

    def _heard(self, response: Response, origin: str, site: Site | None) -> _Rules:
        exchanges = tuple(response.request.meta["exchanges"]) if response.request else ()
        if response.status == TOO_MANY_REQUESTS or response.status >= 500:
            self._crawler.signals.send_catch_log(robots_captured, exchanges=exchanges, site=site, robots=None)
            if politeness := self._crawler.get_downloader_middleware(Politeness):
                politeness.failed(f"{origin}/", Reason.ROBOTS_UNREACHABLE)
            return _Rules(since=self._clock(), status=response.status)
        rules = rules_text(response.body) if 200 <= response.status < 300 else ""
        kept = Robots(origin=origin, fetched=self._clock(), status=response.status, rules=rules)
        return self._keep(kept, exchanges, site)

    def _keep(self, robots: Robots, exchanges: Iterable[object], site: Site | None) -> _Rules:
        self._crawler.signals.send_catch_log(robots_captured, exchanges=exchanges, site=site, robots=robots)
        return self._read(robots)

    def _read(self, robots: Robots) -> _Rules:
        parsed = Protego.parse(robots.rules) if robots.rules else None
        if politeness := self._crawler.get_downloader_middleware(Politeness):
            politeness.slow_down(f"{robots.origin}/", delay_of(parsed, self._agent) if parsed else 0.0)
        return _Rules(parsed=parsed, since=robots.fetched)

    def _count(self, key: str) -> None:
        self._crawler.stats.inc_value(key)


def _origin(url: str) -> str:
    return f"{urlsplit(url).scheme}://{host_of(url)}"


def product_token(user_agent: str) -> str:
    """Return the name a robots.txt knows us by, "archive-bot" of "archive-bot/1.0 (+https://…)" (RFC 9309, 2.2.1).

    Of "Mozilla/5.0 (compatible; archive-bot/1.0)" too, whose first name is everybody's.
    """
    match = COMPATIBLE.match(user_agent)
    if match:
        return match[1]
    token = TOKEN.match(user_agent)
    return token[0] if token else user_agent


def rules_text(body: bytes) -> str:
    """Return the rules of a robots.txt: the whole lines of its first 500 KiB, without a byte order mark.

    A line that is cut off would be another rule: "Allow: /" of "Allow: /news/". "User-agent: Archive-Bot/1.0" names the token "Archive-Bot".
    """
    if len(body) > PARSED_BYTES:
        body = body[:PARSED_BYTES]
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    text = body.decode("utf-8-sig", errors="replace").replace("\0", "\ufffd")
    return GROUP.sub(r"\1\2", text)


def delay_of(parsed: Protego, agent: str) -> float:
    """Return the least seconds between two requests that a robots.txt asks of us: Crawl-delay, Request-rate, 0 for none."""
    rate = parsed.request_rate(agent)
    return max(parsed.crawl_delay(agent) or 0.0, rate.seconds / rate.requests if rate else 0.0)
