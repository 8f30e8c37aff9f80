"""A command as a child that dies with its worker, whatever ends that: an orphan would go on asking hosts that another worker is given."""

import asyncio
import ctypes
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
TERM_SECONDS = 15.0  # a run told to stop ends within 10 (STOP_SECONDS)
TAIL = 4_000  # bytes of a log that are looked at


async def start(command: Sequence[str], log: Path) -> asyncio.subprocess.Process:
    """Start a command, from the main thread: the child dies with the thread that starts it. What it prints goes to a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        return await asyncio.create_subprocess_exec(
            *command, stdout=file, stderr=file, start_new_session=True, preexec_fn=_bound_to(os.getpid())
        )


async def end(child: asyncio.subprocess.Process, seconds: float = TERM_SECONDS) -> None:
    """Tell a command to stop; kill it where it does not in time."""
    if child.returncode is None:
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), seconds)
    except TimeoutError:
        child.kill()
        await child.wait()


def last_words(log: Path) -> str:
    """Return the last line that a command printed."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL))
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""


def _bound_to(parent: int) -> Callable[[], None]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def bind() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return bind
