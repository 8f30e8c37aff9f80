"""Layouts of sites of many ages, whose addresses all stand in links, in other attributes, in headers, or in XML."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html import escape
from itertools import pairwise

from bench.layouts.layout import UNIVERSITY, Answer, Asked, Layout, Place, Reach, Row, formed, li_rows, nothing

LINKS = Reach.LINKS
HOME = '<a href="/">首页</a>'


def layouts() -> Iterator[Layout]:
    """Yield all of them."""
    yield from _pagers()
    yield from _numbering()
    yield from _rows()
    yield from _trees()
    yield from _aside()
    yield from _feeds()
    yield from _ways()
    yield from _looks()


def _onward(form: str, place: Place) -> str:
    return form.format(url=place.next, page=place.page) if place.next else ""


def _pagers() -> Iterator[Layout]:
    """Yield pagers that name the next page in unusual places."""
    forms = {
        "pager-formaction": '<form><button type="submit" formaction="{url}">下一页</button></form>',
        "pager-form-get": '<form action="{url}" method="get"><input type="submit" value="下一页"></form>',
        "pager-data-next": '<div class="infinite" data-next="{url}">正在加载</div>',
        "pager-data-next-href": '<div id="loader" data-next-href="{url}" data-trigger="scroll"></div>',
        "pager-htmx": '<div hx-get="{url}" hx-trigger="revealed" hx-swap="outerHTML"></div>',
        "pager-turbo": '<turbo-frame id="p{page}" src="{url}" loading="lazy"></turbo-frame>',
        "pager-anchor-rel": '<a rel="next" href="{url}"><span class="i"></span></a>',
        "pager-svg": '<svg><a xlink:href="{url}"><text>Next</text></a></svg>',
        "pager-data-src": '<iframe data-src="{url}" class="lazy"></iframe>',
        "pager-embedded": '<object data="{url}" type="text/html"></object>',
        "pager-older-words": '<a href="{url}">更早的文章 →</a>',
        "pager-load": '<button class="btn" data-load="{url}">点击加载更多</button>',
    }
    for name, form in forms.items():
        yield Layout(name=name, reach=LINKS, pager=partial(_onward, form))
    yield Layout(name="pager-brackets", reach=LINKS, pager=_brackets)
    yield Layout(name="pager-chinese-numbers", reach=LINKS, pager=partial(_each, "一二三四五六七"))
    yield Layout(name="pager-letters", reach=LINKS, pager=partial(_each, "ABCDEFG"))
    yield Layout(name="pager-header", reach=LINKS, pager=nothing, respond=_linked_by_header)
    yield Layout(name="pager-ranges", reach=LINKS, pager=_ranges)


def _brackets(place: Place) -> str:
    return "".join(f'[<a href="{url}">{n}</a>]' for n, url in enumerate(place.urls, 1))


def _each(names: str, place: Place) -> str:
    return " ".join(f'<a href="{url}">{names[n]}</a>' for n, url in enumerate(place.urls))


def _ranges(place: Place) -> str:
    return " ".join(f'<a href="{url}">{n * 10 + 1}-{n * 10 + 10}</a>' for n, url in enumerate(place.urls))


def _linked_by_header(layout: Layout, asked: Asked) -> Answer | None:
    for page in range(1, layout.pages):
        if asked.path == layout.list_url(page):
            shown = layout.list_page(page)
            header = ("Link", f'<{layout.list_url(page + 1)}>; rel="next"')
            return Answer(body=shown.body, type=shown.type, headers=(header,))
    return None


def _numbering() -> Iterator[Layout]:
    """Yield lists whose pages are numbered in other ways than from 1."""
    next_page = partial(_onward, '<div class="pager"><a href="{url}">下一页</a></div>')
    numbers = {
        "number-from-zero": lambda page: "/news/list" + (f"?page={page - 1}" if page > 1 else ""),
        "number-offset": lambda page: f"/list?offset={(page - 1) * 10}&limit=10",
        "number-start": lambda page: "/list.php" + (f"?start={(page - 1) * 10}" if page > 1 else ""),
        "number-cursor": lambda page: "/list" + (f"?after={page * 7919:x}" if page > 1 else ""),
        "number-path-offset": lambda page: "/news/" + (f"P{(page - 1) * 10}" if page > 1 else ""),
        "number-countdown": lambda page: "/news/" if page == 1 else f"/news/p{5 - page}.html",
        "number-sorted": lambda page: f"/list.asp?sort=date&order=desc&page={page}",
        "number-keywords": lambda page: f"/list.aspx?cid=3&keyword=&pageindex={page}",
        "number-many": lambda page: f"/l.do?a=1&b=2&c=3&d=4&e=5&f=6&g=7&pn={page}",
        "number-search": lambda page: f"/search?type=news&p={page}",
        "number-so": lambda page: f"/so/list_{page}.html",
        "number-path-page": lambda page: "/category/news/" + (f"page/{page}/" if page > 1 else ""),
        "number-colon": lambda page: f"/news/index/page:{page}",
        "number-semicolon": lambda page: f"/news/index.do;page={page}",
    }
    for name, url in numbers.items():
        yield Layout(name=name, reach=LINKS, list_url=url, pager=next_page)
    yield Layout(
        name="number-query-only", reach=LINKS, list_url=lambda page: f"/news/list.php?page={page}", pager=_query_only
    )
    yield Layout(name="number-one-row", reach=LINKS, articles=14, per=1, pager=next_page)


def _query_only(place: Place) -> str:
    return f"<a href='?page={place.page + 1}'>后一页</a>" if place.next else ""


def _rows() -> Iterator[Layout]:
    forms = {
        "rows-breaks": '<a href="{r.url}">{r.title}</a> {r.day}<br>',
        "rows-br-undated": '·<a href="{r.url}">{r.title}</a><br>',
        "rows-headings": '<article><h2><a href="{r.url}">{r.title}</a></h2><p>Posted on {r.day}</p></article>',
        "rows-alt": '<div class="pic"><a href="{r.url}"><img src="/p/{r.number}.jpg" alt="{r.title}"></a></div>',
        "rows-short": '<a href="{r.url}">第{r.number}期</a> ',
        "rows-bare-numbers": '<td><a href="{r.url}">{r.number}</a></td>',
        "rows-area": '<map name="m{r.number}"><area href="{r.url}" alt="{r.title}"></map>',
        "rows-option": '<select><option value="{r.url}">{r.title}</option></select>',
        "rows-upper-entity": "<LI><A HREF='&#47;news/{r.number}.html'>{r.title}</A>",
        "rows-spaced": '<li><a href="  {r.url}\n ">{r.title}</a></li>',
        "rows-absolute-upper": '<li><a href="{r.url}#top">{r.title}</a></li>',
        "rows-details": '<details><summary>{r.title}</summary><a href="{r.url}">阅读全文</a></details>',
        "rows-data-attribute": '<div class="item" data-target-url="{r.url}"><h3>{r.title}</h3></div>',
        "rows-custom-element": '<news-item to="{r.url}" title="{r.title}"></news-item>',
        "rows-svg": '<svg><a xlink:href="{r.url}"><text>{r.title}</text></a></svg>',
        "rows-unknown-function": "<li onclick=\"openWin('{r.url}', 800, 600)\">{r.title}</li>",
        "rows-form": '<form action="{r.url}"><button>{r.title}</button></form>',
        "rows-microdata": '<div itemscope><link itemprop="url" href="{r.url}"><span itemprop="name">{r.title}</span></div>',
    }
    for name, form in forms.items():
        yield Layout(name=name, reach=LINKS, rows=formed(form))
    yield Layout(name="rows-template", reach=LINKS, rows=lambda rows: f"<template>{li_rows(rows)}</template>")
    yield Layout(
        name="rows-srcdoc", reach=LINKS, rows=lambda rows: f'<iframe srcdoc="{escape(li_rows(rows))}"></iframe>'
    )
    yield Layout(name="rows-nested-tables", reach=LINKS, rows=_tables)
    yield Layout(name="rows-markdown-pre", reach=LINKS, rows=lambda rows: f"<pre>{li_rows(rows)}</pre>")


def _tables(rows: Sequence[Row]) -> str:
    cells = "".join(
        f"<tr><td height=22><table width=100%><tr><td>·<a href={row.url}><font color=#333>{row.title}</font></a>"
        f"<td align=right><font size=1>{row.day:%Y/%m/%d}</table>"
        for row in rows
    )
    return f"<table width=780><tr><td><table>{cells}</table></table>"


def _index(urls: Sequence[tuple[str, str]]) -> str:
    return HOME + "".join(f'<p><a href="{url}">{text}</a></p>' for url, text in urls)


def _titles(layout: Layout, numbers: Sequence[int]) -> str:
    return li_rows([layout.row(number) for number in numbers])


def _tree(name: str, folder: Callable[[Row], Sequence[tuple[str, str]]], **given: object) -> Layout:
    """Return a layout whose articles stand under a tree: `folder` gives the (address, name) of each page above one, the top first."""
    plain = Layout(name=name, reach=LINKS)
    below: dict[str, dict[str, str]] = {}
    rows: dict[str, list[int]] = {}
    for number in range(1, plain.articles + 1):
        above = folder(plain.row(number))
        for (url, _), (child, text) in pairwise(above):
            below.setdefault(url, {})[child] = text
        rows.setdefault(above[-1][0], []).append(number)
    top = folder(plain.row(1))[0][0]
    pages: dict[str, Answer | str] = {url: _index([*children.items()]) for url, children in below.items()}
    pages |= {url: HOME + _titles(plain, numbers) for url, numbers in rows.items()}
    menu = f'<a href="{top}">新闻归档</a>'
    return Layout(name=name, reach=LINKS, lists_links=False, menu=menu, crumb="", extra=pages, **given)  # type: ignore[arg-type]


def _trees() -> Iterator[Layout]:
    """Yield sites whose articles stand under months, days, tags or columns of columns."""
    yield _tree(
        "tree-months", lambda row: [("/archive/", ""), (f"/archive/{row.day:%Y-%m}.html", f"{row.day:%Y年%m月}")]
    )
    yield _tree(
        "tree-months-query",
        lambda row: [("/archives.php", ""), (f"/archives.php?month={row.day:%Y%m}", f"{row.day:%Y-%m}")],
    )
    yield _tree(
        "tree-days",
        lambda row: [
            ("/date/", ""),
            (f"/date/{row.day:%Y}/", f"{row.day:%Y}"),
            (f"/date/{row.day:%Y/%m}/", f"{row.day:%m}"),
            (f"/date/{row.day:%Y/%m/%d}/", f"{row.day:%d}"),
        ],
    )
    yield _tree(
        "tree-tags", lambda row: [("/news/tagcloud.html", ""), (f"/tag/{row.number % 7}", f"标签{row.number % 7}")]
    )
    yield _tree(
        "tree-tags-query",
        lambda row: [("/cloud.html", ""), (f"/tags.php?q=t{row.number % 7}", f"标签{row.number % 7}")],
    )
    yield _tree("tree-authors", lambda row: [("/writers", ""), (f"/author/u{row.number % 6}", f"作者{row.number % 6}")])
    yield _tree(
        "tree-columns",
        lambda row: [
            ("/yw/", ""),
            (f"/yw/{row.number % 3}/", f"栏目{row.number % 3}"),
            (f"/yw/{row.number % 3}/{row.number % 4}/", f"子栏目{row.number % 4}"),
        ],
    )
    yield _tree(
        "tree-issues", lambda row: [("/paper/", ""), (f"/paper/{row.number % 9}/node.html", f"第{row.number % 9}期")]
    )
    yield _tree(
        "tree-departments",
        lambda row: [("/column.jsp", ""), (f"/column.jsp?dept={row.number % 5}&type=xw", f"学院{row.number % 5}")],
    )
    yield _tree(
        "tree-calendar", lambda row: [("/events", ""), (f"/events?calendar={row.day:%Y-%m}", f"{row.day:%m}月")]
    )


def _aside() -> Iterator[Layout]:
    """Yield sites whose articles or lists stand where other sites have logins, prints, or searches."""
    paths = ("register", "print", "search", "so", "login", "tags")
    for path in paths:
        yield Layout(
            name=f"folder-{path}",
            reach=LINKS,
            article_url=f"/{path}/{{}}.html".format,
            list_url=lambda page, path=path: f"/{path}/list{page}.html",  # type: ignore[misc]
        )
    yield Layout(name="folder-circle", reach=LINKS, article_url="/xw/xw/xw/{}.html".format)
    yield Layout(
        name="folder-lists-aside",
        reach=LINKS,
        list_url=lambda page: f"/search/news_{page}.html",
        menu='<a href="/">首页</a><a href="/search/news_1.html">全部新闻</a>',
    )
    yield Layout(name="folder-article-query", reach=LINKS, article_url="/view.php?print=0&sort=1&id={}".format)


def _feeds() -> Iterator[Layout]:
    urls = [f"/news/{n}.html" for n in range(1, 37)]
    guids = "".join(f'<item><title>{url}</title><guid isPermaLink="true">{url}</guid></item>' for url in urls)
    atom = "".join(f'<entry><title>{url}</title><link href="{url}"/></entry>' for url in urls)
    rdf = "".join(f'<item rdf:about="{url}"><title>{url}</title><link>{url}</link></item>' for url in urls)
    styled = "".join(f"<news><title>第{n}号消息</title><url>{url}</url></news>" for n, url in enumerate(urls, 1))
    opml = "".join(f'<outline text="第{n}号消息" htmlUrl="{url}"/>' for n, url in enumerate(urls, 1))
    ns = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    kept = {
        "feed-guid": (f'<rss version="2.0"><channel>{guids}</channel></rss>', "application/rss+xml"),
        "feed-atom": (f'<feed xmlns="http://www.w3.org/2005/Atom">{atom}</feed>', "text/xml"),
        "feed-rdf": (f"<rdf:RDF {ns}>{rdf}</rdf:RDF>", "text/xml"),
        "feed-styled": (
            f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="/l.xsl"?><list>{styled}</list>',
            "text/xml",
        ),
        "feed-opml": (f"<opml><body>{opml}</body></opml>", "text/xml"),
    }
    for name, (body, kind) in kept.items():
        path = "/feed.xml"
        menu = f'<a href="{path}">订阅</a>'
        yield Layout(
            name=name,
            reach=LINKS,
            menu=menu,
            crumb="",
            home=menu,
            lists_links=False,
            extra={path: Answer(body=body, type=kind)},
        )
    items = "".join(f'<li><a href="{url}">{n}</a></li>' for n, url in enumerate(urls, 1))
    menu = '<a href="/sitemap.html">网站地图</a>'
    yield Layout(
        name="feed-site-map-page",
        reach=LINKS,
        menu=menu,
        crumb="",
        home=menu,
        lists_links=False,
        extra={"/sitemap.html": items},
    )
    yield Layout(
        name="feed-robots-text",
        reach=LINKS,
        menu="",
        crumb="",
        home="",
        lists_links=False,
        extra={
            "/robots.txt": Answer(body="User-agent: *\nAllow: /\n\nSitemap: /sitemap.txt", type="text/plain"),
            "/sitemap.txt": Answer(body="\n".join(urls), type="text/plain"),
        },
    )


def _ways() -> Iterator[Layout]:
    """Yield sites that lead to their list by redirects, frames, or only from one article to the next."""
    moved = Answer(body="", status=302, headers=(("Location", "/news/index.html"),))
    yield Layout(
        name="way-redirect",
        reach=LINKS,
        menu='<a href="/go">新闻</a>',
        crumb="",
        home='<a href="/go">新闻</a>',
        extra={"/go": moved},
    )
    yield Layout(
        name="way-refresh",
        reach=LINKS,
        menu=HOME,
        crumb="",
        home='<meta http-equiv="refresh" content="0; URL=/main.htm">',
        extra={"/main.htm": '<a href="/news/index.html">新闻</a>'},
    )
    yield Layout(
        name="way-script",
        reach=LINKS,
        menu=HOME,
        crumb="",
        home='<script>window.location.href="main.htm"</script>',
        extra={"/main.htm": '<a href="/news/index.html">新闻</a>'},
    )
    frames = (
        '<frameset rows="80,*"><frame src="top.html"><frameset cols="160,*"><frame src="a/left'
        '.html"><frame src="a/main.html"></frameset></frameset>'
    )
    yield Layout(
        name="way-frames",
        reach=LINKS,
        menu="",
        crumb="",
        home=frames,
        extra={
            "/top.html": "横幅",
            "/a/left.html": '<base target="main"><a href="../news/index.html">新闻</a>',
            "/a/main.html": "欢迎",
        },
    )
    yield Layout(
        name="way-home-only",
        reach=LINKS,
        menu=HOME,
        crumb="",
        lists_links=False,
        home="".join(f'<li><a href="/news/{n}.html">第{n}号消息的全文</a>' for n in range(1, 37)),
    )
    yield Layout(
        name="way-neighbour-next",
        reach=LINKS,
        menu="",
        crumb="",
        home="",
        lists_links=False,
        seed=1,
        beside=lambda n: f'<p>下一篇：<a href="/news/{n + 1}.html">第{n + 1}号消息</a></p>',
    )
    yield Layout(
        name="way-neighbour-icons",
        reach=LINKS,
        menu="",
        crumb="",
        home="",
        lists_links=False,
        seed=18,
        beside=lambda n: f'<a href="/news/{n - 1}.html">&lt;</a><a href="/news/{n + 1}.html">&gt;</a>',
    )
    yield Layout(
        name="way-related",
        reach=LINKS,
        menu="",
        crumb="",
        home="",
        lists_links=False,
        beside=lambda n: (
            "<h3>相关阅读</h3>"
            + "".join(
                f'<li><a href="/news/{m}.html">第{m}号消息的内容</a>' for m in (n * 2 % 37 or 1, n * 3 % 37 or 2, n + 1)
            )
        ),
    )
    yield Layout(
        name="way-slash",
        reach=LINKS,
        article_url="/post/{}/".format,
        rows=lambda rows: li_rows(rows).replace('/">', '">'),
        respond=_slashed,
    )
    yield Layout(name="way-scheme", reach=LINKS, respond=_other_scheme)
    yield Layout(name="way-absolute", reach=LINKS, respond=partial(_replaced, 'href="/news/', 'href="//{host}/news/'))
    yield Layout(
        name="way-base",
        reach=LINKS,
        head=lambda _: '<base href="/">',
        rows=lambda rows: li_rows(rows).replace('href="/', 'href="'),
    )
    yield Layout(
        name="way-dots",
        reach=LINKS,
        list_url="/a/b/c/list{}.html".format,
        rows=lambda rows: li_rows(rows).replace('href="/', 'href="../../../'),
    )
    yield Layout(name="way-encoding-meta", reach=LINKS, encoding="gb2312", respond=_without_charset)
    yield Layout(
        name="way-chinese-path",
        reach=LINKS,
        list_url=lambda page: f"/%E6%96%B0%E9%97%BB/%E5%88%97%E8%A1%A8{page}.html",
        article_url="/%E6%96%B0%E9%97%BB/{}.html".format,
    )
    yield Layout(name="way-xhtml", reach=LINKS, respond=_as_xhtml)
    yield Layout(name="way-no-html", reach=LINKS, respond=_fragment)
    yield Layout(name="way-text-plain", reach=LINKS, respond=_typed)


def _slashed(layout: Layout, asked: Asked) -> Answer | None:
    is_bare = asked.path.startswith("/post/") and not asked.path.endswith("/")
    return Answer(body="", status=301, headers=(("Location", f"{asked.path}/"),)) if is_bare else None


def _shown(layout: Layout, asked: Asked) -> str | None:
    """Return the source of the page that a layout answers with."""
    answer = layout.answers().get(asked.path)
    return answer.body.decode(layout.encoding) if answer and isinstance(answer.body, bytes) else None


def _other_scheme(layout: Layout, asked: Asked) -> Answer | None:
    shown = _shown(layout, asked)
    return Answer(body=shown.replace('href="/', f'href="https://{asked.host}/')) if shown else None


def _replaced(old: str, new: str, layout: Layout, asked: Asked) -> Answer | None:
    shown = _shown(layout, asked)
    return Answer(body=shown.replace(old, new.format(host=asked.host))) if shown else None


def _without_charset(layout: Layout, asked: Asked) -> Answer | None:
    shown = _shown(layout, asked)
    return Answer(body=shown.encode(layout.encoding, "replace"), type="text/html") if shown else None


def _as_xhtml(layout: Layout, asked: Asked) -> Answer | None:
    shown = _shown(layout, asked)
    if shown is None:
        return None
    whole = shown.replace(
        "<!DOCTYPE html><html>", '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
    )
    return Answer(body=whole, type="application/xhtml+xml")


def _fragment(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/news/index"):
        return None
    shown = _shown(layout, asked)
    return Answer(body=shown.partition("<body>")[2].partition("</body>")[0]) if shown else None


def _typed(layout: Layout, asked: Asked) -> Answer | None:
    shown = _shown(layout, asked)
    return Answer(body=shown, type="application/octet-stream") if shown else None


def _looks() -> Iterator[Layout]:
    """Yield sites whose articles or lists look otherwise: beside long menus, prose, or other lists."""
    menu = "".join(f'<li><a href="/dept/{n}.html">机构设置之{n}</a></li>' for n in range(1, 31))
    about = {
        f"/dept/{n}.html": f"<h1>机构{n}</h1>" + "<p>本机构负责全校有关事务的管理与服务，下设若干科室。</p>" * 6
        for n in range(1, 31)
    }
    yield Layout(
        name="look-long-menu",
        reach=LINKS,
        menu=f'<ul>{menu}</ul><a href="/news/index.html">新闻</a>',
        crumb="",
        extra=about,
    )
    yield Layout(name="look-table", reach=LINKS, respond=_old_article)
    yield Layout(
        name="look-one-list-of-two",
        reach=LINKS,
        menu='<a href="/news/index.html">新闻</a><a href="/tz.html">通知</a>',
        extra={"/tz.html": "<p>暂无内容</p>"},
    )


def _old_article(layout: Layout, asked: Asked) -> Answer | None:
    number = next((n for n in range(1, layout.articles + 1) if asked.path == layout.article_url(n)), None)
    if number is None:
        return None
    row = layout.row(number)
    text = "<br>　　".join(
        f"{row.title[:3]}的第{n}项工作已经按照年初的安排完成，有关部门作了总结并提出了下一步的打算。"
        for n in range(1, 5)
    )
    inner = (
        f"<table align=center><tr><td>{layout.menu_html}<tr><td align=center><b>{row.title}</b>"
        f"<tr><td align=center>作者：宣传部　点击：57　日期：{row.day:%Y-%m-%d}<tr><td>　　{text}</table>"
    )
    return layout.html(f"{row.title}_{UNIVERSITY}", inner)
