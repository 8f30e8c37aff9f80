"""Links that scripts make: what a page's own scripts say is found without running them, and nothing else is asked for."""

import json
from dataclasses import replace
from time import process_time

import pytest

from crawler.items import Kind, Link, Obstacle, Role
from crawler.pages.discovery.listing import Listing, read_answer
from crawler.pages.discovery.scripts import Deed, Scripts
from crawler.pages.reading import read
from crawler.urls import posted
from tests.pages.test_discovery import HOST, SITE, capture, links, roles

PAGE = "/xw/index.html"


def onward(html: str, path: str = PAGE) -> list[str]:
    """Return the further pages that a list names."""
    return [url for url, link in links(html, path).items() if link.role is Role.NEXT]


def asked(html: str, path: str = PAGE) -> list[Link]:
    """Return the requests that fill a list."""
    return [link for link in links(html, path).values() if "#" in link.fetch_url]


@pytest.mark.parametrize(
    "html",
    [
        "<script>for(var i=2;i<=2;i++) document.write('<a href=\"index_'+i+'.html\">'+i+'</a>')</script>共2页",
        "<a href='javascript:go(2)'>下一页</a><script>function go(n){ location.href = 'index_' + n + '.html'; }</script>",
        "<a href='#' onclick='go(2);return false'>下一页</a>"
        "<script>var pre='index_', ext='.html'; function go(p){ location.replace(pre + p + ext) }</script>",
        "第1页/共2页<script>laypage({pages: 2, jump: function(o, first){ if(!first) location.href = `index_${o.curr}.html` }})</script>",
        "1/2<script>$('.p').pagination({totalPage: 2, callBack: function(n){ if(n==1) location.href='index.html'; "
        "else location.href='index_'+n+'.html'; }})</script>",
        "<script>createPageHTML('pg', 2, 1, 'index', 'html', 20)</script>",
        "<select onchange=\"location.href='index_'+this.value+'.html'\"><option value=2>2</option></select>",
        "<a href='#' class=p data-page=2>2</a>"
        "<script>$('.p').click(function(){ location.href='index_'+$(this).data('page')+'.html' })</script>",
        "<a data-url='index_{page}.html'>加载更多</a> 1/2",
        "<button onclick=\"location.href='index_2.html'\">下一页</button>",
        "<button formaction='index_2.html'>下一页</button>",
        "<div class=scroll data-next='/xw/index_2.html'></div>",
        "<div hx-get='/xw/index_2.html' hx-trigger=revealed></div>",
        "<nav data-url-template='/xw/index_:page.html' data-pages=2 data-page=1></nav>",
        "<script>new Pager({total: 2, link: '/xw/index_{page}.html'})</script>",
        "<script>$('.p').pagination({pageCount: 2, link: function(n){ return '/xw/index_' + n + '.html' }})</script>",
        "<script>var p=1; function more(){ p++; $.get('/xw/index_'+p+'.html', function(h){ $('#l').append(h) }) }</script>",
        "<script>document.write(unescape('%3Ca%20href%3D%22index_2.html%22%3E2%3C/a%3E'))</script>",
        "<a href=index_2.html><img src=/i/next.gif></a>",
        "<a href=index_2.html><i class='icon next'></i></a>",
        "<a href=index_2.html>下一頁</a>",
        "<a href=index_2.html>查看更多</a>",
        "<a href=index_2.html>下一页</a><script>var o = {}; function keep(k){ o[k] = location.href }</script>",
        "<a href='javascript:pg.go(2)'>下一页</a><script>function Pager(u){ this.u = u } "
        "Pager.prototype.go = function(n){ location.href = this.u + n + '.html' }; var pg = new Pager('index_')</script>",
        "<a href='javascript:go(2)'>2</a><script>var T='index_#.html'; function go(p){ location.href = T.replace(/#/g, p) }</script>",
        "<p id=p></p><script>(function(){ var a = document.createElement('a'); a.setAttribute('href', 'index_' + (1 + 1) + '.html'); "
        "document.getElementById('p').appendChild(a) })()</script>",
        "<a class=nx>下一页</a><script>$('.nx').attr('href', 'index_' + (1 + 1) + '.html')</script>",
        "<script>$('#p').bootstrapPaginator({totalPages: 2, pageUrl: function(type, page){ return 'index_' + page + '.html' }})</script>",
        "<script>new Vue({methods: {handleCurrentChange(val){ location.href = 'index_' + val + '.html' }}})</script>1/2",
        "<div data-url=/xw/index_%page%.html data-page=1></div>1/2",
        "<div data-options=\"{url: '/xw/index_{page}.html', current: 1}\"></div>",
        "<select id=y><option value=2>2</option></select>"
        "<script>$('#y').change(function(){ location.href = 'index_' + $(this).val() + '.html' })</script>",
        "<a href='javascript:go(2)'>下一页</a><script>function go(n){ const u = new URL('/xw/', location.origin); "
        "u.pathname = `/xw/index_${n}.html`; location = u }</script>",
        "<script>document.write(Array.from({length: 2}, (_, i) => `<a href=\"index_${i + 1}.html\">${i + 1}</a>`).join(''))</script>",
        "<script>e.innerHTML = [...Array(3).keys()].slice(2).map(n => '<a href=\"index_' + n + '.html\">' + n + '</a>').join('')</script>",
        "<script>for (const [n, u] of Object.entries({2: 'index_2.html'})) document.write(`<a href='${u}'>${n}</a>`)</script>",
        "<a onclick='go(2)'>下一页</a><script>function go(n){ "
        "location.href = location.pathname.replace(/(_\\d+)?\\.html$/, '_' + n + '.html') }</script>",
        "<a onclick='go(2)'>下一页</a><script>function go(n){ var f = location.pathname.split('/').pop().split('.')[0]; "
        "location.href = f + '_' + n + '.html' }</script>",
        "<a onclick=\"go('next')\">下一页</a>共2页<script>function go(w){ var p = 1; switch (w) { case 'next': p++; break; case 'last': p = 9 } "
        "location.href = 'index_' + p + '.html' }</script>",
        "<script>class P { constructor(o){ this.o = o } url(n){ return `${this.o.name}_${n}.html` } "
        "show(){ document.write(`<a href='${this.url(2)}'>2</a>`) } } new P({name: 'index'}).show()</script>",
        "<script>(function($){ $.fn.pages = function(o){ var s = $.extend({from: 2}, o); "
        "this.html('<a href=\"' + s.name + '_' + s.from + '.html\">2</a>') } })(jQuery); $('#p').pages({name: 'index'})</script>",
        "<ul class=p><li>1</li><li>2</li></ul><script>$('.p li').click(function(){ location.href = 'index_' + $(this).text() + '.html' })</script>",
        "<ul class=p><li>1</li><li>2</li></ul><script>$('.p li').click(function(){ "
        "var n = $(this).index() + 1; location.href = 'index_' + n + '.html' })</script>",
        "<a onclick='go(2)'>下一页</a><script>function go(n){ setTimeout(\"location.href='index_\" + n + \".html'\", 9) }</script>",
        "<script>new InfiniteScroll('ul', {path: 'index_{{#}}.html'})</script>共2页",
        "<script>kkpager.init({pno: 1, total: 2, hrefFormer: 'index', hrefLatter: '.html'})</script>",
        "<script>showPages('/xw/index_{p}.html', 2, 1)</script>",
        "<script>Page.init({url: '/xw/index_', suffix: '.html', total: 2})</script>",
        "<script>var nextPageUrl = '/xw/index_2.html'</script>",
        "<a class=p rel=2>2</a><script>$('.p').each(function(){ $(this).attr('href', 'index_' + $(this).attr('rel') + '.html') })</script>",
        "<script>[...new Set([2])].forEach(n => document.write('<a href=\"index_' + n + '.html\">' + n + '</a>'))</script>",
        "1/2<input id=g><input type=button onclick='to()'><script>function to(){ var p = document.getElementById('g').value; if (p > 2) p = 2; "
        "location.href = 'index_' + p + '.html' }</script>",
        "<a href='javascript:go(1)'>下一页</a><script>var at = 1; function go(d){ "
        "location.href = 'index_' + Math.min(2, Math.max(1, at + d)) + '.html' }</script>",
        "<script>document.write('<a href=\"index_{0}.html\">2</a>'.replace(/\\{(\\d)\\}/g, function(m, i){ return [2][i] }))</script>",
    ],
)
def test_a_pager_leads_to_the_page_after_this_one(html: str) -> None:
    assert "/xw/index_2.html" in links(html, PAGE)


