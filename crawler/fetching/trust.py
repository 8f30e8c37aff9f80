"""TLS trust: certificates are verified; a site whose file gives a written reason is exempt, for its own hosts only.

Scrapy's handler reads DOWNLOAD_VERIFY_CERTIFICATES once; so there are two handlers, each shown its own settings.
Which of them serves a request is asked by `crawler/fetching/transport.py`.
"""

from typing import Any, cast

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings
from service_identity import VerificationError
from service_identity.exceptions import CertificateError

from crawler.items import Site
from crawler.urls import in_scope


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
