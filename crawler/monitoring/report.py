"""The report: what one run, or the runs of some days, brought; as values, and as JSON.

Made from the catalog alone, so that it can be made anew at any time. Says nothing the catalog does not hold.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from crawler.catalog.queries import agreement, coverage, statistics
from crawler.catalog.queries.agreement import Agreement
from crawler.catalog.queries.statistics import NewArticle, RunRow
from crawler.catalog.tables import issues as issue_rows
from crawler.catalog.tables.coverage import ListCoverage
from crawler.catalog.tables.issues import Alarm, Issue
from crawler.controls import visible
from crawler.monitoring.alarms import expected_of

FORMAT = 1  # of the JSON; a key that goes or changes its meaning raises it
DAYS_SHOWN = 30  # before the end of a report: one run alone shows no trend
MOST_ISSUES = 200  # the worst and newest; all of them are in the catalog
MOST_ENTRIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Response times, in seconds."""

    visits: int
    median: float
    p95: float
    longest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """What the runs brought of one site, and how it stands."""

    key: str
    name: str
    outcomes: Mapping[str, int]  # of visits
    reasons: Mapping[str, int]  # "refused, robots" -> visits
    written: int  # documents that were new or changed …
    missing: Mapping[str, int]  # … and field -> how many of them lack it
    times: Times | None
    days: Mapping[date, int]  # articles that appeared on each of the days shown
    documents: Mapping[str, int]  # status -> documents in the archive, now
    waiting: int  # links found and never fetched, now
    media: Mapping[str, int]  # outcome, or waiting -> addresses of media, now
    agreement: Agreement  # of its articles with what its lists said, now
    expected: Sequence[str]  # what is expected of it, now
    alarms: Sequence[str]  # codes of its alarms, now
    coverage: Sequence[ListCoverage]  # what its lists come to, now; those that fall short first


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run, or the runs of some days."""

    name: str  # the run, or "last-30-days": the stem of the files
    made: datetime
    since: date  # first …
    until: date  # … and last day shown
    runs: Sequence[RunRow]
    outcomes: Mapping[str, int]
    sites: Sequence[SiteReport]
    missing: Mapping[
        str, tuple[int, Mapping[str, int]]
    ]  # run -> documents written, field -> how many lack it; DAYS_SHOWN back
    issues: Sequence[Issue]  # MOST_ISSUES of …
    issue_counts: Mapping[str, int]  # … level, code -> how many
    alarms: Sequence[Alarm]  # that stand now
    new: Sequence[NewArticle]  # MOST_ENTRIES of the documents added
    free_bytes: int  # on the disk of the archive, now


def report_of(
    db: Database, runs: Sequence[RunRow], *, name: str, now: datetime, free: int, days: int = DAYS_SHOWN
) -> Report:
    """Return the report of these runs, oldest first; `days` is how far back the days shown go."""
    names = [run.run for run in runs]
    until = (runs[-1].finished or now if runs else now).date()
    since = until - timedelta(days=days - 1)
    issues = statistics.issue_rows(db, names)
    counts = _summed(runs)
    before = [
        run.run
        for run in statistics.run_rows(db, since=now - timedelta(days=days))
        if run.run <= max(names, default="")
    ]
    return Report(
        name=name,
        made=now,
        since=since,
        until=until,
        runs=runs,
        outcomes=_totals(counts),
        sites=_sites(db, names, counts, since=since, until=until, now=now),
        missing=statistics.missing_by_run(db, before),
        issues=issues[:MOST_ISSUES],
        issue_counts=_issue_counts(issues),
        alarms=issue_rows.alarms(db),
        new=statistics.new_articles(db, names, MOST_ENTRIES),
        free_bytes=free,
    )


def as_json(report: Report) -> str:
    """Return a report as JSON: the fields of Report, times as ISO 8601."""
    return visible(json.dumps(_plain({"format": FORMAT, **asdict(report)}), ensure_ascii=False, indent=1)) + "\n"


def _sites(
    db: Database,
    runs: Sequence[str],
    counts: Mapping[str, Mapping[str, int]],
    *,
    since: date,
    until: date,
    now: datetime,
) -> list[SiteReport]:
    """Return the sites that were visited, and those of which an alarm stands."""
    names, reasons, missing, times = (
        statistics.site_names(db),
        statistics.reasons(db, runs),
        statistics.missing(db, runs),
        statistics.seconds(db, runs),
    )
    held, waiting, standing = statistics.documents(db), statistics.waiting(db), issue_rows.alarms(db)
    media, lists, agreeing = statistics.media(db), coverage.coverage(db), agreement.shares(db)
    shown = sorted({*counts, *(alarm.site for alarm in standing)} & set(names))
    expected = expected_of(db, shown, today=now.date())
    return [
        SiteReport(
            key=key,
            name=names[key],
            outcomes=counts.get(key, {}),
            reasons=reasons.get(key, {}),
            written=missing.get(key, (0, {}))[0],
            missing=missing.get(key, (0, {}))[1],
            times=_times(times.get(key, ())),
            days=statistics.appeared(db, key, since=since, until=until),
            documents=held.get(key, {}),
            waiting=waiting.get(key, 0),
            media=media.get(key, {}),
            agreement=agreeing.get(key, Agreement()),
            expected=expected[key],
            alarms=[alarm.code for alarm in standing if alarm.site == key],
            coverage=lists.get(key, ()),
        )
        for key in shown
    ]


def _times(seconds: Sequence[float]) -> Times | None:
    """Return what ascending response times come to."""
    if not seconds:
        return None
    last = len(seconds) - 1
    return Times(
        visits=len(seconds),
        median=round(seconds[last // 2], 3),
        p95=round(seconds[last * 95 // 100], 3),
        longest=round(seconds[last], 3),
    )


def _summed(runs: Sequence[RunRow]) -> dict[str, dict[str, int]]:
    """Return site -> outcome -> visits over several runs."""
    found: dict[str, dict[str, int]] = {}
    for run in runs:
        for site, outcomes in run.counts.items():
            _add(found.setdefault(site, {}), outcomes)
    return found


def _totals(counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for outcomes in counts.values():
        _add(found, outcomes)
    return found


def _add(sums: dict[str, int], numbers: Mapping[str, int]) -> None:
    for name, number in numbers.items():
        sums[name] = sums.get(name, 0) + number


def _issue_counts(issues: Sequence[Issue]) -> dict[str, int]:
    found: dict[str, int] = {}
    for issue in issues:
        _add(found, {f"{issue.level}, {issue.code}": 1})
    return found


def _plain(value: object) -> object:
    """Return a value as JSON knows it; keys too."""
    if isinstance(value, Mapping):
        return {key.isoformat() if isinstance(key, date) else key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
