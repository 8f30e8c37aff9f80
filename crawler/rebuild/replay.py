"""The history made again: every run of the evidence, from its beginning to its end, through the doors a crawl goes through.

    files -> attempts -> [readers, ahead of it] -> groups as they were judged -> ingest.store, ingest.store_media -> the end of the run

Reading is done by worker processes; storing, in the order of the evidence, by one thread. What is in memory are a few groups.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlite_utils import Database

from crawler.catalog.tables import links, media
from crawler.importing import bring_in, visit_of
from crawler.ingest import Archive, Fetched, Visited, store, store_media
from crawler.items import Link, Reading, Role, Site
from crawler.rebuild.attempts import Attempt, ImportedFile, RunEnd, attempts, files_by_run
from crawler.rebuild.evidence import Places, RecordedEvidence
from crawler.runs.info import RunInfo, info_of
from crawler.runs.quarantine import accept
from crawler.runs.readers import Readers
from crawler.runs.run import Run

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
        self._evidence = RecordedEvidence(db)
        self._places = Places()
        self.replayed = Replayed()

    async def run(self) -> Replayed:
        """Go through all runs. EvidenceError for a file that cannot be read; what was made until then is there."""
        try:
            for run, files in files_by_run(self._root).items():
                if (info := info_of(run, files[0])) is not None:
                    await self._run(info, files)
                    self.replayed.runs += 1
        finally:
            self._places.close()
        return self.replayed

    async def _run(self, info: RunInfo, files: Sequence[Path]) -> None:
        run = Run(self._root, self._db, self._evidence, info, clock=lambda: info.started)
        async for found in self._store_all(run, files):
            if isinstance(found, RunEnd):
                await asyncio.to_thread(_end, run, found)
            else:
                await asyncio.to_thread(self._import, run.archive, found)
                self.replayed.visits += 1

    async def _store_all(self, run: Run, files: Sequence[Path]) -> AsyncIterator[RunEnd | ImportedFile]:
        """Store the groups of a run in order, reading ahead; yield what else there is when all before it is stored."""
        ahead: deque[Ahead] = deque()
        for found in self._groups(run.sites, files):
            if not isinstance(found, list):
                while ahead:
                    await self._store(run, ahead.popleft())
                yield found
                continue
            ahead.append(Ahead(found, [self._read(run, attempt) for attempt in found]))
            while _is_enough(ahead):
                await self._store(run, ahead.popleft())
        while ahead:
            await self._store(run, ahead.popleft())

    def _groups(
        self, sites: tuple[Site, ...], files: Sequence[Path]
    ) -> Iterator[list[Attempt] | RunEnd | ImportedFile]:
        """Yield attempts that were judged together, and between them what else there is."""
        together: list[Attempt] = []
        for found in attempts(files, sites, self._places, done=self._advance):
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

    def _read(self, run: Run, attempt: Attempt) -> "asyncio.Task[Read] | None":
        """Have a page read, None for what needs no reading."""
        site, captured = _site(run, attempt), attempt.capture()
        if site is None or captured is None or attempt.is_medium or attempt.visit_fields.outcome is not None:
            return None
        learnt = run.archive.boilerplate.get(site.key)
        return asyncio.create_task(self._readers.read(captured, site, attempt.further, learnt))

    async def _store(self, run: Run, found: Ahead) -> None:
        """Store a group: visits before media, as they were."""
        readings = [await task if task else None for task in found.readings]
        await asyncio.to_thread(self._store_pages, run, found.attempts, readings)
        media_tried = [attempt for attempt in found.attempts if attempt.is_medium]
        fetched = [(one, made) for one in media_tried if (made := await self._fetched(run, one)) is not None]
        if fetched:
            await asyncio.to_thread(self._store_media, run, fetched)

    def _store_pages(self, run: Run, found: Sequence[Attempt], readings: Sequence[Read | None]) -> None:
        visited: list[tuple[Attempt, Visited]] = []
        for attempt, reading in zip(found, readings, strict=True):
            site = _site(run, attempt)
            if site is None:
                self._pass_over(
                    f"{attempt.visit_fields.url}: of the site {attempt.visit_fields.site}, which its run did not name"
                )
            elif not attempt.is_medium:
                visited.append((attempt, self._visited(site, attempt, reading)))
        if visited:
            self._evidence.expect(attempt for attempt, _ in visited)
            store(run.archive, [visit for _, visit in visited])
        self.replayed.visits += len(visited)

    async def _fetched(self, run: Run, attempt: Attempt) -> Fetched | None:
        """Return a try at a medium, examined where it can be killed; None where nothing shows it, or its site is not known."""
        if (site := _site(run, attempt)) is None:
            return None
        told = attempt.visit_fields
        link = media.link(self._db, told.url)
        if link is None:
            self._pass_over(f"{told.url}: a medium that no document shows any more")
            return None
        captured = attempt.capture()
        is_answer = captured is not None and told.outcome is None and not captured.is_cut
        return Fetched(
            site=site,
            link=replace(link, site=site.key),
            at=told.at,
            capture=captured,
            examined=await self._readers.examine(captured.body, link.url, link.kind)
            if captured and is_answer
            else None,
            outcome=told.outcome,
            reason=told.reason,
            detail=told.detail,
        )

    def _store_media(self, run: Run, fetched: Sequence[tuple[Attempt, Fetched]]) -> None:
        self._evidence.expect(attempt for attempt, _ in fetched)
        store_media(run.archive, [made for _, made in fetched])
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

    def _import(self, archive: Archive, found: ImportedFile) -> None:
        """Bring a file in again. Its times are those of its record: when its links were found is not told by evidence."""
        self._evidence.expect([found])
        bring_in(archive, visit_of(found.site, found.link, found.file, at=found.at), now=found.at)

    def _pass_over(self, why: str) -> None:
        logger.warning("%s: left out", why)
        self.replayed.passed_over.append(why)


def _end(run: Run, ended: RunEnd) -> None:
    """Let a run learn and end as it did, at the time it did."""
    if "learns" in ended.said:
        for site in run.sites:
            if site.key == run.info.arguments.get("accept"):
                accept(run.archive, site, now=run.info.started)
        run.learn(ended.at, is_whole=ended.said["learns"] == "yes")
    elif "state" in ended.said:
        is_whole = ended.said["state"] == "finished"
        run.cover(ended.at, is_whole=is_whole)
        run.record_end(ended.at, int(ended.said["exit-code"]), is_whole=is_whole)


def _is_enough(ahead: Sequence[Ahead]) -> bool:
    """Return whether the first group has to be stored before more is read."""
    number = sum(len(group.attempts) for group in ahead)
    return number > MOST_AHEAD or sum(attempt.size for group in ahead for attempt in group.attempts) > MOST_BYTES


def _site(run: Run, attempt: Attempt) -> Site | None:
    return next((site for site in run.sites if site.key == attempt.visit_fields.site), None)
