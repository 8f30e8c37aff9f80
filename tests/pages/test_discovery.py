"""Discovery: which links of a page, a feed or a pager script are the site's, and what each is expected to lead to."""

import gzip
from dataclasses import replace
from datetime import UTC, date, datetime
from time import process_time
from urllib.parse import urlsplit

import pytest

from crawler.items import Capture, Kind, Link, Role, Site
from crawler.pages.discovery import feed_links, make_link, script_links, seed_links
from crawler.pages.discovery.feeds import xml_of
from crawler.pages.discovery.pagination import article_pages
from crawler.pages.extraction.page import Page, parse
from crawler.pages.reading import read
from tests import factories

HOST = "https://news.example.edu.cn"
SITE = Site(key="news", name="新闻网", hosts=("news.example.edu.cn",))
HTTP_SITE = replace(SITE, scheme="http")
TEXT = "<p>三月十二日下午，学校在明德楼召开教学工作会议，各学院院长和有关部门负责人参加会议。</p>" * 3


def capture(html: str | bytes, path: str = "/x/y.html") -> Capture:
    return factories.page(html, HOST + path, headers=(), at=datetime(2024, 6, 1, tzinfo=UTC))


def links(html: str, path: str = "/x/y.html", site: Site = SITE) -> dict[str, Link]:
    return {
        link.url.removeprefix(HOST): link
        for link in read(capture(f"<html><body>{html}</body></html>", path), site).links
    }


def roles(html: str, path: str = "/x/y.html", site: Site = SITE) -> dict[str, str]:
    return {url: link.role.value for url, link in links(html, path, site).items()}


def test_links_keep_the_order_of_the_page_and_each_stands_once() -> None:
    html = "<a href=/b.htm>乙</a><a href=/a.htm>甲</a><a href='/b.htm#x'>乙又</a><a href='//news.example.edu.cn/b.htm'>乙</a>"
    assert list(links(html)) == ["/b.htm", "/a.htm"]


def test_a_link_knows_its_title_and_how_it_was_spelled() -> None:
    link = links("<a href='content.jsp?wbtreeid=1021&amp;wbnewsid=30412&amp;x=1#top'>通知 一</a>")[
        "/x/info/1021/30412.htm"
    ]
    assert link.title == "通知 一"
    assert link.fetch_url == f"{HOST}/x/content.jsp?wbtreeid=1021&wbnewsid=30412&x=1"


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        ("<li><span>2024-05-06</span><a href=/a.htm>教学工作会议召开</a></li>", date(2024, 5, 6)),
        ("<li><a href=/a.htm>教学工作会议召开</a> [2024年5月6日]</li>", date(2024, 5, 6)),
        ("<div><a href=/a.htm>教学工作会议召开</a></div><div>2024/05/06</div>", date(2024, 5, 6)),
        ("<li><a href=/a.htm>2024-05-06 教学工作会议在明德楼召开</a></li>", date(2024, 5, 6)),
        ("<li><a href=/a.htm>教学工作会议召开</a><span>05-06</span></li>", None),
        ("<li><a href=/a.htm>教学工作会议召开</a></li>", None),
    ],
)
def test_an_entry_of_a_list_has_the_day_that_stands_beside_it(entry: str, shown: date | None) -> None:
    assert links(f"<ul>{entry}</ul>")["/a.htm"].shown == shown


def test_the_page_itself_is_no_link() -> None:
    assert links("<a href='/x/y.html'>本页</a><a href='?'>本页</a>") == {}


@pytest.mark.parametrize(
    "href",
    [
        *(
            "https://www.example.edu.cn/a.htm",
            "https://news.example.edu.cn:8443/a.htm",
            "http://[::1",
            "mailto:a@b.cn",
            "javascript:go()",
            "#top",
        ),
        *(
            "/a.pdf",
            "/a.jpg",
            "/style.css",
            "/download.jsp?wbfileid=3",
            "/login.jsp",
            "/cas/login",
            "/print/3",
            "/" + "a" * 600,
            "/x/y/x/y/x/y/a.htm",
        ),
    ],
)
def test_what_leads_off_the_site_to_no_page_or_nowhere_is_no_link(href: str) -> None:
    assert links(f"<a href='{href}'>通知公告一则</a>") == {}


