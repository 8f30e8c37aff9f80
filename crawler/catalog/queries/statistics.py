"""Runs and sites in numbers: for reports, expectations and metrics."""

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from crawler.catalog.moment import from_text, to_text
from crawler.catalog.tables.issues import Issue
from crawler.items import Expectations, Outcome, Reason

# The day an article appeared: that of its publication, but none after it was archived; where it states none, when it was archived.
APPEARED = "substr(min(coalesce(published, archived), archived), 1, 10)"
FIELDS = {
    "date": "documents.published IS NULL",
    "source": "documents.source IS NULL",
    "people": "NOT EXISTS (SELECT 1 FROM people WHERE people.document = documents.id)",
    "section": "documents.section IS NULL",
    "body": "documents.characters = 0",
}
LAST_RUNS = 100  # more of them tell nothing new
READ = (Outcome.NEW, Outcome.CHANGED)  # the visits of which a document was written


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One execution of the crawl."""

    run: str
    started: datetime
    finished: datetime | None
    state: str  # running, finished, interrupted
    exit_code: int | None
    arguments: Mapping[str, str]
    counts: Mapping[str, Mapping[str, int]]  # site -> outcome -> visits


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle:
    """A document as a list shows it."""

    site: str
    title: str
    url: str
    published: str | None
    path: str | None


RUN_COLUMNS = "run, started, finished, state, exit_code, arguments, counts"


def lost(db: Database, site: str, *, since: datetime) -> tuple[int, int]:
    """Return how many documents of a site are gone since then, and how many it had; duplicates are none."""
    gone, live = db.execute(
        """
        SELECT count(DISTINCT documents.id), (
            SELECT coalesce(sum(number), 0) FROM tallies WHERE kind = 'status' AND tallies.site = :site AND value = 'live'
        ) FROM absences CROSS JOIN documents ON documents.id = document
        WHERE confirmed >= :since AND returned IS NULL AND documents.site = :site AND status = 'gone'
        """,
        {"site": site, "since": to_text(since)},
    ).fetchone()
    return int(gone), int(gone + live)


def run_rows(db: Database, *, since: datetime | None = None) -> list[RunRow]:
    """Return the runs that began since then (all of them without it), oldest first."""
    rows = db.execute(
        f"SELECT {RUN_COLUMNS} FROM runs WHERE started >= ? ORDER BY started, run", [to_text(since) if since else ""]
    )
    return [_run_row(row) for row in rows]


def run_row(db: Database, name: str | None = None) -> RunRow | None:
    """Return the run of this name, or the last one."""
    where, values = ("WHERE run = ?", [name]) if name else ("", [])
    row = db.execute(f"SELECT {RUN_COLUMNS} FROM runs {where} ORDER BY started DESC, run DESC LIMIT 1", values)
    found = row.fetchone()
    return _run_row(found) if found else None


def last_visit(db: Database, run: str) -> datetime | None:
    """Return when a run last fetched something."""
    (at,) = db.execute("SELECT max(fetched) FROM visits WHERE run = ?", [run]).fetchone()
    return from_text(at) if at else None


def site_names(db: Database) -> dict[str, str]:
    """Return key -> name of every site a run ever used."""
    return dict(db.execute("SELECT key, name FROM sites ORDER BY key").fetchall())


def expectations(db: Database) -> dict[str, Expectations]:
    """Return key -> what the site's file expects, as the last run that used it read it."""
    rows = db.execute("SELECT key, json_extract(definition, '$.expectations') FROM sites")
    known = {key.name for key in fields(Expectations)}
    told = {key: json.loads(expected or "{}") for key, expected in rows}
    return {key: Expectations(**{name: one[name] for name in known & set(one)}) for key, one in told.items()}


