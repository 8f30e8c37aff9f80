"""Layouts as content systems and page libraries of other makers have them."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from urllib.parse import parse_qs, quote, urlsplit

from bench.layouts.layout import Answer, Asked, Layout, Place, Reach, Row, formed, li_rows, nothing, numbered

LINKS, DERIVED = Reach.LINKS, Reach.DERIVED
JSON, SCRIPT, XML = "application/json", "application/javascript", "text/xml"
FIRST = "/news/index.html"
WAY = f'<a href="/">首页</a><a href="{FIRST}">新闻</a>'


def layouts() -> Iterator[Layout]:
    yield from _linked()
    yield from _paged()
    yield from _rows()
    yield from _requested()
    yield from _years()


def _query(address: str) -> Callable[[int], str]:
    return lambda page: address + (f"&page={page}" if page > 1 else "")


def _linked() -> Iterator[Layout]:
    """Yield systems whose addresses all stand in links."""
    yield Layout(
        name="system-discuz",
        reach=LINKS,
        article_url="/portal.php?mod=view&aid={}".format,
        list_url=_query("/portal.php?mod=list&catid=1"),
    )
    yield Layout(
        name="system-forum",
        reach=LINKS,
        article_url="/thread-{}-1-1.html".format,
        list_url="/forum-2-{}.html".format,
        beside=lambda n: (
            f'<a href="/forum.php?mod=post&action=reply&tid={n}">回复</a><a href="/home.php?mod=space&uid={n % 5}">作者</a>'
        ),
    )
    yield Layout(
        name="system-wordpress-plain",
        reach=LINKS,
        article_url="/?p={}".format,
        list_url=lambda n: "/?cat=3" + (f"&paged={n}" if n > 1 else ""),
        beside=lambda n: f'<a href="/?p={n}#respond">评论</a>',
    )
    yield Layout(
        name="system-drupal",
        reach=LINKS,
        article_url="/zh-hans/node/{}".format,
        list_url=lambda n: "/zh-hans/news" + (f"?page={n - 1}" if n > 1 else ""),
    )
    yield Layout(
        name="system-siteserver",
        reach=LINKS,
        article_url="/contents/12/{}.html".format,
        list_url=lambda n: "/channels/12.html" if n == 1 else f"/channels/12_{n}.html",
        pager=_clicked,
    )
    yield Layout(
        name="system-guid",
        reach=LINKS,
        article_url=lambda n: f"/News/Show.aspx?guid={n:08x}-4f89-11d3-9a0c-0305e82c3301",
        list_url=_query("/News/List.aspx?type=1"),
    )
    yield Layout(
        name="system-first-without-pager",
        reach=LINKS,
        pager=lambda p: f'<a href="{p.next}">查看更多</a>' if p.page == 1 else numbered(p),
    )
    yield Layout(
        name="system-gb-query",
        reach=LINKS,
        encoding="gb18030",
        list_url=lambda n: f"/list.asp?lm={quote('新闻'.encode('gb18030'))}&page={n}",
        pager=_raw_query,
    )
    yield Layout(
        name="system-jump-page",
        reach=LINKS,
        rows=formed('<li><a href="/go.php?id={r.number}">{r.title}</a><span>{r.day}</span></li>'),
        extra={f"/go.php?id={n}": _gone_to(n) for n in range(1, 37)},
    )
    yield Layout(name="system-year-links", reach=LINKS, pager=nothing, list_url=_year_page, script=_year_menu)
    yield Layout(
        name="system-article-pages",
        reach=LINKS,
        beside=lambda n: (
            f'<div class="page">1 <a href="/news/{n}_2.html">2</a> <a href="/news/{n}_2.html">下一页</a></div>'
        ),
        extra={f"/news/{n}_2.html": _second_half(n) for n in range(1, 37)},
    )
    yield Layout(name="system-next", reach=LINKS, lists_links=False, respond=_next_answer)
    words = {
        "ten": "后10条",
        "backward": "向后翻页",
        "triangle": "▶",
        "rsaquo": "&rsaquo;",
        "more-news": "更多新闻&gt;&gt;",
    }
    for name, word in words.items():
        yield Layout(
            name=f"system-pager-{name}",
            reach=LINKS,
            list_url=lambda n: f"/news/p{n * 7919 % 997}.html",
            pager=partial(_worded, word),
        )


def _clicked(place: Place) -> str:
    return "".join(
        f'<input type="button" value="{n}" onclick="window.location.href=\'{url}\'">'
        for n, url in enumerate(place.urls, 1)
    )


def _raw_query(place: Place) -> str:
    onward = f"/list.asp?lm=新闻&page={place.page + 1}"
    return f'<a href="{onward}">下一页</a>' if place.next else ""


def _gone_to(number: int) -> Answer:
    return Answer(body="", status=302, headers=(("Location", f"/news/{number}.html"),))


def _year_page(page: int) -> str:
    return f"/news/{2024 - page}/index.html"


def _year_menu(place: Place) -> str:
    return "<div>" + "".join(f'<a href="{url}">{url[6:10]}年</a>' for url in place.urls) + "</div>"


def _second_half(number: int) -> str:
    text = f"<h1>第{number}号</h1><p>第{number}号消息的后一部分，其余内容从略，以正式文件为准。</p><p>联系人和电话见附件第{number}页。</p>"
    return f'{WAY}{text}<div class="page"><a href="/news/{number}.html">1</a> 2</div>'


def _worded(word: str, place: Place) -> str:
    return f'<div><a href="{place.next}">{word}</a></div>' if place.next else ""


def _paged() -> Iterator[Layout]:
    """Yield pagers of libraries."""
    forms = {
        "kkpager": "kkpager.generPageHtml({{pno:{n},total:{pages},totalRecords:{total},hrefFormer:'/news/index',hrefLatter:'.html',"
        "getLink:function(n){{return n==1?this.hrefFormer+this.hrefLatter:this.hrefFormer+'_'+n+this.hrefLatter;}}}});",
        "paging": (
            "$('#p').paging({{pageNo:{n},totalPage:{pages},totalSize:{total},callback:function(num){{window.location.href='/news/index_'+num+'.html'}}}})"
            ";"
        ),
        "settings": "var pager={{url:'/news/index_{{0}}.html',current:{n},total:{pages}}};Pager.render('#p',pager);",
        "class": "new PageBar('p',{{count:{pages},index:{n},href:'/news/index_*.html'.replace('*','{{page}}')}});",
        "on-change": (
            "new Pagination({{el:'#p',total:{total},current:{n},onChange:function(page){{location.href=`/news/index_${{page}}.html`}}}})"
            ";"
        ),
        "es": (
            "const go = (p) => window.location.assign('/news/index_' + p + '.html'); render(document.getElementById('p')"
            ", {n}, {pages}, go);"
        ),
        "ternary": "function toPage(i){{location.href = i==1 ? '/news/index.html' : '/news/index_'+i+'.html';}}"
        "$('#p').createPage({{pageCount:{pages},current:{n},backFn:function(p){{toPage(p);}}}});",
        "page-plugin": (
            "$('#p').Page({{totalPages:{pages},liNums:5,activeClass:'on',callBack:function(page){{window.location='/news/index_'+page+'.html';}}}})"
            ";"
        ),
        "bootstrap": (
            "$('#p').bootstrapPaginator({{currentPage:{n},totalPages:{pages},pageUrl:function(type,"
            "page,current){{return '/news/index_'+page+'.html';}}}});"
        ),
        "twbs": "$('#p').twbsPagination({{totalPages:{pages},startPage:{n},href:'/news/index_{{{{number}}}}.html'}});",
        "split": (
            "var parts=['/news/index','.html'];function turn(p){{location.href=parts[0]+'_'+p+parts[1];}}pager('p',{n},{pages},"
            "turn);"
        ),
    }
    for name, form in forms.items():
        yield Layout(name=f"library-{name}", reach=DERIVED, pager=partial(_scripted, form))
    queries = {
        "url-search": (
            "var u=new URL(location.href);u.searchParams.set('page',{n}+1);document.getElementById('p')"
            ".onclick=function(){{location.href=u.toString()}};"
        ),
        "replace-query": (
            "function goPage(p){{location.href=location.pathname+'?page='+p;}}laypage({{cont:'p',pages:{pages},"
            "curr:{n},jump:function(e,first){{if(!first)goPage(e.curr)}}}});"
        ),
        "vue-current": (
            "new Vue({{el:'#p',data:{{total:{total},page:{n}}},"
            "methods:{{handleCurrentChange(val){{window.location.href='/news/list.php?page='+val}}}}}})"
            ";"
        ),
    }
    for name, form in queries.items():
        yield Layout(
            name=f"library-{name}",
            reach=DERIVED,
            list_url=lambda n: "/news/list.php" + (f"?page={n}" if n > 1 else ""),
            pager=partial(_scripted, form),
        )
    attributes = {
        "percent": '<div class="pg" data-url="/news/index_%page%.html" data-cur="{n}" data-total="{pages}"></div>',
        "upper": '<div class="pg" data-link="/news/index_PAGENUM.html" data-page="{n}" data-pages="{pages}"></div>',
        "options": '<div class="pg" data-options="{{url:\'/news/index_{{page}}.html\',current:{n},total:{pages}}}"></div>',
        "json": '<div class="pg" data-config=\'{{"template":"/news/index_{{page}}.html","page":{n},"pages":{pages}}}\'></div>',
    }
    for name, form in attributes.items():
        yield Layout(name=f"library-data-{name}", reach=DERIVED, pager=partial(_attributed, form))


def _attributed(form: str, place: Place) -> str:
    return form.format(n=place.page, pages=place.pages, total=place.total)


def _scripted(form: str, place: Place) -> str:
    return f'<div id="p"></div><script>{_attributed(form, place)}</script>'


def _rows() -> Iterator[Layout]:
    """Yield rows whose addresses a script makes."""
    delegated = "$(document).on('click','.item',function(){var id=$(this).data('id');window.open('/news/'+id+'.html')})"
    forms = {
        "delegated": ('<div class="item" data-id="{r.number}"><b>{r.title}</b><i>{r.day}</i></div>', delegated),
        "listener": (
            '<li data-key="{r.number}"><b>{r.title}</b><i>{r.day}</i></li>',
            (
                "document.querySelectorAll('li[data-key]').forEach(li=>li.addEventListener('click',()=>{location.href='/news/'+li.dataset.key+'.html'})"
                ")"
            ),
        ),
        "this-id": (
            '<li id="{r.number}" onclick="show(this.id)"><b>{r.title}</b><i>{r.day}</i></li>',
            "function show(id){window.open('/news/'+id+'.html','_blank')}",
        ),
        "this-element": (
            '<li nid="{r.number}" onclick="show(this)"><b>{r.title}</b><i>{r.day}</i></li>',
            "function show(el){location.href='/news/'+el.getAttribute('nid')+'.html'}",
        ),
        "array-of-arrays": ("", ""),
        "path-twice": (
            "<li><a href=\"javascript:view('news','{r.number}')\">{r.title}</a><i>{r.day}</i></li>",
            "var root='/';function view(dir,id){var u=root+dir+'/'+id;u+='.html';window.location.href=u;}",
        ),
        "object-map": (
            '<li><a href="javascript:void(0)" onclick="App.open({{id:{r.number},type:\'news\'}})">{r.title}</a><i>{r.day}</i></li>',
            "var App={open:function(o){location.href='/'+o.type+'/'+o.id+'.html'}}",
        ),
        "table-row": (
            (
                "<tr style='cursor:pointer' onclick=\"window.open('/news/'+'{r.number}'+'.html')\"><td>{r.title}</td>"
                "<td>{r.day}</td></tr>"
            ),
            "",
        ),
        "closest": (
            '<div class="card"><input type="hidden" class="cid" value="{r.number}"><h3>{r.title}</h3><i>{r.day}</i></div>',
            "$('.card').click(function(){var id=$(this).find('.cid').val();window.location.href='/news/'+id+'.html'})",
        ),
    }
    for name, (form, script) in forms.items():
        if form:
            yield Layout(name=f"shown-{name}", reach=DERIVED, rows=formed(form), script=partial(_with, script))
    yield Layout(name="shown-array-of-arrays", reach=DERIVED, rows=_kept)


def _with(script: str, _: Place) -> str:
    return f"<script>{script}</script>"


def _kept(rows: Sequence[Row]) -> str:
    told = json.dumps([[r.number, r.title, str(r.day)] for r in rows], ensure_ascii=False)
    make = (
        "for(var i=0;i<news.length;i++){document.write('<li><a href=\"/news/'+news[i][0]+'.html\">"
        "'+news[i][1]+'</a>'+news[i][2]+'</li>');}"
    )
    return f"<ul><script>var news={told};{make}</script></ul>"


def _requested() -> Iterator[Layout]:
    """Yield lists that a request fills."""
    shows = "$.each(r.data.rows,function(i,n){h+='<li><a href=\"'+ctx+'/news/'+n.id+'.html\">'+n.title+'</a></li>'})"
    scripts = {
        "context": (
            (
                f"var ctx='';function load(pageNo){{$.ajax({{url:ctx+'/api/list',data:{{pageNo:pageNo,pageSize:10}},"
                f"success:function(r){{var h='';{shows};$('#l').html(h)}}}})}}load(1)"
            ),
            "pageNo",
        ),
        "base-url": (
            (
                "const http=axios.create({baseURL:'/api'});new Vue({el:'#l',data:{rows:[],q:{current:1,"
                "size:10}},created(){this.load()},methods:{load(){http.get('/list',{params:this.q}).then(r=>{this.rows=r.data.data.rows})},"
                "open(item){location.href='/news/'+item.id+'.html'}}})"
            ),
            "current",
        ),
        "async": (
            (
                "let pageIndex=1;async function load(){const res=await fetch(`/api/list?pageIndex=${pageIndex}&pageSize=10`)"
                ";const d=await res.json();document.querySelector('#l').innerHTML=d.data.rows.map(x=>`<li>"
                "<a href=\"/news/${x.id}.html\">${x.title}</a></li>`).join('')}load()"
            ),
            "pageIndex",
        ),
        "get-object": (
            (
                "var param={page:1,limit:10};function getList(){$.get('/api/list',param,function(r){var "
                'h=\'\';for(var i in r.data.rows){var o=r.data.rows[i];h+="<li onclick=\\"location.href=\'/news/"+o.id+".html\'\\">'
                "\"+o.title+'</li>'}$('#l').append(h)})}getList()"
            ),
            "page",
        ),
        "layui-flow": (
            (
                "layui.use('flow',function(){var flow=layui.flow;flow.load({elem:'#l',done:function(page,"
                "next){var lis=[];$.get('/api/list?page='+page,function(res){layui.each(res.data.rows,"
                "function(i,item){lis.push('<li><a href=\"/news/'+item.id+'.html\">'+item.title+'</a></li>"
                "')});next(lis.join(''),page<res.data.pages)})}})})"
            ),
            "page",
        ),
        "tabled": (
            (
                "layui.table.render({elem:'#l',url:'/api/list',page:true,request:{pageName:'page',limitName:'limit'},"
                "cols:[[{field:'title',templet:function(d){return '<a href=\"/news/'+d.id+'.html\">'+d.title+'</a>"
                "'}}]]})"
            ),
            "page",
        ),
        "datagrid": (
            (
                "$('#l').datagrid({url:'/api/list?page=1&rows=10',method:'get',columns:[[{field:'title',"
                "formatter:function(v,row){return '<a href=\"/news/'+row.id+'.html\">'+v+'</a>'}}]]})"
            ),
            "page",
        ),
    }
    for name, (script, parameter) in scripts.items():
        yield _asking(name, script, partial(_rows_answer, parameter))
    yield _asking(
        "has-next",
        (
            "var p=1;function more(){$.getJSON('/api/list',{p:p},function(d){$('#l').append(d.html)"
            ";if(d.hasNext){p++}})}more();$('#more').click(more)"
        ),
        _html_answer,
    )
    yield _asking(
        "xml",
        (
            "$.ajax({url:'/data/news.xml',dataType:'xml',success:function(x){$(x).find('item').each(function(){$('#l')"
            ".append('<li><a href=\"/news/'+$(this).attr('id')+'.html\">'+$(this).text()+'</a></li>"
            "')})}})"
        ),
        _xml_answer,
    )


def _asking(name: str, script: str, answer: Callable[[Layout, Asked], Answer | None]) -> Layout:
    page = f'{WAY}<h2>新闻</h2><ul id="l"></ul><button id="more">更多</button><script>{script}</script>'
    return Layout(name=f"asked-{name}", reach=DERIVED, lists_links=False, extra={FIRST: page}, respond=answer)


def _number(asked: Asked, name: str) -> int:
    text = parse_qs(urlsplit(asked.path).query).get(name, ["1"])[0]
    return int(text) if text.isdigit() else 1


def _rows_answer(parameter: str, layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/api/list"):
        return None
    shown = [{"id": r.number, "title": r.title, "day": str(r.day)} for r in layout.on_page(_number(asked, parameter))]
    told = {"code": 0, "data": {"rows": shown, "total": layout.articles, "pages": layout.pages}}
    return Answer(body=json.dumps(told, ensure_ascii=False), type=JSON)


def _html_answer(layout: Layout, asked: Asked) -> Answer | None:
    if not asked.path.startswith("/api/list"):
        return None
    page = _number(asked, "p")
    told = {"html": li_rows(layout.on_page(page)), "hasNext": page < layout.pages}
    return Answer(body=json.dumps(told, ensure_ascii=False), type=JSON)


def _xml_answer(layout: Layout, asked: Asked) -> Answer | None:
    if asked.path != "/data/news.xml":
        return None
    rows = (layout.row(n) for n in range(1, layout.articles + 1))
    items = "".join(f'<item id="{r.number}"><title>{r.title}</title><date>{r.day}</date></item>' for r in rows)
    return Answer(body=f'<?xml version="1.0" encoding="utf-8"?><news>{items}</news>', type=XML)


def _next_answer(layout: Layout, asked: Asked) -> Answer | None:
    path = urlsplit(asked.path).path
    if path != FIRST:
        return None
    page = _number(asked, "page")
    rows = [{"id": r.number, "slug": f"{r.number}.html", "title": r.title} for r in layout.on_page(page)]
    told = {
        "props": {"pageProps": {"list": rows, "page": page, "total": layout.articles}},
        "page": "/news",
        "buildId": "b7",
    }
    links = li_rows(layout.on_page(page))
    onward = f'<a href="{FIRST}?page={page + 1}">下一页</a>' if page < layout.pages else ""
    data = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(told, ensure_ascii=False)}</script>'
    return layout.html("新闻", f'<div id="__next">{WAY}{links}{onward}</div>{data}')


def _years() -> Iterator[Layout]:
    """Yield archives of which a year is chosen."""
    forms = {
        "years-form": (
            '<form action="/news/list.php" method="get"><select name="year">{options}</select><input '
            'type="submit" value="查询"></form>'
        ),
        "years-jump": "<select onchange=\"location.href='/news/list.php?year='+this.value\">{options}</select>",
        "years-jquery": (
            "<select id=\"y\">{options}</select><script>$('#y').change(function(){{location.href='/news/list.php?year='+$(this)"
            ".val()}})</script>"
        ),
        "years-buttons": '<div>{buttons}</div><script>function byYear(y){{location.href="/news/list.php?year="+y}}</script>',
    }
    for name, form in forms.items():
        yield Layout(
            name=name,
            reach=DERIVED,
            list_url=lambda n: f"/news/list.php?year={2024 - n}",
            pager=partial(_chosen, form),
        )


def _chosen(form: str, place: Place) -> str:
    years = [url[-4:] for url in place.urls]
    options = "".join(f'<option value="{year}">{year}年</option>' for year in years)
    buttons = "".join(f'<a href="javascript:byYear({year})">{year}年</a> ' for year in years)
    return form.format(options=options, buttons=buttons)
