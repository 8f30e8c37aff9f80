"""A selection as a book (EPUB 3.3): a chapter an article, with its pictures; no script, nothing that is fetched.

Written by hand: a container is a ZIP file with three descriptions, and the library that is at hand is under the AGPL.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from lxml import html

from crawler.browse.packing import Member
from crawler.controls import for_xml
from crawler.export.citation import Citation, gbt7714

CORE = {  # pictures that every reader shows (EPUB 3.3, 3.2)
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" xml:lang="{language}">
<head><title>{title}</title></head>
<body>{body}</body>
</html>
"""
PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:language>{language}</dc:language>
{creators}<meta property="dcterms:modified">{modified}</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
{items}</manifest>
<spine>
{spine}</spine>
</package>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One article of a book."""

    citation: Citation
    prose: str  # safe HTML


def members(
    title: str, language: str, chapters: Sequence[Citation], read: Iterator[Chapter], root: Path
) -> Iterator[Member]:
    """Yield the files of a book, in their order; chapters are read one by one, pictures come from below the archive's folder."""
    yield "mimetype", b"application/epub+zip"
    yield "META-INF/container.xml", CONTAINER.encode()
    pictures: dict[str, None] = {}
    for chapter in read:
        body, seen = _body(chapter, root)
        pictures |= dict.fromkeys(seen)
        one = chapter.citation
        yield f"EPUB/{_name(one)}", _page(one.title, one.language, body)
    for path in pictures:
        yield f"EPUB/{path}", root / path
    yield "EPUB/nav.xhtml", _page(title, language, _contents(title, chapters))
    yield "EPUB/package.opf", _package(title, language, chapters, list(pictures))


def _body(chapter: Chapter, root: Path) -> tuple[str, list[str]]:
    """Return a chapter as XHTML, and the pictures it shows, as paths in the archive."""
    tree = html.fragment_fromstring(for_xml(chapter.prose), create_parent="section")
    pictures = []
    for picture in list(tree.iter("img")):
        path = (picture.get("src") or "").removeprefix("/").partition("#")[0]
        if Path(path).suffix in CORE and (root / path).is_file():
            picture.attrib.pop("loading", None)
            picture.set("src", path)
            pictures.append(path)
        else:
            picture.tag = "span"
            picture.text = picture.get("alt")
            picture.attrib.clear()
    for link in list(tree.iter("a")):
        if not (link.get("href") or "").startswith(("http://", "https://")):
            link.tag = "span"  # a file of the archive: in the ZIP file, not in a book
            link.attrib.clear()
    heading = f"<h1>{_text(chapter.citation.title)}</h1>"
    source = f"<p><small>{_text(gbt7714(chapter.citation))}</small></p>"
    return heading + str(html.tostring(tree, method="xml", encoding="unicode")) + source, pictures


def _contents(title: str, chapters: Sequence[Citation]) -> str:
    rows = "".join(f'<li><a href="{_name(one)}">{_text(one.title) or one.id}</a></li>' for one in chapters)
    return f'<nav epub:type="toc" id="toc"><h1>{_text(title)}</h1><ol>{rows}</ol></nav>'


def _package(title: str, language: str, chapters: Sequence[Citation], pictures: Sequence[str]) -> bytes:
    pages = "".join(
        f'<item id="c{n}" href="{_name(one)}" media-type="application/xhtml+xml"/>\n' for n, one in enumerate(chapters)
    )
    shown = "".join(
        f'<item id="p{n}" href="{path}" media-type="{CORE[Path(path).suffix]}"/>\n' for n, path in enumerate(pictures)
    )
    universities = dict.fromkeys(one.university for one in chapters)
    modified = max((one.captured for one in chapters), default=datetime(1970, 1, 1, tzinfo=UTC))
    return PACKAGE.format(
        language=language,
        identifier=uuid5(NAMESPACE_URL, "\n".join(f"{one.url} {one.digest}" for one in chapters)),
        title=_text(title),
        creators="".join(f"<dc:creator>{_text(name)}</dc:creator>\n" for name in universities),
        modified=f"{modified.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        items=pages + shown,
        spine="".join(f'<itemref idref="c{n}"/>\n' for n in range(len(chapters))),
    ).encode()


def _page(title: str, language: str, body: str) -> bytes:
    return PAGE.format(title=_text(title) or "–", language=language, body=body).encode()


def _name(one: Citation) -> str:
    return f"{one.id}.xhtml"


def _text(text: str) -> str:
    return escape(for_xml(text))
