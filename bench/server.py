"""A loopback server for the mix, as cheap as one can be made: prebuilt answers, no HTTP library.

    python -m bench.server SHARED PAGES COPIES open|closed      prints its port, then serves until its standard input ends

Host n of copy c is 127.0.(c+1).(n+1). Each has a sitemap.xml that names its pages and answers 404 to what is not in the
mix. Another spelling of a page (`canonical_url`) gets the page. From the second copy on every paragraph ends in the
copy's number, so that no copy is a duplicate. 127.0.0.1 answers `/stats` and `/reset` (`bench/campaign.py`).
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

import uvloop

from bench.mix import Host, Page, local_path, mix
from bench.recorded import key_of, recordings

CONTROL = "127.0.0.1"
NOT_FOUND = b"<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"
BIND_ATTEMPTS = 20  # an ephemeral port that is free on one loopback address may be taken on another


def address(copy: int, host: int) -> str:
    """Return the loopback address of a host."""
    return f"127.0.{copy + 1}.{host + 1}"


@dataclass(slots=True)
class Stats:
    """What was asked for since the last reset."""

    first: float | None = None  # time.monotonic() of the first request, the same clock in every process of the machine
    requests: int = 0
    missing: int = 0
    served: set[tuple[str, str]] = field(default_factory=set)  # (address, key) of the pages of the mix

    def as_json(self) -> bytes:
        numbers = {"first": self.first, "requests": self.requests, "missing": self.missing, "pages": len(self.served)}
        return json.dumps(numbers).encode()


class Answers:
    """What one address answers."""

    def __init__(self, name: str, host: Host, copy: int, port: int) -> None:
        self.name = name
        self._by_key = {page.key: page for page in host.pages}
        self._by_path = {page.path.encode(): page for page in host.pages}
        self._spelled: dict[bytes, Page | None] = {}
        self._suffix = f" ({copy + 1})</p>".encode() if copy else b""
        # Copies are built when asked for: 20,000 pages would be 600 MB.
        self._built = {} if copy else {page.key: _response(page.body) for page in host.pages}
        places = "".join(f"<url><loc>http://{name}:{port}{_escape(page.path)}</loc></url>" for page in host.pages)
        sitemap = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
        self.fixed = {b"/sitemap.xml": _response(sitemap.encode(), content_type="application/xml")}

    def page(self, path: bytes) -> Page | None:
        """Return the page of a path, also of another spelling of it."""
        if path in self._by_path:
            return self._by_path[path]
        if path not in self._spelled:
            key = local_path(key_of(f"http://{self.name}{path.decode('latin-1')}"))
            self._spelled[path] = self._by_key.get(key)
        return self._spelled[path]

    def response(self, page: Page) -> bytes:
        return self._built.get(page.key) or _response(page.body.replace(b"</p>", self._suffix))


class Connection(asyncio.Protocol):
    """One connection: requests without a body, answered in order, kept open."""

    def __init__(self, answers: Answers | None, stats: Stats) -> None:
        self._answers, self._stats = answers, stats
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            path = self._buffer.split(b" ", 2)[1]
            self._buffer = self._buffer[end + 4 :]
            self._transport.write(self._answer(path) if self._answers else self._control(path))

    def _answer(self, path: bytes) -> bytes:
        answers, stats = self._answers, self._stats
        assert answers is not None
        stats.requests += 1
        stats.first = stats.first or time.monotonic()
        if path in answers.fixed:
            return answers.fixed[path]
        if (page := answers.page(path)) is None:
            stats.missing += 1
            return MISSING
        stats.served.add((answers.name, page.key))
        return answers.response(page)

    def _control(self, path: bytes) -> bytes:
        if path == b"/reset":
            self._stats.first, self._stats.requests, self._stats.missing = None, 0, 0
            self._stats.served.clear()
        return _response(self._stats.as_json(), content_type="application/json")


def _response(body: bytes, *, status: str = "200 OK", content_type: str = "text/html") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


MISSING = _response(NOT_FOUND, status="404 Not Found")


def _escape(path: str) -> str:
    return path.replace("&", "&amp;").replace("<", "&lt;")


async def _listen(hosts: list[Host], copies: int) -> int:
    """Listen on every address at one port and return that."""
    loop, stats = asyncio.get_running_loop(), Stats()
    for _ in range(BIND_ATTEMPTS):
        control = await loop.create_server(lambda: Connection(None, stats), CONTROL, 0)
        port: int = control.sockets[0].getsockname()[1]
        servers = [control]
        try:
            for copy in range(copies):
                for n, host in enumerate(hosts):
                    answers = Answers(address(copy, n), host, copy, port)
                    servers.append(
                        await loop.create_server(partial(Connection, answers, stats), answers.name, port, backlog=512)
                    )
        except OSError:
            for server in servers:
                server.close()
        else:
            return port
    raise OSError("no port is free on all loopback addresses")


async def _serve(hosts: list[Host], copies: int) -> None:
    print(await _listen(hosts, copies), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    folder, pages, copies, kind = sys.argv[1:]
    uvloop.run(_serve(mix(recordings(Path(folder)), int(pages), closed=kind == "closed"), int(copies)))
