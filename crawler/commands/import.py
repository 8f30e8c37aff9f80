"""`scrapy import`: the files of older mirrors. Scrapy names a command after its module, which no statement can import."""

import argparse
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.table import Table
from scrapy.exceptions import UsageError

from crawler.clock import clock_of
from crawler.errors import CatalogError, CrawlerError, RunLockedError
from crawler.importing import FoundFile, Imported, find, import_files
from crawler.items import Site
from crawler.sites import read_sites, site_for_url, site_from_url
from crawler.terminal import ArchiveCommand, ProgressBar, Terminal, echo
from crawler.typed import address_of, why_no_address


class Command(ArchiveCommand):
    """Read files, store them, tell of each that cannot be read."""

    def syntax(self) -> str:
        return "PATH… [--url ADDRESS] [--dry-run] [--json]"

    def short_desc(self) -> str:
        return "Import the Markdown of older mirrors, or texts that name their address"

    def long_desc(self) -> str:
        return (
            "Read every file with front matter below PATH, whatever its name, and plain texts with the address of their page on a line of its "
            "own; mend what older mirrors broke; store them in ARCHIVE_DIR as documents, with the file as evidence. A document that is there "
            "gets a version, an equal text changes nothing. The files stay as they are. "
            "Exit code: 0 all were imported; 1 some files could not be read, none holds an article, or the archive could not be "
            "written; 2 a mistake in the command; "
            "5 another run holds the archive."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--dry-run", action="store_true", help="write nothing: tell what would be imported")
        parser.add_argument("--site", metavar="KEY", help="the site they are of (default: by their hosts)")
        parser.add_argument(
            "--url", metavar="ADDRESS", help="the address of the page that the one file given was copied from"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a file on standard output")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if not args:
            raise UsageError("expected files or folders", print_help=False)
        if opts.url and not (len(args) == 1 and Path(args[0]).is_file()):
            raise UsageError("--url goes with one file", print_help=False)
        if opts.url and address_of(opts.url) is None:
            raise UsageError(
                f"--url {opts.url}: expected the address of a page, with https://{why_no_address(opts.url)}",
                print_help=False,
            )
        site_of = sites_in(Path(self.settings["SEEDS_DIR"]), opts.site)
        found = _shown(find([Path(path) for path in args], opts.url))
        if opts.dry_run:
            imported: Iterator[Imported] = (Imported(found=one) for one in found)
        else:
            clock, root = clock_of(self.settings), Path(self.settings["ARCHIVE_DIR"])
            imported = import_files(root, found, site_of, arguments=args, clock=clock)
        try:
            self.exitcode = self._tell(imported, opts)
        except RunLockedError as error:
            self.fail(5, error)
        except CatalogError as error:
            raise UsageError(str(error), print_help=False) from error
        except (CrawlerError, OSError, sqlite3.Error) as error:
            self.fail(1, error)

    def _tell(self, imported: Iterator[Imported], opts: argparse.Namespace) -> int:
        """Print what became of each file, and a summary; return the exit code."""
        counts: Counter[str] = Counter()
        failed = 0
        for one in imported:
            counts[ending(one, is_dry=opts.dry_run)] += 1
            failed += one.found.problem is not None and not one.found.is_other
            if opts.json:
                echo(json.dumps(line_of(one), ensure_ascii=False))
            elif one.found.problem and not one.found.is_other:
                echo(f"{one.found.path}: {one.found.problem}; left alone", error=True)
            elif one.found.mirrored and one.found.mirrored.warning:
                echo(f"{one.found.path}: {one.found.mirrored.warning}", error=True)
            if opts.dry_run and not opts.json and one.found.mirrored:
                echo(f"{one.found.path}: {one.found.mirrored.article.title}  {one.found.mirrored.url}")
        if not opts.json:
            table = Table("files", "number")
            for name, number in counts.most_common():
                table.add_row(name, str(number))
            Terminal().print(table)
        if not counts.total() - counts["no article"]:
            echo(
                "scrapy import: no article there; expected Markdown with front matter, or texts that name their address",
                error=True,
            )
            return 1
        return 1 if failed else 0


def sites_in(seeds: Path, key: str | None) -> Callable[[str], Site]:
    """Return what tells the site of an address: the named one, that of its host, or one made of the host alone. Raises UsageError."""
    sites, _ = read_sites(seeds) if seeds.is_dir() else ((), ())
    if key is None:
        return lambda url: site_for_url(url, sites) or site_from_url(url)
    named = next((site for site in sites if site.key == key), None)
    if named is None:
        raise UsageError(f"--site {key}: no such site in {seeds}", print_help=False)
    return lambda _url: named


def ending(one: Imported, *, is_dry: bool) -> str:
    """Return a word for what became of a file."""
    if one.found.problem:
        return "no article" if one.found.is_other else "could not be read"
    if is_dry:
        return "would be imported"
    return "imported before" if one.is_again else str(one.outcome)


def line_of(one: Imported) -> dict[str, object]:
    """Return what `--json` prints of a file."""
    mirrored = one.found.mirrored
    told: dict[str, object] = {"file": str(one.found.path), "outcome": one.outcome, "problem": one.found.problem}
    if mirrored:
        told |= {
            "url": mirrored.url,
            "title": mirrored.article.title,
            "university": mirrored.university,
            "warning": mirrored.warning,
        }
    return told


def _shown(found: Iterator[FoundFile]) -> Iterator[FoundFile]:
    """Yield files, their number on a terminal."""
    with ProgressBar() as progress:
        task = progress.add_task("files", total=None)
        for one in found:
            progress.advance(task)
            yield one