def test_a_script_that_works_with_the_address_of_its_page_knows_it() -> None:
    script = "const q = new URLSearchParams(location.search); q.set('page', +(q.get('page') || 1) + 1)"
    html = (
        f"<a onclick='go()'>下一页</a>共3页<script>function go(){{ {script}; location.search = q.toString() }}</script>"
    )
    assert onward(html, "/xw/list.php?cid=5&page=2") == ["/xw/list.php?cid=5&page=3"]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(\\w+\\s?)*x", "\\d+\\d+\\d+\\d+x"])
def test_a_pattern_of_a_script_that_may_take_long_is_not_searched_for(pattern: str) -> None:
    before = process_time()
    Scripts((f"var s = '{'a' * 200}'; location.href = s.replace(/{pattern}/, '') + '.html'",))
    assert process_time() - before < 1


def test_what_a_page_does_not_say_its_file_of_scripts_may() -> None:
    html = (
        "<script src='/js/jquery.js'></script><script src='/js/own.js'></script><a href='javascript:turn(2)'>下一页</a>"
    )
    page = capture(html, PAGE)
    alone = read(page, SITE)
    assert alone.further == (f"{HOST}/js/own.js",)
    file = capture("function turn(n){ location.href = 'index_' + n + '.html' }", "/js/own.js")
    whole = read(page, SITE, [file])
    assert f"{HOST}/xw/index_2.html" in {link.url for link in whole.links if link.role is Role.NEXT}
    assert whole.further == ()