ASIDE = (
    "/search?q=x",
    "/a?keyword=x",
    "/a?sort=1",
    "/a?month=2024-05",
    "/a?a=1&b=2&c=3&d=4&e=5&f=6&g=7",
    "/tag/1",
    "/m/xw/1.html",
)


@pytest.mark.parametrize("href", ASIDE)
def test_what_most_sites_show_elsewhere_as_well_is_left_aside(href: str) -> None:
    assert roles(f"<a href='{href}'>通知公告一则</a>") == {href: "aside"}


def test_a_pager_or_a_site_whose_articles_stand_there_makes_an_ordinary_link_of_it() -> None:
    assert roles("<p>共9页 <a href='/l.asp?sort=1&page=2'>下一页</a></p>") == {"/l.asp?sort=1&page=2": "next"}
    assert roles("<p>2024年 <a href='/c?month=2024-05'>下一页</a></p>") == {"/c?month=2024-05": "aside"}
    site = replace(SITE, articles=(f"{HOST}/search/1.html",))
    assert roles("<a href='/search/2.html'>通知公告一则</a>", site=site) == {"/search/2.html": "article"}


@pytest.mark.parametrize(
    "href",
    [
        "/searching.htm",
        "/a?id=3",
        "/news/2024/2024/a.htm",
        "/printing/a.htm",
        "/a?orders=3",
        "/view.asp?qid=3",
        "/a/b/a/b/c.htm",
        "/logins.htm",
    ],
)
def test_what_only_looks_like_it_is_a_link(href: str) -> None:
    assert list(links(f"<a href='{href}'>通知公告一则</a>")) == [href]


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ("<iframe src=/f.htm></iframe>", "/f.htm"),
        ("<map><area href=/m.htm></map>", "/m.htm"),
        ("<select><option value=/o.htm>x</option></select>", "/o.htm"),
        ("<p onclick=\"location.href='/c.htm'\">x</p>", "/c.htm"),
        ("<p onclick=\"window.open('/w.htm','_blank')\">x</p>", "/w.htm"),
        ("<meta http-equiv=Refresh content='0; URL=/r.htm'>", "/r.htm"),
        ("<script>window.location.replace('/s.htm')</script>", "/s.htm"),
        ("<div data-target-url='/d.htm'>x</div>", "/d.htm"),
        ("<news-item to='/e.htm' title='x'></news-item>", "/e.htm"),
        ("<svg><a xlink:href='/v.htm'>x</a></svg>", "/v.htm"),
        ("<form action='/g.htm'><button>x</button></form>", "/g.htm"),
        ("<iframe srcdoc=\"<a href='/i.htm'>x</a>\"></iframe>", "/i.htm"),
        ("<object data='/b.htm'></object>", "/b.htm"),
        ('<script>location = "/t.htm";</script>', "/t.htm"),
    ],
)
def test_links_that_stand_in_no_anchor(html: str, url: str) -> None:
    assert url in links(html)


@pytest.mark.parametrize(
    "html",
    [
        "<span class=WP_VisitCount url='/_display?siteId=264&articleId=4588'>10</span>",
        "<em data-url='/api/hits/4588'></em>",
        "<b data-src='/plus/count.php?aid=7'> 1203 </b>",
    ],
)
def test_a_counter_that_a_script_fills_is_no_link(html: str) -> None:
    assert links(html) == {}


