"""Media: which picture, attachment or film an element stands for."""

import pytest
from lxml import html as lxml_html
from lxml.html import HtmlElement

from crawler.items import Media, MediaKind
from crawler.pages.extraction.blocks import to_blocks
from crawler.pages.extraction.media import alt_text, attachment_name, attachment_url, image_url, video_url

BASE = "https://news.example.edu.cn/info/1021/30412.htm"
HOST = "https://news.example.edu.cn"


def element(html: str) -> HtmlElement:
    return lxml_html.fragment_fromstring(html)


def media(html: str) -> list[Media]:
    container = lxml_html.fragment_fromstring(html, create_parent="div")
    return [medium for block in to_blocks(container, BASE, lambda _: False) for medium in block.media]


@pytest.mark.parametrize(
    ("img", "path"),
    [
        ('<img src="/1.jpg">', "/1.jpg"),
        ('<img src="/thumb.jpg" orisrc="/full.jpg">', "/full.jpg"),
        ('<img src="/loading.gif" data-original="/full.jpg">', "/full.jpg"),
        ('<img src="/1.jpg" original-src="/1_d.jpg">', "/1_d.jpg"),
        ('<img data-src="https://mmbiz.qpic.cn/a/640?wx_fmt=jpeg">', "https://mmbiz.qpic.cn/a/640?wx_fmt=jpeg"),
        ('<img src="/1.jpg" data-src="/img/blank.gif">', "/1.jpg"),
        ('<img src="data:image/gif;base64,R0" data-src="/2.jpg">', "/2.jpg"),
        ('<img srcset="/s.jpg 300w, /l.jpg 1200w, /m.jpg 600w" src="/s.jpg">', "/l.jpg"),
        ('<img srcset="/a.jpg, /b.jpg 2x" src="/a.jpg">', "/b.jpg"),
        ('<img srcset="/a.jpg ²w, , /b.jpg 1.5.5x">', "/a.jpg"),
        ('<img src="1.jpg">', "/info/1021/1.jpg"),
        ('<img src="/a b.jpg">', "/a%20b.jpg"),
        ('<img src="/1.jpg" width="600" height="400px">', "/1.jpg"),
        ('<img src="/1.jpg" width="100%">', "/1.jpg"),
        (f'<img src="/1.jpg" width="{"9" * 5000}">', "/1.jpg"),
        ('<img src="/1.jpg" width="1">', None),
        ('<img src="/1.jpg" height="16">', None),
        ('<img src="/images/loading.gif">', None),
        ('<img src="/_ueditor/themes/default/images/icon_doc.gif">', None),
        ('<img src="/images/share_weixin.png">', None),
        ('<img src="/templates/x/line.gif">', None),
        ('<img src="data:image/png;base64,AAAA">', None),
        ('<img src="">', None),
        ("<img>", None),
    ],
)
def test_a_picture_is_its_full_size_and_decoration_is_none(img: str, path: str | None) -> None:
    expected = HOST + path if path and path.startswith("/") else path
    assert image_url(element(img), BASE) == expected


@pytest.mark.parametrize(
    ("alt", "text"),
    [
        ("校门口的银杏", "校门口的银杏"),
        ("图片1", None),
        ("IMG_2034.JPG", None),
        ("微信图片_20240506", None),
        ("a1b2c3d4e5", None),
        ("", None),
        ("字" * 200, None),
    ],
)
def test_an_alternative_text_is_what_an_author_wrote(alt: str, text: str | None) -> None:
    assert alt_text(element(f'<img src="/1.jpg" alt="{alt}">')) == text


