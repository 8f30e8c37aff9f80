"""The text of an article that only a script shows: taken out of what the page itself holds."""

import json
from base64 import b64encode
from html import escape

import pytest

from crawler.items import Kind
from crawler.pages.reading import read
from tests import factories

TITLE = "柳塘书院举办古籍修复展"
TEXTS = (
    "展览在藏书楼底层举行，共展出近三年修好的古籍一百二十册，分为纸张、装订和函套三个部分。",
    "修复师傅在现场演示补破和溜口，观众可以在旁边的桌上试一试。",
    "展览持续到月底，其间还有三场讲座，书院的学生都可以参加。",
)
HTML = "".join(f"<p>{text}</p>" for text in TEXTS)
HEAD = f"<h1>{TITLE}</h1><div>发布时间：2024-04-23 来源：藏书楼</div>"


def data(told: object) -> str:
    return json.dumps(told, ensure_ascii=False).replace("</", "<\\/")


def page(inner: str, title: str = f"{TITLE} - 柳塘书院") -> str:
    menu = "<div><a href=/>首页</a> <a href=/xw/>新闻</a></div>"
    return f"<html><head><title>{title}</title></head><body>{menu}{inner}<div>版权所有 柳塘书院</div></body></html>"


@pytest.mark.parametrize(
    "inner",
    [
        f"{HEAD}<div id=c></div><script>var t = {data(HTML)}; document.getElementById('c').innerHTML = t</script>",
        f"{HEAD}<div id=c></div><script>$('#c').html({data(HTML)})</script>",
        f"{HEAD}<div id=c></div><script>$('#c').html(decodeURIComponent(escape(atob('{b64encode(HTML.encode()).decode()}'))))</script>",
        f"{HEAD}<div id=app></div><script>new Vue({{data(){{ return {data({'title': TITLE, 'content': HTML})} }}}})</script>",
        "<div id=__nuxt></div><script>window.__NUXT__ = (function(a, b){ return {data: [{info: {id: 98, title: a, content: b, "
        "createTime: '2024-04-23 10:00'}}]} })("
        f"{data(TITLE)}, {data(HTML)})</script>",
        "<div id=__next></div><script id=__NEXT_DATA__ type=application/json>"
        + data({"props": {"pageProps": {"detail": {"title": TITLE, "publishTime": "2024-04-23", "content": HTML}}}})
        + "</script>",
        f'<div id=app data-page="{escape(data({"post": {"title": TITLE, "body": HTML, "date": "2024-04-23"}}))}"></div>',
        f"{HEAD}<script type=application/ld+json>"
        + data({"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(TEXTS)})
        + "</script>",
    ],
)
def test_a_text_that_a_script_shows_is_the_text(inner: str) -> None:
    reading = read(factories.page(page(inner), "https://news.example.edu.cn/news/98.html", headers=()), factories.SITE)
    assert reading.article is not None
    assert reading.article.title == TITLE
    assert all(text in reading.article.body for text in TEXTS)
    assert reading.article.published is not None
    assert f"{reading.article.published:%F}" == "2024-04-23"


@pytest.mark.parametrize(
    "inner",
    [
        "<h1>通知公告</h1><div id=app></div><script>window.__D__ = "
        + data({"list": [{"id": 1, "title": "另一则消息的标题", "content": HTML}]})
        + "</script>",
        f"<div id=c></div><script>$('#c').html('<p>\\u0000' + {data('加载中')} + '</p>')</script>",
        "<script type=application/json>{not json</script><div id=app></div>",
    ],
)
def test_data_of_another_article_and_data_that_are_none_are_no_text(inner: str) -> None:
    title = "通知公告 - 柳塘书院"
    reading = read(factories.page(page(inner, title), "https://news.example.edu.cn/news/", headers=()), factories.SITE)
    assert reading.kind is not Kind.ARTICLE


def test_what_a_page_shows_comes_before_what_it_keeps() -> None:
    shown = "".join(f"<p>{text}</p>" for text in ("书院今天开门。", "来的人很多。", "大家都很高兴。"))
    kept = f"<script type=application/json>{data({'title': TITLE, 'content': HTML})}</script>"
    reading = read(factories.page(page(f"{HEAD}<div>{shown}</div>{kept}"), headers=()), factories.SITE)
    assert reading.article is not None
    assert TEXTS[0] not in reading.article.body