def test_a_script_of_a_full_page_redirects_nowhere() -> None:
    assert "/s.htm" not in links(f"{TEXT * 3}<script>location.href='/s.htm'</script>")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<p>当前位置：<a href=/>首页</a> &gt; <a href=/tzgg.htm>通知公告</a></p>",
            {"/": "section", "/tzgg.htm": "section"},
        ),
        (
            "<p><a href=/>首页</a> &gt; <a href=/tzgg.htm>通知公告</a> &gt; 正文</p>",
            {"/": "section", "/tzgg.htm": "section"},
        ),
        (
            "<p><a href=/index.html>湖畔网</a> &gt; <a href=/tzgg.htm>通知公告</a></p>",
            {"/index.html": "section", "/tzgg.htm": "section"},
        ),
        ("<ul><li><a href=/n?i=1>第一条通知的标题</a> 2024-05-06</li></ul>", {"/n?i=1": "article"}),
        ("<ul><li><span>05-06</span><a href=/n?i=1>第一条通知的标题</a></li></ul>", {"/n?i=1": "article"}),
        (
            "<table><tr><td><a href=/n?i=1>第一条通知的标题</a></td><td>[2024-05-06]</td></tr></table>",
            {"/n?i=1": "article"},
        ),
        ("<div><p>06</p><p>2024-05</p></div><h4><a href=/n?i=1>第一条通知的标题</a></h4>", {"/n?i=1": "article"}),
        ("<p><a href=/info/1021/30412.htm>通</a></p>", {"/info/1021/30412.htm": "article"}),
        ("<p><a href=/list.jsp?wbtreeid=12>更多</a></p>", {"/list.jsp?wbtreeid=12": "list"}),
        ("<p><a href=/about.htm>关于</a></p>", {"/about.htm": "other"}),
        ("<link rel=alternate type=application/rss+xml href=/feed>", {"/feed": "section"}),
        ("<p><a href=/n_2.htm>下一页</a> <a href=/n_9.htm>尾页</a></p>", {"/n_2.htm": "next", "/n_9.htm": "next"}),
        ("<p><a href=/n_2.htm>2</a> <a href=/n_3.htm>3</a> 共 3 页</p>", {"/n_2.htm": "next", "/n_3.htm": "next"}),
        ("<p><a href=/n_2.htm>»</a></p>", {"/n_2.htm": "next"}),
        ("<p><a href=/d/2>2</a> <a href=/d/3>3</a></p>", {"/d/2": "other", "/d/3": "other"}),
        (
            "<p>共 70 页 " + "".join(f"<a href=/d/{n}>{n}</a> " for n in range(70)) + "</p>",
            {f"/d/{n}": "other" for n in range(70)},
        ),
    ],
)
def test_a_role_is_told_by_place_and_address(html: str, expected: dict[str, str]) -> None:
    assert roles(html) == expected


def test_the_list_under_a_breadcrumb_is_no_part_of_it() -> None:
    html = "<p>当前位置：<a href=/>首页</a> &gt; <a href=/tzgg.htm>通知公告</a></p><ul><li><a href=/n?i=1>第一条通知的标题</a> 2024-05-06</li></ul>"
    assert roles(html)["/n?i=1"] == "article"


def test_the_best_role_of_an_address_wins() -> None:
    html = "<ul><li><a href=/n?i=1>第一条通知的标题</a> 2024-05-06</li></ul><p><a href=/n?i=1>2</a> 下一页</p>"
    assert roles(html) == {"/n?i=1": "article"}


def test_an_article_of_one_shape_tells_the_others() -> None:
    html = f"<h1>题目</h1><p>发布时间：2024-05-06</p>{TEXT}<a href=/show/313>又一条</a><a href=/about>关于</a>"
    assert roles(html, "/show/312") == {"/show/313": "article", "/about": "other"}
    seeded = Site(key="news", name="新闻网", hosts=SITE.hosts, articles=(f"{HOST}/show/312",))
    assert roles("<a href=/show/313>又一条</a>", site=seeded) == {"/show/313": "article"}


def test_the_site_s_scheme_is_every_link_s() -> None:
    site = Site(key="news", name="新闻网", hosts=SITE.hosts, scheme="http")
    (link,) = read(capture("<a href=https://news.example.edu.cn/a.htm>甲</a>"), site).links
    assert (link.url, link.fetch_url) == ("http://news.example.edu.cn/a.htm",) * 2


