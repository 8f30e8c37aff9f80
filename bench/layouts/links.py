"""Layouts whose addresses all stand in links, in other attributes, in feeds or in sitemaps."""

import gzip
from collections.abc import Callable, Iterator, Sequence
from html import escape

from bench.layouts.layout import UNIVERSITY, Answer, Asked, Layout, Place, Reach, Row, formed, li_rows, numbered

LINKS = Reach.LINKS
XML = "application/xml"
SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
ATOM = "http://www.w3.org/2005/Atom"


def layouts() -> Iterator[Layout]:
    yield from _pagers()
    yield from _rows()
    yield from _places()
    yield from _nowhere()
    yield from _addresses()


def _onward(form: str) -> Callable[[Place], str]:
    def pager(place: Place) -> str:
        return f'<div class="page">{form.format(url=place.next) if place.next else ""}</div>'

    return pager


def _window(place: Place) -> str:
    near = range(max(1, place.page - 1), min(place.pages, place.page + 1) + 1)
    return '<div class="page">' + " ".join(f'<a href="{place.urls[n - 1]}">{n}</a>' for n in near) + "</div>"


def _select(place: Place) -> str:
    options = "".join(f'<option value="{url}">第{n}页</option>' for n, url in enumerate(place.urls, 1))
    return f'<div class="page"><select onchange="location.href=this.value">{options}</select></div>'


def _pagers() -> Iterator[Layout]:
    yield Layout(name="pager-numbers", reach=LINKS)
    yield Layout(name="pager-window", reach=LINKS, pager=_window, per=6)
    forms = {
        "pager-next": '<a href="{url}">下一页</a>',
        "pager-traditional": '<a href="{url}">下一頁</a>',
        "pager-english": '<a href="{url}">Next Page &raquo;</a>',
        "pager-older": '<a href="{url}">&laquo; Older Entries</a>',
        "pager-icon": '<a class="nxt" href="{url}"><i class="fa fa-angle-right"></i></a>',
        "pager-image": '<a href="{url}"><img src="/images/n.gif" alt="下一页"></a>',
        "pager-image-named": '<a href="{url}"><img src="/images/next.gif"></a>',
        "pager-title": '<a href="{url}" title="下一页">&#xe61a;</a>',
        "pager-aria": '<a href="{url}" aria-label="Next"><svg></svg></a>',
        "pager-button": '<button type="button" onclick="location.href=\'{url}\'">下一页</button>',
        "pager-input": '<input type="button" value="下页" onclick="window.location=\'{url}\'">',
        "pager-more": '<a href="{url}">查看更多</a>',
        "pager-arrow": '<a href="{url}">&gt;</a>',
        "pager-data-url": '<a href="javascript:;" class="more" data-url="{url}">加载更多</a>',
    }
    for name, form in forms.items():
        yield Layout(name=name, reach=LINKS, pager=_onward(form))
    yield Layout(name="pager-select", reach=LINKS, pager=_select)
    yield Layout(
        name="pager-rel-next",
        reach=LINKS,
        pager=lambda _: "",
        head=lambda place: f'<link rel="next" href="{place.next}">' if place.next else "",
    )
    yield Layout(name="pager-under-prose", reach=LINKS, rows=_with_prose)
    yield Layout(name="pager-single-last", reach=LINKS, articles=31)


def _with_prose(rows: Sequence[Row]) -> str:
    prose = "".join(
        f"<p>{'本栏目刊登学校各部门报送的消息，由新闻中心统一编辑后发布，欢迎供稿。' * 3}</p>" for _ in range(4)
    )
    return f"<div class='intro'>{prose}<p>发布时间：2023-01-05</p></div>" + "".join(
        f'<div class="r"><a href="{row.url}">{row.title}</a></div>' for row in rows
    )


