"""The last evidence of a document, read again by today's rules."""

import logging

from crawler.errors import CrawlerError
from crawler.ingest.evidence import capture_of, further_of
from crawler.ingest.visited import Archive, Visited
from crawler.items import Capture, Known, Link, Reading, Role, Site
from crawler.pages.reading import read

logger = logging.getLogger(__name__)


def reread(archive: Archive, site: Site, before: Known) -> Visited | None:
    """Return what a document was read from, read again; None if that cannot be done or it is no article.

    Nor is an article of several pages whose evidence, from before it did, does not say where the further ones stand.
    """
    try:
        capture = capture_of(archive.root, archive.db, before.id)
        if capture is None:
            return None
        further = further_of(archive.root, archive.db, before.id)
    except (CrawlerError, OSError) as error:
        logger.warning("%s: its last evidence cannot be read again: %s", before.url, error)
        return None
    try:
        reading = read(capture, site, further, archive.boilerplate.get(site.key))
    except Exception:  # the edge of one document: whatever today's rules trip over, it stays as it is
        logger.exception("%s: its last evidence cannot be read again", before.url)
        return None
    if reading.article is None or (reading.further and not further):
        return None
    return visited_again(before, site, capture, further, reading)


def visited_again(
    before: Known, site: Site, capture: Capture, further: tuple[Capture, ...], reading: Reading
) -> Visited:
    """Return the visit that a document read again stands for: of its own address, at the time of its evidence."""
    return Visited(
        site=site,
        link=Link(url=before.url, fetch_url=capture.url, role=Role.ARTICLE),
        at=capture.fetched,
        capture=capture,
        further=further,
        reading=reading,
        document_url=before.url,
    )


def says_the_same(archive: Archive, visited: Visited, before: Known) -> bool:
    """Return whether the page a document was read from, read again by today's rules, says what this visit's does.

    Then the rules changed, or what is learnt of the site, and not the article.
    """
    again = reread(archive, visited.site, before)
    if again is None or again.reading is None or visited.reading is None:
        return False
    return again.reading.content_digest == visited.reading.content_digest
