"""What a run leaves of coverage: settled from what its lists told and named, and an issue for everything that is missing.

A run that did not walk its lists to their end leaves the coverage that there was: stopped, limited, or told how far to go.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog import group
from crawler.catalog.queries import coverage as queries
from crawler.catalog.tables import coverage, issues, links
from crawler.catalog.tables.coverage import ListCoverage
from crawler.catalog.tables.issues import Issue
from crawler.items import AcceptedGap, Outcome, Site
from crawler.monitoring.alarms import COVERAGE
from crawler.monitoring.coverage import (
    SHORT,
    WORDS,
    Cause,
    are_failing,
    cover,
    gaps,
    has_no_list,
    leads_nowhere,
    other_hosts,
    sentence,
    without_text,
)
from crawler.pages.families import canonical_url
from crawler.runs.info import RunInfo

NO_PAGE = {Outcome.GONE, Outcome.REFUSED, Outcome.FAILED}
MOST_ISSUES = 50  # of one site and run; all lists are in the table


def settle_coverage(db: Database, info: RunInfo, *, is_whole: bool, now: datetime) -> None:
    """Settle what each site of a run comes to, and say what is missing."""
    for site in info.sites:
        with group(db):
            if is_whole and info.since is None and not links.count_due(db, site.key, now=now, run=info.run):
                coverage.replace_coverage(db, site.key, _of_site(db, site, now), run=info.run, now=now)
            for url, message in [*_named(db, site, info), *_missing(db, site, info.run)][:MOST_ISSUES]:
                issue = Issue(
                    run=info.run, site=site.key, url=url, level="warning", code=COVERAGE, message=message, at=now
                )
                issues.add(db, issue)


def is_short(db: Database, site: Site, now: datetime) -> bool:
    """Return whether, as far as is known by now, a site has articles that the walk of its lists does not lead to."""
    found = _of_site(db, site, now)
    return any(one.cause in SHORT for one in gaps(found, _accepted(site)))


def _of_site(db: Database, site: Site, now: datetime) -> list[ListCoverage]:
    found = cover(queries.lists(db, site.key), now=now)
    found += other_hosts(found, site.hosts, site.scheme)
    found += map(without_text, queries.empty_documents(db, site.key))
    documents, seeds = queries.seed_documents(db, site.key)
    if seeds and has_no_list(found, documents - len(seeds) + 1):
        found.append(leads_nowhere(seeds[0]))
    return list({one.list: one for one in found}.values())


def _named(db: Database, site: Site, info: RunInfo) -> Iterator[tuple[str, str]]:
    """Yield the address that was named for this run (`-a url=`), if it gave no page: whoever named it waits for that article."""
    url = canonical_url(info.arguments.get("url", ""), site.scheme)
    known = links.history(db, url) if url else None
    if url and known and known.last in NO_PAGE:
        yield url, f"{known.last}: the address that was named; open it in a browser, and name an article that is there"


def _missing(db: Database, site: Site, run: str) -> list[tuple[str | None, str]]:
    """Return (URL, sentence) of everything that is missing of a site and not accepted, by its coverage as it stands."""
    besides = links.count_aside(db, site.key)
    found: list[tuple[str | None, str]] = [
        (one.list, sentence(one, queries.tried(db, site.key, one.list), besides=besides))
        for one in gaps(queries.of_site(db, site.key), _accepted(site))
    ]
    media = queries.media_tried(db, run, site.key)
    if are_failing(media):
        numbers = ", ".join(f"{number} {outcome}" for outcome, number in media.items())
        found.append((None, f"{Cause.MEDIA}: {WORDS[Cause.MEDIA]}: {numbers}"))
    return found


def _accepted(site: Site) -> dict[str, AcceptedGap]:
    return {canonical_url(url, site.scheme) or url: gap for url, gap in site.gaps.items()}
