"""The files of an article are found beside and below its body, however they are offered; those of the site are not."""

from datetime import UTC, datetime

import pytest

from crawler.items import Capture, Media, MediaKind
from crawler.pages.reading import read
from crawler.sites import site_from_url

URL = "https://lib.yuntai.example.edu.cn/news/show.html"
AT = datetime(2025, 6, 1, tzinfo=UTC)
TEXT = "云台大学图书馆新馆于本周正式开放，首批读者走进阅览大厅，工作人员在现场介绍了借阅办法和自习座位的预约方式。"


def files_of(inner: str = "", below: str = "", after: str = "") -> dict[str, str | None]:
    """The addresses on the host and the names of the attachments of a page; `inner` ends its text, `below` and `after` stand outside."""
    html = (
        '<html><head><meta charset="utf-8"><title>图书馆新馆正式开放</title></head><body>'
        '<div class="nav"><a href="/">首页</a><a href="/up/map.pdf">校园地图</a></div>'
        f'<div class="w"><h1>图书馆新馆正式开放</h1><div>发布时间：2023-05-01 15:05</div><div class="txt"><p>{TEXT}</p>{inner}</div>{below}</div>'
        f"{after}</body></html>"
    )
    capture = Capture(url=URL, final_url=URL, fetched=AT, status=200, headers=(), body=html.encode())
    article = read(capture, site_from_url(URL)).article
    assert article is not None
    found: list[Media] = [medium for medium in article.media if medium.kind is MediaKind.ATTACHMENT]
    return {medium.url.removeprefix("https://lib.yuntai.example.edu.cn"): medium.name for medium in found}


@pytest.mark.parametrize(
    "address",
    [
        "/attachment.do?id=77",
        "/sys/get?fileid=33",
        "/DownFile.aspx?ID=8",
        "/ashx/DownloadFile.ashx?f=8",
        "/servlet/FileDownload?aid=8",
        "/index.php/downloads/attachments/138",
        "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=9",
        "/up/8.ppsx",
        "/up/8.docm",
        "/up/8.tar.gz",
    ],
)
def test_a_link_to_a_download_is_an_attachment_inside_and_below_the_text(address: str) -> None:
    link = f'<p><a href="{address}">借阅办法</a></p>'
    assert files_of(link) == files_of(below=link) == {address: "借阅办法"}


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<a download href="/f/8812">申请表</a>', {"/f/8812": "申请表"}),
        ('<a download="申请表.docx" href="/f/8812">点击下载</a>', {"/f/8812": "申请表.docx"}),
        ('<a title="细则.pdf" href="/f/81">下载</a>', {"/f/81": "细则.pdf"}),
        ('<a href="/f/9931">校标.png</a>', {"/f/9931": "校标.png"}),
        ("<a href=\"javascript:down('/up/3.pdf')\">细则</a>", {"/up/3.pdf": "细则"}),
        (
            '<a href="javascript:if(confirm(%27https://lib.yuntai.example.edu.cn/up/3.pdf \\n\\nnot saved%27))1">细则</a>',
            {"/up/3.pdf": "细则"},
        ),
    ],
)
def test_a_link_that_says_it_is_a_file_is_one(link: str, expected: dict[str, str]) -> None:
    assert files_of(f"<p>{link}</p>") == expected


@pytest.mark.parametrize(
    "listed",
    [
        "<p>附件：{}　{}</p>",
        "<p>附件1：{}</p><p>附件2：{}</p>",
        "<dl><dt>附件</dt><dd>{}</dd><dd>{}</dd></dl>",
        "<h4>附件列表</h4><ul><li>{}</li><li>{}</li></ul>",
        "<p>相关附件【{}】【{}】</p>",
    ],
)
def test_what_is_labelled_as_an_attachment_is_one_whatever_its_address(listed: str) -> None:
    listed = listed.format('<a href="/d?k=1">表一</a>', '<a href="/d/2">表二</a>')
    assert files_of(below=listed) == {"/d?k=1": "表一", "/d/2": "表二"}


@pytest.mark.parametrize(
    "below",
    [
        '<p>附件：见<a href="/news/2.html">上一份通知</a></p>',
        '<p>附件：<a href="https://pan.example.net/s/1x">网盘</a></p>',
        '<p>附件：</p><p><a href="/news/2937.chtml">开展业务交流活动</a></p>',
        '<p>附件：</p><p>上一条：<a href="/news/3?id=1">关于开展采购意向公开工作的通知</a></p>',
        '<p>附件：无</p><p>上一条：<a href="/news/3">旧闻</a></p>',
        '<p>附件办法另行通知，<a href="/news/4">查看</a></p>',
    ],
)
def test_a_page_is_no_attachment_though_the_word_stands_before_it(below: str) -> None:
    assert files_of(below=below) == {}


@pytest.mark.parametrize(
    "after",
    [
        '<div class="footer"><ul><li><a href="/up/ad.pdf">品牌广告</a></li></ul><p>版权所有 云台大学</p></div>',
        '<div id="page_footer"><a href="/up/ad.pdf">品牌广告</a></div>',
        '<footer><a href="/up/ad.pdf">品牌广告</a></footer>',
        '<div><h3>相关文章</h3><ul><li><a href="/up/a.pdf">校历.pdf</a></li></ul></div>',
        '<div><h3>常用下载</h3><ul><li><a href="/up/a.pdf">校历</a></li><li><a href="/up/b.doc">报销单</a></li></ul></div>',
        '<div class="side-nav"><a href="/up/a.pdf">校历</a></div>',
    ],
)
def test_a_file_of_the_site_is_none_of_the_article(after: str) -> None:
    assert files_of(after=after) == {}


def test_an_address_elsewhere_that_is_written_out_is_cited() -> None:
    paper = "https://papers.example.org/2021/0153.pdf"
    assert files_of(f'<p>论文：<a href="{paper}">{paper}</a></p>') == {}
    assert files_of(f'<p>论文：<a href="{paper}">全文</a></p>') == {paper: "全文"}


def test_the_icon_of_a_kind_of_file_is_no_picture_and_its_link_a_file() -> None:
    assert files_of('<p>附件：<a href="/up/4.pdf"><img src="/i/pdf.png"></a></p>') == {"/up/4.pdf": "4.pdf"}
