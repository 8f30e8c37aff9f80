"""RSS, Atom and sitemaps: XML in, addresses out (RSS 2.0, RFC 4287, sitemaps.org 0.9)."""

import gzip
import re
import zlib
from collections.abc import Iterator

from lxml import etree

from crawler.items import Role

FEED = re.compile(
    rb"^\s*+(?:\xef\xbb\xbf)?(?:\s++|<!--(?>.*?-->)|<\?[^>]*+>|<!DOCTYPE[^>]*+>)*+<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b",
    re.DOTALL | re.IGNORECASE,
)  # possessive: a page that opens with twenty comments is not tried in a million ways
SITEMAP = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
GZIP = b"\x1f\x8b"
MAX_XML = 50_000_000  # bytes, decompressed: the size sitemaps.org allows


def xml_of(body: bytes) -> bytes | None:
    """Return the XML of a feed or sitemap, decompressed, or None for anything else."""
    if body[:2] == GZIP:
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, MAX_XML)
        except (zlib.error, gzip.BadGzipFile):
            return None
    return body if FEED.match(body[:2000]) else None


def named_sitemaps(rules: str) -> Iterator[str]:
    """Yield the addresses of the sitemaps that a robots.txt names."""
    yield from SITEMAP.findall(rules)


def feed_addresses(xml: bytes) -> Iterator[tuple[str, Role]]:
    """Yield (address, role) of every entry, in document order: of a sitemap of its own, of what follows in a feed (RFC 5005), of a page.

    A broken feed yields what can be read.
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    root: etree._Element | None = etree.fromstring(xml, parser)  # None where nothing could be recovered
    if root is None:
        return
    for element in root.iter("{*}loc", "{*}link"):
        address = (element.get("href") or element.text or "").strip()
        parent = element.getparent()
        if not address or parent is None:
            continue
        name, rel = etree.QName(parent).localname, element.get("rel", "alternate")
        if rel in ("next", "prev-archive") and name in ("channel", "feed"):
            yield address, Role.NEXT
        elif rel == "alternate" and name in ("url", "item", "entry", "sitemap"):
            yield address, Role.SECTION if name == "sitemap" else Role.OTHER
