"""The campus as a running server: three hosts on three loopback addresses and one port, every page in memory.

It keeps no clock in its answers and draws no random numbers: the same request gets the same bytes in every run.
"""

import hashlib
import http.client
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Self

from tests.campus.response import Response, page
from tests.campus.sites import pages

ADDRESSES = {"vsb": "127.0.0.1", "webplus": "127.0.0.2", "enorth": "127.0.0.3"}
STATIC = (
    "/_css/",
    "/_js/",
    "/_sitegray/",
    "/_upload/tpl/",
    "/_ueditor/",
    "/css/",
    "/images/",
    "/system/resource/",
)  # empty files
MISSING = page("<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>", status=404)
LAST_MODIFIED = "Wed, 01 May 2024 00:00:00 GMT"
BIND_ATTEMPTS = 20  # an ephemeral port that is free on one loopback address may be taken on another

Misbehaviour = Response | Callable[[Response], Response]
"""An answer instead of the normal one, or a function of the normal one (`gzipped`)."""


@dataclass(slots=True, kw_only=True)
class Request:
    """One request as it came in."""

    host: str  # "vsb", "webplus" or "enorth"
    path: str  # with the query
    method: str
    headers: Mapping[str, str]  # names in lower case
    started: float  # time.monotonic()
    finished: float | None = None


@dataclass(slots=True)
class Campus:
    """The campus between `__enter__` and `__exit__`.

    `script[host, path]` holds answers consumed one per request before the normal page comes again; `pages[host, path]`
    is what the host has, free to be edited, added and deleted (each Campus has its own).
    """

    port: int = 0  # 0: any free one, known after the start
    validators: bool = False  # send ETag and Last-Modified, answer 304
    requests: list[Request] = field(default_factory=list)
    script: dict[tuple[str, str], list[Misbehaviour]] = field(default_factory=dict)
    pages: dict[tuple[str, str], Response] = field(default_factory=pages)
    stopping: threading.Event = field(default_factory=threading.Event)
    _servers: list["_Server"] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._servers = _bind(self)
        self.port = self._servers[0].server_address[1]
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        for server in self._servers:
            server.shutdown()
            server.hang_up()
            server.server_close()

    @property
    def hits(self) -> list[tuple[str, str]]:
        """List (host, path) of every request, in the order they came."""
        return [(request.host, request.path) for request in self.requests]

    def netloc(self, host: str) -> str:
        return f"{ADDRESSES[host]}:{self.port}"

    def url(self, host: str, path: str = "") -> str:
        return f"http://{self.netloc(host)}{path}"

    def answer(self, request: Request) -> Response:
        """Return the response to a request and take a scripted one off its list."""
        key = (request.host, request.path)
        normal = self._normal(request)
        if not self.script.get(key):
            return normal
        scripted = self.script[key].pop(0)
        return scripted if isinstance(scripted, Response) else scripted(normal)

    def _normal(self, request: Request) -> Response:
        path = request.path.replace("//", "/")  # a file system does not see a double slash either
        response = self.pages.get((request.host, path)) or self.pages.get((request.host, request.path))
        if response is None:
            return Response(content_type=None) if path.startswith(STATIC) else MISSING
        base = f"http://{request.headers.get('host', self.netloc(request.host))}".encode()
        response = replace(response, body=response.body.replace(b"@BASE@", base))
        return _conditional(response, request) if self.validators and response.status == HTTPStatus.OK else response


def _conditional(response: Response, request: Request) -> Response:
    """Return the response with validators, or a 304 if the request names the same ones."""
    etag = f'"{hashlib.sha256(response.body).hexdigest()[:16]}"'
    headers = (*response.headers, ("ETag", etag), ("Last-Modified", LAST_MODIFIED))
    if request.headers.get("if-none-match") == etag:
        return Response(status=HTTPStatus.NOT_MODIFIED, content_type=None, headers=headers)
    return replace(response, headers=headers)


def _bind(campus: Campus) -> list["_Server"]:
    """Return one bound server a host, all on one port."""
    for attempt in range(BIND_ATTEMPTS):
        servers: list[_Server] = []
        try:
            for host in ADDRESSES:
                servers.append(_Server(campus, host, servers[0].server_address[1] if servers else campus.port))
            return servers
        except OSError:
            for server in servers:
                server.server_close()
            if campus.port or attempt == BIND_ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


class _Server(ThreadingHTTPServer):
    """One host. Closing it ends its threads and sockets, also those of idle keep-alive connections."""

    daemon_threads = False  # so that server_close waits for them
    request_queue_size = 128

    def __init__(self, campus: Campus, host: str, port: int) -> None:
        self.campus, self.host, self.connections = campus, host, set[socket]()
        super().__init__((ADDRESSES[host], port), _Handler)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's looks the address up in the DNS

    def get_request(self) -> tuple[socket, Any]:
        connection, address = super().get_request()
        self.connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        for connection in list(self.connections):
            try:
                connection.shutdown(SHUT_RDWR)
            except OSError:  # closed by the other side meanwhile
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away; anything else is a fault of ours and is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(
            host=self.server.host, path=self.path, method=self.command, headers=headers, started=time.monotonic()
        )
        campus = self.server.campus
        campus.requests.append(request)
        response = campus.answer(request)
        campus.stopping.wait(response.wait)
        if response.drop:
            self.close_connection = True
        else:
            self._send(response)
        request.finished = time.monotonic()

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send(self, response: Response) -> None:
        """Send status, headers and body in one piece: no Date, no Server, nothing that differs between two runs."""
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(response.body), response.body) if response.chunked else response.body
        if response.cut is not None:
            self.close_connection = True
            body = body[: response.cut]
        self.wfile.write(_head(response) + (b"" if self.command == "HEAD" else body))

    def log_message(self, *args: object) -> None:
        """Keep no log: `Campus.requests` has it all."""


def _head(response: Response) -> bytes:
    """Return the status line and the headers, with the empty line that ends them."""
    lines = [f"HTTP/1.1 {response.status} {http.client.responses.get(response.status, '')}"]
    if response.content_type is not None:
        lines.append(f"Content-Type: {response.content_type}")
    lines += [f"{name}: {value}" for name, value in response.headers]
    if response.chunked:
        lines.append("Transfer-Encoding: chunked")
    elif response.status != HTTPStatus.NOT_MODIFIED:
        lines.append(f"Content-Length: {len(response.body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
