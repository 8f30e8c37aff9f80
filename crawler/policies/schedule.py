"""The schedule: when the next run is due. Pure: no clock, no process, no catalog.

A run is due when a time of the schedule has passed since the last one began. So runs never overlap, and however many times passed
while the machine was off or a run took longer, they are made up by one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from crawler.errors import ScheduleError

FIELDS = 5  # CronSim reads a sixth, seconds, which no cron has


@dataclass(frozen=True, slots=True)
class Schedule:
    """The times of a cron expression, as Debian's cron has them where clocks are set forward or back."""

    expression: str  # "17 3 * * *": minute, hour, day of the month, month, day of the week
    zone: ZoneInfo

    def after(self, at: datetime) -> datetime:
        """Return the first time after another, in UTC."""
        return next(CronSim(self.expression, at.astimezone(self.zone))).astimezone(UTC)

    def due(self, last: datetime | None, now: datetime) -> datetime:
        """Return when to run next, now at the earliest; at once if there was no run (`last`: when it began)."""
        return now if last is None else max(self.after(last), now)


def read_schedule(expression: str, timezone: str) -> Schedule:
    """Return a schedule. ScheduleError for what is none, and for one that never comes."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ScheduleError(
            f"{timezone!r}: no time zone; expected an IANA name such as Asia/Shanghai or UTC"
        ) from error
    if len(expression.split()) != FIELDS:
        raise ScheduleError(
            f"{expression!r}: expected five fields, minute hour day month weekday, such as '17 3 * * *'"
        )
    schedule = Schedule(expression, zone)
    try:
        schedule.after(datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise ScheduleError(f"{expression!r}: {str(error).lower()}; a schedule is such as '17 3 * * *'") from error
    except StopIteration as error:
        raise ScheduleError(f"{expression!r}: there is no such day") from error
    return schedule
