"""`scrapy report`: what the last run, another one or those of some days brought; and the check for monitoring systems."""

import argparse
import re
import sqlite3
import sys
import webbrowser
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from scrapy.exceptions import UsageError
from sqlite_utils import Database

from crawler.archive.layout import CATALOG
from crawler.catalog import open_reader
from crawler.catalog.queries import statistics
from crawler.catalog.queries.statistics import RunRow
from crawler.catalog.tables import issues
from crawler.clock import clock_of
from crawler.console import MOST_DAYS, number
from crawler.errors import CatalogError, reason
from crawler.items import Outcome
from crawler.monitoring.acknowledgements import acknowledge, key_of
from crawler.monitoring.disk import free_bytes, megabytes
from crawler.monitoring.exit_code import MEANINGS, ExitCode
from crawler.monitoring.notice import shown
from crawler.monitoring.report import DAYS_SHOWN, Report, report_of
from crawler.terminal import ArchiveCommand, Terminal, echo
from crawler.typed import plain
from crawler.usage import Needs, unexpected

WIDTH = 200  # of a table in a pipe
MAX_AGE = "26h"  # a daily run may begin an hour late and take an hour
AGE = re.compile(r"(\d{1,6})\s*([mhd])", re.IGNORECASE)
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class Health(IntEnum):
    """What `--check` answers, as Nagios plug-ins do."""

    OK = 0
    WARNING = 1  # runs happen, and something stands that needs a look
    CRITICAL = 2  # no run ended in time, or the last one did not archive
    UNKNOWN = 3  # there is no catalog to ask


class Command(ArchiveCommand):
    """Print a report, write its files, or check that runs happen."""

    needs: ClassVar[Needs] = {
        "--max-age": ["--check"],
        "--note": ["--acknowledge"],
        "--by": ["--acknowledge"],
    }

    def syntax(self) -> str:
        return "[RUN] [--days N] [--open] | --check [--max-age 26h] | --acknowledge SITE:CODE --note TEXT [--by NAME]"

    def short_desc(self) -> str:
        return "Report on the last run, on RUN, or on the runs of some days; check that runs happen"

    def long_desc(self) -> str:
        return (
            "Print a summary of the last run, of RUN, or with --days of all runs of the last N days, and write "
            "ARCHIVE_DIR/reports/<run>.json and .html (last-<N>-days.json and .html) anew. "
            "Exit code: 0 done; 1 the files could not be written; 2 no catalog, or no such run. "
            "--check prints one line for monitoring systems, writes nothing, and answers 0 well; 1 something needs a look (alarms "
            "stand, or the last run ended with 3 or 7); 2 no run ended within --max-age, or the last one ended with 4 or 6, or was "
            "killed; 3 the catalog cannot be read. "
            "--acknowledge puts a note on an alarm that stands: it is not told again, and the reading room shows the note. Exit code: 0 done; "
            "1 the note could not be written; 2 no such alarm, or no note."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--days", type=number(7, 1, MOST_DAYS), metavar="N", help="all runs of the last N days, as one report"
        )
        parser.add_argument("--open", action="store_true", help="open the page in the web browser")
        what.add_argument("--check", action="store_true", help="one line and an exit code for a monitoring system")
        what.add_argument(
            "--acknowledge",
            metavar="SITE:CODE",
            help="say that an alarm was seen (`:CODE` for one of the whole archive)",
        )
        parser.add_argument("--note", metavar="TEXT", help="what to say of it")
        parser.add_argument("--by", metavar="NAME", help="who says so")
        parser.add_argument("--max-age", metavar="AGE", help=f"with --check: 30m, 26h, 8d (default: {MAX_AGE})")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if args and (len(args) > 1 or opts.days or opts.check or opts.acknowledge or Path(args[0]).is_dir()):
            told = unexpected(args[-1], "expected one RUN, or --days N, or --check, or --acknowledge, or none of them")
            raise UsageError(told, print_help=False)
        root, now = Path(self.settings["ARCHIVE_DIR"]), clock_of(self.settings)()
        if opts.acknowledge is not None:
            self.exitcode = acknowledged(root, opts.acknowledge, opts.note or "", by=opts.by or "", now=now)
            return
        if opts.check:
            health, told = check(root, age_of(opts.max_age or MAX_AGE), now)
            echo(f"{health.name}: {told}")
            self.exitcode = health
            return
        try:
            with closing(open_reader(root / CATALOG)) as db:
                report = _report(db, args[0] if args else None, opts.days, now=now, free=free_bytes(root))
        except (CatalogError, sqlite3.Error) as error:
            raise UsageError(str(error), print_help=False) from error
        print_report(report)
        self._save(root, report, is_opened=opts.open)

    def _save(self, root: Path, report: Report, *, is_opened: bool) -> None:
        from crawler.monitoring.page import save  # what draws is loaded by who wants a page

        try:
            data, page = save(root, report)
        except OSError as error:
            self.fail(1, f"{root}: the files cannot be written: {reason(error)}")
            return
        echo(page)
        echo(data)
        if is_opened:
            webbrowser.open(page.resolve().as_uri())


