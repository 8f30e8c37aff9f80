"""Blocks: what is one paragraph, one list, one table; and where a page's markup ends."""

import pytest
from lxml import html as lxml_html

from crawler.pages.extraction.blocks import Block, to_blocks
from crawler.pages.extraction.boilerplate import CONTROL, trim
from crawler.pages.extraction.endings import RELATED

BASE = "https://news.example.edu.cn/info/1021/30412.htm"


def blocks(html: str) -> list[Block]:
    parser = lxml_html.HTMLParser(huge_tree=True)
    body = lxml_html.document_fromstring(f"<body>{html}</body>", parser).body
    assert body is not None
    return to_blocks(body, BASE, lambda _: False)


def texts(html: str) -> list[str]:
    return [block.text for block in blocks(html)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>一</p>二<p>三</p>", ["一", "二", "三"]),
        ("<p><span>一</span><font>二</font></p>", ["一二"]),
        ("<div>一<br>二</div>", ["一 二"]),
        ("<div>一<br><br>二<br/> <br/>三</div>", ["一", "二", "三"]),
        ("<section><section><p>一</p></section></section>", ["一"]),
        ("<ul><li>一</li><li>二</li></ul>", ["一 二"]),
        ("<ul><li><div>一</div></li><li><div>二</div></li></ul>", ["一", "二"]),
        ("<table><tr><td><p>一</p><p>二</p></td></tr></table>", ["一", "二"]),
        ("<p>　</p><p><br></p><p>&nbsp;</p>", []),
        ("<p>一<select><option>x</option></select><input value=y>二</p>", ["一二"]),
    ],
)
def test_paragraphs(html: str, expected: list[str]) -> None:
    assert texts(html) == expected


def test_kinds() -> None:
    html = "<h2>题</h2><p>文</p><ul><li>项</li></ul><blockquote>引</blockquote><pre>码</pre><hr><p><img src=/1.jpg></p>"
    assert [block.kind for block in blocks(html)] == ["h", "p", "list", "quote", "code", "rule", "image"]


def test_a_block_knows_how_much_of_it_is_links() -> None:
    (block,) = blocks("<p>见<a href=/a>通知一</a>。</p>")
    assert (block.text, block.linked) == ("见通知一。", 3)


@pytest.mark.parametrize(
    ("table", "is_data"),
    [
        ("<tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr>", True),
        ("<tr><td>a</td><td>b</td></tr>", False),
        ("<tr><td>a</td></tr><tr><td>b</td></tr>", False),
        (f"<tr><td>{'长' * 500}</td><td>b</td></tr><tr><td>1</td><td>2</td></tr>", False),
        ("<tr><td><img src=/1.jpg></td><td><img src=/2.jpg></td></tr><tr><td>一</td><td>二</td></tr>", True),
        (
            "<tr><td><img src=/1.jpg></td><td><img src=/2.jpg></td></tr><tr><td><img src=/3.jpg></td><td>二</td></tr>",
            False,
        ),
        ("<tr><td></td><td></td></tr><tr><td></td><td>x</td></tr>", False),
        ("<tr><td colspan=²>a</td><td rowspan=-1>b</td></tr><tr><td colspan=2>1</td></tr>", True),
    ],
)
def test_a_table_of_data_is_one_block_and_one_of_layout_is_unfolded(table: str, is_data: bool) -> None:
    assert ("table" in [block.kind for block in blocks(f"<table>{table}</table>")]) is is_data


@pytest.mark.parametrize("tag", ["div", "span", "b", "ul", "blockquote", "table", "li", "a href=x"])
def test_nesting_without_end_is_read_without_end_of_the_stack(tag: str) -> None:
    assert "".join(texts(f"<{tag}>字" * 1500)).replace(" ", "") == "字" * 1500


