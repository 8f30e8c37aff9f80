"""What `scrapy verify` finds of faults put into a large archive, and the memory it takes."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from bench.report import note, table
from tests import faults

FAULTS = 200
FLAT = 1.5  # times as much memory at the last size as at the first: the page cache of SQLite fills, 32 MB, and no more
PROJECT = Path(__file__).parent.parent


def audit(sizes: Sequence[int]) -> bool:
    """Build archives of these sizes, break the last one, print what was found; return whether the bars are met."""
    rows, peaks, met = [], [], True
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            faults.build(root, size)
            sound, seconds, peak = _verify(root)
            peaks.append(peak)
            expected = faults.inject(root, FAULTS) if size == sizes[-1] else set()
            found = _verify(root)[0] if expected else []
            size_mb = sum(file.stat().st_size for file in root.rglob("*") if file.is_file()) / 1e6
            missed, other = len(expected - set(found)), len(found) - len(expected & set(found))
            met = met and not sound and not missed and not other
            rows.append(
                [
                    f"{size:,}",
                    f"{size_mb:.0f}",
                    f"{seconds:.1f}",
                    f"{peak:.0f}",
                    str(len(sound)),
                    f"{len(expected)}",
                    f"{missed}",
                    f"{other}",
                ]
            )
    table("audit", ["documents", "MB", "s", "peak MB", "found in sound", "faults", "missed", "found besides"], rows)
    growth = peaks[-1] / peaks[0]
    note(f"memory at the last size: {growth:.2f} times that at the first (bar {FLAT})")
    return met and growth <= FLAT


def _verify(root: Path) -> tuple[list[tuple[str, str]], float, float]:
    """Return what is found, seconds and peak memory in MB."""
    started = monotonic()
    script = (
        "import resource, sys; from scrapy.cmdline import execute\n"
        "try: execute(['scrapy', 'verify', '--json', '-s', 'ARCHIVE_DIR=' + sys.argv[1]])\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(root)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    names = [(f["fault"], f"{f['object']}@{f['at']}" if f["at"] is not None else f["object"]) for f in found]
    return names, monotonic() - started, int(ended.stderr.split()[-1]) / 1024
