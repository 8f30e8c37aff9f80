"""Layouts of further makers: older content systems whose addresses all stand in links, and frameworks that fill a list in its page."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bench.layouts.layout import Answer, Asked, Layout, Place, Reach, Row, formed, nothing, numbered

LINKS, DERIVED = Reach.LINKS, Reach.DERIVED
JSON, XML = "application/json", "text/xml"
FIRST = "/news/index.html"
WAY = f'<a href="/">首页</a><a href="{FIRST}">新闻</a>'


def layouts() -> Iterator[Layout]:
    yield from _older()
    yield from _pagers()
    yield from _shown()
    yield from _scripts()
    yield from _portals()


def _one(page: int) -> str:
    return FIRST if page == 1 else f"/news/index_{page}.html"


def _query(page: int) -> str:
    return "/news/list.php" + (f"?page={page}" if page > 1 else "")


def _filled(form: str, place: Place) -> str:
    told = {"n": place.page, "next": min(place.page + 1, place.pages), "pages": place.pages, "total": place.total}
    for name, value in told.items():
        form = form.replace(f"@{name}@", str(value))
    return form


def _older() -> Iterator[Layout]:
    """Yield systems of other makers, each with the addresses that it gives to lists and articles."""
    liferay = (
        "/web/guest/news?p_p_id=101_INSTANCE_x1&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view&p_p_col_id=column-1"
        "&p_p_col_count=1&_101_INSTANCE_x1_delta=10&_101_INSTANCE_x1_cur={}"
    )
    addresses: dict[str, tuple[Callable[[int], str], Callable[[int], str]]] = {
        "liferay": ("/web/guest/news/-/asset_publisher/x1/content/id/{}".format, liferay.format),
        "domino": (
            lambda n: f"/xw/news.nsf/0/{n:032X}?OpenDocument",
            lambda n: f"/xw/news.nsf/view1?OpenView&Start={(n - 1) * 10 + 1}",
        ),
        "plone": ("/news/item-{}".format, lambda n: "/news" + (f"?b_start:int={(n - 1) * 10}" if n > 1 else "")),
        "drupal-pagers": ("/node/{}".format, lambda n: "/xinwen" + (f"?page=0%2C{n - 1}" if n > 1 else "")),
        "struts": (
            "/newsAction!view.action?news.id={}".format,
            lambda n: "/newsAction!list.action?cid=3" + (f"&pager.offset={(n - 1) * 10}" if n > 1 else ""),
        ),
        "phpcms": (
            "/index.php?m=content&c=index&a=show&catid=12&id={}".format,
            lambda n: "/index.php?m=content&c=index&a=lists&catid=12" + (f"&page={n}" if n > 1 else ""),
        ),
        "empire": (
            "/xw/2023-09-28/{}.html".format,
            lambda n: "/xw/" if n == 1 else f"/e/action/ListInfo/?classid=3&page={n - 1}",
        ),
        "dedecms": ("/a/xw/2023/0928/{}.html".format, lambda n: "/a/xw/" if n == 1 else f"/a/xw/list_3_{n}.html"),
        "joomla": (
            "/index.php/news/{}-wen-zhang".format,
            lambda n: "/index.php/news" + (f"?start={(n - 1) * 10}" if n > 1 else ""),
        ),
        "kesion": ("/Item/{}.aspx".format, lambda n: "/xyxw/Index.html" if n == 1 else f"/xyxw/Index_{5 - n}.html"),
        "thinkphp": (
            "/index.php/home/news/detail/id/{}.html".format,
            lambda n: "/index.php/home/news/index/cid/4" + (f"/p/{n}.html" if n > 1 else ".html"),
        ),
        "sudy-older": (
            "/s/21/t/12/5a/11/info{}.htm".format,
            lambda n: f"/s/21/t/12/p/1/c/339/i/{n}/list.htm",
        ),
        "sharepoint": (
            "/Pages/NewsDetail.aspx?ID={}".format,
            lambda n: (
                "/Lists/News/AllItems.aspx" + (f"?Paged=TRUE&p_ID={n * 10}&PageFirstRow={n * 10 - 9}" if n > 1 else "")
            ),
        ),
        "power-easy": (
            "/Article/xyxw/2023/{}.html".format,
            lambda n: "/Article/ShowClass.asp?ClassID=7" + (f"&page={n}" if n > 1 else ""),
        ),
        "typecho": ("/archives/{}/".format, lambda n: "/category/news/" + (f"{n}/" if n > 1 else "")),
        "fkw": ("/nd.jsp?id={}".format, lambda n: "/col.jsp?id=103" + (f"&m31pageno={n}" if n > 1 else "")),
        "coldfusion": ("/news/view.cfm?nid={}".format, lambda n: f"/news/list.cfm?startrow={(n - 1) * 10 + 1}"),
        "servlet": (
            "/servlet/News;id={}".format,
            lambda n: "/servlet/NewsList" + (f";page={n}" if n > 1 else ""),
        ),
    }
    for name, (article, listed) in addresses.items():
        yield Layout(name=f"maker-{name}", reach=LINKS, article_url=article, list_url=listed, pager=_escaped)
    yield Layout(
        name="maker-hugo",
        reach=LINKS,
        article_url="/posts/2023/wen-{}/".format,
        list_url=lambda n: "/posts/" + (f"page/{n}/" if n > 1 else ""),
        rows=formed('<article><h2>{r.title}</h2><p>{r.day}</p><a href="{r.url}">阅读全文</a></article>'),
        pager=lambda p: f'<a class="pagination-next" href="{p.next}">较早的文章</a>' if p.next else "",
    )
    yield Layout(
        name="maker-spaced-address",
        reach=LINKS,
        rows=formed('<li><a href=" \n {r.url}\t">{r.title}</a><span>{r.day}</span></li>'),
        pager=lambda p: f'<a href="\n{p.next}#list">下一页</a>' if p.next else "",
    )
    yield Layout(
        name="maker-styled-list",
        reach=LINKS,
        rows=formed("<dl><dt>{r.day}</dt><dd><a href='{r.url}'><b>{r.title}</b></a></dd></dl>"),
        pager=lambda p: "".join(
            f"<li onclick=\"window.location.href='{u}'\">{n}</li>" for n, u in enumerate(p.urls, 1)
        ),
    )


def _escaped(place: Place) -> str:
    return numbered(place).replace("&", "&amp;")


def _pagers() -> Iterator[Layout]:
    """Yield pagers that scripts make, as scripts are written today."""
    click = "<a href='javascript:go(@next@)'>下一页</a>共@pages@页"
    forms: dict[str, tuple[Callable[[int], str], str]] = {
        "url-object": (
            _query,
            "<script>function go(n){const u=new URL(location.href);u.searchParams.set('page',n);location.href=u.toString()}</script>"
            + click,
        ),
        "url-object-based": (
            _query,
            "<script>function go(n){const u=new URL('/news/list.php',location.origin);u.searchParams.set('page',n);window.location=u}</script>"
            + click,
        ),
        "url-object-assigned": (
            _query,
            "<script>function go(n){var u=new URL(window.location);u.searchParams.append('page',String(n));location.assign(u.href)}</script>"
            + click,
        ),
        "array-from": (
            _one,
            (
                "<div id=pg></div><script>const all=@pages@;pg.innerHTML=Array.from({length:all},(_,i)=>"
                "`<a href=\"/news/index${i?'_'+(i+1):''}.html\">${i+1}</a>`).join('')</script>"
            ),
        ),
        "array-keys": (
            _one,
            (
                "<div id=pg></div><script>pg.innerHTML=[...Array(@pages@).keys()].slice(1).map(i=>'<a href=\"/news/index_'+(i+1)+"
                "'.html\">'+(i+1)+'</a>').join('')</script>"
            ),
        ),
        "found-value": (
            _query,
            (
                "<div class=pg><input class=cur type=hidden value=@n@><a onclick='nextp()'>下一页</a></div>共@pages@页<script>"
                "function nextp(){var n=Number($('.pg').find('.cur').val())+1;location.href='/news/list.php?page='+n}</script>"
            ),
        ),
        "padded": (
            lambda n: FIRST if n == 1 else f"/news/index_{n:03}.html",
            "<script>function go(n){location.href='/news/index_'+String(n).padStart(3,'0')+'.html'}</script>" + click,
        ),
        "object-entries": (
            _one,
            (
                "<script>const pages={2:'/news/index_2.html',3:'/news/index_3.html',4:'/news/index_4.html'};let h='';"
                "for(const [n,u] of Object.entries(pages)){h+=`<a href='${u}'>${n}</a>`}document.body.insertAdjacentHTML('beforeend',h)</script>"
            ),
        ),
        "ceil": (
            _one,
            (
                "<script>var total=@total@,size=10,h='';for(var i=2;i<=Math.ceil(total/size);i++)h+='<a href=\"index_'+i+"
                "'.html\">'+i+'</a>';document.write(h)</script>"
            ),
        ),
        "pattern": (
            _one,
            (
                "<script>function go(n){var u=location.pathname.replace(/(_\\d+)?\\.html$/,'_'+n+'.html');location.href=u}</script>"
                + click
            ),
        ),
        "listener-data": (
            _one,
            (
                "<button class='nx' data-p='@next@'>下一页</button>共@pages@页<script>document.querySelectorAll('.nx').forEach(b=>"
                "b.addEventListener('click',e=>{location.href=`/news/index_${e.currentTarget.dataset.p}.html`}))</script>"
            ),
        ),
        "form-set": (
            _query,
            (
                "<form id=f action='/news/list.php' method=get><input type=hidden name=page value=@n@></form><a href='javascript:go(@next@)'>"
                "下一页</a>共@pages@页<script>function go(n){document.forms['f'].elements['page'].value=n;document.forms['f'].submit()}</script>"
            ),
        ),
        "switch": (
            _one,
            (
                "<script>function go(w){var p=@n@;switch(w){case 'next':p++;break;case 'last':p=@pages@;break;}location.href='index_'+p+'.html'}"
                "</script><a onclick=\"go('next')\">下一页</a>共@pages@页"
            ),
        ),
    }
    for name, (url, form) in forms.items():
        yield Layout(name=f"today-{name}", reach=DERIVED, list_url=url, pager=partial(_filled, form))


def _shell(name: str, inner: str, respond: Callable[[Layout, Asked], Answer | None]) -> Layout:
    return Layout(
        name=name,
        reach=DERIVED,
        lists_links=False,
        home=WAY,
        respond=respond,
        extra={FIRST: f"{WAY}<h2>新闻</h2>{inner}"},
    )


def _row(row: Row) -> dict[str, Any]:
    return {"id": row.number, "title": row.title, "createTime": f"{row.day} 08:00:00", "cover": "/pic/a.jpg"}


def _rows(layout: Layout, page: int, rows: Sequence[Row]) -> Any:
    return {"code": 0, "data": {"total": layout.articles, "records": [*map(_row, rows)]}}


def _with_pages(layout: Layout, page: int, rows: Sequence[Row]) -> Any:
    return {"status": 1, "pages": layout.pages, "list": [*map(_row, rows)]}


def _items(layout: Layout, page: int, rows: Sequence[Row]) -> Any:
    onward = {"next_url": f"/feed.json?page={page + 1}"} if page < layout.pages else {}
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": r.url, "url": r.url, "title": r.title} for r in rows],
        **onward,
    }


def _odata(layout: Layout, asked: Asked) -> Answer | None:
    parts = urlsplit(asked.path)
    if parts.path != "/odata/News":
        return None
    given = parse_qs(parts.query)
    start, size = int(given.get("$skip", ["0"])[0]), int(given.get("$top", ["10"])[0])
    rows = [layout.row(n) for n in range(start + 1, min(start + size, layout.articles) + 1)]
    return Answer(
        body=json.dumps({"@odata.count": layout.articles, "value": [*map(_row, rows)]}, ensure_ascii=False), type=JSON
    )


def _api(
    path: str, parameter: str, shape: Callable[[Layout, int, Sequence[Row]], Any], layout: Layout, asked: Asked
) -> Answer | None:
    parts = urlsplit(asked.path)
    value = parse_qs(parts.query).get(parameter, ["1"])[0]
    if parts.path != path or not value.isdigit() or asked.method != "GET":
        return None
    page = int(value)
    rows = layout.on_page(page) if page else []
    return Answer(body=json.dumps(shape(layout, page, rows), ensure_ascii=False), type=JSON)


def _shown() -> Iterator[Layout]:
    """Yield frameworks whose templates stand in the page: a request brings the rows."""
    rows = partial(_api, "/api/news/page", "pageNo", _rows)
    forms = {
        "angular": (
            '<div ng-app="m" ng-controller="c"><li ng-repeat="item in list"><a ng-href="/news/{{item.id}}.html">{{item.title}}</a></li></div>'
            "<script>angular.module('m',[]).controller('c',function($scope,$http){$scope.p=1;$http.get('/api/news/page?pageNo='+$scope.p)"
            ".then(function(r){$scope.list=r.data.data.records})})</script>"
        ),
        "angular-params": (
            '<div ng-app="m" ng-controller="c"><li ng-repeat="v in rows track by v.id"><a href="/news/{{v.id}}.html" ng-bind="v.title">'
            "</a></li></div>"
            "<script>angular.module('m',[]).controller('c',['$scope','$http',function(s,h){h({method:'GET',url:'/api/news/page',params:{pageNo:1,"
            "pageSize:10}}).success(function(d){s.rows=d.data.records})}])</script>"
        ),
        "angular-click": (
            '<div ng-app="m" ng-controller="c"><li ng-repeat="v in rows" ng-click="show(v.id)">{{v.title}}</li></div>'
            "<script>angular.module('m',[]).controller('c',function($scope,$http,$window){$http.get('/api/news/page',{params:{pageNo:1}})"
            ".then(function(d){$scope.rows=d.data.data.records});$scope.show=function(id){$window.location.href='/news/'+id+'.html'}})</script>"
        ),
        "knockout": (
            "<ul data-bind=\"foreach: rows\"><li><a data-bind=\"attr: { href: '/news/' + id + '.html' }, text: title\"></a></li></ul>"
            "<script>var vm={rows:ko.observableArray([])};$.getJSON('/api/news/page?pageNo=1&pageSize=10',function(d){vm.rows(d.data.records)});"
            "ko.applyBindings(vm)</script>"
        ),
        "alpine": (
            '<div x-data="{rows:[]}" x-init="fetch(\'/api/news/page?pageNo=1\').then(r=>r.json()).then(d=>rows=d.data.records)">'
            '<template x-for="v in rows"><li><a :href="`/news/${v.id}.html`" x-text="v.title"></a></li></template></div>'
        ),
        "vue-click": (
            '<div id="vm"><li v-for="(v,i) in rows" :key="i" @click="go(v)">{{v.title}}</li></div><script>const {createApp,ref,onMounted}=Vue;'
            "createApp({setup(){const rows=ref([]);const page=ref(1);const go=v=>{location.href=`/news/${v.id}.html`};onMounted(async()=>{"
            "const r=await axios.get('/api/news/page',{params:{pageNo:page.value,pageSize:10}});rows.value=r.data.data.records});"
            "return {rows,go}}}).mount('#vm')</script>"
        ),
        "art-template": (
            '<div id="l"></div><script id="t" type="text/html">{{each list value index}}<a href="/news/{{value.id}}.html">'
            "{{value.title}}</a>{{/each}}"
            "</script><script>$.get('/api/news/page',{pageNo:1},function(d){$('#l').html(template('t',{list:d.data.records}))})</script>"
        ),
        "indexed-template": (
            '<div id="l"></div><script id="t" type="text/template"><% for(var i=0;i<list.length;i++){ %><a href="/news/<%=list[i].id%>.html">'
            "<%=list[i].title%></a><% } %></script><script>$.get('/api/news/page',{pageNo:1},function(d){$('#l').html(baidu.template('t',"
            "{list:d.data.records}))})</script>"
        ),
        "jsrender": (
            '<div id="l"></div><script id="t" type="text/x-jsrender"><li><a href="/news/{{:id}}.html">{{>title}}</a></li></script>'
            "<script>$.getJSON('/api/news/page',{pageNo:1},function(d){$('#l').html($.templates('#t').render(d.data.records))})</script>"
        ),
        "triple-braces": (
            '<div id="l"></div><script id="t" type="x-tmpl-mustache">{{#rows}}<a href="/news/{{{id}}}.html">{{title}}</a>{{/rows}}</script>'
            "<script>$.getJSON('/api/news/page',{pageNo:1},function(d){$('#l').html(Mustache.render($('#t').html(),{rows:d.data.records}))})</script>"
        ),
        "marked-element": (
            '<li id="tpl" style="display:none"><a href="/news/[id].html">[title]</a></li><ul id="l"></ul><script>$.getJSON(\'/api/news/page\','
            "{pageNo:1},function(d){$.each(d.data.records,function(i,v){$('#l').append('<li>'+$('#tpl').html().replace('[id]',v.id)"
            ".replace('[title]',v.title)+'</li>')})})</script>"
        ),
        "bound-table": (
            "<table class=\"easyui-datagrid\" data-options=\"url:'/api/news/page',method:'get',pagination:true,pageSize:10\"><thead><tr>"
            "<th data-options=\"field:'title',formatter:fmt\">标题</th></tr></thead></table><script>function fmt(v,"
            "row){return '<a href=\"/news/'+row.id"
            "+'.html\">'+v+'</a>'}</script>"
        ),
    }
    for name, inner in forms.items():
        respond = partial(_api, "/api/news/page", "page", _rows) if name == "bound-table" else rows
        yield _shell(f"shown-{name}", inner, respond)


def _scripts() -> Iterator[Layout]:
    """Yield requests whose script names what it asks for in further ways."""
    row = "'<li><a href=\"/news/'+v.id+'.html\">'+v.title+'</a></li>'"
    each = f"d.data.records.forEach(function(v){{$('#l').append({row})}})"
    rows = partial(_api, "/api/news/page", "pageNo", _rows)
    forms: dict[str, tuple[str, Callable[[Layout, Asked], Answer | None]]] = {
        "url-object": (
            (
                f"const u=new URL('/api/news/page',location.origin);u.searchParams.set('pageNo',1);u.searchParams.set('pageSize',10);"
                f"fetch(u).then(r=>r.json()).then(d=>{{{each}}})"
            ),
            rows,
        ),
        "request-object": (
            f"const req=new Request('/api/news/page?pageNo=1');fetch(req).then(r=>r.json()).then(d=>{{{each}}})",
            rows,
        ),
        "assigned-options": (
            (
                f"var base={{pageSize:10,type:'json'}};var q=Object.assign({{}},base,{{pageNo:1}});"
                f"$.ajax({{type:'get',url:'/api/news/page',data:q,success:function(d){{{each}}}}})"
            ),
            rows,
        ),
        "spread-options": (
            f"const q={{pageSize:10}};let pageNo=1;axios.get('/api/news/page',{{params:{{...q,pageNo}}}}).then(({{data:d}})=>{{{each}}})",
            rows,
        ),
        "wrapped": (
            (
                f"function http(o){{return $.ajax({{url:'/api'+o.url,type:'GET',data:o.data}})}}http({{url:'/news/page',data:{{pageNo:1,"
                f"pageSize:10}}}}).done(function(d){{{each}}})"
            ),
            rows,
        ),
        "pages-only": (
            (
                "var n=1;function load(){$.getJSON('/api/news/page?pageNo='+n,function(d){for(var k in d.list){var v=d.list[k];"
                f"$('#l').append({row})}}if(n<d.pages){{n++}}}})}}load()"
            ),
            partial(_api, "/api/news/page", "pageNo", _with_pages),
        ),
        "odata": (
            f"$.getJSON('/odata/News?$top=10&$skip=0&$count=true',function(d){{d.value.forEach(function(v){{$('#l').append({row})}})}})",
            _odata,
        ),
        "feed": (
            "fetch('/feed.json').then(r=>r.json()).then(d=>d.items.forEach(v=>{l.innerHTML+=`<a href=${v.url}>${v.title}</a>`}))",
            partial(_api, "/feed.json", "page", _items),
        ),
    }
    for name, (source, respond) in forms.items():
        yield _shell(f"asks-{name}", f"<ul id='l'></ul><script>{source}</script>", respond)


def _unit(layout: Layout, page: int, rows: Sequence[Row]) -> Any:
    html = "".join(f'<li class="clearfix"><a href="{r.url}">{r.title}</a><b>{r.day}</b></li>' for r in rows)
    pager = f'<div class="pagination" rows="10" count="{layout.articles}" pageno="{page}"></div>'
    return {"success": True, "data": {"html": f"<ul>{html}</ul>{pager}"}}


def _records(layout: Layout, asked: Asked) -> Answer | None:
    """Answer as a portal does: fragments of HTML as records of XML."""
    parts = urlsplit(asked.path)
    if parts.path != "/module/web/jpage/morecolumndataproxy.jsp":
        return None
    page = int(parse_qs(parts.query)["page"][0])
    records = "".join(
        f"<record><![CDATA[<li><a href='{r.url}'>{r.title}</a><span>{r.day}</span></li>]]></record>"
        for r in layout.on_page(page)
    )
    body = f"<datastore><nextgroup><![CDATA[]]></nextgroup><recordset>{records}</recordset></datastore>"
    return Answer(body=body, type=XML)


def _portals() -> Iterator[Layout]:
    """Yield portals whose list comes as fragments."""
    yield _shell(
        "portal-unit",
        (
            "<div id='u'></div><script>var no=1;function load(){$.ajax({url:'/common/search/unit?webId=12&tplSetId=a1&pageNo='+no,type:'get',"
            "dataType:'json',success:function(d){$('#u').html(d.data.html)}})}load()</script>"
        ),
        partial(_api, "/common/search/unit", "pageNo", _unit),
    )
    yield _shell(
        "portal-more",
        (
            "<ul id='u'></ul><a onclick='more()'>加载更多</a><script>var n=1;function more(){$.get('/module/web/jpage/morecolumndataproxy.jsp?page='"
            "+n+'&appid=1&webid=1&path=/&columnid=43&unitid=6412',function(x){$(x).find('record').each(function(){$('#u').append($(this).text())});n++})}"
            "more()</script>"
        ),
        _records,
    )
    yield Layout(
        name="portal-styled-xml",
        reach=LINKS,
        list_url=lambda n: f"/news/list{n}.xml",
        lists_links=False,
        respond=_styled,
        pager=nothing,
    )


def _styled(layout: Layout, asked: Asked) -> Answer | None:
    """Answer with lists that are XML, which a stylesheet shows."""
    if not asked.path.startswith("/news/list"):
        return None
    page = int(asked.path.removeprefix("/news/list").removesuffix(".xml"))
    if page > layout.pages:
        return None
    rows = "".join(f'<item href="{r.url}" date="{r.day}">{r.title}</item>' for r in layout.on_page(page))
    onward = f'<next href="/news/list{page + 1}.xml">下一页</next>' if page < layout.pages else ""
    head = '<?xml version="1.0" encoding="utf-8"?><?xml-stylesheet type="text/xsl" href="/xsl/list.xsl"?>'
    return Answer(body=f"{head}<list>{rows}{onward}</list>", type=XML)
