"""Layouts of which something cannot be had: what is missing has to be told."""

from collections.abc import Iterator
from functools import partial

from bench.layouts.layout import UNIVERSITY, Answer, Asked, Layout, Place, Reach

GAP = Reach.GAP
LOGIN = (
    '<form action="/login" method="post"><h2>统一身份认证</h2>用户名<input name="username">'
    '密码<input type="password" name="password"><button>登录</button></form>'
)
SIGNED = "<script>var k=sign(now());$.ajax({type:'POST',url:api(k),success:show})</script>"


def layouts() -> Iterator[Layout]:
    pagers = {
        "gap-pager-bundle": '<div class="page">共{total}条 <a href="javascript:;" class="nx">下一页</a></div>',
        "gap-pager-bundle-untold": '<div class="page"><a href="javascript:;" class="nx">下一页</a></div>',
        "gap-pager-pages": '<div class="page">第{page}页/共{pages}页 <span class="nx">&raquo;</span></div>',
        "gap-pager-total": '<div class="page">共 {total} 条记录</div>',
        "gap-pager-postback": "<div class=\"page\"><a href=\"javascript:__doPostBack('pager','{onward}')\">下一页</a></div>",
        "gap-pager-form": '<form method="post" action=""><input name="page" value="{page}"><input type="submit" value="下一页">共{pages}页</form>',
        "gap-pager-dwr": '<a href="javascript:;" onclick="NewsService.list({onward}, 10, show)">下一页</a>',
        "gap-pager-button": '<button type="button" class="pg-next">下一页</button>',
        "gap-pager-more-words": '<div class="load-more">点击加载更多</div>',
        "gap-pager-shown": "<p>共找到 {total} 篇文章，显示第 1-10 篇</p>",
        "gap-pager-slash": "<span>{page} / {pages}</span><i class='r'></i>",
        "gap-pager-loaded": '<a href="javascript:void(0)" id="more">加载更多</a>',
    }
    for name, form in pagers.items():
        yield Layout(name=name, reach=GAP, pager=partial(_filled, form), script=_bundle)
    shells = {
        "gap-rows-script": '<h2>校园新闻</h2><div id="list"></div><script src="/js/list.min.js"></script>',
        "gap-application": '<div id="app"></div><script type="module" src="/assets/index.4f2a.js"></script>',
        "gap-request-signed": f'<h2>校园新闻</h2><div class="list"></div>{SIGNED}',
    }
    for name, shell in shells.items():
        yield Layout(name=name, reach=GAP, lists_links=False, extra={"/news/index.html": shell})
    posted = "<h2>新闻</h2><ul id='l'></ul><script>$.post('/api/list',{page:1,size:10},function(d){render(d)},'json')</script>"
    yield Layout(name="gap-request-posted", reach=GAP, lists_links=False, extra={"/news/index.html": posted})
    asked = "<h2>新闻</h2><ul id='l'></ul><script>$.getJSON('/api/list?page=1',function(d){render(d)})</script>"
    yield Layout(name="gap-request-broken", reach=GAP, lists_links=False, extra={"/news/index.html": asked})
    yield Layout(name="gap-login-later", reach=GAP, respond=partial(_instead, "/news/index_3", LOGIN))
    blank = "<p>暂无数据</p>"
    yield Layout(name="gap-blank-page", reach=GAP, respond=partial(_instead, "/news/index_2", blank))
    yield Layout(name="gap-missing-page", reach=GAP, respond=partial(_status, "/news/index_2", 404))
    yield Layout(name="gap-login-on-lists", reach=GAP, respond=partial(_instead, "/news/index", LOGIN))
    yield Layout(name="gap-robots-on-lists", reach=GAP, respond=_barred)
    yield Layout(name="gap-refused-lists", reach=GAP, respond=partial(_status, "/news/index", 403))
    yield Layout(name="gap-broken-page", reach=GAP, respond=partial(_status, "/news/index_3", 500))
    yield Layout(name="gap-refused-articles", reach=GAP, respond=partial(_status, "/news/2", 403))
    yield Layout(name="gap-broken-articles", reach=GAP, respond=partial(_status, "/news/3", 500))
    yield Layout(name="gap-nowhere", reach=GAP, menu="", crumb="", home="", lists_links=False)
    yield Layout(name="gap-home-only", reach=GAP, menu='<a href="/">首页</a>', crumb="", lists_links=False)


def _filled(form: str, place: Place) -> str:
    return form.format(total=place.total, page=place.page, pages=place.pages, onward=place.page + 1)


def _bundle(_: Place) -> str:
    return '<script src="/js/bundle.min.js"></script>'


def _instead(path: str, inner: str, layout: Layout, asked: Asked) -> Answer | None:
    return layout.html(f"登录-{UNIVERSITY}", inner) if asked.path.startswith(path) else None


def _status(path: str, status: int, layout: Layout, asked: Asked) -> Answer | None:
    return Answer(body="<h1>error</h1>", status=status) if asked.path.startswith(path) else None


def _barred(_: Layout, asked: Asked) -> Answer | None:
    rules = "User-agent: *\nDisallow: /news/index\n"
    return Answer(body=rules, type="text/plain") if asked.path == "/robots.txt" else None
