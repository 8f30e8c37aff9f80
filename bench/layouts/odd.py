"""Layouts that are complete, though something on them looks as if it were not: no gap is told, and nothing is asked for in vain."""

from collections.abc import Iterator, Sequence
from functools import partial
from urllib.parse import urlsplit

from bench.layouts.layout import Answer, Asked, Layout, Place, Reach, Row, li_rows, nothing, numbered

LINKS, TRAP = Reach.LINKS, Reach.TRAP
FIRST = "/news/index.html"


def layouts() -> Iterator[Layout]:
    yield from _totals()
    yield from _columns()
    yield from _ornaments()
    yield from _twins()


def menu_to(*paths: str) -> str:
    others = "".join(f'<a href="{path}">栏目{n}</a> ' for n, path in enumerate(paths, 1))
    return f'<div class="nav"><a href="/">首页</a> <a href="{FIRST}">校园新闻</a> {others}</div>'


def _totals() -> Iterator[Layout]:
    """Yield lists that tell other numbers than those of their articles."""
    weixin = "".join(
        f'<li><a href="https://mp.weixin.qq.com/s/a{n}">公众号文章第{n}期内容</a><span>2023-09-0{n}</span></li>'
        for n in range(1, 5)
    )
    files = "".join(
        f'<li><a href="/files/{n}.pdf">第{n}号文件全文下载</a><span>2023-09-0{n}</span></li>' for n in range(1, 5)
    )
    yield Layout(
        name="odd-total-with-elsewhere", reach=LINKS, rows=partial(_beside_rows, weixin), pager=partial(_total, 52)
    )
    yield Layout(name="odd-total-with-files", reach=LINKS, rows=partial(_beside_rows, files), pager=partial(_total, 52))
    yield Layout(name="odd-total-hidden", reach=LINKS, pager=partial(_total, 38))
    yield Layout(
        name="odd-total-of-site",
        reach=LINKS,
        pager=lambda p: numbered(p).replace("共36条", ""),
        script=lambda _: "<p>本站共发布文章 9321 篇</p>",
    )
    yield Layout(name="odd-title-counts", reach=LINKS, per=12, pager=partial(_plain, ""), rows=_counting)
    yield Layout(name="odd-pager-beyond-missing", reach=LINKS, pager=_beyond)
    yield Layout(name="odd-pager-beyond-empty", reach=LINKS, pager=_beyond, respond=_nothing_there)
    yield Layout(name="odd-pager-beyond-same", reach=LINKS, pager=_beyond, respond=_last_again)
    yield Layout(name="odd-dead-rows", reach=LINKS, rows=_with_dead)
    yield Layout(
        name="odd-total-rounded", reach=LINKS, pager=lambda p: numbered(p) + f"<span>每页10条 共{p.pages}页</span>"
    )


def _beside_rows(others: str, rows: Sequence[Row]) -> str:
    return li_rows(rows).replace("</ul>", f"{others}</ul>")


def _total(total: int, place: Place) -> str:
    return numbered(place).replace(f"共{place.total}条", f"共{total}条")


def _plain(word: str, place: Place) -> str:
    return word + "".join(f'<a href="{url}">{n}</a> ' for n, url in enumerate(place.urls, 1))


def _counting(rows: Sequence[Row]) -> str:
    return li_rows(rows).replace("号消息", "号消息：征集意见共156条")


def _beyond(place: Place) -> str:
    others = "".join(f'<a href="/news/index_{n}.html">{n}</a> ' for n in range(2, 9))
    return f'<div class="page"><a href="{FIRST}">1</a> {others}<a href="/news/index_{place.page + 1}.html">下一页</a></div>'


def _nothing_there(layout: Layout, asked: Asked) -> Answer | None:
    number = asked.path.removeprefix("/news/index_").removesuffix(".html")
    if not number.isdigit() or int(number) <= layout.pages:
        return None
    return layout.html("校园新闻", f"{layout.menu_html}<h2>校园新闻</h2><p>暂无数据</p>")


def _last_again(layout: Layout, asked: Asked) -> Answer | None:
    number = asked.path.removeprefix("/news/index_").removesuffix(".html")
    return layout.list_page(layout.pages) if number.isdigit() and int(number) > layout.pages else None


def _with_dead(rows: Sequence[Row]) -> str:
    dead = "".join(
        f'<li><a href="/news/9{r.number}.html">{r.title}（已撤）</a><span>{r.day}</span></li>' for r in rows[:2]
    )
    return _beside_rows(dead, rows)


