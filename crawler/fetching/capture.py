"""Response -> Capture, failure -> Outcome and Reason: all that crosses from fetching into our layers."""

from collections.abc import Sequence
from http import HTTPStatus

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import ConnectError, DNSLookupError, TCPTimedOutError
from twisted.internet.error import TimeoutError as TwistedTimeoutError
from twisted.python.failure import Failure
from twisted.web.client import ResponseNeverReceived

from crawler.errors import BodyTooLargeError
from crawler.fetching.addresses import PrivateAddressError
from crawler.fetching.bounded import HeadTooLargeError
from crawler.fetching.politeness import HostClosed, RateLimited
from crawler.fetching.robots import HostUnreachable, RobotsRefusal, RobotsUnreachable
from crawler.fetching.scope import OutOfScope, SignInElsewhere, TooManyRedirects
from crawler.fetching.transport import caused_by, is_old_tls, is_tls_failure
from crawler.items import Capture, Exchange, Outcome, Reason

STATUSES = {
    401: (Outcome.REFUSED, Reason.LOGIN),
    403: (Outcome.REFUSED, Reason.FORBIDDEN),
    404: (Outcome.GONE, Reason.NOT_FOUND),
    410: (Outcome.GONE, Reason.NOT_FOUND),
    408: (Outcome.FAILED, Reason.TIMEOUT),
    412: (Outcome.REFUSED, Reason.CHALLENGE),  # 瑞数 answers it with obfuscated JavaScript
    429: (Outcome.FAILED, Reason.RATE_LIMITED),
    451: (Outcome.REFUSED, Reason.FORBIDDEN),  # for legal reasons (RFC 7725)
    502: (Outcome.FAILED, Reason.UNAVAILABLE),
    503: (Outcome.FAILED, Reason.UNAVAILABLE),
    521: (Outcome.REFUSED, Reason.CHALLENGE),  # 加速乐: a script makes a cookie, and asks again
    504: (Outcome.FAILED, Reason.UNAVAILABLE),
    511: (Outcome.REFUSED, Reason.LOGIN),  # of the network we are in (RFC 6585)
    522: (Outcome.FAILED, Reason.UNAVAILABLE),  # 522 and 524: a proxy that waited for the server behind it
    524: (Outcome.FAILED, Reason.UNAVAILABLE),
}
ERRORS: Sequence[tuple[type[BaseException] | tuple[type[BaseException], ...], Outcome, Reason]] = (
    (RobotsRefusal, Outcome.REFUSED, Reason.ROBOTS),
    (RobotsUnreachable, Outcome.REFUSED, Reason.ROBOTS_UNREACHABLE),
    (HostClosed, Outcome.FAILED, Reason.HOST_CLOSED),
    (PrivateAddressError, Outcome.REFUSED, Reason.PRIVATE_ADDRESS),
    (SignInElsewhere, Outcome.REFUSED, Reason.LOGIN),
    (OutOfScope, Outcome.NOT_ARTICLE, Reason.OUT_OF_SCOPE),
    (TooManyRedirects, Outcome.FAILED, Reason.TOO_MANY_REDIRECTS),
    (RateLimited, Outcome.FAILED, Reason.RATE_LIMITED),
    (
        (DownloadCancelledError, BodyTooLargeError),
        Outcome.FAILED,
        Reason.TOO_LARGE,
    ),  # Scrapy cancels for DOWNLOAD_MAXSIZE only
    ((DownloadTimeoutError, TCPTimedOutError, TwistedTimeoutError, TimeoutError), Outcome.FAILED, Reason.TIMEOUT),
    ((CannotResolveHostError, DNSLookupError), Outcome.FAILED, Reason.DNS),
    ((DownloadConnectionRefusedError, ConnectError), Outcome.FAILED, Reason.UNREACHABLE),
    (ResponseDataLossError, Outcome.FAILED, Reason.CONNECTION),
)


def capture(response: Response) -> Capture:
    """Return the capture of a response: bytes content-decoded, headers as received, time of the exchange that gave it.

    The response's request has passed ExchangeMiddleware (KeyError otherwise).
    """
    assert response.request is not None, "the response of a request that was sent"
    meta = response.request.meta
    exchanges: tuple[Exchange, ...] = tuple(meta["exchanges"])
    return Capture(
        url=meta.get("asked") or meta.get("redirect_urls", [response.request.url])[0],
        final_url=response.url.partition("#")[0],
        fetched=exchanges[-1].at,
        status=response.status,
        headers=exchanges[-1].headers,
        body=response.body,
        exchanges=exchanges,
        seconds=meta.get("download_seconds"),
    )


def judge_status(status: int) -> tuple[Outcome, Reason] | None:
    """Return how a visit with this HTTP status ends, or None where the page decides (2xx) or nothing changed (304).

    Any other 3xx that gets here is a redirect to nowhere: no Location, or one that is not http(s).
    """
    if 200 <= status < 300 or status == HTTPStatus.NOT_MODIFIED:
        return None
    if status in STATUSES:
        return STATUSES[status]
    return Outcome.FAILED, Reason.CLIENT_ERROR if 400 <= status < 500 else Reason.SERVER_ERROR


def explain(failure: Failure | BaseException) -> tuple[Outcome, Reason, str]:
    """Return how a visit that got no usable response ended, with a sentence for people; for a request's errback.

    What nobody has named yet is a failed connection, with its type and text.
    """
    error = (failure.value or failure) if isinstance(failure, Failure) else failure
    if isinstance(error, HostUnreachable):
        return explain(error.error)
    detail = f"{type(error).__name__}: {error}"
    if (long := caused_by(error, HeadTooLargeError)) is not None:
        return Outcome.FAILED, Reason.LONG_HEADERS, f"{type(long).__name__}: {long}"
    for types, outcome, reason in ERRORS:
        if isinstance(error, types):
            return outcome, reason, detail
    if isinstance(error, HttpError):
        outcome, reason = judge_status(error.response.status) or (Outcome.FAILED, Reason.SERVER_ERROR)
        return outcome, reason, f"HTTP status {error.response.status}"
    if is_tls_failure(error):
        return Outcome.FAILED, Reason.OLD_TLS if is_old_tls(error) else Reason.TLS, detail
    if isinstance(error.__cause__, ResponseNeverReceived):  # connected, and hung up on without a byte
        return Outcome.FAILED, Reason.UNREACHABLE, detail
    return Outcome.FAILED, Reason.CONNECTION, detail


def exchanges_of(failure: Failure) -> tuple[Exchange, ...]:
    """Return what was received before a request failed: redirect hops, repeated responses."""
    request = getattr(failure, "request", None)
    return tuple(request.meta.get("exchanges", ())) if request is not None else ()
