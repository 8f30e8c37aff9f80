"""The heads of HTTP messages as evidence holds them: the status line or request line, and the headers as they came."""

from http import HTTPStatus
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders

from crawler.items import Exchange


def http_response(exchange: Exchange) -> StatusAndHeaders:
    """Return status line and headers as received, and the length of the body where the server did not state it.

    Scrapy keeps neither the HTTP version nor the reason phrase: the line is always HTTP/1.1 with the standard's phrase.
    """
    headers = [pair for pair in exchange.headers if pair[0].lower() != "transfer-encoding"]
    if exchange.status != HTTPStatus.NOT_MODIFIED and not any(name.lower() == "content-length" for name, _ in headers):
        headers.append(("Content-Length", str(len(exchange.body))))
    return ExactHeaders(f"{exchange.status} {_phrase(exchange.status)}".rstrip(), headers, protocol="HTTP/1.1")


def http_request(exchange: Exchange) -> StatusAndHeaders:
    """Return request line and headers as sent, with the Host the HTTP client adds by itself."""
    parts = urlsplit(exchange.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = list(exchange.request_headers)
    if not any(name.lower() == "host" for name, _ in headers):
        headers.insert(0, ("Host", parts.netloc.rpartition("@")[2]))
    return ExactHeaders(f"{exchange.method} {target} HTTP/1.1", headers)


class ExactHeaders(StatusAndHeaders):  # type: ignore[misc]  # warcio has no type hints
    """HTTP headers that keep the bytes they came as; warcio would percent-encode what is not ASCII."""

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = header_bytes(self.to_str(header_filter)) + b"\r\n"


def header_bytes(text: str) -> bytes:
    """Return headers as bytes: Latin-1, the form HTTP clients hand them over in (RFC 9110, 5.5), else UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # 521 and its like, seen at content delivery networks
        return ""