def test_rows_that_hand_their_address_to_anybody_are_links_and_numbers_are_an_obstacle() -> None:
    named = "".join(f"<li onclick=\"show('/xw/{n}.html', 800)\">学校召开第{n}次会议</li>" for n in range(4))
    assert {f"/xw/{n}.html" for n in range(4)} <= links(named, PAGE).keys()
    numbered = "".join(f"<li onclick='show({n})'>学校召开第{n}次会议</li>" for n in range(4))
    figures = read(capture(numbered, PAGE), SITE).figures
    assert figures is not None
    assert figures.obstacles == (Obstacle.SCRIPT,)


def test_a_pager_by_script_goes_on_where_it_stands_and_ends_at_its_last_page() -> None:
    script = "<script>Pager({callback: function(num){ location.href = 'list_' + num + '.html' }})</script>"
    assert onward(f"第2页 共3页{script}", "/xw/list_2.html") == ["/xw/list_3.html"]
    assert onward(f"第3页 共3页{script}", "/xw/list_3.html") == []


def test_the_file_names_of_a_library_count_from_where_the_call_says() -> None:
    assert onward("<script>createPageHTML(4, 0, 'index', 'html')</script>") == ["/xw/index_1.html"]
    assert onward("<script>createPageHTML(4, 3, 'index', 'html')</script>", "/xw/index_3.html") == []


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li onclick='show(\"31\")'>会议</li></ul><script>function show(id){ location.href = '/a/' + id + '.html' }</script>",
        "<a href='javascript:show(31)'>学校召开教学工作会议</a><script>var root='/a/'; function show(n){ window.open(root + n + '.html') }</script>",
        "<div class=r data-id=31>会议</div><script>$('.r').on('click', function(){ location.href='/a/'+$(this).data('id')+'.html' })</script>",
        "<div class=r data-news-id=31>会议</div><script>rows.forEach(el => el.onclick = () => window.open(`/a/${el.dataset.newsId}.html`))</script>",
        "<table><tr data-href='/a/31.html'><td>学校召开教学工作会议</td></tr></table>",
        "<li onclick=\"window.open('/a/31.html')\">学校召开教学工作会议</li>",
        "<script>var d=[{id:31,t:'会议'}]; d.forEach(function(x){ $('#l').append('<a href=\"/a/'+x.id+'.html\">'+x.t+'</a>') })</script>",
        "<script>window.DATA = {list: [{title: '学校召开教学工作会议', url: '/a/31.html'}]}</script>",
        "<li onclick='d(31)'>会议</li><script>function d(i){ var a = document.createElement('a'); a.href = '/a/' + i + '.html'; a.click() }</script>",
        "<a href='javascript:v(31)'>学校召开教学工作会议</a><script>var root = location.protocol + '//' + location.host + '/'; "
        "function v(n){ window.open(root + 'a/' + n + '.html') }</script>",
        "<ul style='display:none'><li><a href=/a/31.html>学校召开教学工作会议</a></li></ul>",
        "<textarea><a href='/a/31.html'>学校召开教学工作会议</a></textarea>",
        "<div class=c><input type=hidden value=31>学校召开教学工作会议</div>"
        "<script>$('.c').click(function(){ location.href = '/a/' + $(this).find('input').val() + '.html' })</script>",
        "<script>var d = [{id: 31, t: '会议'}]; e.innerHTML = d.map(({id, t}) => `<a href='/a/${id}.html'>${t}</a>`).join('')</script>",
        "<script>show({list: [{u: '/a/31.html', t: '教学工作会议'}]})</script>",
        "<script>document.write('<div><a href=\"/a/'); document.write('31.html\">会议</a></div>')</script>",
        "<li id=n31 onclick=\"location.href='/a/'+this.id.substring(1)+'.html'\">会议</li>",
        "<li id=n_31 onclick=\"location.href='/a/'+this.id.split('_')[1]+'.html'\">会议</li>",
        "<p class=r id=n31>会议</p><script>$('.r').click(function(){ location.href = '/a/' + this.id.replace('n', '') + '.html' })</script>",
        "<a href='#n31' onclick='go(this.hash)'>会议</a><script>function go(h){ location.href = '/a/' + h.slice(2) + '.html' }</script>",
        "<p class=r data-u=L2EvMzEuaHRtbA==>会议</p><script>$('.r').click(function(){ window.open(atob($(this).data('u'))) })</script>",
        "<li onclick=\"location.href='lmth.13/a/'.split('').reverse().join('')\">会议</li>",
        "<li onclick='location.href=String.fromCharCode(47,97,47,51,49)+\".html\"'>会议</li>",
        "<li onclick='d(31)'>会议</li><script>function d(i){ var f = document.createElement('form'); f.method = 'get'; "
        "f.action = '/a/' + i + '.html'; document.body.appendChild(f); f.submit() }</script>",
        "<router-link :to=\"'/a/31.html'\">会议</router-link>",
        "<router-link :to=\"{path: '/a/31.html'}\">会议</router-link>",
        "<a @click=\"$router.push('/a/31.html')\">会议</a>",
        "<a [routerLink]=\"['/a', '31.html']\">会议</a>",
        "<a onclick=\"layer.open({type: 2, content: '/a/31.html'})\">会议</a>",
        "<li class='r n-31'>会议</li><script>$('.r').click(function(){ "
        "location.href = '/a/' + this.className.match(/n-(\\d+)/)[1] + '.html' })</script>",
        "<li id=n31 onclick=\"location.href='/a/' + /\\d+/.exec(this.id)[0] + '.html'\">会议</li>",
        "<div data-url='/a/{id}.html'><a data-id=31>会议</a></div>",
        "<news-item href='/a/31.html' title='教学工作会议'></news-item>",
        "<script>const e = React.createElement; show(e('a', {href: '/a/' + 31 + '.html'}, '会议'))</script>",
        "<p @click='go(n.id)'></p><script>new Vue({data(){ return {rows: [{id: 31, title: '教学工作会议'}]} }, "
        "methods: {go(id){ location.href = '/a/' + id + '.html' }}})</script>",
        '<div data-rows=\'[{"id": 31, "title": "教学工作会议"}]\'></div><script>JSON.parse(e.dataset.rows).forEach(v => '
        "document.write('<a href=\"/a/' + v.id + '.html\">' + v.title + '</a>'))</script>",
        "<div class=later><!-- <a href='/a/31.html'>会议</a> --></div>",
        "<xmp><a href='/a/31.html'>会议</a></xmp>",
        "<xml id=d><i><url>/a/31.html</url><title>学校召开教学工作会议</title></i></xml>",
        '<script id=__NUXT_DATA__ type="application/json">[{"rows":1},[2],{"title":3,"path":4},"教学工作会议","/a/31.html"]</script>',
        """<script>self.__next_f.push([1,"3:[\\"$\\",\\"a\\",null,{\\"href\\":\\"/a/31.html\\",\\"children\\":\\"教学工作会议\\"}]\\n"])</script>""",
    ],
)
def test_a_row_that_a_script_makes_is_a_link(html: str) -> None:
    assert "/a/31.html" in links(html, PAGE)


