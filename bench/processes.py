"""What a process and its children use, read from /proc while they run (Linux)."""

import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
READER = "reader"


@dataclass(slots=True)
class Use:
    """Totals up to the last look: a process that ends between two looks is short of what it did since."""

    cpu: dict[str, float] = field(
        default_factory=dict
    )  # kind of process -> seconds; "reactor": the main thread of main
    peak_mb: float = 0.0  # of all processes together
    curve: list[tuple[int, float]] = field(default_factory=list)  # (progress, MB) at every look


class Watch:
    """Looks at a tree of processes every `every` seconds until it is left."""

    def __init__(self, pid: int, *, every: float, progress: Callable[[], int] | None = None) -> None:
        self.use = Use()
        self._pid, self._every, self._progress = pid, every, progress
        self._seconds: dict[int, tuple[str, float]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self._look()

    def _look(self) -> None:
        pids = list(tree(self._pid))
        for pid in pids:
            kind = "main" if pid == self._pid else kind_of(pid)
            if (seconds := cpu_seconds(PROC / str(pid))) is not None:
                self._seconds[pid] = (kind, seconds)
        if (seconds := cpu_seconds(PROC / f"{self._pid}/task/{self._pid}")) is not None:
            self.use.cpu["reactor"] = seconds
        for kind in {kind for kind, _ in self._seconds.values()}:
            self.use.cpu[kind] = sum(seconds for name, seconds in self._seconds.values() if name == kind)
        if self._progress is not None:
            megabytes = sum(map(memory_mb, pids))
            self.use.peak_mb = max(self.use.peak_mb, megabytes)
            self.use.curve.append((self._progress(), megabytes))


def tree(root: int) -> Iterator[int]:
    """Yield a process and all that descend from it."""
    children = defaultdict(list)
    for folder in PROC.iterdir():
        if folder.name.isdigit() and (fields := _stat(folder)):
            children[int(fields[1])].append(int(folder.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children[pid]


def kind_of(pid: int) -> str:
    """Return "reader" for what readers are forked from, and for them; "other" for the helpers of multiprocessing."""
    try:
        command = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return "other"
    return READER if b"forkserver" in command else "other"


def cpu_seconds(folder: Path) -> float | None:
    """Return the user and system time of a process or thread, None if it is gone."""
    fields = _stat(folder)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else None


def memory_mb(pid: int) -> float:
    """Return the proportional set size: shared pages count once over all who share them. RSS where that is not told."""
    for name, label in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            lines = (PROC / str(pid) / name).read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith(label):
                return int(line.split()[1]) / 1024
    return 0.0


def all_gone(pids: list[int], *, within: float) -> bool:
    """Return whether these processes have ended within so many seconds."""
    deadline = time.monotonic() + within
    while any(_stat(PROC / str(pid)) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _stat(folder: Path) -> list[str] | None:
    """Return the fields of a `stat` file from the state on; None for what is gone, or only waits to be collected."""
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields
