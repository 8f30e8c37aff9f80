"""Five days of a served site: what is edited, removed, brought back and added becomes exactly that, and a redesign becomes no version.

The site is invented and ages as `tests/ageing.py` says; every page has new counters and another hot list each day.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.campaign import ROOT, ContenderError
from bench.report import table
from crawler.monitoring.exit_code import ExitCode
from tests.ageing import AgeingSite, Ages, crawl_command, environment, state

EDITED, REMOVED, BACK, ADDED = 20, 10, 5, 30
DAYS = 5


def ageing(*, articles: int, settings: Sequence[str]) -> bool:
    """Print one row a day; return whether every bar is met."""
    rows, heads = [], ["day", "s"]
    days: list[dict[str, object]] = []
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        AgeingSite("湖光大学", articles) as site,
        AgeingSite("云台大学", articles // 3, host="127.0.0.2") as redesigned,
    ):
        ages = Ages(site, redesigned, EDITED, REMOVED, BACK, ADDED)
        ages.write_seeds(Path(folder, "seeds"))
        for day in range(DAYS):
            ages.dawn(day)
            start = time.monotonic()
            _crawl(Path(folder), day, settings)
            days.append(state(Path(folder, "archive")))
            rows.append((day, f"{time.monotonic() - start:.1f}", *days[-1].values()))
    heads += days[-1].keys()
    table(f"{articles} articles and {articles // 3} of a site that is redesigned on day 3", heads, rows)
    problems = list(_missed(days))
    print("\n".join(problems) or "every bar is met")
    return not problems


def _crawl(folder: Path, day: int, settings: Sequence[str]) -> None:
    given = [part for one in settings for part in ("-s", one)]
    command = [sys.executable, "-m", "scrapy", *crawl_command(folder / "archive", folder / "seeds"), *given]
    ended = subprocess.run(command, cwd=ROOT, env=environment(day), capture_output=True, text=True, check=False)
    if ended.returncode not in (ExitCode.WELL, ExitCode.ATTENTION):  # a redesign is told by the exit code
        raise ContenderError(f"day {day}: exit code {ended.returncode}\n{ended.stdout[-2000:]}{ended.stderr[-3000:]}")


def _missed(days: Sequence[dict[str, object]]) -> list[str]:
    marked = [("redesigned", None)]
    wanted = {
        1: {"versions": 0, "gone": 0, "new": 0, "drifts": []},
        2: {"versions": 0, "gone": BACK, "new": 0, "drifts": []},
        3: {
            "versions": EDITED,
            "changed": EDITED,
            "gone": 0,
            "returned": BACK,
            "new": ADDED,
            "drifts": marked,
            "drift issues": 1,
        },
        4: {
            "versions": EDITED,
            "changed": 0,
            "gone": REMOVED,
            "returned": BACK,
            "new": 0,
            "drifts": marked,
            "drift issues": 1,
        },
    }
    return [
        f"day {day}: {name} {days[day][name]}, expected {value}"
        for day, values in wanted.items()
        for name, value in {**values, "false versions": 0, "corrections": 0}.items()
        if days[day][name] != value
    ]