def test_seeds_are_what_the_file_names_and_the_sitemap() -> None:
    site = Site(key="news", name="新闻网", hosts=SITE.hosts, articles=(f"{HOST}/a.htm",), lists=(f"{HOST}/l.htm",))
    assert [(link.url.removeprefix(HOST), link.role) for link in seed_links(site)] == [
        ("/a.htm", Role.SEED),
        ("/l.htm", Role.SEED),
        ("/sitemap.xml", Role.OTHER),
    ]


def page(html: str, path: str) -> Page:
    return parse(capture(html, path))


@pytest.mark.parametrize(
    ("own", "hrefs", "first", "further"),
    [
        ("/long/501.html", ["501_2.html", "501_3.html"], None, ["/long/501_2.html", "/long/501_3.html"]),
        ("/long/501.html", ["501_10.html", "501_2.html"], None, ["/long/501_2.html", "/long/501_10.html"]),
        ("/long/501_2.html", ["501.html", "501_3.html"], "/long/501.html", ["/long/501_3.html"]),
        ("/long/501_1.html", ["501_2.html"], None, ["/long/501_2.html"]),
        ("/long/501.html?page=1", ["501.html?page=2"], None, ["/long/501.html?page=2"]),
        ("/long/501-1.htm", ["501-2.htm"], None, ["/long/501-2.htm"]),
        ("/long/501.html", ["502.html", "503.html"], None, []),
        ("/long/501.html", ["/other/501_2.html"], None, []),
        ("/long/501.html", ["https://b.cn/long/501_2.html"], None, []),
        ("/long/501.html", [], None, []),
    ],
)
def test_the_pages_of_an_article_share_its_address(
    own: str, hrefs: list[str], first: str | None, further: list[str]
) -> None:
    pager = "".join(f"<a href='{href}'>{number}</a> " for number, href in enumerate(hrefs, 2))
    found, rest = article_pages(page(f"<p>{pager}下一页</p>", own))
    assert (found and found.removeprefix(HOST), [url.removeprefix(HOST) for url in rest]) == (first, further)


def test_the_pages_of_an_article_become_one() -> None:
    def part(number: int, text: str) -> Capture:
        path = "/long/501.html" if number == 1 else f"/long/501_{number}.html"
        pager = "<p><a href=501.html>1</a> <a href=501_2.html>2</a> <a href=501_3.html>3</a> 下一页</p>"
        return capture(
            f"<title>大河上的桥</title><h1>大河上的桥</h1><p>2024-01-15 08:00</p><div>{text}<p><img src=/{number}.jpg></p></div>{pager}",
            path,
        )

    texts = [TEXT.replace("三月", month) for month in ("四月", "五月", "六月")]
    parts = [part(number, text) for number, text in enumerate(texts, 1)]
    alone = read(parts[0], SITE)
    assert [url.removeprefix(HOST) for url in alone.further] == ["/long/501_2.html", "/long/501_3.html"]
    assert not {link.url for link in alone.links} & set(alone.further)
    whole = read(parts[0], SITE, parts[1:]).article
    assert whole is not None
    assert [whole.body.count(month) for month in ("四月", "五月", "六月")] == [3, 3, 3]
    assert [medium.url.removeprefix(HOST) for medium in whole.media] == ["/1.jpg", "/2.jpg", "/3.jpg"]
    assert read(parts[1], SITE).article is None  # the first page brings it


RSS = b"<?xml version='1.0'?><rss><channel><link>https://news.example.edu.cn/</link><item><link>https://news.example.edu.cn/info/1/2.htm</link></item></channel></rss>"
ATOM = b"<feed xmlns='http://www.w3.org/2005/Atom'><link href='/'/><entry><link href='/info/1/2.htm'/><link rel='self' href='/x'/></entry></feed>"
SITEMAP = b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc> https://news.example.edu.cn/info/1/2.htm </loc></url></urlset>"


