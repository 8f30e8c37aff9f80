"""Other programs in the place of a command of ours. This is imported in every child: so nothing else stands here."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

LOADED = ("__main__", "tests.programs")  # all that a child of these needs


def execute(arguments: Sequence[str]) -> None:
    """Be another program; who looks whether the worker is there is not in it any more."""
    os.execvp(arguments[0], [*arguments])


def sleep(arguments: Sequence[str]) -> None:
    """Do nothing for so many seconds."""
    time.sleep(int(arguments[0]))


async def start_and_die(folder: Path) -> None:
    """Be a worker that is killed when it has started a child."""
    from crawler.scale.child import Nursery

    started = await Nursery(sleep, LOADED).start(["600"], folder / "log")
    (folder / "pid").write_text(f"{started.process.pid}\n")
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(start_and_die(Path(sys.argv[1])))
