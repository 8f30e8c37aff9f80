"""The attempts of a run, page by page and medium by medium, put together from the records of its evidence in the order they stand."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

from crawler.archive.layout import EVIDENCE
from crawler.content_encoding import decoded
from crawler.errors import EvidenceError
from crawler.items import Capture, Evidence, Exchange, Link, MirrorFile, Purpose, Role, Site, VisitFields
from crawler.pages.reading import read_file
from crawler.rebuild.evidence import Places
from crawler.rebuild.guessing import guess, purpose_of
from crawler.sites.definition import site_from_json
from crawler.urls import posted
from crawler.warc import DEFINITION, FILE, LINK, NAME, Record, lines_of, read_visit_fields, records, response_at

DOCUMENT = "resource"  # records of what was not fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One visit, or one try at a medium, as its evidence tells it."""

    visit_fields: VisitFields
    group: int  # judged with those beside it that have the same
    evidence: Evidence
    is_medium: bool = False
    refers_to: str | None = None  # the record that holds the body, where this one is a revisit
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False)  # none where nothing was received
    further: tuple[Capture, ...] = field(default=(), repr=False)

    @property
    def size(self) -> int:
        return sum(len(exchange.body) for exchange in self.exchanges) + sum(len(page.body) for page in self.further)

    def capture(self) -> Capture | None:
        """Return what was received as a capture, None of an attempt that came to none."""
        if not self.exchanges or not self.visit_fields.is_usable:
            return None
        captured = replace(capture_of(self.exchanges, self.visit_fields.seconds), listed=self.visit_fields.listed)
        asked, mark, _ = self.visit_fields.fetch_url.partition("#")
        return (
            replace(captured, url=self.visit_fields.fetch_url)
            if mark and posted(asked)[0] == captured.url
            else captured
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """An imported file, and where its record stands."""

    site: Site
    link: Link
    file: MirrorFile
    at: datetime
    evidence: Evidence
    refers_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd:
    """A word on how a run ended: `learns` before it does, `state` and `exit-code` after."""

    at: datetime
    said: Mapping[str, str]


def files_by_run(root: Path) -> dict[str, list[Path]]:
    """Return the WARC files of each run in the order of their numbers, runs in the order of their names, which is that of time."""
    found: dict[str, list[Path]] = defaultdict(list)
    for file in sorted((root / EVIDENCE).glob("*.warc.gz")):
        if (named := FILE.fullmatch(file.name)) is not None:
            found[named["run"]].append(file)
    return {run: sorted(files, key=lambda file: (len(file.name), file.name)) for run, files in sorted(found.items())}


def attempts(
    files: Iterable[Path], sites: tuple[Site, ...], places: Places, *, done: Callable[[Path], None]
) -> Iterator[Attempt | RunEnd | ImportedFile]:
    """Yield what the files of a run hold, in order.

    `done` is told each file that has been gone through.
    """
    gathered = Gathered(sites=sites, places=places)
    for file in files:
        for record in records(file):
            if (found := gathered.take(file, record)) is not None:
                yield found
        done(file)


@dataclass(slots=True)
class Gathered:
    """Records that are of the page whose record comes after them."""

    sites: tuple[Site, ...]
    places: Places
    chain: list[Exchange] = field(default_factory=list)  # hops
    further: list[Capture] = field(default_factory=list)

    def take(self, file: Path, record: Record) -> Attempt | RunEnd | ImportedFile | None:
        """Return what a record completes, None for one that is part of what is to come, or of nothing."""
        purpose = purpose_of(record)
        if record.kind == DOCUMENT:
            return imported_file(f"{EVIDENCE}/{file.name}", record)
        if purpose is Purpose.END:
            return RunEnd(at=record.at, said=lines_of(record.content))
        if purpose in (Purpose.PAGE, Purpose.MEDIUM):
            return self._complete(file, record, is_medium=purpose is Purpose.MEDIUM)
        if record.exchange is not None and purpose is Purpose.HOP:
            self.chain.append(record.exchange)
        elif record.exchange is not None and purpose is Purpose.FURTHER:
            self.further.append(capture_of((*self.chain, record.exchange), None))
            self.chain = []
        elif purpose is Purpose.ROBOTS:
            self.chain = []
        return None

    def _complete(self, file: Path, record: Record, *, is_medium: bool) -> Attempt | None:
        if record.kind == "response":
            self.places.keep(record.record_id, file, record.offset)
        found = _attempt(file, record, (*self.chain, *_whole(record, self.places)), self.sites)
        further, self.chain, self.further = tuple(self.further), [], []
        return replace(found, further=further, is_medium=is_medium) if found else None


def capture_of(exchanges: tuple[Exchange, ...], seconds: float | None) -> Capture:
    """Return the capture that exchanges led to."""
    last = exchanges[-1]
    return Capture(
        url=exchanges[0].url,
        final_url=last.url,
        fetched=last.at,
        status=last.status,
        headers=last.headers,
        body=decoded(last) if last.body else b"",
        exchanges=exchanges,
        seconds=seconds,
    )


def imported_file(warc: str, record: Record) -> ImportedFile | None:
    """Return the file that a resource record holds, None for one that is of no import. EvidenceError for one that does not tell its site."""
    name = record.get(NAME)
    if name is None:
        return None
    try:
        site = site_from_json(json.loads(record.get(DEFINITION) or ""))
    except (KeyError, TypeError, ValueError) as error:
        raise EvidenceError(
            f"{warc}: the imported file at {record.offset} does not tell its site: {error!r}"
        ) from error
    url = unquote(link) if (link := record.get(LINK)) else record.url
    reading = read_file(record.content, site, record.url)
    return ImportedFile(
        site=site,
        link=Link(
            url=url,
            fetch_url=record.url,
            role=Role.OTHER,
            title=reading.article.title if reading.article else None,
        ),
        file=MirrorFile(name=unquote(name), data=record.content),
        at=record.at,
        evidence=Evidence(warc=warc, offset=record.offset, record_id=record.record_id, payload_digest=record.digest),
    )


def _whole(record: Record, places: Places) -> tuple[Exchange, ...]:
    """Return the exchange of a record; of a revisit with the body it refers to."""
    if record.exchange is None:
        return ()
    if record.kind != "revisit" or record.exchange.status == HTTPStatus.NOT_MODIFIED:
        return (record.exchange,)
    file, offset = places.find(record.refers_to or "", record)
    return (replace(record.exchange, body=response_at(file, offset).body),)


def _attempt(file: Path, record: Record, exchanges: tuple[Exchange, ...], sites: tuple[Site, ...]) -> Attempt | None:
    first_url = exchanges[0].url if exchanges else record.url
    told = read_visit_fields(record.fields, first_url=first_url, at=record.at) or guess(record, first_url, sites)
    if told is None:
        return None
    group, visit_fields = told
    if record.kind == "metadata":
        visit_fields = replace(visit_fields, detail=lines_of(record.content).get("detail"))
    return Attempt(
        visit_fields=visit_fields,
        group=group,
        evidence=Evidence(
            warc=f"{EVIDENCE}/{file.name}",
            offset=record.offset,
            record_id=record.record_id,
            payload_digest=record.digest,
        ),
        exchanges=exchanges,
        refers_to=record.refers_to,
    )
