"""Retries that hold the host back: as long as it asks (Retry-After), and no less than an exponential back-off with jitter.

Scrapy decides whether a request is repeated; the pause itself is kept by `crawler/fetching/politeness.py`.
"""

import random
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from crawler.clock import Clock, clock_of
from crawler.fetching.bounded import HeadTooLargeError
from crawler.fetching.capture import explain
from crawler.fetching.politeness import JITTER, TROUBLE, Politeness, RateLimited, retry_after
from crawler.fetching.transport import caused_by, is_tls_failure
from crawler.items import Reason

LONGEST_BACKOFF = 60.0  # seconds


class PatientRetry(RetryMiddleware):
    """Scrapy's retry middleware, with a pause of the host before each repetition."""

    clock: Clock
    backoff: float  # seconds before the first repetition; doubles with each further one
    longest_wait: float  # seconds; a longer Retry-After ends the visit now

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read RETRY_AFTER_MAX and RETRY_BACKOFF (seconds) besides Scrapy's own RETRY settings."""
        middleware = super().from_crawler(crawler)
        middleware.clock = clock_of(crawler.settings)
        middleware.backoff = crawler.settings.getfloat("RETRY_BACKOFF", 2)
        middleware.longest_wait = crawler.settings.getfloat("RETRY_AFTER_MAX", 120)
        return middleware

    def process_request(self, request: Request) -> None:
        """Let the last try keep a body that is cut: the ones before it ask again."""
        is_last = request.meta.get("retry_times", 0) >= request.meta.get("max_retry_times", self.max_retry_times)
        request.meta["download_fail_on_dataloss"] = not is_last

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return the request to repeat, or the response; RateLimited if the host asks for more than RETRY_AFTER_MAX."""
        wait = retry_after(response, self.clock())
        if wait is not None and wait > self.longest_wait:
            raise RateLimited(request.url, wait)
        result = super().process_response(request, response)
        if isinstance(result, Request):
            self._back_off(result)  # also after `Retry-After: 0`
        elif response.status in TROUBLE and not request.meta.get("robots"):  # robots.txt has a rule of its own
            self._tell(request.url, TROUBLE[response.status])
        return result

    def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:  # type: ignore[override]
        """Return the request to repeat, or None if this exception is final: an invalid certificate stays invalid, headers stay as long."""
        if is_tls_failure(exception) or caused_by(exception, HeadTooLargeError):
            return None
        result = super().process_exception(request, exception)
        if isinstance(result, Request):
            self._back_off(result)
        elif isinstance(exception, self.exceptions_to_retry):
            self._tell(request.url, explain(exception)[1])
        return result

    def _tell(self, url: str, reason: Reason) -> None:
        if politeness := self.crawler.get_downloader_middleware(Politeness):
            politeness.failed(url, reason)

    def _back_off(self, repetition: Request) -> None:
        seconds = min(self.backoff * 2 ** (repetition.meta["retry_times"] - 1), LONGEST_BACKOFF)
        if politeness := self.crawler.get_downloader_middleware(Politeness):
            politeness.pause(repetition.url, seconds * random.uniform(1 - JITTER, 1 + JITTER))
