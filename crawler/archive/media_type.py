"""What the bytes of a medium are: their type, ending and size in pixels, and the place that follows from them.

Told by content; what the server or the address says counts only for bytes that have no mark of their own (plain text, CAJ).
"""

import re
import warnings
import zipfile
from hashlib import sha256
from io import BytesIO
from urllib.parse import urlsplit

import puremagic
from PIL import Image, UnidentifiedImageError

from crawler.archive.layout import MEDIA
from crawler.items import MediaFile, MediaKind

HTML = re.compile(
    rb"(?:\s++|<!--(?>.*?-->))*+<(?:!doctype\s+html|html|head|body|script|meta|title)\b", re.IGNORECASE | re.DOTALL
)
HEAD = 4096  # bytes in which a page says that it is one
UTF8_MARK = b"\xef\xbb\xbf"
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OPEN_XML = "application/vnd.openxmlformats-officedocument."
# A folder or file in a zip archive -> what the archive is (ECMA-376; GB/T 33190 for OFD; OpenDocument and EPUB begin with their type).
ZIPPED = (
    ("word/", "docx", f"{OPEN_XML}wordprocessingml.document"),
    ("xl/", "xlsx", f"{OPEN_XML}spreadsheetml.sheet"),
    ("ppt/", "pptx", f"{OPEN_XML}presentationml.presentation"),
    ("OFD.xml", "ofd", "application/ofd"),
)
# The name of a stream in a compound file, in UTF-16 ([MS-CFB] 2.6) -> what the file is.
COMPOUND = (
    ("WordDocument", "doc", "application/msword"),
    ("Workbook", "xls", "application/vnd.ms-excel"),
    ("Book", "xls", "application/vnd.ms-excel"),
    ("PowerPoint Document", "ppt", "application/vnd.ms-powerpoint"),
)
SVG = re.compile(
    rb"\s*+(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>)?(?:\s++|<!--(?>.*?-->)|<!DOCTYPE svg[^>]*+>)*+<svg\b",
    re.IGNORECASE | re.DOTALL,
)
FORMATS = (
    "JPEG",
    "PNG",
    "GIF",
    "WEBP",
    "BMP",
    "TIFF",
    "ICO",
    "AVIF",
)  # all that Pillow may parse: what browsers show, and scans
ENDINGS = {
    "JPEG": "jpg",
    "MPO": "jpg",
    "TIFF": "tif",
}  # of Pillow's formats, where they are not the name in small letters
ENDING = re.compile(r"\.([a-z0-9]{1,5})$")
CLAIMED = frozenset(
    "caj wps et dps".split()
)  # formats without a known mark: those with one are never told by the address
IN_COMPOUND = CLAIMED | frozenset("doc xls ppt".split())  # compound files, with streams of other names
TEXTS = {
    "txt": "text/plain",
    "csv": "text/csv",
    "rtf": "application/rtf",
}  # what text may be; elsewhere it is a message of an error
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
UNKNOWN = ("bin", "application/octet-stream")


def examine(body: bytes, url: str, kind: MediaKind) -> MediaFile | None:
    """Return what a medium is and where its file belongs, None if it is none: empty, a web page, the text of an error, no picture
    where one should be.
    """
    if not body or HTML.match(body[:HEAD].removeprefix(UTF8_MARK)):
        return None
    width, height = None, None
    if picture := _picture(body):
        ending, media_type, width, height = picture
    elif (file := _file(body, url)) is None:
        return None
    else:
        ending, media_type = file
        if kind is MediaKind.IMAGE and media_type != "image/svg+xml" and not media_type.startswith("image/"):
            return None
    if kind is MediaKind.VIDEO and not media_type.startswith(("video/", "audio/")):
        return None
    digest = sha256(body).hexdigest()
    return MediaFile(
        sha256=digest,
        path=media_path(digest, ending),
        type=media_type,
        size=len(body),
        width=width,
        height=height,
    )


def media_path(digest: str, ending: str) -> str:
    """Return `media/<aa>/<sha256>.<ending>`."""
    return f"{MEDIA}/{digest[:2]}/{digest}.{ending}"


def _picture(body: bytes) -> tuple[str, str, int, int] | None:
    """Return ending, type, width and height of a raster picture; its head is read, nothing is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a picture with very many pixels, which is not decoded
            with Image.open(BytesIO(body), formats=FORMATS) as picture:
                name, (width, height) = str(picture.format), picture.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return None
    return ENDINGS.get(name, name.lower()), Image.MIME.get(name, f"image/{name.lower()}"), width, height


def _file(body: bytes, url: str) -> tuple[str, str] | None:
    """Return ending and type of what is no raster picture, None for text where none belongs."""
    if SVG.match(body[:HEAD]):
        return "svg", "image/svg+xml"
    if body.startswith(b"%PDF"):
        return "pdf", "application/pdf"
    if body.startswith(b"{\\rtf"):
        return "rtf", TEXTS["rtf"]
    if body.startswith(ZIP):
        return _zipped(body)
    if body.startswith(OLE):
        return _compound(body, url)
    if not CONTROL.search(body):
        return _text(url)
    try:
        found = max(puremagic.magic_string(body), key=lambda match: match.confidence)
    except (puremagic.PureError, ValueError):
        return _claimed(url)
    if found.mime_type and found.confidence >= 0.5:
        return found.extension.lstrip(".").lower() or UNKNOWN[0], found.mime_type
    return _claimed(url)


def _zipped(body: bytes) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        names = []
    for part, ending, media_type in ZIPPED:
        if any(name.startswith(part) for name in names):
            return ending, media_type
    return "zip", "application/zip"


def _compound(body: bytes, url: str) -> tuple[str, str]:
    for stream, ending, media_type in COMPOUND:
        if stream.encode("utf-16-le") in body:
            return ending, media_type
    return _claimed(url, IN_COMPOUND)[0], "application/x-ole-storage"


def _text(url: str) -> tuple[str, str] | None:
    ending = _ending(url)
    return (ending, TEXTS[ending]) if ending in TEXTS else None


def _claimed(url: str, claimed: frozenset[str] = CLAIMED) -> tuple[str, str]:
    """Return the ending of the address if it is one of a format without a known mark: nothing else is known."""
    ending = _ending(url)
    return (ending, UNKNOWN[1]) if ending in claimed else UNKNOWN


def _ending(url: str) -> str:
    found = ENDING.search(urlsplit(url).path.lower())
    return found[1] if found else ""
