"""Layouts whose addresses a page or its script says how to make: pagers, rows, menus and lists that scripts write.

The scripts stand in files beside this one: `pagers/`, `rows/` (a row, then the script), `requests/`, `menus/`. In a pager @n@ is the page
from 1, @z@ from 0, @next@ the one after it, @pages@ and @total@ how many pages and articles there are.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.layouts.layout import Answer, Asked, Layout, Place, Reach, Row, formed, nothing

HERE = Path(__file__).parent
DERIVED = Reach.DERIVED
JSON = "application/json"
FROM_ZERO = ("create-four", "create-own", "trs-written")
QUERIES = ("query-go", "location-search", "kept-form", "get-form")
SHELL = "<h2>校园新闻</h2><ul id='l'></ul><div id='pg'></div>"
HOME = '<a href="/news/index.html">新闻</a>'
# Of a list that a request fills: the path, the parameter that is the page, whether rows have an address, and the number of the first page.
ASKED_FOR = {
    "get-json": ("/api/news", "page", False, 1),
    "get-json-url": ("/api/news", "page", True, 1),
    "ajax": ("/api/list.do", "pageNo", False, 1),
    "fetch": ("/api/posts", "p", False, 1),
    "axios": ("/api/v1/articles", "page", False, 1),
    "xhr": ("/api/x.php", "pn", True, 1),
    "vue": ("/api/v", "pageNum", False, 1),
    "moustache": ("/api/m", "pn", False, 1),
    "jsonp": ("/api/j", "currentPage", True, 1),
    "flow": ("/api/f", "page", False, 1),
    "json-from-zero": ("/api/news", "page", False, 0),
}

Respond = Callable[[Layout, Asked], Answer | None]


def layouts() -> Iterator[Layout]:
    """Yield all of them."""
    yield from _pagers()
    yield from _counted()
    yield from _rows()
    yield from _kept_rows()
    yield from _requests()
    yield from _parts()
    yield from _queries()
    yield from _menus()


def _source(kind: str, name: str) -> str:
    return (HERE / kind / f"{name}.html").read_text("utf-8")


def _pager(source: str) -> Callable[[Place], str]:
    """Return a pager by script."""

    def pager(place: Place) -> str:
        told = {"n": place.page, "z": place.page - 1, "next": min(place.page + 1, place.pages)}
        told |= {"pages": place.pages, "total": place.total}
        filled = source
        for name, value in told.items():
            filled = filled.replace(f"@{name}@", str(value))
        return filled

    return pager


def _from_zero(page: int) -> str:
    return "/news/index.html" if page == 1 else f"/news/index_{page - 1}.html"


def _from_one(page: int) -> str:
    return "/news/index.html" if page == 1 else f"/news/index_{page}.html"


def _listed(page: int) -> str:
    return f"/news/list_{page}.html"


def _queried(page: int) -> str:
    return "/news/list.php?cid=8" + (f"&page={page}" if page > 1 else "")


def _pagers() -> Iterator[Layout]:
    for file in sorted((HERE / "pagers").glob("*.html")):
        name = file.stem
        url = _from_zero if name in FROM_ZERO else _queried if name in QUERIES else _listed
        url = _from_one if name == "create-div" else url
        yield Layout(name=f"pager-{name}", reach=DERIVED, list_url=url, pager=_pager(_source("pagers", name)))


def _counted() -> Iterator[Layout]:
    """Yield the pagers of two systems."""
    yield Layout(
        name="pager-webplus",
        reach=DERIVED,
        article_url=lambda n: f"/2023/0{n % 9 + 1}10/c12a{n}/page.htm",
        list_url=lambda page: f"/xw/list{page if page > 1 else ''}.htm",
        pager=_pager(
            '<div class="wp_paging"><em class="curr_page">@n@</em>/<em class="all_pages">@pages@</em>'
            '<a href="javascript:void(0);" class="next">下一页</a></div>'
        ),
    )
    tree = "urltype=tree.TreeTempUrl&wbtreeid=1003"
    yield Layout(
        name="pager-vsb-query",
        reach=DERIVED,
        article_url="/info/1003/{}.htm".format,
        list_url=lambda page: f"/list.jsp?{tree}" if page == 1 else f"/list.jsp?{tree}&PAGENUM={page}",
        pager=_pager(
            """共@total@条 @n@/@pages@ <a href="javascript:" onclick="_simple_list_gotopage_fun(@pages@,'PAGENUM',2)">跳转</a>"""
        ),
    )
    yield Layout(
        name="pager-vsb-countdown",
        reach=DERIVED,
        article_url="/info/1003/{}.htm".format,
        list_url=lambda page: "/xw.htm" if page == 1 else f"/xw/{5 - page}.htm",
        pager=_pager(
            "<span>共@total@条</span><span>@n@/@pages@</span><span>下页</span><input id='g'>"
            """<a href="javascript:;" onclick="_simple_list_gotopage_fun(@pages@,'g',1)">跳转</a>"""
        ),
    )


def _rows() -> Iterator[Layout]:
    for file in sorted((HERE / "rows").glob("*.html")):
        form, _, script = _source("rows", file.stem).partition("\n")
        yield Layout(
            name=f"rows-{file.stem}",
            reach=DERIVED,
            rows=formed(form),
            script=partial(_as_it_is, script),
        )


def _as_it_is(script: str, _: Place) -> str:
    return script


def _kept_rows() -> Iterator[Layout]:
    """Yield lists whose rows stand in the page as data."""

    def dumped(url: str, title: str, form: str, rows: Sequence[Row]) -> str:
        kept = [{title: row.title, url: row.url, "id": row.number} for row in rows]
        return form.replace("@", json.dumps(kept, ensure_ascii=False))

    forms: dict[str, tuple[str, str, str]] = {
        "kept": ("link", "title", "<script>window.__DATA__ = {list: @};</script><script src='/app.js'></script>"),
        "json-block": ("href", "name", '<script type=\'application/json\'>{"props": {"items": @}}</script>'),
        "array": (
            "u",
            "t",
            (
                "<script>var list = @; for(var i=0;i<list.length;i++){"
                "document.write('<li><a href=\"'+list[i].u+'\">'+list[i].t+'</a></li>'); }</script>"
            ),
        ),
        "array-ids": (
            "x",
            "title",
            (
                "<ul id='l'></ul><script>var h=''; var list = @; list.forEach(function(x){"
                "h += '<li><a href=\"/news/' + x.id + '.html\">' + x.title + '</a></li>'; }); $('#l').html(h);</script>"
            ),
        ),
    }
    for name, (url, title, form) in forms.items():
        yield Layout(
            name=f"rows-{name}",
            reach=DERIVED,
            rows=partial(dumped, url, title, form),
        )


def _answered(path: str, parameter: str, with_url: bool, base: int) -> Respond:
    def respond(layout: Layout, asked: Asked) -> Answer | None:
        parts = urlsplit(asked.path)
        value = parse_qs(parts.query).get(parameter, [""])[0]
        if parts.path != path or not value.isdigit():
            return None
        rows = [
            {"id": row.number, "title": row.title, "date": str(row.day)} | ({"url": row.url} if with_url else {})
            for row in layout.on_page(int(value) + 1 - base)
        ]
        told = {"total": layout.articles, "pages": layout.pages, "rows": rows}
        return Answer(body=json.dumps(told, ensure_ascii=False), type=JSON)

    return respond


def _requests() -> Iterator[Layout]:
    """Yield lists that a GET of JSON fills."""
    for name, (path, parameter, with_url, base) in ASKED_FOR.items():
        yield Layout(
            name=f"requests-{name}",
            reach=DERIVED,
            lists_links=False,
            respond=_answered(path, parameter, with_url, base),
            extra={"/news/index.html": SHELL + _source("requests", name)},
            home=HOME,
        )
    items = [{"title": f"第{n}号消息", "url": f"/news/{n}.html"} for n in range(1, 37)]
    yield Layout(
        name="requests-static-json",
        reach=DERIVED,
        lists_links=False,
        extra={
            "/news/index.html": SHELL + _source("requests", "static-json"),
            "/data/news.json": Answer(body=json.dumps(items, ensure_ascii=False), type=JSON),
        },
        home=HOME,
    )


def _parts() -> Iterator[Layout]:
    """Yield lists that a GET of a part of a page fills."""
    yield Layout(
        name="requests-fragment",
        reach=DERIVED,
        list_url=lambda page: f"/frag/list?page={page}",
        pager=nothing,
        menu=HOME,
        crumb="",
        home=HOME,
        extra={"/news/index.html": SHELL + _source("requests", "fragment")},
    )
    more = '<a class="more" data-url="/news/more?page={page}" data-page="@n@" data-total="@pages@">加载更多</a>'
    yield Layout(
        name="requests-more-template",
        reach=DERIVED,
        list_url=lambda page: "/news/index.html" if page == 1 else f"/news/more?page={page}",
        pager=_pager(more),
    )


def _queries() -> Iterator[Layout]:
    """Yield the list queries of two systems, by POST."""
    yield Layout(
        name="query-webplus",
        reach=DERIVED,
        article_url=lambda n: f"/2023/0{n % 9 + 1}10/c132a{n}/page.htm",
        list_url=lambda _: "/xw/list.htm",
        lists_links=False,
        respond=_general_query,
        extra={"/xw/list.htm": _source("requests", "webplus")},
    )
    records = "".join(
        f"<record><![CDATA[<li><a href='{_jcms_url(n)}'>第{n}号消息</a></li>]]></record>" for n in range(1, 11)
    )
    yield Layout(
        name="query-jcms",
        reach=DERIVED,
        article_url=_jcms_url,
        list_url=lambda _: "/col/col45/index.html",
        lists_links=False,
        respond=_data_proxy,
        extra={"/col/col45/index.html": _source("requests", "jcms").replace("@records@", records)},
    )


def _jcms_url(number: int) -> str:
    return f"/art/2023/9/{number % 28 + 1}/art_45_{number}.html"


def _general_query(layout: Layout, asked: Asked) -> Answer | None:
    if asked.method != "POST" or not asked.path.startswith("/_wp3services/generalQuery"):
        return None
    given = parse_qs(asked.body)
    page, rows = int(given["pageIndex"][0]), int(given["rows"][0])
    found = [layout.row(n) for n in range((page - 1) * rows + 1, min(layout.articles, page * rows) + 1)]
    data = [{"title": row.title, "url": row.url, "publishTime": str(row.day)} for row in found]
    told = {"total": layout.articles, "pageIndex": page, "data": data}
    return Answer(body=json.dumps(told, ensure_ascii=False), type=JSON)


def _data_proxy(layout: Layout, asked: Asked) -> Answer | None:
    parts = urlsplit(asked.path)
    if parts.path != "/module/web/jpage/dataproxy.jsp":
        return None
    given = parse_qs(parts.query)
    if "columnid" not in parse_qs(asked.body if asked.method == "POST" else parts.query):
        return Answer(body="", status=500)
    first, last = int(given.get("startrecord", ["1"])[0]), int(given.get("endrecord", ["10"])[0])
    rows = map(layout.row, range(first, min(last, layout.articles) + 1))
    records = "".join(f"<record><![CDATA[<li><a href='{row.url}'>{row.title}</a></li>]]></record>" for row in rows)
    whole = f"<totalrecord>{layout.articles}</totalrecord><recordset>{records}</recordset>"
    return Answer(body=f"<datastore>{whole}</datastore>", type="text/xml")


def _menus() -> Iterator[Layout]:
    for file in sorted((HERE / "menus").glob("*.html")):
        menu = _source("menus", file.stem)
        yield Layout(name=f"menu-{file.stem}", reach=DERIVED, menu=menu, crumb="", home=menu)
