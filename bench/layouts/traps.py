"""Layouts that are found by their links, beside addresses without end."""

from collections.abc import Iterator, Mapping
from itertools import permutations
from urllib.parse import parse_qs, urlsplit

from bench.layouts.layout import Answer, Asked, Layout, Place, Reach, numbered

TRAP = Reach.TRAP


def layouts() -> Iterator[Layout]:
    yield Layout(
        name="trap-repeating-pager", reach=TRAP, list_url=lambda n: f"/list.php?p={n}", pager=_endless, respond=_clamped
    )
    yield Layout(
        name="trap-number-pager",
        reach=TRAP,
        list_url=lambda n: f"/list/{n}.html",
        pager=_all_numbers,
        respond=_any_number,
    )
    yield Layout(name="trap-calendar", reach=TRAP, respond=_calendar, menu=_menu("/day/2023-09-01"))
    yield Layout(name="trap-session", reach=TRAP, respond=_session, menu=_menu("/room/index.php?token=a1&c=2"))
    yield Layout(name="trap-permuted", reach=TRAP, respond=_permuted, menu=_menu("/find.php?a=1&b=2&c=3&d=4"))
    yield Layout(
        name="trap-home-for-all",
        reach=TRAP,
        respond=_home,
        menu=_menu("/old/link.html"),
        beside=lambda n: f'<a href="/gone/{n}.html">附件说明页面链接</a>',
    )
    yield Layout(name="trap-home-with-growth", reach=TRAP, respond=_growing_home, menu=_menu("foot/deep/map.html"))
    yield Layout(name="trap-growing-path", reach=TRAP, respond=_growing, menu=_menu("/doc/a/index.html"))
    yield Layout(name="trap-alternating", reach=TRAP, respond=_alternating, menu=_menu("/x/a/"))
    yield Layout(name="trap-facets", reach=TRAP, respond=_facets, menu=_menu("/browse?f=0"))
    yield Layout(name="trap-soft-404", reach=TRAP, respond=_soft, beside=lambda n: f'<a href="/gone/{n}">相关链接</a>')
    yield Layout(name="trap-random-links", reach=TRAP, respond=_random, menu=_menu("/r/1"))
    yield Layout(name="trap-stamped", reach=TRAP, respond=_stamped)
    gone = '<a href="/gone/{0}.html">有关链接</a><a href="/info/show.jsp?id={0}">有关文件</a>'
    yield Layout(name="trap-soft-column", reach=TRAP, respond=_column, beside=gone.format)
    yield Layout(name="trap-soft-article", reach=TRAP, respond=_as_article, beside=gone.format)
    yield Layout(name="trap-redirects", reach=TRAP, respond=_redirecting, menu=_menu("/go/1"))
    yield Layout(name="trap-back-in-time", reach=TRAP, respond=_back_in_time, menu=_menu("/archive/2023/9/"))
    yield Layout(
        name="trap-comments", reach=TRAP, respond=_comments, beside=lambda n: f'<a href="/comment/{n}/1">评论</a>'
    )
    yield Layout(
        name="trap-sorted", reach=TRAP, respond=_sorted, list_url=lambda n: f"/list.php?page={n}", lists_links=False
    )
    yield Layout(name="trap-languages", reach=TRAP, respond=_languages)


def _menu(trap: str) -> str:
    return (
        f'<div class="nav"><a href="/">首页</a> <a href="/news/index.html">校园新闻</a> <a href="{trap}">更多</a></div>'
    )


def _endless(place: Place) -> str:
    return f'<div class="page"><a href="/list.php?p={place.page + 1}">下一页</a></div>'


def _clamped(layout: Layout, asked: Asked) -> Answer | None:
    parts = urlsplit(asked.path)
    if parts.path != "/list.php":
        return None
    page = int(parse_qs(parts.query).get("p", ["1"])[0])
    shown = layout.list_page(min(page, layout.pages))
    assert isinstance(shown.body, bytes)
    return Answer(
        body=shown.body.replace(f'p={layout.pages + 1}"'.encode(), f'p={page + 1}"'.encode())
        if page >= layout.pages
        else shown.body
    )


