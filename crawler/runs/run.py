"""One life for every run, whether it crawls, imports or is made again from its evidence.

open      lock, recovery, catalog, evidence (these four where it is live), its row, its sites, their seeds
…         visits and media are stored in its archive
learn     media that are there are linked to, the quarantine of each site is settled, its boilerplate learnt
conclude  what it came to: counts, expectations, exit code
close     its row; alarms, report, metrics, a word to people; catalog and lock let go of
"""

import logging
import signal
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

from filelock import FileLock
from sqlite_utils import Database

from crawler.archive import sweep
from crawler.archive.layout import CATALOG
from crawler.archive.staging import complete_install
from crawler.catalog import close_catalog, group, open_catalog, open_reader
from crawler.catalog.tables import hosts, links, runs
from crawler.catalog.tables import sites as site_rows
from crawler.clock import Clock
from crawler.errors import EvidenceError
from crawler.ingest import Archive, link_site, reopen_media
from crawler.ingest.results import Keeper
from crawler.items import Boilerplate, Site
from crawler.monitoring import disk
from crawler.monitoring.exit_code import MEANINGS, ExitCode
from crawler.monitoring.notice import tell_failure
from crawler.pages.discovery import seed_links
from crawler.policies.backoff import LONGEST_ASKED
from crawler.policies.revisit import longest_wait
from crawler.runs.conclusion import Conclusion, conclude, publish, record_closed
from crawler.runs.coverage import settle_coverage
from crawler.runs.frontier import ClosedHost
from crawler.runs.info import UNWATCHED, RunInfo, RunPolicy, fields_of, name_run
from crawler.runs.learning import learn_sites
from crawler.runs.lock import lock
from crawler.runs.quarantine import settle_sites
from crawler.takedown.withheld import reinstate
from crawler.urls import former_origins
from crawler.warc import WarcWriter, evidence_runs, recover

