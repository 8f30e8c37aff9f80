"""Memory: what is free again goes back to the system (glibc keeps what large pages leave behind), and what holds itself is looked for seldom.

And what the system says that a process takes, in memory and in time.
"""

import ctypes
import gc
import os
import time
from pathlib import Path

LIVING = 20_000  # objects made before those that hold each other are looked for; a page makes some tens of thousands


def give_back() -> None:
    """Give free memory back, where the C library can (glibc, malloc_trim); takes milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def collect_seldom() -> None:
    """Look less often for objects that hold each other, and never among those that are there now: for a process that makes many short-lived ones."""
    gc.freeze()
    gc.set_threshold(LIVING, *gc.get_threshold()[1:])


def resident(pid: int) -> int:
    """Return the bytes of a process that are in memory, 0 where the system does not say: Linux does."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except (OSError, IndexError):  # it is gone
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """Return the seconds that a process has worked, without those it waited for its turn; a clock where the system does not say: Linux does."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):  # it is gone
        return time.monotonic()