@pytest.mark.parametrize(
    "html",
    [
        "<script>function show(id){ location.href = '/a/' + id + '.html' }</script>",  # nothing says which
        "<a href='/a/{{id}}.html'>{{title}}</a>",
        "<a href=\"/a/' + id + '.html\">x</a>",
        "<script>var u = other() + '.html'; document.write('<a href=\"' + u + '\">x</a>')</script>",
        "<a href='javascript:show(other)'>学校召开教学工作会议</a><script>function show(n){ window.open('/a/' + n + '.html') }</script>",
        "<ul><li>会议</li><!-- <li><a href='/a/30.html'>已撤下</a></li> --></ul>",  # taken out for good
        "<li id=n31 onclick=\"location.href='/a/'+this.id.split('_')[1]+'.html'\">会议</li>",
    ],
)
def test_an_address_that_is_half_known_is_not_asked_for(html: str) -> None:
    assert [url for url in links(html, PAGE) if url != "/"] == []


def test_rows_that_are_hidden_make_a_list() -> None:
    rows = "".join(
        f"<li style='display:none'><a href=/a/{n}.html>学校召开第{n}次会议</a> 2024-05-0{n}</li>" for n in range(1, 7)
    )
    reading = read(capture(f"<html><body><ul>{rows}</ul></body></html>", PAGE), SITE)
    assert reading.kind is Kind.LIST
    assert {link.role for link in reading.links} == {Role.ARTICLE}


