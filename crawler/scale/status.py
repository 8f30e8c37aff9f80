"""How all of it stands, for people, programs and Prometheus."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from rich.filesize import decimal

from crawler.monitoring.exit_code import MEANINGS, ExitCode
from crawler.scale.database.state import FleetState, ShardState, Totals

FORMAT = "campus-archive scale status 1"
PREFIX = "campus_archive_scale"
NOT_STARTED = "none"  # the exit code of what was not started, as a label
HELP = {
    "sites": "Sites that are crawled.",
    "shards": "Shards.",
    "due": "Shards that are due.",
    "oldest_due": "When the shard that is due for longest became so, in Unix time.",
    "set_aside": "Shards that a person has to look at.",
    "waiting": "Tasks in the queue.",
    "running": "Tasks that are being worked on.",
    "workers": "Workers that are there.",
    "heads": "Shards of which something is published.",
    "files": "Files that are published.",
    "bytes": "Bytes that are published.",
    "documents": "Documents that are published.",
    "oldest_head": "When the head that did not move for longest did, in Unix time.",
}


def as_lines(state: FleetState, now: datetime) -> Iterator[str]:
    """Yield how it stands, a line a thing."""
    totals = state.totals
    yield f"{totals.sites} sites in {totals.shards} shards; {totals.due} due{_since(totals.oldest_due, now)}"
    yield f"queue: {totals.waiting} waiting, {totals.running} running, {totals.workers} workers"
    yield (
        f"published: {totals.heads} shards, {totals.documents} documents, {totals.files} files, {decimal(totals.bytes)}"
        + _since(totals.oldest_head, now, "; the oldest head stands")
    )
    if totals.set_aside:
        yield f"set aside until their site files change: {totals.set_aside} (scrapy scale status --shards)"
    for command, code, number in state.codes:
        yield f"last day: {number} {command}: {_meaning(code)}"
    for one in state.holdings:
        until = f"until {one.until:%Y-%m-%d %H:%M:%S%z}" if one.until else "by hand"
        yield f"held: {one.shard} by {one.holder} {until}{', which is over' if one.is_over else ''}"


def shard_lines(shards: Sequence[ShardState]) -> Iterator[str]:
    """Yield a line a shard, its fields parted by tabs."""
    yield "\t".join(field.name for field in fields(ShardState))
    for shard in shards:
        yield "\t".join("-" if value is None else str(value) for value in asdict(shard).values())


def as_json(state: FleetState, shards: Sequence[ShardState] | None) -> str:
    """Return how it stands, and each shard where asked for, as JSON."""
    said = {
        "format": FORMAT,
        **asdict(state.totals),
        "held": [asdict(one) for one in state.holdings],
        "last_day": [{"command": command, "code": code, "tasks": number} for command, code, number in state.codes],
    }
    if shards is not None:
        said["each"] = [asdict(one) for one in shards]
    return json.dumps(said, default=lambda moment: moment.isoformat(), ensure_ascii=False)


def as_metrics(state: FleetState) -> str:
    """Return how it stands as Prometheus reads it."""
    registry = CollectorRegistry()
    registry.register(_StateCollector(state))
    return generate_latest(registry).decode()


class _StateCollector(Collector):
    def __init__(self, state: FleetState) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        for field in fields(Totals):
            value = getattr(self._state.totals, field.name)
            if value is not None:
                number = value.timestamp() if isinstance(value, datetime) else value
                yield GaugeMetricFamily(f"{PREFIX}_{field.name}", HELP[field.name], value=number)
        over = sum(one.is_over for one in self._state.holdings)
        yield GaugeMetricFamily(f"{PREFIX}_held", "Shards that are taken.", value=len(self._state.holdings))
        yield GaugeMetricFamily(f"{PREFIX}_leases_over", "Shards whose holder is gone.", value=over)
        ended = GaugeMetricFamily(f"{PREFIX}_ended", "Tasks that ended in the last day.", labels=["command", "code"])
        for command, code, number in self._state.codes:
            ended.add_metric([command, NOT_STARTED if code is None else str(code)], number)
        yield ended


def _since(moment: datetime | None, now: datetime, what: str = ", the first of them") -> str:
    if moment is None:
        return ""
    return f"{what} for {max(0.0, (now - moment).total_seconds()) / 3600:.1f} h"


def _meaning(code: int | None) -> str:
    if code is None:
        return "not started"
    known = code in set(ExitCode)
    return f"exit code {code}, {MEANINGS[ExitCode(code)]}" if known else f"exit code {code}"
