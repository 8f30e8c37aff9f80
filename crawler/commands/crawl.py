"""`scrapy crawl news`: Scrapy's own command, with a run around it: sites checked, archive locked, summary and exit code."""

import argparse
import contextlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from rich.table import Table
from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.core.downloader import contextfactory
from scrapy.exceptions import NotConfigured, UsageError
from scrapy.settings import BaseSettings

from crawler.arguments import NAMES, asked, choose_media, choose_sites
from crawler.clock import clock_of
from crawler.errors import CatalogError, CrawlerError, RunLockedError, SiteError, suggestion
from crawler.fetching.replay import ReplayAddon
from crawler.items import Outcome, Site
from crawler.monitoring.alarms import COVERAGE
from crawler.monitoring.disk import shortage
from crawler.monitoring.exit_code import MEANINGS, ExitCode
from crawler.monitoring.open_files import too_few_files
from crawler.monitoring.rotated_log import rotating_log
from crawler.runs.conclusion import Conclusion
from crawler.runs.info import RunPolicy
from crawler.runs.run import Run
from crawler.settings import NO_CONTACT
from crawler.terminal import ArchiveCommand, Terminal, echo, refuse
from crawler.typed import address_of

LOADED_FIRST = contextfactory  # it looks through the whole stack and all modules: 0.1 s here, 0.5 s after all of ours
SPIDER = "news"
COULD_NOT_START = 1  # Scrapy's own
# Why the spider was closed: Scrapy was told to stop; it was told twice, and did not close it.
STOPPED = ("shutdown", None)


