"""`scrapy verify`: is every row, file and record of the archive what it was written as?"""

import argparse
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TransferSpeedColumn
from rich.table import Table
from scrapy.exceptions import UsageError
from sqlite_utils import Database

from crawler.archive.layout import CATALOG
from crawler.audit import Audit, Finding, Scope, choose, verify
from crawler.audit.repair import Repaired, repair
from crawler.audit.scope import FOLDERS, days_ago, walk
from crawler.catalog import close_catalog, open_catalog, open_reader
from crawler.catalog.tables import sites
from crawler.clock import clock_of
from crawler.console import MOST_DAYS, number
from crawler.errors import CatalogError, CrawlerError, RunLockedError
from crawler.monitoring.exit_code import ExitCode
from crawler.runs.lock import lock
from crawler.terminal import ArchiveCommand, ProgressBar, Terminal, echo
from crawler.usage import Needs, unexpected

FAULTS = 8  # exit code
FAILED = 1
WIDTH = 200  # of a table in a pipe


def sample_of(text: str) -> int | float:
    """Return what `200`, `5%` or `0.05` ask for: a number of files, or a share of them."""
    try:
        if text.isdigit() and int(text) > 0:
            return int(text)
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number of files (200) or a share of them (5%)")
    return share


class Command(ArchiveCommand):
    """Look at an archive, and mend it if asked to."""

    needs: ClassVar[Needs] = {"--seed": ["--sample"], "--oldest": ["--sample"]}

    def syntax(self) -> str:
        return "[--sample N|SHARE] [--older-than DAYS] [--site KEY] [--repair] [--json]"

    def short_desc(self) -> str:
        return "Check every row, file and record of the archive; mend what can be mended"

    def long_desc(self) -> str:
        return (
            "Compare catalog, documents, media and evidence of ARCHIVE_DIR with each other, each down to its bytes, and write down in the "
            "table `checks` when each file was looked at. While a crawl runs nothing is written down, and what it is just writing is no fault. "
            "Nothing that holds information is ever deleted: what --repair replaces is kept in orphans/. "
            f"Exit code: 0 all is well (or was mended); 1 the archive could not be read to its end; 2 a mistake in the command, or no catalog; "
            f"{ExitCode.LOCKED.value} --repair while another run holds the archive; {FAULTS} faults were found (or are left)."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="one finding a line, as JSON, on standard output")
        parser.add_argument("--repair", action="store_true", help="mend what can be made again from the rest")
        which = parser.add_argument_group("what is looked at (without these: everything)")
        which.add_argument(
            "--sample",
            type=sample_of,
            metavar="N|SHARE",
            help="so many files (200), or a share of them (0.05 or 5%%)",
        )
        which.add_argument("--seed", type=number(0), default=0, help="of the sample: the same files again (0)")
        which.add_argument("--oldest", action="store_true", help="with --sample N: those not looked at for longest")
        which.add_argument(
            "--older-than",
            type=number(30.0, 0, MOST_DAYS),
            metavar="DAYS",
            help="files last looked at so many days ago, or never",
        )
        which.add_argument("--site", metavar="KEY", help="documents, media and evidence of one site")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if args:
            raise UsageError(unexpected(args[0]), print_help=False)
        if opts.oldest and not isinstance(opts.sample, int):
            raise UsageError("--oldest: expected --sample with a number of files", print_help=False)
        root, now = Path(self.settings["ARCHIVE_DIR"]), clock_of(self.settings)()
        try:
            with _opened(root, must_write=opts.repair) as archive:
                sites.check_known(archive.reader, [opts.site] if opts.site else [])
                self.exitcode = _audit(root, archive, now, opts)
        except CatalogError as error:
            raise UsageError(str(error), print_help=False) from error
        except RunLockedError as error:
            self.fail(ExitCode.LOCKED, f"--repair: {error}")
        except (CrawlerError, OSError, sqlite3.Error) as error:
            self.fail(FAILED, error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An archive to look at."""

    reader: Database
    catalog: Database | None  # to write to; None while another run holds the archive, and where it cannot be written
    is_live: bool  # another run holds it


@contextmanager
def _opened(root: Path, *, must_write: bool) -> Iterator[Opened]:
    """Open the catalog to read and, if nobody else holds the archive, to write."""
    open_reader(root / CATALOG, any_release=True).close()  # an archive without a catalog is not given one
    with ExitStack() as stack:
        catalog, is_live = None, False
        try:
            stack.enter_context(lock(root))
            catalog = open_catalog(root / CATALOG)
            stack.callback(close_catalog, catalog)
        except RunLockedError:
            if must_write:
                raise
            is_live = True
        except (CatalogError, OSError):  # damaged, or on a volume that cannot be written: it can still be read
            if must_write:
                raise
        reader = stack.enter_context(closing(open_reader(root / CATALOG)))
        yield Opened(reader=reader, catalog=catalog, is_live=is_live)


def _audit(root: Path, archive: Opened, now: datetime, opts: argparse.Namespace) -> int:
    before = None if opts.older_than is None else days_ago(now, opts.older_than)
    scope = Scope(
        site=opts.site, seed=opts.seed, before=before, share=opts.sample if isinstance(opts.sample, float) else 1.0
    )
    if isinstance(opts.sample, int):
        scope = choose(root, archive.reader, scope, opts.sample, oldest=opts.oldest)
    with _progress(root) as (progress, seen):
        audit = Audit(
            root=root,
            db=archive.reader,
            now=now,
            scope=scope,
            is_live=archive.is_live,
            with_texts=scope.is_whole or scope == Scope(site=scope.site),
            looked=seen.add,
        )
        told: list[Finding] = []  # by a person's table, or to be mended; a pipe is given each at once
        number = 0
        for finding in verify(audit, archive.catalog):
            number += 1
            progress.update(progress.task_ids[0], faults=number)
            if opts.json and not opts.repair:
                echo(json.dumps(finding.as_json(), ensure_ascii=False))
            else:
                told.append(finding)
    if opts.repair:
        assert archive.catalog is not None, "the archive is held"
        return _mend(audit, archive.catalog, told, opts)
    if not opts.json:
        _show(told)
    echo(_summary(seen, number, scope, archive), error=opts.json)
    return FAULTS if number else 0


def _mend(audit: Audit, catalog: Database, found: list[Finding], opts: argparse.Namespace) -> int:
    done: list[Repaired] = []
    for repaired in repair(audit, catalog, found):
        done.append(repaired)
        if opts.json:
            echo(
                json.dumps(
                    {**repaired.finding.as_json(), "repaired": repaired.is_mended, "done": repaired.done},
                    ensure_ascii=False,
                )
            )
    if not opts.json:
        _show_repairs(done)
    left = sum(not one.is_mended for one in done)
    echo(f"{len(done)} faults, {len(done) - left} mended, {left} left", error=opts.json)
    return FAULTS if left else 0


@dataclass(slots=True)
class Looked:
    """How much was looked at."""

    progress: ProgressBar
    files: int = 0
    bytes: int = 0
    last: str = ""

    def add(self, path: str, size: int) -> None:
        self.bytes += size
        if path != self.last:
            self.files, self.last = self.files + 1, path
        self.progress.update(self.progress.task_ids[0], completed=self.bytes, files=self.files)


@contextmanager
def _progress(root: Path) -> Iterator[tuple[ProgressBar, Looked]]:
    """Show how many bytes of the archive are read; elsewhere than on a terminal they are not counted before."""
    is_shown = sys.stderr.isatty()
    columns = (
        TextColumn("verify"),
        BarColumn(),
        TaskProgressColumn(),
        TransferSpeedColumn(),
        TextColumn("{task.fields[files]} files, {task.fields[faults]} faults"),
    )
    with ProgressBar(*columns) as progress:
        paths = (path for folder in FOLDERS for path in walk(root, folder)) if is_shown else ()
        progress.add_task("verify", total=sum((root / path).lstat().st_size for path in paths), files=0, faults=0)
        yield progress, Looked(progress)


def _summary(seen: Looked, faults: int, scope: Scope, archive: Opened) -> str:
    what = (
        f"{seen.files} files, {seen.bytes / 1e6:.1f} MB looked at{'' if scope.is_whole else ' (a part of the archive)'}"
    )
    found = f"{faults} faults" if faults else "no fault"
    if archive.catalog is not None:
        return f"{what}: {found}"
    why = "another run holds the archive" if archive.is_live else "the catalog cannot be written to"
    return f"{what}: {found}; {why}: nothing was written down in `checks`"


def _show(found: Sequence[Finding]) -> None:
    """Print one row a finding, and below it what to do about each kind."""
    if not found:
        return
    table = _table("code", "where", "what", "leads nowhere")
    for finding in found:
        table.add_row(finding.code.value, finding.object, finding.detail, "\n".join(finding.consequences))
    console = _console()
    console.print(table)
    for code, times in sorted(Counter(finding.code for finding in found).items()):
        advice = next(finding.advice for finding in found if finding.code is code)
        console.print(f"{code.value} ({times}): {advice}", markup=False, highlight=False)


def _show_repairs(done: Sequence[Repaired]) -> None:
    """Print one row a fault and what was done about it."""
    if not done:
        return
    table = _table("", "code", "where", "what was done")
    for one in done:
        table.add_row("mended" if one.is_mended else "left", one.finding.code.value, one.finding.object, one.done)
    _console().print(table)


def _table(*heads: str) -> Table:
    """Return a table that cuts no path short."""
    table = Table()
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _console() -> Terminal:
    return Terminal(width=None if sys.stdout.isatty() else WIDTH)