@pytest.mark.parametrize(
    ("anchor", "path"),
    [
        ('<a href="/a.pdf">附件</a>', "/a.pdf"),
        ('<a href="/a.DOCX">附件</a>', "/a.DOCX"),
        ('<a href="/a.xls?v=1">表</a>', "/a.xls?v=1"),
        (
            '<a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&amp;wbfileid=5">模板</a>',
            "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=5",
        ),
        ('<a href="/down?id=3">报名表.docx</a>', "/down?id=3"),
        ('<a href="/download.aspx?id=3">下载</a>', "/download.aspx?id=3"),
        ('<a href="/f?fileid=3">下载</a>', "/f?fileid=3"),
        ('<a href="/a.htm">通知</a>', None),
        ('<a href="/pdf/list.htm">PDF 列表</a>', None),
        ("<a href=\"javascript:down('a.pdf')\">a.pdf</a>", None),
        ("<a>a.pdf</a>", None),
    ],
)
def test_an_attachment_is_told_by_ending_address_or_name(anchor: str, path: str | None) -> None:
    assert attachment_url(element(anchor), BASE) == (path and HOST + path)


@pytest.mark.parametrize(
    ("anchor", "name"),
    [
        ("<a sudyfile-attr=\"{'title':'案例集.doc'}\" href='/7d/cases.doc'>案例</a>", "案例集.doc"),
        ("<a href='/a.pdf'>课程 大纲</a>", "课程 大纲"),
        ("<a href='/a.pdf' title='大纲.pdf'><img></a>", "大纲.pdf"),
        ("<a href='/download.jsp?wbfileid=5&amp;name=b.pdf'></a>", "b.pdf"),
        ("<a href='/x/a.pdf'></a>", "a.pdf"),
    ],
)
def test_an_attachment_has_the_name_it_is_shown_by(anchor: str, name: str) -> None:
    found = element(anchor)
    assert attachment_name(found, attachment_url(found, BASE) or "") == name


@pytest.mark.parametrize(
    ("html", "path"),
    [
        ('<video src="/a.mp4"></video>', "/a.mp4"),
        ('<audio src="/a.mp3"></audio>', "/a.mp3"),
        ('<embed src="/a.swf">', "/a.swf"),
        (
            '<iframe src="https://v.qq.com/txp/iframe/player.html?vid=x"></iframe>',
            "https://v.qq.com/txp/iframe/player.html?vid=x",
        ),
        ('<iframe src="/count.htm"></iframe>', None),
        ("<video></video>", None),
    ],
)
def test_a_film_is_a_player_and_not_any_frame(html: str, path: str | None) -> None:
    assert video_url(element(html), BASE) == (HOST + path if path and path.startswith("/") else path)


@pytest.mark.parametrize(
    ("html", "kind", "path"),
    [
        ('<script>showVsbpdfIframe("/__local/a.pdf","100%","600")</script>', MediaKind.ATTACHMENT, "/__local/a.pdf"),
        ("<div class=wp_pdf_player pdfsrc='/_upload/a.pdf'></div>", MediaKind.ATTACHMENT, "/_upload/a.pdf"),
        ('<script name="_videourl" vurl="/__local/a.mp4"></script>', MediaKind.VIDEO, "/__local/a.mp4"),
        ("<script>var vurl = '/__local/a.mp4';</script>", MediaKind.VIDEO, "/__local/a.mp4"),
        ("<video><source src='/a.mp4'></video>", MediaKind.VIDEO, "/a.mp4"),
    ],
)
def test_what_a_cms_shows_by_script_or_player_is_media(html: str, kind: MediaKind, path: str) -> None:
    assert [(medium.kind, medium.url) for medium in media(html)] == [(kind, HOST + path)]


def test_media_stand_in_the_order_of_the_page() -> None:
    html = (
        "<p><img src='/1.jpg'>一<a href='/2.pdf'>二.pdf</a></p>"
        "<table><tr><td>a</td><td><img src='/3.jpg' alt='三'></td></tr><tr><td>b</td><td>c</td></tr></table>"
        "<ul><li><a href='/4.doc'>四</a></li></ul>"
    )
    assert [medium.url.rpartition("/")[2] for medium in media(html)] == ["1.jpg", "2.pdf", "3.jpg", "4.doc"]
