"""What a run came to: its counts, its exit code, the alarms it raises; and what follows its row, none of which fails it or fails silently."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from crawler.catalog import group
from crawler.catalog.queries import statistics
from crawler.catalog.tables import documents, issues, links, media, runs, visits
from crawler.catalog.tables.issues import Issue
from crawler.items import Reason
from crawler.monitoring.alarms import GOOD, UNUSABLE, Assessment, assess, raise_alarms, with_code
from crawler.monitoring.disk import free_bytes
from crawler.monitoring.exit_code import ExitCode
from crawler.monitoring.searches import tell_matches
from crawler.runs.frontier import ClosedHost
from crawler.runs.info import RunInfo, RunPolicy

Counts = Mapping[str, Mapping[str, int]]  # site -> outcome -> visits
Closed = Mapping[str, Sequence[ClosedHost]]  # site -> why links of it were left due

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What a run came to."""

    code: ExitCode
    counts: Counts = field(default_factory=dict)
    media: Mapping[str, int] = field(default_factory=dict)  # outcome -> addresses of media tried
    assessment: Assessment = field(default_factory=Assessment)


def conclude(
    db: Database, info: RunInfo, closed: Closed, *, cut_short: ExitCode | None, why: str | None, now: datetime
) -> Conclusion:
    """Return what a run came to; a missed expectation becomes an issue. `why` is a sentence for one that was `cut_short`."""
    counts = runs.counts(db, info.run)
    failed = _failed(db, info, counts, closed)
    assessment = assess(db, info.run, [site.key for site in info.sites], counts, failed=failed, now=now)
    code = cut_short or _exit_code(db, info, counts, closed, assessment)
    return Conclusion(
        code=code, counts=counts, media=media.counts(db, info.run), assessment=with_code(assessment, code, why)
    )


def record_closed(db: Database, run: str, closed: Closed, *, now: datetime) -> None:
    """Write an issue for every closed host of which links are left due: a warning, or for the hours of a site an info."""
    for site, hosts in closed.items():
        left = links.count_due(db, site, now=now, run=run)
        for host in hosts if left else ():
            level = "info" if host.reason is Reason.HOST_CLOSED else "warning"
            message = f"{host.why}; not before {host.until:%Y-%m-%d %H:%M} UTC; links of the site left due: {left}"
            issues.add(db, Issue(run=run, site=site, level=level, code="host_closed", message=message, at=now))


def publish(db: Database, root: Path, run: str, assessment: Assessment, *, policy: RunPolicy, now: datetime) -> None:
    """Let the alarms of a run stand, tell of them, write its report and the metrics; what fails is an issue of the run."""
    steps: dict[str, Callable[[], None]] = {
        "alarms": lambda: raise_alarms(db, root, run, assessment, policy.alarm_urls, now=now),
        "searches": lambda: tell_matches(db, policy.searches, run, policy.alarm_urls),
        "report": lambda: _report(db, root, run, now),
        "metrics": lambda: _metrics(db, root, policy),
    }
    for name, step in steps.items():
        try:
            step()
        except Exception as error:
            logger.exception("%s: the %s of the run %s cannot be written", root, name, run)
            _note(db, run, name, error, now)


def _failed(db: Database, info: RunInfo, counts: Counts, closed: Closed) -> list[str]:
    """Return the sites that gave no usable page, though one was asked for that a site which works must answer."""
    asked = {*visits.asked_sites(db, info.run), *closed}  # of the others only some lost pages were due
    return [
        site.key
        for site in info.sites
        if (site.key in counts or site.key in closed)
        and not _is_only_closed(site.key, counts, closed)
        and not any(counts.get(site.key, {}).get(outcome) for outcome in GOOD)
        and (site.key in asked or not documents.count(db, site.key))
    ]


def _exit_code(db: Database, info: RunInfo, counts: Counts, closed: Closed, assessment: Assessment) -> ExitCode:
    are_closed = all(_is_only_closed(site.key, counts, closed) for site in info.sites)
    if not are_closed and not any(documents.count(db, site.key) for site in info.sites):
        return ExitCode.NOTHING_ARCHIVED
    if any(alarm.code == UNUSABLE for alarm in assessment.raised):
        return ExitCode.SOME_SITES_FAILED
    return ExitCode.ATTENTION if assessment.raised else ExitCode.WELL


def _is_only_closed(site: str, counts: Counts, closed: Closed) -> bool:
    """Return whether a site was not asked for anything because these are not its hours: no failure of the site."""
    hosts = closed.get(site, ())
    return not counts.get(site) and bool(hosts) and all(host.reason is Reason.HOST_CLOSED for host in hosts)


def _report(db: Database, root: Path, run: str, now: datetime) -> None:
    from crawler.monitoring.page import save  # what draws is loaded when a run is over
    from crawler.monitoring.report import report_of

    row = statistics.run_row(db, run)
    if row is not None:
        save(root, report_of(db, [row], name=run, now=now, free=free_bytes(root)))


def _metrics(db: Database, root: Path, policy: RunPolicy) -> None:
    if policy.metrics is not None:
        from crawler.monitoring.metrics import write_metrics

        write_metrics(root / policy.metrics, db, free=free_bytes(root))


def _note(db: Database, run: str, name: str, error: Exception, now: datetime) -> None:
    try:
        with group(db):
            message = f"the {name} cannot be written: {error}"
            issues.add(db, Issue(run=run, level="error", code=name, message=message, at=now))
    except Exception:
        logger.exception("the issue of the run %s cannot be written either", run)
