"""Retry-After: for how long a host asks to be left alone (RFC 9110, 10.2.3)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy.http import Response

from crawler.policies.backoff import LONGEST_ASKED

ASKS_FOR_PATIENCE = (429, 503)  # the statuses whose Retry-After speaks of the whole host


def retry_after(response: Response, now: datetime) -> float | None:
    """Return the seconds a response asks to be left alone for, at most LONGEST_ASKED: 429 and 503 with Retry-After in either form.

    0 for a date in the past, None without a readable one. A date is compared with the server's own (Date): ours may be wrong, or its.
    """
    if response.status not in ASKS_FOR_PATIENCE:
        return None
    text = _header(response, "Retry-After")
    if text.isascii() and text.isdigit():
        return float(min(int(text[:20]), LONGEST_ASKED.total_seconds()))
    date = _date(text)
    if date is None:
        return None
    wait = (date - (_date(_header(response, "Date")) or now)).total_seconds()
    return min(max(0.0, wait), LONGEST_ASKED.total_seconds())


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1").strip()


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)  # "-0000": UTC, says RFC 5322
