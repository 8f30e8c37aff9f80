"""Titles: the article's own, without the names of section and site."""

import pytest

from crawler.items import Selectors, Site
from crawler.pages.extraction.metadata import window_title
from crawler.pages.extraction.page import Page, parse
from crawler.pages.extraction.titles import find_title
from tests import factories

SITE = Site(key="x", name="x", hosts=("news.example.edu.cn",))
TEXT = "<p>三月十二日下午，学校在明德楼召开教学工作会议，各学院院长和有关部门负责人参加会议。</p>" * 3


def page(html: str, path: str = "/x/y.html") -> Page:
    return parse(factories.page(html, f"https://news.example.edu.cn{path}", headers=()))


def title_of(head: str, body: str, path: str = "/x/y.html", site: Site = SITE) -> tuple[str | None, str | None]:
    read = page(f"<html><head>{head}</head><body>{body}{TEXT}</body></html>", path)
    start = next(number for number, line in enumerate(read.lines) if line.text.startswith("三月十二日"))
    return find_title(read, site, start)


@pytest.mark.parametrize(
    ("window", "title"),
    [
        ("春季运动会开幕-云岭大学新闻网", "春季运动会开幕"),
        ("春季运动会开幕 - 综合新闻 - 云岭大学", "春季运动会开幕"),
        ("春季运动会开幕_云岭大学", "春季运动会开幕"),
        ("春季运动会开幕 | 云岭大学", "春季运动会开幕"),
        ("春季运动会开幕——云岭大学", "春季运动会开幕"),
        ("春季运动会开幕", "春季运动会开幕"),
        ("Covid-19 and the campus - Yunling University", "Covid-19 and the campus"),
        ("2023-2024学年校历", "2023-2024学年校历"),
        ("", None),
    ],
)
def test_a_window_title_loses_the_names_behind_it(window: str, title: str | None) -> None:
    assert window_title(page(f"<title>{window}</title><p>x")) == title


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>春季运动会开幕-云岭大学</title>", "<h1>春季运动会开幕</h1>", "春季运动会开幕"),
        (
            "<title>云岭大学新闻网</title>",
            "<h1>云岭大学新闻网</h1><div class=title>春季运动会开幕</div>",
            "春季运动会开幕",
        ),
        ("<title>云岭大学</title>", "<h2>春季运动会开幕</h2>", "春季运动会开幕"),
        ("<title>综合新闻-云岭大学</title>", "<h3>综合新闻</h3><p class=biaoti>春季运动会开幕</p>", "春季运动会开幕"),
        ("<title></title>", "<h1>春季运动会开幕</h1>", "春季运动会开幕"),
        ("<title>春季运动会开幕</title>", "<p>首页 新闻</p>", "春季运动会开幕"),
        ("<title></title><meta property=og:title content=春季运动会开幕>", "", "春季运动会开幕"),
        ("<title>春季运动会开幕-云岭大学</title>", "<h1>春季　运动会<br>开幕</h1>", "春季 运动会 开幕"),
        (
            "<title>“云山之旅”——苏晚和她的乐队_校园_云岭大学</title>",
            "<h2>校园</h2><h2>“云山之旅”——苏晚和她的乐队</h2>",
            "“云山之旅”——苏晚和她的乐队",
        ),
        ("<title>云岭大学主页_关于停水的通知_</title>", "<h2>关于停水的通知 ( 2024年05月06日 )</h2>", "关于停水的通知"),
        (
            "<title>会议安排（2024年5月6日）-云岭大学</title>",
            "<h2>会议安排（2024年5月6日）</h2>",
            "会议安排（2024年5月6日）",
        ),
        (
            "<title>两办印发通知关于加强管理的意见 - 云岭大学</title>",
            "<p>两办印发通知</p><p>关于加强管理的意见</p>",
            "两办印发通知 关于加强管理的意见",
        ),
        (
            "<title>苏远：教育公平的三个阶段 - 云岭大学</title>",
            "<h3>教育公平的三个阶段</h3>",
            "苏远：教育公平的三个阶段",
        ),
        ("<title>药学院_院系风采_云岭大学</title>", "<h2>院系风采</h2><h2>药学院</h2><p>2024-05-06</p>", "药学院"),
        (
            "<title>公告內容 - 東嶼大學</title>",
            "<table><tr><th>公告主旨<td>期中考試注意事項<tr><th>公告日期<td>113/04/17</table>",
            "期中考試注意事項",
        ),
        ("<title>春季运动会开幕</title>", "<h1>春季运动<br>会开幕</h1>", "春季运动 会开幕"),
        ("<title>“两山”之间：一座桥-云岭大学</title>", "<h1>“两山”之间：一座桥</h1>", "“两山”之间：一座桥"),
    ],
)
def test_the_title_is_the_article_s(head: str, body: str, title: str) -> None:
    assert title_of(head, body)[0] == title


def test_the_site_s_selector_comes_first() -> None:
    site = Site(key="x", name="x", hosts=("news.example.edu.cn",), selectors=Selectors(title=".mine"))
    head, body = "<title>春季运动会开幕-云岭大学</title>", "<h1>春季运动会开幕</h1><p class=mine>我的题目</p>"
    assert title_of(head, body, site=site) == ("我的题目", "site")


def test_the_family_s_rule_comes_before_the_window() -> None:
    head = "<title>春季运动会开幕-法学院</title>"
    body = "<h1 class=arti_title>春季运动会开幕（图）</h1><div class=wp_articlecontent></div>"
    assert title_of(head, body) == ("春季运动会开幕（图）", "webplus")


def test_a_page_that_names_nothing_has_no_title() -> None:
    assert find_title(page("<p>x</p>"), SITE, 0) == (None, None)
