"""One run: the lock, the clean-up after dead runs, the catalog and evidence it writes, its row and its exit code."""

import json
import logging
import secrets
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlite_utils import Database

from crawler import __version__
from crawler.archive import sweep
from crawler.archive.layout import CATALOG
from crawler.archive.staging import complete_install
from crawler.catalog import close_catalog, group, open_catalog, open_reader
from crawler.catalog.tables import documents, links, media, runs, visits
from crawler.catalog.tables import sites as site_rows
from crawler.catalog.tables.issues import Alarm
from crawler.errors import EvidenceError
from crawler.ingest import Archive, link_site, reopen_media
from crawler.items import Boilerplate, MediaRules, Site
from crawler.monitoring import disk, judgement
from crawler.monitoring.exit_code import MEANINGS, ExitCode
from crawler.monitoring.policy import Policy
from crawler.runs.closings import is_only_closed, record_closings
from crawler.runs.ending import conclude, cry
from crawler.runs.frontier import Closing
from crawler.runs.interruption import interruptible
from crawler.runs.learning import learn_sites
from crawler.runs.lock import lock
from crawler.runs.opening import register
from crawler.runs.settling import settle_sites
from crawler.sites.definition import site_as_json
from crawler.takedown.withheld import reinstate
from crawler.warc import WarcWriter, evidence_runs, recover

logger = logging.getLogger(__name__)

CUT_SHORT = (ExitCode.STORAGE_FAILED, ExitCode.STOPPED)


