"""`scrapy crawl news`: Scrapy's own command, with a run around it: sites checked, archive locked, summary and exit code."""

import argparse
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.exceptions import NotConfigured, UsageError

from crawler.errors import CrawlerError, RunLockedError, ScopeError
from crawler.fetching.evidence import clock_of
from crawler.fetching.replay import ReplayAddon
from crawler.items import Site
from crawler.monitoring.run import ExitCode, Run
from crawler.monitoring.summary import print_summary
from crawler.sites import load_sites, site_for_url, site_from_url

SPIDER = "news"
ARGUMENTS = ("site", "url", "full")


class Command(CrawlCommand):
    """Adds nothing to the spider; other spiders pass through unchanged."""

    def short_desc(self) -> str:
        return "Archive news: -a site=KEY, -a url=ARTICLE, -a full=1; without any, every site in seeds/"

    def long_desc(self) -> str:
        return (
            f"{self.short_desc()}. Exit codes: 0 all well; 1 could not start; 2 a mistake in the command or in a site file; "
            "3 some sites gave no usable page; 4 nothing archived; 5 another run holds the archive; 6 the archive could not be written."
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args != [SPIDER]:
            super().run(args, opts)
            return
        assert self.settings is not None
        arguments: dict[str, str] = opts.spargs
        try:
            with contextlib.suppress(NotConfigured):
                ReplayAddon().update_settings(self.settings)
            sites = choose_sites(arguments, Path(self.settings["SEEDS_DIR"]))
            run = Run(
                Path(self.settings["ARCHIVE_DIR"]),
                sites,
                arguments=arguments,
                user_agent=self.settings["USER_AGENT"],
                clock=clock_of(self.settings),
            )
        except RunLockedError as error:
            self.exitcode = ExitCode.LOCKED
            print(f"scrapy crawl: {error}")
            return
        except CrawlerError as error:
            raise UsageError(str(error), print_help=False) from error
        if arguments.get("full", "0") not in ("", "0"):
            run.reopen_all()
        try:
            opts.spargs = {"run": run}
            super().run(args, opts)
        finally:
            code, counts = run.finish()
        seconds = (run.clock() - run.started).total_seconds()
        print_summary(sites, counts, root=run.root, run=run.id, seconds=seconds, code=code)
        self.exitcode = self.exitcode or code


def choose_sites(arguments: Mapping[str, str], seeds: Path) -> Sequence[Site]:
    """Return the sites that -a site=, -a url= or neither names. Raises SiteError, ScopeError and, for a wrong argument, UsageError."""
    if unknown := sorted(set(arguments) - set(ARGUMENTS)):
        raise UsageError(
            f"-a {unknown[0]}=…: unknown argument; expected one of: {', '.join(ARGUMENTS)}", print_help=False
        )
    if "url" in arguments:
        return [_site_of(arguments["url"], seeds)]
    sites = load_sites(seeds)
    if "site" not in arguments:
        return sites
    wanted = [key.strip() for key in arguments["site"].split(",") if key.strip()]
    known = {site.key: site for site in sites}
    if missing := [key for key in wanted if key not in known]:
        raise UsageError(
            f"-a site={missing[0]}: no such site in {seeds}; there are: {', '.join(sorted(known))}", print_help=False
        )
    return [known[key] for key in wanted]


def _site_of(url: str, seeds: Path) -> Site:
    """Return the site of one article URL: of its file if there is one, or made of the URL alone."""
    if not url.startswith(("http://", "https://")):
        raise ScopeError(url, "not an http(s) URL of an article")
    known = site_for_url(url, load_sites(seeds)) if seeds.is_dir() else None
    return replace(known, articles=(*known.articles, url)) if known else site_from_url(url)
