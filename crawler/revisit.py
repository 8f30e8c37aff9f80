"""When to visit a link again. Pure: what happened and the clock come in as values.

Lists are due on every run, the older pages of a list only when the page before them brought something new (`ingest.store` reopens
them), articles once. What failed is tried again on the next run, then after ever longer waits.
"""

from datetime import datetime, timedelta

from crawler.items import Outcome, Reason, Role

REFUSED_WAIT = timedelta(days=1)  # robots.txt may be edited, a wall may be a bad day
LONGEST_WAIT = timedelta(days=32)
NEVER = frozenset({Reason.TOO_LARGE, Reason.OUT_OF_SCOPE, Reason.PRIVATE_ADDRESS})


def next_visit(*, role: Role, outcome: Outcome, reason: Reason | None, failures: int, now: datetime) -> datetime | None:
    """Return when a link is due again, None for never (unless `-a full=1`). `failures` counts those in a row before this visit."""
    if reason in NEVER:
        return None
    if outcome is Outcome.LISTED:
        return None if role is Role.NEXT else now
    if outcome is Outcome.FAILED:
        return now + min(timedelta(days=2 ** min(failures, 5) - 1), LONGEST_WAIT)
    return now + REFUSED_WAIT if outcome is Outcome.REFUSED else None