def test_a_request_that_fills_a_list_is_asked_for_and_read_as_its_script_reads_it() -> None:
    script = (
        "<script>function load(n){ $.getJSON('/api/list', {page: n, size: 2}, function(d){ $.each(d.rows, function(i, v){ "
        "$('#l').append('<a href=\"/a/' + v.id + '.html\">' + v.title + '</a>') }) }) } load(1)</script>"
    )
    (link,) = asked(script)
    assert (link.url, link.role) == (f"{HOST}/api/list?page=1&size=2", Role.LIST)
    answer = json.dumps({"total": 3, "rows": [{"id": 31, "title": "会议"}, {"id": 32, "title": "讲座"}]})
    reading = read(replace(capture(answer), url=link.fetch_url), SITE)
    assert reading.kind is Kind.LIST
    assert reading.figures is not None
    assert reading.figures.articles == 3
    rows = [link.url.removeprefix(HOST) for link in reading.links]
    assert rows == ["/a/31.html", "/a/32.html", "/api/list?page=2&size=2"]
    last = json.dumps({"total": 3, "rows": [{"id": 33, "title": "公示"}]})
    following = read(replace(capture(last), url=reading.links[-1].fetch_url), SITE)
    assert [link.url.removeprefix(HOST) for link in following.links] == ["/a/33.html"]


@pytest.mark.parametrize(
    "script",
    [
        "const http = axios.create({baseURL: '/api'}); http.get('/list', {params: {page: 1}}).then(r => ROWS)",
        "const service = axios.create({baseURL: '/api'}); service({url: '/list', params: {page: 1}}).then(r => ROWS)",
        "async function f(){ const d = await (await fetch('/api/list?page=1')).json(); "
        "e.innerHTML = d.rows.map(v => `<a href='/a/${v.id}.html'>x</a>`).join('') } f()",
        "layui.table.render({url: '/api/list', page: true, cols: [[{templet: function(v){ return '<a href=\"/a/' + v.id + '.html\">x</a>' }}]]})",
        "$.get('/api/list', {page: 1}, function(r){ h = '<li onclick=\"location.href=\\'/a/' + r.id + '.html\\'\">x</li>'; $('#l').append(h) })",
        "$.ajax({url: '/api/list?page=1', success: function(x){ "
        "$(x).find('item').each(function(){ $('#l').append('<a href=\"/a/' + $(this).attr('id') + '.html\">x</a>') }) }})",
        "const u = new URL('/api/list', location.origin); u.searchParams.set('page', 1); fetch(new Request(u)).then(r => ROWS)",
        "$.ajax({url: '/api/list', data: 'page=1', success: function(r){ ROWS } })",
        "const q = {size: 10}; let page = 1; axios.get('/api/list', {params: {page, ...q}}).then(r => ROWS)",
        "$.get('/api/list?page=1&_=' + new Date().getTime(), function(r){ ROWS })",
        "$('#l').bootstrapTable({url: '/api/list', sidePagination: 'server', pageSize: 10, "
        "queryParams: function(p){ return {page: p.offset / p.limit + 1} }, "
        "columns: [{formatter: function(t, v){ return '<a href=\"/a/' + v.id + '.html\">x</a>' }}]})",
        "$('#l').jqGrid({url: '/api/list', datatype: 'json', mtype: 'GET', rowNum: 10, "
        "colModel: [{formatter: function(t, o, v){ return '<a href=\"/a/' + v.id + '.html\">x</a>' }}]})",
        "$('#l').DataTable({ajax: '/api/list?page=1', columns: [{render: function(d, t, v){ return '<a href=\"/a/' + v.id + '.html\">x</a>' }}]})",
    ],
)
def test_a_list_is_filled_in_many_ways(script: str) -> None:
    rows = "{ for (const v of r.data) document.write('<a href=\"/a/' + v.id + '.html\">x</a>') }"
    (link,) = asked(f"<ul id=l></ul><script>{script.replace('ROWS', rows)}</script>")
    assert link.url.startswith(f"{HOST}/api/list?page=1")
    xml = '<?xml version="1.0"?><news><item id="31">会议</item></news>'
    for answer in (json.dumps({"data": {"rows": [{"id": 31, "title": "会议"}]}}), xml):
        found = read(replace(capture(answer), url=link.fetch_url), SITE).links
        assert f"{HOST}/a/31.html" in {one.url for one in found}


