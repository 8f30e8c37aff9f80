"""The one clock: our own times come from here, so that a run can be told another. Rules do not ask it; `now` is given to them."""

from collections.abc import Callable
from datetime import UTC, datetime

from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

Clock = Callable[[], datetime]


def clock_of(settings: BaseSettings) -> Clock:
    """Return the function that tells the time in UTC: CLOCK (a callable or its path), or the machine's clock."""
    clock = settings.get("CLOCK")
    return load_object(clock) if clock else utc_now


def utc_now() -> datetime:
    """Return what the clock of the machine says, in UTC: for those who know no settings."""
    return datetime.now(UTC)