def _rows() -> Iterator[Layout]:
    forms = {
        "rows-cards": '<div class="card"><a href="{r.url}"><img src="/pic/{r.number}.jpg"><div class="t"><h4>{r.title}</h4></div></a></div>',
        "rows-empty-anchor": '<li><a class="cover" href="{r.url}"></a><div>{r.title}</div><em>{r.day}</em></li>',
        "rows-title-attribute": '<li><a href="{r.url}" title="{r.title}"><img src="/pic/{r.number}.jpg"></a></li>',
        "rows-title-sibling": '<li><h3>{r.title}</h3><p>{r.day}</p><a href="{r.url}">详情</a></li>',
        "rows-hidden": '<li style="display:none"><a href="{r.url}">{r.title}</a><span>{r.day}</span></li>',
        "rows-hidden-attribute": '<li hidden><a href="{r.url}">{r.title}</a><span>{r.day}</span></li>',
        "rows-undated": '<p>· <a href="{r.url}">{r.title}</a></p>',
        "rows-calendar": '<li><div class="d"><b>{r.day:%d}</b><i>{r.day:%Y-%m}</i></div><a href="{r.url}">{r.title}</a></li>',
        "rows-table": '<table><tr><td>·</td><td><a href="{r.url}" target=_blank>{r.title}</a></td><td>[{r.day:%m-%d}]</td></tr></table>',
        "rows-three-anchors": '<li><a href="{r.url}"></a><a href="{r.url}">{r.title}</a><a href="{r.url}">[查看]</a>{r.day}</li>',
        "rows-digest": '<dl><dt><a href="{r.url}">{r.title}</a></dt><dd>{r.title}的有关情况今天公布……</dd><dd>{r.day}</dd></dl>',
        "rows-onclick-address": "<li onclick=\"window.open('{r.url}')\">{r.title}<span>{r.day}</span></li>",
        "rows-onclick-self": "<div onclick=\"self.location.href='{r.url}';return false\">{r.title}</div>",
        "rows-data-href": '<tr class="row" data-href="{r.url}"><td>{r.title}</td><td>{r.day}</td></tr>',
        "rows-javascript-address": "<li><a href=\"javascript:window.open('{r.url}')\">{r.title}</a> {r.day}</li>",
        "rows-unquoted": "<LI><A HREF={r.url} TARGET=_blank>{r.title}</A> {r.day}",
    }
    for name, form in forms.items():
        yield Layout(name=name, reach=LINKS, rows=formed(form))
    yield Layout(name="rows-hidden-tab", reach=LINKS, rows=_tabbed, per=12)
    yield Layout(name="rows-pinned", reach=LINKS, rows=_pinned)
    yield Layout(
        name="rows-textarea", reach=LINKS, rows=lambda rows: f"<textarea class='lazy'>{li_rows(rows)}</textarea>"
    )
    yield Layout(name="rows-noscript", reach=LINKS, rows=lambda rows: f"<noscript>{li_rows(rows)}</noscript>")


def _tabbed(rows: Sequence[Row]) -> str:
    half = len(rows) // 2
    return f"<div class='tab'>{li_rows(rows[:half])}</div><div class='tab' style='display:none'>{li_rows(rows[half:])}</div>"


def _pinned(rows: Sequence[Row]) -> str:
    return '<p>置顶 <a href="/news/36.html">一则旧消息的全文</a> 2019-01-01</p>' + li_rows(rows)


def _places() -> Iterator[Layout]:
    menu = '<div class="nav"><a href="/">首页</a><ul style="display:none"><li><a href="/news/index.html">新闻</a></li></ul></div>'
    yield Layout(name="menu-hidden", reach=LINKS, menu=menu, crumb="", home=menu)
    area = '<img src="/m.gif" usemap="#m"><map name="m"><area shape="rect" href="/news/index.html"></map>'
    yield Layout(name="menu-image-map", reach=LINKS, menu=area, crumb="")
    frames = '<frameset cols="20%,*"><frame src="/left.html"><frame src="/news/index.html"></frameset>'
    left = '<a href="/news/index.html" target="main">新闻</a>'
    yield Layout(
        name="frames", reach=LINKS, menu='<a href="/">首页</a>', crumb="", home=frames, extra={"/left.html": left}
    )
    shell = '<h2>校园新闻</h2><iframe src="/news/index.html" width="100%"></iframe>'
    yield Layout(
        name="list-in-frame", reach=LINKS, menu='<a href="/xw.html">新闻</a>', crumb="", extra={"/xw.html": shell}
    )
    select = '<select onchange="window.open(this.value)"><option>快速通道</option><option value="/news/index.html">新闻</option></select>'
    yield Layout(name="menu-select", reach=LINKS, menu=select, crumb="")
    tree = {
        "/a/index.html": '<ul><li><a href="/a/b/index.html">机构</a></li></ul>',
        "/a/b/index.html": '<ul><li><a href="/a/b/c/index.html">部门</a></li></ul>',
        "/a/b/c/index.html": '<p><a href="/news/index.html">消息</a></p>',
    }
    deep = '<a href="/a/index.html">概况</a>'
    yield Layout(name="sections-deep", reach=LINKS, menu=deep, crumb="", home=deep, extra=tree)
    yield Layout(
        name="chain-of-neighbours",
        reach=LINKS,
        menu="",
        crumb="",
        home="",
        beside=lambda n: (
            f'<p>上一篇：<a href="/news/{n - 1}.html">前</a></p><p>下一篇：<a href="/news/{n + 1}.html">后</a></p>'
        ),
        lists_links=False,
    )
    yield Layout(
        name="many-columns",
        reach=LINKS,
        menu="".join(f'<a href="/c{n}/">栏目{n}</a>' for n in range(1, 7)),
        crumb="",
        lists_links=False,
        article_url=lambda n: f"/c{n % 6 + 1}/{n}.html",
        extra={
            f"/c{column}/": "<ul>"
            + "".join(
                f'<li><a href="{n}.html">第{n}号消息全文发布</a></li>' for n in range(1, 37) if n % 6 + 1 == column
            )
            + "</ul>"
            for column in range(1, 7)
        },
    )


