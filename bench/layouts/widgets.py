"""Layouts whose lists are drawn by a widget or a small framework: tables, templates, observers, custom elements, frames."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.layouts.layout import Answer, Asked, Layout, Place, Reach, Row, attribute, formed, li_rows, nothing

LINKS, DERIVED, GAP = Reach.LINKS, Reach.DERIVED, Reach.GAP
JSON = "application/json"
DRAWN = Path(__file__).parent / "drawn"  # what a list page holds in the place of its rows
Wrap = Callable[[list[dict[str, object]], int], object]


def layouts() -> Iterator[Layout]:
    yield from _drawn()
    yield from _loaded()
    yield from _files()
    yield from _handlers()
    yield from _pagers()
    yield from _closed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """How a widget asks for rows, and what it is answered."""

    path: str = "/api/news"
    page: str = "page"  # a parameter: a number, or the rows before it where it is called offset
    size: str = "size"
    wrap: Wrap = lambda rows, total: {"list": rows, "total": total}

    def answer(self, layout: Layout, asked: Asked) -> Answer | None:
        parts = urlsplit(asked.path)
        if parts.path != self.path or asked.method != "GET":
            return None
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        is_offset = self.page == "offset"
        number, per = query.get(self.page, "0" if is_offset else "1"), query.get(self.size, "10")
        if not (number.isdigit() and per.isdigit()):
            return Answer(body="", status=400)
        start = int(number) if is_offset else (int(number) - 1) * int(per)
        rows = [layout.row(n) for n in range(start + 1, min(layout.articles, start + int(per)) + 1)]
        answer = self.wrap(_items(rows), layout.articles)
        return Answer(body=json.dumps(answer, ensure_ascii=False), type=JSON)


def _items(rows: Sequence[Row]) -> list[dict[str, object]]:
    return [{"id": r.number, "title": r.title, "time": str(r.day)} for r in rows]


def _first(page: int) -> str:
    """Return the address of the one list page; the others are served to nobody."""
    return "/news/" if page == 1 else f"/news/none{page}"


def _rows(rows: list[dict[str, object]], total: int) -> object:
    return {"total": total, "rows": rows}


def _layui(rows: list[dict[str, object]], total: int) -> object:
    return {"code": 0, "count": total, "data": rows}


def _jqgrid(rows: list[dict[str, object]], total: int) -> object:
    return {"total": -(-total // 10), "records": total, "rows": rows}


def _linked(rows: list[dict[str, object]], total: int) -> object:
    return [{**row, "link": f"/news/{row['id']}.html"} for row in rows]


def _alone(rows: list[dict[str, object]], total: int) -> object:
    return {"data": rows}


APIS: Mapping[str, Api] = {  # of what asks otherwise than most do
    "bootstrap-table": Api(page="offset", size="limit", wrap=_rows),
    "bootstrap-table-script": Api(wrap=_rows),
    "datatables": Api(wrap=_alone),
    "jqgrid": Api(size="rows", wrap=_jqgrid),
    "easyui-datagrid": Api(size="rows", wrap=_rows),
    "layui-table": Api(size="limit", wrap=_layui),
    "layui-table-string": Api(size="limit", wrap=_layui),
    "wp-json": Api(path="/wp-json/wp/v2/posts", size="per_page", wrap=_linked),
}


def _drawn() -> Iterator[Layout]:
    """Yield lists that come by a request, and how rows are drawn of the answer."""
    for file in sorted(DRAWN.glob("[!.]*.html")):
        if not file.stem.startswith("closed-"):
            yield _in_one_page(file, DERIVED, APIS.get(file.stem, Api()).answer)


def _closed() -> Iterator[Layout]:
    """Yield lists that cannot be asked for in a way that is ours: they must be told."""
    for file in sorted(DRAWN.glob("closed-*.html")):
        yield _in_one_page(file, GAP, None)


def _in_one_page(file: Path, reach: Reach, respond: Callable[[Layout, Asked], Answer | None] | None) -> Layout:
    source = file.read_text("utf-8")
    return Layout(
        name=f"widget-{file.stem}",
        reach=reach,
        rows=lambda _: source,
        pager=nothing,
        list_url=_first,
        respond=respond,
    )


def _loaded() -> Iterator[Layout]:
    """Yield lists whose further parts an attribute names."""
    forms = {
        "htmx": '<div hx-get="/news/part@.html" hx-trigger="revealed" hx-swap="outerHTML">加载中</div>',
        "turbo": '<turbo-frame id="f@" src="/news/part@.html" loading="lazy"></turbo-frame>',
        "next-attribute": '<a class="more" href="javascript:;" data-next="/news/part@.html">查看更多</a>',
        "include": '<div data-include="/news/part@.html"></div>',
        "unpoly": '<button up-target=".list" up-href="/news/part@.html">更多</button>',
    }
    for name, form in forms.items():
        yield Layout(
            name=f"widget-{name}",
            reach=LINKS,
            list_url=_first,
            pager=partial(_onward, form),
            respond=partial(_part, form),
        )


def _onward(form: str, place: Place) -> str:
    return form.replace("@", "2") if place.page == 1 else ""


def _part(form: str, layout: Layout, asked: Asked) -> Answer | None:
    number = next((n for n in range(1, layout.pages + 1) if asked.path == f"/news/part{n}.html"), None)
    if number is None:
        return None
    onward = form.replace("@", str(number + 1)) if number < layout.pages else ""
    return Answer(body=li_rows(layout.on_page(number)) + onward)


def _files() -> Iterator[Layout]:
    """Yield lists that stand in a file, whole."""
    link = "'<li><a href=\"/news/'+{}+'.html\">'+{}+'</a></li>'"
    xml = (
        "$.ajax({url:'/data/list.xml',dataType:'xml',success:function(x){$(x).find('item').each(function(){"
        f"var id=$(this).attr('id'),t=$(this).find('title').text();$('#l').append({link.format('id', 't')})}})}}}})"
    )
    script = f"for(var i=0;i<newsData.length;i++){{document.write({link.format('newsData[i][0]', 'newsData[i][1]')})}}"
    rows = (
        "fetch('/data/list.json').then(function(r){return r.json()}).then(function(d){d.rows.forEach(function(n){"
        "var li=document.createElement('li');li.innerHTML='<a href=\"'+n.p+'\">'+n.t+'</a>';l.appendChild(li)})})"
    )
    files: dict[str, tuple[str, Callable[[Row], str], str, str]] = {
        "list.xml": (xml, _xml_item, "<?xml version='1.0' encoding='utf-8'?><list>{}</list>", "text/xml"),
        "list.js": (script, _array, "var newsData=[{}];", "application/javascript"),
        "list.json": (rows, _short_item, '{{"rows":[{}{{}}]}}', JSON),
    }
    for name, (source, item, around, type_) in files.items():
        file = '<script src="/data/list.js"></script>' if name == "list.js" else ""
        layout = Layout(name="", reach=DERIVED)
        body = around.format("".join(item(layout.row(n)) for n in range(1, layout.articles + 1)))
        yield Layout(
            name=f"widget-file-{name.partition('.')[2]}",
            reach=DERIVED,
            rows=partial(_held, f"<ul id='l'></ul>{file}<script>{source}</script>"),
            pager=nothing,
            list_url=_first,
            extra={f"/data/{name}": Answer(body=body, type=type_)},
        )


def _held(source: str, _: object) -> str:
    return source


def _xml_item(row: Row) -> str:
    return f'<item id="{row.number}"><title>{row.title}</title><date>{row.day}</date></item>'


def _array(row: Row) -> str:
    return f'["{row.number}","{row.title}","{row.day}"],'


def _short_item(row: Row) -> str:
    return json.dumps({"p": row.url, "t": row.title}, ensure_ascii=False) + ","


def _handlers() -> Iterator[Layout]:
    """Yield rows that are no links, and the script that runs when one is clicked."""
    item = "<li class='n' data-id='{r.number}'>{r.title} {r.day}</li>"
    forms = {
        "two-words": (
            "<li><a href='#' onclick=\"return go('news','{r.number}')\">{r.title}</a> {r.day}</li>",
            "function go(t,i){window.open('/'+t+'/'+i+'.html');return false}",
        ),
        "id-split": (
            "<li id='news_{r.number}'>{r.title} {r.day}</li>",
            "$('li').click(function(){var id=this.id.split('_')[1];location.href='/news/'+id+'.html'})",
        ),
        "assign": ("<tr onclick=\"location.assign('{r.url}')\"><td>{r.title}</td><td>{r.day}</td></tr>", ""),
        "listener": (
            item,
            (
                "document.querySelectorAll('.n').forEach(function(e){e.addEventListener('click',function(){"
                "location='/news/'+e.dataset.id+'.html'})})"
            ),
        ),
        "delegated": (
            item,
            "$(document).on('click','.n',function(e){window.open('/news/'+$(this).data('id')+'.html','_blank')})",
        ),
        "value": (
            "<li value='{r.number}'>{r.title} {r.day}</li>",
            "$('ul').on('click','li',function(){window.location.href='/news/'+$(this).attr('value')+'.html'})",
        ),
        "rel": (
            "<a rel='{r.number}' class='d' href='javascript:void(0)'>{r.title}</a> {r.day}<br>",
            "$('a.d').each(function(){$(this).attr('href','/news/'+$(this).attr('rel')+'.html')})",
        ),
        "closest": (
            "<div class='card' data-key='{r.number}'><h4>{r.title}</h4><p>{r.day}</p><span class='btn'>详情</span></div>",
            (
                "document.addEventListener('click',function(e){const c=e.target.closest('.card');"
                "if(c)location.href=`/news/${c.dataset.key}.html`})"
            ),
        ),
        "format": (
            '<a href="javascript:view({r.number})">{r.title}</a> {r.day}<br>',
            "var DETAIL='/news/{id}.html';function view(id){location.href=DETAIL.replace('{id}',id)}",
        ),
        "jump": (
            "<p><a href='javascript:;' data-link='{r.url}' class='jump'>{r.title}</a> {r.day}</p>",
            "$('.jump').click(function(){top.location.href=$(this).attr('data-link')})",
        ),
    }
    for name, (form, source) in forms.items():
        yield Layout(
            name=f"widget-row-{name}",
            reach=DERIVED,
            rows=formed(form),
            script=partial(_held, f"<script>{source}</script>"),
            home="",
        )
    yield Layout(name="widget-row-template", reach=LINKS, rows=_in_template, home="")
    yield Layout(name="widget-row-props", reach=DERIVED, rows=_in_props, home="")


def _in_template(rows: Sequence[Row]) -> str:
    shown = "l.appendChild(document.getElementById('t').content.cloneNode(true))"
    return f"<template id='t'>{li_rows(rows)}</template><div id='l'></div><script>{shown}</script>"


def _in_props(rows: Sequence[Row]) -> str:
    data = attribute(json.dumps({"list": _items(rows)}, ensure_ascii=False))
    shown = (
        "var p=JSON.parse(document.getElementById('app').dataset.props);p.list.forEach(function(n){"
        "document.write('<a href=\"/news/'+n.id+'.html\">'+n.title+'</a>')})"
    )
    return f'<div id="app" data-props="{data}"></div><script>{shown}</script>'


def _pagers() -> Iterator[Layout]:
    """Yield pagers that a script makes."""
    forms = {
        "twbs": (
            "<ul id='p'></ul><script>$('#p').twbsPagination({totalPages:@pages@,visiblePages:5,startPage:@n@,"
            "href:'/news/index_{{number}}.html'})</script>"
        ),
        "simple": (
            "<div id='p'></div><script>$('#p').pagination({items:@total@,itemsOnPage:10,currentPage:@n@,"
            "hrefTextPrefix:'/news/index_',hrefTextSuffix:'.html'})</script>"
        ),
        "braces": (
            "<div id='p' data-total='@pages@' data-page='@n@' data-url='/news/index_{page}.html'></div><script>var d=$('#p').data();"
            "for(var i=1;i<=d.total;i++){$('#p').append('<a href=\"'+d.url.replace('{page}',i)+'\">'+i+'</a>')}</script>"
        ),
        "ceil": (
            "<script>var total=@total@,size=10,pages=Math.ceil(total/size);for(var i=1;i<=pages;i++){"
            "document.write('<a href=\"/news/index_'+i+'.html\">'+i+'</a> ')}</script>"
        ),
        "dom": (
            "<div id='p'></div><script>(function(){var n=@n@,all=@pages@;if(n<all){var a=document.createElement('a');"
            "a.setAttribute('href','/news/index_'+(n+1)+'.html');a.appendChild(document.createTextNode('下一页'));"
            "document.getElementById('p').appendChild(a)}})()</script>"
        ),
        "pattern": (
            "<span>@n@/@pages@</span> <a href='javascript:next()'>下页</a><script>var cur=@n@,max=@pages@;function next(){"
            "if(cur<max){location.href=location.href.replace(/index(_\\d+)?\\.html/,'index_'+(cur+1)+'.html')}}</script>"
        ),
        "select": (
            "<select id='s'>@options@</select><script>$('#s').change(function(){location.href='/news/index_'+$(this).val()+'.html'})"
            "</script>"
        ),
        "typed": (
            "第@n@页 共@pages@页 <input id='k'><button onclick='jump()'>跳转</button><script>function jump(){"
            "var k=document.getElementById('k').value;if(k>0&&k<=@pages@)window.location='/news/index_'+k+'.html'}</script>"
        ),
    }
    for name, form in forms.items():
        default = Layout(name="", reach=DERIVED).list_url
        list_url = default if name in ("pattern", "dom") else "/news/index_{}.html".format
        yield Layout(name=f"widget-pager-{name}", reach=DERIVED, pager=partial(_paged, form), list_url=list_url)


def _paged(form: str, place: Place) -> str:
    options = "".join(f"<option value='{n}'>{n}</option>" for n in range(1, place.pages + 1))
    for key, value in {"n": place.page, "pages": place.pages, "total": place.total, "options": options}.items():
        form = form.replace(f"@{key}@", str(value))
    return form
