"""The history made again: every run of the evidence, from its beginning to its end, through the doors a crawl goes through.

    files -> attempts -> [readers, ahead of it] -> groups as they were judged -> ingest.store, ingest.store_media -> the end of the run

Reading is done by worker processes; storing, in the order of the evidence, by one thread. What is in memory are a few groups.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sqlite_utils import Database

from crawler.catalog import group
from crawler.catalog.tables import links, media, runs, sites
from crawler.ingest import Archive, Fetched, Visited, link_site, reopen_media, store, store_media
from crawler.items import Link, MediaLink, Reading, Role, Site
from crawler.rebuild.attempts import Attempt, Ending, attempts
from crawler.rebuild.beginning import Beginning, beginning_of, files_by_run
from crawler.rebuild.imports import ImportedFile, import_again
from crawler.rebuild.places import Places
from crawler.rebuild.standing import StandingEvidence
from crawler.runs.learning import learn_sites
from crawler.runs.opening import register
from crawler.runs.readers import Readers
from crawler.runs.settling import accept, settle_sites

logger = logging.getLogger(__name__)

MOST_AHEAD = 256  # attempts read before they are stored …
MOST_BYTES = 100_000_000  # … and bytes of them
Read = tuple[Reading, str | None]


@dataclass(slots=True)
class Replayed:
    """What was made again."""

    runs: int = 0
    visits: int = 0
    media: int = 0
    passed_over: list[str] = field(default_factory=list)  # records that nothing could be made of, and why: sentences


@dataclass(slots=True)
class Ahead:
    """Attempts of one group, being read."""

    attempts: list[Attempt]
    readings: list["asyncio.Task[Read] | None"]


class Replay:
    """Makes the history of an archive again, into a catalog that is empty."""

    def __init__(
        self,
        root: Path,
        db: Database,
        readers: Readers,
        *,
        advance: Callable[[Path], None],
    ) -> None:
        """`root` holds `warc/`, and what is written; `advance` is told each file when it has been gone through."""
        self._root, self._db, self._readers, self._advance = root, db, readers, advance
        self._standing = StandingEvidence(db)
        self._places = Places()
        self.replayed = Replayed()

    async def run(self) -> Replayed:
        """Go through all runs. EvidenceError for a file that cannot be read; what was made until then is there."""
        try:
            for run, files in files_by_run(self._root).items():
                if (told := beginning_of(run, files[0])) is not None:
                    await self._run(told, files)
                    self.replayed.runs += 1
        finally:
            self._places.close()
        return self.replayed

    async def _run(self, told: Beginning, files: Sequence[Path]) -> None:
        archive = self._begin(told)
        async for found in self._store_all(archive, told, files):
            if isinstance(found, Ending):
                await asyncio.to_thread(self._end, archive, told, found)
            else:
                await asyncio.to_thread(import_again, archive, self._standing, found)
                self.replayed.visits += 1

    def _begin(self, told: Beginning) -> Archive:
        """Open a run as `Run` does; one before it that never said how it ended was interrupted."""
        db = self._db
        for dead in runs.unfinished(db):
            with group(db):
                runs.mark_interrupted(db, dead, now=told.started)
        register(db, told.run, told.sites, started=told.started, arguments=told.arguments)
        known = sites.boilerplate(db)
        taught = {site.key: known[site.key] for site in told.sites if site.key in known}
        since = told.arguments.get("since")
        archive = Archive(
            root=self._root,
            db=db,
            warc=self._standing,
            run=told.run,
            boilerplate=taught,
            media=told.media,
            since=date.fromisoformat(since) if since else None,
        )
        for site in told.sites:
            reopen_media(archive, site, now=told.started)
        self._reopen(told, archive)
        return archive

    def _reopen(self, told: Beginning, archive: Archive) -> None:
        reopen = links.reopen_lists if archive.since else links.reopen_site
        if archive.since or told.arguments.get("full", "0") not in ("", "0"):
            with group(self._db):
                for site in told.sites:
                    reopen(self._db, site.key, now=told.started)

    async def _store_all(
        self, archive: Archive, told: Beginning, files: Sequence[Path]
    ) -> AsyncIterator[Ending | ImportedFile]:
        """Store the groups of a run in order, reading ahead; yield what else there is when all before it is stored."""
        ahead: deque[Ahead] = deque()
        for found in self._groups(told, files):
            if not isinstance(found, list):
                while ahead:
                    await self._store(archive, told, ahead.popleft())
                yield found
                continue
            ahead.append(Ahead(found, [self._read(archive, told, attempt) for attempt in found]))
            while _is_enough(ahead):
                await self._store(archive, told, ahead.popleft())
        while ahead:
            await self._store(archive, told, ahead.popleft())

    def _groups(self, told: Beginning, files: Sequence[Path]) -> Iterator[list[Attempt] | Ending | ImportedFile]:
        """Yield attempts that were judged together, and between them what else there is."""
        together: list[Attempt] = []
        for found in attempts(files, told.sites, self._places, done=self._advance):
            is_same = isinstance(found, Attempt) and together and found.group == together[0].group
            if together and not is_same:
                yield together
                together = []
            if isinstance(found, Attempt):
                together.append(found)
            else:
                yield found
        if together:
            yield together

    def _read(self, archive: Archive, told: Beginning, attempt: Attempt) -> "asyncio.Task[Read] | None":
        """Have a page read, None for what needs no reading."""
        site, captured = _site(told, attempt), attempt.capture()
        if site is None or captured is None or attempt.is_medium or attempt.visit_fields.outcome is not None:
            return None
        learnt = archive.boilerplate.get(site.key)
        return asyncio.create_task(self._readers.read(captured, site, attempt.further, learnt))

    async def _store(self, archive: Archive, told: Beginning, found: Ahead) -> None:
        readings = [await task if task else None for task in found.readings]
        await asyncio.to_thread(self._store_group, archive, told, found.attempts, readings)

    def _store_group(
        self, archive: Archive, told: Beginning, found: Sequence[Attempt], readings: Sequence[Read | None]
    ) -> None:
        """Store a group: visits before media, as they were."""
        visited: list[tuple[Attempt, Visited]] = []
        fetched: list[tuple[Attempt, Fetched]] = []
        for attempt, reading in zip(found, readings, strict=True):
            site = _site(told, attempt)
            if site is None:
                self._pass_over(
                    f"{attempt.visit_fields.url}: of the site {attempt.visit_fields.site}, which its run did not name"
                )
            elif not attempt.is_medium:
                visited.append((attempt, self._visited(site, attempt, reading)))
            elif (link := media.link(self._db, attempt.visit_fields.url)) is not None:
                fetched.append((attempt, _fetched(site, attempt, link)))
            else:
                self._pass_over(f"{attempt.visit_fields.url}: a medium that no document shows any more")
        if visited:
            self._standing.expect(attempt for attempt, _ in visited)
            store(archive, [visit for _, visit in visited])
        if fetched:
            self._standing.expect(attempt for attempt, _ in fetched)
            store_media(archive, [attempt for _, attempt in fetched])
        self.replayed.visits += len(visited)
        self.replayed.media += len(fetched)

    def _visited(self, site: Site, attempt: Attempt, read: Read | None) -> Visited:
        told = attempt.visit_fields
        reading, detail = read or (None, told.detail)
        role = told.role or links.role(self._db, told.url) or Role.ARTICLE
        return Visited(
            site=site,
            link=Link(url=told.url, fetch_url=told.fetch_url, role=role),
            at=told.at,
            capture=attempt.capture(),
            further=attempt.further,
            reading=reading,
            outcome=told.outcome,
            reason=told.reason,
            detail=detail,
            exchanges=() if told.is_usable else attempt.exchanges,
        )

    def _end(self, archive: Archive, told: Beginning, ended: Ending) -> None:
        """Let a run end as `Run.finish` does, at the time it did."""
        if "learns" in ended.said:
            self._teach(archive, told, ended)
        elif "state" in ended.said:
            close = runs.finish if ended.said["state"] == "finished" else runs.cut_short
            with group(self._db):
                close(self._db, told.run, finished=ended.at, exit_code=int(ended.said["exit-code"]))

    def _teach(self, archive: Archive, told: Beginning, ended: Ending) -> None:
        accepted = told.arguments.get("accept")
        for site in told.sites:
            if site.key == accepted:
                accept(archive, site, now=told.started)
        for site in told.sites:
            link_site(archive, site)
        if ended.said["learns"] == "yes":
            settle_sites(archive, told.sites, now=ended.at)
            learn_sites(archive, told.sites, now=ended.at)

    def _pass_over(self, why: str) -> None:
        logger.warning("%s: left out", why)
        self.replayed.passed_over.append(why)


def _is_enough(ahead: Sequence[Ahead]) -> bool:
    """Return whether the first group has to be stored before more is read."""
    number = sum(len(group.attempts) for group in ahead)
    return number > MOST_AHEAD or sum(attempt.size for group in ahead for attempt in group.attempts) > MOST_BYTES


def _site(told: Beginning, attempt: Attempt) -> Site | None:
    return next((site for site in told.sites if site.key == attempt.visit_fields.site), None)


def _fetched(site: Site, attempt: Attempt, link: MediaLink) -> Fetched:
    told = attempt.visit_fields
    return Fetched(
        site=site,
        link=replace(link, site=site.key),
        at=told.at,
        capture=attempt.capture(),
        outcome=told.outcome,
        reason=told.reason,
        detail=told.detail,
    )
