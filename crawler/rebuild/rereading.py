"""Documents read again from their evidence by today's rules, in parallel: what would differ, and how it is written."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from crawler.archive import body_of
from crawler.catalog.tables import documents
from crawler.catalog.tables import sites as site_rows
from crawler.dedup.changes import Change, Field, changes_between, difference, inline
from crawler.errors import CrawlerError
from crawler.ingest import Archive, Visited, amend_read, visited_again
from crawler.ingest.evidence import capture_of, further_of
from crawler.items import Article, Boilerplate, DocumentState, Site, Status
from crawler.runs.readers import Readers

AT_ONCE = 50  # documents in one transaction
MOST_SAMPLES = 20
AROUND = 30  # characters shown on either side of a difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One document before and after."""

    document: str
    url: str
    changes: tuple[Change, ...]
    confidence: tuple[float, float]
    characters: tuple[int, int]


@dataclass(slots=True)
class Findings:
    """What reading again came to."""

    read: int = 0
    unread: list[str] = field(default_factory=list)  # URL and why: sentences
    different: int = 0
    fields: Counter[Field] = field(default_factory=Counter)
    confidence: tuple[float, float] = (0.0, 0.0)  # sums over what was read, before and after
    characters: tuple[int, int] = (0, 0)
    samples: list[Comparison] = field(default_factory=list)
    written: int = 0

    def add(self, look: Comparison) -> None:
        """Count a document."""
        self.read += 1
        self.confidence = (self.confidence[0] + look.confidence[0], self.confidence[1] + look.confidence[1])
        self.characters = (self.characters[0] + look.characters[0], self.characters[1] + look.characters[1])
        if look.changes:
            self.different += 1
            self.fields.update(change.field for change in look.changes)
            if len(self.samples) < MOST_SAMPLES:
                self.samples.append(look)


def look_again(
    archive: Archive,
    chosen: Iterable[Sequence[str]],
    sites: Mapping[str, Site],
    *,
    processes: int,
    advance: Callable[[int], None] = lambda _: None,
    write: Callable[[Sequence[Visited]], int] | None = None,
) -> Findings:
    """Read the chosen documents (ids, in batches) again and compare; `write` is given them batch by batch.

    `sites` by key go before what the catalog holds of a site. `advance` is told how many documents were looked at.
    """
    return asyncio.run(_look_again(archive, chosen, sites, processes, advance, write))


def writing(archive: Archive, versions_at: datetime | None = None) -> Callable[[Sequence[Visited]], int]:
    """Return what writes documents anew: in place, or as new versions of a time."""
    return lambda again: amend_read(archive, again, versions_at=versions_at)


def inline_sample(change: Change) -> str:
    """Return a change as one line: of a body the edits, with a little around them."""
    if change.field is not Field.BODY:
        return f"{change.before or '—'} → {change.after or '—'}"
    ops = difference(change.before or "", change.after or "")
    return " ".join(inline([(sign, _cut(text) if sign == "=" else text) for sign, text in ops]).split())


async def _look_again(
    archive: Archive,
    chosen: Iterable[Sequence[str]],
    sites: Mapping[str, Site],
    processes: int,
    advance: Callable[[int], None],
    write: Callable[[Sequence[Visited]], int] | None,
) -> Findings:
    findings, readers = Findings(), Readers(processes)
    await readers.start()
    try:
        learnt = site_rows.boilerplate(archive.db)
        for ids in _batches(chosen):
            again = []
            async for look, visit in _read(archive, ids, sites, learnt, readers, findings):
                findings.add(look)
                again.append(visit)
            if write and again:
                findings.written += await asyncio.to_thread(write, again)
            advance(len(ids))
    finally:
        await readers.close()
    return findings


async def _read(
    archive: Archive,
    ids: Sequence[str],
    sites: Mapping[str, Site],
    learnt: Mapping[str, Boilerplate],
    readers: Readers,
    findings: Findings,
) -> AsyncIterator[tuple[Comparison, Visited]]:
    known = documents.known(archive.db, ids)
    free = asyncio.Semaphore(readers.processes + 1)  # pages in memory: those that are read, and the next one

    async def read_one(before: DocumentState) -> Visited:
        site = sites.get(before.site) or site_rows.load(archive.db, before.site)
        async with free:
            return await _read_one(archive, before, site, learnt.get(site.key), readers)

    tasks = [(before, asyncio.create_task(read_one(before))) for before in known.values()]
    for before, task in tasks:
        try:
            visit = await task
            yield _compared(before, _article(archive.root, before), visit), visit
        except (CrawlerError, OSError, ValueError) as error:
            findings.unread.append(f"{before.url}: {error}")


async def _read_one(
    archive: Archive, before: DocumentState, site: Site, learnt: Boilerplate | None, readers: Readers
) -> Visited:
    """Return a document read again; CrawlerError, OSError or ValueError says why that cannot be done."""
    capture = capture_of(archive.root, archive.db, before.id)
    if capture is None:
        raise ValueError("the catalog names no evidence of it")
    further = further_of(archive.root, archive.db, before.id)
    reading, detail = await readers.read(capture, site, further, learnt)
    if reading.article is None:
        raise ValueError(detail or f"reads as {reading.kind}, not as an article")
    if reading.further and not further:
        raise ValueError("an article of several pages, of which the evidence does not say where the further ones stand")
    return visited_again(before, site, capture, further, reading)


def _compared(before: DocumentState, old: Article, visit: Visited) -> Comparison:
    assert visit.reading is not None
    article = visit.reading.article
    assert article is not None, "what was read again is an article"
    found = changes_between(old, article)
    if not article.section:  # the site's file may name it, by the list the article was found on
        found = tuple(change for change in found if change.field is not Field.SECTION)
    if before.status is Status.DUPLICATE:  # its text is that of the first
        found = tuple(change for change in found if change.field is not Field.BODY)
    return Comparison(
        document=before.id,
        url=before.url,
        changes=found,
        confidence=(old.confidence, article.confidence),
        characters=(before.characters, len(article.body)),
    )


def _article(root: Path, before: DocumentState) -> Article:
    return replace(before.article, body=body_of((root / before.path).read_bytes()) if before.path else "")


def _batches(chosen: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    for ids in chosen:
        for n in range(0, len(ids), AT_ONCE):
            yield ids[n : n + AT_ONCE]


def _cut(text: str) -> str:
    return text if len(text) <= 2 * AROUND else f"{text[:AROUND]}…{text[-AROUND:]}"
