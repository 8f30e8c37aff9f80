"""`scrapy export`: selected documents in the formats of others."""

import argparse
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from scrapy.exceptions import UsageError

from crawler.archive.layout import CATALOG
from crawler.catalog import open_reader
from crawler.catalog.queries.selection import Selection, count
from crawler.catalog.tables import sites
from crawler.clock import clock_of
from crawler.console import day, number, one_of, refuse_days
from crawler.corrected import lay_corrections
from crawler.errors import CatalogError, CorrectionError, CrawlerError, suggestion
from crawler.export import FORMATS, Job, export, write_lines
from crawler.items import Status
from crawler.terminal import ArchiveCommand, ProgressBar, echo
from crawler.usage import Needs

NAMES = {
    "jsonl": "documents.jsonl",
    "parquet": "documents.parquet",
    "wacz": "archive.wacz",
    "cdxj": "index.cdxj",
}  # of the target where none is given; the others are folders with the name of their format
STATUSES = [Status.LIVE.value, Status.GONE.value]


class Command(ArchiveCommand):
    """Write an export, or stream it."""

    needs: ClassVar[Needs] = {"--older-titles": ["hugo", "hexo"], "--newest": ["atom", "jsonfeed"]}

    def syntax(self) -> str:
        return f"{{{'|'.join(FORMATS)}}} [--to PATH] [filters]"

    def short_desc(self) -> str:
        return "Export documents: JSON Lines, Parquet, Hugo, Hexo, feeds, BagIt, WACZ, a corpus"

    def long_desc(self) -> str:
        return (
            "Write the selected documents of ARCHIVE_DIR; without a filter all of them, duplicates left out. A crawl may go on meanwhile. "
            "Filters of different kinds must all hold; a filter given several times means any of its values. "
            "Exit code: 0 done; 1 it could not be written, or some files could not be read and are left out; 2 a mistake in the command, or no "
            "catalog; 4 nothing is selected."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        out = parser.add_argument_group("where")
        out.add_argument("--to", metavar="PATH", help="file or folder to write; - for standard output (jsonl)")
        out.add_argument("--force", action="store_true", help="replace what stands there")
        out.add_argument("--older-titles", action="store_true", help="hugo, hexo: titles as 大学->标题 | host")
        out.add_argument(
            "--newest", type=number(50, 1), default=50, metavar="N", help="atom, jsonfeed: articles a site (50)"
        )
        filters = parser.add_argument_group("filters")
        filters.add_argument("--site", action="append", default=[], metavar="KEY")
        filters.add_argument("--university", action="append", default=[], metavar="NAME")
        filters.add_argument("--since", type=day, metavar="YYYY-MM-DD", help="published then or later")
        filters.add_argument("--until", type=day, metavar="YYYY-MM-DD", help="published then or earlier")
        filters.add_argument("--undated", action="store_true", help="those without a publication time (too)")
        filters.add_argument("--person", action="append", default=[], metavar="NAME")
        filters.add_argument("--source", action="append", default=[], metavar="来源")
        filters.add_argument("--section", action="append", default=[], metavar="NAME")
        filters.add_argument(
            "--status",
            action="append",
            default=[],
            type=one_of("status", STATUSES),
            metavar="STATUS",
            help=", ".join(STATUSES),
        )
        filters.add_argument("--search", metavar="WORDS", help="every one of these words")
        filters.add_argument("--with-duplicates", action="store_true", help="equal copies, too")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if len(args) > 1 and args[0] in FORMATS:
            raise UsageError(f"{args[1]}: unexpected; where it is written is given as --to {args[1]}", print_help=False)
        if len(args) != 1 or args[0] not in FORMATS:
            what = f"{args[0]}: no such format{suggestion(args[0], FORMATS)}" if args else "name a format"
            raise UsageError(f"{what}; expected one of: {', '.join(FORMATS)}", print_help=False)
        if opts.to == "-" and args[0] != "jsonl":
            raise UsageError("--to -: only jsonl can be streamed", print_help=False)
        refuse_days(opts.since, opts.until)
        root = Path(self.settings["ARCHIVE_DIR"])
        try:
            with closing(open_reader(root / CATALOG)) as db:
                lay_corrections(db, root)
                job = Job(
                    root=root,
                    db=db,
                    selection=selection_of(opts),
                    now=clock_of(self.settings)(),
                    older_titles=opts.older_titles,
                    newest=opts.newest,
                )
                sites.check_known(db, opts.site)
                self.exitcode = self._export(job, args[0], opts)
        except (CatalogError, CorrectionError) as error:
            raise UsageError(str(error), print_help=False) from error
        except (CrawlerError, OSError, sqlite3.Error) as error:
            self.fail(1, error)

    def _export(self, job: Job, form: str, opts: argparse.Namespace) -> int:
        selected = count(job.db, job.selection)
        if not selected and form != "cdxj":
            held = count(job.db, Selection())
            echo(f"scrapy export: nothing is selected: none of the {held} documents of {job.root} fits", error=True)
            return 4
        refused: list[str] = []
        job = replace(job, refuse=refused.append)
        if opts.to == "-":
            write_lines(job, sys.stdout)
            return told_of(refused)
        target = Path(opts.to or NAMES.get(form, form))
        with ProgressBar() as progress:
            task = progress.add_task(form, total=selected)
            told = replace(job, advance=lambda number: progress.advance(task, number))
            number = export(told, form, target, replace=opts.force)
        echo(f"{target}: {number} {'WARC files' if form == 'cdxj' else 'documents'}")
        return told_of(refused)


def told_of(refused: list[str]) -> int:
    """Print what was left out; return the exit code."""
    for problem in refused:
        echo(f"scrapy export: {problem}; left out", error=True)
    return 1 if refused else 0


def selection_of(opts: argparse.Namespace) -> Selection:
    """Return the selection that options name."""
    return Selection(
        sites=opts.site,
        universities=opts.university,
        since=opts.since,
        until=opts.until,
        undated=opts.undated,
        people=opts.person,
        sources=opts.source,
        sections=opts.section,
        statuses=[Status(name) for name in opts.status],
        words=opts.search or "",
        with_duplicates=opts.with_duplicates,
    )
