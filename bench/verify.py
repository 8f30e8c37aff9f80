"""Does `scrapy verify` find every fault, and nothing else, at a pace and in a memory that do not depend on the size of the archive?"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.faults import Fault, damage, spread
from bench.holdings import build
from bench.report import note, table
from crawler.audit import Code

ROOT = Path(__file__).parent.parent
FLAT = 1.2  # times the memory of the smallest archive
NONE, FAULTS = 0, 8  # exit codes


@dataclass(frozen=True, slots=True)
class Looked:
    """One audit in a process of its own."""

    seconds: float
    peak_mb: float  # resident
    code: int
    found: tuple[Fault, ...]


def verify(sizes: Sequence[int], *, faults: int, seed: int) -> bool:
    """Print what audits of whole archives of these sizes cost, and what is found in the last one when it is damaged; return whether all is met."""
    rows, peaks, met = [], [], True
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        for size in sizes:
            root = Path(name) / str(size)
            note(f"{size} documents are made")
            build(root, size)
            sound = _look(root)
            met = met and sound.code == NONE and not sound.found
            peaks.append(sound.peak_mb)
            rows.append(_row(root, size, "none", sound))
        note(f"{faults} faults are put into the last one")
        put = damage(root, spread(faults), seed=seed)
        damaged = _look(root)
        rows.append(_row(root, size, str(len(put)), damaged))
    heads = "documents|faults|found|MB|s|MB/s|peak MB"
    table("scrapy verify, all of an archive", heads.split("|"), rows)
    missed, extra = Counter(put) - Counter(damaged.found), Counter(damaged.found) - Counter(put)
    for what, wrong in (("missed", missed), ("reported beside them", extra)):
        print(f"{what}: {wrong.total()}", *(f"  {code} {where}" for code, where in wrong), sep="\n")
    print(f"memory, largest archive / smallest: {peaks[-1] / peaks[0]:.2f} (limit {FLAT:g})")
    return met and not missed and not extra and damaged.code == FAULTS and peaks[-1] / peaks[0] <= FLAT


def _look(root: Path) -> Looked:
    """Run the command as a user does, and read its JSON Lines."""
    command = [sys.executable, "-m", "scrapy", "verify", "--json", "-s", f"ARCHIVE_DIR={root}"]
    with tempfile.TemporaryFile("w+") as lines:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=lines, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        lines.seek(0)
        found = [json.loads(line) for line in lines]
    faults = tuple((Code(one["code"]), str(one["object"])) for one in found)
    return Looked(seconds, used.ru_maxrss / 1024, process.returncode, faults)


def _row(root: Path, size: int, put: str, looked: Looked) -> tuple[str, ...]:
    parts = ("articles", "versions", "media", "warc")
    megabytes = sum(path.stat().st_size for part in parts for path in (root / part).rglob("*") if path.is_file()) / 1e6
    return (
        f"{size}",
        put,
        f"{len(looked.found)}",
        f"{megabytes:.0f}",
        f"{looked.seconds:.1f}",
        f"{megabytes / looked.seconds:.1f}",
        f"{looked.peak_mb:.0f}",
    )