@pytest.mark.parametrize(
    "text",
    [
        "上一条：图书馆开放",
        "下一篇:没有了",
        "【关闭窗口】",
        "【打印本页】",
        "浏览次数：128",
        "点击数： 次",
        "分享到：微信 微博",
        "瀏覽數：321",
        "放大",
        "收藏 12分享邀请",
        "------分隔线------",
        "字号：大 中 小",
        "扫一扫关注我们",
        "返回列表",
        "Previous: Moss",
        "共 12 条评论",
    ],
)
def test_a_control_is_no_text(text: str) -> None:
    assert CONTROL.match(text)


@pytest.mark.parametrize(
    "text",
    [
        "上一届运动会共有三百人参加。",
        "下一步，学校将继续推进。",
        "返回舱平安着陆",
        "点击率和转化率的研究",
        "分享会结束后，同学们合影。",
        "关闭的矿井重新开放",
        "微信群里传来消息",
    ],
)
def test_a_sentence_that_begins_like_a_control_is_text(text: str) -> None:
    assert not CONTROL.match(text)


@pytest.mark.parametrize(
    "text", ["相关新闻", "■ 热门文章", "推荐阅读：", "【相关链接】", "网友评论", "评论 3", "最新动态", "Related posts"]
)
def test_a_heading_of_other_pages(text: str) -> None:
    assert RELATED.match(text)


def trimmed(html: str, *, is_known: bool = True) -> tuple[list[str], list[str]]:
    left = trim(blocks(html), "校长出席会议", is_known=is_known)
    return [block.text for block in left.blocks], left.said


def test_credits_at_the_ends_are_told_apart_from_the_text() -> None:
    kept, said = trimmed("<p>来源：宣传部 时间：2024-05-06</p><p>会议召开。</p><p>编辑：王芳</p><p>审核：李雷</p>")
    assert kept == ["会议召开。"]
    assert sorted(said) == ["审核：李雷", "来源：宣传部 时间：2024-05-06", "编辑：王芳"]


def test_a_related_list_is_left_out_and_what_follows_it_is_not() -> None:
    assert trimmed(
        "<p>文。</p><p>相关新闻</p><p><a href=/1>第一条相关的新闻</a></p><p><a href=/2>第二条相关的新闻</a></p><p>文后还有文。</p>"
    )[0] == ["文。", "文后还有文。"]


def test_a_line_of_tags_is_left_out_and_keywords_of_an_abstract_are_not() -> None:
    assert trimmed("<p>文。</p><p>标签：<a href=/t/1>支教</a> <a href=/t/2>编程</a></p>")[0] == ["文。"]
    for label in ("Filed under:", "Posted in", "Tagged with", "Categories:"):
        assert trimmed(f"<p>文。</p><p>{label} <a href=/t/1>News</a>, <a href=/t/2>Library</a></p>")[0] == ["文。"]
    assert trimmed("<p>文。</p><p>关键词：支教；编程</p>")[0] == ["文。", "关键词：支教；编程"]


def test_on_an_unknown_site_the_title_and_what_stands_over_it_go() -> None:
    html = "<p>当前位置：首页</p><h1>校长出席会议</h1><p>发布时间：2024-05-06 浏览次数：3</p><p>会议召开。</p>"
    assert trimmed(html, is_known=False)[0] == ["会议召开。"]


def test_a_date_that_is_not_the_page_s_is_the_author_s() -> None:
    lecture = "<p>时间：2024年5月8日 14:00</p><p>地点：图书馆报告厅</p>"
    assert trimmed(lecture)[0] == ["时间：2024年5月8日 14:00", "地点：图书馆报告厅"]
    chronicle = "<p>2024年5月8日 图书馆新馆开馆</p><p>2024年6月1日 校史馆开馆</p>"
    assert trimmed(chronicle)[0] == ["2024年5月8日 图书馆新馆开馆", "2024年6月1日 校史馆开馆"]
    assert trimmed("<p>发布时间：2024年5月8日</p><p>正文。</p>")[0] == ["正文。"]


def test_a_container_a_rule_names_opens_with_the_author() -> None:
    assert trimmed("<p>校长出席会议</p><p>会议召开。</p>")[0] == ["校长出席会议", "会议召开。"]
