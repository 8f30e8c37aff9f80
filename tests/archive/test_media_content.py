"""What the bytes of a medium are, and the links of a document to its files."""

import io
import zipfile
from dataclasses import replace
from html import escape

import pytest
from html_to_markdown import convert
from PIL import Image

from crawler.archive import body_of, dump, link_media
from crawler.archive.media_links import localise, relink, restore
from crawler.archive.media_type import examine
from crawler.items import Media, MediaFile, MediaKind, Site
from crawler.pages.extraction.markdown import OPTIONS
from crawler.urls import media_in_scope
from tests.archive.test_frontmatter import DOCUMENT

URL = "https://news.example.edu.cn/a.jpg"
FILE = MediaFile(sha256="ab" * 32, path=f"media/ab/{'ab' * 32}.png", type="image/png", size=3)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def picture(form: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 16)).save(buffer, form)
    return buffer.getvalue()


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("form", "ending", "media_type"),
    [
        ("JPEG", "jpg", "image/jpeg"),
        ("PNG", "png", "image/png"),
        ("GIF", "gif", "image/gif"),
        ("WEBP", "webp", "image/webp"),
    ],
)
def test_a_picture_is_told_by_its_content_and_measured(form: str, ending: str, media_type: str) -> None:
    found = examine(picture(form), "https://x/lies.doc", MediaKind.IMAGE)
    assert found is not None
    assert (found.path.rpartition(".")[2], found.type, found.width, found.height) == (ending, media_type, 32, 16)
    assert found.path == f"media/{found.sha256[:2]}/{found.sha256}.{ending}"


@pytest.mark.parametrize(
    ("body", "url", "ending"),
    [
        (b"%PDF-1.4\n", "https://x/download.jsp?wbfileid=1", "pdf"),
        (zipped("word/document.xml"), "https://x/a.zip", "docx"),
        (zipped("xl/workbook.xml"), "https://x/a", "xlsx"),
        (zipped("OFD.xml"), "https://x/a", "ofd"),
        (zipped("readme"), "https://x/a.docx", "zip"),
        (OLE + "WordDocument".encode("utf-16-le"), "https://x/a", "doc"),
        (OLE, "https://x/a.wps", "wps"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(40), "https://x/a", "rar"),
        ("姓名，学号".encode(), "https://x/a.csv", "csv"),
        (b"{\\rtf1 x}", "https://x/download.jsp", "rtf"),
        (b"\x01\x02\x03", "https://x/a.exe", "bin"),
        (b"PK\x03\x04 cut off", "https://x/a.docx", "zip"),
    ],
)
def test_an_attachment_gets_the_ending_of_its_content(body: bytes, url: str, ending: str) -> None:
    found = examine(body, url, MediaKind.ATTACHMENT)
    assert found is not None
    assert found.path.endswith(f".{ending}")


@pytest.mark.parametrize(
    ("body", "url"),
    [
        (b'{"code":404,"msg":"file not found"}', "https://x/b.pdf"),
        ("文件不存在".encode(), "https://x/b.docx"),
        ("文件不存在".encode("gb18030"), "https://x/download.jsp?id=1"),
        (b"<?xml version='1.0'?><error/>", "https://x/b.zip"),
    ],
)
def test_the_text_of_an_error_is_no_attachment(body: bytes, url: str) -> None:
    assert examine(body, url, MediaKind.ATTACHMENT) is None


def test_a_format_with_a_mark_is_never_told_by_the_address() -> None:
    found = examine(b"\x00\x01\x02" * 20, "https://x/a.pdf", MediaKind.ATTACHMENT)
    assert found is not None
    assert found.path.endswith(".bin")


def test_a_video_is_a_file_and_no_picture_of_one() -> None:
    found = examine(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(40), "https://x/a.mp4", MediaKind.VIDEO)
    assert found is not None
    assert found.type.startswith("video/")
    assert examine(picture("PNG"), "https://x/a.mp4", MediaKind.VIDEO) is None


