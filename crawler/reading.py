"""Reading: what one capture says. The pure half of `crawler/ingest.py`, in a module of its own so that a reader process loads no store."""

from crawler.dedup import content_digest
from crawler.discovery import discover, feed_links, script_links
from crawler.discovery.feeds import xml_of
from crawler.extraction import extract, parse
from crawler.extraction.entries import find_entries
from crawler.extraction.kinds import find_wall
from crawler.families import FAMILIES
from crawler.items import Capture, Kind, Reading, Reason, Site

BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"Rar!",
    b"RIFF",
    b"\x00\x00\x00",
)


def read(capture: Capture, site: Site) -> Reading:
    """Return what a capture says: its kind, the article if it is one, the links of the site on it.

    Pure, so that it can run in any process. Raises ExtractionError for bytes that are no page.
    """
    if (xml := xml_of(capture.body)) is not None:
        return Reading(kind=Kind.FEED, links=feed_links(xml, capture.final_url, site))
    if capture.body.lstrip()[:8].startswith(BINARY):
        return Reading(kind=Kind.OTHER, reason=Reason.NOT_HTML)
    if capture.final_url.partition("?")[0].endswith(".js"):
        return Reading(kind=Kind.LIST, links=script_links(capture.body, capture.final_url, site))
    page = parse(capture, FAMILIES.get(site.family or ""))
    family = page.family.name if page.family else None
    if reason := find_wall(page):
        return Reading(kind=Kind.WALL, reason=reason, family=family, title=page.title or None)
    entries = find_entries(page)
    found = extract(page, site, entries, capture.fetched)
    return Reading(
        kind=found.kind,
        family=family,
        article=found.article,
        is_news=found.is_news,
        content_digest=content_digest(found.article) if found.article else None,
        links=discover(page, site, entries, found.kind),
        title=page.title or None,
    )
