"""What is wrong with an answer is told, with its URL: of pages and media alike, and of one site not without end."""

from dataclasses import replace

from sqlite_utils import Database

from crawler.catalog.tables import issues
from crawler.catalog.tables.issues import Issue
from crawler.items import Reason

MOST_OF_A_KIND = 50  # issues of one reason that a run tells of a site: what a whole site suffers from is seen by then
MOST_CLOSED = 10  # the same of what is closed: some pages of most sites are
# What is wrong with an answer, and no decision of anybody's. What is not there (404) is no fault.
PARTLY_READ, MANY_MEDIA = "partly_read", "many_media"  # by limits of ours
FAULTS = frozenset(
    {
        PARTLY_READ,
        MANY_MEDIA,
        Reason.CHALLENGE,
        Reason.CLIENT_ERROR,
        Reason.CONNECTION,
        Reason.CUT,
        Reason.DNS,
        Reason.LONG_HEADERS,
        Reason.NOT_MEDIA,
        Reason.OLD_TLS,
        Reason.PRIVATE_ADDRESS,
        Reason.RATE_LIMITED,
        Reason.READER_DIED,
        Reason.READER_TIMEOUT,
        Reason.ROBOTS_UNREACHABLE,
        Reason.SERVER_ERROR,
        Reason.TIMEOUT,
        Reason.TLS,
        Reason.TOO_LARGE,
        Reason.TOO_MANY_REDIRECTS,
        Reason.UNAVAILABLE,
        Reason.UNREACHABLE,
        Reason.UNREADABLE,
    }
)
# What may not be seen, or leads away: told as a matter of course, not as a fault.
CLOSED = frozenset({Reason.FORBIDDEN, Reason.INTRANET, Reason.LOGIN, Reason.OUT_OF_SCOPE})


def tell_fault(db: Database, issue: Issue) -> None:
    """Insert an issue, if its code is that of a fault or of what is closed (then as an info), and the run has not told enough of the kind."""
    is_closed = issue.code in CLOSED
    if not is_closed and issue.code not in FAULTS:
        return
    most = MOST_CLOSED if is_closed else MOST_OF_A_KIND
    if issues.count(db, issue.run or "", issue.site or "", issue.code) < most:
        issues.add(db, replace(issue, level="info") if is_closed else issue)
