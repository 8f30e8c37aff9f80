"""Reading: whatever the bytes, a Reading or an ExtractionError, and soon."""

import importlib
import pkgutil
import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from time import process_time

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import crawler.dedup
import crawler.pages.discovery
import crawler.pages.extraction
import crawler.pages.families
import crawler.urls
from crawler.errors import ExtractionError
from crawler.items import Capture, Kind, Reading, Reason, Role, Site
from crawler.pages.reading import MAX_PAGE, beginning, read
from tests import factories
from tests.campus.sites import pages

HOST = "https://news.example.edu.cn"
SITE = Site(key="news", name="新闻网", hosts=("news.example.edu.cn",))
VSB, PLAIN = "/info/1021/30412.htm", "/x/y.html"
SENTENCE = "三月十二日下午，学校在明德楼召开教学工作会议，各学院院长和有关部门负责人参加会议。"
FRAGMENTS = [
    *"<>\"'=/&; \n",
    *"<p> </p> <div <table><tr><td> <script> </script> <!-- --> <ul><li> <h1> <title> <meta <svg> <template> <br> <b>".split(),
    *("<a href=", "<img src=", "<base href=", "<iframe ", "<select><option>", "<frameset>", "<plaintext>", "]]>"),
    *("charset=", "style=", "display:none", "&#", "&#x110000;", "\x00", "2024-05-06"),
    *("字，", SENTENCE, "发布时间：", "记者：王芳", "下一页", "当前位置："),
]
FAST = settings(derandomize=True, deadline=None, max_examples=150)


def capture(body: bytes, path: str = PLAIN, content_type: str = "text/html") -> Capture:
    url = path if "://" in path else HOST + path
    return factories.page(body, url, headers=(("Content-Type", content_type),), at=datetime(2024, 6, 1, tzinfo=UTC))


def survived(page: Capture) -> Reading | None:
    """Return the reading, None for a deliberate error; anything else fails the test."""
    try:
        return read(page, SITE)
    except ExtractionError:
        return None


def article(inside: str, *, head: str = "", path: str = VSB) -> Capture:
    text = f"<p>{SENTENCE}</p>" * 3
    box = '<div id="vsb_content">{}</div>' if path == VSB else "<div>{}</div>"
    opening = f"<html><head><title>教学工作会议召开-云岭大学</title>{head}</head><body><h1>教学工作会议召开</h1>"
    stamp = "<p>发布时间：2024-05-06 来源：教务处</p>"
    html = f"{opening}{stamp}{box.format(text + inside + text)}</body></html>"
    return capture(html.encode("utf-8", "surrogatepass"), path)


@FAST
@given(
    st.binary(max_size=400), st.sampled_from([PLAIN, VSB, "/", "/count/count_page_list_1.js", "/feed.xml", "/list.htm"])
)
def test_any_bytes_are_read_or_refused(body: bytes, path: str) -> None:
    survived(capture(body, path))


@FAST
@given(
    st.lists(
        st.sampled_from(FRAGMENTS),
        max_size=40,
    ).map("".join),
    st.sampled_from([PLAIN, VSB]),
)
def test_any_soup_of_tags_is_read(soup: str, path: str) -> None:
    survived(capture(soup.encode(), path))
    survived(article(soup, path=path))


CAMPUS = [
    (key, response)
    for key, response in sorted(pages().items())
    if (response.content_type or "").startswith("text/html") and response.body
]


