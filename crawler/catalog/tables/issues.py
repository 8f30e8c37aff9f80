"""What went wrong: the issues of each run; the alarms that stand, which say what is wrong now, since when, and when people were last told;
and the checks, which say when `scrapy verify` last looked at each file, and what it found.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import from_text, to_text

RECORD_CHECK = """
INSERT INTO checks (object, checked, fault) VALUES (?, ?, ?)
ON CONFLICT (object) DO UPDATE SET checked = excluded.checked,
    fault = CASE WHEN checks.checked = excluded.checked THEN coalesce(checks.fault, excluded.fault) ELSE excluded.fault END
"""
WHOLE_ARCHIVE = ""  # in place of a site


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A warning or error of a run."""

    at: datetime
    run: str | None
    site: str | None = None  # key
    url: str | None = None
    level: str  # info, warning, error
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One thing that is wrong."""

    site: str  # key, or WHOLE_ARCHIVE
    code: str  # expectation, drift, no_usable_page, nothing_archived, storage_failed
    message: str  # a sentence for a person
    since: datetime | None = None  # as the catalog has it
    told: datetime | None = None

    def __str__(self) -> str:
        return f"{self.site}: {self.message}" if self.site else self.message


def add(db: Database, issue: Issue) -> int:
    """Insert an issue; return its id."""
    cursor = db.execute(
        "INSERT INTO issues (at, run, site, url, level, code, message) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [to_text(issue.at), issue.run, issue.site, issue.url, issue.level, issue.code, issue.message],
    )
    return int(cursor.lastrowid or 0)


def has(db: Database, run: str, site: str, code: str) -> bool:
    """Return whether a run has an issue of a site with this code."""
    return count(db, run, site, code) > 0


def count(db: Database, run: str, site: str, code: str) -> int:
    """Return how many issues of a site with this code a run has."""
    query = "SELECT count(*) FROM issues WHERE run = ? AND site = ? AND code = ?"
    return int(db.execute(query, [run, site, code]).fetchone()[0])


def alarms(db: Database) -> list[Alarm]:
    """Return every alarm that stands, those of the whole archive first."""
    rows = db.execute("SELECT site, code, message, since, told FROM alarms ORDER BY site, code")
    return [
        Alarm(site=site, code=code, message=message, since=from_text(since), told=from_text(told) if told else None)
        for site, code, message, since, told in rows
    ]


def replace_alarms(
    db: Database, seen: Iterable[Alarm], judged: Collection[tuple[str, str]], *, now: datetime
) -> list[Alarm]:
    """Let stand what a run saw; return what stood, was judged (site, code) and is over. What was not judged goes on standing."""
    raised = {(alarm.site, alarm.code): alarm for alarm in seen}
    over = [old for old in alarms(db) if (key := (old.site, old.code)) in judged and key not in raised]
    for old in over:
        db.execute("DELETE FROM alarms WHERE site = ? AND code = ?", [old.site, old.code])
    for alarm in raised.values():
        db.execute(
            """
            INSERT INTO alarms (site, code, since, last, message) VALUES (:site, :code, :now, :now, :message)
            ON CONFLICT (site, code) DO UPDATE SET last = excluded.last, message = excluded.message
            """,
            {"site": alarm.site, "code": alarm.code, "message": alarm.message, "now": to_text(now)},
        )
    return over


def mark_told(db: Database, alarms: Iterable[Alarm], *, now: datetime) -> None:
    """Write down that people were told."""
    for alarm in alarms:
        db.execute("UPDATE alarms SET told = ? WHERE site = ? AND code = ?", [to_text(now), alarm.site, alarm.code])


def record_checks(db: Database, looked: Iterable[tuple[str, str | None]], *, now: datetime) -> None:
    """Write down that files were looked at, and the code of the fault found; of several in one audit the first one stays."""
    at = to_text(now)
    with db.atomic():
        db.conn.executemany(RECORD_CHECK, [(path, at, fault) for path, fault in looked])


def forget_checks(db: Database, *, before: datetime) -> None:
    """Drop the files that an audit of everything did not meet: they are no more, and no row names them."""
    with db.atomic():
        db.execute("DELETE FROM checks WHERE checked < ?", [to_text(before)])
