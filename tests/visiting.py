"""A visit of a link, written down as a crawl does."""

from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.tables import links
from crawler.items import Outcome, Reason, Role, Visit
from crawler.policies.revisit import Due


def visited(
    db: Database,
    url: str,
    *,
    run: str,
    at: datetime,
    outcome: Outcome,
    reason: Reason | None = None,
    next_visit: datetime | None,
) -> None:
    visit = Visit(url=url, site="example", role=Role.ARTICLE, run=run, fetched=at, outcome=outcome, reason=reason)
    links.visited(db, url, visit, Due(at=next_visit, interval=None), at=at)