def _all_numbers(place: Place) -> str:
    return (
        numbered(place)
        + f'<a href="/list/{place.page + 1}.html">下一页</a> <a href="/list/{place.page + 10}.html">向后十页</a>'
    )


def _any_number(layout: Layout, asked: Asked) -> Answer | None:
    name = asked.path.removeprefix("/list/").removesuffix(".html")
    if not asked.path.startswith("/list/") or not name.isdigit() or int(name) <= layout.pages:
        return None
    page = int(name)
    return layout.html(
        "校园新闻",
        f'{layout.menu_html}<p>暂无内容</p><a href="/list/{page + 1}.html">下一页</a> <a href="/list/{page + 10}.html">向后十页</a>',
    )


def _calendar(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/day/"):
        return None
    year, month, day = map(int, asked.path.removeprefix("/day/").split("-"))
    days = "".join(f'<a href="/day/{year}-{month:02}-{n:02}">{n}</a> ' for n in range(1, 29))
    after = f"/day/{year + month // 12}-{month % 12 + 1:02}-01"
    return layout.html(
        f"{year}年{month}月{day}日",
        f'{layout.menu_html}<table>{days}</table><a href="{after}">下个月</a><p>当日没有安排</p>',
    )


def _session(layout: Layout, asked: Asked) -> Answer | None:
    parts = urlsplit(asked.path)
    if parts.path != "/room/index.php":
        return None
    token = parse_qs(parts.query)["token"][0]
    rooms = "".join(
        f'<a href="/room/index.php?token={abs(hash((token, n))) % 10**9:x}&c={n}">房间{n}</a>' for n in range(6)
    )
    return layout.html("房间", layout.menu_html + rooms)


def _permuted(layout: Layout, asked: Asked) -> Answer | None:
    parts = urlsplit(asked.path)
    if parts.path != "/find.php":
        return None
    given = [(name, values[0]) for name, values in parse_qs(parts.query).items()]
    orders = list(permutations(given))[:24]
    links = "".join(f'<a href="/find.php?{"&".join(f"{a}={b}" for a, b in order)}">条件</a>' for order in orders)
    more = "".join(f'<a href="/find.php?a={a}&b={b}&c=3&d=4">组合</a>' for a in range(9) for b in range(9))
    return layout.html("查找", layout.menu_html + links + more)


def _is_known(layout: Layout, asked: Asked) -> bool:
    return asked.path in layout.answers()


def _home(layout: Layout, asked: Asked) -> Answer | None:
    return None if asked.path == "/robots.txt" or _is_known(layout, asked) else layout.answers()["/"]


def _growing_home(layout: Layout, asked: Asked) -> Answer | None:
    if asked.path == "/robots.txt" or _is_known(layout, asked):
        return None
    rows = layout._newest()
    return layout.html(
        "首页", f'<a href="foot/deep/map.html">网站地图</a><a href="/news/index.html">校园新闻</a>{rows}'
    )


def _growing(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/doc/"):
        return None
    return layout.html(
        "文档",
        f'{layout.menu_html}<a href="a/index.html">下级</a> <a href="b/index.html">下级</a> <a href="n{len(asked.path)}/index.html">下级</a>',
    )


def _alternating(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/x/"):
        return None
    last = asked.path.rstrip("/")[-1]
    return layout.html("目录", f'{layout.menu_html}<a href="{asked.path}{"b" if last == "a" else "a"}/">目录</a>')


def _facets(layout: Layout, asked: Asked) -> Answer | None:
    parts = urlsplit(asked.path)
    if parts.path != "/browse":
        return None
    chosen = parts.query
    links = "".join(f'<a href="/browse?{chosen}&{name}={n}">筛选{name}{n}</a>' for name in "abcdef" for n in range(5))
    return layout.html("浏览", layout.menu_html + links)


def _soft(layout: Layout, asked: Asked) -> Answer | None:
    if asked.path == "/robots.txt" or _is_known(layout, asked):
        return None
    return layout.html("提示", "<p>您访问的内容暂时找不到了，请联系管理员，或者返回上一页继续浏览本站的其他内容。</p>")


def _random(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/r/"):
        return None
    number = int(asked.path.removeprefix("/r/"))
    links: Mapping[int, str] = {n: f'<a href="/r/{number * 7 + n}">推荐{n}</a>' for n in range(1, 8)}
    return layout.html("推荐", layout.menu_html + "".join(links.values()))


def _stamped(layout: Layout, asked: Asked) -> Answer | None:
    """Answer with a page whose links carry the time: each is another address each time."""
    path, _, stamp = asked.path.partition("?t=")
    answer = layout.answers().get(path)
    if answer is None or not isinstance(answer.body, bytes):
        return None
    now = str(int(stamp or "1000") * 3 % 99_991)
    body = answer.body.replace(b'index.html"', b"index.html?t=" + now.encode() + b'"')
    return Answer(body=body.replace(b'<a href="/"', b'<a href="/?t=' + now.encode() + b'"'), type=answer.type)


def _column(layout: Layout, asked: Asked) -> Answer | None:
    """Answer whatever is not there with a notice in the frame of the site."""
    if asked.path == "/robots.txt" or _is_known(layout, asked):
        return None
    menu = layout.menu_html + "".join(f'<a href="/jg/{n}.html">机构设置之{n}</a>' for n in range(1, 30))
    return layout.html(
        "云台大学", f"{menu}<div>您所查看的栏目正在整理，请稍后再来。</div><a href='more/a.html'>更多</a>"
    )


def _as_article(layout: Layout, asked: Asked) -> Answer | None:
    """Answer whatever is not there with what reads like an article."""
    if asked.path == "/robots.txt" or _is_known(layout, asked):
        return None
    text = "".join(
        f"<p>{'为了给大家提供更好的服务，本站正在调整栏目，原有内容将陆续迁移到新的栏目。' * 2}</p>" for _ in range(3)
    )
    return layout.html("公告", f"{layout.menu_html}<h1>关于栏目调整的公告</h1><div>发布时间：2022-03-01</div>{text}")


def _redirecting(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/go/"):
        return None
    number = int(asked.path.removeprefix("/go/"))
    return Answer(body="", status=302, headers=(("Location", f"/go/{number + 1}"),))


def _back_in_time(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/archive/"):
        return None
    year, month = map(int, asked.path.removeprefix("/archive/").split("/")[:2])
    before = f"/archive/{year - (month == 1)}/{(month - 2) % 12 + 1}/"
    return layout.html(f"{year}年{month}月", f'{layout.menu_html}<a href="{before}">上个月</a><p>本月没有文章</p>')


def _comments(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/comment/"):
        return None
    article, page = map(int, asked.path.removeprefix("/comment/").split("/"))
    said = "".join(f"<p>校友{n}：写得真好，支持母校！</p>" for n in range(page * 10, page * 10 + 10))
    onward = f'<a href="/comment/{article}/{page + 1}">下一页</a>'
    return layout.html("评论", f'{layout.menu_html}<a href="/news/{article}.html">查看原文</a>{said}{onward}')


def _sorted(layout: Layout, asked: Asked) -> Answer | None:
    """Answer a list in any order, of any size: each of its pages links all others."""
    parts = urlsplit(asked.path)
    if parts.path != "/list.php":
        return None
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    page = min(int(given.get("page", "1")), layout.pages)
    views = "".join(
        f'<a href="/list.php?by={by}&amp;way={way}&amp;view={view}&amp;page={page}">{by}</a>'
        for by in "tdh"
        for way in "ad"
        for view in "lg"
    )
    place = layout.place(page)
    onward = f'<a href="/list.php?page={page + 1}">下一页</a>' if place.next else ""
    return layout.html("校园新闻", f"{layout.menu_html}{views}{layout.rows(layout.on_page(page))}{onward}")


def _languages(layout: Layout, asked: Asked) -> Answer | None:
    """Answer with a page that offers itself in other languages and sizes, each on top of what was chosen before."""
    path, _, query = asked.path.partition("?")
    answer = layout.answers().get(path)
    if answer is None or not isinstance(answer.body, bytes):
        return None
    chosen = f"{query}&" if query else ""
    switches = "".join(
        f'<a href="{path}?{chosen}{name}={value}">{value}</a>'
        for name, value in (("lang", "en"), ("font", "big"), ("skin", "red"))
    )
    return Answer(body=answer.body.replace(b"</body>", switches.encode() + b"</body>"), type=answer.type)