@pytest.mark.parametrize(
    "body",
    [
        RSS,
        ATOM,
        SITEMAP,
        gzip.compress(SITEMAP, mtime=0),
        b"\xef\xbb\xbf" + SITEMAP,
        b"<?xml version='1.0'?><!-- a --><?xml-stylesheet href='x'?><!-- b -->\n" + SITEMAP,
        SITEMAP[:-9],
        RSS.replace(
            b"https://news.example.edu.cn/info/1/2.htm", b"<![CDATA[https://news.example.edu.cn/info/1/2.htm]]>"
        ),
        RSS.replace(b"</item>", b"<title>a & b</title></item>"),
    ],
    ids=["rss", "atom", "sitemap", "gzip", "bom", "prologue", "cut", "cdata", "broken"],
)
def test_a_feed_says_where_its_articles_are(body: bytes) -> None:
    reading = read(capture(body, "/feed"), SITE)
    assert (reading.kind, [(link.url, link.role) for link in reading.links]) == (
        Kind.FEED,
        [(f"{HOST}/info/1/2.htm", Role.ARTICLE)],
    )


def test_xml_of_a_site_s_own_is_a_list_of_what_looks_like_an_address() -> None:
    xml = b'<?xml version="1.0"?><?xml-stylesheet href="/l.xsl"?><l><n t="1"><u>/a.htm</u><i>/p.jpg</i></n><n h="/b.htm"/></l>'
    found = xml_of(xml)
    assert found is not None
    assert [link.url for link in feed_links(found, f"{HOST}/l.xml", SITE)] == [
        f"{HOST}/a.htm",
        f"{HOST}/b.htm",
    ]
    assert xml_of(b'<?xml version="1.0"?><!DOCTYPE html><html></html>') is None


def test_a_sitemap_may_be_plain_text() -> None:
    found = read(capture(f"{HOST}/a.htm\n{HOST}/b.htm\n", "/sitemap.txt"), SITE)
    assert [urlsplit(link.url).path for link in found.links] == ["/a.htm", "/b.htm"]


def test_a_header_may_name_the_next_page() -> None:
    page = factories.page(
        "<p>列表</p>", f"{HOST}/l", headers=(("Link", '</l?page=2>; rel="next", </c.css>; rel=preload'),)
    )
    assert [(link.url, link.role) for link in read(page, SITE).links] == [(f"{HOST}/l?page=2", Role.NEXT)]


def test_a_sitemap_index_names_sitemaps() -> None:
    body = b"<sitemapindex><sitemap><loc>https://news.example.edu.cn/s1.xml.gz</loc></sitemap><sitemap><loc>https://b.cn/s.xml</loc></sitemap></sitemapindex>"
    assert [(link.url, link.role) for link in feed_links(body, HOST, SITE)] == [(f"{HOST}/s1.xml.gz", Role.SECTION)]


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"",
        b"rss",
        b"<!-- <rss> --><html>",
        gzip.compress(b"<html>", mtime=0),
        b"\x1f\x8bx",
        gzip.compress(SITEMAP, mtime=0)[:5],
    ],
)
def test_anything_else_is_no_feed(body: bytes) -> None:
    assert xml_of(body) is None


def test_entities_are_neither_blown_up_nor_fetched() -> None:
    lots = b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10 if n else b"x") for n in range(10))
    bomb = b"<!DOCTYPE urlset [" + lots + b"]><urlset><url><loc>https://news.example.edu.cn/&a9;</loc></url></urlset>"
    file = b"<!DOCTYPE urlset [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>https://news.example.edu.cn/&x;</loc></url></urlset>"
    for body in (bomb, file):
        assert [link.url for link in feed_links(body, HOST, SITE)] in ([], [f"{HOST}/"])


def test_a_gzip_bomb_is_not_unpacked_whole() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * 200_000_000, 9)
    xml = xml_of(bomb)
    assert xml is not None
    assert len(xml) <= 50_000_000


@pytest.mark.parametrize("start", [b"<!---->", b"<!-- x -->  ", b"<?a?>", b"<!DOCTYPE a>", b" ", b"\n<!---->"])
def test_a_page_that_opens_with_many_comments_is_told_at_once(start: bytes) -> None:
    """Tried in every way, twenty-five of them took seven seconds."""
    started = process_time()
    assert xml_of(start * 300 + b"<html>") is None
    assert process_time() - started < 1


