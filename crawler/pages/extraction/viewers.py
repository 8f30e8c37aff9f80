"""What an element or a script shows in a frame of its own: a document, a film, or a page of the site that holds the text.

A viewer is told by what its address carries, never by whose it is: pdf.js (`viewer.html?file=`), Office Online (`embed.aspx?src=`), kkFileView
(`onlinePreview?url=`, in Base64), and whatever else takes the address of a file as a parameter.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.pages.extraction.media import ATTACHMENT, DOCUMENT, PLAYER, VIDEO
from crawler.urls import absolute_url, host_of

FRAMES = frozenset({"iframe", "frame", "embed", "object"})
ADDRESSES = ("src", "data", "data-src", "pdfsrc", "sudy-wp-src", "value")
VARIABLES = "flashvars"  # what a player of Flash was told to show: an attribute, or a <param> of that name
FLASH = re.compile(r"\.swf(?:$|[?#&])", re.IGNORECASE)
FLASH_PLAYER = re.compile(r"(?:player|viewer|flexpaper|flv|vcastr|loader|cu)\w{0,12}\.swf(?:$|[?#&])", re.IGNORECASE)
# A viewer that names no file: what it shows is what the address itself gives.
PDF_VIEW = re.compile(
    r"/[\w-]{0,40}(?:view|show|preview|read|open)[\w-]{0,10}pdf\w{0,10}(?:[./]|$)|/pdf[\w-]{0,10}(?:view|show|preview)\w{0,10}(?:[./]|$)",
    re.IGNORECASE,
)
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,2000}={0,2}")
# A script that shows a file: PDFObject.embed("…"), showVsbpdfIframe("…"), pdfjsLib.getDocument({url: "…"}), showPlayer('….mp4').
CALLED = re.compile(
    r"(?:PDFObject\.embed|showVsbpdfIframe|getDocument|showPlayer|new\s{1,4}PDFObject|new\s{1,4}\w{0,12}[Pp]layer|jwplayer\([^()]{0,60}\)\.setup)"
    r"\(\s{0,20}(?:\{[^{}\"']{0,200}?)?[\"']([^\"'<>\s]{1,500})[\"']",
    re.IGNORECASE,
)
# The pages of a document as pictures, which a viewer shows where it has no file to offer.
LEAVES = re.compile(r"\bvsb_pdf_image_data\s{0,4}=\s{0,4}\[([^\[\]]{1,20000})\]")
LITERAL = re.compile(r"[\"']([^\"'<>\s]{1,500})[\"']")
MAX_SCRIPT = 20_000  # characters
COUNTED = re.compile(
    r"count|stat|visit|track|login|search|weather|comment|share|advert|banner|nav|menu|header|footer", re.IGNORECASE
)
PAGE = re.compile(r"/(?:[^/.]*|[^/]+\.(?:s?html?|jsp|php|aspx?|do|psp))$", re.IGNORECASE)
TINY = re.compile(r"^\s*[0-4]?\d(?:px)?\s*$")


def shown_by(element: HtmlElement, base: str) -> str | None:
    """Return the absolute URL of the document or film that an element shows, None if it shows none."""
    for name in ADDRESSES:
        if (value := element.get(name)) and (url := file_of(value, base)):
            return url
    told = element.get(VARIABLES) or (element.get("value") if (element.get("name") or "").lower() == VARIABLES else "")
    named = (absolute_url(base, value) for value in _parameters(told or "") if "." in value)
    return next((url for url in named if url and (_is_file(url) or FLASH.search(url))), None)


def shown_by_script(source: str, base: str) -> Iterator[str]:
    """Yield the absolute URLs of the documents and films that a script shows: by a call that is known, or as the one file it names."""
    if len(source) > MAX_SCRIPT:
        return
    called = [url for value in CALLED.findall(source) if (url := file_of(value, base))]
    yield from dict.fromkeys(called)
    if not called and ("viewer" in source or "player" in source.lower()):
        yield from dict.fromkeys(url for value in LITERAL.findall(source) if (url := file_of(value, base)))


def leaves_of(source: str, base: str) -> list[str]:
    """Return the addresses of the pictures that are the pages of a document, in order."""
    found = LEAVES.search(source)
    return [url for value in LITERAL.findall(found[1]) if (url := absolute_url(base, value))] if found else []


def file_of(address: str, base: str) -> str | None:
    """Return the absolute URL of the file an address leads to: itself, or what it carries as a parameter, relative to the viewer."""
    url = absolute_url(base, address)
    if url is None:
        return None
    parts = urlsplit(url)
    for value in _parameters(f"{parts.query}&{parts.fragment}"):
        if _is_file(value) and (file := absolute_url(url, urljoin(url, value))):
            return file
    # A fragment tells the viewer how to show it: #toolbar=0.
    return url.partition("#")[0] if _is_file(url) or PDF_VIEW.search(parts.path) else None


def framed_page(element: HtmlElement, base: str) -> str | None:
    """Return the address of the page that a frame shows if it may hold the text: one of the same host, of a size to be read."""
    url = absolute_url(base, element.get("src") or element.get("data-src") or "")
    if url is None or element.tag not in ("iframe", "frame") or host_of(url) != host_of(base):
        return None
    is_small = any(TINY.match(element.get(side) or "") for side in ("width", "height"))
    path = urlsplit(url).path
    if (
        is_small
        or url.partition("#")[0] == base
        or COUNTED.search(path)
        or PLAYER.search(path)
        or not PAGE.search(path)
    ):
        return None
    return url


def _is_file(url: str) -> bool:
    return bool(DOCUMENT.search(url) or VIDEO.search(url) or ("download" in url and ATTACHMENT.search(url)))


def _parameters(query: str) -> Iterable[str]:
    """Yield the values of a query that may be addresses: as they stand, once more decoded, and out of Base64."""
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        for text in (unquote(unquote(value)), unquote(name) if not value else ""):
            if text:
                yield text
        if BASE64.fullmatch(plain := unquote(value)):
            yield _decoded(plain)


def _decoded(text: str) -> str:
    try:
        found = b64decode(text + "=" * (-len(text) % 4), altchars=b"-_" if "-" in text or "_" in text else None)
        return found.decode("ascii") if found.startswith((b"http://", b"https://", b"/")) else ""
    except (Base64Error, UnicodeDecodeError):
        return ""
