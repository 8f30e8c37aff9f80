"""Answers bounded in the bytes that come in, before anything is made of them: a status line or headers without end, floods of 1xx, chunks
that are all framing. Scrapy bounds the body that comes out of it, and the time.
"""

import re
from typing import Any, cast

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.web._newclient import BODY, ParseError

NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # of a header (RFC 9110, 5.6.2)
LEAST_STATUS, LARGEST_STATUS = 100, 999
MOST_HEAD = 262_144  # bytes of the status line and headers, with those of all 1xx before them; browsers take as much


class HeadTooLargeError(Exception):
    """The head of an answer does not end, or its body has more framing than is read."""


class BoundedParser(_LenientHTTPClientParser):
    """Scrapy's parser of a response, which it makes by changing the class of Twisted's."""

    most: int  # bytes of the whole answer, framing included; 0 for any number
    received = 0
    MAX_LENGTH = MOST_HEAD  # of one line: a policy or a list of links is longer than the 16 KB that Twisted takes

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 (Twisted's name)
        """Count, and pass on; what is raised here ends the connection, and is what the request failed for."""
        if self.state != BODY and self.received > MOST_HEAD:
            raise HeadTooLargeError(f"its head is larger than {MOST_HEAD} bytes")
        self.received += len(data)
        if self.most and self.received > self.most:
            raise HeadTooLargeError(f"with its framing it is larger than {self.most} bytes")
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def statusReceived(self, status: bytes) -> None:  # noqa: N802 (Twisted's name)
        """Take the status line; what is no status of three digits is no HTTP, and no number that evidence and catalog can hold."""
        super().statusReceived(status)  # type: ignore[no-untyped-call]
        if not LEAST_STATUS <= self.response.code <= LARGEST_STATUS:
            raise ParseError("no HTTP status", status)  # type: ignore[no-untyped-call]

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802 (Twisted's name)
        """Take a header, but for one whose name is none and for a coding that is none: browsers pass over both."""
        name = name.strip()
        is_nothing = name.lower() == b"transfer-encoding" and value.strip().lower() == b"identity"
        if NAME.fullmatch(name) and not is_nothing:
            super().headerReceived(name, value)  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802 (Twisted's name)
        """Give up a line that does not end."""
        raise HeadTooLargeError(f"a line of its head is longer than {self.MAX_LENGTH} bytes")


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's protocol, with the parser above."""

    most = 0

    def request(self, request: Any) -> "Deferred[Any]":
        """Send a request; what answers it is bounded."""
        answered: Deferred[Any] = super().request(request)
        assert self._parser is not None, "made for every request"
        self._parser.__class__ = BoundedParser
        cast(BoundedParser, self._parser).most = self.most
        return answered


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Makes the protocols of a connection pool."""

    most = 0

    def buildProtocol(self, addr: IAddress | None) -> BoundedProtocol:  # noqa: N802 (Twisted's name)
        """Return the protocol of one connection."""
        protocol = BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
        protocol.most = self.most
        return protocol


def bounded_by(most: int) -> type[BoundedFactory]:
    """Return the factory of answers of at most so many bytes."""
    return type("BoundedFactory", (BoundedFactory,), {"most": most})
