"""`scrapy extract`: what the crawler makes of pages, saved or fetched, one JSON object a page, in the order given."""

import argparse
import contextlib
import json
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from scrapy.core.downloader import contextfactory
from scrapy.exceptions import CloseSpider, NotConfigured, UsageError

from crawler.archive.layout import CATALOG
from crawler.catalog import open_reader
from crawler.catalog.tables import sites as site_rows
from crawler.console import one_of
from crawler.controls import visible
from crawler.errors import CatalogError, CrawlerError, reason
from crawler.fetching.replay import ReplayAddon
from crawler.items import Article, Boilerplate, Kind, Media, MediaKind, Precision, Site
from crawler.pages.families import FAMILIES
from crawler.sites import read_sites, site_for_url, site_from_url
from crawler.spiders.pages import PageJob, PageResult, PageSource, PageSpider
from crawler.terminal import ArchiveCommand, echo
from crawler.typed import address_of

LOADED_FIRST = contextfactory  # it looks through the whole stack and all modules: 0.1 s here, 0.5 s after all of ours
SCHEMES = ("http://", "https://")
SHOWN = {Precision.DAY: "%Y-%m-%d", Precision.MINUTE: "%Y-%m-%dT%H:%M%z", Precision.SECOND: "%Y-%m-%dT%H:%M:%S%z"}
ENDED_WELL = ("finished", "nobody reads on")  # why the spider was closed; else it was stopped, or could not write


