"""`scrapy withhold`: documents out of browse, search and export, and back."""

import argparse
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from scrapy.exceptions import UsageError
from sqlite_utils import Database

from crawler.archive.layout import CATALOG
from crawler.catalog import close_catalog, open_catalog, open_reader
from crawler.catalog.tables import sites, texts
from crawler.catalog.tables.withheld import tombstones
from crawler.clock import clock_of
from crawler.errors import CrawlerError, RunLockedError
from crawler.monitoring.exit_code import ExitCode
from crawler.runs.lock import lock
from crawler.takedown import find, finish_all, give_back, withhold
from crawler.terminal import ArchiveCommand, echo
from crawler.usage import Needs


class Command(ArchiveCommand):
    """Withhold documents, give them back, list what is withheld."""

    needs: ClassVar[Needs] = {"--only": ["--reason"]}

    def syntax(self) -> str:
        return "URL … --reason TEXT [--only] | --undo URL … | --list"

    def short_desc(self) -> str:
        return "Take documents out of browse, search and export, or give them back"

    def long_desc(self) -> str:
        return (
            "Move all that the archive says of documents, named by URL or id, to withheld/<id>.json: their texts, versions, people, media that "
            "no other document shows, their places in search and groups. What remains is a tombstone with the reason and the date; it is also "
            "said in the evidence, where the captures stay. Documents with the same text go with it, and each is told. A crawl does not visit them "
            "any more, and keeps nothing that says the same. --undo gives back everything as it was. "
            "Exit code: 0 done, or it was so already; 2 a mistake in the command, no such document, no catalog; "
            "5 a run holds the archive; 6 the disk is full or failing: what was printed is done; where the catalog could not be "
            "written anew, its unused pages may still hold what was taken out (a later scrapy withhold writes it anew)."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--only", action="store_true", help="not the other documents with the same text")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--reason", metavar="TEXT", help="why, as it is to be read in ten years")
        what.add_argument("--undo", action="store_true", help="give them back")
        what.add_argument("--list", action="store_true", help="print what is withheld: since, id, URL, reason")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        _check(args, opts)
        root = Path(self.settings["ARCHIVE_DIR"])
        try:
            if opts.list:
                show(root)
                return
            now = clock_of(self.settings)()
            with writing(root) as db:
                if opts.undo:
                    for name in args:
                        undo(root, db, name, now)
                    return
                for name in args:
                    take(root, db, name, opts, now)
                texts.erase(db)
            tell_others(root)
        except (CrawlerError, OSError, sqlite3.Error) as error:
            self.fail(exit_code(error), error)


def _check(args: list[str], opts: argparse.Namespace) -> None:
    if opts.list and args:
        raise UsageError("--list: takes nothing else", print_help=False)
    if not opts.list and not args:
        raise UsageError("expected the URL or id of a document", print_help=False)
    if not opts.list and not opts.undo and not (opts.reason or "").strip():
        raise UsageError("--reason: expected why; it stays with the tombstone", print_help=False)


@contextmanager
def writing(root: Path) -> Iterator[Database]:
    """Hold an archive that is there, rid of what a takedown that died left."""
    open_reader(root / CATALOG, any_release=True).close()
    with lock(root):
        db = open_catalog(root / CATALOG)
        try:
            finish_all(root, db)
            yield db
        finally:
            close_catalog(db)


def take(root: Path, db: Database, name: str, opts: argparse.Namespace, now: datetime) -> None:
    """Withhold one document, and tell what went with it and what did not."""
    found = find(db, name)
    if found.is_withheld:
        echo(f"{name}: is withheld already")
        return
    taken = withhold(root, db, found, opts.reason, now=now, only=opts.only)
    for held in reversed(taken.documents):
        same = "" if held.tombstone.document == found.id else "  (the same text)"
        echo(f"withheld: {held.tombstone.url}{same}")
    for url, kin, similarity in found.alike:
        echo(f"not withheld: {url}  ({kin}, similarity {similarity:.2f})")
    for held in taken.documents:
        title = held.belongings.row["title"]
        if sites.is_boilerplate(db, title):
            echo(
                f"still there: {title}: a line in a box on the site's pages; the table boilerplate keeps it out of articles"
            )
    for path in taken.reports:
        echo(f"removed: {path}  (scrapy report makes it anew)")


def tell_others(root: Path) -> None:
    """Print where withheld documents still stand, and are not looked for."""
    for copy in sorted(root.glob(f"{CATALOG}.before-*")):
        echo(f"still holds it: {copy}  (the catalog before a migration; remove it)")
    echo("Backups and exports made before still hold it.")


def undo(root: Path, db: Database, name: str, now: datetime) -> None:
    """Give back one document, and those that were withheld with it."""
    found = find(db, name)
    if not found.is_withheld:
        echo(f"{name}: is not withheld")
        return
    for tombstone in reversed(give_back(root, db, found, now=now)):
        echo(f"given back: {tombstone.url}")


def show(root: Path) -> None:
    """Print what is withheld, one a line, the fields separated by tabs."""
    db = open_reader(root / CATALOG)
    try:
        for tombstone in tombstones(db):
            since, reason = tombstone.since.isoformat(timespec="seconds"), " ".join(tombstone.reason.split())
            echo(since, tombstone.document, tombstone.url, reason, sep="\t")
    finally:
        db.close()


def exit_code(error: Exception) -> int:
    """Return the exit code of what kept a document from being withheld, or given back."""
    if isinstance(error, RunLockedError):
        return ExitCode.LOCKED
    return ExitCode.STORAGE_FAILED if isinstance(error, OSError | sqlite3.Error) else 2
