"""The runs: when each began and ended, how, and what it brought."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import from_text, to_text
from crawler.items import Outcome


def start(db: Database, run: str, *, started: datetime, arguments: Mapping[str, str]) -> None:
    """Insert the row of a run that begins."""
    db.execute(
        "INSERT INTO runs (run, started, state, arguments) VALUES (?, ?, 'running', ?)",
        [run, to_text(started), _as_text(arguments)],
    )


def finish(db: Database, run: str, *, finished: datetime, exit_code: int) -> dict[str, dict[str, int]]:
    """Close the row of a run that ended by itself; return its counts, as `counts` does."""
    return _close(db, run, finished=finished, state="finished", exit_code=exit_code)


def cut_short(db: Database, run: str, *, finished: datetime, exit_code: int) -> dict[str, dict[str, int]]:
    """Close the row of a run that ended before it was done: stopped, or out of storage. Return its counts, as `counts` does."""
    return _close(db, run, finished=finished, state="interrupted", exit_code=exit_code)


def unfinished(db: Database) -> list[str]:
    """Return the runs that never ended, oldest first. To the holder of the run lock they are dead."""
    return [run for (run,) in db.execute("SELECT run FROM runs WHERE state = 'running' ORDER BY started, run")]


def after(db: Database, at: datetime) -> list[str]:
    """Return the runs that began after a time."""
    return [run for (run,) in db.execute("SELECT run FROM runs WHERE started > ? ORDER BY started, run", [to_text(at)])]


def last(db: Database) -> list[str]:
    """Return the run that began last, if there is any."""
    return [run for (run,) in db.execute("SELECT run FROM runs ORDER BY started DESC, run DESC LIMIT 1")]


def names(db: Database) -> set[str]:
    """Return the names of all runs."""
    return {run for (run,) in db.execute("SELECT run FROM runs")}


def last_complete(db: Database, arguments: Mapping[str, str]) -> datetime | None:
    """Return when the last run with these arguments began, if it ended by itself; None if there was none, or it was cut short."""
    query = "SELECT started, state FROM runs WHERE arguments = ? ORDER BY started DESC, run DESC LIMIT 1"
    row = db.execute(query, [_as_text(arguments)]).fetchone()
    return from_text(row[0]) if row and row[1] == "finished" else None


def mark_interrupted(db: Database, run: str, *, now: datetime) -> dict[str, dict[str, int]]:
    """Close the row of a dead run with what its visits tell; `finished` is when that was noticed."""
    return _close(db, run, finished=now, state="interrupted", exit_code=None)


def counts(db: Database, run: str) -> dict[str, dict[str, int]]:
    """Return site -> outcome -> number of visits, counted from the visits themselves: true also after a crash."""
    found: dict[str, dict[str, int]] = {}
    rows = db.execute("SELECT site, outcome, count(*) FROM visits WHERE run = ? GROUP BY site, outcome", [run])
    for site, outcome, number in rows:
        found.setdefault(site, {})[outcome] = number
    return found


def _as_text(arguments: Mapping[str, str]) -> str:
    return json.dumps(dict(arguments), ensure_ascii=False, sort_keys=True)


def _close(
    db: Database, run: str, *, finished: datetime, state: str, exit_code: int | None
) -> dict[str, dict[str, int]]:
    found = counts(db, run)
    totals = {outcome.value: sum(site.get(outcome, 0) for site in found.values()) for outcome in Outcome}
    values = {
        "finished": to_text(finished),
        "state": state,
        "exit_code": exit_code,
        "visits": sum(totals.values()),
        "counts": json.dumps(found, ensure_ascii=False, sort_keys=True),
        **totals,
    }
    columns = ", ".join(f"{name} = :{name}" for name in values)
    db.execute(f"UPDATE runs SET {columns} WHERE run = :run", {**values, "run": run})
    return found