class Run:
    """What a crawl writes to, from the moment it holds the lock until `finish`. Does not fetch and does not decide."""

    def __init__(
        self,
        root: Path,
        sites: Sequence[Site],
        *,
        arguments: Mapping[str, str],
        user_agent: str,
        clock: Callable[[], datetime],
        policy: Policy | None = None,
        media_rules: MediaRules | None = None,
    ) -> None:
        """Take the lock, clean up after dead runs, open everything. Raises RunLockedError and CatalogError.

        Where the disk is too full to crawl, `storage_failed` is set from the beginning: fetch nothing, `finish`.
        """
        self.root, self.sites, self.clock, self.policy = root, tuple(sites), clock, policy or Policy()
        self.arguments = dict(arguments)
        self.started = clock()
        self.id = f"{self.started.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        self.shortage = disk.shortage(root, self.policy.min_free)  # a sentence, once the disk is too full
        self.storage_failed = self.shortage is not None
        self.asks_whole = False  # no page is asked for conditionally
        self.drifting: Mapping[str, str] = {}  # site -> what changed in its layout; known when the run is over
        self.closed: Mapping[str, Sequence[Closing]] = {}  # site -> why links of it were left due
        self.media: Mapping[str, int] = {}  # outcome -> addresses of media tried; known when the run is over
        self.stopped = False  # told to, before it was done
        self._lock = lock(root)
        try:
            if complete_install(root):
                logger.warning("%s: a rebuild died when all was made: it has been put in place", root)
            self.db = open_catalog(root / CATALOG)
            self._recover()
            reinstate(root, self.db)
            register(self.db, self.id, self.sites, started=self.started, arguments=arguments)
            self.reader: Database = open_reader(root / CATALOG)
            known = site_rows.boilerplate(self.db)
            learnt = {site.key: known[site.key] for site in sites if site.key in known}
            rules = media_rules or MediaRules()
            self.warc = WarcWriter(root, self.id, self._info(user_agent, learnt, rules))
            self.archive = Archive(root=root, db=self.db, warc=self.warc, run=self.id, boilerplate=learnt, media=rules)
            for site in sites:
                reopen_media(self.archive, site, now=self.started)
        except BaseException:
            self._lock.release()
            raise

    def _info(self, user_agent: str, learnt: Mapping[str, Boilerplate], rules: MediaRules) -> dict[str, str]:
        """Return what the evidence says of the run: all that a rebuild needs to read its pages as it did."""
        return {
            "software": f"campus-archive/{__version__}",
            "http-header-user-agent": user_agent,
            "sites": _as_json([site_as_json(site) for site in self.sites]),
            "boilerplate": _as_json({key: list(found.lines) for key, found in learnt.items()}),
            "started": self.started.astimezone(UTC).isoformat(),
            "arguments": _as_json(self.arguments),
            "media": _as_json({**asdict(rules), "kinds": sorted(rules.kinds)}),
        }

    def reopen_all(self) -> None:
        """Make every known link of the sites due: `-a full=1`."""
        self.asks_whole = True
        with group(self.db):
            for site in self.sites:
                links.reopen_site(self.db, site.key, now=self.clock())

    def backfill(self, since: date) -> None:
        """Make every known list of the sites due, and walk them down to a day: `-a since=`."""
        self.asks_whole = True
        self.archive = replace(self.archive, since=since)
        with group(self.db):
            for site in self.sites:
                links.reopen_lists(self.db, site.key, now=self.clock())

    def finish(self) -> tuple[ExitCode, Mapping[str, Mapping[str, int]]]:
        """Say in the evidence that it ends here, learn from it, judge the run, write its row and report, let go of the lock; return the exit code and
        site -> outcome -> count.

        On a full disk the row may stay open: the next run closes it, as that of a dead run.
        """
        counts: Mapping[str, Mapping[str, int]] = {}
        code = ExitCode.STORAGE_FAILED
        ended = self.clock()
        self._conclude(ended, {"learns": "no" if self.storage_failed or self.stopped else "yes"})
        try:
            self._link_media()
            self._learn(ended)
            counts = runs.counts(self.db, self.id)
            now = self.clock()
            failed = self._failed(counts)
            judged = judgement.judge(
                self.db, self.id, [site.key for site in self.sites], counts, failed=failed, now=now
            )
            code = self._exit_code(counts, judged.wrong)
            close = runs.cut_short if code in CUT_SHORT else runs.finish
            with group(self.db):
                record_closings(self.db, self.id, self.closed, now=now)
                close(self.db, self.id, finished=now, exit_code=code)
            state = "interrupted" if code in CUT_SHORT else "finished"
            self._conclude(now, {"state": state, "exit-code": str(int(code))})
            judged = judgement.with_code(judged, code, self.shortage)
            self.media = media.counts(self.db, self.id)
            conclude(self.db, self.root, self.id, judged, policy=self.policy, now=now)
        except sqlite3.Error:
            logger.exception("%s: the row of the run %s cannot be written", self.root / CATALOG, self.id)
            code = ExitCode.STORAGE_FAILED
            cry(self.id, f"{self.root}: {MEANINGS[code]}", policy=self.policy)
        finally:
            self._close_evidence()
            self.reader.close()
            close_catalog(self.db)
            self._lock.release()
        return code, counts

    def _link_media(self) -> None:
        """Lead documents to media that are there, and that they do not link to since others of theirs are still missing."""
        if not self.storage_failed:
            for site in self.sites:
                link_site(self.archive, site)

    def _conclude(self, at: datetime, said: Mapping[str, str]) -> None:
        """Say in the evidence how the run ends, if it has any, or if a person's word is all it brought."""
        if not self.warc.path and "accept" not in self.arguments:
            return
        try:
            self.warc.conclude(at, said)
            self.warc.flush()
        except (OSError, EvidenceError):
            logger.exception("%s: the evidence of the run %s cannot be written", self.root, self.id)
            self.storage_failed = True

    def _close_evidence(self) -> None:
        try:
            self.warc.close()
        except (OSError, EvidenceError):
            logger.exception("%s: the evidence of the run %s cannot be closed", self.root, self.id)

    def _learn(self, now: datetime) -> None:
        """Learn what the run teaches, unless it is cut short: then the next run of these sites does."""
        if self.storage_failed or self.stopped:
            return
        try:
            with interruptible():
                self.drifting = settle_sites(self.archive, self.sites, now=now)
                learn_sites(self.archive, self.sites, now=now)
        except KeyboardInterrupt:
            self.stopped = True

    def _recover(self) -> None:
        """Clean up what dead runs left: temporary files, a torn end of their evidence, rows that say they still run."""
        sweep(self.root)
        known = runs.names(self.db)
        for strange in sorted(
            evidence_runs(self.root) - known
        ):  # of an archive that was copied while it was written, say
            for cut in recover(self.root, strange):
                logger.warning("the run %s is not in the catalog: %s", strange, cut)
        for dead in runs.unfinished(self.db):
            for cut in recover(self.root, dead):
                logger.warning("the run %s died: %s", dead, cut)
            with group(self.db):
                runs.mark_interrupted(self.db, dead, now=self.started)

    def _failed(self, counts: Mapping[str, Mapping[str, int]]) -> list[str]:
        """Return the sites that gave no usable page, though one was asked for that a site which works must answer."""
        asked = {*visits.asked_sites(self.db, self.id), *self.closed}  # of the others only some lost pages were due
        return [
            site.key
            for site in self.sites
            if (site.key in counts or site.key in self.closed)
            and not is_only_closed(self.closed.get(site.key, ()), counts.get(site.key))
            and not any(counts.get(site.key, {}).get(outcome) for outcome in judgement.GOOD)
            and (site.key in asked or not documents.count(self.db, site.key))
        ]

    def _exit_code(self, counts: Mapping[str, Mapping[str, int]], wrong: Sequence[Alarm]) -> ExitCode:
        if self.storage_failed:
            return ExitCode.STORAGE_FAILED
        if self.stopped:
            return ExitCode.STOPPED
        are_closed = all(is_only_closed(self.closed.get(site.key, ()), counts.get(site.key)) for site in self.sites)
        if not are_closed and not any(documents.count(self.db, site.key) for site in self.sites):
            return ExitCode.NOTHING_ARCHIVED
        if any(alarm.code == judgement.UNUSABLE for alarm in wrong):
            return ExitCode.SOME_SITES_FAILED
        return ExitCode.ATTENTION if wrong else ExitCode.WELL


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