logger = logging.getLogger(__name__)

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Run:
    """What is written to, from `open` until `close`. Does not fetch and does not decide what a page comes to."""

    def __init__(
        self, root: Path, db: Database, warc: Keeper, info: RunInfo, *, clock: Clock, policy: RunPolicy = UNWATCHED
    ) -> None:
        """Write its row, its sites and their seeds, and make due what it asks for; a run before it that never ended was interrupted."""
        self.root, self.db, self.info, self.clock, self.policy = root, db, info, clock, policy
        self.id, self.sites = info.run, info.sites
        self.reader = db  # a live run has one that no write disturbs
        self.resources = (
            ExitStack()
        )  # of a live run; what breaks it off inside leaves its row open, for the next run to close
        self.shortage = disk.shortage(root, policy.min_free)  # a sentence, once the disk is too full
        self.storage_failed = self.shortage is not None
        self.stopped = False  # told to, before it was done
        self.quarantined: Mapping[str, str] = {}  # site -> what changed in its layout; known when it is learnt from
        self.closed_hosts: Mapping[str, Sequence[ClosedHost]] = {}  # site -> why links of it were left due
        self._lock: FileLock | None = None
        self._warc: WarcWriter | None = None
        self._register()
        self.archive = Archive(
            root=root,
            db=db,
            warc=warc,
            run=info.run,
            boilerplate=_learnt(db, info.sites),
            media=info.media,
            since=info.since,
        )
        for site in info.sites:
            reopen_media(self.archive, site, now=info.started)

    @classmethod
    def open(
        cls,
        root: Path,
        sites: Sequence[Site],
        *,
        arguments: Mapping[str, str],
        clock: Clock,
        policy: RunPolicy = UNWATCHED,
    ) -> Self:
        """Return a live run, alone with the archive, after cleaning up after dead ones. Raises RunLockedError and CatalogError.

        Where the disk is too full to crawl, `storage_failed` is set from the beginning: fetch nothing, `close`.
        """
        started = clock()
        info = RunInfo(
            run=name_run(started), started=started, arguments=dict(arguments), sites=tuple(sites), media=policy.media
        )
        with ExitStack() as resources:
            held = lock(root)
            resources.callback(held.release)
            if complete_install(root):
                logger.warning("%s: a rebuild died when all was made: it has been put in place", root)
            db = open_catalog(root / CATALOG)
            resources.callback(close_catalog, db)
            _recover(root, db)
            reinstate(root, db)
            warc = WarcWriter(root, info.run, fields_of(info, _learnt(db, info.sites), policy.user_agent))
            run = cls(root, db, warc, info, clock=clock, policy=policy)
            run.reader = resources.enter_context(closing(open_reader(root / CATALOG)))
            resources.callback(run._close_evidence)
            run._lock, run._warc, run.resources = held, warc, resources.pop_all()
        return run

    def learn(self, now: datetime, *, is_whole: bool = True) -> None:
        """Lead documents to media that are there; where the run is not cut short, settle the quarantine of its sites and learn from them."""
        for site in self.sites:
            link_site(self.archive, site)
        if is_whole:
            self.quarantined = settle_sites(self.archive, self.sites, now=now)
            learn_sites(self.archive, self.sites, now=now, processes=self.policy.processes)

    def cover(self, now: datetime, *, is_whole: bool) -> None:
        """Settle what the lists of its sites come to."""
        settle_coverage(self.db, self.info, is_whole=is_whole, now=now)

    def record_end(self, now: datetime, code: int, *, is_whole: bool) -> None:
        """Complete the row of the run, with an issue for each host that was closed to it."""
        close = runs.finish if is_whole else runs.cut_short
        with group(self.db):
            record_closed(self.db, self.id, self.closed_hosts, now=now)
            close(self.db, self.id, finished=now, exit_code=code)

    def close(self) -> Conclusion:
        """Say in the evidence that it ends here, learn from it, conclude, and let go of everything; return what it came to.

        On a full disk the row may stay open: the next run closes it, as that of a dead run.
        """
        ended = self.clock()
        if self.sites:
            self._say(ended, {"learns": "no" if self.storage_failed or self.stopped else "yes"})
        conclusion = Conclusion(code=ExitCode.STORAGE_FAILED)
        try:
            self._learn_whole(ended)
            now = self.clock()
            self.cover(now, is_whole=self._cut_short is None)
            conclusion = conclude(
                self.db, self.info, self.closed_hosts, cut_short=self._cut_short, why=self.shortage, now=now
            )
            code, is_whole = conclusion.code, self._cut_short is None
            self.record_end(now, code, is_whole=is_whole)
            self._say(now, {"state": "finished" if is_whole else "interrupted", "exit-code": str(int(code))})
            if self.policy.is_reported:
                publish(self.db, self.root, self.id, conclusion.assessment, policy=self.policy, now=now)
        except sqlite3.Error:
            logger.exception("%s: the row of the run %s cannot be written", self.root / CATALOG, self.id)
            conclusion = replace(conclusion, code=ExitCode.STORAGE_FAILED)
            tell_failure(self.policy.alarm_urls, self.id, f"{self.root}: {MEANINGS[conclusion.code]}")
        finally:
            self.resources.close()
        return conclusion

    @property
    def _cut_short(self) -> ExitCode | None:
        """Why the run did not do all it should: then it is not learnt from, the next run of its sites is."""
        return ExitCode.STORAGE_FAILED if self.storage_failed else ExitCode.STOPPED if self.stopped else None

    def _learn_whole(self, now: datetime) -> None:
        if self.storage_failed:
            return
        try:
            with interruptible():
                self.learn(now, is_whole=not self.stopped)
        except KeyboardInterrupt:
            self.stopped = True

    def _register(self) -> None:
        db, info = self.db, self.info
        with group(db):
            for dead in runs.unfinished(db):
                runs.mark_interrupted(db, dead, now=info.started)
            hosts.shorten(db, after=info.started + LONGEST_ASKED)
            runs.start(db, info.run, started=info.started, arguments=info.arguments)
            site_rows.settle_institutions(db)  # the register may know more than that of the release before
            for site in info.sites:
                site_rows.save(db, site, now=info.started)
                for old, new in former_origins(site):  # the links of hosts that a site left go with it
                    links.move(db, site.key, old=old, new=new)
                links.add(db, site.key, seed_links(site), found=info.started, found_on=None)
                links.bring_back(db, site.key, after=info.started + longest_wait(site.revisit), now=info.started)
                if info.asks_whole:
                    reopen = links.reopen_lists if info.since else links.reopen_site
                    reopen(db, site.key, now=info.started)

    def _say(self, at: datetime, said: Mapping[str, str]) -> None:
        """Say in the evidence how the run ends, if it has any, or if a person's word is all it brought."""
        if self._warc is None or not (self._warc.path or "accept" in self.info.arguments):
            return
        try:
            self._warc.conclude(at, said)
            self._warc.flush()
        except (OSError, EvidenceError):
            logger.exception("%s: the evidence of the run %s cannot be written", self.root, self.id)
            self.storage_failed = True

    def _close_evidence(self) -> None:
        assert self._warc is not None, "a live run has evidence of its own"
        try:
            self._warc.close()
        except (OSError, EvidenceError):
            logger.exception("%s: the evidence of the run %s cannot be closed", self.root, self.id)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt in the block where SIGTERM or Ctrl-C comes: Scrapy's handlers talk to an event loop that has ended.

    For the main thread, in which Python handles signals; what is done in the block must bear to be broken off anywhere.
    """
    before = {number: signal.signal(number, signal.default_int_handler) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _learnt(db: Database, sites: Sequence[Site]) -> dict[str, Boilerplate]:
    known = site_rows.boilerplate(db)
    return {site.key: known[site.key] for site in sites if site.key in known}


def _recover(root: Path, db: Database) -> None:
    """Clean up what runs left that died or could not write: temporary files, a torn end of their evidence."""
    sweep(root)
    strange = evidence_runs(root) - runs.names(db)  # of an archive that was copied while it was written, say
    for run, told in [
        *((run, "is not in the catalog") for run in sorted(strange)),
        *((run, "died") for run in runs.unfinished(db)),
        *((run, "could not write all of it") for run in runs.last(db)),  # its row may be closed all the same
    ]:
        for cut in recover(root, run):
            logger.warning("the run %s %s: %s", run, told, cut)
