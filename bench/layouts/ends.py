"""Layouts that end where it does not look like it, or break off where it looks like an end; columns that are shut; and more addresses without end."""

from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

from bench.layouts.layout import Answer, Asked, Layout, Place, Reach, li_rows, numbered
from bench.layouts.odd import menu_to

LINKS, DERIVED, GAP, TRAP = Reach.LINKS, Reach.DERIVED, Reach.GAP, Reach.TRAP
FIRST = "/news/index.html"
BUNDLE = '<script src="/static/js/chunk-vendors.9d1e.js"></script><script src="/static/js/app.77ac.js"></script>'
SIGN_IN = '<h3>统一身份认证</h3><form method="post">用户名<input name="username">密码<input type="password" name="password"></form>'


def layouts() -> Iterator[Layout]:
    yield from _second_pages()
    yield from _ends()
    yield from _columns()
    yield from _endless()


def _second_pages() -> Iterator[Layout]:
    """Yield lists of which the second page, the only one that the first names, is something else."""
    instead: dict[str, Callable[[Layout], Answer]] = {
        "home": lambda layout: layout.answers()["/"],
        "sign-in": lambda layout: layout.html("登录", SIGN_IN),
        "lost": lambda layout: layout.html(
            "提示信息", "<p>抱歉，您访问的页面不存在或已删除</p><a href='/'>返回首页</a>"
        ),
        "lost-menu": lambda layout: layout.html("404", f"{layout.menu_html}<h2>404</h2><p>您要查看的内容未找到</p>"),
        "busy": lambda layout: layout.html("提示", "<p>系统繁忙，请稍后再试！</p>"),
        "error-text": lambda _: Answer(
            body="<pre>java.lang.NullPointerException\n\tat com.x.ListAction.execute(ListAction.java:52)</pre>"
        ),
        "blank": lambda _: Answer(body="<html><head></head><body></body></html>"),
        "alert": lambda _: Answer(body="<script>alert('参数错误');history.back();</script>"),
        "to-home": lambda _: Answer(body="<script>location.href='/'</script>"),
        "missing": lambda _: Answer(body="<h1>404</h1>", status=404),
        "json-error": lambda _: Answer(body='{"code":500,"msg":"系统异常"}', type="application/json"),
    }
    for name, answer in instead.items():
        yield Layout(
            name=f"second-{name}", reach=GAP, pager=_only_next, respond=partial(_other, "/news/index_2", answer)
        )


def _ends() -> Iterator[Layout]:
    """Yield complete lists whose last page names a next one as well."""
    beyond: dict[str, Callable[[Layout], Answer]] = {
        "last": lambda layout: layout.list_page(layout.pages),
        "first": lambda layout: layout.list_page(1),
        "missing": lambda _: Answer(body="<h1>404 Not Found</h1>", status=404),
        "empty": lambda layout: layout.html(
            "校园新闻", f"{layout.menu_html}<h2>校园新闻</h2><ul></ul>{_onward_always(layout.place(4))}"
        ),
        "no-data": lambda layout: layout.html(
            "校园新闻", f"{layout.menu_html}<h2>校园新闻</h2><p>没有找到相关数据</p>"
        ),
        "error": lambda _: Answer(body="<h1>500</h1>", status=500),
        "home": lambda _: Answer(body="", status=302, headers=(("Location", "/"),)),
    }
    for name, answer in beyond.items():
        yield Layout(
            name=f"ends-{name}",
            reach=LINKS,
            list_url="/news/list.php?page={}".format,
            pager=_onward_always,
            respond=partial(_beyond, answer),
        )


def _columns() -> Iterator[Layout]:
    """Yield columns that are shut, and never held anything that others do not have."""
    texts = {"notice": "通知公告", "inner": "内部通知", "party": "党建动态"}
    for name, text in texts.items():
        for status in (401, 403, 500):
            yield Layout(
                name=f"shut-{name}-{status}",
                reach=GAP,
                articles=37,
                article_url=lambda n: f"/news/{n}.html" if n < 37 else "/notice/1.html",
                per=10,
                rows=lambda rows: li_rows([r for r in rows if r.number < 37]),
                pager=lambda p: numbered(p).replace("37条", "36条"),
                menu=menu_to("/notice/index.html").replace("栏目1", text),
                respond=partial(_other, "/notice/index", partial(_status, status)),
            )


def _endless() -> Iterator[Layout]:
    """Yield further addresses without end."""
    gone = '<a href="/gone/{}.html">相关说明</a>'
    yield Layout(name="trap-soft-columns", reach=TRAP, respond=_soft_columns, beside=gone.format)
    yield Layout(
        name="trap-soft-columns-menu",
        reach=TRAP,
        respond=_soft_columns,
        menu=menu_to("/gone/a.html", "/gone/b.html", "/gone/c/"),
    )
    yield Layout(name="trap-soft-home-dated", reach=TRAP, respond=_soft_home, beside=gone.format)
    yield Layout(name="trap-chance", reach=TRAP, respond=_chance, list_url=lambda n: f"/list.php?p={n}")
    yield Layout(
        name="trap-batches", reach=TRAP, respond=_batches, beside=lambda n: f'<a href="/hot.php?batch={n}">换一批</a>'
    )
    yield Layout(name="trap-days", reach=TRAP, respond=_days, menu=menu_to("/day/2023-09-28.html"))
    yield Layout(name="trap-tag-sums", reach=TRAP, respond=_tag_sums, menu=menu_to("/topic/a"))
    yield Layout(
        name="trap-both-orders",
        reach=TRAP,
        list_url=lambda n: f"/list.asp?cid=3&page={n}",
        pager=_both_orders,
        respond=_any_order,
    )
    yield Layout(name="trap-mirror-big5", reach=TRAP, respond=_mirrored, menu=menu_to("/gate/big5/news/index.html"))


