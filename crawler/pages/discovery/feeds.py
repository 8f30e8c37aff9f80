"""RSS, Atom, sitemaps and lists in an XML of their own: XML in, addresses out (RSS 2.0, RFC 4287, sitemaps.org 0.9)."""

import gzip
import re
import zlib
from collections.abc import Iterator

from lxml import etree

from crawler.items import Role
from crawler.pages.discovery.listing import ADDRESS, is_media

FEED = re.compile(
    rb"^\s*+(?:\xef\xbb\xbf)?(?:\s++|<!--(?>.*?-->)|<\?[^>]*+>|<!DOCTYPE[^>]*+>)*+<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b",
    re.DOTALL | re.IGNORECASE,
)  # possessive: a page that opens with twenty comments is not tried in a million ways
# XML of a site's own, which a style sheet shows as a list.
OTHER_XML = re.compile(
    rb"^\s*+(?:\xef\xbb\xbf)?<\?xml[^>]*+>(?:\s++|<!--(?>.*?-->)|<\?[^>]*+>)*+<(?!html\b|!DOCTYPE|svg\b|datastore\b)",
    re.DOTALL | re.IGNORECASE,
)
SITEMAP = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
FEEDS = ("rss", "feed", "urlset", "sitemapindex", "rdf")
GZIP = b"\x1f\x8b"
MAX_XML = 50_000_000  # bytes, decompressed: the size sitemaps.org allows


def xml_of(body: bytes) -> bytes | None:
    """Return the XML of a feed or sitemap, decompressed, or None for anything else."""
    if body[:2] == GZIP:
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, MAX_XML)
        except (zlib.error, gzip.BadGzipFile):
            return None
    return body if is_xml(body) else None


def is_xml(body: bytes) -> bool:
    """Return whether a body opens as a feed, a sitemap or an XML of a site's own does."""
    return bool(FEED.match(body[:2000]) or OTHER_XML.match(body[:2000]))


def text_addresses(body: bytes) -> list[str]:
    """Return the addresses of a sitemap that is plain text, one a line (sitemaps.org); none of what is no such file."""
    lines = [line.strip() for line in body.decode("utf-8-sig", "replace").splitlines() if line.strip()]
    return lines if lines and all(map(ADDRESS.match, lines)) else []


def named_sitemaps(rules: str) -> Iterator[str]:
    """Yield the addresses of the sitemaps that a robots.txt names."""
    yield from SITEMAP.findall(rules)


def feed_addresses(xml: bytes) -> Iterator[tuple[str, Role]]:
    """Yield (address, role) of every entry, in document order: of a sitemap of its own, of what follows in a feed (RFC 5005), of a page.

    A broken feed yields what can be read.
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root: etree._Element | None = etree.fromstring(xml, parser)  # None where nothing could be recovered
    except etree.XMLSyntaxError:  # empty to the parser, whatever bytes it has
        return
    if root is None:
        return
    if _name(root).lower() not in FEEDS:
        yield from _addresses_in(root)
        return
    for element in root.iter("{*}loc", "{*}link", "{*}guid"):
        address = (element.get("href") or element.text or "").strip()
        parent = element.getparent()
        if not address or parent is None:
            continue
        name = _name(parent)
        rel = element.get("rel", "alternate")
        if _name(element) == "guid":
            if (
                element.get("isPermaLink", "true") == "true"
                and parent.find("{*}link") is None
                and ADDRESS.match(address)
            ):
                yield address, Role.OTHER
        elif rel in ("next", "prev-archive") and name in ("channel", "feed"):
            yield address, Role.NEXT
        elif rel == "alternate" and name in ("url", "item", "entry", "sitemap"):
            yield address, Role.SECTION if name == "sitemap" else Role.OTHER


def _name(element: etree._Element) -> str:
    """Return the name of an element without its namespace; etree.QName refuses names that are none."""
    return str(element.tag).rpartition("}")[2]


def _addresses_in(root: etree._Element) -> Iterator[tuple[str, Role]]:
    """Yield whatever looks like the address of a page, in the text or an attribute of any element."""
    for element in root.iter(etree.Element):
        for value in (element.text or "", *element.attrib.values()):
            if ADDRESS.match(address := str(value).strip()) and not is_media(address):
                yield address, Role.OTHER