@pytest.mark.parametrize(
    "html",
    [
        "<li ng-repeat='v in rows'><a ng-href='/a/{{v.id}}.html'>{{v.title}}</a></li>"
        "<script>c(function($http){ $http.get('/api/list?page=1') })</script>",
        "<ul data-bind='foreach: rows'><a data-bind=\"attr: {href: '/a/' + id + '.html'}, text: title\"></a></ul>"
        "<script>$.getJSON('/api/list?page=1', f)</script>",
        "<div x-data='{rows: []}' x-init=\"fetch('/api/list?page=1').then(r => rows = r)\"><a :href='`/a/${v.id}.html`'></a></div>",
        "<script type=text/html><%for(;;){%><a href='/a/<%=list[i].id%>.html'><%}%></script>"
        "<script>$.get('/api/list', {page: 1}, f)</script>",
        "<script type=text/x-jsrender><a href='/a/{{:id}}.html'>{{>title}}</a></script><script>$.get('/api/list', {page: 1}, f)</script>",
        "<table class=easyui-datagrid data-options=\"url:'/api/list',method:'get',pagination:true\">"
        "<th data-options=\"field:'t',formatter:f\">题</th></table>"
        "<script>function f(v, r){ return '<a href=\"/a/' + r.id + '.html\">' + v + '</a>' }</script>",
    ],
)
def test_a_framework_in_the_page_says_what_address_its_rows_have(html: str) -> None:
    if "x-data" in html:
        html = html.replace("<a :href", "<template x-for='v in rows'><a :href").replace(
            "</a></div>", "</a></template></div>"
        )
    (link,) = asked(html)
    answer = json.dumps({"data": {"rows": [{"id": 31, "title": "会议"}]}})
    found = read(replace(capture(answer), url=link.fetch_url), SITE).links
    assert f"{HOST}/a/31.html" in {one.url for one in found}


@pytest.mark.parametrize(
    "html",
    [
        "<news-list src=/api/list></news-list><script>customElements.define('news-list', class extends HTMLElement { connectedCallback(){ "
        "fetch(this.getAttribute('src') + '?page=1').then(r => r.json()).then(d => ROWS) } })</script>",
        "<ul class=l data-api=/api/list></ul><ul class=l data-api=/img/a.png></ul><script>document.querySelectorAll('.l').forEach(el => "
        "fetch(el.dataset.api + '?page=1').then(d => ROWS))</script>",
        "<ul class=l data-api='/api/list?page=1'></ul><script>$('.l').each(function(){ $.getJSON($(this).data('api'), d => ROWS) })</script>",
    ],
)
def test_what_a_script_asks_for_may_stand_in_an_attribute_of_an_element(html: str) -> None:
    rows = "{ for (const v of d.rows) document.write('<a href=\"/a/' + v.id + '.html\">x</a>') }"
    assert {link.url for link in asked(html.replace("ROWS", rows))} == {f"{HOST}/api/list?page=1"}


def test_of_two_totals_the_larger_one_counts_the_rows() -> None:
    answer = read_answer(b'{"page": 1, "total": 4, "records": 36, "rows": []}', Listing(row="/a/{id}.html"))
    assert answer is not None
    assert answer.total == 36


def test_the_number_of_a_column_stands_in_a_hidden_field() -> None:
    (link,) = asked(
        "<input type=hidden id=cid value=5><script>$.get('/api/list', {cid: $('#cid').val(), page: 1}, f)</script>"
    )
    assert link.url == f"{HOST}/api/list?cid=5&page=1"


def test_the_years_of_an_archive_are_chosen_in_a_form() -> None:
    html = "<form action=/xw/list.php><select name=year><option value=2023>2023年</option></select></form>"
    assert "/xw/list.php?year=2023" in links(html, PAGE)


def test_a_query_by_post_is_made_only_where_a_family_knows_it() -> None:
    script = "<script>$.post('{url}', {{siteId: 27, pageIndex: 1, rows: 10}}, function(d){{}})</script>"
    (link,) = asked(script.format(url="/_wp3services/generalQuery?queryObj=articles"))
    assert posted(link.fetch_url) == (
        f"{HOST}/_wp3services/generalQuery?queryObj=articles",
        "siteId=27&pageIndex=1&rows=10",
    )
    assert asked(script.format(url="/api/vote")) == []


def test_the_fragment_of_an_address_keeps_what_its_answer_does_not_say() -> None:
    listing = Listing(pages=f"{HOST}/api?p={{page}}", at=3, row="/a/{id}.html", base=f"{HOST}/xw/")
    assert Listing.of(listing.address or "") == listing
    assert Listing.of(f"{HOST}/xw/#top") is None


ROWS = "".join(f"<p><a href=/xw/{n}.html>图书馆举行开放日第{n}号消息</a> 2024-05-0{n}</p>" for n in range(1, 7))
MENU = "<a href=/xw/index.html>校园新闻</a>"


