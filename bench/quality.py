"""Ours beside every peer on the gold pages, field by field, and the time each takes: one run on one machine."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from bench.bars import FIELDS, misses, shown
from bench.gold import Gold, find_gold, json_lines, manifest
from bench.measured import markdown, rewritten
from bench.pace import Pace, Times, measure, paces, spread
from bench.peers import Contender, Missing, run_peers
from bench.report import note, table
from crawler import __version__

ROOT = Path(__file__).parent.parent
MEASURED = ROOT / "docs/measured.md"
ALONE = "general rules alone"
PACE_HEADS = ("pages", "number", "ours, median / p90 ms", "trafilatura, median / p90 ms", "ratio of medians", "at most")


@dataclass(frozen=True, slots=True)
class Quality:
    """What one run has found."""

    pages: int
    hosts: int
    ours: Contender
    general: Contender  # ours with the rules of every family off
    peers: Sequence[Contender]
    missing: Sequence[Missing]
    paces: Sequence[Pace]

    @property
    def heads(self) -> list[str]:
        return ["", "bar", "ours", ALONE, *(peer.label for peer in self.peers)]

    @property
    def rows(self) -> list[list[str]]:
        """A row a field, and one for the time a page takes."""
        columns = (self.ours, self.general, *self.peers)
        times = ["ms a page, median / p90", "", *(f"{one.median:.1f} / {one.p90:.1f}" for one in columns)]
        return [[one.name, one.asked, *(shown(c.figures.get(one.name)) for c in columns)] for one in FIELDS] + [times]

    @property
    def pace_rows(self) -> list[list[str]]:
        return [
            [one.group, str(one.pages), str(one.ours), str(one.theirs), f"{one.ratio:.2f}", f"{one.at_most:.2f}"]
            for one in self.paces
        ]

    def faults(self, *, unknown: bool = False) -> Iterator[str]:
        """Yield the bars missed by ours; `unknown`: by ours with the rules of every family off."""
        judged, groups = (self.general, self.paces[-1:]) if unknown else (self.ours, self.paces)
        yield from misses(judged.figures, {peer.name: peer.figures for peer in self.peers})
        for one in groups:
            if not one.is_met:
                yield f"pages {one.group}: {one.ratio:.2f} of trafilatura's time, the bar is ≤ {one.at_most:.2f}"

    def notes(self) -> Iterator[str]:
        """Yield what must be said beside the figures."""
        yield from map(str, self.missing)
        yield from (
            f"{peer.name} raised an error on {peer.failed} of {self.pages} pages" for peer in self.peers if peer.failed
        )


def quality(shared: Path, *, unknown: bool, rounds: int, write: bool, keep: Path | None) -> bool:
    """Print the tables and the bars missed; `write` puts them into docs/measured.md too; `keep` is where predictions are left."""
    gold = find_gold(shared)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        found = _measured(gold, folder, rounds)
    table(f"Quality on {found.pages} gold pages", found.heads, found.rows)
    table("Speed, taking turns", PACE_HEADS, found.pace_rows)
    faults = list(found.faults(unknown=unknown))
    print("\n".join([*found.notes(), *(faults or ["every bar is met"])]))
    if write:
        MEASURED.write_text(rewritten(MEASURED.read_text("utf-8"), section(found, datetime.now(UTC).date())), "utf-8")
    return not faults


def section(found: Quality, today: date) -> str:
    """Return what docs/measured.md says of a run."""
    faults = list(found.faults())
    lines = [
        f"{found.pages} real pages of {found.hosts} hosts, annotated by hand; {today}. All in the same run on one machine; –: never given.",
        markdown(found.heads, found.rows),
        "Beside trafilatura with metadata, in processes that take turns:",
        markdown(PACE_HEADS, found.pace_rows),
        "; ".join(found.notes()),
        "Bars missed:" if faults else "Every bar is met.",
        "\n".join(f"- {fault}" for fault in faults),
    ]
    return "\n\n".join(filter(None, lines))


def _measured(gold: Gold, folder: Path, rounds: int) -> Quality:
    (folder / "manifest.tsv").write_text(manifest(gold.rows), "utf-8")
    (folder / "no-seeds").mkdir(exist_ok=True)
    ours = _extracted(gold, folder, "ours")
    general = _extracted(gold, folder, "general", "--family", "none", "-s", f"SEEDS_DIR={folder / 'no-seeds'}")
    peers = list(run_peers(gold, folder))
    note("speed …")
    times = measure(gold, rounds=rounds)
    return Quality(
        pages=len(gold.rows),
        hosts=len({row["site"] for row in gold.rows}),
        ours=_contender(gold, ours, "ours", times),
        general=_contender(gold, general, "general", times),
        peers=[peer for peer in peers if isinstance(peer, Contender)],
        missing=[peer for peer in peers if isinstance(peer, Missing)],
        paces=paces(times, [one.get("family") for one in json_lines(ours)]),
    )


def _extracted(gold: Gold, folder: Path, name: str, *options: str) -> Path:
    output = folder / f"{name}.jsonl"
    command = [sys.executable, "-m", "scrapy", "extract", "--manifest", str(folder / "manifest.tsv"), "--base"]
    with output.open("w", encoding="utf-8") as file:
        subprocess.run([*command, str(gold.folder), *options], cwd=ROOT, stdout=file, check=True)
    return output


def _contender(gold: Gold, predicted: Path, name: str, times: Times) -> Contender:
    taken = spread(times[name])
    return Contender(name, __version__, gold.score(predicted), taken.median, taken.p90)
