"""What a run teaches: the boilerplate of its sites, learnt when it ends, and taken out of the documents that hold it."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from crawler.catalog import group
from crawler.catalog.queries import captures
from crawler.catalog.tables import sites as site_rows
from crawler.catalog.tables import texts, visits
from crawler.errors import EvidenceError, ReaderError
from crawler.ingest import Archive, amend
from crawler.ingest.evidence import sample
from crawler.items import Boilerplate, Site
from crawler.pages.reading import LEARNT_FROM, learn
from crawler.runs.apart import learn_apart

logger = logging.getLogger(__name__)

AT_ONCE = 50  # documents read again before they are written
WORTH_A_PROCESS = 40  # captures: they take as long as a process to start


def learn_sites(archive: Archive, sites: Iterable[Site], *, now: datetime, processes: int = 0) -> None:
    """Learn again from every site that the run, or one cut short before it, brought documents of.

    A site whose evidence cannot be read keeps what it had. With `processes` the pages are read there: this one neither grows nor waits.
    """
    chosen = [site for site in sites if visits.brought_documents(archive.db, site.key, archive.run)]
    taught = _taught_apart(archive, chosen, processes) if processes else None
    for site in chosen:
        if taught is not None and site.key not in taught:
            logger.warning("%s: its boilerplate cannot be learnt: no process could read its pages", site.key)
            continue  # what they did to a process they would do to this one
        try:
            learn_site(archive, site, now=now, learnt=taught[site.key] if taught else None)
        except (EvidenceError, OSError) as error:
            logger.warning("%s: its boilerplate cannot be learnt: %s", site.key, error)


def learn_site(archive: Archive, site: Site, *, now: datetime, learnt: Boilerplate | None = None) -> int:
    """Learn the boilerplate of a site from its evidence, unless it is given; return how many documents were written anew without it.

    The sample depends on nothing but which documents there are, so that a crawl that was killed on the way ends as a quiet one does.
    """
    known = archive.boilerplate.get(site.key)
    learnt = learnt or learn(sample(archive.root, archive.db, site.key, LEARNT_FROM), site)
    fresh = [line for line in learnt.lines if known is None or line not in known.lines]
    holding = texts.with_lines(archive.db, site.key, fresh)
    taught = archive.taught(site.key, learnt)
    written = sum(amend(taught, site, holding[n : n + AT_ONCE]) for n in range(0, len(holding), AT_ONCE))
    with group(archive.db):
        site_rows.learn(archive.db, site.key, learnt, now=now)
    return written


def _taught_apart(archive: Archive, sites: Sequence[Site], processes: int) -> Mapping[str, Boilerplate] | None:
    """Return what processes of their own learn from the evidence of sites, without those that they cannot tell; None where that is not worth it."""
    samples = [(site, captures.sample(archive.db, site.key, LEARNT_FROM)) for site in sites]
    if sum(len(places) for _, places in samples) < WORTH_A_PROCESS:
        return None
    try:
        return learn_apart(archive.root, samples, processes)
    except ReaderError as error:
        logger.warning("%s", error)
        return {}