def _urlset(urls: Sequence[str]) -> str:
    inner = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<?xml version="1.0"?><urlset xmlns="{SITEMAPS}">{inner}</urlset>'


def _nowhere() -> Iterator[Layout]:
    """Yield layouts whose article links nowhere."""
    yield Layout(name="nowhere-home", reach=LINKS, menu="", crumb="", home='<a href="/news/index.html">新闻</a>')
    yield Layout(
        name="nowhere-index",
        reach=LINKS,
        menu="",
        crumb="",
        home="",
        extra={"/index.htm": '<a href="/news/index.html">新闻</a>'},
    )
    yield Layout(
        name="nowhere-parent",
        reach=LINKS,
        menu="",
        crumb="",
        home="",
        list_url=lambda page: "/xw/yw/" if page == 1 else f"/xw/yw/{page}.html",
        article_url="/xw/yw/2023/{}.html".format,
    )
    urls = [f"/news/{n}.html" for n in range(1, 37)]

    def robots(layout: Layout, asked: Asked) -> Answer | None:
        return (
            Answer(body="User-agent: *\nDisallow: /admin/\nSitemap: /maps/all.xml\n", type="text/plain")
            if asked.path == "/robots.txt"
            else None
        )

    yield Layout(
        name="nowhere-robots",
        reach=LINKS,
        menu="",
        crumb="",
        home="",
        lists_links=False,
        respond=robots,
        extra={"/maps/all.xml": Answer(body=_urlset(urls), type=XML)},
    )
    named = "".join(f"<sitemap><loc>/s{n}.xml.gz</loc></sitemap>" for n in (1, 2))
    index = f'<?xml version="1.0"?><sitemapindex xmlns="{SITEMAPS}">{named}</sitemapindex>'
    packed = {
        f"/s{n}.xml.gz": Answer(body=gzip.compress(_urlset(part).encode()), type="application/gzip")
        for n, part in ((1, urls[:18]), (2, urls[18:]))
    }
    yield Layout(
        name="nowhere-sitemap-index",
        reach=LINKS,
        menu="",
        crumb="",
        home="",
        lists_links=False,
        extra={"/sitemap.xml": Answer(body=index, type=XML), **packed},
    )
    feeds = {
        f"/feed/{n}": Answer(body=_feed(urls[(n - 1) * 12 : n * 12], n), type="application/rss+xml") for n in (1, 2, 3)
    }
    head = '<link rel="alternate" type="application/rss+xml" href="/feed/1">'
    yield Layout(name="nowhere-feed-next", reach=LINKS, menu=head, crumb="", home=head, lists_links=False, extra=feeds)


def _feed(urls: Sequence[str], number: int) -> str:
    onward = f'<atom:link rel="next" href="/feed/{number + 1}"/>' if number < 3 else ""
    items = "".join(f"<item><title>{escape(url)}</title><link>{url}</link></item>" for url in urls)
    channel = f"<channel><title>{UNIVERSITY}</title>{onward}{items}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0" xmlns:atom="{ATOM}">{channel}</rss>'


def _addresses() -> Iterator[Layout]:
    yield Layout(
        name="address-query",
        reach=LINKS,
        article_url="/show.asp?id={}".format,
        list_url=lambda page: "/list.asp?lb=3" + (f"&amp;page={page}".replace("&amp;", "&") if page > 1 else ""),
    )
    yield Layout(
        name="address-base",
        reach=LINKS,
        head=lambda _: '<base href="/news/deep/">',
        rows=lambda rows: li_rows(rows).replace('href="/news/', 'href="../'),
    )
    yield Layout(
        name="encoding-gb", reach=LINKS, encoding="gb18030", list_url=lambda page: f"/list.php?lb=%D0%C2%CE%C5&p={page}"
    )
    yield Layout(name="encoding-big5", reach=LINKS, encoding="big5hkscs")
    yield Layout(name="address-no-ending", reach=LINKS, article_url="/post/{}".format, list_url="/posts/page/{}".format)
    yield Layout(
        name="address-slug",
        reach=LINKS,
        article_url=lambda n: f"/yw/{'abcdefghij'[n % 10]}{n * 7919:x}.html",
        pager=numbered,
    )
    yield Layout(name="address-protocol-relative", reach=LINKS, respond=_relative, lists_links=False)


def _relative(layout: Layout, asked: Asked) -> Answer | None:
    found = next((n for n in range(1, layout.pages + 1) if layout.list_url(n) == asked.path), None)
    if found is None:
        return None
    page = layout.list_page(found)
    assert isinstance(page.body, bytes)
    return Answer(body=page.body.replace(b'href="/news/', b'href="./'), type=page.type)
