"""Layouts that stay silent about what they lack, ordinary ones that lack nothing, and further addresses without end."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha1
from urllib.parse import parse_qs, urlsplit

from bench.layouts.layout import Answer, Asked, Layout, Place, Reach, Row, formed, li_rows, nothing, numbered
from bench.layouts.odd import menu_to

LINKS, GAP, TRAP = Reach.LINKS, Reach.GAP, Reach.TRAP
FIRST = "/news/index.html"
BUNDLE = '<script src="/static/js/app.8f2c1.js"></script>'
SIGN_IN = '<h3>统一身份认证</h3><form method="post">用户名<input name="username">密码<input type="password" name="password"></form>'


def layouts() -> Iterator[Layout]:
    yield from _lists()
    yield from _pages()
    yield from _articles()
    yield from _whole()
    yield from _endless()


def _lists() -> Iterator[Layout]:
    """Yield lists that do not say how many articles they have, and show a part of them."""
    years = "".join(f"<span onclick='loadYear({n})'>{n}年</span>" for n in range(2019, 2024))
    beside = {
        "years": f'<div class="years">{years}</div>{BUNDLE}',
        "years-links": "".join(f'<a href="javascript:yearOf({n})">{n}</a> ' for n in range(2019, 2024)) + BUNDLE,
        "years-select": "<select id='year'>"
        + "".join(f"<option value='{n}'>{n}年</option>" for n in range(2019, 2024))
        + f"</select>{BUNDLE}",
        "months": "".join(f"<li data-month='{n}'><a href='#'>{n}月</a></li>" for n in range(1, 13)) + BUNDLE,
        "tabs": "".join(f"<a href='javascript:tab({n})'>第{n}季度</a>" for n in range(1, 5)) + BUNDLE,
        "older": f"<p class='hint'><a href='javascript:older()'>查看更早的新闻</a></p>{BUNDLE}",
        "history": f"<button id='his'>历史新闻</button>{BUNDLE}",
        "next-ten": f"<span class='btn' onclick='n10()'>后10条</span>{BUNDLE}",
        "wait": f"<div class='loading-more'>正在加载更多...</div>{BUNDLE}",
        "shown-few": f"<p>已显示10条，共36条</p>{BUNDLE}",
        "percent": f"<p>10/36</p><div class='btn-more'>再看一些</div>{BUNDLE}",
        "observer": (
            "<div id='sentinel'></div><script>new IntersectionObserver(e=>"
            "{if(e[0].isIntersecting)store.dispatch('more')}).observe(sentinel)</script>"
        ),
    }
    for name, html in beside.items():
        yield Layout(name=f"silent-{name}", reach=GAP, per=12, pager=partial(_first, html), home="")
    grids = {
        "grid-post": (
            "<table class='easyui-datagrid' data-options=\"url:'/news/list.do',pagination:true\"><thead><tr>"
            "<th data-options=\"field:'title'\">标题</th>"
            "</tr></thead></table>"
        ),
        "grid-script": "<table id='g'></table><script>$('#g').datagrid({url:'/news/list.do',pagination:true,columns:[[{field:'title'}]]})</script>",
        "grid-ext": (
            "<div id='g'></div><script>Ext.create('Ext.grid.Panel',{store:{proxy:{type:'ajax',url:'/news/list.do',"
            "actionMethods:{read:'POST'}}}})</script>"
        ),
        "graphql": (
            "<div id='g'></div><script>fetch('/graphql',{method:'POST',body:JSON.stringify({query:'{news{id title}}'})}).then(r=>"
            "r.json()).then(show)</script>"
        ),
        "socket": "<ul id='g'></ul><script>var s=new WebSocket('ws://'+location.host+'/news');s.onmessage=show</script>",
        "portal-engine": (
            "<div id='g' class='engine-list'></div><script>$.ajax({url:'/engine2/general/more-datas',type:'post',"
            "data:{pageId:12,page:1},"
            "success:draw})</script>"
        ),
        "flash": "<object data='/flash/list.swf' type='application/x-shockwave-flash' width=600 height=400></object>",
    }
    for name, html in grids.items():
        yield Layout(
            name=f"silent-{name}",
            reach=GAP,
            lists_links=False,
            extra={FIRST: f"{menu_to()}<h2>校园新闻</h2>{html}"},
        )


def _first(html: str, _: Place) -> str:
    return html


def _only_next(place: Place) -> str:
    return f'<a href="{place.next}">下一页</a>' if place.next else ""


def _plain_numbers(place: Place) -> str:
    return '<div class="page">' + "".join(f'<a href="{url}">{n}</a> ' for n, url in enumerate(place.urls, 1)) + "</div>"


def _pages() -> Iterator[Layout]:
    """Yield lists without a total, of which a page is answered with something else."""
    home = Answer(body="", status=302, headers=(("Location", "/"),))
    login = Answer(body="", status=302, headers=(("Location", "/index.html?from=login"),))
    instead: dict[str, Callable[[Layout], Answer]] = {
        "home": lambda _: home,
        "home-shown": lambda layout: layout.answers()["/"],
        "sign-in-index": lambda _: login,
        "sign-in-shown": lambda layout: layout.html("登录", SIGN_IN),
        "empty-rows": lambda layout: layout.html(
            "校园新闻", f"{layout.menu_html}<h2>校园新闻</h2><ul></ul>{layout.pager(layout.place(3))}"
        ),
        "blank": lambda _: Answer(body=""),
        "busy": lambda layout: layout.html("提示", "<p>服务器繁忙，请稍后再试</p>"),
        "script-error": lambda _: Answer(body="<h1>Server Error in '/' Application.</h1>", status=500),
    }
    for kind, pager in (("next", _only_next), ("numbers", _plain_numbers)):
        for name, answer in instead.items():
            yield Layout(
                name=f"silent-{kind}-{name}",
                reach=GAP,
                pager=pager,
                respond=partial(_instead, ("/news/index_3",), answer),
            )
    yield Layout(
        name="silent-list-sign-in",
        reach=GAP,
        respond=partial(_instead, (FIRST, "/news/index_"), lambda layout: layout.html("登录", SIGN_IN)),
    )
    yield Layout(
        name="silent-second-column-home",
        reach=GAP,
        per=18,
        list_url=lambda n: FIRST if n == 1 else "/notice/index.html",
        menu=menu_to("/notice/index.html").replace("栏目1", "通知公告"),
        pager=nothing,
        respond=partial(_instead, ("/notice/",), lambda _: home),
    )


def _instead(
    prefixes: Sequence[str], answer: Callable[[Layout], Answer], layout: Layout, asked: Asked
) -> Answer | None:
    if asked.path.startswith("/index.html?from=login"):
        return layout.html("登录", SIGN_IN)
    return answer(layout) if asked.path.startswith(tuple(prefixes)) else None


def _articles() -> Iterator[Layout]:
    """Yield sites of which a good part of the articles cannot be had."""
    instead: dict[str, Callable[[Layout], Answer]] = {
        "missing": lambda _: Answer(body="<h1>404 Not Found</h1>", status=404),
        "gone": lambda _: Answer(body="<h1>Gone</h1>", status=410),
        "home": lambda _: Answer(body="", status=302, headers=(("Location", "/"),)),
        "sign-in": lambda _: Answer(body="", status=302, headers=(("Location", "/index.html?from=login"),)),
        "sign-in-shown": lambda layout: layout.html("登录", SIGN_IN),
        "unavailable": lambda _: Answer(body="", status=503),
        "lost": lambda layout: layout.html(
            "提示信息", "<p>抱歉，您访问的页面不存在或已删除</p><a href='/'>返回首页</a>"
        ),
        "blank": lambda _: Answer(body=""),
        "image-only-script": lambda layout: layout.html(
            "消息", f"{layout.menu_html}<h1>消息</h1><canvas id='pdf'></canvas>{BUNDLE}"
        ),
    }
    for name, answer in instead.items():
        yield Layout(name=f"silent-articles-{name}", reach=GAP, respond=partial(_third, answer))


def _third(answer: Callable[[Layout], Answer], layout: Layout, asked: Asked) -> Answer | None:
    if asked.path.startswith("/index.html?from=login"):
        return layout.html("登录", SIGN_IN)
    number = asked.path.removeprefix("/news/").removesuffix(".html")
    is_lost = number.isdigit() and int(number) % 3 == 0 and int(number) != layout.seed
    return answer(layout) if is_lost else None


def _whole() -> Iterator[Layout]:
    """Yield complete sites that look odd."""
    elsewhere = "".join(
        f'<li><a href="http://news.other{n}.invalid/{n}.html">外部媒体报道本校之{n}</a><span>2023-09-0{n}</span></li>'
        for n in range(1, 7)
    )
    yield Layout(name="whole-off-by-one", reach=LINKS, pager=partial(_total, 37))
    yield Layout(
        name="whole-counts-off-site",
        reach=LINKS,
        rows=lambda rows: li_rows(rows) + f"<ul>{elsewhere}</ul>",
        pager=partial(_total, 42),
    )
    yield Layout(name="whole-pinned-each-page", reach=LINKS, rows=_pinned, pager=partial(_total, 38))
    yield Layout(
        name="whole-rows-twice", reach=LINKS, rows=lambda rows: li_rows(rows) + li_rows(rows), pager=partial(_total, 36)
    )
    yield Layout(
        name="whole-picture-and-title",
        reach=LINKS,
        rows=formed(
            '<li><a href="{r.url}"><img src="/pic/{r.number}.jpg" alt=""></a><a href="{r.url}">{r.title}</a><a href="{r.url}">[详细]</a> {r.day}</li>'
        ),
    )
    foot = "".join(
        f'<a href="{path}">{text}</a> '
        for path, text in (
            ("/rss.xml", "订阅"),
            ("/en/", "English"),
            ("/old/index.html", "旧版"),
            ("/oa/login.jsp", "办公系统"),
            ("/mail/", "邮箱"),
        )
    )
    yield Layout(name="whole-dead-foot", reach=LINKS, script=lambda _: f"<div class='foot'>{foot}</div>", respond=_foot)
    yield Layout(
        name="whole-column-elsewhere",
        reach=LINKS,
        menu=menu_to("/zs/").replace("栏目1", "招生网"),
        respond=partial(_at, "/zs/", Answer(body="", status=302, headers=(("Location", "http://zs.yuntai.invalid/"),))),
    )
    yield Layout(
        name="whole-column-office",
        reach=LINKS,
        menu=menu_to("/oa/index.jsp").replace("栏目1", "办公系统"),
        respond=partial(_at, "/oa/", Answer(body=f"<html><body>{SIGN_IN}</body></html>")),
    )
    yield Layout(
        name="whole-column-shut",
        reach=LINKS,
        menu=menu_to("/inner/").replace("栏目1", "内部资料"),
        respond=partial(_at, "/inner/", Answer(body="<h1>403 Forbidden</h1>", status=403)),
    )
    yield Layout(name="whole-column-gone", reach=LINKS, menu=menu_to("/party/index.html").replace("栏目1", "专题网站"))
    yield Layout(
        name="whole-column-same",
        reach=LINKS,
        menu=menu_to("/hot/index.html").replace("栏目1", "热点新闻"),
        respond=_same_rows,
    )
    yield Layout(
        name="whole-columns-overlap",
        reach=LINKS,
        menu=menu_to("/top/index.html").replace("栏目1", "头条新闻"),
        respond=_top,
    )
    yield Layout(
        name="whole-second-page-empty",
        reach=LINKS,
        articles=10,
        pager=lambda p: numbered(p) + '<a href="/news/index_2.html">下一页</a>',
        respond=partial(_page_of, "/news/index_2", "<ul></ul><p>没有更多了</p>"),
    )
    yield Layout(
        name="whole-one-page-total",
        reach=LINKS,
        articles=12,
        per=20,
        pager=lambda p: (
            "<div class='page'>共12条 1/1 <a href='javascript:;'>首页</a> <a href='javascript:;'>上页</a> <a href='javascript:;'>下页</a>"
            " <a href='javascript:;'>尾页</a></div>"
        ),
    )
    yield Layout(
        name="whole-visits",
        reach=LINKS,
        pager=lambda p: numbered(p).replace("共36条", ""),
        script=lambda _: "<p>您是第 120358 位访客 今日访问：36 总访问量：120358</p>",
    )
    yield Layout(name="whole-year-heads", reach=LINKS, articles=30, per=40, rows=_by_year, pager=nothing)
    yield Layout(
        name="whole-year-toggles", reach=LINKS, articles=30, per=40, rows=partial(_by_year, toggle=True), pager=nothing
    )
    yield Layout(
        name="whole-tabs",
        reach=LINKS,
        articles=30,
        per=30,
        pager=nothing,
        rows=_tabs,
        script=lambda _: "<script src='/js/tab.js'></script>",
    )
    yield Layout(
        name="whole-folded",
        reach=LINKS,
        articles=30,
        per=30,
        pager=nothing,
        rows=lambda rows: (
            li_rows(rows[:10])
            + f"<div style='display:none'>{li_rows(rows[10:])}</div><a href='javascript:;' id='more'>查看更多</a>{BUNDLE}"
        ),
    )
    yield Layout(name="whole-counter", reach=LINKS, beside=_counter)
    yield Layout(
        name="whole-script-files",
        reach=LINKS,
        script=lambda p: f"<script src='/js/nav.js?v={p.page}'></script><script src='/js/list{p.page}.js'></script>",
    )
    yield Layout(
        name="whole-search-total",
        reach=LINKS,
        menu=menu_to("/search.html").replace("栏目1", "搜索"),
        extra={"/search.html": menu_to() + "<form><input name=q></form><p>共检索到 520 条记录</p>"},
    )
    yield Layout(
        name="whole-fractions",
        reach=LINKS,
        articles=12,
        per=20,
        pager=nothing,
        rows=formed("<li><a href='{r.url}'>{r.title}</a>（1/36）<span>{r.day}</span></li>"),
    )
    moved = {
        f"/show.asp?id={n}": Answer(body="", status=301, headers=(("Location", f"/news/{n}.html"),))
        for n in range(1, 37)
    }
    yield Layout(name="whole-moved-articles", reach=LINKS, respond=_moved, extra=moved)
    yield Layout(name="whole-few-dead", reach=LINKS, articles=60, rows=_few_dead)

    yield from _ordinary()


COLUMNS = {
    "/about/index.html": (
        "学院概况",
        "<h2>学院概况</h2><p>学院创办多年，设有若干系所，教师队伍稳定，学科齐全，图书资料丰富。</p>",
    ),
    "/about/leader.html": (
        "现任领导",
        "<h2>现任领导</h2><table><tr><td>院长</td><td>张三</td></tr><tr><td>书记</td><td>李四</td></tr></table>",
    ),
    "/teacher/index.html": (
        "师资队伍",
        "<h2>师资队伍</h2><ul>"
        + "".join(f"<li><a href='/teacher/{n}.html'>教师{n}</a></li>" for n in range(1, 9))
        + "</ul>",
    ),
    "/down/index.html": (
        "下载中心",
        "<h2>下载中心</h2><ul>"
        + "".join(f"<li><a href='/files/{n}.docx'>申请表之{n}</a> 2023-05-0{n}</li>" for n in range(1, 8))
        + "</ul>共7条",
    ),
    "/video/index.html": (
        "视频新闻",
        "<h2>视频新闻</h2><ul>"
        + "".join(f"<li><a href='/v/{n}.mp4'>宣传片第{n}集</a></li>" for n in range(1, 6))
        + "</ul>",
    ),
    "/album/index.html": ("校园风光", "<h2>校园风光</h2>" + "".join(f"<img src='/pic/{n}.jpg'>" for n in range(1, 9))),
    "/empty/index.html": ("学术报告", "<h2>学术报告</h2><ul></ul><p>暂无内容</p>"),
    "/mail/index.html": (
        "院长信箱",
        "<h2>院长信箱</h2><form method='post' action='/mail/send'><input name='title'><textarea name='text'></textarea><input type='submit'></form>",
    ),
}
BESIDE = (
    "<form action='/search.jsp'><input name='keyword'><input type='button' value='搜索' onclick='doSearch()'></form>"
    "<form method='post' action='/login.jsp'>用户<input name='u'>密码<input type='password' name='p'></form>"
    "<select onchange='window.open(this.value)'><option value='http://www.a.invalid/'>友情链接</option></select>"
    "<div class='swiper-container'><div class='swiper-pagination'></div><span class='next'>&gt;</span></div>"
    "<a href='javascript:;'>更多</a><a href='javascript:;'>更多</a><a href='#top'>返回顶部</a><p>总访问量：120358</p>"
    "<script src='/js/common.js'></script><script>$(window).scroll(function(){$('.top').toggle($(window).scrollTop()>9)})</script>"
)


def _ordinary() -> Iterator[Layout]:
    """Yield whole sites with all that such sites have beside their news."""
    menu = menu_to(*COLUMNS)
    for number, (_, (name, _)) in enumerate(COLUMNS.items(), 1):
        menu = menu.replace(f"栏目{number}", name)
    pages = {path: f"{menu}{inner}{BESIDE}" for path, (_, inner) in COLUMNS.items()}
    teachers = {f"/teacher/{n}.html": f"{menu}<h1>教师{n}</h1><p>研究方向：植物学。</p>" for n in range(1, 9)}
    pagers = {
        "told": numbered,
        "numbers": _plain_numbers,
        "next": _only_next,
        "fraction": lambda p: f"{p.page}/{p.pages} {_only_next(p)} <a href='javascript:;'>GO</a>",
    }
    for name, pager in pagers.items():
        yield Layout(
            name=f"whole-ordinary-{name}",
            reach=LINKS,
            menu=menu,
            pager=pager,
            extra={**pages, **teachers},
            script=lambda _: BESIDE,
            home=f"{menu}{BESIDE}"
            + "".join(f"<p><a href='/news/{n}.html'>图书馆举行开放日第{n}号消息</a></p>" for n in range(1, 6)),
        )


def _total(total: int, place: Place) -> str:
    return numbered(place).replace(f"共{place.total}条", f"共{total}条")


def _pinned(rows: Sequence[Row]) -> str:
    top = '<li class="top"><a href="/news/1.html">图书馆举行开放日第1号消息</a><span>2023-09-25</span></li>'
    return li_rows(rows).replace("<ul>", f"<ul>{top}")


def _foot(_: Layout, asked: Asked) -> Answer | None:
    return Answer(body=f"<html><body>{SIGN_IN}</body></html>") if asked.path.startswith("/oa/") else None


def _at(prefix: str, answer: Answer, _: Layout, asked: Asked) -> Answer | None:
    return answer if asked.path.startswith(prefix) else None


def _same_rows(layout: Layout, asked: Asked) -> Answer | None:
    if asked.path != "/hot/index.html":
        return None
    return layout.html("热点新闻", f"{layout.menu_html}<h2>热点新闻</h2>{li_rows(layout.on_page(1)[:8])}")


def _top(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/top/index"):
        return None
    page = int(asked.path.removeprefix("/top/index").removesuffix(".html").removeprefix("_") or 1)
    rows = [layout.row(n) for n in range(1 + (page - 1) * 6, min(18, page * 6) + 1)]
    links = "".join(f'<a href="/top/index{"" if n == 1 else f"_{n}"}.html">{n}</a> ' for n in (1, 2, 3))
    return (
        layout.html("头条新闻", f"{layout.menu_html}<h2>头条新闻</h2>{li_rows(rows)}<div>共18条 {links}</div>")
        if page < 4
        else None
    )


def _page_of(prefix: str, inner: str, layout: Layout, asked: Asked) -> Answer | None:
    return (
        layout.html("校园新闻", f"{layout.menu_html}<h2>校园新闻</h2>{inner}")
        if asked.path.startswith(prefix)
        else None
    )


def _by_year(rows: Sequence[Row], *, toggle: bool = False) -> str:
    html = ""
    for year in sorted({row.day.year for row in rows}, reverse=True):
        head = f"<h3 onclick='toggle({year})'>{year}年</h3>" if toggle else f"<h3>{year}年</h3>"
        html += head + li_rows([row for row in rows if row.day.year == year])
    return html


def _tabs(rows: Sequence[Row]) -> str:
    heads = "".join(f"<li><a href='javascript:;'>{name}</a></li>" for name in ("学校", "院系", "媒体"))
    return f"<ul class='tab'>{heads}</ul>" + "".join(f"<div class='pane'>{li_rows(rows[n::3])}</div>" for n in range(3))


def _counter(number: int) -> str:
    return (
        "<div class='read'>阅读：<span id='c'></span></div>"
        f"<script>$.get('/system/resource/code/news/click/clicktimes.jsp?wbnewsid={number}',function(d)"
        "{$('#c').text(d.wbshowtimes)})</script>"
        f"<span class='WP_VisitCount' url='/_visitcountdisplay?siteId=1&type=3&articleId={number}'></span>"
    )


def _moved(layout: Layout, asked: Asked) -> Answer | None:
    """Answer as a site that moved: lists name old addresses, which lead on to the new ones."""
    if not asked.path.startswith("/news/index"):
        return None
    answer = layout.answers().get(asked.path)
    if answer is None or not isinstance(answer.body, bytes):
        return None
    body = answer.body.decode()
    for number in range(layout.articles, 0, -1):
        body = body.replace(f'"/news/{number}.html"', f'"/show.asp?id={number}"')
    return layout.html("校园新闻", body)


def _few_dead(rows: Sequence[Row]) -> str:
    number = rows[0].number
    return li_rows(rows).replace(
        "</ul>", f'<li><a href="/news/9{number}.html">旧闻一则第{number}号</a><span>{rows[0].day}</span></li></ul>'
    )


def _endless() -> Iterator[Layout]:
    """Yield further addresses without end, beside articles that links lead to."""
    yield Layout(name="trap-path-behind", reach=TRAP, respond=_behind, menu=_menu_with("index.html/more/list.html"))
    yield Layout(
        name="trap-list-for-all",
        reach=TRAP,
        respond=_list_for_all,
        beside='<a href="/gone/{}.html">相关说明</a>'.format,
    )
    yield Layout(
        name="trap-return-address",
        reach=TRAP,
        respond=_returning,
        beside=lambda n: f'<a href="/user/enter?back=/news/{n}.html">登录后评论</a>',
    )
    yield Layout(name="trap-weeks", reach=TRAP, respond=_weeks, menu=_menu_with("/course/table?week=1"))
    yield Layout(
        name="trap-share",
        reach=TRAP,
        beside=lambda n: (
            f'<a href="/share?u=/news/{n}.html&t=1">分享</a><a href="/share?u=/news/{n}.html&t=2">转发</a>'
        ),
        respond=_shares,
    )
    yield Layout(name="trap-pictures", reach=TRAP, respond=_pictures, menu=_menu_with("/album/1/1.html"))
    yield Layout(
        name="trap-profiles", reach=TRAP, respond=_profiles, beside=lambda n: f'<a href="/u/{n * 3}">读者{n}</a>'
    )
    yield Layout(
        name="trap-votes",
        reach=TRAP,
        beside=lambda n: f'<a href="/vote?id={n}&v=1">赞</a> <a href="/vote?id={n}&v=-1">踩</a>',
        respond=_votes,
    )
    yield Layout(name="trap-referred", reach=TRAP, respond=_referred)
    yield Layout(
        name="trap-session-everywhere",
        reach=TRAP,
        article_url="/show.php?id={}".format,
        list_url="/list.php?cid=3&page={}".format,
        respond=_in_session,
    )
    yield Layout(
        name="trap-relative-foot",
        reach=TRAP,
        respond=_relative,
        beside=lambda _: '<a href="about/contact.html">联系我们</a>',
    )


def _menu_with(trap: str) -> str:
    return f'<div class="nav"><a href="/">首页</a> <a href="{FIRST}">校园新闻</a> <a href="{trap}">其他</a></div>'


def _behind(layout: Layout, asked: Asked) -> Answer | None:
    """Answer as a server that does not look at what follows the name of a file."""
    before, mark, _ = asked.path.partition(".html/")
    return layout.answers().get(f"{before}.html") if mark else None


def _list_for_all(layout: Layout, asked: Asked) -> Answer | None:
    if asked.path == "/robots.txt" or asked.path in layout.answers():
        return None
    return layout.list_page(1)


def _returning(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/user/"):
        return None
    return layout.html(
        "登录",
        f"{SIGN_IN}<a href='/user/new?back={asked.path}'>注册</a><a href='/user/lost?back={asked.path}'>忘记密码</a>",
    )


def _weeks(layout: Layout, asked: Asked) -> Answer | None:
    parts = urlsplit(asked.path)
    if parts.path != "/course/table":
        return None
    week = int(parse_qs(parts.query)["week"][0])
    cells = "".join(f"<td>第{n}节 高等数学</td>" for n in range(1, 9))
    return layout.html(
        "课表",
        f"{layout.menu_html}<table><tr>{cells}</tr></table><a href='/course/table?week={week + 1}'>下一周</a>"
        f"<a href='/course/table?week={week - 1}'>上一周</a>",
    )


def _shares(layout: Layout, asked: Asked) -> Answer | None:
    return layout.html("分享", "<p>请用手机扫描二维码分享给朋友。</p>") if asked.path.startswith("/share?") else None


def _pictures(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/album/"):
        return None
    album, number = map(int, asked.path.removeprefix("/album/").removesuffix(".html").split("/"))
    onward = f"/album/{album}/{number + 1}.html" if number < 30 else f"/album/{album + 1}/1.html"
    return layout.html(
        "相册",
        f"{layout.menu_html}<img src='/pic/{album}-{number}.jpg'><a href='{onward}'>下一张</a><a href='/album/{album + 1}/1.html'>下一组</a>",
    )


def _profiles(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/u/"):
        return None
    number = int(asked.path.removeprefix("/u/"))
    friends = "".join(f'<a href="/u/{(number * 7 + n) % 100_003}">读者{n}</a>' for n in range(1, 9))
    return layout.html("读者", f"{layout.menu_html}<p>最近来访</p>{friends}")


def _votes(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/vote"):
        return None
    number = int(parse_qs(urlsplit(asked.path).query)["id"][0])
    return layout.article(number) if number <= layout.articles else None


def _referred(layout: Layout, asked: Asked) -> Answer | None:
    """Answer with links that say on which page they stand: each article has as many addresses as pages that link it."""
    path, _, _ = asked.path.partition("?from=")
    answer = layout.answers().get(path)
    if answer is None or not isinstance(answer.body, bytes) or asked.path == "/robots.txt":
        return None
    name = path.strip("/").replace("/", "-") or "home"
    return Answer(body=answer.body.replace(b'.html"', f'.html?from={name}"'.encode()), type=answer.type)


def _in_session(layout: Layout, asked: Asked) -> Answer | None:
    """Answer with links that all name another session: no address is named twice."""
    path, query = asked.path.partition("?")[::2]
    own = "&".join(pair for pair in query.split("&") if not pair.startswith("sid="))
    answer = layout.answers().get(f"{path}?{own}" if own else path)
    if answer is None or not isinstance(answer.body, bytes) or asked.path == "/robots.txt":
        return None
    session = sha1(asked.path.encode()).hexdigest()[:16]
    body = re.sub(rb'(\.php\?[^"]*)"', rb"\1&amp;sid=" + session.encode() + b'"', answer.body)
    return Answer(body=body, type=answer.type)


def _relative(layout: Layout, asked: Asked) -> Answer | None:
    """Answer a relative link of the foot with a page of the same foot, one folder further down."""
    if not asked.path.endswith("about/contact.html"):
        return None
    return layout.html(
        "联系我们",
        f"{layout.menu_html}<p>地址：云台路一号</p><a href='about/contact.html'>联系我们</a><a href='about/map.html'>地图</a>",
    )