def check(root: Path, max_age: timedelta, now: datetime) -> tuple[Health, str]:
    """Return whether runs happen and end well, and a sentence."""
    try:
        with closing(open_reader(root / CATALOG, any_release=True)) as db:
            runs = statistics.run_rows(db)
            standing = issues.alarms(db)
            busy = statistics.last_visit(db, runs[-1].run) if runs else None
    except (CatalogError, sqlite3.Error) as error:
        return Health.UNKNOWN, _why(error)
    ended = [run for run in runs if run.state != "running"]
    is_busy = len(ended) < len(runs) and now - max(runs[-1].started, busy or runs[-1].started) <= max_age
    if not is_busy and not any(run.finished and now - run.finished <= max_age for run in ended):
        last = f"the last one at {ended[-1].finished:%Y-%m-%d %H:%M} UTC" if ended else "none ever did"
        return Health.CRITICAL, f"no run ended within {max_age}: {last}"
    if not ended:
        return Health.OK, f"the first run goes on, since {runs[-1].started:%Y-%m-%d %H:%M} UTC"
    return _how(ended[-1], [shown(str(alarm)) for alarm in standing])


def _how(last: RunRow, standing: Sequence[str]) -> tuple[Health, str]:
    if last.exit_code is None:
        return Health.CRITICAL, f"the run {last.run} was killed"
    told = f"the run {last.run} ended with {last.exit_code}, {MEANINGS.get(ExitCode(last.exit_code), '')}"
    if last.exit_code in (ExitCode.STORAGE_FAILED, ExitCode.NOTHING_ARCHIVED):
        return Health.CRITICAL, told
    if last.exit_code != ExitCode.WELL or standing:
        return Health.WARNING, "; ".join([told, *standing])
    return Health.OK, told


def age_of(text: str) -> timedelta:
    """Return the time that `30m`, `26h` or `8d` says. Raises UsageError."""
    found = AGE.fullmatch(plain(text))
    if not found:
        raise UsageError(f"--max-age {text}: expected a number and m, h or d, such as {MAX_AGE}", print_help=False)
    return int(found[1]) * UNITS[found[2].lower()]


def acknowledged(root: Path, named: str, note: str, *, by: str, now: datetime) -> int:
    """Put a note on the alarm that `SITE:CODE` names; return the exit code. Raises UsageError."""
    site, _, code = named.rpartition(":")
    if not note.strip():
        raise UsageError("--acknowledge: expected a note beside it, --note TEXT", print_help=False)
    try:
        with closing(open_reader(root / CATALOG)) as db:
            standing = issues.alarms(db)
    except (CatalogError, sqlite3.Error) as error:
        raise UsageError(str(error), print_help=False) from error
    alarm = next((one for one in standing if (one.site, one.code) == (site, code)), None)
    if alarm is None:
        there = ", ".join(f"{one.site}:{one.code}" for one in standing) or "none"
        raise UsageError(f"--acknowledge {named}: no such alarm stands; those that do: {there}", print_help=False)
    try:
        acknowledge(root, key_of(alarm), note.strip(), by=by.strip(), now=now)
    except OSError as error:
        echo(f"scrapy report: {root}: the note cannot be written: {reason(error)}", error=True)
        return 1
    echo(f"acknowledged: {shown(str(alarm))}")
    return 0


def print_report(report: Report) -> None:
    """Print the summary of a report; what others wrote is printed as text, never as markup or control sequences."""
    console = Terminal(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    outcomes = [outcome for outcome in Outcome if report.outcomes.get(outcome)]
    table = Table()
    for name in ("site", *outcomes, "no date", "median s", "archived", "waiting", "media"):
        table.add_column(name, justify="left" if name == "site" else "right")
    for site in report.sites:
        table.add_row(
            Text(shown(site.key)),
            *(str(site.outcomes.get(outcome, 0)) for outcome in outcomes),
            f"{site.missing.get('date', 0) / site.written:.0%}" if site.written else "–",
            f"{site.times.median:.2f}" if site.times else "–",
            str(sum(site.documents.values())),
            str(site.waiting),
            f"{site.media.get('stored', 0)}/{sum(site.media.values())}",
        )
    console.print(table)
    lines = [f"! {alarm}" for alarm in report.alarms]
    lines += [f"{number} issues: {kind}" for kind, number in report.issue_counts.items()]
    lines.append(f"{_runs(report.runs)}; free on disk: {megabytes(report.free_bytes)}")
    for line in lines:
        console.print(Text(shown(line)), soft_wrap=True)


def _runs(runs: Sequence[RunRow]) -> str:
    if len(runs) != 1:
        well = sum(run.exit_code == ExitCode.WELL for run in runs)
        return f"{len(runs)} runs, {well} of them all well"
    (run,) = runs
    how = f"exit code {run.exit_code}" if run.exit_code is not None else run.state
    return f"run {run.run}, {run.started:%Y-%m-%d %H:%M} UTC, {how}"


def _report(db: Database, name: str | None, days: int | None, *, now: datetime, free: int) -> Report:
    if days is not None:
        runs = statistics.run_rows(db, since=now - timedelta(days=days))
        return report_of(db, runs, name=f"last-{days}-days", now=now, free=free, days=days)
    run = statistics.run_row(db, name)
    if run is None:
        told = (
            f"{name}: no such run; `scrapy browse` lists them"
            if name
            else "no run yet; `scrapy crawl news` makes the first"
        )
        raise UsageError(told, print_help=False)
    return report_of(db, [run], name=run.run, now=now, free=free, days=DAYS_SHOWN)


def _why(error: Exception) -> str:
    """Return what to do about a catalog that cannot be read; one of an older release lacks tables until the next run."""
    hint = "; the next run brings a catalog of an older release up to date" if "no such table" in str(error) else ""
    return f"{error}{hint}"
