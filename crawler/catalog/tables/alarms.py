"""The alarms that stand: what is wrong now, since when, and when people were last told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import from_text, to_text

WHOLE_ARCHIVE = ""  # in place of a site


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


def standing(db: Database) -> list[Alarm]:
    """Return every alarm that stands, those of the whole archive first."""
    rows = db.execute("SELECT site, code, message, since, told FROM alarms ORDER BY site, code")
    return [
        Alarm(site=site, code=code, message=message, since=from_text(since), told=from_text(told) if told else None)
        for site, code, message, since, told in rows
    ]


def replace(db: Database, seen: Iterable[Alarm], judged: Collection[tuple[str, str]], *, now: datetime) -> list[Alarm]:
    """Let stand what a run saw; return what stood, was judged (site, code) and is over. What was not judged goes on standing."""
    raised = {(alarm.site, alarm.code): alarm for alarm in seen}
    over = [old for old in standing(db) if (key := (old.site, old.code)) in judged and key not in raised]
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
