"""Sites that a run left alone, or stopped asking: their links stay due, and it says so."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.tables import issues, links
from crawler.catalog.tables.issues import Issue
from crawler.items import Reason
from crawler.runs.frontier import Closing


def record_closings(db: Database, run: str, closed: Mapping[str, Sequence[Closing]], *, now: datetime) -> None:
    """Write an issue for every closed host of which links are left due: a warning, or for the hours of a site an info."""
    for site, closings in closed.items():
        left = links.count_due(db, site, now=now, run=run)
        for closing in closings if left else ():
            level = "info" if closing.reason is Reason.HOST_CLOSED else "warning"
            message = (
                f"{closing.why}; not before {closing.until:%Y-%m-%d %H:%M} UTC; links of the site left due: {left}"
            )
            issues.add(db, Issue(run=run, site=site, level=level, code="host_closed", message=message, at=now))


def is_only_closed(closings: Sequence[Closing], counts: Mapping[str, int] | None) -> bool:
    """Return whether a site was not asked for anything because these are not its hours: no failure of the site."""
    return not counts and bool(closings) and all(closing.reason is Reason.HOST_CLOSED for closing in closings)


def print_closings(closed: Mapping[str, Sequence[Closing]]) -> None:
    """Print a line for every host that was closed to the run."""
    for site, closings in closed.items():
        for closing in closings:
            print(f"{site}: {closing.why}; its links stay due, not before {closing.until:%Y-%m-%d %H:%M} UTC")
