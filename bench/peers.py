"""The peers: other extractors, each run over the gold pages by the program that came with them, in `.venv-peers` (`make bench-peers`)."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.gold import Figures, Gold, json_lines
from bench.report import note

PYTHON = Path(__file__).parent.parent / ".venv-peers/bin/python"
MODULES = {  # what each peer is, to Python
    "trafilatura": "trafilatura",
    "trafilatura-precision": "trafilatura",
    "newspaper4k": "newspaper",
    "gne": "gne",
    "magic-html": "magic_html",
    "readability": "readability",
    "resiliparse": "resiliparse.extract.html2text",
}
DISTRIBUTIONS = {"trafilatura-precision": "trafilatura", "readability": "readability-lxml"}
TIMES = re.compile(r"median ([\d.]+) ms, p90 ([\d.]+) ms")
RUNS = 2  # the times of the quieter one count: whatever else the machine does only adds to them
LONGEST_SECONDS = 1800  # over all pages
ENVIRONMENT = {**os.environ, "PYTHONHASHSEED": "0"}  # newspaper4k goes through sets: other seeds, other bodies


@dataclass(frozen=True, slots=True)
class Contender:
    """One column of the table."""

    name: str
    version: str
    figures: Figures
    median: float  # ms a page
    p90: float
    failed: int = 0  # pages on which it raised an error: nothing extracted

    @property
    def label(self) -> str:
        """Return name and version, parted so that they can be broken into lines."""
        return f"{self.name.replace('-precision', ', precision')} {self.version}"


@dataclass(frozen=True, slots=True)
class Missing:
    """A peer that did not take part."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name} did not take part: {self.reason}"


def run_peers(gold: Gold, folder: Path, python: Path = PYTHON) -> Iterator[Contender | Missing]:
    """Run every peer over the pages, one after the other; what each predicts is left in the folder."""
    for peer in MODULES:
        found = _run(peer, gold, folder / f"{peer}.jsonl", python)
        note(str(found) if isinstance(found, Missing) else f"{peer} {found.version}: {found.median:.1f} ms a page")
        yield found


def _run(peer: str, gold: Gold, output: Path, python: Path) -> Contender | Missing:
    version = version_of(peer, python)
    if isinstance(version, Missing):
        return version
    command = [str(python), str(gold.peers), peer, str(gold.truth), str(gold.folder)]
    times: list[tuple[float, float]] = []
    for _ in range(RUNS):
        with output.open("w", encoding="utf-8") as file:
            ended = subprocess.run(
                command,
                env=ENVIRONMENT,
                stdout=file,
                stderr=subprocess.PIPE,
                text=True,
                timeout=LONGEST_SECONDS,
                check=False,
            )
        if ended.returncode or not (told := TIMES.search(ended.stderr)):
            return Missing(peer, _last_line(ended.stderr) or f"exit code {ended.returncode}")
        times.append((float(told[1]), float(told[2])))
    errors = [one["error"] for one in json_lines(output) if "error" in one]
    if len(errors) == len(gold.rows):
        return Missing(peer, f"fails on every page: {errors[0]}")
    return Contender(peer, version, gold.score(output), *min(times), len(errors))


def version_of(peer: str, python: Path) -> str | Missing:
    """Return the version of a peer that is installed and can be imported; else why not."""
    if not python.is_file():
        return Missing(peer, "no .venv-peers: make bench-peers")
    distribution = DISTRIBUTIONS.get(peer, peer)
    code = f"import importlib.metadata as found, {MODULES[peer]}; print(found.version({distribution!r}))"
    ended = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    return Missing(peer, _last_line(ended.stderr)) if ended.returncode else ended.stdout.strip()


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]
