"""What follows the row of an ended run: alarms, report, metrics, a word to people. None of it fails the run, none of it fails silently."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from crawler.catalog import group
from crawler.catalog.queries import statistics
from crawler.catalog.tables import issues
from crawler.catalog.tables.issues import WHOLE_ARCHIVE, Alarm, Issue
from crawler.monitoring.disk import free_bytes
from crawler.monitoring.judgement import Judgement
from crawler.monitoring.notice import due, notice, tell
from crawler.monitoring.policy import Policy

logger = logging.getLogger(__name__)


def conclude(db: Database, root: Path, run: str, judgement: Judgement, *, policy: Policy, now: datetime) -> None:
    """Let the alarms a run saw stand, tell of them, write its report and the metrics; what fails is an issue of the run."""
    steps: dict[str, Callable[[], None]] = {
        "alarms": lambda: _raise(db, run, judgement, policy=policy, now=now),
        "report": lambda: _report(db, root, run, now),
        "metrics": lambda: _metrics(db, root, policy),
    }
    for name, step in steps.items():
        try:
            step()
        except Exception as error:
            logger.exception("%s: the %s of the run %s cannot be written", root, name, run)
            _note(db, run, name, error, now)


def cry(run: str, message: str, *, policy: Policy) -> None:
    """Tell people at once, where the catalog cannot keep an alarm."""
    if policy.alarm_urls:
        tell(policy.alarm_urls, *notice(run, [Alarm(site=WHOLE_ARCHIVE, code="storage_failed", message=message)], []))


def _raise(db: Database, run: str, judgement: Judgement, *, policy: Policy, now: datetime) -> None:
    with group(db):
        over = issues.replace_alarms(db, judgement.wrong, judgement.judged, now=now)
    raised, over = due(issues.alarms(db), now), [alarm for alarm in over if alarm.told]
    if policy.alarm_urls and (raised or over) and tell(policy.alarm_urls, *notice(run, raised, over)):
        with group(db):
            issues.mark_told(db, raised, now=now)


def _report(db: Database, root: Path, run: str, now: datetime) -> None:
    from crawler.monitoring.report import report_of, save

    row = statistics.run_row(db, run)
    if row is not None:
        save(root, report_of(db, [row], name=run, now=now, free=free_bytes(root)))


def _metrics(db: Database, root: Path, policy: Policy) -> None:
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
