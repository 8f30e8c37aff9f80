"""`scrapy sites`: the sites of SEEDS_DIR with what the catalog knows of them, and the check of their files."""

import argparse
import sqlite3
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

from rich.box import SIMPLE
from rich.table import Table
from scrapy.exceptions import UsageError

from crawler.archive.layout import CATALOG
from crawler.catalog import open_reader
from crawler.catalog.queries import sites as site_queries
from crawler.catalog.queries.sites import SiteRow
from crawler.clock import clock_of
from crawler.errors import CatalogError, CrawlerError, RunLockedError
from crawler.items import Site
from crawler.monitoring.exit_code import ExitCode
from crawler.runs.info import RunPolicy
from crawler.runs.quarantine import accept
from crawler.runs.run import Run
from crawler.sites import read_sites
from crawler.terminal import ArchiveCommand, Terminal, echo

NEVER = "never"


class Command(ArchiveCommand):
    """List the sites, or check their files."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[--check | --accept KEY]"

    def short_desc(self) -> str:
        return "List the sites of seeds/ with their last run, or check their files"

    def long_desc(self) -> str:
        return (
            "Print every usable site of SEEDS_DIR: key, name, CMS family, seeds, documents in the archive, last run "
            "(UTC), its state in that run (open, walled, robots, unreachable from here, no address, failing, not visited), and what stands in "
            "the way of how many links, what its lists come to (lists, those that "
            "fall short, articles missing); then the sites that the catalog knows without a file (-a url=). "
            "On a terminal it is a table; in a pipe one line a site, its fields separated by tabs, lists by spaces. "
            "Problems of the files go to standard error, one a line: file, key, what was expected. "
            "--accept KEY takes up the changes that wait since the layout of a site changed, read by today's rules. "
            "Exit code: 0 every file can be used; 1 a file has a problem (the other sites are listed all the same)."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--check", action="store_true", help="only check the files: print the problems, list nothing"
        )

        parser.add_argument("--accept", metavar="KEY", help="take the new layout of a site that is marked for real")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        sites, errors = read_sites(Path(self.settings["SEEDS_DIR"]))
        for error in errors:
            echo(error, error=True)
        self.exitcode = 1 if errors else 0
        if opts.accept:
            self._accept(opts.accept, sites)
        elif opts.check:
            echo(f"{len(sites)} sites can be used, {len(errors)} problems")
        else:
            show(sites, history(Path(self.settings["ARCHIVE_DIR"]) / CATALOG))

    def _accept(self, key: str, sites: Sequence[Site]) -> None:
        assert self.settings is not None
        site = next((site for site in sites if site.key == key), None)
        if site is None:
            raise UsageError(f"--accept {key}: no such site in {self.settings['SEEDS_DIR']}", print_help=False)
        try:
            run = Run.open(
                Path(self.settings["ARCHIVE_DIR"]),
                [site],
                arguments={"accept": key},
                clock=clock_of(self.settings),
                policy=RunPolicy(user_agent=self.settings["USER_AGENT"]),
            )
        except CrawlerError as error:
            echo(f"scrapy sites: {error}", error=True)
            self.exitcode = ExitCode.LOCKED if isinstance(error, RunLockedError) else 2
            return
        try:
            waited, made = accept(run.archive, site, now=run.info.started)
        finally:
            run.close()
        echo(f"{key}: {waited} changes had waited, {made} are new versions; what now reads so is the site's layout")


def history(catalog: Path) -> dict[str, SiteRow]:
    """Return what a catalog holds of each site, by key; nothing where there is no catalog yet."""
    if not catalog.exists():
        return {}
    try:
        with closing(open_reader(catalog)) as db:
            return site_queries.history(db)
    except (CatalogError, sqlite3.Error) as error:
        echo(f"{error}; the sites are listed without their history", error=True)
        return {}


def show(sites: Iterable[Site], known: Mapping[str, SiteRow]) -> None:
    """Print the sites, those of the files first: a table on a terminal, tab-separated lines in a pipe."""
    head = ("key", "name", "family", "seeds", "documents", "last run", "state", "walls", "lists")
    rows = [_row(site, known.get(site.key, SiteRow())) for site in sites]
    listed = {row[0] for row in rows}
    rows += [_row_without_file(key, held) for key, held in known.items() if key not in listed]
    if not sys.stdout.isatty():
        for row in (head, *rows):
            echo("\t".join(cell.replace("\n", " ") for cell in row))
        return
    table = Table(box=SIMPLE)
    for name in head:
        table.add_column(name, no_wrap=name not in ("seeds", "state", "walls", "lists"), overflow="fold")
    for row in rows:
        table.add_row(*row)
    Terminal().print(table)


def _row(site: Site, held: SiteRow) -> Sequence[str]:
    family = site.family or held.family or "auto"
    seeds = "\n".join(site.lists or site.articles)
    return site.key, site.name, family, seeds, *_held(held)


def _row_without_file(key: str, held: SiteRow) -> Sequence[str]:
    """Return the row of a site crawled with -a url=, or whose file is gone."""
    return key, held.name, held.family or "auto", "(no file)", *_held(held)


def _held(held: SiteRow) -> Sequence[str]:
    return str(held.documents), _minute(held.started), held.state, held.walls or "-", held.coverage


def _minute(moment: str | None) -> str:
    return moment[:16] + "Z" if moment else NEVER
