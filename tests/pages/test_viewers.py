"""What a frame, an object or a script shows is the article's file, whoever made the viewer."""

from datetime import UTC, datetime

import pytest

from crawler.items import Capture, Media, MediaKind, Reading
from crawler.pages.extraction.viewers import file_of, shown_by_script
from crawler.pages.reading import read
from crawler.sites import site_from_url

URL = "https://lib.yuntai.example.edu.cn/news/show.html"
PDF = "https://lib.yuntai.example.edu.cn/up/tz.pdf"
AT = datetime(2025, 6, 1, tzinfo=UTC)
TEXT = "云台大学图书馆新馆于本周正式开放，首批读者走进阅览大厅，工作人员在现场介绍了借阅办法和自习座位的预约方式。"


def page_of(inner: str, url: str = URL) -> Capture:
    html = (
        '<html><head><meta charset="utf-8"><title>图书馆新馆正式开放</title></head><body><div><a href="/">首页</a></div>'
        f"<div><h1>图书馆新馆正式开放</h1><div>发布时间：2023-05-01 15:05</div><div>{inner}</div></div></body></html>"
    )
    return Capture(url=url, final_url=url, fetched=AT, status=200, headers=(), body=html.encode())


def reading_of(inner: str, *further: Capture) -> Reading:
    return read(page_of(inner), site_from_url(URL), further)


@pytest.mark.parametrize(
    "address",
    [
        "/up/tz.pdf",
        "/pdfjs/web/viewer.html?file=/up/tz.pdf",
        "/pdfjs/web/viewer.html?file=%2Fup%2Ftz.pdf#page=2",
        "/generic/viewer.html?file=../up/tz.pdf",
        "/js/viewer.html?/up/tz.pdf",
        "https://view.office.example/op/embed.aspx?src=https%3A%2F%2Flib.yuntai.example.edu.cn%2Fup%2Ftz.pdf",
        "/onlinePreview?url=aHR0cHM6Ly9saWIueXVudGFpLmV4YW1wbGUuZWR1LmNuL3VwL3R6LnBkZg==",
    ],
)
def test_a_viewer_shows_the_file_that_its_address_carries(address: str) -> None:
    assert file_of(address, URL) == PDF


def test_a_viewer_that_names_no_file_is_the_file() -> None:
    assert file_of("/viewPdf.htm?contentId=17", URL) == "https://lib.yuntai.example.edu.cn/viewPdf.htm?contentId=17"


@pytest.mark.parametrize("address", ["/list.htm", "/count.jsp?id=3", "javascript:void(0)", "/search?q=pdf"])
def test_an_ordinary_address_shows_no_file(address: str) -> None:
    assert file_of(address, URL) is None


@pytest.mark.parametrize(
    "shown",
    [
        '<iframe src="/up/tz.pdf"></iframe>',
        '<embed src="/up/tz.pdf" type="application/pdf">',
        '<object data="/up/tz.pdf" type="application/pdf"><p>您的浏览器不支持</p></object>',
        '<div id="pdf"></div><script>PDFObject.embed("/up/tz.pdf", "#pdf");</script>',
    ],
)
def test_the_file_that_an_article_shows_is_its_attachment_by_name(shown: str) -> None:
    article = reading_of(shown).article
    assert article is not None
    assert [(one.kind, one.url, one.name) for one in article.media] == [(MediaKind.ATTACHMENT, PDF, "tz.pdf")]


def test_a_player_of_a_script_shows_a_film() -> None:
    assert list(shown_by_script("showPlayer('/up/film.mp4')", URL)) == ["https://lib.yuntai.example.edu.cn/up/film.mp4"]


def test_the_page_in_a_frame_is_read_as_a_further_page() -> None:
    frame = "https://lib.yuntai.example.edu.cn/news/text.html"
    reading = reading_of('<iframe src="text.html" width="100%" height="800"></iframe>')
    assert reading.further == (frame,)
    inner = f'<html><head><meta charset="utf-8"></head><body><p>{TEXT}</p></body></html>'.encode()
    shown = Capture(url=frame, final_url=frame, fetched=AT, status=200, headers=(), body=inner)
    whole = reading_of('<iframe src="text.html" width="100%" height="800"></iframe>', shown).article
    assert whole is not None
    assert whole.body == TEXT


def test_an_article_that_says_and_shows_nothing_is_empty_and_of_no_confidence() -> None:
    article = reading_of("").article
    assert article is not None
    assert article.is_empty
    assert article.confidence == 0


def test_a_picture_written_out_in_its_address_travels_as_its_content() -> None:
    written = "iVBORw0KGgo" + "A" * 1201
    article = reading_of(f'<p>{TEXT}</p><p><img src="data:image/png;base64,{written}"></p>').article
    assert article is not None
    (picture,) = article.media
    assert picture.url.startswith("ni:///sha-256;")
    assert (picture.content or b"").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "inner",
    [
        f'<textarea id="src" style="display:none"><p>{TEXT}</p><p>{TEXT[:40]}</p></textarea><div id="show"></div>',
        f'<div class="body" style="display:none"><p>{TEXT}</p><p>{TEXT[:40]}</p></div>',
    ],
)
def test_a_text_that_a_script_shows_is_the_text(inner: str) -> None:
    article = reading_of(inner).article
    assert article is not None
    assert article.body == f"{TEXT}\n\n{TEXT[:40]}"


def test_what_a_player_of_flash_was_told_to_show_is_the_film_or_the_file() -> None:
    told = '<embed src="/res/FlexPaperViewer.swf" flashvars="SwfFile=/up/tz.swf&Scale=0.6">'
    assert [medium.url for medium in media_of(told)] == ["https://lib.yuntai.example.edu.cn/up/tz.swf"]
    assert not media_of('<embed src="/res/FlexPaperViewer.swf">')


def test_the_pages_of_a_document_are_pictures_where_no_file_is_offered() -> None:
    pages = 'var vsb_pdf_image_data = ["/up/1.jpg","/up/2.jpg"];'
    assert [medium.kind for medium in media_of(f"<script>{pages}</script>")] == [MediaKind.IMAGE, MediaKind.IMAGE]
    both = f'<script>{pages}showVsbpdfIframe("/up/tz.pdf","100%")</script>'
    assert [medium.url for medium in media_of(both)] == [PDF]


def test_what_follows_an_element_without_an_end_tag_is_read() -> None:
    picture = '<picture><source srcset="/up/a.webp"><img src="/up/a.jpg"></picture>'
    assert [medium.url for medium in media_of(picture)] == ["https://lib.yuntai.example.edu.cn/up/a.jpg"]
    article = reading_of(f"<p>{TEXT}</p><p><embed src=/up/a.mp4>影片记录了开馆的全过程。</p>").article
    assert article is not None
    assert article.body.endswith("影片记录了开馆的全过程。")


def media_of(inner: str) -> list[Media]:
    article = reading_of(f"<p>{TEXT}</p><p>{inner}</p>").article
    assert article is not None
    return list(article.media)