def reasons(db: Database, runs: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return site -> "outcome, reason" -> visits, where a reason is given."""
    return _nested(
        db.execute(
            """
        SELECT site, outcome || ', ' || reason, count(*) FROM visits
        WHERE run IN (SELECT value FROM json_each(?)) AND reason IS NOT NULL
        GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
        """,
            [_list(runs)],
        )
    )


def seconds(db: Database, runs: Iterable[str]) -> dict[str, Sequence[float]]:
    """Return site -> the response times of its visits, ascending."""
    found: dict[str, array[float]] = {}
    rows = db.execute(
        "SELECT site, seconds FROM visits WHERE run IN (SELECT value FROM json_each(?)) AND seconds IS NOT NULL",
        [_list(runs)],
    )
    for site, taken in rows:
        found.setdefault(site, array("d")).append(taken)
    return {site: array("d", sorted(times)) for site, times in found.items()}


def missing(db: Database, runs: Iterable[str]) -> dict[str, tuple[int, dict[str, int]]]:
    """Return site -> how many documents these runs wrote, and field -> how many of them lack it."""
    sums = ", ".join(f"sum({lacks})" for lacks in FIELDS.values())
    rows = db.execute(
        f"""
        SELECT visits.site, count(*), {sums} FROM visits JOIN shown_documents AS documents ON documents.id = visits.document
        WHERE visits.run IN (SELECT value FROM json_each(?)) AND visits.outcome IN ({_texts(READ)})
        GROUP BY visits.site
        """,
        [_list(runs)],
    )
    return {site: (written, dict(zip(FIELDS, lacking, strict=True))) for site, written, *lacking in rows}


def missing_by_run(db: Database, runs: Iterable[str]) -> dict[str, tuple[int, dict[str, int]]]:
    """Return run -> the same over all sites."""
    sums = ", ".join(f"sum({lacks})" for lacks in FIELDS.values())
    rows = db.execute(
        f"""
        SELECT visits.run, count(*), {sums} FROM visits JOIN shown_documents AS documents ON documents.id = visits.document
        WHERE visits.run IN (SELECT value FROM json_each(?)) AND visits.outcome IN ({_texts(READ)})
        GROUP BY visits.run ORDER BY visits.run
        """,
        [_list(runs)],
    )
    return {run: (written, dict(zip(FIELDS, lacking, strict=True))) for run, written, *lacking in rows}


def appeared(db: Database, site: str, *, since: date, until: date) -> dict[date, int]:
    """Return day -> how many articles of a site appeared on it, of the days since … until."""
    rows = db.execute(
        f"""
        SELECT {APPEARED} AS day, count(*) FROM (
            SELECT published, archived FROM shown_documents WHERE site = :site AND published >= :since
            UNION ALL SELECT published, archived FROM shown_documents WHERE site = :site AND published IS NULL AND archived >= :since
        )
        GROUP BY day HAVING day BETWEEN :since AND :until ORDER BY day
        """,
        {"site": site, "since": since.isoformat(), "until": until.isoformat()},
    )
    return {date.fromisoformat(day): number for day, number in rows}


def dated(db: Database, site: str, limit: int) -> list[bool]:
    """Return of the last pages of a site that read like articles whether they have a date, the newest first."""
    rows = db.execute(
        f"""
        SELECT visits.reason IS NULL AND documents.published IS NOT NULL
        FROM visits LEFT JOIN documents ON documents.id = visits.document
        WHERE visits.site = ? AND (visits.outcome IN ({_texts(READ)}) OR visits.reason = '{Reason.UNDATED}')
        AND (visits.document IS NULL OR visits.document NOT IN (SELECT document FROM withheld))
        ORDER BY visits.id DESC LIMIT ?
        """,
        [site, limit],
    )
    return [bool(has) for (has,) in rows]


def run_counts(db: Database) -> dict[str, int]:
    """Return site -> how many of the last ended runs visited it."""
    rows = db.execute(
        """
        SELECT key, count(*) FROM json_each(last.counts),
            (SELECT counts FROM runs WHERE state <> 'running' ORDER BY started DESC LIMIT ?) AS last
        GROUP BY key
        """,
        [LAST_RUNS],
    )
    return dict(rows.fetchall())


def issue_rows(db: Database, runs: Iterable[str]) -> list[Issue]:
    """Return the issues of runs, the worst first, then the newest."""
    rows = db.execute(
        """
        SELECT at, run, site, url, level, code, message FROM issues
        WHERE run IN (SELECT value FROM json_each(?))
        ORDER BY CASE level WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, id DESC
        """,
        [_list(runs)],
    )
    return [
        Issue(at=from_text(at), run=run, site=site, url=url, level=level, code=code, message=message)
        for at, run, site, url, level, code, message in rows
    ]


def new_articles(db: Database, runs: Iterable[str], limit: int) -> list[NewArticle]:
    """Return the newest documents that these runs added."""
    rows = db.execute(
        """
        SELECT documents.site, documents.title, documents.url, documents.published, documents.path
        FROM visits JOIN shown_documents AS documents ON documents.id = visits.document
        WHERE visits.run IN (SELECT value FROM json_each(?)) AND visits.outcome = 'new'
        ORDER BY documents.published DESC, documents.id LIMIT ?
        """,
        [_list(runs), limit],
    )
    return [
        NewArticle(site=site, title=title, url=url, published=published, path=path)
        for site, title, url, published, path in rows
    ]


def documents(db: Database) -> dict[str, dict[str, int]]:
    """Return site -> status -> documents that are shown."""
    query = """
        SELECT site, value, sum(number) FROM (
            SELECT site, value, number FROM tallies WHERE kind = 'status'
            UNION ALL SELECT site, status, -1 FROM withheld CROSS JOIN documents ON documents.id = withheld.document
        ) GROUP BY site, value HAVING sum(number) > 0 ORDER BY site, value
    """
    return _nested(db.execute(query))


def waiting(db: Database) -> dict[str, int]:
    """Return site -> links found and never fetched."""
    rows = db.execute(
        "SELECT site, count(*) FROM links WHERE next_visit IS NOT NULL AND last_visit IS NULL GROUP BY site"
    )
    return dict(rows.fetchall())


def media(db: Database) -> dict[str, dict[str, int]]:
    """Return site -> outcome -> addresses of media, now; `waiting` are those never tried."""
    query = "SELECT site, value, number FROM tallies WHERE kind = 'media' AND number > 0 ORDER BY site, value"
    return _nested(db.execute(query))


def _nested(rows: Iterable[tuple[str, str, int]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for outer, inner, number in rows:
        found.setdefault(outer, {})[inner] = number
    return found


def _run_row(row: Sequence[Any]) -> RunRow:
    run, started, finished, state, exit_code, arguments, counts = row
    return RunRow(
        run=run,
        started=from_text(started),
        finished=from_text(finished) if finished else None,
        state=state,
        exit_code=exit_code,
        arguments=json.loads(arguments),
        counts=json.loads(counts),
    )


def _list(names: Iterable[str]) -> str:
    return json.dumps(list(names))


def _texts(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)
