"""`scrapy restore`: an archive out of a backup. A command of its own, since it writes where `scrapy backup` reads."""

import argparse
import sqlite3
from pathlib import Path

from scrapy.exceptions import UsageError

from crawler.backup import restore
from crawler.errors import BackupError, CatalogError
from crawler.monitoring.exit_code import ExitCode
from crawler.terminal import ArchiveCommand, ProgressBar, echo

FAULTS = 1  # restored, and some of its files are not what the manifest says


class Command(ArchiveCommand):
    """Restore a backup."""

    def syntax(self) -> str:
        return "BACKUP --to FOLDER"

    def short_desc(self) -> str:
        return "Write the archive of a backup to a new folder, every byte checked"

    def long_desc(self) -> str:
        return (
            "Write the archive that `scrapy backup` made (TARGET/<time>, or TARGET for its last one) to a folder that is empty or not there yet, "
            "and compare every file with the manifest. A crawl with -s ARCHIVE_DIR=FOLDER goes on from it. "
            "Exit code: 0 done; 1 done, but files of the backup are missing or damaged (each is named; scrapy verify --repair restores what it can); "
            "2 a mistake in the command, no complete backup, a damaged catalog, or FOLDER is not empty; 6 it could not be written: the folder is "
            "left as it was."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--to", metavar="FOLDER", help="where the archive goes")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1 or not opts.to:
            raise UsageError("expected a backup, and --to with the folder for the archive", print_help=False)
        try:
            with ProgressBar() as progress:
                task = progress.add_task("restore", total=None)
                restored = restore(
                    Path(args[0]),
                    Path(opts.to),
                    progress=lambda done, total: progress.update(task, completed=done, total=total),
                )
        except (BackupError, CatalogError, OSError, sqlite3.Error) as error:
            self.fail(2 if isinstance(error, BackupError | CatalogError) else ExitCode.STORAGE_FAILED, error)
            return
        echo(f"{opts.to}: {restored.files} files of {restored.backup}")
        for fault in restored.faults:
            echo(fault, error=True)
        self.exitcode = FAULTS if restored.faults else 0
