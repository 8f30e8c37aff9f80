"""Markdown: what a reader of the file sees is what a reader of the page saw."""

import re
from html import escape

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from crawler.pages.extraction.blocks import to_blocks
from crawler.pages.extraction.markdown import to_markdown
from crawler.pages.extraction.page import fold

FAST = settings(derandomize=True, deadline=None, max_examples=200)
BASE = "https://news.example.edu.cn/info/1021/30412.htm"
READER = MarkdownIt("commonmark", {"html": True}).enable("table")
MARKS = st.lists(
    st.sampled_from(
        [
            *"\\`*_{}[]()<>#+-.!|~=:&;\"'/@^$% ",
            *("字", "a", "1", "，", "。", "“", "”", "：", "\u3000", "\n", "&amp;", "<b>", "http://a.cn", "1.", "##"),
        ]
    ),
    max_size=16,
).map("".join)
INSIDE = st.sampled_from(
    [
        "<p>{}</p>",
        "<h2>{}</h2>",
        "<blockquote><p>{}</p></blockquote>",
        "<ul><li>{}</li><li>后</li></ul>",
        "<div>前<br>{}<br>后</div>",
    ]
)


def markdown(html: str) -> str:
    element = lxml_html.fragment_fromstring(html, create_parent="div")
    return to_markdown(to_blocks(element, BASE, lambda _: False))


def seen(text: str) -> str:
    """Return the text of Markdown as a Markdown reader shows it, white space taken out."""
    rendered = READER.render(text)
    return re.sub(r"\s+", "", "".join(lxml_html.fragment_fromstring(rendered, create_parent="div").itertext()))


def bare(text: str) -> str:
    return re.sub(r"\s+", "", fold(text))


@FAST
@given(MARKS, INSIDE)
@example("1986. 一个伟大的年份", "<p>{}</p>")
@example("- 不是列表", "<p>{}</p>")
@example("# 不是标题", "<div>前<br>{}<br>后</div>")
@example("===", "<div>前<br>{}<br>后</div>")
@example("---", "<div>前<br>{}<br>后</div>")
@example("1) 一", "<ul><li>{}</li><li>后</li></ul>")
@example("&lt;", "<p>{}</p>")
@example("[a]: http://b.cn", "<p>{}</p>")
@example("<!-- x -->", "<p>{}</p>")
@example("~~~", "<p>{}</p>")
@example("9:00~11:00、14:00~16:00", "<p>{}</p>")
@example("    四个空格", "<p>{}</p>")
@example("| a | b |", "<p>{}</p>")
def test_what_was_written_is_what_is_read(text: str, inside: str) -> None:
    written = markdown(inside.format(escape(text)))
    around = inside.replace("{}", escape(text))
    expected = bare("".join(lxml_html.fragment_fromstring(around, create_parent="div").itertext()))
    assert seen(written) == expected, written


@FAST
@given(st.lists(MARKS, min_size=2, max_size=4))
def test_a_table_cell_says_what_it_said(cells: list[str]) -> None:
    row = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    written = markdown(
        f"<table><tr>{'<td>头</td>' * len(cells)}</tr><tr>{row}</tr><tr>{'<td>尾</td>' * len(cells)}</tr></table>"
    )
    assert seen(written) == "头" * len(cells) + bare("".join(cells)) + "尾" * len(cells), written


@FAST
@given(MARKS, MARKS)
def test_no_text_becomes_a_tag(text: str, other: str) -> None:
    written = markdown(f"<p>{escape(text)}<b>{escape(other)}</b></p><p>{escape(other)}</p>")
    tags = re.findall(r"<[^>\n]*>?", re.sub(r"\\.", "", written))
    assert tags == [], written


@FAST
@given(MARKS, MARKS, MARKS)
@example("这是", "重点：", "内容")
@example("他说：“", "好", "”。")
@example("", "（一）", "总则")
@example("a", "b", "c")
def test_bold_beside_anything_neither_shows_nor_eats_a_mark(before: str, bold: str, after: str) -> None:
    source = f"{escape(before)}<strong>{escape(bold)}</strong>{escape(after)}"
    written = markdown(f"<p>{source}</p>")
    assert seen(written) == bare(before + bold + after), written