class Command(ArchiveCommand, CrawlCommand):
    """Adds nothing to the spider; other spiders pass through unchanged."""

    requires_crawler_process = True
    default_settings: ClassVar[dict[str, Any]] = {}

    def short_desc(self) -> str:
        return "Archive news: -a site=KEY, -a url=ARTICLE, -a full=1, -a since=YYYY-MM-DD; without any, what is due of every site in seeds/"

    def long_desc(self) -> str:
        return (
            f"{self.short_desc()}. full=1 visits everything known again; since= reads every list again and walks it down to that day. "
            "Exit codes: 0 all well; 1 could not start; 2 a mistake in the command or in a site file; "
            "3 some sites gave no usable page; 4 nothing archived; 5 another run holds the archive; 6 the archive could not be "
            "written, or its disk has less than MIN_FREE_BYTES free; "
            "7 something is missing or looks wrong: a list with a gap, a missed expectation, a changed layout; "
            "143 told to stop (SIGTERM, Ctrl-C): all that was fetched is kept, and the next run goes on from there."
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        named = (word.lstrip("-").partition("=")[0] for word in args if word.startswith("--"))
        wrong = next((name for name in named if name in NAMES), None)
        refuse(f"--{wrong}: no such option; it is given as -a {wrong}=…" if wrong else None)
        if args[:1] == [SPIDER]:
            assert self.settings is not None
            pairs = asked(opts.spargs, today=clock_of(self.settings)().date())
            opts.spargs = [f"{name}={value}" for name, value in pairs.items()]
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args != [SPIDER]:
            check_spider(args, self._spiders())
            CrawlCommand.run(self, args, opts)
            return
        assert self.settings is not None
        with rotating_log(self.settings):
            self._archive(opts.spargs)

    def _spiders(self) -> list[str]:
        assert self.crawler_process is not None
        return self.crawler_process.spider_loader.list()

    def _archive(self, arguments: Mapping[str, str]) -> None:
        assert self.settings is not None
        if few := too_few_files(self.settings.getint("READER_PROCESSES")):
            echo(f"scrapy crawl: {few}", error=True)
            self.exitcode = COULD_NOT_START
            return
        begun = self._begin(arguments)
        if begun is None:
            return
        run, problems = begun
        if run.shortage:
            echo(f"scrapy crawl: {run.shortage}", error=True)
        try:
            if not run.shortage:
                run.stopped = self._crawl(run)
        finally:
            conclusion = run.close()
        print_summary(run, conclusion)
        self.exitcode = self.exitcode or conclusion.code or (ExitCode.SOME_SITES_FAILED if problems else ExitCode.WELL)

    def _begin(self, arguments: Mapping[str, str]) -> tuple[Run, Sequence[SiteError]] | None:
        """Return the run, and the problems of the sites it leaves out; None where the archive cannot be had now. Raises UsageError."""
        assert self.settings is not None
        root = Path(self.settings["ARCHIVE_DIR"])
        try:
            with contextlib.suppress(NotConfigured):
                ReplayAddon().update_settings(self.settings)
            sites, problems = choose_sites(arguments, Path(self.settings["SEEDS_DIR"]))
            for problem in problems:
                echo(f"scrapy crawl: {problem}; this site is left out", error=True)
            self._warn_of_contact(sites)
            policy = RunPolicy.from_settings(self.settings, choose_media(self.settings))
            run = Run.open(root, sites, arguments=arguments, clock=clock_of(self.settings), policy=policy)
        except RunLockedError as error:
            self.exitcode = ExitCode.LOCKED
            echo(f"scrapy crawl: {error}")
            return None
        except CrawlerError as error:
            if isinstance(error, CatalogError) and (short := shortage(root, self.settings.getint("MIN_FREE_BYTES"))):
                self.exitcode = ExitCode.STORAGE_FAILED
                echo(f"scrapy crawl: {short}", error=True)
                return None
            raise UsageError(str(error), print_help=False) from error
        except OSError as error:
            self.exitcode = ExitCode.STORAGE_FAILED
            echo(f"scrapy crawl: no archive can be written at {root}: {error.strerror}", error=True)
            return None
        return run, problems

    def _warn_of_contact(self, sites: Sequence[Site]) -> None:
        """Say that nobody can reach us, before anybody's site is asked for anything."""
        assert self.settings is not None
        hosts = {host for site in sites for host in set(site.hosts) - set(site.private_hosts)}
        if hosts and NO_CONTACT in self.settings["USER_AGENT"] and not self.settings["REPLAY_WARC"]:
            echo(
                "scrapy crawl: the user agent names no contact of yours; set CRAWLER_USER_AGENT, as in "
                "'campus-archive (+https://your.page.example; you@your.page.example)'",
                error=True,
            )

    def _crawl(self, run: Run) -> bool:
        """Crawl as Scrapy's own command does; return whether it was told to stop before all was done."""
        assert self.crawler_process is not None
        assert self.settings is not None
        quieten(self.settings)
        crawler = self._create_crawler(SPIDER)
        self.crawler_process.crawl(crawler, run=run)
        self.crawler_process.start()
        if self.crawler_process.bootstrap_failed:
            self.exitcode = COULD_NOT_START
            return False
        return crawler.stats.get_value("finish_reason") in STOPPED


def quieten(settings: BaseSettings) -> None:
    """Let Scrapy make no record of what nobody is shown: it writes a line, with all its item holds, for every request and every item."""
    logging.getLogger("scrapy").setLevel(settings.get("LOG_LEVEL"))


def print_summary(run: Run, conclusion: Conclusion) -> None:
    """Print what a run brought: a row a site and a column an outcome that occurred, on a terminal as a table; then what was left."""
    console, counts = Terminal(), conclusion.counts
    shown = [outcome for outcome in Outcome if any(found.get(outcome) for found in counts.values())]
    table = Table()
    table.add_column("site")
    for outcome in shown:
        table.add_column(outcome.value, justify="right")
    for site in run.sites:
        found = counts.get(site.key, {})
        table.add_row(site.key, *(str(found.get(outcome, 0)) for outcome in shown))
    if len(run.sites) > 1:
        table.add_section()
        table.add_row("all", *(str(sum(found.get(outcome, 0) for found in counts.values())) for outcome in shown))
    console.print(table)
    if conclusion.media:
        tried = ", ".join(f"{number} {outcome}" for outcome, number in sorted(conclusion.media.items()))
        console.print(f"media: {tried}", highlight=False)
    for alarm in conclusion.assessment.raised:
        if alarm.code == COVERAGE:
            echo(f"something is missing: {alarm}")
    visits, seconds = (
        sum(sum(found.values()) for found in counts.values()),
        (run.clock() - run.info.started).total_seconds(),
    )
    console.print(
        f"run {run.id}: {visits} visits in {seconds:.1f} s, {MEANINGS[conclusion.code]} (exit code {int(conclusion.code)}); "
        f"archive: {run.root}",
        soft_wrap=True,
        highlight=False,
    )
    for key, message in run.quarantined.items():
        echo(f"{key}: its layout has changed: {message}; no version was made of that: scrapy sites --accept {key}")
    for key, hosts in run.closed_hosts.items():
        for host in hosts:
            echo(f"{key}: {host.why}; its links stay due, not before {host.until:%Y-%m-%d %H:%M} UTC")


def check_spider(args: Sequence[str], spiders: Sequence[str]) -> None:
    """Raise UsageError where it is not one spider that is named."""
    if len(args) > 1:
        raise UsageError(f"{args[1]}: unexpected; {_as_argument(args[1])}", print_help=False)
    if args and address_of(args[0]):
        raise UsageError(
            f"{args[0]}: no such spider; an article: scrapy crawl {SPIDER} -a url={args[0]}", print_help=False
        )
    if not args or args[0] not in spiders:
        what = f"{args[0]}: no such spider{suggestion(args[0], spiders)}" if args else "name the spider"
        raise UsageError(f"{what}; to archive news: scrapy crawl {SPIDER}", print_help=False)


def _as_argument(word: str) -> str:
    """Return how a word is given that stands alone: `url=…`, an address, the key of a site."""
    if word.partition("=")[0] in NAMES:
        return f"it is given as -a {word}"
    return f"an article is given as -a url={word}" if address_of(word) else f"a site is given as -a site={word}"