def test_a_pager_script_gives_list_pages() -> None:
    script = "http://news.example.edu.cn/count/zhxw/count_page_list_0101.js"
    found = script_links(b'var maxpage = "3"; x="/zhxw/c0101_000000001.shtml"', script, SITE)
    assert [(link.url.removeprefix(HOST), link.role) for link in found] == [
        ("/zhxw/c0101_000000001.shtml", Role.NEXT),
        ("/count/zhxw/000/000/c0101_000000002.shtml", Role.NEXT),
    ]
    assert script_links(b"alert(1)", f"{HOST}/a.js", SITE) == ()


def test_canonical_url_is_in_utf_8_and_what_is_requested_in_the_encoding_of_the_page() -> None:
    link = make_link(
        "http://news.example.edu.cn/dir/", r"info\1021\7.htm?n='新'", HTTP_SITE, role=Role.OTHER, encoding="gbk"
    )
    assert link is not None
    assert link.url == "http://news.example.edu.cn/dir/info/1021/7.htm?n=%27%E6%96%B0%27"
    assert link.fetch_url == "http://news.example.edu.cn/dir/info/1021/7.htm?n=%27%D0%C2%27"


@pytest.mark.parametrize(
    "href", [r"\\evil.example\x.htm", r"http://evil\@news.example.edu.cn/x.htm", r"/\evil.example/x.htm"]
)
def test_link_that_a_browser_would_take_off_the_site_is_none(href: str) -> None:
    assert make_link("http://news.example.edu.cn/dir/", href, HTTP_SITE, role=Role.OTHER) is None


def test_a_link_to_an_article_is_spelled_as_articles_of_its_site_are() -> None:
    site = replace(SITE, articles=(f"{HOST}/News/Show7.html",))
    html = "<a href=/news/show8.html>会议</a><a href=/News/Show9.html?from=related>讲座</a><a href=/News/list.html?page=2>新闻</a>"
    found = {link.url.removeprefix(HOST) for link in read(capture(html, "/News/index.html"), site).links}
    assert found == {"/News/Show8.html", "/News/Show9.html", "/News/list.html?page=2"}


@pytest.mark.parametrize(
    "path", ["/vote?id=3", "/click/clicktimes.jsp?id=3", "/_visitcountdisplay?id=3", "/forum.php?mod=post&tid=3"]
)
def test_counters_and_votes_are_not_asked_for(path: str) -> None:
    assert links(f"<a href='{path}'>顶</a>") == {}


@pytest.mark.parametrize(
    "row",
    [
        "<dl><dt><a href=/a/{n}.html>{n}</a></dt><dd><a href=/a/{n}.html>{title}</a> 2024-05-0{n}</dd></dl>",
        "<div><h4>{title}</h4><p>2024-05-0{n} 师生参加了活动。<a href=/a/{n}.html>[详细]</a></p></div>",
        "<details><summary>{title}</summary><p>2024-05-0{n} <a href=/a/{n}.html>全文</a></p></details>",
        "<div>{title}<span>2024-05-0{n}</span><button onclick=\"location.href='/a/{n}.html'\">查看</button></div>",
        "<li><a href=/a/{n}.html><img src=/i/{n}.jpg></a><a href=/a/{n}.html>{title}</a> 2024-05-0{n}</li>",
    ],
)
def test_a_row_is_called_by_its_title_not_by_its_button_or_its_day(row: str) -> None:
    titles = {n: f"学校召开第{n}次教学工作会议" for n in range(1, 7)}
    found = links("".join(row.format(n=n, title=title) for n, title in titles.items()), "/xw/index.html")
    assert all(title in (found[f"/a/{n}.html"].title or "") for n, title in titles.items())


def test_a_link_that_is_called_nothing_but_a_number_has_no_title() -> None:
    found = links("".join(f"<p><a href=/info/1001/{n}.htm>{n}</a></p>" for n in range(1, 7)), "/xw/index.html")
    assert found["/info/1001/3.htm"].title is None
