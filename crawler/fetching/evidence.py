"""Exchanges: every request of a visit and its response, as received, before anything is decoded or followed; then the decoding.

At order 890 the middleware stands below the decoding (590), redirects (600) and retries (550), so each hop and each
repeated response is seen with its Content-Encoding. Writing them to WARC is the archive's work.
"""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from crawler.clock import Clock, clock_of
from crawler.content_encoding import decode
from crawler.fetching.robots import PARSED_BYTES
from crawler.items import Exchange
from crawler.urls import host_of

CUT = "dataloss"  # the flag that Scrapy gives a response whose body is not whole


class ExchangeMiddleware:
    """Downloader middleware: append an Exchange to the list in `request.meta["exchanges"]`, one list a visit."""

    def __init__(self, clock: Clock, most: int) -> None:
        self._clock, self._most = clock, most

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read CLOCK, and DOWNLOAD_MAXSIZE: of all bodies of a visit, which are in memory together."""
        return cls(clock_of(crawler.settings), crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Begin the list with the first request; redirects and repetitions carry it on in their copy of `meta`."""
        if not (request.meta.get("redirect_times") or request.meta.get("retry_times")):
            request.meta["exchanges"] = []
            request.meta["visit_maxsize"] = request.meta.get("download_maxsize", self._most)
        elif (most := request.meta["visit_maxsize"]) and (held := request.meta["exchanges"]):
            request.meta["download_maxsize"] = max(1, most - sum(len(exchange.body) for exchange in held))

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the exchange and pass the response on."""
        request.meta["exchanges"].append(
            Exchange(
                url=request.url.partition("#")[0],  # a fragment is ours, no server is told it
                at=request.meta.get("captured_at") or self._clock(),  # a replayed record brings its own time
                request_headers=(("Host", host_of(request.url)), *header_pairs(request.headers)),
                status=response.status,
                headers=header_pairs(response.headers),
                body=response.body,
                method=request.method,
                request_body=request.body,
                is_cut=CUT in response.flags,
            )
        )
        return response


class ContentDecoding:
    """Downloader middleware in the place of Scrapy's: undo the Content-Encoding of a response by the door that evidence is read through."""

    def __init__(self, most: int) -> None:
        self._most = most

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read DOWNLOAD_MAXSIZE: of what is unpacked, too."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response with its body unpacked; ContentEncodingError for one that cannot be."""
        is_rules = bool(request.meta.get("robots"))  # of which the beginning is read, however large the whole is
        most = 2 * PARSED_BYTES if is_rules else request.meta.get("download_maxsize", self._most)
        body, left = decode(header_pairs(response.headers), response.body, most, may_be_cut=is_rules)
        if body is response.body:
            return response
        headers = response.headers.copy()
        headers.setlist("Content-Encoding", left)
        return response.replace(body=body, headers=headers)


def header_pairs(headers: Headers) -> tuple[tuple[str, str], ...]:
    """Return headers as text, byte for byte (latin-1), repeated ones each. Scrapy has title-cased the names."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name in headers for value in headers.getlist(name)
    )
