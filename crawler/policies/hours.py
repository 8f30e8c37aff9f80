"""The hours in which the hosts of a site may be asked. Pure: the clock comes in as a value."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.items import Hours


def opens_at(hours: Hours, timezone: str, now: datetime) -> datetime | None:
    """Return when the hours next begin, in the time zone of the site; None if it is within them. The end is outside."""
    local = now.astimezone(ZoneInfo(timezone))
    begun, over = local.time() >= hours.start, local.time() >= hours.end
    if (begun and not over) if hours.start < hours.end else (begun or not over):
        return None
    begin = datetime.combine(local.date(), hours.start, local.tzinfo)
    return begin if begin > local else begin + timedelta(days=1)  # wall time: a day of 23 hours is a day
