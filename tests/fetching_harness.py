"""A loopback server, and a way to send requests through real Scrapy with the components of crawler/fetching."""

import asyncio
import atexit
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from time import monotonic
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Response
from scrapy.utils.reactor import install_reactor, is_reactor_installed
from twisted.python.failure import Failure

from crawler.items import Pace, Site

REPLY = tuple[int, dict[str, str | None], bytes]  # status, headers (None: not sent), body
COMPONENTS: dict[str, Any] = {
    "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "crawler.fetching.transport.Transport"),
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
        "crawler.fetching.evidence.ContentDecoding": 590,
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
        "crawler.fetching.robots.RobotsMiddleware": 100,
        "crawler.fetching.retry.PatientRetry": 550,
        "crawler.fetching.scope.ScopedRedirect": 600,
        "crawler.fetching.politeness.Politeness": 880,
        "crawler.fetching.evidence.ExchangeMiddleware": 890,
    },
    "ADDONS": {"crawler.fetching.replay.ReplayAddon": 100},
    "COOKIES_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "HTTPERROR_ALLOW_ALL": True,
    "HTTPPROXY_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "RETRY_BACKOFF": 0,
    "ROBOTSTXT_OBEY": False,
    "USER_AGENT": "campus-archive/1.0 (+https://archive.example.org)",
    "LOG_LEVEL": "ERROR",
    "REMOTE_CONTROL_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
}


@dataclass
class Server:
    """Answers from `pages` (a reply, or a function of how often the path was asked); notes what was asked, and when."""

    pages: dict[str, REPLY | Callable[[int], REPLY]]
    port: int = 0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    scheme: str = "http"

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def reply(self, path: str, headers: dict[str, str]) -> REPLY:
        self.asked.append((path, headers))
        self.times.append(monotonic())
        page = self.pages.get(path, (404, {}, b"not here"))
        return page(self.paths.count(path)) if callable(page) else page


@contextmanager
def serving(pages: dict[str, Any], tls: SSLContext | None = None) -> Iterator[Server]:
    server = Server(pages, scheme="https" if tls else "http")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5

        def do_GET(self) -> None:
            status, headers, body = server.reply(self.path, dict(self.headers))
            defaults = {"Content-Type": "text/html", "Content-Length": str(len(body))}
            self.send_response(status)
            for name, value in (defaults | headers).items():
                if value is not None:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:  # a client that hangs up is no news
            pass

    http = Quiet(("127.0.0.1", 0), Handler)
    if tls:
        http.socket = tls.wrap_socket(http.socket, server_side=True)
    server.port = http.server_port
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def site_of(*hosts: str, private: bool = True, **more: Any) -> Site:
    """A site of these hosts, without delay; private ones allowed unless said otherwise."""
    site = Site(key="test", name="测试", hosts=hosts, private_hosts=hosts if private else (), politeness=Pace(delay=0))
    return replace(site, **more)


def fetch(
    site: Site,
    *urls: str,
    spider: type[Spider] | None = None,
    others: dict[str, Site] | None = None,
    meta: dict[str, Any] | None = None,
    **settings: Any,
) -> dict[str, Response | Failure]:
    """Crawl these URLs, for a site or for one of the others, and return by URL what reached the spider."""
    got: dict[str, Response | Failure] = {}

    class Collector(spider or Spider):  # type: ignore[misc]
        name = "collector"

        async def start(self) -> Any:
            for url in urls:
                yield Request(
                    url,
                    callback=self.parse,
                    errback=self.failed,
                    cb_kwargs={"asked": url},
                    meta={"site": (others or {}).get(url, site), **(meta or {})},
                    dont_filter=True,
                )

        def parse(self, response: Response, asked: str) -> None:
            got[asked] = response

        def failed(self, failure: Failure) -> None:
            got[failure.request.cb_kwargs["asked"]] = failure  # type: ignore[attr-defined] # Scrapy puts it there

    merged = COMPONENTS | settings
    run(lambda: AsyncCrawlerRunner(merged).crawl(Collector))
    return got


def run(job: Callable[[], Any]) -> None:
    """Run a job on Scrapy's asyncio reactor, which lives as long as the process: it cannot be started twice."""
    loop = _loop()
    from twisted.internet import reactor

    pool = reactor.getThreadPool()
    pool.adjustPoolsize(0, 4)
    try:
        loop.run_until_complete(asyncio.wait_for(_awaited(job), 30))
    finally:
        pool.adjustPoolsize(0, 0)  # its threads would keep the process from ending


async def _awaited(job: Callable[[], Any]) -> None:
    await job()


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    assert not is_reactor_installed()
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor

    from crawler.fetching.addresses import GuardedResolver

    GuardedResolver(reactor, 100, 5).install_on_reactor()  # what CrawlerProcess does with TWISTED_DNS_RESOLVER
    reactor.startRunning(installSignalHandlers=False)
    atexit.register(loop.close)
    return loop
