"""Layouts whose rows or pages stand in data, in files of scripts, or come by requests that a script makes: further makers' ways."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from bench.layouts.layout import Answer, Asked, Layout, Place, Reach, Row, attribute, li_rows, nothing

DERIVED = Reach.DERIVED
JSON = "application/json"
SCRIPT = "application/javascript"
MENU = '<a href="/">首页</a><a href="/news/index.html">新闻</a>'


def layouts() -> Iterator[Layout]:
    """Yield all of them."""
    yield from _pagers()
    yield from _files()
    yield from _data()
    yield from _requests()
    yield from _written()


def _filled(form: str, place: Place) -> str:
    told = {"n": place.page, "z": place.page - 1, "next": min(place.page + 1, place.pages)}
    told |= {"pages": place.pages, "total": place.total}
    for name, value in told.items():
        form = form.replace(f"@{name}@", str(value))
    return form


def _one(page: int) -> str:
    return "/news/index.html" if page == 1 else f"/news/index_{page}.html"


def _query(page: int) -> str:
    return "/news/list.php" + (f"?page={page}" if page > 1 else "")


def _pagers() -> Iterator[Layout]:
    """Yield pagers that scripts or attributes make."""
    forms = {
        "pager-attribute-percent": (
            _one,
            '<div class="pages" data-pattern="/news/index_%d.html" data-current="@n@" data-total="@pages@"></div>',
        ),
        "pager-attribute-colon": (
            _one,
            '<nav data-url-template="/news/index_:page.html" data-pages="@pages@" data-page="@n@"></nav>',
        ),
        "pager-attribute-hash": (_one, '<div id="pg" data-href="/news/index_#page#.html" data-count="@pages@"></div>'),
        "pager-attribute-prefix": (
            _query,
            '<button id="more" data-url="/news/list.php?page=" data-page="@next@" data-pages="@pages@">加载更多</button>',
        ),
        "pager-attribute-number": (
            _query,
            (
                '<a href="javascript:;" class="next" data-page="@next@">下一页</a><script>$(".next").clic'
                'k(function(){location.href="/news/list.php?page="+$(this).attr("data-page")})</script>'
            ),
        ),
        "pager-select-this": (
            _one,
            (
                "<select onchange=\"location='index_'+this.value+'.html'\"><option value=2>2</option><"
                "option value=3>3</option><option value=4>4</option></select>"
            ),
        ),
        "pager-select-form": (
            _query,
            (
                '<form method="get" action="list.php"><select name="page" onchange="this.form.submit()'
                '"><option>1</option><option>2</option><option>3</option><option>4</option></select></'
                "form>"
            ),
        ),
        "pager-buttons-form": (
            _query,
            '<form method="get" action="/news/list.php"><button name="page" value="@next@">下一页</button></form>',
        ),
        "pager-pathname": (
            _query,
            "<script>function go(n){location.href=location.pathname+'?page='+n}</script><a href='javascript:go(@next@)'>下一页</a>",
        ),
        "pager-assign": (
            _one,
            (
                "<script>var base='/news/index';function turn(p){var u=base+(p>1?'_'+p:'')+'.html';win"
                "dow.location.assign(u)}</script><span onclick='turn(@next@)'>下一页</span>"
            ),
        ),
        "pager-let": (
            _one,
            (
                "<script>const cur=@n@,all=@pages@;let s='';for(let i=1;i<=all;i++){s+=`<a href=\"${i="
                "==1?'index.html':'index_'+i+'.html'}\">${i}</a>`}document.getElementById('pg').innerH"
                "TML=s</script><div id=pg></div>"
            ),
        ),
        "pager-while": (
            _one,
            "<script>var i=2;while(i<=@pages@){document.writeln('<a href=\"/news/index_'+i+'.html\">'+i+'</a>');i++}</script>",
        ),
        "pager-scroll": (
            _one,
            (
                "<script>var page=@n@,max=@pages@;$(window).scroll(function(){if(page<max){page++;$.ge"
                "t('/news/index_'+page+'.html',function(h){$('#list').append($(h).find('li'))})}})</sc"
                "ript>"
            ),
        ),
        "pager-jquery-load": (
            _one,
            (
                "<div id=list></div><script>var p=1;$('#more').click(function(){p++;$('#list').load('/"
                "news/index_'+p+'.html #rows')})</script><a id='more' href='javascript:;'>更多</a>共@pages@页"
            ),
        ),
        "pager-made": (
            _one,
            "<script>new Pager({total:@pages@,current:@n@,link:'/news/index_{page}.html'}).render('#pg')</script>",
        ),
        "pager-function-link": (
            _one,
            (
                "<script>$('#pg').pagination({pageCount:@pages@,current:@n@,link:function(n){return n>"
                "1?'/news/index_'+n+'.html':'/news/index.html'}})</script>"
            ),
        ),
        "pager-array": (
            _one,
            (
                "<script>var urls=['/news/index.html','/news/index_2.html','/news/index_3.html','/news"
                "/index_4.html'];function jump(i){location.href=urls[i]}</script><a onclick='jump(@n@)"
                "'>下一页</a>"
            ),
        ),
        "pager-offset": (
            lambda page: f"/news/list.jsp?start={(page - 1) * 10}",
            "<script>function to(p){location.href='/news/list.jsp?start='+(p-1)*10}</script><a href='javascript:to(@next@)'>下一页</a> 共@pages@页",
        ),
        "pager-hidden-current": (
            _query,
            (
                "<input type=hidden id=cp value=@n@><script>function nextp(){var p=parseInt(document.g"
                "etElementById('cp').value)+1;location.href='list.php?page='+p}</script><a onclick='ne"
                "xtp()'>下一页</a>共@pages@页"
            ),
        ),
        "pager-params": (
            _query,
            (
                "<script>function go(p){var q=new URLSearchParams({page:p});location.href='/news/list."
                "php?'+q.toString()}</script><a onclick='go(@next@)'>下一页</a>"
            ),
        ),
        "pager-kept": (
            _one,
            '<script type="application/json" id="pg">{"prev": null, "next": "/news/index_@next@.html", "pages": @pages@}</script>',
        ),
    }
    for name, (url, form) in forms.items():
        yield Layout(name=name, reach=DERIVED, list_url=url, pager=partial(_filled, form))


def _files() -> Iterator[Layout]:
    """Yield sites whose scripts stand in files of their own."""

    def of(source: str) -> dict[str, Answer | str]:
        return {
            "/js/site.js": Answer(body=source, type=SCRIPT),
            "/js/jquery.min.js": Answer(body="var jQuery=1;" * 2000, type=SCRIPT),
        }

    tags = '<script src="/js/jquery.min.js"></script><script src="/js/site.js"></script>'
    yield Layout(
        name="file-pager",
        reach=DERIVED,
        pager=partial(_filled, f"{tags}<a href='javascript:toPage(@next@)'>下一页</a> @n@/@pages@"),
        extra=of("function toPage(n){location.href='index_'+n+'.html'}"),
    )
    yield Layout(
        name="file-rows",
        reach=DERIVED,
        rows=lambda rows: tags + "".join(f'<li onclick="openNews({row.number})">{row.title}</li>' for row in rows),
        extra=of("function openNews(id){window.open('/news/'+id+'.html')}"),
    )
    source = (
        "$(function(){load(1)});function load(p){$.getJSON('/api/news',{page:p,size:10},function(d){var h='';"
        "$.each(d.rows,function(i,v){h+='<li><a href=\"/news/'+v.id+'.html\">'+v.title+'</a></li>'});$('#l').html(h)})}"
    )
    yield Layout(
        name="file-request",
        reach=DERIVED,
        lists_links=False,
        home=MENU,
        respond=partial(_api, "/api/news", "page", _rows_by_id),
        extra={"/news/index.html": f"<h2>新闻</h2><ul id='l'></ul>{tags}", **of(source)},
    )
    rows = [{"u": f"/news/{n}.html", "t": f"第{n}号消息"} for n in range(1, 37)]
    show = "for(var i=0;i<newsData.length;i++)document.write('<li><a href=\"'+newsData[i].u+'\">'+newsData[i].t+'</a></li>')"
    yield Layout(
        name="file-data",
        reach=DERIVED,
        lists_links=False,
        home=MENU,
        extra={
            "/news/index.html": f"<h2>新闻</h2><script src='data/news.js'></script><script>{show}</script>",
            "/news/data/news.js": Answer(body=f"var newsData={json.dumps(rows, ensure_ascii=False)};", type=SCRIPT),
        },
    )
    menu = "<script src='/inc/menu.js'></script>"
    yield Layout(
        name="file-menu",
        reach=DERIVED,
        menu=menu,
        crumb="",
        home=menu,
        extra={
            "/inc/menu.js": Answer(
                body="document.write('<ul><li><a href=\"/news/index.html\">新闻</a></li></ul>');", type=SCRIPT
            )
        },
    )


def _data() -> Iterator[Layout]:
    """Yield lists whose rows stand in the page as data."""

    def by(form: Callable[[Sequence[Row]], str], name: str) -> Layout:
        return Layout(name=name, reach=DERIVED, rows=form)

    yield by(
        lambda rows: _script("window.__INITIAL_STATE__=", {"list": [_row_by_url(row) for row in rows]}),
        "data-initial-state",
    )
    yield by(
        lambda rows: (
            '<script id="__NEXT_DATA__" type="application/json">'
            + json.dumps({"props": {"pageProps": {"posts": [*map(_row_by_url, rows)]}}}, ensure_ascii=False)
            + "</script>"
        ),
        "data-next",
    )
    yield by(
        lambda rows: (
            f"<script>window.__STATE__=JSON.parse({json.dumps(json.dumps({'a': [_row_by_url(row) for row in rows]}))})</script>"
        ),
        "data-json-parse",
    )
    yield by(
        lambda rows: (
            "<script>window.__NUXT__=(function(a,b){return {data:[{list:["
            + ",".join(f'{{title:"{row.title}",path:"\\u002Fnews\\u002F{row.number}.html",x:a}}' for row in rows)
            + ']}],y:b}}("",null))</script>'
        ),
        "data-nuxt",
    )
    yield by(
        lambda rows: (
            f"<div id='app' data-page='{attribute(json.dumps({'props': {'news': [_row_by_url(row) for row in rows]}}))}'></div>"
        ),
        "data-attribute",
    )
    yield by(
        lambda rows: (
            '<script type="application/ld+json">'
            + json.dumps(
                {
                    "@type": "ItemList",
                    "itemListElement": [
                        {"@type": "ListItem", "position": n, "url": row.url} for n, row in enumerate(rows, 1)
                    ],
                }
            )
            + "</script>"
        ),
        "data-linked",
    )
    yield by(
        lambda rows: (
            f"<script>renderList({json.dumps([_row_by_url(row) for row in rows], ensure_ascii=False)})</script>"
        ),
        "data-call",
    )
    yield by(
        lambda rows: (
            "<script>var a=[];"
            + "".join(f'a[{n}]=["{row.title}","{row.url}","{row.day}"];' for n, row in enumerate(rows))
            + "for(var i=0;i<a.length;i++)document.write('<a href='+a[i][1]+'>'+a[i][0]+'</a><br>');</script>"
        ),
        "data-arrays",
    )
    yield by(
        lambda rows: (
            "<script>var l=[];"
            + "".join(f'l.push({{id:{row.number},t:"{row.title}"}});' for row in rows)
            + "l.map(x=>$('#u').append(`<li><a href='/news/${x.id}.html'>${x.t}</a></li>`))</script>"
        ),
        "data-pushed",
    )
    yield by(
        lambda rows: (
            "<script>"
            + "".join(f"addNews('{row.title}','{row.number}','{row.day}');" for row in rows)
            + "function addNews(t,i,d){document.write('<li><a href=\"/news/'+i+'.html\">'+t+'</a>'+d)}</script>"
        ),
        "data-added",
    )


def _script(head: str, value: Any) -> str:
    return f"<script>{head}{json.dumps(value, ensure_ascii=False).replace('/', chr(92) + '/')};</script>"


def _row_by_url(row: Row) -> dict[str, Any]:
    return {"title": row.title, "url": row.url, "date": str(row.day)}


def _row_by_id(row: Row) -> dict[str, Any]:
    return {"id": row.number, "title": row.title, "createTime": f"{row.day} 08:00:00"}


def _rows_by_id(layout: Layout, page: int, rows: Sequence[Row]) -> Any:
    return {"code": 0, "total": layout.articles, "rows": [_row_by_id(row) for row in rows]}


def _rows_by_url(layout: Layout, page: int, rows: Sequence[Row]) -> Any:
    return {"data": {"list": [_row_by_url(row) for row in rows], "count": layout.articles}}


def _with_next(layout: Layout, page: int, rows: Sequence[Row]) -> Any:
    onward = f"/api/posts?cursor={page + 1}" if page < layout.pages else None
    return {"results": [_row_by_url(row) for row in rows], "next": onward}


def _with_html(layout: Layout, page: int, rows: Sequence[Row]) -> Any:
    return {"html": li_rows(rows), "has_more": page < layout.pages}


def _as_list(layout: Layout, page: int, rows: Sequence[Row]) -> Any:
    return [{"id": row.number, "link": row.url, "title": {"rendered": row.title}} for row in rows]


def _api(
    path: str, parameter: str, shape: Callable[[Layout, int, Sequence[Row]], Any], layout: Layout, asked: Asked
) -> Answer | None:
    parts = urlsplit(asked.path)
    value = parse_qs(parts.query).get(parameter, ["1"])[0]
    if parts.path != path or not value.isdigit():
        return None
    page = int(value)
    return Answer(
        body=json.dumps(shape(layout, page, layout.on_page(page) if page else []), ensure_ascii=False), type=JSON
    )


def _by_offset(layout: Layout, asked: Asked) -> Answer | None:
    parts = urlsplit(asked.path)
    if parts.path != "/api/items":
        return None
    given = parse_qs(parts.query)
    start, size = int(given["start"][0]), int(given.get("limit", ["10"])[0])
    rows = [layout.row(n) for n in range(start + 1, min(start + size, layout.articles) + 1)]
    return Answer(
        body=json.dumps({"totalCount": str(layout.articles), "items": [_row_by_id(row) for row in rows]}), type=JSON
    )


def _by_path(layout: Layout, asked: Asked) -> Answer | None:
    parts = asked.path.split("/")
    if parts[:3] != ["", "api", "list"] or len(parts) != 5 or not parts[3].isdigit():
        return None
    return Answer(
        body=json.dumps(_rows_by_id(layout, int(parts[3]), layout.on_page(int(parts[3]))), ensure_ascii=False),
        type=JSON,
    )


def _requests() -> Iterator[Layout]:
    """Yield lists that a request of the page's script fills."""
    row = "'<li><a href=\"/news/'+v.id+'.html\">'+v.title+'</a></li>'"
    each = f"d.rows.forEach(function(v){{h+={row}}})"
    asked: dict[str, tuple[str, Callable[[Layout, Asked], Answer | None]]] = {
        "request-params": (
            f"var q=$.param({{page:1,rows:10}});$.get('/api/n?'+q,function(d){{var h='';{each};$('#l').html(h)}})",
            partial(_api, "/api/n", "page", _rows_by_id),
        ),
        "request-search-params": (
            (
                f"async function load(p){{const q=new URLSearchParams({{page:p,size:10}});const d=await"
                f"(await fetch('/api/n?'+q)).json();let h='';{each};l.innerHTML=h}}load(1)"
            ),
            partial(_api, "/api/n", "page", _rows_by_id),
        ),
        "request-template": (
            f"const API='/api';let page=1;fetch(`${{API}}/n?page=${{page}}&limit=10`).then(r=>r.json()).then(d=>{{let h='';{each};l.innerHTML=h}})",
            partial(_api, "/api/n", "page", _rows_by_id),
        ),
        "request-path": (
            f"function get(p){{$.ajax({{url:'/api/list/'+p+'/10',dataType:'json',success:function(d){{var h='';{each};$('#l').html(h)}}}})}}get(1)",
            _by_path,
        ),
        "request-offset": (
            (
                "var size=10;function load(p){$.getJSON('/api/items?start='+(p-1)*size+'&limit='+size,"
                "function(d){d.items.forEach(function(v){$('#l').append('<li><a href=\"/news/'+v.id+'."
                "html\">'+v.title+'</a></li>')})})}load(1)"
            ),
            _by_offset,
        ),
        "request-next": (
            (
                "fetch('/api/posts').then(r=>r.json()).then(d=>{d.results.forEach(v=>{l.innerHTML+=`<a"
                ' href="${v.url}">${v.title}</a>`});next=d.next})'
            ),
            partial(_api, "/api/posts", "cursor", _with_next),
        ),
        "request-html": (
            "var p=1;function more(){$.getJSON('/ajax/more.php?p='+p,function(d){$('#l').append(d.html);p++})}more()",
            partial(_api, "/ajax/more.php", "p", _with_html),
        ),
        "request-wordpress": (
            "fetch('/wp-json/wp/v2/posts?per_page=10&page=1').then(r=>r.json()).then(show)",
            partial(_api, "/wp-json/wp/v2/posts", "page", _as_list),
        ),
        "request-xhr": (
            (
                "var x=new XMLHttpRequest();var pn=1;x.open('GET','/api/n?pageNum='+pn+'&pageSize=10',"
                "true);x.onload=function(){JSON.parse(x.responseText).data.list.forEach(function(v){l."
                "innerHTML+='<a href='+v.url+'>'+v.title+'</a>'})};x.send()"
            ),
            partial(_api, "/api/n", "pageNum", _rows_by_url),
        ),
        "request-object": (
            (
                "var app={page:1,load:function(){var me=this;$.get('/api/n',{page:me.page},function(d)"
                "{d.rows.forEach(function(v){$('#l').append('<li><a href=\"/news/'+v.id+'.html\">'+v.t"
                "itle+'</a></li>')})},'json')}};app.load()"
            ),
            partial(_api, "/api/n", "page", _rows_by_id),
        ),
        "request-vue-method": (
            (
                "new Vue({el:'#app',data:{list:[],q:{page:1,size:10}},created(){this.get()},methods:{g"
                "et(){axios.get('/api/n',{params:this.q}).then(res=>{this.list=res.data.rows})},show(v"
                "){window.location.href='/news/'+v.id+'.html'}}})"
            ),
            partial(_api, "/api/n", "page", _rows_by_id),
        ),
        "request-class": (
            (
                "class L{constructor(){this.page=1}async load(){const r=await fetch('/api/n?page='+thi"
                "s.page);const d=await r.json();for(const v of d.rows){document.write('<a href=\"/news"
                "/'+v.id+'.html\">'+v.title+'</a>')}}}new L().load()"
            ),
            partial(_api, "/api/n", "page", _rows_by_id),
        ),
    }
    for name, (source, respond) in asked.items():
        shell = f"<h2>新闻</h2><div id='app'><ul id='l'></ul></div><script>{source}</script>"
        yield Layout(
            name=name, reach=DERIVED, lists_links=False, home=MENU, respond=respond, extra={"/news/index.html": shell}
        )
    yield Layout(
        name="request-first-shown",
        reach=DERIVED,
        pager=nothing,
        list_url=lambda page: "/news/index.html" if page == 1 else f"/news/part?no={page}",
        script=lambda place: (
            f"<script>var no=1,all={place.pages};function more(){{no=no+1;$.get('/news/part',{{no:n"
            f"o}},function(h){{$('#l').append(h)}})}}</script><a onclick='more()'>更多</a>"
        ),
    )