class Command(ArchiveCommand):
    """Looks at pages and prints; keeps nothing of them."""

    requires_crawler_process = True

    def syntax(self) -> str:
        return "[options] FILE_OR_URL ..."

    def short_desc(self) -> str:
        return "Print what the crawler makes of pages, saved or fetched, as JSON Lines"

    def long_desc(self) -> str:
        return (
            f"{self.short_desc()}: one object a page, in the order given, with the same keys whatever the page is. "
            "What begins with http:// or https:// is fetched as a crawl fetches it (robots.txt, pace, limits, the site's "
            "file, REPLAY_WARC), with the further pages of its article; nothing is stored. Anything else is a file, "
            "gzip or not. What all pages of a site share is left out of their articles where a crawl has learnt it (ARCHIVE_DIR) or enough saved "
            "pages of the site are given. A page that cannot be had or read is a line with `error`, and with `reason` where there is a name for it. "
            "Exit codes: 0 every page has its line, or nobody reads on (| head); 1 could not start, was stopped, or the "
            "output could not be written; 2 a mistake in the command."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--url", help="the address the one file given was saved from")
        parser.add_argument(
            "--manifest",
            metavar="TSV",
            help="a file of lines `file<TAB>address` (UTF-8), the address may be left out; a line may be a URL to fetch",
        )
        parser.add_argument("--base", metavar="DIR", help="the folder that files are relative to")
        parser.add_argument(
            "--family",
            type=one_of("family", FAMILIES),
            metavar="FAMILY",
            help=f"read every page as of this CMS (default: recognised page by page): {', '.join(FAMILIES)}; none: by the general rules alone",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        asked = list(asked_for(args, opts))
        assert self.settings is not None
        try:
            with contextlib.suppress(NotConfigured):
                ReplayAddon().update_settings(self.settings)
        except CrawlerError as error:
            raise UsageError(str(error), print_help=False) from error
        sites, problems = read_sites(Path(self.settings["SEEDS_DIR"]))
        for problem in problems:
            echo(f"scrapy extract: {problem}", error=True)
        assert self.crawler_process is not None
        crawler = self.crawler_process.create_crawler(PageSpider)
        known = learnt_by_crawls(Path(self.settings["ARCHIVE_DIR"]) / CATALOG)
        site_of = partial(site_of_page, sites=sites, family=opts.family)
        self.crawler_process.crawl(crawler, job=PageJob(asked=asked, site_of=site_of, show=show, known=known))
        self.crawler_process.start()
        ended = None if self.crawler_process.bootstrap_failed else crawler.stats.get_value("finish_reason")
        self.exitcode = 0 if ended in ENDED_WELL else 1
        if ended == "start_error":  # a mistake of ours: Scrapy has logged it, and the log is off
            echo("scrapy extract: broke off; -L ERROR tells why", error=True)


def learnt_by_crawls(catalog: Path) -> dict[str, Boilerplate]:
    """Return what the crawls of an archive learnt, by the key of the site; nothing where there is no archive. UsageError: it is broken."""
    if not catalog.is_file():
        return {}
    try:
        db = open_reader(catalog, any_release=True)
        return site_rows.boilerplate(db)
    except (CatalogError, sqlite3.Error) as error:
        raise UsageError(str(error), print_help=False) from error


def site_of_page(url: str, sites: Sequence[Site], family: str | None) -> Site:
    """Return the site of a page: that of its file, or one made of the address alone; read as of one family if that is asked for."""
    site = site_for_url(url, sites) or site_from_url(url)
    return replace(site, family=family, layouts=()) if family else site


def asked_for(args: list[str], opts: argparse.Namespace) -> Iterator[PageSource]:
    """Yield the pages a user names, those of the manifest last. UsageError for a mistake."""
    if not args and not opts.manifest:
        raise UsageError("expected a page, saved or to fetch, or a --manifest of pages", print_help=False)
    if opts.url and (len(args) != 1 or is_url(args[0])):
        raise UsageError("--url goes with one file; several go into a --manifest", print_help=False)
    base = Path(opts.base or "")
    for arg in args:
        yield _asked(_addressed(arg, base), opts.url or "", base)
    if opts.manifest:
        yield from read_manifest(Path(opts.manifest), base)


def read_manifest(path: Path, base: Path) -> Iterator[PageSource]:
    """Yield the pages of a manifest, whatever system wrote its line ends. UsageError if it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"--manifest {reason(error) if isinstance(error, OSError) else f'{path}: not UTF-8; save it as UTF-8'}",
            print_help=False,
        ) from error
    for line in text.split("\n"):  # not splitlines: a file's name may hold U+2028
        if line.strip():
            name, url, *_ = (*line.split("\t"), "")
            yield _asked(name, url.strip(), base)


def is_url(name: str) -> bool:
    """Return whether a page is named by its address."""
    return name.lower().startswith(SCHEMES)


def _addressed(name: str, base: Path) -> str:
    """Return what a user named, as an address where it is one without a scheme and no file."""
    if is_url(name) or (base / name).exists() or (address := address_of(name)) is None:
        return name
    echo(f"scrapy extract: {name}: no such file; {address} is tried", error=True)
    return address


def _asked(name: str, url: str, base: Path) -> PageSource:
    return PageSource(name=name, url=name) if is_url(name) else PageSource(name=name, url=url, path=base / name)


def show(seen: PageResult) -> None:
    """Print the line of a page, at once. CloseSpider where that cannot be done: what follows would be read for nobody."""
    line = visible(json.dumps(to_json(seen), ensure_ascii=False)) + "\n"
    try:
        sys.stdout.buffer.write(
            line.encode("utf-8", "backslashreplace")
        )  # of a name that is no UTF-8: \udc.., as JSON has it
        sys.stdout.buffer.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more when it ends
        if isinstance(error, BrokenPipeError):
            raise CloseSpider("nobody reads on") from error
        echo(f"scrapy extract: the output cannot be written: {error}", error=True)
        raise CloseSpider("output failed") from error


def to_json(seen: PageResult) -> dict[str, Any]:
    """Return the printed object of one page: the same keys for all of them, `error` and `reason` last, where there are any."""
    reading = seen.reading
    article = reading.article or Article(title="", body="")
    printed = {
        "file": seen.asked.name,
        "url": seen.url,
        "kind": Kind.OTHER if reading.kind is Kind.FEED else reading.kind,
        "family": reading.family,
        "title": article.title or reading.title,
        "published": _published(article),
        "date_raw": article.date_raw,
        "source": article.source,
        "people": article.people,
        "section": article.section,
        "language": article.language,
        "body": reading.article and article.body,
        "images": [medium.url for medium in _of(article.media, MediaKind.IMAGE)],
        "captions": [medium.caption for medium in _of(article.media, MediaKind.IMAGE)],
        "attachments": [
            {"name": medium.name, "url": medium.url} for medium in _of(article.media, MediaKind.ATTACHMENT)
        ],
        "videos": [medium.url for medium in _of(article.media, MediaKind.VIDEO)],
        "dropped": [{"text": drop.text, "why": drop.why} for drop in reading.dropped],
        "provenance": article.provenance,
        "confidence": reading.article and article.confidence,
    }
    told = {"error": seen.error, "reason": reading.reason}
    return printed | {key: value for key, value in told.items() if value}


def _of(media: Iterable[Media], kind: MediaKind) -> list[Media]:
    return [medium for medium in media if medium.kind is kind]


def _published(article: Article) -> str | None:
    """Return the publication time in ISO 8601, only as precise as the page is."""
    if article.published is None or article.precision is None:
        return None
    shown = article.published.strftime(SHOWN[article.precision])
    return f"{shown[:-2]}:{shown[-2:]}" if article.precision is not Precision.DAY else shown
