"""Where the time of reading a page goes: every gold page and a mix of recorded ones, in this process, once alone and once under cProfile.

The profiler makes small functions look dearer than they are: the shares tell where to look, only the milliseconds of the pass without it
tell what a page costs.
"""

import contextlib
import pickle
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from cProfile import Profile
from datetime import UTC, datetime
from pathlib import Path
from pstats import Stats

from bench.gold import find_gold
from bench.mix import mix
from bench.recorded import recordings
from bench.report import table
from crawler.errors import ExtractionError
from crawler.items import Capture, Reading, Site
from crawler.pages.reading import read
from crawler.sites import site_from_url
from crawler.spiders.pages import NOWHERE

Function = tuple[str, int, str]  # file, line, name: as `pstats` has it
Entry = tuple[
    int, int, float, float, dict[Function, tuple[int, int, float, float]]
]  # calls, own and whole time, callers
Page = tuple[Capture, Site]
DOORS = ("read", "_read_page", "extract")  # whose calls are the stages of a page
OURS = str(Path(__file__).parent.parent / "crawler")
PAGES = 400  # of the mix
LEAST = 0.01  # of the whole: what is less is not shown


def profile(shared: Path) -> bool:
    """Print what a page costs on both sets, by stage and by module."""
    _profile("gold pages", list(_gold(shared)))
    _profile("pages of the closed mix", list(_mixed(shared, PAGES)))
    return True


def _profile(name: str, pages: list[Page]) -> None:
    start = time.process_time()
    readings = _read_all(pages)
    cost = (time.process_time() - start) / len(pages)
    watch = Profile()
    watch.runcall(_read_all, pages)
    stats: Mapping[Function, Entry] = Stats(watch).stats  # type: ignore[attr-defined]
    _report(f"{len(pages)} {name}", stats, cost, readings)


def _gold(shared: Path) -> Iterator[Page]:
    gold = find_gold(shared)
    for row in gold.rows:
        yield _page(row["url"] or NOWHERE, gold.body(row))


def _mixed(shared: Path, pages: int) -> Iterator[Page]:
    for host in mix(recordings(shared), pages, closed=True):
        for page in host.pages:
            yield _page(f"http://{host.name}{page.path}", page.body)


def _page(url: str, body: bytes) -> Page:
    capture = Capture(url=url, final_url=url, fetched=datetime.now(UTC), status=200, headers=(), body=body)
    return capture, site_from_url(url)


def _read_all(pages: Iterable[Page]) -> list[Reading]:
    readings: list[Reading] = []
    for capture, site in pages:
        with contextlib.suppress(ExtractionError):
            readings.append(read(capture, site))
    return readings


def _report(title: str, stats: Mapping[Function, Entry], cost: float, readings: list[Reading]) -> None:
    whole = sum(own for _, _, own, _, _ in stats.values())
    rows = [(name, seconds) for name, seconds in _stages(stats) if seconds > LEAST * whole]
    table(
        f"{title}: {cost * 1000:.2f} ms a page. By stage", ["", "% of the time", "ms a page"], _shown(rows, whole, cost)
    )
    modules = sorted(_by_module(stats).items(), key=lambda one: -one[1])
    rows = [(name, seconds) for name, seconds in modules if seconds > LEAST * whole]
    table(
        "Within each module, and what it calls outside the project", ["", "%", "ms a page"], _shown(rows, whole, cost)
    )
    start = time.process_time()
    size = sum(len(pickle.dumps(reading)) for reading in readings)
    spent = time.process_time() - start
    print(f"to the writer: {size / len(readings):.0f} bytes a page, {spent / len(readings) * 1000:.2f} ms to make\n")


def _shown(rows: Iterable[tuple[str, float]], whole: float, cost: float) -> Iterator[tuple[str, str, str]]:
    for name, seconds in rows:
        yield name, f"{seconds / whole:.1%}", f"{seconds / whole * cost * 1000:.2f}"


def _stages(stats: Mapping[Function, Entry]) -> Iterator[tuple[str, float]]:
    """Yield what each door calls, in the order of cost, with all that is below it."""
    for door in DOORS:
        found = {
            _name(function): callers[caller][3]
            for function, (_, _, _, _, callers) in stats.items()
            for caller in callers
            if caller[2] == door and caller[0].startswith(OURS)
        }
        for name, seconds in sorted(found.items(), key=lambda one: -one[1]):
            yield f"{door} > {name}", seconds


def _by_module(stats: Mapping[Function, Entry]) -> dict[str, float]:
    """Return module -> seconds of its own functions, and of the functions of others that it calls, without what those call of ours."""
    found: defaultdict[str, float] = defaultdict(float)
    for function, (_, _, own, _, callers) in stats.items():
        if function[0].startswith(OURS):
            found[_module(function)] += own
        for caller, (_, _, spent, _) in callers.items() if not function[0].startswith(OURS) else ():
            found[_module(caller)] += spent
    return found


def _module(function: Function) -> str:
    file = function[0]
    return file[len(OURS) + 1 :].removesuffix(".py").removesuffix("/__init__") if file.startswith(OURS) else "other"


def _name(function: Function) -> str:
    return function[2] if function[0] == "~" else f"{_module(function).rpartition('/')[2]}.{function[2]}"
