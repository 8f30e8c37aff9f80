"""The last evidence of a document, read again by today's rules."""

import logging
from pathlib import Path

from crawler.archive.replay import capture_at, further_at
from crawler.catalog.versions import Version
from crawler.errors import CrawlerError
from crawler.evidence import capture_of, further_of
from crawler.ingest.visited import Archive, Visited
from crawler.items import Capture, Known, Link, Role, Site
from crawler.reading import read

logger = logging.getLogger(__name__)


def reread(archive: Archive, site: Site, before: Known, version: Version | None = None) -> Visited | None:
    """Return what a document, or an older version of it, was read from, read again; None if that cannot be done or it is no article.

    Nor is an article of several pages whose evidence, from before it did, does not say where the further ones stand.
    """
    try:
        capture = _capture(archive.root, version) if version else capture_of(archive.root, archive.db, before.id)
        if capture is None:
            return None
        further = _further(archive.root, version) if version else further_of(archive.root, archive.db, before.id)
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
    link = Link(url=before.url, fetch_url=capture.url, role=Role.ARTICLE)
    return Visited(
        site=site,
        link=link,
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


def _capture(root: Path, version: Version) -> Capture | None:
    if version.warc is None or version.offset is None or version.requested is None:
        return None
    return capture_at(root / version.warc, version.offset, version.requested)


def _further(root: Path, version: Version) -> tuple[Capture, ...]:
    if version.warc is None or version.offset is None:
        return ()
    return further_at(root / version.warc, version.offset)
