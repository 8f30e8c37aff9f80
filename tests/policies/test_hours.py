"""The hours of a site."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Hours
from crawler.policies.backoff import opens_at

NIGHT = Hours(start=time(22), end=time(6))
DAY = Hours(start=time(9), end=time(17, 30))


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        (NIGHT, "2026-03-01T22:00+08:00", None),
        (NIGHT, "2026-03-02T05:59+08:00", None),
        (NIGHT, "2026-03-02T06:00+08:00", "2026-03-02T22:00+08:00"),
        (NIGHT, "2026-03-02T13:59Z", "2026-03-02T22:00+08:00"),  # 21:59 in Shanghai
        (NIGHT, "2026-03-02T14:00Z", None),
        (DAY, "2026-03-02T08:59+08:00", "2026-03-02T09:00+08:00"),
        (DAY, "2026-03-02T17:30+08:00", "2026-03-03T09:00+08:00"),
    ],
)
def test_hours_are_those_of_the_site(hours: Hours, now: str, opens: str | None) -> None:
    expected = datetime.fromisoformat(opens) if opens else None
    assert opens_at(hours, "Asia/Shanghai", datetime.fromisoformat(now)) == expected


@given(
    start=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    end=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]),
)
def test_the_next_opening_is_ahead_within_a_day_and_an_hour_and_is_open(
    start: time, end: time, now: datetime, zone: str
) -> None:
    if start == end:
        return
    hours = Hours(start=start, end=end)
    opens = opens_at(hours, zone, now)
    if opens is not None:
        assert timedelta(0) < opens.astimezone(UTC) - now <= timedelta(hours=25)
