"""Conditional GET: a page we have is asked for with the validators that came with it (RFC 9110, 13.1), and a 304 is believed.

Which validators may be sent is decided where they are kept (`crawler/ingest/revisiting.py`); they arrive in `request.meta["validators"]`.
"""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.items import Capture, Outcome, Reason, Validators

CONDITIONS = ("If-None-Match", "If-Modified-Since")


class ConditionalMiddleware:
    """Downloader middleware: set the conditions of a request, and take them off where a redirect leads to another page."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read CONDITIONAL_GET (off in a replay, whose records answer no condition)."""
        if not crawler.settings.getbool("CONDITIONAL_GET", True):
            raise NotConfigured
        return cls()

    def process_request(self, request: Request) -> None:
        """Set or remove If-None-Match and If-Modified-Since."""
        validators: Validators | None = request.meta.get("validators")
        if not validators:
            return
        asked = request.meta.get("redirect_urls", [request.url])[0]
        is_same = _without_scheme(asked) == _without_scheme(request.url)  # http that leads to https is one page
        for name, value in zip(CONDITIONS, (validators.etag, validators.last_modified), strict=True):
            if value and is_same:
                request.headers[name] = value.encode("latin-1", "replace")
            else:
                request.headers.pop(name, None)


def judge_not_modified(capture: Capture) -> tuple[Outcome, Reason | None]:
    """Return how a visit ends that was answered with 304; to a request without condition it is a fault of the server."""
    asked = {name.lower() for name, _ in capture.exchanges[-1].request_headers}
    if any(name.lower() in asked for name in CONDITIONS):
        return Outcome.NOT_MODIFIED, None
    return Outcome.FAILED, Reason.SERVER_ERROR


def _without_scheme(url: str) -> str:
    return url.partition(":")[2]
