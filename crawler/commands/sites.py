"""`scrapy sites`: the sites of SEEDS_DIR with what the catalog knows of them, and the check of their files."""

import argparse
import sqlite3
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from rich.box import SIMPLE
from rich.table import Table
from scrapy.exceptions import UsageError

from crawler.archive.layout import CATALOG
from crawler.catalog import open_reader
from crawler.catalog.queries import sites as site_queries
from crawler.catalog.queries.sites import SiteRow
from crawler.clock import clock_of
from crawler.errors import CatalogError, CrawlerError, RunLockedError, SiteError, suggestion
from crawler.items import Site
from crawler.monitoring.exit_code import ExitCode
from crawler.sites import read_sites
from crawler.sites.drafting import MOST_LISTS, draft, key_of
from crawler.sites.register import Suggestion, suggest
from crawler.terminal import ArchiveCommand, Terminal, echo
from crawler.usage import unexpected

NEVER = "never"


class Command(ArchiveCommand):
    """List the sites, or check their files."""

    def syntax(self) -> str:
        return "[--check | --accept KEY | --suggest NAME | --add NAME | --probe [KEY …]]"

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
            "--suggest NAME says what is known of a university: hosts and news pages that others have listed, not verified; --add NAME drafts a "
            "site file from it; --probe visits one page of each site (robots.txt obeyed) and says what answers, with which CMS. "
            "--accept KEY takes up the changes that wait since the layout of a site changed, read by today's rules. "
            "Exit code: 0 every file can be used; 1 a file has a problem (the other sites are listed all the same), or a site that was probed "
            "gave no page; 2 a mistake in the command, or nothing is known by that name."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="only check the files: print the problems, list nothing")

        what.add_argument("--accept", metavar="KEY", help="take the new layout of a site that is marked for real")

        what.add_argument(
            "--suggest", metavar="NAME", help="what is known of a university: name, part of it, domain, host"
        )
        what.add_argument("--add", metavar="NAME", help="write a site file for a university, to be looked at")
        what.add_argument("--probe", action="store_true", help="visit one page of each site, or of those named")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        if args and not opts.probe:
            raise UsageError(unexpected(args[0], "sites are named with --probe alone"), print_help=False)
        self.requires_crawler_process = opts.probe

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if opts.suggest or opts.add:
            found = suggest(opts.suggest or opts.add)
            if not found:
                raise UsageError(
                    f"{opts.suggest or opts.add}: no university is known by that name; expected one as in --suggest 南开, or a domain",
                    print_help=False,
                )
            if opts.suggest:
                show_suggestions(found)
            else:
                print(add(found, Path(self.settings["SEEDS_DIR"])))
            return
        sites, errors = read_sites(Path(self.settings["SEEDS_DIR"]))
        for error in errors:
            echo(error, error=True)
        self.exitcode = 1 if errors else 0
        if opts.accept:
            self._accept(opts.accept, sites)
        elif opts.probe:
            self._probe(chosen(args, sites))
        elif opts.check:
            echo(f"{len(sites)} sites can be used, {len(errors)} problems")
        else:
            show(sites, history(Path(self.settings["ARCHIVE_DIR"]) / CATALOG))

    def _probe(self, sites: Sequence[Site]) -> None:
        """Visit the first page of each site, and print what came."""
        from crawler.spiders.pages import PageJob, PageResult, PageSource, PageSpider  # 1 s, which no list needs

        assert self.settings is not None
        assert self.crawler_process is not None
        by_url = {(site.lists or site.articles)[0]: site for site in sites}
        seen: list[PageResult] = []

        def show_page(page: PageResult) -> None:
            seen.append(page)
            site, said = by_url[page.asked.url], page.error or f"{page.reading.kind}, {len(page.reading.links)} links"
            echo(site.key, page.reading.family or "-", page.asked.url, said, sep="\t")

        asked = [PageSource(name=url, url=url) for url in by_url]
        self.crawler_process.crawl(PageSpider, job=PageJob(asked=asked, site_of=by_url.__getitem__, show=show_page))
        self.crawler_process.start()
        if len(seen) < len(asked) or any(page.error for page in seen):
            self.exitcode = 1

    def _accept(self, key: str, sites: Sequence[Site]) -> None:
        from crawler.runs.info import RunPolicy  # 1 s, which no list needs
        from crawler.runs.quarantine import accept
        from crawler.runs.run import Run

        assert self.settings is not None
        site = next((site for site in sites if site.key == key), None)
        if site is None:
            near = suggestion(key, [site.key for site in sites])
            raise UsageError(f"--accept {key}: no such site in {self.settings['SEEDS_DIR']}{near}", print_help=False)
        try:
            run = Run.open(
                Path(self.settings["ARCHIVE_DIR"]),
                [site],
                arguments={"accept": key},
                clock=clock_of(self.settings),
                policy=RunPolicy(user_agent=self.settings["USER_AGENT"]),
            )
        except CrawlerError as error:
            self.fail(ExitCode.LOCKED if isinstance(error, RunLockedError) else 2, error)
            return
        try:
            waited, made = accept(run.archive, site, now=run.info.started)
        finally:
            run.close()
        echo(f"{key}: {waited} changes had waited, {made} are new versions; what now reads so is the site's layout")


def chosen(keys: Sequence[str], sites: Sequence[Site]) -> Sequence[Site]:
    """Return the sites named, all where none is. Raises UsageError."""
    known = {site.key: site for site in sites}
    if unknown := next((key for key in keys if key not in known), None):
        raise UsageError(f"{unknown}: no such site{suggestion(unknown, known)}", print_help=False)
    if not sites:
        raise UsageError("no site files to probe; draft one: scrapy sites --add NAME", print_help=False)
    return [known[key] for key in keys] or sites


def show_suggestions(found: Iterable[Suggestion]) -> None:
    """Print what is known, most likely first: the institution, then its news pages."""
    for one in found:
        name = f"{one.institution.name}  {one.institution.domain}" if one.institution else one.hosts[0]
        echo(name if one.pages else f"{name}  (no news page is known)")
        for page in one.pages[:MOST_LISTS]:
            echo(f"    {page.kind}  {page.url}  {page.section or ''}  {page.cms or ''}  seen {page.year}".rstrip())
    echo("Not verified: scrapy sites --add NAME drafts a site file, scrapy sites --probe visits it.")


def add(found: Sequence[Suggestion], seeds: Path) -> str:
    """Write the site file of the likeliest; return what to do next. Raises UsageError."""
    first, key = found[0], key_of(found[0])
    path = seeds / f"{key}.yaml"
    try:
        text = draft(first)
        seeds.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path}: is there already; nothing was changed", print_help=False) from error
    except SiteError as error:
        raise UsageError(str(error), print_help=False) from error
    others = ", ".join(one.institution.name for one in found[1:] if one.institution)
    meant = f"\nIf another one was meant ({others}): name its domain." if others else ""
    return f"{path}: drafted; look at it, then: scrapy sites --probe {key}{meant}"


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
