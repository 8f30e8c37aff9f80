"""What a visit says of a list: the evidence of coverage, kept before anything is made of it."""

from crawler.catalog.tables import coverage
from crawler.ingest.results import Archive, Visited
from crawler.items import Kind, Outcome, Role, Visit
from crawler.pages.families import canonical_url
from crawler.policies.revisit import ANSWERS

NOT_GIVEN = (Outcome.REFUSED, Outcome.FAILED)
EXPECTED = (Role.SECTION, Role.NEXT, Role.LIST)


def note_list(archive: Archive, visited: Visited, recorded: Visit) -> None:
    """Keep what a page of a list tells and names, or that it was not given."""
    reading, site = visited.reading, visited.site
    is_known = coverage.is_page(archive.db, recorded.url)
    if recorded.outcome is Outcome.NOT_MODIFIED and is_known:
        coverage.record_unread(archive.db, recorded.url, Outcome.LISTED, None)
    elif recorded.outcome in NOT_GIVEN and is_known:
        coverage.record_unread(archive.db, recorded.url, recorded.outcome, recorded.reason)
    elif recorded.outcome is Outcome.LISTED or (
        recorded.outcome not in ANSWERS
        and (
            recorded.role in EXPECTED
            or recorded.url in {canonical_url(url, site.scheme) for url in site.lists}
            or (reading is not None and reading.figures is not None)
        )
    ):
        is_list = reading is not None and reading.kind is not Kind.WALL and recorded.outcome is not Outcome.GONE
        coverage.record_page(archive.db, recorded, reading.figures if reading and is_list else None)
