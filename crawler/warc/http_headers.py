"""The heads of HTTP messages as evidence holds them, written and read: the status line or request line, and the headers as they came."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from urllib.parse import urlsplit

from warcio.bufferedreaders import ChunkedDataReader

from crawler.items import Exchange

HEAD_END = re.compile(rb"\r?\n\r?\n")  # of a record too; some writers leave the carriage return out
LINE_END = re.compile(r"\r?\n")
STATUS = re.compile(r"HTTP/\S* +([1-9][0-9]{2})(?![0-9])")
CHUNK = 1 << 16  # bytes read at a time


def http_response(exchange: Exchange) -> bytes:
    """Return status line and headers as received, and the length of the body where the server did not state it.

    Scrapy keeps neither the HTTP version nor the reason phrase: the line is always HTTP/1.1 with the standard's phrase.
    """
    headers = [pair for pair in exchange.headers if pair[0].lower() != "transfer-encoding"]
    if exchange.status != HTTPStatus.NOT_MODIFIED and not any(name.lower() == "content-length" for name, _ in headers):
        headers.append(("Content-Length", str(len(exchange.body))))
    return _head(f"HTTP/1.1 {exchange.status} {_phrase(exchange.status)}".rstrip(), headers)


def http_request(exchange: Exchange) -> bytes:
    """Return request line and headers as sent, with the Host the HTTP client adds by itself."""
    parts = urlsplit(exchange.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = list(exchange.request_headers)
    if not any(name.lower() == "host" for name, _ in headers):
        headers.insert(0, ("Host", parts.netloc.rpartition("@")[2]))
    return _head(f"{exchange.method} {target} HTTP/1.1", headers)


def _head(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """Return a head with its blank line. Headers keep the bytes they came as."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return header_bytes(f"{first}\r\n{lines}") + b"\r\n"


def header_bytes(text: str) -> bytes:
    """Return headers as bytes: Latin-1, the form HTTP clients hand them over in (RFC 9110, 5.5), else UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def split_head(data: bytes) -> tuple[bytes, bytes]:
    """Return the lines of a head, and what comes after the blank line."""
    end = HEAD_END.search(data)
    return (data[: end.start()], data[end.end() :]) if end else (data, b"")


def parse_head(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the first line, and names and values; a line that begins with a blank continues the one before (RFC 9112, 5.2)."""
    first, *lines = LINE_END.split(text)
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {line.strip()}")
        else:
            name, _, value = line.partition(":")
            pairs.append((name.strip(), value.strip()))
    return first, pairs


def parse_response(block: bytes) -> tuple[int, tuple[tuple[str, str], ...], bytes] | None:
    """Return status, headers and body of a response without its transfer encoding; None for what is no HTTP response.

    Header texts are Latin-1, as HTTP clients hand them over.
    """
    head, body = split_head(block)
    line, pairs = parse_head(head.decode("latin-1"))
    status = STATUS.match(line)
    if status is None:
        return None
    if any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in pairs):
        body = _unchunk(body)
    return int(status[1]), tuple(pair for pair in pairs if pair[0].lower() != "transfer-encoding"), body


def _unchunk(body: bytes) -> bytes:
    """Return the body without its chunk sizes; some writers keep the header on bodies that are already whole."""
    reader = ChunkedDataReader(BytesIO(body))
    return b"".join(iter(lambda: reader.read(CHUNK), b""))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # 521 and its like, seen at content delivery networks
        return ""
