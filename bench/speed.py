"""Pages a second of the whole job, beside a crawl that only fetches and beside the obvious pipeline."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.campaign import Measured, Server, measure, our_command, rival_command, serve
from bench.report import note, table

CONTENDERS = {
    "bare": "(a) Scrapy, only fetching",
    "obvious": "(b) Scrapy, LinkExtractor, trafilatura, write",
    "ours": "(c) scrapy crawl news",
}
FLOOR = 4.0  # times (b)
AIM = 0.5  # of (a)


def speed(
    shared: Path, *, pages: int, closed: bool, rounds: int, concurrency: int, settings: Sequence[str], only: str | None
) -> bool:
    """Print the medians of several rounds, the contenders in turn within each; return whether the floor is met."""
    contenders = [only] if only else list(CONTENDERS)
    found: dict[str, list[Measured]] = {name: [] for name in contenders}
    with serve(shared, pages, closed=closed) as server:
        for n in range(rounds):
            for contender in contenders:
                measured = _measure(server, contender, concurrency, settings)
                found[contender].append(measured)
                note(f"round {n + 1}, {CONTENDERS[contender]}: {measured.rate:.1f} pages/s")
    return _report(found, closed=closed)


def _measure(server: Server, contender: str, concurrency: int, settings: Sequence[str]) -> Measured:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        command = (
            our_command(server, folder, concurrency, settings)
            if contender == "ours"
            else rival_command(server, contender, folder, concurrency)
        )
        return measure(server, command)


def _report(found: dict[str, list[Measured]], *, closed: bool) -> bool:
    """Print one row a contender and the two ratios."""
    rates = {name: median(each.rate for each in measured) for name, measured in found.items()}
    rows = []
    for name, measured in found.items():
        middle = min(measured, key=lambda each: abs(each.rate - rates[name]))
        cpu = middle.use.cpu
        rows.append(
            (
                CONTENDERS[name],
                f"{rates[name]:.1f}",
                " ".join(f"{each.rate:.0f}" for each in measured),
                f"{middle.pages}",
                f"{middle.requests / middle.seconds:.0f}",
                f"{middle.missing}",
                f"{middle.seconds:.1f}",
                f"{cpu.get('reactor', 0):.1f}",
                f"{cpu.get('main', 0) - cpu.get('reactor', 0):.1f}",
                f"{cpu.get('reader', 0):.1f}",
            )
        )
    heads = "contender|pages/s|each round|pages|requests/s|404|s|CPU s: reactor thread|other threads|readers"
    kind = "closed" if closed else "open"
    table(f"Pages of the {kind} mix a second, first request to end of process, medians", heads.split("|"), rows)
    if len(found) < len(CONTENDERS):
        return True
    over_obvious, over_bare = rates["ours"] / rates["obvious"], rates["ours"] / rates["bare"]
    print(f"c/b {over_obvious:.2f} (floor {FLOOR:g})   c/a {over_bare:.2f} (aim {AIM:g})")
    return over_obvious >= FLOOR
