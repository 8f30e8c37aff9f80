"""A page: its lines as a reader sees them, and which of them each element spans."""

from datetime import UTC, datetime

import pytest

from crawler.errors import ExtractionError
from crawler.items import Capture
from crawler.pages.extraction.page import Page, fold, parse

URL = "https://news.example.edu.cn/x/y.html"


def page(html: str | bytes, url: str = URL) -> Page:
    body = html.encode() if isinstance(html, str) else html
    return parse(
        Capture(url=url, final_url=url, fetched=datetime(2024, 6, 1, tzinfo=UTC), status=200, headers=(), body=body)
    )


def lines(html: str) -> list[str]:
    return [line.text for line in page(html).lines if line.text]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>一</p><p>二</p>", ["一", "二"]),
        ("一<br>二<br/>三", ["一", "二", "三"]),
        ("<p>一<span>二</span><b>三</b></p>", ["一二三"]),
        ("<div>一<div>二</div>三</div>", ["一", "二", "三"]),
        ("<table><tr><td>一</td><td>二</td></tr></table>", ["一", "二"]),
        ("<ul><li>一<li>二</ul>", ["一", "二"]),
        ("<p>　一\n  二&nbsp;三\u200b四 </p>", ["一 二 三 四"]),
        ("<p>一<script>x</script><style>y</style><noscript>z</noscript>二</p>", ["一二"]),
        ("<p>一</p><p style='DISPLAY : none'>藏</p><p hidden>藏</p>", ["一"]),
        ("<p>一<!-- 注释 -->二</p>", ["一二"]),
        ("<select><option>一</option></select><button>二</button><textarea>三</textarea>四", ["四"]),
        ("a\x00b\x0bc", ["abc"]),
        ("&lt;p&gt; &nosuch; &#x4e00;", ["<p> &nosuch; 一"]),
    ],
)
def test_lines_are_what_a_reader_sees(html: str, expected: list[str]) -> None:
    assert lines(f"<html><body>{html}</body></html>") == expected


def test_a_line_knows_its_links_and_how_much_of_it_they_are() -> None:
    line = next(
        line
        for line in page("<p>见<a href=a.htm>通知 一</a>和<a href=b.htm title=附件><img></a>。<a>无</a></p>").lines
        if line.text
    )
    assert [(anchor.href, anchor.text) for anchor in line.anchors] == [("a.htm", "通知 一"), ("b.htm", "附件")]
    assert (line.text, line.linked) == ("见通知 一和。无", 4)


def test_every_element_spans_its_lines() -> None:
    read = page("<body><div id=a><p>一</p><p>二</p></div><div id=b><img></div><div id=c>三</div></body>")
    spans = {name: [line.text for line in read.inside(read.tree.get_element_by_id(name))] for name in "abc"}
    assert spans == {"a": ["一", "二"], "b": [], "c": ["三"]}


def test_what_is_nested_too_deep_is_one_line() -> None:
    read = page("<div>字" * 1500)  # the parser itself ends at 2,048 levels
    assert "".join(line.text for line in read.lines).replace(" ", "") == "字" * 1500
    assert len(read.lines) < 500


def test_the_base_is_what_the_page_says_or_its_address() -> None:
    assert page("<p>").base == URL
    assert page("<base href='/z/'><p>").base == "https://news.example.edu.cn/z/"
    assert page("<base href='javascript:x'><p>").base == URL
    assert page("<base href='http://[x'><p>").base == URL


def test_a_page_saved_without_an_address_may_name_its_own() -> None:
    nowhere = "http://unknown.invalid/page"
    assert page("<link rel=canonical href='https://a.edu.cn/1.htm'><p>", nowhere).base == "https://a.edu.cn/1.htm"
    assert page("<meta property=og:url content='https://a.edu.cn/2.htm'><p>", nowhere).base == "https://a.edu.cn/2.htm"
    assert page("<link rel=canonical href='https://a.edu.cn/1.htm'><p>").base == URL


def test_metas_are_found_by_name_property_or_itemprop_and_the_first_wins() -> None:
    read = page(
        "<meta name=PubDate content=' 2024 '><meta property=og:title content=题><meta itemprop=x content=1>"
        "<meta name=pubdate content=2><meta name=empty content=''>"
    )
    assert read.metas == {"pubdate": "2024", "og:title": "题", "x": "1"}


@pytest.mark.parametrize("body", [b"", b"   \n", b"\x00\x00", b"\xef\xbb\xbf", b"<!--", b"<!-- x -->", b"<?php"])
def test_nothing_to_parse_is_a_deliberate_error(body: bytes) -> None:
    with pytest.raises(ExtractionError):
        page(body)


def test_a_picture_written_out_in_its_address_does_not_cost_the_tag() -> None:
    read = page(f"<img src='data:image/png;base64,{'A' * 50_000}' orisrc='/full.jpg'><p>文</p>")
    assert read.tree.xpath("//img/@orisrc") == ["/full.jpg"]
    assert [line.text for line in read.lines if line.text] == ["文"]


def test_a_tag_of_a_hundred_thousand_attributes_loses_them() -> None:
    read = page("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">文</p>")
    assert [line.text for line in read.lines if line.text] == ["文"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [(None, ""), ("", ""), (" a \n\t b ", "a b"), ("\u3000一\u00a0二\ufeff", "一 二"), ("\u200b", "")],
)
def test_fold(text: str | None, folded: str) -> None:
    assert fold(text) == folded