def _written() -> Iterator[Layout]:
    """Yield lists that a script unpacks and writes."""

    def by(form: Callable[[str], str], name: str) -> Layout:
        return Layout(name=name, reach=DERIVED, rows=lambda rows: form(li_rows(rows)))

    yield by(
        lambda html: f"<script>document.write(unescape('{quote(html, encoding='latin-1', errors='ignore')}'))</script>",
        "written-unescape",
    )
    yield by(lambda html: f"<script>document.write(decodeURIComponent('{quote(html)}'))</script>", "written-decode")
    yield by(
        lambda html: (
            f"<script>document.getElementById('l').innerHTML=atob('{base64.b64encode(html.encode('ascii', 'ignore')).decode()}')</script>"
        ),
        "written-base64",
    )
    yield by(
        lambda html: (
            "<script>var s=[];"
            + "".join(f"s.push({json.dumps(part, ensure_ascii=False)});" for part in html.split("<li>"))
            + "document.write(s.join('<li>'))</script>"
        ),
        "written-join",
    )
    yield by(
        lambda html: (
            f"<script>var s={json.dumps(html.replace('href', '$H'), ensure_ascii=False)};document.write(s.replace(/\\$H/g,'href'))</script>"
        ),
        "written-replace",
    )
    yield by(
        lambda html: f"<script>$({json.dumps(html, ensure_ascii=False)}).appendTo('#list')</script>", "written-appended"
    )
    yield by(
        lambda html: (
            f"<script>var el=document.createElement('div');el.innerHTML={json.dumps(html, ensure_ascii=False)}"
            f";document.body.appendChild(el)</script>"
        ),
        "written-element",
    )
    yield Layout(name="written-nodes", reach=DERIVED, rows=_nodes)


def _nodes(rows: Sequence[Row]) -> str:
    kept = json.dumps([[row.title, row.number] for row in rows], ensure_ascii=False)
    return (
        f"<ul id=u></ul><script>var d={kept};for(var i=0;i<d.length;i++){{var a=document.createElement('a');a.href='/news/'+d[i][1]+'.html';"
        "a.innerText=d[i][0];document.getElementById('u').appendChild(a)}</script>"
    )
