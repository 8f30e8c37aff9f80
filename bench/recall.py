"""How much of a recorded site one article URL brings, whether a second run leaves it alone, and whether deaths do.

Each site is crawled from its seed article out of its WARC file (`REPLAY_WARC`), with an archive in a temporary folder.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.archive import Archive
from bench.campaign import ROOT, ContenderError
from bench.processes import READER, all_gone, kind_of, tree
from bench.recorded import Recording, key_of, recordings
from bench.report import note, table
from crawler.monitoring.exit_code import ExitCode

LEAST_RECALL = 0.99  # of the articles the lists lead to
MOST_OTHERS = 0.01  # of the documents: those that are no articles
EARLIEST_DEATH = 0.5  # seconds after the start
ORPHAN_SECONDS = 10.0  # so long may a reader outlive its crawl


@dataclass(slots=True)
class Found:
    """What came of one site."""

    recording: Recording
    archive: Archive
    seconds: float

    @property
    def keys(self) -> set[str]:
        return {key_of(url) for url in self.archive.urls}

    @property
    def recall(self) -> float:
        return len(self.recording.reachable & self.keys) / len(self.recording.reachable)

    @property
    def others(self) -> set[str]:
        return self.keys - self.recording.articles

    @property
    def share_of_others(self) -> float:
        return len(self.others) / max(1, len(self.keys))


def recall(shared: Path, *, hosts: Sequence[str], kills: int, seed: int, settings: Sequence[str]) -> bool:
    """Print one row a site; return whether every bar is met."""
    rows, problems = [], []
    for recording in recordings(shared):
        if hosts and recording.host not in hosts:
            continue
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            found = _crawled(recording, Path(folder, "archive"), settings)
            faults = [*_missed(found), *_second_run(found, settings)]
            if kills:
                moments = random.Random(f"{seed} {recording.host}")
                faults += _deaths(found, Path(folder, "killed"), kills, moments, settings)
            rows.append(_row(found, faults))
            problems += [f"{recording.host}: {fault}" for fault in faults]
        note(f"{recording.host}: recall {found.recall:.4f}, {len(faults)} problems")
    heads = "site|pages fetched|documents|duplicates|recall|not articles|share|s|pages/s|problems"
    title = f"One article URL of each recorded site, crawled, crawled again{f', killed {kills} times' if kills else ''}"
    table(title, heads.split("|"), rows)
    print("\n".join(problems) or "every bar is met")
    return not problems


def _row(found: Found, faults: Sequence[str]) -> tuple[object, ...]:
    archive = found.archive
    return (
        found.recording.host,
        archive.visits,
        len(archive.urls),
        archive.duplicates,
        f"{found.recall:.4f}",
        len(found.others),
        f"{found.share_of_others:.4f}",
        f"{found.seconds:.1f}",
        f"{archive.visits / found.seconds:.0f}",
        len(faults) or "",
    )


def _crawled(recording: Recording, folder: Path, settings: Sequence[str]) -> Found:
    start = time.monotonic()
    process = _start(recording, folder, settings)
    output = process.communicate()[0]
    if process.returncode not in (
        ExitCode.WELL,
        ExitCode.ATTENTION,
    ):  # of a recording media and pages are missing, and told
        raise ContenderError(f"{recording.host}: exit code {process.returncode}\n{output[-3000:]}")
    return Found(recording, Archive.read(folder), time.monotonic() - start)


def _start(recording: Recording, folder: Path, settings: Sequence[str]) -> "subprocess.Popen[str]":
    chosen = [f"REPLAY_WARC={recording.warc}", f"ARCHIVE_DIR={folder}", *settings]
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={recording.seed}"]
    command += [part for one in chosen for part in ("-s", one)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _missed(found: Found) -> Iterator[str]:
    if found.recall < LEAST_RECALL:
        missing = sorted(found.recording.reachable - found.keys)
        yield f"recall {found.recall:.4f}, expected {LEAST_RECALL}; not found: {', '.join(missing[:5])} …"
    if found.share_of_others > MOST_OTHERS:
        others = ", ".join(sorted(found.others)[:5])
        yield f"{found.share_of_others:.4f} of the documents are no articles, expected {MOST_OTHERS}: {others} …"
    yield from found.archive.faults()


def _second_run(found: Found, settings: Sequence[str]) -> Iterator[str]:
    """Yield what the same crawl changes when nothing has changed."""
    again = _crawled(found.recording, found.archive.folder, settings).archive
    for difference in found.archive.differences(again):
        yield f"the second run: {difference}"


def _deaths(found: Found, folder: Path, kills: int, moments: random.Random, settings: Sequence[str]) -> Iterator[str]:
    """Crawl with deaths at random moments, then to the end; yield where the archive is not that of a quiet crawl."""
    died = 0
    for _ in range(kills):
        process = _start(found.recording, folder, settings)
        try:
            process.communicate(timeout=moments.uniform(EARLIEST_DEATH, max(2 * EARLIEST_DEATH, found.seconds)))
        except subprocess.TimeoutExpired:
            died += 1
            yield from _killed(process)
    note(f"{found.recording.host}: killed {died} times")
    survived = _crawled(found.recording, folder, settings).archive
    for difference in found.archive.differences(survived):
        yield f"after {died} deaths: {difference}"
    for fault in survived.faults():
        yield f"after {died} deaths: {fault}"


def _killed(process: "subprocess.Popen[str]") -> Iterator[str]:
    """Kill a crawl and nothing else; yield which of its processes stay behind, and end those too."""
    readers = [pid for pid in tree(process.pid) if pid != process.pid]
    kinds = {pid: kind_of(pid) for pid in readers}
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()
    if not all_gone(readers, within=ORPHAN_SECONDS):
        left = [pid for pid in readers if not all_gone([pid], within=0)]
        names = ", ".join(f"{kinds[pid] if kinds[pid] == READER else 'helper'} {pid}" for pid in left)
        yield f"{ORPHAN_SECONDS:g} s after its crawl was killed there still ran: {names}"
        for pid in left:
            os.kill(pid, signal.SIGKILL)