def _columns() -> Iterator[Layout]:
    """Yield sites with columns that hold no article of their own."""
    files = "".join(
        f'<li><a href="/files/{n}.pdf">第{n}号文件全文</a><span>2023-09-{n:02}</span></li>' for n in range(1, 13)
    )
    elsewhere = "".join(
        f'<li><a href="https://mp.weixin.qq.com/s/b{n}">公众号第{n}期推送内容</a><span>2023-09-{n:02}</span></li>'
        for n in range(1, 13)
    )
    pictures = "".join(
        f'<li><a href="/pic/{n}.jpg"><img src="/pic/{n}s.jpg"></a><p>校园风光之{n}</p></li>' for n in range(1, 13)
    )
    friends = "".join(f'<li><a href="http://www.other{n}.edu.cn/">友好院校第{n}所</a></li>' for n in range(1, 13))
    people = "".join(f"<tr><td>教师{n}</td><td>教授</td><td>办公室{n}号</td></tr>" for n in range(1, 13))
    inner = {
        "empty-words": "<h2>学术活动</h2><p>暂无数据</p>",
        "empty-zero": '<h2>学术活动</h2><ul></ul><div class="page">共0条 第1页/共1页 首页 上一页 下一页 尾页</div>',
        "empty-none": "<h2>学术活动</h2><ul class='list'></ul>",
        "empty-building": "<h2>学术活动</h2><p>栏目建设中，敬请期待</p>",
        "files": f"<h2>下载中心</h2><ul>{files}</ul><div>共12条</div>",
        "elsewhere": f"<h2>公众号</h2><ul>{elsewhere}</ul><div>共12条</div>",
        "pictures": f"<h2>校园风光</h2><ul>{pictures}</ul>",
        "friends": f"<h2>友情链接</h2><ul>{friends}</ul>",
        "people": f"<h2>师资队伍</h2><table>{people}</table>",
        "tour": '<div id="app"></div><script src="/tour/three.min.js"></script>',
        "figures": '<h2>数据大屏</h2><div id="chart"></div><script>$.getJSON("/api/stat/all",draw)</script>',
        "mailbox": (
            '<h2>校长信箱</h2><form method="post" action="/mail"><input name="title"><input name="page" '
            'type="hidden" value="1"><textarea name="text"></textarea><input type="submit" value="提交">'
            "</form>"
        ),
        "about": "<h2>学院简介</h2><p>学院创办多年，设有若干系所，教师队伍稳定，学科齐全。</p><p>地址：云台路一号。</p>",
    }
    for name, text in inner.items():
        path = f"/other/{name}.htm"
        yield Layout(name=f"odd-column-{name}", reach=LINKS, menu=menu_to(path), extra={path: menu_to(path) + text})


def _ornaments() -> Iterator[Layout]:
    """Yield lists of one page, or without numbers, beside what looks like a pager and is none."""
    beside = {
        "share": '<div class="bdshare"><a href="#">微博</a><a href="javascript:;">更多</a></div>',
        "carousel": '<div class="carousel"><button class="carousel-control-next"><span class="sr-only">Next</span></button></div>',
        "slides": '<div class="focus"><span class="prev">上一张</span><span class="next">下一张</span></div>',
        "search-post": (
            '<form method="post" action="/search.jsp"><input name="keyword"><input type="hidden" name="page" '
            'value="1"><input type="submit" value="搜索"></form>'
        ),
        "postback-login": "<a href=\"javascript:__doPostBack('ctl00$login','')\">登录</a>",
        "idle-pager": (
            '<div class="page"><a href="javascript:;" class="disabled">上一页</a> <b>1</b> <a href="javascript:;'
            '" class="disabled">下一页</a></div>'
        ),
        "idle-words": '<div class="page">首页 上一页 下一页 尾页</div>',
        "jump-box": '<div>共1页 转到<input id="pg" size="2"><input type="button" value="GO" onclick="jump()"></div>',
        "hot": '<div class="hot"><h3>热点</h3><a href="javascript:void(0)" onclick="change()">换一批</a></div>',
        "top": '<a href="#top">返回顶部</a><a href="javascript:history.back()">返回</a>',
        "calendar": "<table>" + "".join(f'<td><a href="javascript:;">{n}</a></td>' for n in range(1, 31)) + "</table>",
        "sign-in-box": '<form method="post" action="/login"><input name="u"><input type="password" name="p">用户登录</form>',
        "empty-box": '<div class="page-bottom"></div><div id="page"></div><script src="/js/jquery.js"></script>',
        "dots": '<div id="slideBox"><div class="page"><i>1</i><i>2</i><i>3</i></div></div><script src="/js/own.js"></script>',
        "sidebar-more": '<div class="side"><h3>通知</h3><a href="javascript:;">更多&gt;&gt;</a></div>',
    }
    for name, ornament in beside.items():
        yield Layout(
            name=f"odd-beside-{name}",
            reach=LINKS,
            articles=14,
            per=20,
            pager=nothing,
            script=partial(_same, ornament),
        )


