"""What the campus answers, also when it is told to misbehave."""

import gzip
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One HTTP response. In a text body "@BASE@" stands for "http://" and the Host of the request."""

    body: bytes = b""
    status: int = 200
    content_type: str | None = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    drop: bool = False  # close the connection without a byte
    cut: int | None = None  # close it after so many bytes of the body
    chunked: bool = False  # say no Content-Length
    wait: float = 0  # seconds before the answer; ends early when the campus stops


def page(
    text: str, *, status: int = 200, encoding: str = "utf-8", charset: str | None = "utf-8", mime: str = "text/html"
) -> Response:
    """Return a text in these bytes; `charset` is what the header claims, None for no claim."""
    content_type = mime if charset is None else f"{mime}; charset={charset}"
    return Response(body=text.encode(encoding), status=status, content_type=content_type)


def redirect(to: str, *, status: int = 302) -> Response:
    return Response(status=status, headers=(("Location", to),))


def busy(retry_after: str = "1", *, status: int = 503) -> Response:
    """Return a refusal with Retry-After: seconds, or an HTTP date."""
    return Response(status=status, headers=(("Retry-After", retry_after),), body=b"busy")


def dropped() -> Response:
    return Response(drop=True)


def gzipped(response: Response) -> Response:
    """Return the response with Content-Encoding gzip, the same bytes each time."""
    return replace(
        response, body=gzip.compress(response.body, mtime=0), headers=(*response.headers, ("Content-Encoding", "gzip"))
    )
