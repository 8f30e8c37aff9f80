"""Retries that hold the host back: as long as it asks (Retry-After), else with exponential back-off and jitter.

Scrapy decides whether a request is repeated; the pause itself is kept by `crawler/fetching/politeness.py`.
"""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from crawler.fetching.evidence import clock_of
from crawler.fetching.politeness import Politeness, RateLimited, retry_after
from crawler.fetching.trust import is_tls_failure

LONGEST_BACKOFF = 60.0  # seconds


class PatientRetry(RetryMiddleware):
    """Scrapy's retry middleware, with a pause of the host before each repetition."""

    clock: Callable[[], datetime]
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

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return the request to repeat, or the response; RateLimited if the host asks for more than RETRY_AFTER_MAX."""
        wait = retry_after(response, self.clock())
        if wait is not None and wait > self.longest_wait:
            raise RateLimited(request.url, wait)
        result = super().process_response(request, response)
        if wait is None and isinstance(result, Request):
            self._back_off(result)
        return result

    def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:  # type: ignore[override]
        """Return the request to repeat, or None if this exception is final: an invalid certificate stays invalid."""
        if is_tls_failure(exception):
            return None
        result = super().process_exception(request, exception)
        if isinstance(result, Request):
            self._back_off(result)
        return result

    def _back_off(self, repetition: Request) -> None:
        seconds = min(self.backoff * 2 ** (repetition.meta["retry_times"] - 1), LONGEST_BACKOFF)
        if politeness := self.crawler.get_downloader_middleware(Politeness):
            politeness.pause(repetition.url, seconds * random.uniform(0.75, 1.25))
