"""Metrics for Prometheus: a text file as node_exporter's textfile collector reads it, replaced whole at the end of every run."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, write_to_textfile
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlite_utils import Database

from crawler.catalog.queries import agreement, coverage, statistics
from crawler.catalog.queries.statistics import RunRow
from crawler.catalog.tables import issues
from crawler.catalog.tables.issues import Issue
from crawler.monitoring.alarms import GOOD
from crawler.monitoring.exit_code import ExitCode

PREFIX = "campus_archive"
SUCCESSES = (ExitCode.WELL, ExitCode.ATTENTION)  # exit codes of runs that fetched all they should


def write_metrics(path: Path, db: Database, *, free: int) -> None:
    """Write the metrics of the archive and its last run. OSError if that cannot be; the old file then stays."""
    registry = CollectorRegistry()
    registry.register(CatalogCollector(db, free))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), registry)


class CatalogCollector(Collector):
    """Reads the catalog when it is collected; knows nothing between two files, so that a restart loses no count."""

    def __init__(self, db: Database, free: int) -> None:
        self._db, self._free = db, free

    def collect(self) -> Iterator[Metric]:
        yield _gauge("disk_free_bytes", "Free on the disk of the archive.", self._free)
        ended = [run for run in statistics.run_rows(self._db) if run.finished is not None]
        yield from _of_runs(ended)
        yield from _of_sites(ended)
        yield from self._of_archive()
        if ended:
            yield from self._of_last_run(ended[-1])

    def _of_archive(self) -> Iterator[Metric]:
        held = GaugeMetricFamily(f"{PREFIX}_documents", "Documents in the archive.", labels=["site", "status"])
        for site, statuses in statistics.documents(self._db).items():
            for status, number in statuses.items():
                held.add_metric([site, status], number)
        yield held
        waiting = GaugeMetricFamily(f"{PREFIX}_links_waiting", "Links found and never fetched.", labels=["site"])
        for site, number in statistics.waiting(self._db).items():
            waiting.add_metric([site], number)
        yield waiting
        media = GaugeMetricFamily(
            f"{PREFIX}_media", "Addresses of media; waiting: never tried.", labels=["site", "outcome"]
        )
        for site, outcomes in statistics.media(self._db).items():
            for outcome, number in outcomes.items():
                media.add_metric([site, outcome], number)
        yield media
        yield from _of_lists(self._db)
        yield _of_agreement(self._db)
        raised = GaugeMetricFamily(f"{PREFIX}_alarm", "1 for every alarm that stands.", labels=["site", "code"])
        for alarm in issues.alarms(self._db):
            raised.add_metric([alarm.site, alarm.code], 1)
        yield raised

    def _of_last_run(self, run: RunRow) -> Iterator[Metric]:
        yield _gauge("last_run_started_timestamp_seconds", "When the last run began.", run.started.timestamp())
        if run.finished is not None:
            lasted = (run.finished - run.started).total_seconds()
            yield _gauge("last_run_finished_timestamp_seconds", "When the last run ended.", run.finished.timestamp())
            yield _gauge("last_run_duration_seconds", "How long the last run took.", lasted)
        if run.exit_code is not None:
            yield _gauge("last_run_exit_code", "What the last run answered.", run.exit_code)
        visits = GaugeMetricFamily(f"{PREFIX}_last_run_visits", "Visits of the last run.", labels=["site", "outcome"])
        for site, outcomes in run.counts.items():
            for outcome, number in outcomes.items():
                visits.add_metric([site, outcome], number)
        yield visits
        times = GaugeMetricFamily(
            f"{PREFIX}_last_run_response_seconds", "Response times in the last run.", labels=["site", "quantile"]
        )
        for site, taken in statistics.seconds(self._db, [run.run]).items():
            for quantile in (0.5, 0.95):
                times.add_metric([site, str(quantile)], taken[int((len(taken) - 1) * quantile)])
        yield times
        issues = GaugeMetricFamily(f"{PREFIX}_last_run_issues", "Issues of the last run.", labels=["level", "code"])
        for (level, code), number in _kinds(statistics.issue_rows(self._db, [run.run])).items():
            issues.add_metric([level, code], number)
        yield issues


def _of_lists(db: Database) -> Iterator[Metric]:
    """Yield what the lists of each site come to."""
    lists = GaugeMetricFamily(
        f"{PREFIX}_lists", "Lists; short: of which something is missing.", labels=["site", "state"]
    )
    missing = GaugeMetricFamily(
        f"{PREFIX}_articles_missing",
        "Articles that lists have and the archive has not, as far as known.",
        labels=["site"],
    )
    for site, rows in coverage.coverage(db).items():
        found = coverage.sums(rows)
        lists.add_metric([site, "whole"], found["lists"] - found["short"])
        lists.add_metric([site, "short"], found["short"])
        missing.add_metric([site], found["missing"])
    yield lists
    yield missing


def _of_agreement(db: Database) -> Metric:
    """Return how many articles read as the lists of their site say."""
    told = GaugeMetricFamily(
        f"{PREFIX}_articles_agreeing",
        "Articles of which a list told a title or a day, by whether the page says the same.",
        labels=["site", "field", "agrees"],
    )
    for site, found in agreement.shares(db).items():
        for field, all_, same in (
            ("title", found.titles, found.titles_agree),
            ("day", found.days, found.days_agree),
        ):
            told.add_metric([site, field, "yes"], same)
            told.add_metric([site, field, "no"], all_ - same)
    return told


def _of_runs(ended: list[RunRow]) -> Iterator[Metric]:
    runs = CounterMetricFamily(
        f"{PREFIX}_runs", "Ended runs by exit code; none of a run that was killed.", labels=["exit_code"]
    )
    for code in sorted({str(run.exit_code) for run in ended if run.exit_code is not None}):
        runs.add_metric([code], sum(str(run.exit_code) == code for run in ended))
    killed = sum(run.exit_code is None for run in ended)
    runs.add_metric(["none"], killed)
    yield runs
    if well := [run.finished for run in ended if run.exit_code in SUCCESSES and run.finished]:
        yield _gauge("last_success_timestamp_seconds", "When a run last ended with code 0 or 7.", well[-1].timestamp())


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}_{name}", told, value=value)


def _of_sites(ended: list[RunRow]) -> Iterator[Metric]:
    """Yield the visits of all time, and when each site last gave a usable page."""
    sums: dict[tuple[str, str], int] = {}
    good: dict[str, float] = {}
    for run in ended:
        for site, outcomes in run.counts.items():
            for outcome, number in outcomes.items():
                sums[site, outcome] = sums.get((site, outcome), 0) + number
            if run.finished is not None and any(outcomes.get(outcome) for outcome in GOOD):
                good[site] = run.finished.timestamp()
    visits = CounterMetricFamily(f"{PREFIX}_visits", "Visits of all ended runs.", labels=["site", "outcome"])
    for key, number in sums.items():
        visits.add_metric(key, number)
    yield visits
    last = GaugeMetricFamily(
        f"{PREFIX}_site_last_success_timestamp_seconds",
        "End of the last run in which the site gave a usable page.",
        labels=["site"],
    )
    for site, at in good.items():
        last.add_metric([site], at)
    yield last


def _kinds(issues: list[Issue]) -> Mapping[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for issue in issues:
        found[issue.level, issue.code] = found.get((issue.level, issue.code), 0) + 1
    return found
