"""The download handler of http and https: where a request leaves the machine.

    the host's turn (politeness) -> address guard -> scope -> TLS trust -> Scrapy's HTTP/1.1 handler -> seconds noted

From the guard on it is limited in time, once the run is being stopped (stopping).

Hosts that may be private, and sites without TLS verification, have connections of their own: one that was opened under
one rule is never used under another. Certificates are verified; a site whose file gives a written reason is exempt, for its own hosts only.
Scrapy's handler reads DOWNLOAD_VERIFY_CERTIFICATES once: so there are several, each shown its own settings.
"""

import contextlib
import re
from collections.abc import Mapping
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
from crawler.fetching.bounded import MOST_HEAD, bounded_by
from crawler.fetching.politeness import Politeness
from crawler.fetching.scope import OutOfScope, is_allowed
from crawler.fetching.stopping import Stopping
from crawler.items import Site
from crawler.urls import in_scope

FRAMING = 2  # bytes that may come in for each one of the largest body: chunk sizes and what is said beside them
WEAK = {"DOWNLOAD_TLS_MIN_VERSION": "TLSv1.0"}
EVERY_CIPHER = (
    "ALL:!aNULL:!eNULL:@SECLEVEL=0"  # at the level of OpenSSL that takes old protocols and short keys as well
)
# What OpenSSL says where a server is too old for its defaults (`openssl errstr`); a bare "handshake failure" is that of no common cipher.
OLD = re.compile(
    r"unsupported protocol|protocol version|version too low|key too small|md too weak|digest check failed|no (?:shared )?ciphers?"
    r"|legacy renegotiation|handshake failure|insufficient security|no protocols available"
)


class Transport(BaseDownloadHandler):
    """One HTTP(S) request at a time to Scrapy's handler, under the rules of the site in `request.meta["site"]`."""

    lazy = True  # connection pools need a running reactor, and a replay needs none

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._handlers: dict[tuple[bool, bool, bool], HTTP11DownloadHandler] = {}

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
            if not is_allowed(request):
                raise OutOfScope(request.url, request.url)
            is_weak = may_be_weak(request.url, site)
            handler = self._handler(verified=is_verified(request.url, site), private=guard.private, weak=is_weak)
            started = monotonic()
            response = await handler.download_request(request)
            request.meta["download_seconds"] = monotonic() - started
        # Reached only if another resolver than GuardedResolver, or a proxy, chose the address.
        if not guard.private and response.ip_address and not is_public(str(response.ip_address)):
            raise PrivateAddressError(request.url, str(response.ip_address))
        return response

    def _handler(self, *, verified: bool, private: bool, weak: bool) -> HTTP11DownloadHandler:
        key = verified, private, weak
        if key not in self._handlers:
            tls = {"DOWNLOAD_VERIFY_CERTIFICATES": verified, **(WEAK if weak else {})}
            self._handlers[key] = http_handler(self.crawler, tls)
            if weak:
                self._handlers[key]._contextFactory.tls_ciphers = EveryCipher()
        return self._handlers[key]

    async def close(self) -> None:
        """Close the connections kept open."""
        for handler in self._handlers.values():
            await handler.close()


def is_verified(url: str, site: Site | None) -> bool:
    """Return whether the certificate of this URL's host has to be valid."""
    return site is None or site.unverified_tls is None or not in_scope(url, site)


def may_be_weak(url: str, site: Site | None) -> bool:
    """Return whether the host of a URL may speak TLS as it was."""
    return site is not None and site.weak_tls is not None and in_scope(url, site)


def http_handler(crawler: Crawler, settings: Mapping[str, object]) -> HTTP11DownloadHandler:
    """Return a new HTTP/1.1 download handler with its own connections and settings of TLS, whose answers are bounded.

    Twisted repeats a request at once, unseen by Scrapy, when a connection that was kept open ends under it: no pause, no evidence. It has to
    leave that to our retries; Scrapy has no setting for it.
    """
    handler = HTTP11DownloadHandler(cast(Crawler, _CrawlerView(crawler, settings)))
    handler._pool.retryAutomatically = False
    largest = max(crawler.settings.getint("DOWNLOAD_MAXSIZE"), crawler.settings.getint("MEDIA_MAX_BYTES"))
    handler._pool._factory = bounded_by(MOST_HEAD + FRAMING * largest)
    return handler


class EveryCipher:
    """What Twisted asks for ciphers (IAcceptableCiphers): one of them, whose name is all. Its own list of names would lose the level."""

    fullName = EVERY_CIPHER  # noqa: N815 (Twisted's name)

    def selectCiphers(self, available: object) -> "list[EveryCipher]":  # noqa: N802 (Twisted's name)
        """Return the ciphers to be offered."""
        return [self]


class _CrawlerView:
    """A crawler some of whose settings differ."""

    def __init__(self, crawler: Crawler, settings: Mapping[str, object]) -> None:
        self._crawler = crawler
        self.settings = BaseSettings(crawler.settings)
        self.settings.setdict(dict(settings), priority="cmdline")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._crawler, name)


def caused_by(error: BaseException, *types: type[BaseException]) -> BaseException | None:
    """Return the error of these types that a failed download goes back to, None if it does not: Scrapy and Twisted wrap what happened."""
    if isinstance(error, types):
        return error
    causes = [error.__cause__, *(failure.value for failure in getattr(error, "reasons", ()))]  # reasons: ResponseFailed
    found = (caused_by(cause, *types) for cause in causes if cause is not None)
    return next((cause for cause in found if cause is not None), None)


def is_tls_failure(error: BaseException) -> bool:
    """Return whether a failed download goes back to TLS."""
    return caused_by(error, SSL.Error, CertificateError, VerificationError) is not None


def is_old_tls(error: BaseException) -> bool:
    """Return whether a connection failed because its server speaks TLS as nobody should any more, as OpenSSL names it."""
    return bool(OLD.search(str(caused_by(error, SSL.Error) or "")))