@pytest.mark.parametrize(
    ("html", "written"),
    [
        ("<p>一</p><p></p><p>&nbsp;</p><p>二</p>", "一\n\n二"),
        ("<p>　　缩进</p>", "缩进"),
        ("<p>一<br><br>二</p>", "一\n\n二"),
        ("<p><br>一<br></p>", "一"),
        ("<p><strong>标</strong><span><strong>题</strong></span><b>：</b>正文</p>", "**标题**：正文"),
        ("<p><strong>标题：</strong>正文</p>", "**标题**：正文"),
        ("<p><strong>　</strong>正文</p>", "正文"),
        ("<p><strong><em>又粗又斜</em></strong></p>", "***又粗又斜***"),
        ("<p>水 H<sub>2</sub>O</p>", "水 H<sub>2</sub>O"),
        ("<p><font>一</font><span>二</span>\n<span>三</span></p>", "一二 三"),
        ("<p>前\n后</p>", "前后"),
        ("<p>one\ntwo</p>", "one two"),
        ("<h3>小标题</h3><div>文</div>", "### 小标题\n\n文"),
        ("<ul><li>一</li><li>二<ul><li>三</li></ul></li></ul>", "- 一\n- 二\n  - 三"),
        ("<ol><li>一</li><li>二</li></ol>", "1. 一\n2. 二"),
        ("<blockquote><p>一</p><p>二</p></blockquote>", "> 一\n>\n> 二"),
        ("<pre>a *b*\n  c</pre>", "```\na *b*\n  c\n```"),
        ("<hr>", "---"),
        ('<p><a href="/x.htm">链接</a></p>', "[链接](https://news.example.edu.cn/x.htm)"),
        ('<p><a href="/x.htm"> </a>空</p>', "空"),
        ('<p><a href="#top">回到</a><a href="javascript:f()">脚本</a></p>', "回到脚本"),
        ('<p><a href="/a(1).htm">括号</a></p>', "[括号](https://news.example.edu.cn/a(1).htm)"),
        ('<p><img src="/1.jpg" alt="校门"></p>', "![校门](https://news.example.edu.cn/1.jpg)"),
        ("<div>一<p>二</p>三</div>", "一\n\n二\n\n三"),
        ("<p>一<script>alert(1)</script><style>p{}</style><!-- 注 -->二</p>", "一二"),
        ('<p>一<span style="display:none">藏</span>二</p>', "一二"),
    ],
)
def test_html_is_written_as(html: str, written: str) -> None:
    assert markdown(html) == written


def test_a_table_of_data_is_a_table_and_one_of_layout_is_not() -> None:
    data = "<table><tr><td>编号</td><td>姓名</td></tr><tr><td>1</td><td>安|琪</td></tr></table>"
    assert markdown(data) == "| 编号 | 姓名 |\n| --- | --- |\n| 1 | 安\\|琪 |"
    assert markdown(f"<table><tr><td><p>文</p>{data}</td></tr></table>") == f"文\n\n{markdown(data)}"
    assert markdown("<table><tr><td><p>一</p></td></tr><tr><td><p>二</p></td></tr></table>") == "一\n\n二"


@pytest.mark.parametrize(
    "href",
    [
        "/a b.htm",
        "/a<b>.htm",
        "/新闻.htm",
        "/a%20b.htm",
        "/a[1].htm",
        "/a*b_c.htm",
        '/a"b.htm',
        "/a\\b.htm",
        "/a<!--b.htm",
        "/a)b(.htm",
    ],
)
def test_an_odd_address_is_still_one_link(href: str) -> None:
    written = markdown(f'<p>见<a href="{escape(href)}">此页</a>。</p>')
    assert seen(written) == "见此页。", written
    assert READER.render(written).count("<a ") == 1, written


@pytest.mark.parametrize("alt", ["a]b", "a[b", "a\\", 'a"b', "*a*", "<b>", "一\n二"])
def test_an_odd_caption_is_still_one_picture(alt: str) -> None:
    written = markdown(f'<p><img src="/1.jpg" alt="{escape(alt)}"></p>')
    assert READER.render(written).count("<img ") == 1, written
    assert seen(written) == "", written


@pytest.mark.parametrize("mark", ["&#xE000;", "&#xE001;", "&#xE002;"])
@pytest.mark.parametrize(
    "html",
    [
        "<p>一{}script>二</p>",
        "<p><b>{}</b>三</p>",
        "<pre>{}b</pre>",
        '<p><img src="/1{}.jpg" alt="{}i>"></p>',
        '<p><a href="/x{}y">四{}</a></p>',
        '<div pdfsrc="/a{}>b.pdf" title="{}b"></div>',
        '<video src="/a{}script>.mp4"></video>',
    ],
)
def test_a_page_cannot_write_our_own_marks(html: str, mark: str) -> None:
    written = markdown(html.replace("{}", mark))
    assert not re.search("[\ue000-\ue002]", written)
    assert not re.search(r"(?<!\\)<(?!https?://[^<>\s]*>)", written), written


@pytest.mark.parametrize(
    "html",
    [
        '<video src="/x><script>alert(1)</script>.mp4"></video>',
        '<div pdfsrc="/x><img src=y onerror=alert(1)>.pdf"></div>',
        '<p><script>showVsbpdfIframe("/x><script>alert(1)")</script></p>',
        '<p><a href="/x)<script>alert(1)</script>">一</a></p>',
        '<p><img src="/x)<script>alert(1)</script>" alt="](x)<script>alert(1)</script>"></p>',
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "<pre>```\n&lt;script&gt;</pre>",
        "<table><tr><td>&lt;script&gt;</td><td>x</td></tr><tr><td>a</td><td>b</td></tr></table>",
    ],
)
def test_nothing_a_page_says_becomes_a_script(html: str) -> None:
    shown = lxml_html.fragment_fromstring(READER.render(markdown(html)), create_parent="div")
    assert not shown.xpath("//script | //@onerror")
