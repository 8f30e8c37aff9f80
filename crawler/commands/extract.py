"""`scrapy extract`: what the crawler would make of pages, one JSON object a page, in the order given."""

import argparse
import asyncio
import gzip
import json
import os
import sys
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.errors import CrawlerError, ScopeError
from crawler.items import Article, Capture, Kind, Media, MediaKind, Precision, Reading, Site
from crawler.readers import Readers
from crawler.sites import read_sites, site_for_url, site_from_url

NOWHERE = "http://unknown.invalid/page"  # stands for the address of a page that was saved without one (RFC 2606)
GZIP = b"\x1f\x8b"
MAX_PAGE = 100_000_000  # bytes, decompressed
AHEAD = 4  # pages read ahead for each process
SHOWN = {Precision.DAY: "%Y-%m-%d", Precision.MINUTE: "%Y-%m-%dT%H:%M%z", Precision.SECOND: "%Y-%m-%dT%H:%M:%S%z"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One page to read: its file as given, where that is, and the address it was saved from, "" if nobody knows."""

    file: str
    path: Path
    url: str


class Command(ScrapyCommand):
    """Reads saved pages; writes nothing."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 - the form Scrapy's commands have

    def syntax(self) -> str:
        return "[options] PATH ..."

    def short_desc(self) -> str:
        return "Print what the crawler makes of saved pages, as JSON Lines"

    def long_desc(self) -> str:
        return (
            f"{self.short_desc()}, in the order given; .gz files are read too. A page that cannot be read is a line with `error`. "
            "Exit codes: 0 done, 2 a mistake in the command."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--url", default="", help="the address the one page given was saved from")
        parser.add_argument(
            "--manifest", metavar="TSV", help="a file of `file<TAB>url` lines; the address may be empty"
        )
        parser.add_argument("--base", metavar="DIR", default="", help="the folder that the files are relative to")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.url and len(args) != 1:
            raise UsageError("--url goes with one page", print_help=False)
        jobs = [Job(file=file, path=Path(opts.base, file), url=opts.url) for file in args]
        if opts.manifest:
            jobs.extend(read_manifest(Path(opts.manifest), Path(opts.base)))
        if not jobs:
            raise UsageError("name a page, or a --manifest of pages")
        assert self.settings is not None
        sites, _ = read_sites(Path(self.settings["SEEDS_DIR"]))
        asyncio.run(_print_all(jobs, sites))


def read_manifest(path: Path, base: Path) -> Iterator[Job]:
    """Yield the pages of a manifest. UsageError if it cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--manifest {path}: {error}", print_help=False) from error
    for line in filter(None, lines):
        file, _, url = line.partition("\t")
        yield Job(file=file, path=base / file, url=url.strip())


def to_json(job: Job, reading: Reading, detail: str | None) -> dict[str, Any]:
    """Return the printed object of one page."""
    kind = Kind.OTHER if reading.kind is Kind.FEED else reading.kind
    printed: dict[str, Any] = {"file": job.file, "url": job.url, "kind": kind, "family": reading.family}
    if detail:
        printed["error"] = detail
    if reading.reason:
        printed["reason"] = reading.reason
    return printed | (_article(reading.article) if reading.article else {"title": reading.title})


def _article(article: Article) -> dict[str, Any]:
    return {
        "title": article.title,
        "published": _published(article),
        "date_raw": article.date_raw,
        "source": article.source,
        "people": article.people,
        "section": article.section,
        "language": article.language,
        "body": article.body,
        "images": [medium.url for medium in _of(article.media, MediaKind.IMAGE)],
        "captions": [medium.caption for medium in _of(article.media, MediaKind.IMAGE)],
        "attachments": [
            {"name": medium.name, "url": medium.url} for medium in _of(article.media, MediaKind.ATTACHMENT)
        ],
        "videos": [medium.url for medium in _of(article.media, MediaKind.VIDEO)],
        "provenance": article.provenance,
        "confidence": article.confidence,
    }


def _of(media: Iterable[Media], kind: MediaKind) -> list[Media]:
    return [medium for medium in media if medium.kind is kind]


def _published(article: Article) -> str | None:
    """Return the publication time in ISO 8601, only as precise as the page is."""
    if article.published is None or article.precision is None:
        return None
    shown = article.published.strftime(SHOWN[article.precision])
    return f"{shown[:-2]}:{shown[-2:]}" if article.precision is not Precision.DAY else shown


async def _print_all(jobs: list[Job], sites: Iterable[Site]) -> None:
    readers = Readers(min(os.cpu_count() or 1, len(jobs)))
    await readers.start()
    try:
        async for printed in _read_all(readers, jobs, tuple(sites)):
            print(json.dumps(printed, ensure_ascii=False), flush=sys.stdout.isatty())
    finally:
        await readers.close()


async def _read_all(readers: Readers, jobs: list[Job], sites: tuple[Site, ...]) -> AsyncIterator[dict[str, Any]]:
    """Yield the printed objects in the order of the jobs, with a bounded number of pages in memory."""
    waiting: list[asyncio.Task[dict[str, Any]]] = []
    limit = AHEAD * (os.cpu_count() or 1)
    for job in jobs:
        waiting.append(asyncio.create_task(_read(readers, job, sites)))
        if len(waiting) >= limit:
            yield await waiting.pop(0)
    for task in waiting:
        yield await task


async def _read(readers: Readers, job: Job, sites: tuple[Site, ...]) -> dict[str, Any]:
    try:
        body = _body(job.path)
        address = job.url or NOWHERE
        site = site_for_url(address, sites) or site_from_url(address)
    except (OSError, EOFError, zlib.error, CrawlerError) as error:
        problem = error.problem if isinstance(error, ScopeError) else str(error)
        return {"file": job.file, "url": job.url, "kind": Kind.OTHER, "error": problem}
    capture = Capture(url=address, final_url=address, fetched=datetime.now(UTC), status=200, headers=(), body=body)
    reading, detail = await readers.read(capture, site)
    return to_json(job, reading, detail)


def _body(path: Path) -> bytes:
    data = path.read_bytes()
    if data[:2] == GZIP:
        with gzip.open(path) as file:
            data = file.read(MAX_PAGE)
    return data
