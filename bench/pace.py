"""Milliseconds a page of our reader beside trafilatura, on the same pages, warm, each in a process of its own (`bench/runner.py`).

The processes take turns at a few pages each, so that whatever else the machine does hits all of them alike. The first
round warms them up and does not count; the time of a page is its median over the other rounds.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.campaign import ContenderError
from bench.gold import Gold

ROOT = Path(__file__).parent.parent
RUNNERS = ("ours", "general", "trafilatura")
TURN = 10  # pages
KNOWN_AT_MOST = 1 / 3  # of trafilatura's median, on pages of a known family
OTHERS_AT_MOST = 1.0  # the same on all others

Times = Mapping[str, Sequence[float]]  # runner -> ms of each page, in the order of the gold pages


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds a page, over some pages."""

    median: float
    p90: float

    def __str__(self) -> str:
        return f"{self.median:.1f} / {self.p90:.1f}"


@dataclass(frozen=True, slots=True)
class Pace:
    """Ours beside trafilatura on one group of pages."""

    group: str
    pages: int
    ours: Spread
    theirs: Spread
    at_most: float

    @property
    def ratio(self) -> float:
        return self.ours.median / self.theirs.median

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.at_most


def spread(times: Sequence[float]) -> Spread:
    """Return median and 90th percentile."""
    return Spread(median(times), sorted(times)[int(len(times) * 0.9)])


def paces(times: Times, families: Sequence[str | None]) -> list[Pace]:
    """Return ours beside trafilatura: pages of a known family, the others, and all pages read by the general rules alone."""
    pages = range(len(families))
    groups = (
        ("of a known CMS", "ours", [n for n in pages if families[n]], KNOWN_AT_MOST),
        ("of no known CMS", "ours", [n for n in pages if not families[n]], OTHERS_AT_MOST),
        ("all, by the general rules alone", "general", list(pages), OTHERS_AT_MOST),
    )
    return [
        Pace(
            name,
            len(group),
            spread([times[runner][n] for n in group]),
            spread([times["trafilatura"][n] for n in group]),
            most,
        )
        for name, runner, group, most in groups
        if group
    ]


def measure(gold: Gold, *, rounds: int) -> Times:
    """Return the time of every page by each runner."""
    taken: dict[str, list[list[float]]] = {runner: [[] for _ in gold.rows] for runner in RUNNERS}
    with contextlib.ExitStack() as stack:
        running = {runner: stack.enter_context(_start(runner, gold)) for runner in RUNNERS}
        for turn in range(rounds + 1):
            for first in range(0, len(gold.rows), TURN):
                for runner, process in running.items():
                    for n, took in enumerate(_ask(process, first), first):
                        if turn:
                            taken[runner][n].append(took)
    return {runner: [median(page) for page in pages] for runner, pages in taken.items()}


def _start(runner: str, gold: Gold) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench.runner", runner, str(gold.folder.parent)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _ask(process: "subprocess.Popen[str]", first: int) -> list[float]:
    """Let a runner have its turn."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{first} {first + TURN}\n")
    process.stdin.flush()
    if not (answer := process.stdout.readline()):
        raise ContenderError(f"{process.args!r}: ended at page {first}")
    return list(json.loads(answer))
