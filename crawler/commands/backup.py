"""`scrapy backup`: a copy of the archive, complete and incremental, while a crawl goes on."""

import argparse
import sqlite3
from pathlib import Path

from rich.filesize import decimal
from scrapy.exceptions import UsageError

from crawler.backup import Backup, backup
from crawler.clock import clock_of
from crawler.console import number
from crawler.errors import BackupError, CatalogError, RunLockedError
from crawler.monitoring.exit_code import ExitCode
from crawler.terminal import ArchiveCommand, ProgressBar, echo

FAULTS = 1  # it is complete, and files of the archive are not what its catalog says


class Command(ArchiveCommand):
    """Make a backup, remove old ones."""

    def syntax(self) -> str:
        return "TARGET [--keep N]"

    def short_desc(self) -> str:
        return "Copy the archive, also while a crawl runs; what did not change is linked to the backup before"

    def long_desc(self) -> str:
        return (
            "Write ARCHIVE_DIR as it is now to TARGET/<time>/: catalog, documents, media and evidence that agree with each other, though a crawl "
            "goes on. Each backup is whole by itself (`scrapy browse -s ARCHIVE_DIR=TARGET/<time>`, `scrapy restore`); files that did not change "
            "are hard links to the backup before, or copies where the file system has none. `sha256sum -c manifest-sha256.txt` checks one. "
            "It has its name only once it is complete and on the disk. "
            "Exit code: 0 done; 1 done, but files of the archive are missing or damaged (each is named; see scrapy verify); "
            "2 a mistake in the command, no catalog, or TARGET is in the archive; 5 another backup is being made there; "
            "6 it could not be written: nothing of it is left."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--keep", type=number(7, 1), metavar="N", help="afterwards remove all but the last N backups"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if len(args) != 1:
            more = f"{args[1]}: unexpected; " if args else ""
            raise UsageError(
                f"{more}expected one folder for backups, as in: scrapy backup ../backups", print_help=False
            )
        root, target = Path(self.settings["ARCHIVE_DIR"]), Path(args[0])
        try:
            with ProgressBar() as progress:
                task = progress.add_task("backup", total=None)
                made = backup(
                    root,
                    target,
                    clock=clock_of(self.settings),
                    keep=opts.keep,
                    progress=lambda done, total: progress.update(task, completed=done, total=total),
                )
        except (BackupError, CatalogError, RunLockedError, OSError, sqlite3.Error) as error:
            where = f"{target}: the catalog cannot be copied: {error}" if isinstance(error, sqlite3.Error) else error
            self.fail(exit_code(error), where)
            return
        self.exitcode = tell(made)


def exit_code(error: Exception) -> int:
    """Return the exit code of what kept a backup from being made."""
    if isinstance(error, RunLockedError):
        return ExitCode.LOCKED
    return 2 if isinstance(error, BackupError | CatalogError) else ExitCode.STORAGE_FAILED


def tell(made: Backup) -> int:
    """Print what was made; return the exit code."""
    echo(
        f"{made.folder}: {made.files} files, {made.copied} copied ({decimal(made.bytes_copied)}), {made.linked} linked"
    )
    for name in made.removed:
        echo(f"removed: {name}")
    for fault in made.faults:
        echo(fault, error=True)
    if made.faults:
        echo(f"scrapy backup: {len(made.faults)} files of the archive are not whole: scrapy verify", error=True)
    return FAULTS if made.faults else 0
