"""The one way in: every door (crawl, rebuild, import) reads with `read`, and stores through one loop.

    Capture -> read -> Reading                              pure, in any process
    Visited -> preserve -> Preserved                        evidence, written once
    Preserved -> decide (plan, State.apply) -> Decision     frozen, nothing is written
    Decision -> commit                                      files, then one transaction; from one thread at a time
    Fetched -> preserve_media -> Kept -> commit_media       the same for media

What is read again (`amend`) and what has waited (`release`) goes the same way from `decide` on, under a policy of its own. Nothing a committed
row points to is ever missing: a crash leaves at most evidence without a document, or a file without a row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from crawler.catalog import group
from crawler.catalog.queries import captures
from crawler.catalog.tables import documents, drifts
from crawler.catalog.tables.drifts import Held
from crawler.dedup.digest import plain
from crawler.ingest.commit import commit
from crawler.ingest.decision import RELEASED, REREAD, Decision
from crawler.ingest.evidence import Preserved, preserve, read_at, reread, visited_again
from crawler.ingest.media import (
    Fetched,
    Kept,
    commit_media,
    link_site,
    preserve_media,
    reopen_media,
    store_media,
)
from crawler.ingest.plan import decide
from crawler.ingest.results import Archive, Visited, document_url
from crawler.ingest.state import LATEST_TEXTS
from crawler.items import Kind, Outcome, Site, Visit
from crawler.pages.reading import read
from crawler.policies.drift import common_lines
from crawler.urls import document_id

__all__ = [
    "Archive",
    "Decision",
    "Fetched",
    "Kept",
    "Preserved",
    "Visited",
    "amend",
    "amend_read",
    "commit",
    "commit_media",
    "decide",
    "link_site",
    "preserve",
    "preserve_media",
    "read",
    "release",
    "reopen_media",
    "store",
    "store_media",
    "visited_again",
]

AT_ONCE = 50  # changes in one transaction


def store(archive: Archive, visited: Sequence[Visited]) -> list[Visit]:
    """Write a batch of visits: evidence, then Markdown, then the catalog. Return them as recorded.

    Raises OSError (disk) and sqlite3.Error; then nothing of the batch is committed and its links stay due.
    """
    return commit(archive, decide(archive, preserve(archive, visited)))


def amend(archive: Archive, site: Site, ids: Sequence[str]) -> int:
    """Read documents again from their evidence, by today's rules, and write anew those that say something else: no visit, no version.

    Return how many were written.
    """
    learnt = archive.boilerplate.get(site.key)
    known = documents.known(archive.db, ids).values()
    again = (reread(archive.root, archive.db, site, before, learnt) for before in known)
    return amend_read(archive, [visit for visit in again if visit is not None])


def amend_read(archive: Archive, again: Sequence[Visited], *, versions_at: datetime | None = None) -> int:
    """Write anew the documents whose last evidence was `again` read, as `amend` does.

    `versions_at` a time, one whose title or body differs becomes a new version of then instead: the old text is kept, nothing of the page
    has changed.
    """
    batch = [
        Preserved(result=visit, visit=captures.visit_of(archive.db, document_id(document_url(visit))))
        for visit in again
    ]
    decisions = decide(archive, batch, replace(REREAD, versions_at=versions_at))
    commit(archive, decisions)
    return sum(decision.document is not None for decision in decisions)


def release(archive: Archive, site: Site, waiting: Sequence[Held], all_held: Sequence[Held] = ()) -> int:
    """Write what waited, in the order of the visits, as if it had been written at once; return how many became versions.

    What cannot be read again stays as it was: its next visit decides. What most of the pages that wait show (`all_held`, some of which may go on
    waiting) is of their layout: numbers in it that count are no change.
    """
    made = 0
    archive.warc.flush()
    sample = _released(archive, site, (all_held or waiting)[-LATEST_TEXTS:])
    shown = [preserved.result.reading for preserved in sample]
    archive.layouts[site.key] = common_lines([plain(each.article.body) for each in shown if each and each.article])
    for n in range(0, len(waiting), AT_ONCE):
        archive.warc.flush()  # what waits may be of this run
        chosen = waiting[n : n + AT_ONCE]
        decisions = decide(archive, list(_released(archive, site, chosen)), RELEASED)
        commit(archive, decisions)
        with group(archive.db):
            drifts.drop(archive.db, [held.document for held in chosen])
        made += sum(decision.outcome in (Outcome.CHANGED, Outcome.DUPLICATE) for decision in decisions)
    return made


def _released(archive: Archive, site: Site, waiting: Sequence[Held]) -> Iterator[Preserved]:
    """Yield the visits whose changes waited, read again from their own evidence."""
    known = documents.known(archive.db, [held.document for held in waiting])
    found = captures.of_visits(archive.db, [held.visit for held in waiting])
    learnt = archive.boilerplate.get(site.key)
    for held in waiting:
        if held.visit in found:
            url, warc, offset, run = found[held.visit]
            again = read_at(archive.root, (url, warc, offset), site, known[held.document], learnt)
            if again and again.reading and again.reading.kind is Kind.ARTICLE:
                yield Preserved(result=again, visit=held.visit, is_open=run == archive.run)
