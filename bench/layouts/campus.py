"""Layouts of further makers that universities use, of rows that lead on to their article, and of applications in the browser."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from urllib.parse import parse_qs, urlsplit

from bench.layouts.layout import Answer, Asked, Layout, Place, Reach, formed, li_rows, nothing, numbered
from bench.layouts.odd import menu_to

LINKS, DERIVED, GAP, TRAP = Reach.LINKS, Reach.DERIVED, Reach.GAP, Reach.TRAP
FIRST = "/news/index.html"
NEXT_DATA = json.dumps({"props": {"pageProps": {"total": 36, "page": 1}}, "page": "/news", "buildId": "b1"})
BUNDLE = '<script src="/static/js/chunk-vendors.9d1e.js"></script><script src="/static/js/app.77ac.js"></script>'
SIGN_IN = '<h3>统一身份认证</h3><form method="post">用户名<input name="username">密码<input type="password" name="password"></form>'


def layouts() -> Iterator[Layout]:
    yield from _systems()
    yield from _applications()
    yield from _led()


def _systems() -> Iterator[Layout]:
    """Yield systems of further makers."""
    addresses: dict[str, tuple[Callable[[int], str], Callable[[int], str], Callable[[Place], str]]] = {
        "jeecms": ("/xyxw/{}.jhtml".format, lambda n: f"/xyxw/index{'' if n == 1 else f'_{n}'}.jhtml", _jeecms),
        "founder": (
            "/content/2023-09/28/content_{}.htm".format,
            lambda n: f"/node/node_1234{'' if n == 1 else f'_{n}'}.htm",
            numbered,
        ),
        "dede-dynamic": (
            "/plus/view.php?aid={}".format,
            lambda n: f"/plus/list.php?tid=3&TotalResult=36&PageNo={n}",
            numbered,
        ),
        "net-info": (
            "/Show.aspx?info_lb=5&flag=5&info_id={}".format,
            lambda n: f"/Listnews.aspx?info_lb=5&flag=5&page={n}",
            numbered,
        ),
        "struts-method": (
            "/viewnews.do?method=detail&newsId={}".format,
            lambda n: f"/newslist.do?method=list&typeId=4&pageNo={n}",
            numbered,
        ),
        "drupal-views": (
            "/zh-hans/node/{}".format,
            lambda n: "/zh-hans/news" + (f"?page={n - 1}" if n > 1 else ""),
            numbered,
        ),
        "asp-classic": (
            "/ReadNews.asp?NewsID={}&BigClassName=%D1%A7%D4%BA".format,
            lambda n: f"/BigClass.asp?BigClassID=2&typeid=&page={n}",
            numbered,
        ),
        "hash-md5": (
            lambda n: f"/c/2023-09-28/{n * 2654435761 % 2**32:08x}{n:08x}.shtml",
            lambda n: f"/l/{'0a3f' if n == 1 else f'0a3f-{n}'}.shtml",
            numbered,
        ),
        "uuid": (
            lambda n: f"/info/{n:08d}-9c1a-4e2b-8f00-a1b2c3d4e5f6",
            lambda n: f"/column/5f1c2ab0-77aa-4a10-9e1e-0a0b0c0d0e0f/{n}",
            numbered,
        ),
        "date-path": (
            lambda n: f"/2023/09/28/ARTI{n:06d}.shtml",
            lambda n: f"/xw/xyyw/index{'' if n == 1 else f'_{n - 1}'}.shtml",
            numbered,
        ),
        "one-script": (
            "/index.php?r=article/view&id={}".format,
            lambda n: f"/index.php?r=article/index&cate=9&page={n}",
            numbered,
        ),
        "path-info": (
            "/index.php/Home/Article/detail/aid/{}".format,
            lambda n: f"/index.php/Home/Article/lists/cid/2/p/{n}",
            numbered,
        ),
        "servlet-act": ("/NewsServlet?act=show&nid={}".format, lambda n: f"/NewsServlet?act=list&cur={n}", numbered),
        "cgi": ("/cgi-bin/news.pl?view={}".format, lambda n: f"/cgi-bin/news.pl?list=1&start={(n - 1) * 10}", numbered),
        "semicolon": ("/a;id={}".format, lambda n: f"/list;c=3;p={n}", numbered),
        "seo-title": (
            lambda n: f"/news/{n}-tu-shu-guan-ju-xing-huo-dong/",
            lambda n: "/news/" + (f"page-{n}/" if n > 1 else ""),
            numbered,
        ),
        "upper": ("/XYXW/Detail/{}".format, lambda n: f"/XYXW/List?PageIndex={n}", numbered),
        "html-question": ("/detail.html?id={}".format, lambda n: f"/list.html?type=1&page={n}", numbered),
    }
    for name, (article, pages, pager) in addresses.items():
        yield Layout(name=f"campus-{name}", reach=LINKS, article_url=article, list_url=pages, pager=pager)
    yield Layout(
        name="campus-vsb-content",
        reach=LINKS,
        article_url="/info/1001/{}.htm".format,
        list_url=lambda n: "/xwzx/xyxw.htm" if n == 1 else f"/xwzx/xyxw/{5 - n}.htm",
        rows=formed(
            '<li><a href="/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1001&wbnewsid={r.number}">{r.title}</a> {r.day}</li>'
        ),
        respond=_vsb_content,
    )
    letters = "".join(f'<a href="/news/{c}.html">{c}</a> ' for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    yield Layout(
        name="campus-letters",
        reach=LINKS,
        list_url=lambda n: f"/news/{'CGSZ'[n - 1]}.html",
        menu=f'<div class="nav"><a href="/">首页</a> {letters}</div>',
        pager=nothing,
        extra={
            f"/news/{c}.html": f'<div class="nav"><a href="/">首页</a> {letters}</div><p>暂无</p>'
            for c in "ABDEFHIJKLMNOPQRTUVWXY"
        },
    )
    tabs = "".join(f'<li data-url="/news/tab{n}.html">栏目{n}</li>' for n in (2, 3, 4))
    yield Layout(
        name="campus-tabs",
        reach=LINKS,
        list_url=lambda n: FIRST if n == 1 else f"/news/tab{n}.html",
        pager=lambda p: (
            (
                f"<ul class='tabs'><li class='on'>栏目1</li>{tabs}</ul><div id='box'></div><script>$('.tabs li"
                f"').click(function(){{$('#box').load($(this).data('url'))}})</script>"
            )
            if p.page == 1
            else ""
        ),
    )
    yield Layout(
        name="campus-easyui-pager",
        reach=DERIVED,
        list_url=lambda n: f"/news/list.do?page={n}",
        pager=lambda p: (
            f"<div id=pp></div><script>$('#pp').pagination({{total:{p.total},pageSize:10,pageNumber:{p.page}"
            f",onSelectPage:function(n,s){{location.href='list.do?page='+n}}}})</script>"
        ),
    )


def _applications() -> Iterator[Layout]:
    """Yield applications in the browser, and lists that a request fills."""
    link = "'<li><a href=\"/news/'+v.id+'.html\">'+v.title+'</a></li>'"
    filled = {
        "engine": (
            "page",
            (
                f"<ul id=l></ul><script>var p=1;$.get('/api/engine2/datas?e=e82022&t=e832c0&p2=10&p='+p,func"
                f"tion(r){{$.each(r.data.list,function(i,v){{$('#l').append({link})}})}})</script>"
            ),
        ),
        "bootstrap-table": (
            "offset",
            (
                "<table id=t data-toggle='table' data-url='/api/news' data-pagination='true' data-side-pagination='server'><thead><tr>"
                "<th data-field='title' data-formatter='fmt'>标题</th></tr></thead></table><script>function f"
                "mt(v,row){return '<a href=\"/news/'+row.id+'.html\">'+v+'</a>'}</script>"
            ),
        ),
        "layui-table": (
            "page",
            (
                "<table id=t></table><script>layui.use('table',function(){layui.table.render({elem:'#t',url"
                ":'/api/news',page:true,cols:[[{field:'title',templet:function(d){"
                "return '<a href=\"/news/'+d.id+'.html\">'+d.title+'</a>'}}]]})})</script>"
            ),
        ),
        "data-tables": (
            "offset",
            (
                "<table id=t></table><script>$('#t').DataTable({serverSide:true,ajax:{url:'/api/news'},columns:[{data:'title',"
                "render:function(d,t,row){"
                "return '<a href=\"/news/'+row.id+'.html\">'+d+'</a>'}}]})</script>"
            ),
        ),
        "last-id": (
            "last",
            (
                f"<ul id=l></ul><button id=m>加载更多</button><script>var lastId=0;function more(){{$.getJSON('/"
                f"api/news?lastId='+lastId,function(r){{r.data.list.forEach(function(v){{lastId=v.id;$('#l')"
                f".append({link})}})}})}}more();$('#m').click(more)</script>"
            ),
        ),
        "before": (
            "time",
            (
                f"<ul id=l></ul><button id=m>加载更多</button><script>var t='';function more(){{fetch('/api/news"
                f"?before='+t).then(r=>r.json()).then(r=>{{r.data.list.forEach(v=>{{t=v.date;l.innerHTML+={link}"
                f"}})}})}}more();m.onclick=more</script>"
            ),
        ),
        "setup-vue3": (
            "page",
            (
                "<div id=app><li v-for='v in list'><a :href=\"`/news/${v.id}.html`\">{{v.title}}</a></li><b"
                "utton @click='next'>下一页</button></div><script>const {createApp,ref,onMounted}=Vue;createAp"
                "p({setup(){"
                "const list=ref([]),page=ref(1);const load=async()=>{const r=await fetch(`/api/news?page=${"
                "page.value}&size=10`).then(r=>r.json());list.value=r.data.list};"
                "onMounted(load);return {list,next(){page.value++;load()}}}}).mount('#app')</script>"
            ),
        ),
        "hooks": (
            "page",
            (
                "<div id=root></div><script type='text/babel'>function List(){const [page,setPage]=React.us"
                "eState(1);const [rows,setRows]=React.useState([]);React.useEffect(()=>{axios.get('/api/new"
                "s',{params:{page,size:10}})"
                ".then(r=>setRows(r.data.data.list))},[page]);return <ul>{rows.map(v=><li><a href={`/news/$"
                "{v.id}.html`}>{v.title}</a></li>)}</ul>}ReactDOM.render(<List/>,root)</script>"
            ),
        ),
        "jquery-page-var": (
            "page",
            (
                f"<ul id=l></ul><script>var opt={{pageNo:1,pageSize:10}};function load(){{$.ajax({{url:'/api"
                f"/news',data:opt,dataType:'json',success:function(r){{var h='';for(var i=0;i<r.data.list.le"
                f"ngth;i++){{var v=r.data.list[i];h+={link}}}$('#l').html(h)}}}})}}$(function(){{load()}})</"
                f"script>"
            ),
        ),
        "search-params": (
            "page",
            (
                f"<ul id=l></ul><script>const q=new URLSearchParams({{page:1,size:10}});fetch('/api/news?'+q"
                f").then(r=>r.json()).then(r=>{{l.innerHTML=r.data.list.map(v=>{link}).join('')}})</script>"
            ),
        ),
    }
    for name, (api, html) in filled.items():
        reach = GAP if name in ("last-id", "before", "data-tables", "hooks") else DERIVED
        yield Layout(
            name=f"filled-{name}",
            reach=reach,
            lists_links=False,
            respond=partial(_api, api),
            extra={FIRST: f"{menu_to()}<h2>校园新闻</h2>{html}"},
        )
    gaps = {
        "hash-rows": (formed("<li><a href='#/detail/{r.number}'>{r.title}</a> {r.day}</li>"), numbered),
        "bang-rows": (formed("<li><a href='/#!/news/{r.number}'>{r.title}</a> {r.day}</li>"), numbered),
        "hash-page-rows": (
            formed("<li><a href='/index.html#/news/detail?id={r.number}'>{r.title}</a> {r.day}</li>"),
            numbered,
        ),
        "livewire": (
            li_rows,
            lambda p: (
                f"<nav wire:id='x'><button wire:click='nextPage' wire:loading.attr='disabled'>后一页 »</button></nav>{BUNDLE}"
            ),
        ),
        "faces": (
            li_rows,
            lambda p: (
                "<form id='f' method='post'><a href='#' onclick=\"mojarra.jsfcljs(document.getElementById('"
                "f'),{'f:next':'f:next'},'');return false\">下一页</a></form>"
            ),
        ),
        "load-post": (
            li_rows,
            lambda p: (
                "<a href='javascript:;' id='lm'>加载更多</a><script>$('#lm').click(function(){$.post('/wp-admin"
                "/admin-ajax.php',{action:'loadmore',page:2},function(h){$('ul').append(h)})})</script>"
            ),
        ),
        "nuxt-buttons": (
            li_rows,
            lambda p: (
                f"<div class='n-pagination'><div class='n-pagination-item n-pagination-item--active'>1</div>"
                f"<div class='n-pagination-item'>2</div><div class='n-pagination-item'>3</div></div><script>"
                f"window.__NUXT__={{}}</script>{BUNDLE}"
            ),
        ),
        "next-data": (
            li_rows,
            lambda p: f"<script id='__NEXT_DATA__' type='application/json'>{NEXT_DATA}</script>{BUNDLE}",
        ),
        "antd": (
            li_rows,
            lambda p: (
                f"<ul class='ant-pagination'><li class='ant-pagination-item ant-pagination-item-1'><a rel='n"
                f"ofollow'>1</a></li><li class='ant-pagination-item'><a rel='nofollow'>2</a></li><li class='"
                f"ant-pagination-next'><button><span class='anticon'></span></button></li></ul>{BUNDLE}"
            ),
        ),
        "vant-list": (
            li_rows,
            lambda p: f"<div class='van-list'><div class='van-list__placeholder'></div></div>{BUNDLE}",
        ),
        "post-form-made": (
            li_rows,
            lambda p: (
                "<a href='javascript:goPage(2)'>2</a> <a href='javascript:goPage(2)'>下一页</a><script>functio"
                "n goPage(n){var f=document.createElement('form');f.method='post';f.action='/news/list.do';"
                "var i=document.createElement('input');i.name='page';i.value=n;f.appendChild(i);document.bo"
                "dy.appendChild(f);f.submit()}</script>"
            ),
        ),
        "cookie-page": (
            li_rows,
            lambda p: (
                "<a href='javascript:turn(2)'>下一页</a><script>function turn(n){document.cookie='page='+n;location.reload()}</script>"
            ),
        ),
        "session-page": (
            li_rows,
            lambda p: (
                "<a href='javascript:turn(2)'>下一页</a><script>function turn(n){sessionStorage.setItem('page',n);location.reload()}</script>"
            ),
        ),
    }
    for name, (rows, pager) in gaps.items():
        yield Layout(name=f"app-{name}", reach=GAP, per=12, rows=rows, pager=pager, home="")


def _led() -> Iterator[Layout]:
    """Yield rows whose address leads on to the article."""
    ways: dict[str, Callable[[int], Answer]] = {
        "found": lambda n: Answer(body="", status=302, headers=(("Location", f"/news/{n}.html"),)),
        "script": lambda n: Answer(
            body=f"<html><head><script>window.location.replace('/news/{n}.html')</script></head><body></body></html>"
        ),
        "refresh": lambda n: Answer(
            body=f"<html><head><meta http-equiv='refresh' content='0;url=/news/{n}.html'></head><body>正在跳转</body></html>"
        ),
        "form": lambda n: Answer(
            body=f"<html><body onload='document.f.submit()'><form name=f action='/news/{n}.html' method=get></form></body></html>"
        ),
        "frame": lambda n: Answer(body=f"<html><frameset rows='*'><frame src='/news/{n}.html'></frameset></html>"),
    }
    for name, answer in ways.items():
        yield Layout(
            name=f"led-{name}",
            reach=LINKS,
            rows=formed('<li><a href="/redirect?id={r.number}">{r.title}</a> {r.day}</li>'),
            extra={f"/redirect?id={n}": answer(n) for n in range(1, 37)},
        )
    yield Layout(
        name="led-spaces", reach=LINKS, rows=formed('<li><a href="\n   {r.url}\t\n">{r.title}</a> {r.day}</li>')
    )
    yield Layout(name="led-no-type", reach=LINKS, respond=_untyped)
    yield Layout(
        name="led-entities",
        reach=LINKS,
        article_url="/view.asp?id={}&amp=1&lang=cn".format,
        rows=lambda rows: "".join(
            f'<li><a href="{r.url.replace("&", "&amp;")}">{r.title}</a> {r.day}</li>' for r in rows
        ),
    )


def _jeecms(place: Place) -> str:
    buttons = "".join(
        f'<input class="pagebtn" type="button" value="{text}" onclick="location.href=encodeURI(\'{place.urls[to - 1].rpartition("/")[2]}\');"/>'
        for text, to in (
            ("首 页", 1),
            ("上一页", max(1, place.page - 1)),
            ("下一页", min(place.page + 1, place.pages)),
            ("尾 页", place.pages),
        )
    )
    return f"<div>共{place.total}条记录 {place.page}/{place.pages}页 {buttons}</div>"


def _vsb_content(layout: Layout, asked: Asked) -> Answer | None:
    parts = urlsplit(asked.path)
    number = parse_qs(parts.query).get("wbnewsid", [""])[0]
    return layout.article(int(number)) if parts.path == "/content.jsp" and number.isdigit() else None


def _json_rows(layout: Layout, numbers: Sequence[int], **more: object) -> Answer:
    rows = [layout.row(n) for n in numbers if 1 <= n <= layout.articles]
    shown = [{"id": r.number, "title": r.title, "date": str(r.day)} for r in rows]
    return Answer(
        body=json.dumps({"code": 0, "data": {"list": shown, **more}}, ensure_ascii=False), type="application/json"
    )


def _api(name: str, layout: Layout, asked: Asked) -> Answer | None:
    """Answer a request for rows: by page, by offset, by the last one shown."""
    parts = urlsplit(asked.path)
    if not parts.path.startswith("/api/"):
        return None
    given = {key.lower(): value[0] for key, value in parse_qs(parts.query).items()}
    if name == "page":
        page = int(given.get("page", given.get("p", given.get("pageno", "1"))) or 1)
        return _json_rows(layout, range((page - 1) * 10 + 1, page * 10 + 1), total=layout.articles)
    if name == "offset":
        start = int(given.get("offset", given.get("start", "0")) or 0)
        return _json_rows(layout, range(start + 1, start + 11), total=layout.articles)
    if name == "last":
        last = int(given.get("lastid", given.get("last_id", "0")) or 0)
        return _json_rows(layout, range(last + 1, last + 11))
    if name == "time":
        before = given.get("before", "")
        numbers = [n for n in range(1, layout.articles + 1) if not before or str(layout.row(n).day) < before]
        return _json_rows(layout, numbers[:10])
    return Answer(body="{}", type="application/json")


def _untyped(layout: Layout, asked: Asked) -> Answer | None:
    answer = layout.answers().get(asked.path)
    return (
        Answer(body=answer.body, type="application/octet-stream")
        if answer and asked.path.startswith("/news/index_")
        else None
    )