def _only_next(place: Place) -> str:
    return f'<a href="{place.next}">下一页</a>' if place.next else ""


def _other(prefix: str, answer: Callable[[Layout], Answer], layout: Layout, asked: Asked) -> Answer | None:
    return answer(layout) if asked.path.startswith(prefix) else None


def _onward_always(place: Place) -> str:
    return f'<a href="/news/list.php?page={max(1, place.page - 1)}">上一页</a> <a href="/news/list.php?page={place.page + 1}">下一页</a>'


def _beyond(answer: Callable[[Layout], Answer], layout: Layout, asked: Asked) -> Answer | None:
    page = parse_qs(urlsplit(asked.path).query).get("page", ["1"])[0]
    return answer(layout) if asked.path.startswith("/news/list.php") and int(page) > layout.pages else None


def _status(status: int, _: Layout) -> Answer:
    return Answer(body=f"<h1>{status}</h1>", status=status)


def _soft_columns(layout: Layout, asked: Asked) -> Answer | None:
    """Answer what is not there with a column page of the newest rows, that names more of what is not there."""
    if not asked.path.startswith("/gone/"):
        return None
    more = "".join(f'<li><a href="{asked.path.rstrip("/")}/{n}.html">推荐阅读之{n}</a></li>' for n in range(1, 6))
    return layout.html(
        "校园新闻", f"{layout.menu_html}<h2>您可能想看</h2>{li_rows(layout.on_page(1)[:6])}<ul>{more}</ul>"
    )


def _soft_home(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/gone/"):
        return None
    return layout.html(
        UNKNOWN,
        f"<p>当前时间 {len(asked.path)}:{crc32(asked.path.encode()) % 60}</p>{layout.menu_html}{li_rows(layout.on_page(1)[:5])}",
    )


UNKNOWN = "云台大学"


def _chance(layout: Layout, asked: Asked) -> Answer | None:
    """Answer with pagers whose addresses hold a random number."""
    path, _, query = asked.path.partition("?")
    page = parse_qs(query).get("p", ["1"])[0]
    if path != "/list.php" or int(page) > layout.pages:
        return None
    shown = layout.list_page(int(page))
    assert isinstance(shown.body, bytes)
    for n in range(1, layout.pages + 1):
        stamp = crc32(f"{asked.path}{n}".encode())
        shown = Answer(
            body=shown.body.replace(f'"/list.php?p={n}"'.encode(), f'"/list.php?p={n}&amp;rnd=0.{stamp}"'.encode())
        )
        assert isinstance(shown.body, bytes)
    return shown


def _batches(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/hot.php"):
        return None
    batch = int(asked.path.rpartition("=")[2])
    rows = [layout.row((batch * 5 + n) % 36 + 1) for n in range(5)]
    return layout.html("热点推荐", f"{layout.menu_html}{li_rows(rows)}<a href='/hot.php?batch={batch + 1}'>换一批</a>")


def _days(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/day/"):
        return None
    year, month, day = map(int, asked.path.removeprefix("/day/").removesuffix(".html").split("-"))
    at = year * 372 + month * 31 + day
    links = "".join(
        f'<a href="/day/{n // 372}-{n % 372 // 31:02}-{n % 31:02}.html">{text}</a> '
        for n, text in ((at - 1, "前一天"), (at + 1, "后一天"), (at - 31, "上个月"), (at - 372, "上一年"))
    )
    return layout.html("按日期查看", f"{layout.menu_html}<h2>{asked.path[5:15]}</h2><p>当日没有内容</p>{links}")


def _tag_sums(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/topic/"):
        return None
    tags = asked.path.removeprefix("/topic/").split("+")
    more = "".join(f'<a href="/topic/{"+".join([*tags, t])}">{t}</a> ' for t in "abcdefgh" if t not in tags)
    return layout.html("专题", f"{layout.menu_html}{li_rows(layout.on_page(1)[: 8 - len(tags)])}<p>{more}</p>")


def _both_orders(place: Place) -> str:
    onward = min(place.page + 1, place.pages)
    return (
        numbered(place)
        + f'<a href="/list.asp?page={place.page}&cid=3">刷新</a><a href="/list.asp?page={onward}&cid=3&t={place.page}">后页</a>'
    )


def _any_order(layout: Layout, asked: Asked) -> Answer | None:
    path, _, query = asked.path.partition("?")
    return layout.list_page(int(parse_qs(query)["page"][0])) if path == "/list.asp" else None


def _mirrored(layout: Layout, asked: Asked) -> Answer | None:
    """Answer under /gate/big5/ with the same pages, whose links stay there."""
    if not asked.path.startswith("/gate/big5/"):
        return None
    answer = layout.answers().get(asked.path.removeprefix("/gate/big5"))
    if answer is None or not isinstance(answer.body, bytes):
        return None
    return Answer(body=answer.body.replace(b'href="/', b'href="/gate/big5/'), type=answer.type)
