"""What a run teaches: the boilerplate of its sites, learnt when it ends, and taken out of the documents that hold it."""

import logging
from collections.abc import Iterable
from datetime import datetime

from crawler.catalog import group
from crawler.catalog.tables import sites as site_rows
from crawler.catalog.tables import texts, visits
from crawler.errors import EvidenceError
from crawler.ingest import Archive, amend
from crawler.ingest.evidence import sample
from crawler.items import Site
from crawler.pages.reading import LEARNT_FROM, learn

logger = logging.getLogger(__name__)

AT_ONCE = 50  # documents read again before they are written


def learn_sites(archive: Archive, sites: Iterable[Site], *, now: datetime) -> None:
    """Learn again from every site that the run, or one cut short before it, brought documents of.

    A site whose evidence cannot be read keeps what it had.
    """
    for site in sites:
        if not visits.brought_documents(archive.db, site.key, archive.run):
            continue
        try:
            learn_site(archive, site, now=now)
        except (EvidenceError, OSError) as error:
            logger.warning("%s: its boilerplate cannot be learnt: %s", site.key, error)


def learn_site(archive: Archive, site: Site, *, now: datetime) -> int:
    """Learn the boilerplate of a site from its evidence; return how many documents were written anew without it.

    The sample depends on nothing but which documents there are, so that a crawl that was killed on the way ends as a quiet one does.
    """
    known = archive.boilerplate.get(site.key)
    learnt = learn(sample(archive.root, archive.db, site.key, LEARNT_FROM), site)
    fresh = [line for line in learnt.lines if known is None or line not in known.lines]
    holding = texts.with_lines(archive.db, site.key, fresh)
    taught = archive.taught(site.key, learnt)
    written = sum(amend(taught, site, holding[n : n + AT_ONCE]) for n in range(0, len(holding), AT_ONCE))
    with group(archive.db):
        site_rows.learn(archive.db, site.key, learnt, now=now)
    return written
