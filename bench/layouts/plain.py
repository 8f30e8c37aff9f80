"""Layouts of plain links in further spellings: addresses, rows, pagers, ways to a list, and what stands around them."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from urllib.parse import quote

from bench.layouts.layout import Answer, Asked, Layout, Place, Reach, Row, formed, li_rows, nothing, numbered

LINKS, TRAP = Reach.LINKS, Reach.TRAP
FIRST = "/news/index.html"


def layouts() -> Iterator[Layout]:
    yield from _rows()
    yield from _pagers()
    yield from _addresses()
    yield from _ways()
    yield from _traps()


def _form(form: str, place: Place) -> str:
    before = place.urls[place.page - 2] if place.page > 1 else place.urls[0]
    told = {
        "n": place.page,
        "pages": place.pages,
        "total": place.total,
        "next": place.next or place.urls[-1],
        "before": before,
    }
    told |= {"last": place.urls[-1], "first": place.urls[0]}
    for name, value in told.items():
        form = form.replace(f"@{name}@", str(value))
    return form if place.pages > 1 else ""


def _page(number: int) -> str:
    return FIRST if number == 1 else f"/news/index_{number}.html"


def _numbers(names: str, around: str) -> str:
    return "".join(around.format(f"<a href='{_page(n)}'>{name}</a>") for n, name in enumerate(names, 1))


def _options() -> str:
    return "".join(f"<option value='{_page(n)}'>{n}</option>" for n in range(1, 5))


def _rows() -> Iterator[Layout]:
    """Yield rows in further shapes."""
    forms = {
        "category-first": "<li>[<a href='/news/index.html'>教学</a>] <a href='{r.url}'>{r.title}</a> <i>{r.day}</i></li>",
        "read-more": "<div><h4>{r.title}</h4><p>{r.day} 师生代表参加了活动，现场气氛热烈。<a href='{r.url}'>[详细]</a></p></div>",
        "breaks": "· <a href='{r.url}'>{r.title}</a> ({r.day:%m-%d})<br/>",
        "date-link": "<dl><dt><a href='{r.url}'>{r.day:%d}</a></dt><dd><a href='{r.url}'>{r.title}</a></dd></dl>",
        "picture-only": "<div class='pic'><a href='{r.url}'><img src='/i/{r.number}.jpg' width=200 height=120></a></div>",
        "background": "<a class='card' href='{r.url}' style='background:url(/i/{r.number}.jpg)'><em>{r.title}</em></a>",
        "nested-tables": "<table><tr><td><table><tr><td>·<td><a href='{r.url}'>{r.title}</a><td>{r.day}</table></table>",
        "upper-case": "<LI><A HREF={r.url} TARGET=_blank>{r.title}</A><SPAN>{r.day}</SPAN></LI>",
        "short-titles": "<li><a href='{r.url}'>{r.title:.6}</a></li>",
        "english": "<li><a href='{r.url}'>{r.title}</a> <span>{r.day:%b %d, %Y}</span></li>",
        "untidy": "<li><a href='{r.url}'><font color=red>{r.title}<li>",
        "area": "<map name='m{r.number}'><area coords='0,0,9,9' href='{r.url}' alt='{r.title}'></map><img usemap='#m{r.number}'>",
        "svg": "<svg width=300 height=20><a xlink:href='{r.url}' href='{r.url}'><text y=15>{r.title}</text></a></svg>",
        "button-link": "<div>{r.title}<button type=button onclick=\"window.location.href='{r.url}'\">查看</button></div>",
        "three-links": "<li><a href='{r.url}'><img src=1.jpg></a><a href='{r.url}'>{r.title}</a><a href='{r.url}'>查看全文&gt;&gt;</a></li>",
        "summary-tag": "<details><summary>{r.title}</summary><p>{r.day} <a href='{r.url}'>全文</a></p></details>",
        "options": "<option value='{r.url}'>{r.title}</option>",
    }
    for name, form in forms.items():
        around = "<select onchange='location=this.value'>{}</select>" if name == "options" else "{}"
        yield Layout(name=f"plain-row-{name}", reach=LINKS, rows=partial(_around, around, form), home="")


def _around(around: str, form: str, rows: Sequence[Row]) -> str:
    return around.replace("{}", formed(form)(rows))


def _pagers() -> Iterator[Layout]:
    """Yield pagers in further spellings."""
    forms = {
        "older": "<a href='@next@'>&laquo; Older posts</a> <a href='@before@'>Newer posts &raquo;</a>",
        "arrows": "<a href='@before@'>&lt;</a> @n@/@pages@ <a href='@next@'>&gt;</a>",
        "chevrons": "<a href='@first@'>|&laquo;</a><a href='@before@'>&laquo;</a><a href='@next@'>&raquo;</a><a href='@last@'>&raquo;|</a>",
        "image-names": "<a href='@before@'><img src=/images/page_up.gif></a><a href='@next@'><img src=/images/page_down.gif></a>",
        "aria": "<a href='@before@' aria-label='上一页'><i></i></a><a href='@next@' aria-label='下一页'><i></i></a>",
        "title-attribute": "<a title='后一页' href='@next@'></a>",
        "class-only": "<a class='pg-prev' href='@before@'></a><a class='pg-next' href='@next@'></a>",
        "hidden": "<div style='display:none'><a href='@next@'>下一页</a></div><div id=fancy></div>",
        "two-words": "<a href='@before@'>前页</a> <a href='@next@'>后页</a> 转到第 @n@ 页",
        "next-ten": "<a href='@before@'>前10条</a> <a href='@next@'>后10条</a>",
        "number-words": f"第{_numbers('一二三四', '{} ')}页",
        "brackets": _numbers("1234", "[{}] "),
        "fragment": "<a href='@next@#list'>下一页</a>",
        "host": "<a href='@next@?'>下一页</a>",
        "select": f"<select onchange='location.href=this.value'>{_options()}</select>",
        "onclick": "<input type=button value='下一页' onclick=\"location='@next@'\">",
        "last-only": "<a href='@last@'>最后一页</a> <a href='@next@'>Next</a>",
        "turn": "<a href='@next@'>翻页</a> 第@n@页",
    }
    for name, form in forms.items():
        yield Layout(name=f"plain-pager-{name}", reach=LINKS, pager=partial(_form, form))
    onward = "<link rel=next href='@next@'>"
    yield Layout(name="plain-pager-link-only", reach=LINKS, pager=nothing, head=partial(_form, onward))


def _addresses() -> Iterator[Layout]:
    """Yield addresses in further spellings."""
    articles: dict[str, tuple[Callable[[int], str], Callable[[int], str]]] = {
        "bare-number": ("/{}".format, lambda n: "/list" if n == 1 else f"/list/{n}"),
        "upper-ending": ("/News/{}.HTML".format, lambda n: f"/News/List_{n}.HTML"),
        "chinese": (
            lambda n: quote(f"/新闻/第{n}号.html"),
            lambda n: quote("/新闻/" if n == 1 else f"/新闻/第{n}页.html"),
        ),
        "encoded-gbk": (
            lambda n: f"/view.asp?title=%D0%C2%CE%C5{n}&id={n}",
            lambda n: f"/list.asp?type=%D0%C2%CE%C5&page={n}",
        ),
        "plus": (lambda n: f"/news/item+{n}+of+36.html", lambda n: FIRST if n == 1 else f"/news/page+{n}.html"),
        "comma": ("/art,3,{}.html".format, lambda n: f"/list,3,{n}.html"),
        "tilde": ("/~news/{}.htm".format, lambda n: f"/~news/list{n}.htm"),
        "dash-date": (lambda n: f"/2023-09-28-item-{n}", lambda n: "/blog" if n == 1 else f"/blog-{n}"),
        "no-digits": (
            lambda n: "/news/" + "".join("abcdefghij"[int(c)] for c in f"{n:02}") + "-story.html",
            lambda n: FIRST if n == 1 else f"/news/index_{n}.html",
        ),
        "long-id": (
            lambda n: f"/detail?uuid={n * 104729 % 2**40:010x}{n:030x}",
            lambda n: f"/list?cur={n}&pageSize=10",
        ),
        "many-parameters": (
            lambda n: f"/index.php?option=com_content&view=article&id={n}&catid=9&Itemid=101&lang=zh",
            lambda n: f"/index.php?option=com_content&view=category&id=9&Itemid=101&lang=zh&limitstart={(n - 1) * 10}",
        ),
        "json-like": (lambda n: f"/node/{n}?destination=news", lambda n: f"/news?page={n - 1}"),
        "xml": ("/content/{}.xml".format, lambda n: FIRST if n == 1 else f"/news/index_{n}.html"),
        "deep": (
            "/cn/info/xw/zhxw/2023/9/28/{}/index.shtml".format,
            lambda n: "/cn/info/xw/zhxw/index.shtml" if n == 1 else f"/cn/info/xw/zhxw/index_{n}.shtml",
        ),
        "action": ("/news/show.action?newsid={}".format, lambda n: f"/news/list.action?pager.pageNo={n}"),
    }
    for name, (article, pages) in articles.items():
        yield Layout(name=f"plain-address-{name}", reach=LINKS, article_url=article, list_url=pages)


def _ways() -> Iterator[Layout]:
    """Yield further ways to a list, and what may stand around it."""
    way = '<div><a href="/">首页</a></div>'
    yield Layout(
        name="plain-way-splash",
        reach=LINKS,
        menu='<a href="/">返回</a>',
        crumb="",
        home='<a href="/default.html"><img src="/i/enter.jpg"></a>',
        extra={"/default.html": f'<a href="{FIRST}">进入新闻网</a>'},
    )
    yield Layout(
        name="plain-way-frameset",
        reach=LINKS,
        menu='<a href="/">返回</a>',
        crumb="",
        home='<frameset cols="200,*"><frame src="/left.html"><frame src="/main.html"></frameset>',
        extra={
            "/left.html": f'<ul><li><a href="{FIRST}" target="main">校园新闻</a></li></ul>',
            "/main.html": "<p>欢迎访问</p>",
        },
    )
    yield Layout(
        name="plain-way-meta-refresh",
        reach=LINKS,
        menu='<a href="/">返回</a>',
        crumb="",
        home='<meta http-equiv="refresh" content="0;url=/portal/"><p>正在跳转</p>',
        extra={"/portal/": f'<a href="{FIRST}">新闻中心</a>'},
    )
    yield Layout(
        name="plain-way-script-redirect",
        reach=LINKS,
        menu='<a href="/">返回</a>',
        crumb="",
        home="<script>window.location.href='/portal/'</script>",
        extra={"/portal/": f'<a href="{FIRST}">新闻中心</a>'},
    )
    yield Layout(
        name="plain-way-chain",
        reach=LINKS,
        lists_links=False,
        menu=way,
        crumb="",
        home=f'<h2>最新</h2><a href="/news/1.html">{"图书馆举行开放日第1号消息"}</a>',
        beside=_chain,
    )
    yield Layout(
        name="plain-way-more",
        reach=LINKS,
        menu=way,
        crumb="",
        home=f'<div><h3>新闻</h3><a href="{FIRST}"><img src="/i/more.gif"></a></div>',
    )
    yield Layout(
        name="plain-way-map",
        reach=LINKS,
        menu='<a href="/">首页</a> <a href="/map.html">网站地图</a>',
        crumb="",
        home='<a href="/map.html">网站地图</a>',
        extra={"/map.html": f'<ul><li>新闻<ul><li><a href="{FIRST}">要闻</a></li></ul></li></ul>'},
    )
    yield Layout(
        name="plain-way-columns",
        reach=LINKS,
        list_url=lambda n: f"/news/c{n}/",
        pager=nothing,
        menu='<a href="/">首页</a> <a href="/news/">新闻</a>',
        crumb="",
        home='<a href="/news/">新闻</a>',
        extra={"/news/": "".join(f'<h3>栏目{n}</h3><a href="/news/c{n}/">更多</a>' for n in range(1, 5))},
    )
    yield Layout(
        name="plain-way-base",
        reach=LINKS,
        head=lambda _: '<base href="/news/">',
        pager=lambda p: f'<a href="index_{p.page + 1}.html">下一页</a>' if p.next else "",
        rows=formed("<li><a href='{r.number}.html'>{r.title}</a> {r.day}</li>"),
    )
    yield Layout(name="plain-way-gbk", reach=LINKS, encoding="gb18030")
    yield Layout(name="plain-way-one-page", reach=LINKS, per=36, pager=nothing)
    yield Layout(name="plain-way-three", reach=LINKS, articles=3, seed=2, pager=nothing)
    yield Layout(
        name="plain-way-pinned",
        reach=LINKS,
        rows=lambda rows: li_rows(rows) + '<ul class="top"><li><a href="/news/1.html">置顶：图书馆公告</a></li></ul>',
    )
    yield Layout(
        name="plain-way-iframe",
        reach=LINKS,
        home=f'<iframe src="{FIRST}"></iframe>',
        menu='<a href="/">首页</a>',
        crumb="",
    )


def _chain(number: int) -> str:
    after = (
        f'<p>下一篇：<a href="/news/{number + 1}.html">后一条消息标题</a></p>'
        if number < 36
        else "<p>下一篇：没有了</p>"
    )
    return (f'<p>上一篇：<a href="/news/{number - 1}.html">前一条消息标题</a></p>' if number > 1 else "") + after


def _traps() -> Iterator[Layout]:
    """Yield sites with addresses without end beside their lists."""

    def sorted_by(layout: Layout, asked: Asked) -> Answer | None:
        path, mark, query = asked.path.partition("?")
        return layout.list_page(1) if mark and path == FIRST and "sort" in query else None

    def day(layout: Layout, asked: Asked) -> Answer | None:
        if not asked.path.startswith("/events/"):
            return None
        tail = asked.path.rpartition("/")[2]
        number = int(tail) if tail.isdigit() else 0
        return layout.html(
            "日程",
            f'<h2>日程</h2><p>本周无安排</p><a href="/events/{number + 1}">下一周</a> <a href="/events/{number + 7}">下月</a>',
        )

    def echo(layout: Layout, asked: Asked) -> Answer | None:
        return (
            layout.html(
                "搜索",
                f'<h2>搜索结果</h2><p>没有找到</p><a href="{asked.path}%20新闻">相关搜索</a><a href="{asked.path}%20通知">相关搜索二</a>',
            )
            if asked.path.startswith("/s?")
            else None
        )

    yield Layout(
        name="plain-trap-sorting",
        reach=TRAP,
        respond=sorted_by,
        pager=lambda p: (
            numbered(p)
            + "".join(
                f'<a href="{FIRST}?sort={a}&order={b}&view={c}">排序</a>'
                for a in "tdch"
                for b in ("asc", "desc")
                for c in "lg"
            )
        ),
    )
    yield Layout(
        name="plain-trap-weeks",
        reach=TRAP,
        respond=day,
        menu=f'<a href="/">首页</a><a href="{FIRST}">新闻</a><a href="/events/1">日程</a>',
    )
    yield Layout(
        name="plain-trap-search",
        reach=TRAP,
        respond=echo,
        menu=f'<a href="/">首页</a><a href="{FIRST}">新闻</a><a href="/s?q=新闻">热搜</a>',
    )
