"""A command as a child that dies with its worker, whatever ends that: an orphan would go on asking hosts that another worker is given."""

import asyncio
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from crawler.errors import ScaleError

# Before the command: prctl(PR_SET_PDEATHSIG), and nothing at all where the worker died before that. A fork of ours that asked for it itself
# (`preexec_fn`) takes five times as long: it copies the tables of all our memory.
BINDER = "setpriv"  # util-linux
BOUND = (BINDER, "--pdeathsig", "KILL", "sh", "-c", '[ "$PPID" = "$0" ] && exec "$@"')
TERM_SECONDS = 15.0  # a run told to stop ends within 10 (STOP_SECONDS)
TAIL = 4_000  # bytes of a log that are looked at


def check_can_bind() -> None:
    """Raise ScaleError where a child cannot be made to die with its worker."""
    if shutil.which(BINDER) is None:
        raise ScaleError(f"{BINDER} is not installed (util-linux, on Linux): a crawl would outlive its worker")


async def start(command: Sequence[str], log: Path) -> asyncio.subprocess.Process:
    """Start a command, from the main thread: the child dies with the thread that starts it. What it prints goes to a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        return await asyncio.create_subprocess_exec(
            *BOUND, str(os.getpid()), *command, stdout=file, stderr=file, start_new_session=True
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
