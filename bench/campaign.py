"""One measured crawl of the mix: the server, the command of a contender, and what it took."""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.mix import Host, mix
from bench.processes import Use, Watch
from bench.recorded import recordings
from bench.server import CONTROL, address

ROOT = Path(__file__).parent.parent
LOOK_SECONDS = 0.2  # between two readings of CPU time
LONGEST_SECONDS = 3600  # a contender that takes longer hangs


class ContenderError(Exception):
    """A contender ended with an error; its output is the text."""


@dataclass(frozen=True, slots=True)
class Server:
    """The running server."""

    port: int
    hosts: Sequence[Host]
    copies: int

    @property
    def addresses(self) -> list[tuple[str, Host]]:
        return [(address(copy, n), host) for copy in range(self.copies) for n, host in enumerate(self.hosts)]

    @property
    def urls(self) -> list[str]:
        """Every page of the mix, the hosts in turn as a crawl of several sites meets them."""
        return [
            f"http://{name}:{self.port}{host.pages[n].path}"
            for n in range(max(len(host.pages) for host in self.hosts))
            for name, host in self.addresses
            if n < len(host.pages)
        ]

    def control(self, path: str) -> dict[str, float]:
        with urllib.request.urlopen(f"http://{CONTROL}:{self.port}/{path}", timeout=30) as answer:
            return dict(json.load(answer))


@dataclass(frozen=True, slots=True)
class Measured:
    """What one crawl took."""

    pages: int  # of the mix, each once
    requests: int
    missing: int  # requests for what is not in the mix
    seconds: (
        float  # from the first request at the server to the end of the process: start-up left out, shutting down not
    )
    use: Use

    @property
    def rate(self) -> float:
        return self.pages / self.seconds


@contextlib.contextmanager
def serve(shared: Path, pages: int, *, closed: bool, copies: int = 1) -> Iterator[Server]:
    """Run the server over the mix in a process of its own."""
    hosts = mix(recordings(shared), pages, closed=closed)
    kind = "closed" if closed else "open"
    command = [sys.executable, "-m", "bench.server", str(shared), str(pages), str(copies), kind]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = process.stdout.readline()
        if not port:
            raise ContenderError("the server did not start")
        yield Server(int(port), hosts, copies)
        process.stdin.close()


MISSING = 7  # exit code of ours: what is served lacks pages that its lists name


def measure(server: Server, command: Sequence[str], *, memory_every: float | None = None) -> Measured:
    """Run a contender to its end; with `memory_every` (seconds) its memory is looked at, against the pages served."""
    server.control("reset")
    every = memory_every or LOOK_SECONDS
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        progress = (lambda: int(server.control("stats")["pages"])) if memory_every else None
        with Watch(process.pid, every=every, progress=progress) as watch:
            code = _wait(process)
            ended = time.monotonic()
        output.seek(0)
        if code not in (0, MISSING):
            raise ContenderError(f"{' '.join(command)}\nexit code {code}\n{output.read()[-3000:]}")
    stats = server.control("stats")
    return Measured(
        int(stats["pages"]), int(stats["requests"]), int(stats["missing"]), ended - stats["first"], watch.use
    )


def _wait(process: "subprocess.Popen[bytes]") -> int:
    try:
        return process.wait(LONGEST_SECONDS)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.wait()
        raise ContenderError(f"{process.args!r}: not done after {LONGEST_SECONDS} s") from error


def rival_command(server: Server, rival: str, folder: Path, concurrency: int) -> list[str]:
    """Return the command of (a) "bare" or (b) "obvious", which writes into the folder."""
    hosts = [
        f"{name}:{server.port}" for name, _ in server.addresses
    ]  # with the port, or LinkExtractor finds none of them
    job = {"urls": server.urls, "hosts": hosts, "folder": str(folder), "concurrency": concurrency}
    file = folder / "job.json"
    file.write_text(json.dumps(job), "utf-8")
    return [sys.executable, "-m", "bench.rivals", rival, str(file)]


def our_command(server: Server, folder: Path, concurrency: int, settings: Sequence[str] = ()) -> list[str]:
    """Return the command of our crawl, with a site file for each address: no delay, otherwise as it always runs.

    CONCURRENT_REQUESTS_PER_DOMAIN is here how many connections to a host are kept open, as for the others.
    """
    seeds = folder / "seeds"
    seeds.mkdir()
    for n, (name, host) in enumerate(server.addresses):
        netloc = f"{name}:{server.port}"
        definition = {
            "name": host.name,
            "hosts": [netloc],
            "private_hosts": [netloc],
            "articles": [f"http://{netloc}{host.pages[0].path}"],
            "politeness": {"delay": 0, "concurrency": concurrency},
        }
        (seeds / f"host-{n + 1}.yaml").write_text(yaml.safe_dump(definition, allow_unicode=True), "utf-8")
    chosen = [
        f"SEEDS_DIR={seeds}",
        f"ARCHIVE_DIR={folder / 'archive'}",
        "AUTOTHROTTLE_ENABLED=False",
        "MEDIA_ENABLED=0",  # as the others, which fetch no picture
        f"CONCURRENT_REQUESTS_PER_DOMAIN={concurrency}",
        *settings,
    ]
    return [sys.executable, "-m", "scrapy", "crawl", "news", *(part for one in chosen for part in ("-s", one))]