def test_a_drawing_is_a_picture() -> None:
    found = examine(b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', URL, MediaKind.IMAGE)
    assert found is not None
    assert (found.path.rpartition(".")[2], found.type) == ("svg", "image/svg+xml")


@pytest.mark.parametrize("kind", [MediaKind.IMAGE, MediaKind.ATTACHMENT])
@pytest.mark.parametrize(
    "body", [b"", b"\xef\xbb\xbf\n<!DOCTYPE html><p>404", b"<!-- x --> <html>", b"<script>location='/login'</script>"]
)
def test_a_page_is_no_medium(body: bytes, kind: MediaKind) -> None:
    assert examine(body, URL, kind) is None


def test_a_file_is_no_picture() -> None:
    assert examine(b"%PDF-1.4\n", URL, MediaKind.IMAGE) is None
    assert examine(b"\x00" * 40, URL, MediaKind.IMAGE) is None


def test_a_document_links_to_its_file_and_says_the_same_body() -> None:
    document = replace(DOCUMENT, article=replace(DOCUMENT.article, body=f"第一段。\n\n![阅览室]({URL})\n\n第二段。"))
    stored = dump(replace(document, files={URL: FILE}))
    assert f"![阅览室](../../../{FILE.path})".encode() in stored
    assert (
        f"- {{kind: image, url: '{URL}', path: {FILE.path}, sha256: {FILE.sha256}, caption: 阅览室}}".encode() in stored
    )
    assert body_of(stored) == document.article.body
    assert link_media(dump(document), {URL: FILE}) == stored
    assert link_media(stored, {URL: FILE}) == stored


ADDRESSES = [
    URL,
    *(
        "https://x/a(1).jpg",
        "https://x/a(1.jpg",
        "https://x/a)1.jpg",
        "https://x/a((1)).jpg",
        "https://x/download.jsp?a=1&b=2",
    ),
    *(
        "https://x/图书馆.jpg",
        "https://x/图 书(1.jpg",
        "https://x/图（1）(2.jpg",
        "https://x/a_b*c[1].jpg",
        "https://x/%e5%9b.jpg",
    ),
]


@pytest.mark.parametrize("url", ADDRESSES)
def test_links_lead_to_the_file_and_back_however_the_converter_writes_them(url: str) -> None:
    html = f'<p><img src="{escape(url)}" alt="a"> text <a href="{escape(url)}">b.pdf</a> and <a href="https://x/other">c</a></p>'
    body = f"{convert(html, OPTIONS).content.strip()} and {url} in words"
    there = localise(body, {url: FILE.path})
    assert there.count(f"](../../../{FILE.path})") == 2
    assert restore(there, {FILE.path: url}) == body
    assert relink(there, {FILE.path: "pics/a.png"}).count("](pics/a.png)") == 2


def test_an_autolink_leads_to_the_file_and_back() -> None:
    body = "前\n\n<https://x/a_b(1).pdf?c=1>\n\n<https://x/other.pdf>"
    there = localise(body, {"https://x/a_b(1).pdf?c=1": FILE.path})
    assert there == f"前\n\n[a_b(1).pdf](<../../../{FILE.path}>)\n\n<https://x/other.pdf>"
    assert restore(there, {FILE.path: "https://x/a_b(1).pdf?c=1"}) == body
    assert relink(there, {FILE.path: "f.pdf"}) == "前\n\n[a_b(1).pdf](f.pdf)\n\n<https://x/other.pdf>"


def test_two_addresses_of_one_content_are_told_apart_whichever_was_stored_first() -> None:
    urls = ["https://x/1.jpg", "https://x/2.jpg", "https://x/3.jpg"]
    media = tuple(Media(kind=MediaKind.IMAGE, url=url) for url in urls)
    body = "\n\n".join(f"![]({url})" for url in urls)
    document = replace(DOCUMENT, article=replace(DOCUMENT.article, body=body, media=media))
    whole = dump(replace(document, files=dict.fromkeys(urls, FILE)))
    assert whole.count(f"![](../../../{FILE.path})".encode()) == 1
    assert f"![](../../../{FILE.path}#3)".encode() in whole
    assert body_of(whole) == body
    later = link_media(dump(document), {urls[2]: FILE})
    assert body_of(later) == body
    assert link_media(later, dict.fromkeys(urls, FILE)) == whole


def test_media_come_from_the_site_its_domain_and_its_media_hosts() -> None:
    site = Site(key="x", name="x", hosts=("news.sicau.edu.cn", "127.0.0.1:8080"), media_hosts=("cdn.invalid",))
    allowed = (
        "https://news.sicau.edu.cn/a",
        "http://img.sicau.edu.cn/a",
        "https://cdn.invalid/a",
        "http://127.0.0.1:8080/a",
    )
    refused = (
        "https://other.edu.cn/a",
        "https://127.0.0.2/a",
        "ftp://img.sicau.edu.cn/a",
        "https://sicau.edu.cn.evil.invalid/a",
    )
    assert [url for url in allowed if not media_in_scope(url, site)] == []
    assert [url for url in refused if media_in_scope(url, site)] == []


def test_a_row_of_comments_is_looked_through_once() -> None:
    """It was tried in more ways than there are seconds: the crawl stood still, past SIGTERM."""
    assert examine(b"<!---->" * 40 + b"\xffnot a picture", URL, MediaKind.IMAGE) is None
    assert examine(b" " * 4000 + b"\xffnot a picture", URL, MediaKind.IMAGE) is None
    assert examine(b"<!-- a --> <!-- b -->\n<html>", URL, MediaKind.ATTACHMENT) is None


@pytest.mark.parametrize("form", ["DDS", "PCX", "TGA", "PPM", "EPS"])
def test_only_the_formats_of_browsers_are_parsed_as_pictures(form: str) -> None:
    found = examine(picture(form), "https://x/a.bin", MediaKind.ATTACHMENT)
    assert found is None or found.width is None
