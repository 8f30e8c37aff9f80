"""`scrapy verify`: is everything there, and what it was?"""

import argparse
import contextlib
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from sqlite_utils import Database

from crawler.audit import ADVICE, Finding, Scope, totals, verify
from crawler.audit.repair import repair
from crawler.catalog import boilerplate, checks, close_catalog, group, open_catalog, open_reader
from crawler.errors import CatalogError, RunLockedError
from crawler.fetching.evidence import clock_of
from crawler.ingest import Archive
from crawler.monitoring.lock import lock
from crawler.monitoring.run import CATALOG

AT_ONCE = 1000  # checks written in one transaction
SHOWN = 50  # findings in the table; --json gives all


class Command(ScrapyCommand):
    """Walk the chain from rows to bytes; tell each break once."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[--sample N] [--older-than DAYS] [--site KEY] [--repair] [--json]"

    def short_desc(self) -> str:
        return "Check that every row has its bytes and every file its row; mend what can be mended"

    def long_desc(self) -> str:
        return (
            "Compare documents, media and evidence of ARCHIVE_DIR with the catalog, and write down when each was checked. "
            "While another process writes to the archive, nothing is written down or repaired. "
            "Exit code: 0 all is well, or mended; 1 faults were found and stand; 2 a mistake in the command, or no catalog; "
            "5 --repair, and another run holds the archive."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--sample", type=int, metavar="N", help="so many of each kind, those longest unchecked first"
        )
        parser.add_argument("--older-than", type=float, metavar="DAYS", help="only what was not checked for so long")
        parser.add_argument("--site", metavar="KEY", help="only what is of this site")
        parser.add_argument("--repair", action="store_true", help="restore what the rest of the archive allows")
        parser.add_argument("--json", action="store_true", help="one JSON object a fault on standard output")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if args or (opts.sample is not None and opts.sample < 1):
            raise UsageError("expected options only, and --sample of at least 1", print_help=False)
        root, now = Path(self.settings["ARCHIVE_DIR"]), clock_of(self.settings)()
        scope = Scope(
            sample=opts.sample,
            checked_before=now - timedelta(days=opts.older_than) if opts.older_than is not None else None,
            site=opts.site,
        )
        try:
            with contextlib.ExitStack() as stack:
                writer = _writer(root, stack, must=opts.repair)
                reader = stack.enter_context(closing(open_reader(root / CATALOG)))
                found = self._look(root, reader, writer, scope, opts)
                if opts.repair and found and writer is not None:
                    found = self._repair(root, reader, writer, scope, found)
        except RunLockedError as error:
            print(f"scrapy verify: {error}", file=sys.stderr)
            self.exitcode = 5
            return
        except (CatalogError, sqlite3.Error) as error:
            raise UsageError(str(error), print_help=False) from error
        self.exitcode = 1 if found else 0

    def _look(
        self, root: Path, reader: Database, writer: Database | None, scope: Scope, opts: argparse.Namespace
    ) -> list[Finding]:
        assert self.settings is not None
        now = clock_of(self.settings)()
        waiting: list[tuple[str, str | None]] = []
        with _progress(root, reader, scope) as advance:
            told = Scope(
                sample=scope.sample,
                checked_before=scope.checked_before,
                site=scope.site,
                advance=advance,
                checked=lambda name, fault: _note(writer, waiting, name, fault, now),
            )
            found = []
            for finding in verify(root, reader, told):
                found.append(finding)
                if opts.json:
                    print(json.dumps(asdict(finding) | {"advice": finding.advice}, ensure_ascii=False), flush=True)
        _flush(writer, waiting, now)
        if not opts.json:
            show(found, root)
        if writer is None:
            print(
                "scrapy verify: another process writes to this archive: what was checked is not written down",
                file=sys.stderr,
            )
        return found

    def _repair(
        self, root: Path, reader: Database, writer: Database, scope: Scope, found: list[Finding]
    ) -> list[Finding]:
        """Mend what can be mended; return what stands after another look."""
        learnt = {
            key: boilerplate.of_site(writer, key) for (key,) in writer.execute("SELECT key FROM sites").fetchall()
        }
        archive = Archive.without_evidence(root, writer, {key: known for key, known in learnt.items() if known})
        for finding in found:
            try:
                done = repair(archive, finding)
            except (OSError, ValueError) as error:
                done = None
                print(f"{finding.object}: {error}", file=sys.stderr)
            print(f"{finding.object}: {done or 'cannot be mended: ' + finding.advice}", file=sys.stderr)
        left = list(verify(root, reader, scope))
        print(f"scrapy verify: {len(found)} faults, {len(left)} after the repair", file=sys.stderr)
        return left


def show(found: list[Finding], root: Path) -> None:
    """Print the findings as a table, or that there are none."""
    console = Console()
    if not found:
        console.print(f"{root}: no fault found", highlight=False)
        return
    for finding in found[:SHOWN]:
        console.print(
            f"[bold]{finding.fault}[/bold] {escape(str(finding).partition(': ')[2])}", soft_wrap=True, highlight=False
        )
    table = Table("fault", "found", "what to do")
    for fault, number in Counter(finding.fault for finding in found).most_common():
        table.add_row(fault, str(number), ADVICE[fault])
    console.print(table)
    more = f" (the first {SHOWN} shown; --json gives all)" if len(found) > SHOWN else ""
    console.print(f"{root}: {len(found)} faults found{more}", highlight=False)


def _writer(root: Path, stack: contextlib.ExitStack, *, must: bool) -> Database | None:
    """Return the catalog to write to, with the lock of the archive held; None where somebody else holds it."""
    if not (root / CATALOG).is_file():
        return None  # the reader tells it
    try:
        stack.enter_context(lock(root))
    except RunLockedError:
        if must:
            raise
        return None
    db = open_catalog(root / CATALOG)
    stack.callback(close_catalog, db)
    return db


def _note(
    writer: Database | None, waiting: list[tuple[str, str | None]], name: str, fault: str | None, now: Any
) -> None:
    waiting.append((name, fault))
    if len(waiting) >= AT_ONCE:
        _flush(writer, waiting, now)


def _flush(writer: Database | None, waiting: list[tuple[str, str | None]], now: Any) -> None:
    if writer is not None:
        with group(writer):
            checks.record(writer, waiting, now=now)
    waiting.clear()


@contextlib.contextmanager
def _progress(root: Path, db: Database, scope: Scope) -> Iterator[Callable[[str, int], None]]:
    """Show how far each stage is, on a terminal."""
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        tasks = {stage: progress.add_task(stage, total=number) for stage, number in totals(root, db, scope).items()}
        yield lambda stage, number: progress.advance(tasks[stage], number)
