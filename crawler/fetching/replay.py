"""Replay: every request answered from WARC files instead of the network (setting REPLAY_WARC).

http and https are one; what is not in the files is a 404; the capture time is the record's WARC-Date. Evidence is written as in a live crawl.
"""

from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import BaseSettings

from crawler.fetching.evidence import CUT
from crawler.urls import with_body
from crawler.warc import UrlIndex, index_files

CONCURRENCY = 16  # requests at the same time: there is no host to be polite to
NOT_FOUND = 404


class ReplayAddon:
    """Scrapy add-on: switch a crawl to replay where REPLAY_WARC names files; `-s` on the command line still wins."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Apply `replay_settings`; EvidenceError if a file cannot be replayed."""
        files = [file.strip() for file in settings.getlist("REPLAY_WARC") if file.strip()]
        if not files or "REPLAY_INDEX" in settings:  # the crawl command has applied it, to report a bad file
            raise NotConfigured
        for name, value in replay_settings(files).items():
            settings.set(name, value, priority="spider")  # above settings.py, below the command line


def replay_settings(files: list[str]) -> dict[str, Any]:
    """Return the settings of a crawl over these files, without delay, retry or proxy; EvidenceError for a bad file."""
    return {
        "REPLAY_INDEX": index_files(files),
        "DOWNLOAD_HANDLERS": {"http": ReplayHandler, "https": ReplayHandler},
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "POLITENESS_ENABLED": False,
        "CONDITIONAL_GET": False,
        "RETRY_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "CONCURRENT_REQUESTS": CONCURRENCY,
        "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
    }


class ReplayHandler(BaseDownloadHandler):
    """Download handler of http and https that answers from the URL index in REPLAY_INDEX."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._index: UrlIndex = crawler.settings["REPLAY_INDEX"]

    async def download_request(self, request: Request) -> Response:
        """Return the recorded response; `request.meta["captured_at"]` holds its time, None if never recorded."""
        is_query = request.method == "POST"
        exchange = self._index.find(with_body(request.url, request.body.decode()) if is_query else request.url)
        request.meta["captured_at"] = exchange.at if exchange else None
        if exchange is None:
            return Response(request.url, status=NOT_FOUND)
        headers = Headers()
        for name, value in exchange.headers:
            headers.appendlist(name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        kind = responsetypes.from_args(headers=headers, url=request.url, body=exchange.body)
        flags = [CUT] if exchange.is_cut else []
        return kind(request.url, status=exchange.status, headers=headers, body=exchange.body, flags=flags)