@pytest.mark.parametrize(
    ("html", "obstacle"),
    [
        ("共80条 1/8 <a href='javascript:;' onclick='nobodyKnows(2)'>下一页</a>", Obstacle.PAGER_SCRIPT),
        ("<form method=post><input name=pageNo>页</form>共80条 1/8", Obstacle.PAGER_POST),
        ("<a href=\"javascript:__doPostBack('pager','2')\">2</a>", Obstacle.PAGER_POST),
        ("<div id=app></div><script src=/app.js></script>", Obstacle.APPLICATION),
        ("<ul id=l></ul><script>$.post('/api/list', {page: 1}, function(d){})</script>", Obstacle.REQUESTS),
        (f"{MENU}<ul id=l></ul><script>$.post('/api/list', {{page: 1}}, function(d){{}})</script>", Obstacle.REQUESTS),
        (f"{MENU}<div>正在加载…</div><script src=/list.js></script>", Obstacle.SCRIPT),
        (f"{ROWS}<div id=pagination></div><script>eval(p)</script>", Obstacle.PAGER_SCRIPT),
        (f"{ROWS}<ul class=pager><li>1</li><li>2</li></ul><script src=/a.js></script>", Obstacle.PAGER_SCRIPT),
        (f"{ROWS}<a href='#2'>2</a> <a href='#3'>3</a>", Obstacle.PAGER_SCRIPT),
        (f"{ROWS}<p>下拉加载更多</p>", Obstacle.PAGER_SCRIPT),
        (ROWS + "".join(f"<span onclick=year({n})>{n}年</span>" for n in range(2019, 2024)), Obstacle.PAGER_SCRIPT),
        (f"{ROWS}<button>历史新闻</button>", Obstacle.PAGER_SCRIPT),
        (f"{ROWS}<button class=btn-next></button>", Obstacle.PAGER_SCRIPT),
        (f"{ROWS}<div class=pagecode></div><script src=/a.js></script>", Obstacle.PAGER_SCRIPT),
        (f"{ROWS}<script>new IntersectionObserver(e => loadMore())</script>", Obstacle.PAGER_SCRIPT),
        (f"{ROWS}<script>$('ul').dropload({{loadDownFn: f}})</script>", Obstacle.PAGER_SCRIPT),
        (f"{ROWS}<div class=van-list></div><script src=/a.js></script>", Obstacle.PAGER_SCRIPT),
        (
            f"{ROWS}<ul class=ant-pagination><li><a rel=nofollow>1</a></li><li><a rel=nofollow>2</a></li></ul><script src=/a.js></script>",
            Obstacle.PAGER_SCRIPT,
        ),
        (
            "".join(f"<li><a href='javascript:openDoc(3{n})'>图书馆举行开放日第{n}号消息</a></li>" for n in range(1, 7))
            + "<script>function openDoc(n){ document.forms[0].action = '/a/' + n; document.forms[0].submit() }</script>",
            Obstacle.SCRIPT,
        ),
        (
            "<ul id=l></ul><button>加载更多</button><script>var lastId = 0; $.getJSON('/api/list?lastId=' + lastId, "
            "function(r){ r.forEach(v => $('#l').append('<a href=\"/a/' + v.id + '.html\">' + v.t + '</a>')) })</script>",
            Obstacle.PAGER_SCRIPT,
        ),
        (
            "".join(f"<p>图书馆举行开放日第{n}号消息 2024-05-0{n}</p>" for n in range(1, 7))
            + MENU
            + "<script src=/a.js></script>",
            Obstacle.SCRIPT,
        ),
        ("".join(f"<li>图书馆举行开放日活动第{n}号消息 2024-05-0{n}</li>" for n in range(1, 7)) * 2, Obstacle.SCRIPT),
        (f"{ROWS}<form method=post><select name=page><option>2</select></form>", Obstacle.PAGER_POST),
    ],
)
def test_a_list_says_what_keeps_it_from_being_read(html: str, obstacle: Obstacle) -> None:
    reading = read(capture(f"<html><body>{html}</body></html>", PAGE), SITE)
    assert reading.figures is not None
    assert obstacle in reading.figures.obstacles


@pytest.mark.parametrize(
    "html",
    [
        "<div class=share><a href='#'>微博</a><a href='javascript:;'>更多</a></div>",
        "<div class=carousel><button class=next>Next</button></div>",
        "<form method=post><input name=keyword><input type=hidden name=page value=1></form>",
        "<a href=\"javascript:__doPostBack('login','')\">登录</a>",
        "<a class=disabled href='javascript:;'>下一页</a>",
        "<div class=page></div>",
        "<div id=page-header></div><script src=/a.js></script>",
        "<span class=next>&gt;</span><ul class=scrollpic></ul>",
        "".join(f"<h3 onclick=fold({n})>{n}年</h3><p>{n}-05-01</p>" for n in range(2021, 2024)),
        f"<div style='display:none'>{ROWS}</div><a href='javascript:;'>查看更多</a>",
    ],
)
def test_what_only_looks_like_a_pager_keeps_nothing_from_being_read(html: str) -> None:
    reading = read(capture(f"<html><body>{ROWS}{html}</body></html>", PAGE), SITE)
    assert not (reading.figures and reading.figures.obstacles)


