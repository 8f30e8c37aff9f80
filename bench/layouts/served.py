"""A layout on loopback: what it answers, and what was asked of it."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from bench.layouts.layout import Answer, Asked, Layout

MISSING = Answer(body="<html><head><title>404</title></head><body>404 Not Found</body></html>", status=404)


@dataclass(slots=True)
class Served:
    """A layout while it is served: use as a context."""

    layout: Layout
    asked: list[Asked] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def host(self) -> str:
        assert self._server is not None, "served inside its context only"
        return f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        answers, layout, asked = self.layout.answers(), self.layout, self.asked

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer("")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

            def _answer(self, body: str) -> None:
                request = Asked(path=self.path, host=self.headers.get("Host", ""), method=self.command, body=body)
                asked.append(request)
                answer = layout.respond(layout, request) if layout.respond else None
                self._send(answer or answers.get(self.path) or MISSING)

            def _send(self, answer: Answer) -> None:
                data = answer.body if isinstance(answer.body, bytes) else answer.body.encode()
                self.send_response(answer.status)
                pairs = {"Content-Type": answer.type, "Content-Length": str(len(data)), **dict(answer.headers)}
                for name, value in pairs.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
