"""Layouts whose rows a script takes out of something, or whose address a handler makes of what their element has."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from bench.layouts.layout import Layout, Place, Reach, Row, formed, li_rows

LINKS, DERIVED, GAP, TRAP = Reach.LINKS, Reach.DERIVED, Reach.GAP, Reach.TRAP
FIRST = "/news/index.html"
BUNDLE = '<script src="/static/js/chunk-vendors.9d1e.js"></script><script src="/static/js/app.77ac.js"></script>'
SIGN_IN = '<h3>统一身份认证</h3><form method="post">用户名<input name="username">密码<input type="password" name="password"></form>'


def layouts() -> Iterator[Layout]:
    yield from _unpacked()
    yield from _called()


def _unpacked() -> Iterator[Layout]:
    """Yield lists whose rows a script takes out of something."""
    first = "<!--{}-->"
    holders = {
        "comment": "<div class='lazy'><!--{}--></div>",
        "comment-script": "<div id='d'><!--{}--></div><script>var d=document.getElementById('d');d.innerHTML=d.firstChild.nodeValue</script>",
        "comment-code": "<code class='hide' id='c1'><!--{}--></code><script>$('#box').html($('#c1').html().replace(/<!--|-->/g,''))</script>",
        "xmp": "<xmp style='display:none' id='x'>{}</xmp><script>document.write(document.getElementById('x').innerHTML)</script>",
        "noscript-lazy": "<div class='lazyload'><noscript>{}</noscript></div>",
        "comment-conditional": "<!--[if !IE]>{}<![endif]-->",
    }
    for name, form in holders.items():
        yield Layout(name=f"unpacked-{name}", reach=DERIVED, rows=partial(_held, form), pager=_plain, home="")
    yield Layout(
        name="unpacked-comment-old",
        reach=LINKS,
        rows=lambda rows: li_rows(rows) + first.format('<a href="/old/1.html">旧版第一条消息标题</a>'),
    )
    island = "<item><id>{r.number}</id><url>{r.url}</url><title>{r.title}</title><date>{r.day}</date></item>"
    yield Layout(
        name="unpacked-island",
        reach=DERIVED,
        rows=lambda rows: (
            f"<xml id='dso'><items>{formed(island)(rows)}</items></xml><table datasrc='#dso'><tr><td><a "
            f"datafld='url'><span datafld='title'></span></a></td></tr></table>"
        ),
    )
    yield Layout(
        name="unpacked-flight",
        reach=DERIVED,
        rows=lambda rows: (
            "<script>self.__next_f.push([1,"
            + json.dumps(
                "5:"
                + json.dumps(
                    [
                        "$",
                        "ul",
                        None,
                        {"children": [["$", "a", str(r.number), {"href": r.url, "children": r.title}] for r in rows]},
                    ],
                    ensure_ascii=False,
                )
                + "\n"
            )
            + "])</script>"
        ),
    )
    yield Layout(
        name="unpacked-nuxt-flat",
        reach=DERIVED,
        rows=lambda rows: (
            f'<script type="application/json" id="__NUXT_DATA__">{json.dumps(_flat(rows), ensure_ascii=False)}</script>'
        ),
    )
    yield Layout(
        name="unpacked-react-props",
        reach=DERIVED,
        rows=lambda rows: (
            f"<div id='list'></div><script>ReactDOM.render(React.createElement(NewsList,{{items:{_items(rows, 'id', 'title', 'href')}"
            f"}}),document.getElementById('list'))</script>"
        ),
    )
    yield Layout(
        name="unpacked-react-ids",
        reach=GAP,
        rows=lambda rows: (
            f"<div id='list'></div><script>ReactDOM.render(React.createElement(NewsList,{{items:{_items(rows, 'id', 'title')}"
            f"}}),document.getElementById('list'))</script>{BUNDLE}"
        ),
        home="",
    )
    yield Layout(
        name="unpacked-props",
        reach=DERIVED,
        rows=lambda rows: (
            "<news-list items='" + json.dumps([{"title": r.title, "link": r.url} for r in rows]) + "'></news-list>"
        ),
    )
    codes = {
        "codes": lambda r: "String.fromCharCode(" + ",".join(str(ord(c)) for c in r.url) + ")",
        "hex": lambda r: "'" + "".join(f"\\x{ord(c):02x}" for c in r.url) + "'",
        "unicode": lambda r: "'" + "".join(f"\\u{ord(c):04x}" for c in r.url) + "'",
        "base64": lambda r: f"atob('{base64.b64encode(r.url.encode()).decode()}')",
        "reversed": lambda r: f"'{r.url[::-1]}'.split('').reverse().join('')",
        "percent": lambda r: "decodeURIComponent('" + "".join(f"%{ord(c):02X}" for c in r.url) + "')",
        "escaped": lambda r: "unescape('" + "".join(f"%u{ord(c):04x}" for c in r.url) + "')",
        "pieces": lambda r: "'" + "'+'".join(r.url) + "'",
    }
    for name, code in codes.items():
        yield Layout(name=f"coded-{name}", reach=DERIVED, rows=partial(_coded, code))
    yield Layout(
        name="coded-attribute",
        reach=DERIVED,
        rows=lambda rows: (
            "".join(
                f"<li class='it' data-u='{base64.b64encode(r.url.encode()).decode()}'>{r.title} {r.day}</li>"
                for r in rows
            )
            + "<script>$('.it').click(function(){window.open(atob($(this).attr('data-u')))})</script>"
        ),
    )
    yield Layout(
        name="coded-shift",
        reach=GAP,
        pager=_plain,
        home="",
        rows=lambda rows: (
            "".join(
                f"<li class='it' data-k='{''.join(chr(ord(c) + 1) for c in r.url)}'>{r.title} {r.day}</li>"
                for r in rows
            )
            + (
                "<script>function dec(s){var o='';for(var i=0;i<s.length;i++){o+=String.fromCharCode(s.char"
                "CodeAt(i)-1)}return o}$('.it').on('click',function(){location.href=dec($(this).attr('data-"
                "k'))})</script>"
            )
        ),
    )


def _called() -> Iterator[Layout]:
    """Yield rows whose address a handler makes of what their element has."""
    rows = {
        "own-hash": "<li><a href='#n{r.number}' onclick='go(this.hash)'>{r.title}</a> {r.day}</li>",
        "own-id": "<li id='art{r.number}' onclick=\"location.href='/news/'+this.id.substring(3)+'.html'\">{r.title} {r.day}</li>",
        "own-id-replace": "<li id='art_{r.number}' onclick=\"location.href='/news/'+this.id.replace('art_','')+'.html'\">{r.title} {r.day}</li>",
        "own-id-split": "<li id='art_{r.number}' onclick=\"window.open('/news/'+this.id.split('_')[1]+'.html')\">{r.title} {r.day}</li>",
        "own-id-slice": "<p class='row' id='a{r.number}'>{r.title} {r.day}</p>",
        "own-name": "<li><a name='{r.number}' href='javascript:;' onclick='show(this)'>{r.title}</a> {r.day}</li>",
        "own-rel": "<li><a rel='{r.number}' class='nl' href='#'>{r.title}</a> {r.day}</li>",
        "own-title": "<li><a lang='{r.number}' href='javascript:void(0)' onclick=\"view(this.getAttribute('lang'))\">{r.title}</a> {r.day}</li>",
        "made-form": "<li><a href='javascript:openDoc({r.number})'>{r.title}</a> {r.day}</li>",
        "kept-form": "<li><a href='javascript:openDoc({r.number})'>{r.title}</a> {r.day}</li>",
        "vue-to": "<li><router-link :to=\"'/news/{r.number}.html'\">{r.title}</router-link> {r.day}</li>",
        "vue-to-path": "<li><router-link :to=\"{{path:'/news/{r.number}.html'}}\">{r.title}</router-link> {r.day}</li>",
        "vue-to-plain": "<li><router-link to='/news/{r.number}.html'>{r.title}</router-link> {r.day}</li>",
        "vue-href": "<li><a :href=\"'/news/{r.number}.html'\">{r.title}</a> {r.day}</li>",
        "vue-bind": "<li><a v-bind:href=\"'/news/'+{r.number}+'.html'\">{r.title}</a> {r.day}</li>",
        "vue-push": "<li><a @click=\"$router.push('/news/{r.number}.html')\">{r.title}</a> {r.day}</li>",
        "angular-link": "<li><a [routerLink]=\"['/news','{r.number}.html']\">{r.title}</a> {r.day}</li>",
        "angular-href": '<li><a ng-href="/news/{r.number}.html">{r.title}</a> {r.day}</li>',
        "template-literal": "<li><a href='javascript:;' onclick='location.href=`/news/${{{r.number}}}.html`'>{r.title}</a> {r.day}</li>",
        "top-open": "<li><a href='###' onclick=\"top.window.open('/news/{r.number}.html','_blank');return false;\">{r.title}</a> {r.day}</li>",
        "parent-frame": "<li><a href='javascript:;' onclick=\"parent.location.href='/news/{r.number}.html'\">{r.title}</a> {r.day}</li>",
        "show-modal": (
            "<li><a href='javascript:;' onclick=\"window.showModalDialog('/news/{r.number}.html',window"
            ",'dialogWidth:800px')\">{r.title}</a> {r.day}</li>"
        ),
        "layer-open": (
            "<li><a href='javascript:;' onclick=\"layer.open({{type:2,title:'详情',content:'/news/{r.numb"
            "er}.html'}})\">{r.title}</a> {r.day}</li>"
        ),
        "document-delegated": "<li data-nid='{r.number}'>{r.title} {r.day}</li>",
        "matched": "<li class='nitem' nid='{r.number}'>{r.title} {r.day}</li>",
        "touch": "<li ontouchend=\"location.href='/news/{r.number}.html'\">{r.title} {r.day}</li>",
        "key": (
            "<li tabindex=0 onkeydown=\"if(event.keyCode==13)location.href='/news/{r.number}.html'\" on"
            "click=\"location.href='/news/{r.number}.html'\">{r.title} {r.day}</li>"
        ),
        "jquery-data": "<li><a class='d' href='javascript:;'>{r.title}</a><input type='hidden' value='{r.number}'> {r.day}</li>",
        "closest": "<tr data-key='{r.number}'><td><span class='t'>{r.title}</span></td><td>{r.day}</td></tr>",
        "prefix-path": "<li onclick=\"go2('{r.number}')\">{r.title} {r.day}</li>",
    }
    scripts = {
        "own-hash": "function go(h){location.href='/news/'+h.substring(2)+'.html'}",
        "own-id-slice": "$('.row').click(function(){location.href='/news/'+this.id.slice(1)+'.html'})",
        "own-name": "function show(a){window.open('/news/'+a.name+'.html')}",
        "own-rel": "$('a.nl').click(function(){window.location='/news/'+$(this).attr('rel')+'.html';return false})",
        "own-title": "function view(n){window.location.href='/news/'+n+'.html'}",
        "made-form": (
            "function openDoc(n){var f=document.createElement('form');f.method='get';f.action='/news/'+"
            "n+'.html';document.body.appendChild(f);f.submit()}"
        ),
        "kept-form": (
            "function openDoc(n){document.forms['d'].action='/news/'+n+'.html';document.forms['d'].subm"
            "it()}</script><form name=d method=get target=_blank></form><script>"
        ),
        "document-delegated": (
            "document.addEventListener('click',function(e){var t=e.target.closest('[data-nid]');if(t){w"
            "indow.open('/news/'+t.dataset.nid+'.html')}})"
        ),
        "matched": "$(document).on('click','.nitem',function(){var n=$(this).attr('nid');location.href=['/news/',n,'.html'].join('')})",
        "jquery-data": "$('.d').click(function(){var n=$(this).next('input').val();window.open('/news/'+n+'.html')})",
        "closest": "$('.t').click(function(){var n=$(this).closest('tr').data('key');location.href='/news/'+n+'.html'})",
        "prefix-path": "var ctx='/news';function go2(n){var url=ctx+'/'+n+'.html';window.open(encodeURI(url))}",
    }
    for name, form in rows.items():
        script = f"<script>{scripts[name]}</script>" if name in scripts else ""
        reach = GAP if name == "kept-form" else DERIVED
        yield Layout(
            name=f"called-{name}",
            reach=reach,
            rows=formed(form),
            script=partial(_always, script),
            pager=_plain,
            home="",
        )


def _items(rows: Sequence[Row], *names: str) -> str:
    items = ({"id": row.number, "title": row.title, "href": row.url} for row in rows)
    return json.dumps([{name: item[name] for name in names} for item in items])


def _held(form: str, rows: Sequence[Row]) -> str:
    return form.format(li_rows(rows))


def _flat(rows: Sequence[Row]) -> list[object]:
    """Return rows as Nuxt 3 keeps them: every value once, and its place where it is used."""
    flat: list[object] = [["Reactive", 1], {"data": 2}, {"news": 3}, [4 + n * 4 for n in range(len(rows))]]
    for row in rows:
        at = len(flat)
        flat += [{"title": at + 1, "path": at + 2, "date": at + 3}, row.title, row.url, str(row.day)]
    return flat


def _coded(code: Callable[[Row], str], rows: Sequence[Row]) -> str:
    return (
        "<ul>"
        + "".join(
            f'<li><a href="javascript:void(0)" onclick="location.href={code(r)}">{r.title}</a> {r.day}</li>'
            for r in rows
        )
        + "</ul>"
    )


def _always(html: str, _: object) -> str:
    return html


def _plain(place: Place) -> str:
    return '<div class="page">' + "".join(f'<a href="{url}">{n}</a> ' for n, url in enumerate(place.urls, 1)) + "</div>"