def _flipped(body: bytes, chance: random.Random) -> bytes:
    bytes_ = bytearray(body)
    for _ in range(len(bytes_) // 50 + 1):
        bytes_[chance.randrange(len(bytes_))] = chance.randrange(256)
    return bytes(bytes_)


def _doubled(body: bytes, chance: random.Random) -> bytes:
    return re.sub(rb"<\w[^>]*>", lambda tag: tag[0] * (chance.random() < 0.2) + tag[0], body)


def _lacking(body: bytes, chance: random.Random) -> bytes:
    return re.sub(rb"</?\w[^>]*>", lambda tag: tag[0] if chance.random() < 0.8 else b"", body)


def _shuffled(body: bytes, chance: random.Random) -> bytes:
    parts = re.split(rb"(?=<)", body)
    chance.shuffle(parts)
    return b"".join(parts)


MUTATIONS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "truncated": lambda body, chance: body[: chance.randrange(len(body))],
    "flipped": _flipped,
    "doubled tags": _doubled,
    "lacking tags": _lacking,
    "shuffled": _shuffled,
    "twice": lambda body, _: body + body,
    "without ends": lambda body, _: body.replace(b"</", b"<"),
    "null bytes": lambda body, _: body.replace(b" ", b"\x00"),
    "broken entities": lambda body, _: body.replace(b" ", b"&#"),
    "another encoding": lambda body, _: body.decode("utf-8", "replace").encode("utf-16"),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_mutated_campus_is_read(mutation: str) -> None:
    chance = random.Random(mutation)
    for (_, path), response in CAMPUS:
        body = MUTATIONS[mutation](response.body, chance)
        survived(capture(body, path, response.content_type or ""))


HOSTILE = {
    **{
        f"5,000 levels of {tag}": (f"<{tag}>" * 5_000 + "字")
        for tag in ("div", "span", "b", "a href=x", "table", "td", "ul", "blockquote", "li", "font", "form", "em")
    },
    "5,000 levels of tables": "<table><tr><td>x</td><td>" * 5_000,
    "5,000 levels of lists": "<ul><li>x" * 5_000,
    "190 levels of quotes": "<blockquote>字" * 190,
    "1,000,000 attributes": "<p " + " ".join(f"a{n}=1" for n in range(1_000_000)) + ">字</p>",
    "an attribute of 2 MB": f"<p style='{'display: ' * 250_000}'>字</p>",
    "10,000 breaks": "字<br>" * 10_000,
    "10,000 paragraphs": "<p>字</p>" * 10_000,
    "4,000 links in one line": "".join(
        f"<a href=/info/1/{n}.htm>通知公告第{n}条</a> 2024-05-06 " for n in range(4_000)
    ),
    "4,000 short links in one line": "<p>"
    + "<a href=/x>更</a>" * 4_000
    + "</p><p>"
    + "<a href=/y>通知公告一则</a>" * 4_000
    + "</p>",
    "2,500 dated entries": "".join(f"<li><a href=/n/{n}>通知公告第{n}条</a>2024-05-06</li>" for n in range(2_500)),
    "2,500 pagers": "".join(f"<div><a href=/n/{n}>{n}</a>下一页</div>" for n in range(2_500)),
    "4,000 titles": "<h1>教学工作会议召开</h1>" * 4_000,
    "1,000 titles with text": f"<h1>教学工作会议召开</h1><p>{SENTENCE}</p>" * 1_000,
    "a title of 5,000 breaks": "<h1>" + "召开<br>" * 5_000 + "</h1>",
    "2,500 breadcrumbs": "<p>当前位置：<a href=/>首页</a></p>" * 2_500,
    "5,000 containers": "<div id=vsb_content_1>字，字。</div>" * 5_000,
    "350 nested containers": "<div id=vsb_content_1>字，字。" * 350,
    "5,000 pictures": "<p><img src=/1.jpg></p>" * 5_000,
    "20,000 candidates of a picture": f"<img srcset='{'a.jpg 1w,' * 20_000}'>",
    "2,000 tables": "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>" * 2_000,
    "odd numbers of cells": f"<table><tr><td colspan=²>a<td rowspan={'9' * 5_000}>b<tr><td>c<td>d</table>",
    "odd numbers of pixels": f"<img width={'9' * 5_000} src=/1.jpg srcset='a ²w'>",
    "10,000 changes of style": "<p>" + "<b>字</b>，" * 10_000 + "</p>",
    "open brackets": "<p>" + "![" * 50_000 + "</p>",
    "open comments as text": "<p>" + "&lt;!--" * 50_000 + "</p>",
    "code of brackets": "<pre>" + "[](&lt;" * 30_000 + "</pre>",
    "an address of open comments": f"<a href='/{'<!--' * 20_000}'>字字字字</a>",
    "handlers without end": f"<p onclick='location={' ' * 50_000}'>字</p>",
    "labels to be parted in every way": ("<p>记者：" + "文/a " * 40)[:150] + "字" * 60 + "</p>",
    "names to be parted in every way": "<p>（记者 王芳 通讯员 " * 500,
    "surrogates and nothing": "&#xd800;&#xfffe;&#x0;&#99999999999;\ud800" * 1_000,
    "1 MB without a space": "a" * 1_000_000,
    "20 MB": f"<p>{SENTENCE * 20}</p>" * (20_000_000 // 2_500),
}


@pytest.mark.parametrize("path", [VSB, PLAIN], ids=["vsb", "unknown"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_page_is_read_in_bounded_time(hostile: str, path: str) -> None:
    if hostile == "20 MB" and path == VSB:
        pytest.skip("once is enough")
    page = article(HOSTILE[hostile], path=path)
    started = process_time()
    survived(page)
    assert process_time() - started < (
        20 if hostile == "20 MB" else 4
    )  # each took minutes, or for ever, while it was a square


@pytest.mark.parametrize(
    "head",
    [
        f"<script type='application/ld+json'>{'[' * 100_000}</script>",
        f"<script type='application/ld+json'>{'9' * 5_000}</script>",
        f"<title>{'标题-' * 20_000}</title>",
        f"<title>{'- ' * 20_000}</title>",
        f"<meta name=PubDate content='{'2024-' * 20_000}'>",
        "<base href='http://[x'>",
        "<base href='javascript:x'>",
        f"<meta http-equiv=refresh content='0;url={' ' * 20_000}'>",
    ],
    ids=["deep json", "big json", "long title", "borders", "half dates", "bad base", "script base", "refresh"],
)
def test_a_hostile_head_is_read(head: str) -> None:
    started = process_time()
    assert survived(article("", head=head, path=PLAIN)) is not None
    assert process_time() - started < 6


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/1/list.htm", "<div class=wp_articlecontent></div><em class=all_pages>" + "9" * 5_000 + "</em>"),
        ("/1/list" + "9" * 5_000 + ".htm", "<div class=wp_articlecontent></div><em class=all_pages>2</em>"),
        ("/1/list.htm", "<div class=wp_articlecontent></div><em class=all_pages>²</em>"),
        ("/x.htm", "<p>v_news_content 共5条 1/" + "9" * 5_000 + "</p>"),
        ("/1/index.html", "<script>createPageHTML(" + "9" * 5_000 + ', 0, "index", "html")</script>'),
        ("/col/col1/index.html", "<script type='text/xml'><datastore>" + "a/" * 50_000 + "</datastore></script>"),
        ("/count/count_page_list_1.js", "maxpage=" + "9" * 5_000),
        ("/count/count_page_list_1.js", "a/" * 50_000),
        ("/p", '<div id="' * 20_000),
        ("/p", "<div id=content_container>" + "<div " * 50_000),
    ],
)
def test_hostile_numbers_and_addresses_of_a_family_are_read(path: str, body: str) -> None:
    started = process_time()
    survived(capture(body.encode(), path))
    assert process_time() - started < 4


@pytest.mark.parametrize("url", ["http://[::1", "", "about:blank", "ftp://a.cn/", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ExtractionError):
        read(replace(capture(b"<p>x"), final_url=url), SITE)


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7 x",
        b"\x89PNG\r\n",
        b"PK\x03\x04",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"\xd0\xcf\x11\xe0",
        b"Rar!",
        b"  %PDF-1.4",
    ],
)
def test_a_file_served_as_a_page_is_told(body: bytes) -> None:
    reading = read(capture(body + b"\x00" * 100), SITE)
    assert (reading.kind, reading.reason) == (Kind.OTHER, Reason.NOT_HTML)


def test_what_is_given_to_a_reader_is_no_more_of_a_page_than_it_reads_and_all_of_a_list_of_addresses() -> None:
    page = capture(b"<p>" + b"x" * 2 * MAX_PAGE)
    assert len(beginning(page).body) == MAX_PAGE
    line = f"<url><loc>{HOST}/x.html</loc></url>"
    for body, path in (
        (f"<urlset>{line * (MAX_PAGE // len(line))}</urlset>".encode(), PLAIN),
        (b"\x1f\x8b" + b"x" * MAX_PAGE, PLAIN),
        (f"{HOST}/x.html\n".encode() * (MAX_PAGE // 20), "/sitemap.txt"),
    ):
        assert beginning(capture(body, path)).body == body


def test_reading_is_pure() -> None:
    for (_, path), response in CAMPUS:
        page = capture(response.body, path, response.content_type or "")
        assert survived(page) == survived(page), path


def test_links_of_a_reading_are_canonical_in_scope_and_unique() -> None:
    for (_, path), response in CAMPUS:
        reading = survived(capture(response.body, path, response.content_type or ""))
        urls = [link.url for link in reading.links] if reading else []
        assert len(set(urls)) == len(urls)
        assert all(url.startswith(f"{HOST}/") for url in urls)
        assert all(link.role is not Role.SEED for link in (reading.links if reading else ()))


PACKAGES = (crawler.pages.extraction, crawler.pages.discovery, crawler.dedup, crawler.pages.families)
MODULES = [
    crawler.urls,
    *PACKAGES,
    *(
        importlib.import_module(info.name)
        for package in PACKAGES
        for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    ),
]
PATTERNS = {
    f"{module.__name__}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
}
PIECES = [
    *(
        "a",
        "字",
        " ",
        "(",
        "（",
        ")",
        "[",
        "【",
        "<",
        "<!--",
        '"',
        "=",
        "/",
        "/a",
        "-",
        ".",
        ":",
        "：",
        "|",
        "1",
        "12",
        "2024-",
        "2024-5-6",
        "记者",
        "记者：",
        "来源：",
    ),
    *(
        "文/",
        "文/图 ",
        "王芳 ",
        "王 芳 ",
        "、",
        "发布时间：",
        "更新",
        "位置",
        "上一条",
        "下一页",
        "共5条",
        "附件",
        "\\",
        "*",
        "![",
        "](",
        "&",
        "a=1&",
        "url=",
        "location=",
        "data:",
    ),
]


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_tries_a_line_in_every_way(name: str) -> None:
    """A line of 300 characters, whatever repeats in it, costs no pattern more than milliseconds."""
    pattern = PATTERNS[name]
    started = process_time()
    for piece in PIECES:
        for other in ("", "x", " ", "："):
            line = ((piece + other) * 150)[:300]
            pattern.search(line + "\x01")
            pattern.search(line + "字" * 60)
    assert process_time() - started < 8  # for ever, if each way were tried; a busy machine takes 2


def test_articles_of_one_text_are_told_by_their_titles_and_files() -> None:
    def signature(name: str, title: str = "校园掠影", file: str = "a.pdf") -> str | None:
        inside = (
            f"<h1>{title}</h1><p>发布时间：2024-05-06</p><p>{SENTENCE * 3}</p><p><a href='/files/{file}'>附件</a></p>"
        )
        body = f"<html><head><title>校园掠影</title></head><body><div class='content'>{inside}</div></body></html>"
        return read(factories.page(body.encode(), f"{HOST}/info/1/{name}.htm"), SITE).signature

    assert signature("1001") == signature("1002")
    assert len({signature("1001"), signature("1002", file="b.pdf"), signature("1003", title="校园掠影（二）")}) == 3
