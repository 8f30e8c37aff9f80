"""Memory of our crawl, all its processes together, while the number of pages grows."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.campaign import Measured, measure, our_command, serve
from bench.report import note, table

LIMIT_MB = 400
FLAT = 1.15  # the last fifth of a crawl against its second fifth: beyond this it grows
LOOK_SECONDS = 0.5
CONCURRENCY = 16  # requests at once to all copies of a host together, so that every crawl has the same in flight


def memory(shared: Path, *, pages: int, totals: Sequence[int], settings: Sequence[str]) -> bool:
    """Print peak and curve for each number of pages; return whether all stay under the limit and flat."""
    found: dict[int, Measured] = {}
    for total in totals:
        copies = max(1, round(total / pages))
        with serve(shared, pages, closed=True, copies=copies) as server, tempfile.TemporaryDirectory() as folder:
            command = our_command(server, Path(folder), max(1, CONCURRENCY // copies), settings)
            found[total] = measure(server, command, memory_every=LOOK_SECONDS)
        note(f"{found[total].pages} pages: peak {found[total].use.peak_mb:.0f} MB, {found[total].rate:.1f} pages/s")
    rows = [
        (f"{one.pages}", f"{one.use.peak_mb:.0f}", f"{one.rate:.1f}", f"{growth(one.use.curve):.2f}")
        for one in found.values()
    ]
    heads = ("pages", "peak MB, all processes", "pages/s", "last fifth / second fifth")
    table(f"Memory (PSS) of our crawl, limit {LIMIT_MB} MB", heads, rows)
    for one in found.values():
        table(f"Curve of {one.pages} pages", ("pages", "MB, most since the line before"), steps(one.use.curve, pages))
    return all(one.use.peak_mb < LIMIT_MB and growth(one.use.curve) < FLAT for one in found.values())


def steps(curve: Sequence[tuple[int, float]], step: int) -> list[tuple[int, str]]:
    """Return the largest value in every step of so many pages."""
    most: dict[int, float] = {}
    for pages, megabytes in curve:
        end = max(1, -(-pages // step)) * step
        most[end] = max(most.get(end, 0), megabytes)
    return [(end, f"{megabytes:.0f}") for end, megabytes in sorted(most.items())]


def growth(curve: Sequence[tuple[int, float]]) -> float:
    """Return how the mean of the last fifth of the looks stands to that of the second: the first one is start-up."""
    fifth = len(curve) // 5
    if not fifth:
        return 1.0
    early, late = curve[fifth : 2 * fifth], curve[-fifth:]
    return (sum(mb for _, mb in late) / len(late)) / (sum(mb for _, mb in early) / len(early))
