"""Layouts of sites that nobody has looked at: each is served on loopback and crawled from one of its articles by the product."""

import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from bench.campaign import ROOT
from bench.layouts import (
    ages,
    broken,
    campus,
    derived,
    ends,
    fetched,
    gaps,
    links,
    makers,
    odd,
    plain,
    silent,
    systems,
    traps,
    unpacked,
    widgets,
)
from bench.layouts.layout import Layout, Reach
from bench.layouts.served import Served
from bench.report import note, table

LEAST = {Reach.LINKS: 0.98, Reach.DERIVED: 0.9, Reach.TRAP: 0.98, Reach.GAP: 0.0}  # recall
WHOLE = 0.98  # recall of a complete crawl: it tells no gap, and every other one does
MOST_REQUESTS = 1.5  # times the pages a layout has
TOLD = frozenset({"coverage", "host_closed"})  # issues that say that something is missing
BEYOND = 60  # requests that a trap may cost besides
SECONDS = 300.0  # a crawl that takes longer is in a trap
AT_ONCE = 30  # sites of one run
HEADS = "layout|reach|recall|not articles|pages|requests|again|exit|issues".split("|")
SETTINGS = (
    *("READER_PROCESSES=1", "MEDIA_ENABLED=False", "AUTOTHROTTLE_ENABLED=False"),
    *("RETRY_BACKOFF=0.1", "MIN_FREE_BYTES=0", "METRICS_FILE="),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """What came of one layout."""

    layout: Layout
    found: frozenset[str]  # documents, without the host
    asked: int
    again: int | None  # requests of the unchanged second run
    code: int
    issues: tuple[str, ...]

    @property
    def recall(self) -> float:
        return len(self.found & self.layout.truth) / len(self.layout.truth)

    @property
    def wrong(self) -> frozenset[str]:
        return self.found - self.layout.truth

    @property
    def pages(self) -> int:
        return len(self.layout.truth) + self.layout.pages + len(self.layout.extra) + 1

    @property
    def is_told(self) -> bool:
        """Whether the run says that something is missing."""
        return not TOLD.isdisjoint(self.issues)

    def faults(self) -> Iterator[str]:
        least = LEAST[self.layout.reach]
        if self.recall < least:
            yield f"recall {self.recall:.3f}, expected {least}"
        is_whole = self.recall >= WHOLE
        if is_whole is self.is_told:
            yield "complete, and a gap is told" if is_whole else f"incomplete ({self.recall:.3f}), and no gap is told"
        if self.wrong:
            yield f"no articles: {', '.join(sorted(self.wrong)[:3])}"
        most = MOST_REQUESTS * self.pages + (BEYOND if self.layout.reach is Reach.TRAP else 0)
        if self.asked > most:
            yield f"{self.asked} requests, expected at most {most:.0f}"


def layouts(*, names: Sequence[str], alone: bool, again: bool, settings: Sequence[str]) -> bool:
    """Print one row a layout; return whether every bar is met. `names` are beginnings of names; none: all.

    All are sites of one run; `alone`: each is a run of its own, which has an exit code of its own.
    """
    wanted = [one for one in every() if not names or one.name.startswith(tuple(names))]
    groups = [[one] for one in wanted] if alone else [wanted[n : n + AT_ONCE] for n in range(0, len(wanted), AT_ONCE)]
    found = [crawled for some in groups for crawled in _crawl(some, again=again, settings=settings)]
    table(f"{len(found)} layouts, each crawled from one of its articles", HEADS, map(_row, found))
    faults = [f"{one.layout.name}: {fault}" for one in found for fault in one.faults()]
    for reach in Reach:
        some = [one for one in found if one.layout.reach is reach]
        whole = sum(one.recall >= LEAST[reach] for one in some)
        print(f"{reach}: {whole} of {len(some)} complete")
    print("\n".join(faults) or "every bar is met")
    return not faults


def every() -> list[Layout]:
    """Return all layouts."""
    modules = (
        *(links, ages, systems, makers, derived, fetched, traps, odd, gaps, broken, silent, unpacked, campus, ends),
        *(widgets, plain),
    )
    return [layout for module in modules for layout in module.layouts()]


def _row(one: Crawled) -> tuple[object, ...]:
    again = "" if one.again is None else one.again
    figures = (f"{one.recall:.3f}", len(one.wrong), one.pages, one.asked, again, one.code)
    return (one.layout.name, one.layout.reach, *figures, " ".join(one.issues))


def _crawl(some: Sequence[Layout], *, again: bool, settings: Sequence[str]) -> list[Crawled]:
    """Crawl some layouts in one run, and tell how it went."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = crawl_together(some, Path(folder), again=again, settings=settings)
    for one in found:
        told = "; ".join(one.faults()) or "well"
        note(f"{one.layout.name}: recall {one.recall:.3f}, {one.asked} requests for {one.pages} pages; {told}")
    return found


def crawl_together(some: Sequence[Layout], folder: Path, *, again: bool, settings: Sequence[str]) -> list[Crawled]:
    """Serve some layouts, crawl them in one run into `folder/archive`, and return what came of each."""
    with ExitStack() as stack:
        served = [stack.enter_context(Served(layout)) for layout in some]
        (folder / "seeds").mkdir()
        for one in served:
            _write_seed(folder / "seeds", one)
        code = _run(folder, settings)
        asked = [len(one.asked) for one in served]
        if again:
            _run(folder, settings)
        repeated = [len(one.asked) - before if again else None for one, before in zip(served, asked, strict=True)]
        with closing(sqlite3.connect(folder / "archive" / "catalog.db")) as db:
            return [_read(db, *row, code) for row in zip(served, asked, repeated, strict=True)]


def _read(db: sqlite3.Connection, served: Served, asked: int, again: int | None, code: int) -> Crawled:
    site = served.layout.name
    urls = [row[0] for row in db.execute("SELECT url FROM documents WHERE site = ?", [site])]
    issues = [row[0] for row in db.execute("SELECT DISTINCT code FROM issues WHERE site = ? ORDER BY code", [site])]
    found = frozenset(url.partition(served.host)[2] for url in urls)
    return Crawled(layout=served.layout, found=found, asked=asked, again=again, code=code, issues=tuple(issues))


def _write_seed(folder: Path, served: Served) -> None:
    host, layout = served.host, served.layout
    seed = {
        "name": layout.name,
        "hosts": [host],
        "scheme": "http",
        "private_hosts": [host],
        "politeness": {"delay": 0, "concurrency": 4},
        "articles": [f"http://{host}{layout.article_url(layout.seed)}"],
    }
    (folder / f"{layout.name}.yaml").write_text(json.dumps(seed, ensure_ascii=False), "utf-8")


def _run(folder: Path, settings: Sequence[str]) -> int:
    chosen = [f"SEEDS_DIR={folder / 'seeds'}", f"ARCHIVE_DIR={folder / 'archive'}", *SETTINGS, *settings]
    command = [sys.executable, "-m", "scrapy", "crawl", "news", *(part for one in chosen for part in ("-s", one))]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            return process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            process.terminate()
            return process.wait()