def _same(html: str, _: Place) -> str:
    return html


def _twins() -> Iterator[Layout]:
    """Yield sites that show each page under a second address."""
    yield Layout(
        name="twin-print",
        reach=TRAP,
        beside='<a href="/print.asp?id={}">打印本页</a>'.format,
        respond=partial(_twin, "/print.asp?id="),
    )
    yield Layout(
        name="twin-mobile",
        reach=TRAP,
        beside='<a href="/m/news/{}.html">手机版</a>'.format,
        respond=partial(_twin, "/m/news/"),
    )
    yield Layout(
        name="twin-size",
        reach=TRAP,
        beside='字号：<a href="/news/{0}.html?size=big">大</a><a href="/news/{0}.html?size=small">小</a>'.format,
        respond=_without_query,
    )
    yield Layout(
        name="twin-theme",
        reach=TRAP,
        respond=_without_query,
        menu=f'<a href="/">首页</a><a href="{FIRST}">新闻</a><a href="?skin=blue">蓝</a><a href="?skin=red">红</a>',
    )
    yield Layout(
        name="twin-from",
        reach=TRAP,
        respond=_without_query,
        beside=lambda n: f'<a href="/news/{n % 36 + 1}.html?from=related">下一篇文章</a>',
    )
    yield Layout(
        name="twin-case",
        reach=TRAP,
        article_url="/News/Show{}.html".format,
        beside=lambda n: f'<a href="/news/show{n % 36 + 1}.html">下一篇文章</a>',
        respond=_any_case,
    )
    yield Layout(
        name="twin-index",
        reach=TRAP,
        menu='<a href="/">首页</a><a href="/index.html">主页</a><a href="/news/">新闻</a><a href="/news/index.html">列表</a>',
        respond=_folder,
    )
    yield Layout(
        name="twin-slashes",
        reach=TRAP,
        beside=lambda n: (
            f'<a href="//news//{n % 36 + 1}.html">下一篇</a><a href="/news/./{n % 36 + 1}.html">再一篇</a>'
        ),
    )
    yield Layout(
        name="twin-session-path",
        reach=TRAP,
        article_url="/news/{}.aspx".format,
        list_url="/news/list{}.aspx".format,
        respond=_session_path,
    )


def _twin(prefix: str, layout: Layout, asked: Asked) -> Answer | None:
    number = asked.path.removeprefix(prefix).removesuffix(".html")
    return layout.article(int(number)) if asked.path.startswith(prefix) and number.isdigit() else None


def _without_query(layout: Layout, asked: Asked) -> Answer | None:
    path, mark, _ = asked.path.partition("?")
    return layout.answers().get(path) if mark else None


def _any_case(layout: Layout, asked: Asked) -> Answer | None:
    return layout.answers().get(asked.path.replace("/news/show", "/News/Show"))


def _folder(layout: Layout, asked: Asked) -> Answer | None:
    return layout.answers().get({"/index.html": "/", "/news/": FIRST}.get(asked.path, ""))


def _session_path(layout: Layout, asked: Asked) -> Answer | None:
    """Answer as ASP.NET without cookies: the session is a folder of every address."""
    path = urlsplit(asked.path).path
    if not path.startswith("/(S("):
        place = ("Location", f"/(S({abs(hash(path)) % 10**10:024d})){asked.path}")
        return Answer(body="", status=302, headers=(place,)) if path.endswith((".aspx", "/")) else None
    session, _, rest = path[1:].partition("/")
    found = layout.answers().get(f"/{rest}")
    if found is None:
        return None
    body = found.body if isinstance(found.body, bytes) else found.body.encode()
    return Answer(body=body.replace(b'href="/', f'href="/{session}/'.encode()), type=found.type)
