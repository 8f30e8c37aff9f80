"""`python -m scrapy …` as a process of its own, forked from one that has imported everything already: importing takes longer than most commands.

It is the real command in every other respect: its own process group, environment, descriptors, signals and exit code. Its readers are
forked as they are elsewhere, from a process that does nothing else (`multiprocessing.forkserver`), which is forked here too.
"""

import atexit
import fcntl
import gc
import json
import multiprocessing.util
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Self

from scrapy.utils.misc import walk_modules_iter

PROJECT = Path(__file__).parent.parent
SECONDS = 300  # for one command on a loaded machine; more, and it hangs
IMPORTED = (
    "scrapy.commands",
    "crawler.commands",
    "crawler.spiders",
    "crawler.fetching",
    "crawler.runs",
    "crawler.pages",
    "crawler.scale",
)
HIGH = 200  # no descriptor that is asked for has such a number
SERVE = "import socket, sys; from tests.scrapy_process import serve; serve(socket.socket(fileno=int(sys.argv[1])))"


class ScrapyProcess:
    """One command that was started."""

    def __init__(self, pid: int, channel: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._channel = channel  # says how it ended, once

    def wait(self, seconds: float = SECONDS) -> int:
        """Return its exit code, that of a signal negative. TimeoutError if it goes on."""
        if self.returncode is None:
            self._channel.settimeout(seconds)
            self.returncode = json.loads(self._channel.recv(100))
            self._channel.close()
        return self.returncode

    def poll(self) -> int | None:
        """Return its exit code, None while it goes on."""
        with suppress(BlockingIOError):
            return self.wait(0)
        return None

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Kill it with all its children, if they are there."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait()


def run(
    *arguments: object, env: Mapping[str, str], stdin: str | None = None, stdout: IO[str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    with ExitStack() as stack:
        given, said, told = (stack.enter_context(TemporaryFile("w+", encoding="utf-8")) for _ in range(3))
        given.write(stdin or "")
        given.seek(0)
        files = (given.fileno(), (stdout or said).fileno(), told.fileno())
        code = stack.enter_context(start(*arguments, env=env, files=files)).wait()
        said.seek(0)
        told.seek(0)
        return subprocess.CompletedProcess([*map(str, arguments)], code, said.read(), told.read())


def start(*arguments: object, env: Mapping[str, str], files: tuple[int, int, int]) -> ScrapyProcess:
    """Start a command with these descriptors as its input, output and errors."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with TemporaryFile("w+", encoding="utf-8") as request, theirs:
        json.dump({"arguments": [*map(str, arguments)], "env": dict(env)}, request)
        request.seek(0)
        socket.send_fds(_server(), [b"start"], [theirs.fileno(), request.fileno(), *files])
    ours.settimeout(SECONDS)
    return ScrapyProcess(json.loads(ours.recv(100)), ours)


_running: list[socket.socket] = []


def _server() -> socket.socket:
    """Return the way to the process that forks; it ends with this one."""
    if not _running:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-c", SERVE, str(theirs.fileno())], cwd=PROJECT, pass_fds=[theirs.fileno()]
            )
        _running.append(ours)
        atexit.register(process.wait)
        atexit.register(ours.close)  # it is called first
    return _running[0]


def serve(requests: socket.socket) -> None:
    """Fork a command for each request until nobody can ask any more."""
    for package in IMPORTED:
        list(walk_modules_iter(package))
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for who waits
    while True:
        asked, fds, *_ = socket.recv_fds(requests, 10, 5)
        if not asked:
            return
        if os.fork() == 0:
            requests.close()
            _wait(*fds)
            return
        for fd in fds:
            os.close(fd)


def _wait(channel: int, request: int, *files: int) -> None:
    """Say the number of the command and then how it ended; returns in the command alone, when it is done."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.close(channel)
        _become(request, files)
        return
    os.setpgid(pid, pid)
    for fd in (request, *files):
        os.close(fd)
    with socket.socket(fileno=channel) as answers:
        answers.send(json.dumps(pid).encode())
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with suppress(BrokenPipeError):  # whoever asked has gone
            answers.send(json.dumps(code).encode())
    os._exit(0)


def _become(request: int, files: tuple[int, ...]) -> None:
    with os.fdopen(request, encoding="utf-8") as stream:
        asked = json.load(stream)
    for number, fd in enumerate(files):
        os.dup2(fd, number)
        os.close(fd)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.setpgid(0, 0)
    _keep_spare()
    sys.argv = ["scrapy", *asked["arguments"]]
    runpy.run_module("scrapy", run_name="__main__", alter_sys=True)


def _keep_spare() -> None:
    """Have a fork of this process at hand, taken before it has threads or a reactor: it becomes the process that readers are forked from."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        ours.close()
        _be_spare(theirs)
    theirs.close()
    start_afresh = multiprocessing.util.spawnv_passfds

    def begin(path: bytes, args: Sequence[Any], passfds: Sequence[int]) -> int:
        program, numbers = str(args[-1]), [*passfds]
        if "forkserver" not in program or ours.fileno() == -1:
            return start_afresh(path, args, passfds)
        with ours:
            socket.send_fds(ours, [json.dumps([program, numbers]).encode()], numbers)
        return pid

    multiprocessing.util.spawnv_passfds = begin


def _be_spare(channel: socket.socket) -> None:
    """Wait until there is a program to run, as `python -c` would, with descriptors of these numbers; end if there is none."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # they are the command's
    asked, fds, *_ = socket.recv_fds(channel, 100_000, 10)
    channel.close()
    if asked:
        program, numbers = json.loads(asked)
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, HIGH) for fd in fds]
        os.closerange(3, HIGH)
        for number, fd in zip(numbers, high, strict=True):
            os.dup2(fd, number)
            os.close(fd)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with suppress(SystemExit):
            exec(program, {"__name__": "__main__"})
    os._exit(0)
