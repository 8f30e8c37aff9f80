"""Import: the files of older mirrors into the archive, through the doors of a crawl. A crawl and an import of one page are versions of one document.

file -> read_mirror -> Visited -> ingest: resource record -> decision (a version, or one from before the first) -> Markdown -> catalog
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlite_utils import Database

from crawler.catalog import group
from crawler.catalog.tables import links, visits
from crawler.catalog.tables import sites as site_rows
from crawler.clock import Clock
from crawler.dedup.digest import digest_of
from crawler.errors import EvidenceError
from crawler.importing.files import MAX_PROBLEM, FoundFile, find
from crawler.ingest import Archive, Visited, commit, decide, preserve
from crawler.items import Capture, Link, MirrorFile, Outcome, Role, Site
from crawler.monitoring.exit_code import ExitCode
from crawler.pages.reading import MIRRORED, read_file
from crawler.runs.info import RunPolicy
from crawler.runs.run import Run

__all__ = ["FoundFile", "Imported", "find", "import_files"]

logger = logging.getLogger(__name__)

AT_ONCE = 50  # files in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of one file."""

    found: FoundFile
    outcome: Outcome | None = None  # None: it could not be read
    is_again: bool = False  # these very bytes were imported before: nothing was written


def import_files(
    root: Path,
    found: Iterator[FoundFile],
    site_of: Callable[[str], Site],
    *,
    arguments: Sequence[str],
    clock: Clock,
) -> Iterator[Imported]:
    """Store files in the archive, a run of its own; yield what became of each, when its group is committed.

    `site_of` returns the site of an address. Raises RunLockedError, CatalogError, OSError and sqlite3.Error.
    """
    run = Run.open(
        root, (), arguments={"import": " ".join(arguments)}, clock=clock, policy=RunPolicy(is_reported=False)
    )
    with run.resources:
        while batch := list(islice(found, AT_ONCE)):
            yield from _store(run.archive, batch, site_of, now=clock())
        if run.close().code is not ExitCode.WELL:
            raise EvidenceError(f"{root}: the archive could not be written")


def _store(
    archive: Archive, batch: Sequence[FoundFile], site_of: Callable[[str], Site], *, now: datetime
) -> Iterator[Imported]:
    """Store a group, the one captured first before the others."""
    yield from (Imported(found=one) for one in batch if one.mirrored is None)
    readable = []
    for one in batch:
        if one.mirrored is not None:
            try:
                readable.append((one, _visited(one, site_of, now)))
            except Exception as error:  # whatever a file holds, it costs that file
                logger.info("%s: cannot be read again", one.name, exc_info=True)
                yield _failed(one, error)
    for one, visited in sorted(readable, key=lambda pair: pair[1].at):
        try:
            yield _store_one(archive, one, visited, now)
        except (OSError, sqlite3.Error):
            raise
        except Exception as error:
            logger.info("%s: cannot be stored", one.name, exc_info=True)
            yield _failed(one, error)


def _failed(one: FoundFile, error: Exception) -> Imported:
    return Imported(
        found=replace(one, mirrored=None, problem=f"cannot be stored: {type(error).__name__}: {error}"[:MAX_PROBLEM])
    )


def _store_one(archive: Archive, one: FoundFile, visited: Visited, now: datetime) -> Imported:
    db = archive.db
    if visits.is_known(db, visited.link.url, digest_of(one.data)):
        return Imported(found=one, outcome=Outcome.UNCHANGED, is_again=True)
    return Imported(found=one, outcome=bring_in(archive, visited, now=now))


def bring_in(archive: Archive, visited: Visited, *, now: datetime) -> Outcome:
    """Store one file that was read; return what became of it. Raises OSError and sqlite3.Error."""
    db = archive.db
    with group(db):
        _save_site(db, visited.site, now=now)
    (decision,) = decide(archive, preserve(archive, [visited]))
    commit(archive, [decision])
    if decision.is_earlier:
        return decision.outcome
    with group(db):  # its page is to be looked at by the next crawl of the site
        links.add(db, visited.site.key, [replace(visited.link, role=Role.ARTICLE)], found=now, found_on=None)
    return decision.outcome


def _save_site(db: Database, site: Site, *, now: datetime) -> None:
    """Keep the definition of a site that the catalog does not know yet; a crawl knows better."""
    if not site_rows.is_known(db, site.key):
        site_rows.save(db, site, now=now)


def _visited(one: FoundFile, site_of: Callable[[str], Site], now: datetime) -> Visited:
    mirrored = one.mirrored
    assert mirrored is not None, "only what was read is stored"
    site = site_of(mirrored.url)
    if mirrored.university and site.name == site.hosts[0]:  # known by its host alone
        university = mirrored.university
        site = replace(site, name=university, tags=(university,), categories=(site.hosts[0], university))
    link = Link(url=mirrored.url, fetch_url=mirrored.original, role=Role.OTHER, title=mirrored.article.title)
    return visit_of(site, link, MirrorFile(name=one.name, data=one.data), at=mirrored.captured or now)


def visit_of(site: Site, link: Link, file: MirrorFile, *, at: datetime) -> Visited:
    """Return a file of a mirror as the visit of its page."""
    capture = Capture(
        url=link.fetch_url,
        final_url=link.fetch_url,
        fetched=at,
        status=0,
        headers=(("Content-Type", MIRRORED),),
        body=file.data,
    )
    reading = read_file(file.data, site, link.fetch_url)
    return Visited(
        site=site,
        link=link,
        at=at,
        capture=capture,
        reading=reading,
        file=file,
        detail=f"imported from {file.name}",
    )
