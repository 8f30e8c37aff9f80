"""When a document is gone: an article not found once may be a bad day, so several runs, some days apart, have to miss it.

Pure: what was missed before and the clock come in as values. A page that comes back ends the absence; the document was kept all the while.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from crawler.items import Absence, Kind, Outcome, Reading, Reason, Removal

SHORTEST_WAIT = timedelta(days=7)  # between two looks at what is gone …
LONGEST_WAIT = timedelta(days=180)  # … for ever: sites come back after a change of system


def missing(
    outcome: Outcome | None, reason: Reason | None, reading: Reading | None, *, is_moved: bool
) -> Reason | None:
    """Return why a visit says that the article at its address is not there any more, None if it does not say so.

    `is_moved`: redirects led to another address. Only for an address where an article stood: a list may redirect as it likes.
    """
    if outcome is Outcome.GONE:
        return reason or Reason.NOT_FOUND
    if is_moved and reading is not None and reading.article is None and reading.kind in (Kind.HOME, Kind.LIST):
        return Reason.REDIRECTED
    return None


def missed(absence: Absence | None, policy: Removal, *, reason: Reason, at: datetime, run: str) -> Absence:
    """Return the absence after one more miss; `absence` is the last one of the document. A second miss in one run counts once."""
    if absence is None or absence.returned is not None:
        absence = Absence(missed=at, last_missed=at, run=run, reason=reason)
    elif absence.run != run:
        absence = replace(absence, last_missed=at, run=run, reason=reason, misses=absence.misses + 1)
    is_enough = absence.misses >= policy.misses and at - absence.missed >= timedelta(days=policy.apart)
    return replace(absence, confirmed=at) if is_enough and absence.confirmed is None else absence


def recheck(absence: Absence, policy: Removal, *, now: datetime) -> datetime:
    """Return when to look again: a miss is confirmed as soon as the policy allows; what is gone is asked for ever more rarely."""
    if absence.confirmed is None:
        return max(now, absence.missed + timedelta(days=policy.apart))
    return now + min(max(now - absence.missed, SHORTEST_WAIT), LONGEST_WAIT)