@pytest.mark.parametrize(
    ("html", "articles"),
    [
        ("显示 1 - 10 / 36", 36),
        ("Showing 1 to 10 of 36 entries", 36),
        ("信息总数：36", 36),
        ("合计：36条", 36),
        ("记录数：36", 36),
        ("Displaying 1-10 of 36", 36),
        ("全站文章总数：4521 篇", None),
        ("<script>var pageInfo = {total: 36, pageSize: 10};</script>", 36),
        ("<div data-total=36 data-size=10></div>", 36),
        ("<a href=/xw/9.html>师生提出意见共156条</a>", None),
    ],
)
def test_a_list_says_in_many_ways_how_many_articles_it_has(html: str, articles: int | None) -> None:
    figures = read(capture(f"<html><body>{ROWS}{html}</body></html>", PAGE), SITE).figures
    assert (figures.articles if figures else None) == articles


def test_a_list_says_how_much_it_has() -> None:
    figures = read(
        capture("<html><body><ul><li>无</li></ul>共120条 2/8 <a href=3.html>下一页</a></body></html>", PAGE), SITE
    ).figures
    assert figures is not None
    assert (figures.articles, figures.page, figures.pages) == (120, 2, 8)


def test_a_seed_that_leads_nowhere_is_looked_for_from_above() -> None:
    site = replace(SITE, articles=(f"{HOST}/xw/yw/2024/31.html",))
    found = roles("<h1>学校召开会议</h1><p>发布时间：2024-05-06</p>", "/xw/yw/2024/31.html", site)
    assert list(found) == ["/xw/yw/2024/", "/xw/yw/", "/xw/", "/", "/index.htm", "/index.html"]


@pytest.mark.parametrize(
    "source",
    [
        "for(;;){}",
        "function f(){ f() } f()",
        "var s='ab'; while(true){ s += s }",
        "var a=[1]; for(var i=0;i<1e9;i++){ a.push(a) }",
        "f(" * 5000,
        "x" + "+'a'" * 5000,
        "(" * 20000,
        "function a(n){ for(var i=0;i<100;i++) a(n+1) } a(0)",
    ],
)
def test_a_script_without_end_is_left_in_bounded_time(source: str) -> None:
    started = process_time()
    Scripts((source,))
    assert process_time() - started < 3


def test_the_scripts_of_a_page_share_their_variables_and_a_click_changes_none() -> None:
    scripts = Scripts(("var base='/a/'; var n=1;", "function go(){ n++; location.href = base + n }"))
    first, second = scripts.click("go()"), scripts.click("go()")
    assert first == second
    assert (first[0].deed, first[0].text.parts) == (Deed.GO, ("/a/2",))


def test_no_click_depends_on_those_before_it() -> None:
    source = "var seen = []; function go(n) { seen.push(n); location.href = '/list/' + seen.length + '.htm?' + n }"
    scripts = Scripts((source,))
    scripts.click("go(3)")
    assert scripts.click("go(4)") == Scripts((source,)).click("go(4)") != []


def test_the_rows_a_page_keeps_are_those_before_any_click() -> None:
    scripts = Scripts(("var rows = [{url: '/a/1.html', title: '会议'}];",))
    scripts.click("rows.push({url: '/a/2.html'}); rows[0].url = '/b'; other = rows; location.href = '/c'")
    assert scripts.values == [[{"url": "/a/1.html", "title": "会议"}]]


def test_a_library_written_into_the_page_is_not_gone_through() -> None:
    own = "function go(n) { location.href = '/list/' + n + '.htm' }"
    library = f"!function(w){{{'function f(a){return a}' * 200}location.href='/x/'}}(window);"
    page = f"<script>{library}</script><script>{own}</script><a onclick='go(2)'>更多</a>"
    assert list(links(page)) == ["/list/2.htm"]


def test_what_a_library_costs_takes_nothing_from_the_functions_behind_it() -> None:
    costly = "".join(f"function c{n}(){{ for(var i=0;i<100;i++) for(var j=0;j<100;j++) x+=j }}" for n in range(3))
    scripts = Scripts((costly + "function next(page){ location.href = 'list_' + page + '.htm' }",))
    assert [one.deed for one in scripts.found] == [Deed.GO]
