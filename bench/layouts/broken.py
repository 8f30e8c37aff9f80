"""Layouts that were whole, and were broken as sites break: what is missing has to be told."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from bench.layouts.layout import Answer, Asked, Layout, Place, Reach, formed, nothing, numbered
from bench.layouts.odd import menu_to

GAP = Reach.GAP
FIRST = "/news/index.html"
PACKED = (
    "<script>eval(function(p,a,c,k,e,d){while(c--){if(k[c]){p=p.replace(new RegExp('\\\\b'+c+'\\\\b',"
    "'g'),k[c])}}return p}('0.1(2,3)',4,4,'pg|draw|4|1'.split('|'),0,{}))</script>"
)
BUNDLE = '<script src="/static/js/app.8f2c1.js"></script>'
WALL = "<h3>访问验证</h3><p>您的访问过于频繁，请完成安全验证后继续访问</p><div id='captcha'></div><script src='/waf/captcha.js'></script>"
INSIDE = "<p>该栏目仅限校内访问，请使用校园网或VPN访问。</p>"
LOST = "<p>抱歉，您访问的页面不存在或已删除</p><a href='/'>返回首页</a>"


def layouts() -> Iterator[Layout]:
    yield from _pages()
    yield from _pagers()
    yield from _rows()
    yield from _columns()


def _pages() -> Iterator[Layout]:
    """Yield lists of which some pages are answered with something else."""
    third = "/news/index_3"
    instead: dict[str, Callable[[Layout], Answer]] = {
        "unavailable": lambda _: Answer(body="", status=503),
        "gateway": lambda _: Answer(body="<h1>502 Bad Gateway</h1>", status=502),
        "home": lambda _: Answer(body="", status=302, headers=(("Location", "/"),)),
        "sign-in": lambda _: Answer(
            body="", status=302, headers=(("Location", "http://cas.yuntai.invalid/cas/login?service=x"),)
        ),
        "sign-in-here": lambda _: Answer(body="", status=302, headers=(("Location", "/cas/login?service=news"),)),
        "nothing": lambda _: Answer(body=""),
        "soft-404": lambda layout: layout.html("提示信息", LOST),
        "wall": lambda layout: layout.html("安全验证", WALL),
        "challenge": lambda _: Answer(
            body="<html><head><script>window.$_ts={};</script></head><body></body></html>", status=412
        ),
        "campus": lambda layout: layout.html("校园新闻", INSIDE),
        "database": lambda layout: layout.html(
            "错误", "<b>Warning</b>: mysql_connect(): Too many connections in /var/www/list.php on line 12"
        ),
        "gone": lambda _: Answer(body="<h1>410 Gone</h1>", status=410),
        "half": lambda layout: layout.html("校园新闻", layout.menu_html + "<h2>校园新闻</h2><ul>"),
        "limit": lambda _: Answer(body="<h1>Forbidden</h1>", status=403),
    }
    for name, answer in instead.items():
        yield Layout(name=f"broken-page-{name}", reach=GAP, respond=partial(_instead, (third,), answer))
    bare = [(third, "onwards")]
    for prefix, name in bare:
        yield Layout(
            name=f"broken-untold-{name}",
            reach=GAP,
            pager=_only_next,
            respond=partial(_instead, (prefix,), instead["unavailable"]),
        )
    missing = partial(_instead, (third,), partial(_failing, 404))
    yield Layout(name="broken-untold-missing", reach=GAP, pager=_only_next, respond=missing)
    yield Layout(name="broken-untold-hole", reach=GAP, pager=_plain_numbers, respond=missing)
    yield Layout(name="broken-same-rows", reach=GAP, pager=_plain_numbers, list_url=_by_query, respond=_always_first)
    yield Layout(name="broken-same-rows-told", reach=GAP, list_url=_by_query, respond=_always_first)
    yield Layout(
        name="broken-total", reach=GAP, articles=36, pager=partial(_more_than_there, 120), extra={}, respond=_hide
    )
    yield Layout(
        name="broken-robots-column",
        reach=GAP,
        menu=menu_to(),
        list_url=_two_columns,
        pager=nothing,
        home="",
        respond=_barred,
        crumb=_crumbs(),
    )


def _instead(
    prefixes: Sequence[str], answer: Callable[[Layout], Answer], layout: Layout, asked: Asked
) -> Answer | None:
    if asked.path.startswith("/cas/"):
        return layout.html(
            "统一身份认证",
            '<form method="post">用户名<input name="username">密码<input type="password" name="password"></form>',
        )
    return answer(layout) if asked.path.startswith(tuple(prefixes)) else None


def _only_next(place: Place) -> str:
    return f'<a href="{place.next}">下一页</a>' if place.next else ""


def _plain_numbers(place: Place) -> str:
    return '<div class="page">' + "".join(f'<a href="{url}">{n}</a> ' for n, url in enumerate(place.urls, 1)) + "</div>"


def _by_query(page: int) -> str:
    return "/news/list.jsp" + (f"?page={page}" if page > 1 else "")


def _always_first(layout: Layout, asked: Asked) -> Answer | None:
    return layout.list_page(1) if asked.path.startswith("/news/list.jsp") else None


def _more_than_there(total: int, place: Place) -> str:
    return numbered(place).replace(f"共{place.total}条", f"共{total}条")


def _hide(layout: Layout, asked: Asked) -> Answer | None:
    """Answer the second page with half of its rows."""
    if asked.path != layout.list_url(2):
        return None
    rows = layout.rows(layout.on_page(2)[:5])
    return layout.html("校园新闻", f"{layout.menu_html}<h2>校园新闻</h2>{rows}{layout.pager(layout.place(2))}")


def _two_columns(page: int) -> str:
    return f"/column{page}/index.html"


def _crumbs() -> str:
    return "当前位置：" + " &gt; ".join(f'<a href="{_two_columns(n)}">栏目{n}</a>' for n in range(1, 5))


def _barred(_: Layout, asked: Asked) -> Answer | None:
    rules = "User-agent: *\nDisallow: /column3/\n"
    return Answer(body=rules, type="text/plain") if asked.path == "/robots.txt" else None


def _pagers() -> Iterator[Layout]:
    """Yield pagers of which nothing can be followed."""
    forms = {
        "packed": f'<div id="pg" class="page"></div>{PACKED}',
        "empty-element": f'<div class="pagination" id="pagination"></div>{BUNDLE}',
        "hash": '<a href="#!page={next}">下一页</a>',
        "hash-number": '<div class="page"><b>1</b> <a href="#2">2</a> <a href="#3">3</a> <a href="#4">4</a></div>',
        "sign-in": '<p class="tip"><a href="javascript:login()">登录后查看更多</a></p>',
        "post-link": (
            '<form name="f" method="post" action="/news/list.do"><input type="hidden" name="pageNo" '
            'value="{n}"></form><a href="javascript:document.f.pageNo.value={next};document.f.submit()'
            '">下一页</a>'
        ),
        "post-json": (
            "<button onclick=\"more()\">加载更多</button><script>function more(){{fetch('/api/list',{{method:'POST',"
            "body:JSON.stringify({{page:{next}}})}}).then(r=>r.json()).then(show)}}</script>"
        ),
        "token": (
            "<a href=\"javascript:next()\">下一页</a><script>function next(){{$.get('/api/list',{{page:{next},"
            "token:getToken()}},show)}}</script>"
        ),
        "webforms": (
            "<table id=\"GridView1\"><tr><td><a href=\"javascript:__doPostBack('GridView1','Page$2')"
            "\">2</a></td><td><a href=\"javascript:__doPostBack('GridView1','Page$3')\">3</a></td>"
            "</tr></table>"
        ),
        "select-post": (
            '<form method="post"><select name="page" onchange="this.form.submit()"><option>1</option>'
            "<option>2</option><option>3</option><option>4</option></select></form>"
        ),
        "image-button": (
            '<form method="post"><input type="hidden" name="pageIndex" value="1"><input type="image" '
            'src="/img/next.gif" alt="下一页"></form>'
        ),
        "numbers-bundle": '<ul class="pager"><li class="active">1</li><li>2</li><li>3</li><li>4</li></ul>' + BUNDLE,
        "arrows-bundle": '<div class="pager"><span class="prev">&lt;</span><span class="next">&gt;</span></div>'
        + BUNDLE,
        "element-ui": (
            '<div class="el-pagination"><button class="btn-prev" disabled></button><ul class="el-pager">'
            '<li class="number active">1</li><li class="number">2</li></ul><button class="btn-next">'
            "</button></div>"
        )
        + BUNDLE,
        "more-link": '<div class="more"><a href="javascript:;">查看更多</a></div>',
        "infinite": '<div class="loading">正在加载…</div><script src="/js/infinite-scroll.min.js"></script>',
        "scroll-words": '<p class="tip">下拉加载更多</p>' + BUNDLE,
        "shown-of": "<p>显示 1 - 10 / 36</p>" + BUNDLE,
        "shown-of-english": "<p>Showing 1 to 10 of 36 entries</p>" + BUNDLE,
        "items-words": "<p>信息总数：36　每页：10</p>" + BUNDLE,
        "pages-words": "<p>页次：{n}/{pages}页</p>" + BUNDLE,
        "pages-total": "<p>总页数：{pages}</p>" + BUNDLE,
        "json-total": '<script>var pageInfo={{"total":36,"pages":4,"pageNum":1,"pageSize":10}};</script>' + BUNDLE,
        "words": '<span class="pagebtn">后一页</span>' + BUNDLE,
        "triangle": '<a href="javascript:void(0)">▶</a>' + BUNDLE,
        "picture": '<img src="/img/next.gif" onclick="turn()">' + BUNDLE,
        "more-english": "<button>Load more</button>" + BUNDLE,
        "all": '<a href="javascript:showAll()">查看全部</a>' + BUNDLE,
        "expand": '<div onclick="expand()">展开更多</div>' + BUNDLE,
        "attributes": '<div id="page" data-total="36" data-size="10" data-current="1"></div>' + BUNDLE,
    }
    for name, form in forms.items():
        yield Layout(name=f"stuck-{name}", reach=GAP, pager=partial(_stuck, form))


def _stuck(form: str, place: Place) -> str:
    return (
        form.replace("{{", "{")
        .replace("}}", "}")
        .replace("{next}", str(place.page + 1))
        .replace("{n}", str(place.page))
        .replace("{pages}", str(place.pages))
    )


def _rows() -> Iterator[Layout]:
    """Yield lists whose rows lead nowhere that can be asked for."""
    forms = {
        "this": '<li onclick="detail(this)" data-k="x{r.number}f"><b>{r.title}</b><span>{r.day}</span></li>',
        "void": '<li><a href="javascript:;">{r.title}</a><span>{r.day}</span></li>',
        "hash": '<li><a href="#/detail/{r.number}">{r.title}</a><span>{r.day}</span></li>',
        "post": "<li><a href=\"javascript:__doPostBack('list','{r.number}')\">{r.title}</a><span>{r.day}</span></li>",
        "plain": "<li><b>{r.title}</b><span>{r.day}</span></li>",
        "post-form": (
            '<li><form method="post" action="/show.do"><input type="hidden" name="id" value="{r.number}">'
            "<button>{r.title}</button></form><span>{r.day}</span></li>"
        ),
        "signed": (
            "<li><a href=\"javascript:go('{r.number}')\">{r.title}</a><span>{r.day}</span></li><script>"
            'function go(id){{location.href="/s?k="+md5(id+salt)}}</script>'
        ),
    }
    for name, form in forms.items():
        yield Layout(name=f"mute-{name}", reach=GAP, rows=formed(form), home="", script=lambda _: BUNDLE)
    yield Layout(name="mute-articles-filled", reach=GAP, respond=partial(_shells, "/news/"))
    yield Layout(name="mute-articles-campus", reach=GAP, respond=_inside)
    yield Layout(name="mute-articles-sign-in", reach=GAP, respond=_sign_in)


def _shells(prefix: str, layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith(prefix) or "index" in asked.path or asked.path == "/news/7.html":
        return None
    return layout.html("详情", f'{layout.menu_html}<div id="detail"></div><script src="/js/detail.js"></script>')


def _inside(layout: Layout, asked: Asked) -> Answer | None:
    return layout.html("提示", INSIDE) if asked.path.startswith("/news/1") else None


def _sign_in(_: Layout, asked: Asked) -> Answer | None:
    place = ("Location", "http://cas.yuntai.invalid/cas/login?service=x")
    return Answer(body="", status=302, headers=(place,)) if asked.path.startswith("/news/2") else None


def _columns() -> Iterator[Layout]:
    """Yield sites of two columns, of which the second, with its half of the articles, cannot be read."""
    inner = {
        "posted": "<h2>通知公告</h2><ul id='l'></ul><script>$.post('/api/notices',{page:1},function(d){render(d)},'json')</script>",
        "application": '<div id="app"></div>' + BUNDLE,
        "script": '<h2>通知公告</h2><div class="list" id="list"></div>' + BUNDLE,
        "campus": INSIDE,
        "wall": WALL,
        "loading": '<h2>通知公告</h2><div class="list">加载中...</div>' + BUNDLE,
        "noscript": "<h2>通知公告</h2><noscript>请启用JavaScript以查看本页面</noscript>" + BUNDLE,
    }
    for name, text in inner.items():
        yield _two("column-" + name, partial(_showing, text))
    statuses = {"refused": 403, "broken": 500}
    for name, status in statuses.items():
        yield _two("column-" + name, partial(_failing, status))
    empty = '<h2>通知公告</h2><div class="news_list"></div>' + BUNDLE
    yield _two("column-plain-address", partial(_showing, empty), "/tzgg.htm")
    yield _two("column-sign-in", lambda _: Answer(body="", status=302, headers=(("Location", "/cas/login?service=n"),)))


def _showing(text: str, layout: Layout) -> Answer:
    return layout.html("通知公告", layout.menu_html + text)


def _failing(status: int, _: Layout) -> Answer:
    return Answer(body="<h1>error</h1>", status=status)


def _two(name: str, answer: Callable[[Layout], Answer], second: str = "/notice/index.html") -> Layout:
    return Layout(
        name=f"broken-{name}",
        reach=GAP,
        articles=36,
        per=18,
        list_url=lambda n: FIRST if n == 1 else second,
        menu=f'<div class="nav"><a href="/">首页</a> <a href="{FIRST}">校园新闻</a> <a href="{second}">通知公告</a></div>',
        pager=nothing,
        respond=partial(_instead, (second,), answer),
    )
