"""The download handler of http and https: where a request leaves the machine.

    the host's turn (politeness) -> address guard -> TLS trust -> Scrapy's HTTP/1.1 handler -> seconds noted

From the guard on it is limited in time, once the run is being stopped (stopping).

Hosts that may be private, and sites without TLS verification, have connections of their own: one that was opened under
one rule is never used under another. Certificates are verified; a site whose file gives a written reason is exempt, for its own hosts only.
Scrapy's handler reads DOWNLOAD_VERIFY_CERTIFICATES once: so there are several, each shown its own settings.
"""

import contextlib
from time import monotonic
from typing import Any, cast

from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from service_identity import VerificationError
from service_identity.exceptions import CertificateError

from crawler.fetching.addresses import PrivateAddressError, guarded, is_public
from crawler.fetching.politeness import Politeness
from crawler.fetching.stopping import Stopping
from crawler.items import Site
from crawler.urls import in_scope


class Transport(BaseDownloadHandler):
    """One HTTP(S) request at a time to Scrapy's handler, under the rules of the site in `request.meta["site"]`."""

    lazy = True  # connection pools need a running reactor, and a replay needs none

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._handlers: dict[tuple[bool, bool], HTTP11DownloadHandler] = {}

    async def download_request(self, request: Request) -> Response:
        """Return the response as received; `request.meta["download_seconds"]` holds the time to its last byte."""
        politeness = self.crawler.get_downloader_middleware(Politeness)
        if politeness is None:
            return await self._in_time(request)
        await politeness.turn(request)
        try:
            return await self._in_time(request)
        finally:
            politeness.ended(request)

    async def _in_time(self, request: Request) -> Response:
        stopping = self.crawler.get_downloader_middleware(Stopping)
        async with stopping.limit(request.url) if stopping else contextlib.nullcontext():
            return await self._send(request)

    async def _send(self, request: Request) -> Response:
        site = request.meta.get("site")
        with guarded(request.url, site) as guard:
            handler = self._handler(verified=is_verified(request.url, site), private=guard.private)
            started = monotonic()
            response = await handler.download_request(request)
            request.meta["download_seconds"] = monotonic() - started
        # Reached only if another resolver than GuardedResolver, or a proxy, chose the address.
        if not guard.private and response.ip_address and not is_public(str(response.ip_address)):
            raise PrivateAddressError(request.url, str(response.ip_address))
        return response

    def _handler(self, *, verified: bool, private: bool) -> HTTP11DownloadHandler:
        if (verified, private) not in self._handlers:
            self._handlers[verified, private] = http_handler(self.crawler, verified=verified)
        return self._handlers[verified, private]

    async def close(self) -> None:
        """Close the connections kept open."""
        for handler in self._handlers.values():
            await handler.close()


def is_verified(url: str, site: Site | None) -> bool:
    """Return whether the certificate of this URL's host has to be valid."""
    return site is None or site.unverified_tls is None or not in_scope(url, site)


def http_handler(crawler: Crawler, *, verified: bool) -> HTTP11DownloadHandler:
    """Return a new HTTP/1.1 download handler, with its own connections, that verifies certificates or does not.

    Twisted repeats a request at once, unseen by Scrapy, when a connection that was kept open ends under it: no pause, no evidence. It has to
    leave that to our retries; Scrapy has no setting for it.
    """
    handler = HTTP11DownloadHandler(cast(Crawler, _CrawlerView(crawler, verified=verified)))
    handler._pool.retryAutomatically = False
    return handler


class _CrawlerView:
    """A crawler whose settings differ in DOWNLOAD_VERIFY_CERTIFICATES only."""

    def __init__(self, crawler: Crawler, *, verified: bool) -> None:
        self._crawler = crawler
        self.settings = BaseSettings(crawler.settings)
        self.settings.set("DOWNLOAD_VERIFY_CERTIFICATES", verified, priority="cmdline")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._crawler, name)


def is_tls_failure(error: BaseException) -> bool:
    """Return whether a failed download goes back to TLS: Scrapy and Twisted wrap what OpenSSL says."""
    causes = [error.__cause__, *(failure.value for failure in getattr(error, "reasons", ()))]  # reasons: ResponseFailed
    return isinstance(error, (SSL.Error, CertificateError, VerificationError)) or any(
        is_tls_failure(cause) for cause in causes if cause is not None
    )
