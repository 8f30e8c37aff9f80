"""云台师范大学 in the markup of Sudy WebPlus 苏迪: portlets, list2.htm, page numbers in `em`, a login wall."""

from collections.abc import Sequence

from tests.campus import media
from tests.campus.response import Response, page, redirect
from tests.campus.sites.parts import chunks, neighbours, paragraphs
from tests.campus.stories.webplus import HOT, NEWS, SECTIONS, STORIES
from tests.campus.story import Story

NAME = "云台师范大学"
SITE_ID = 264
PER_PAGE = 4
COLUMN = "/xxgk/list.htm"  # a column page: an article's markup without any date
WALL = "/2024/0410/c132a4590/page.htm"  # in a list; a login form with status 200
REDIRECT = "/2024/0411/c132a4591/page.htm"  # in a list; sends to the login
LOGIN = "/cas/login?service=%2F2024%2F0411%2Fc132a4591%2Fpage.htm"
WALLED = (("2024-04-10", WALL, "校内通知：期中教学检查安排"), ("2024-04-11", REDIRECT, "校内通知：会议室预约办法"))
ROBOTS = "User-agent: *\nDisallow: /_web/\nSitemap: @BASE@/sitemap.xml\n"
FOOTER = "Copyright © 云台师范大学 版权所有 地址：云台山市书院路九号"
FORBIDDEN = (FOOTER, "热点新闻", "上一篇", "下一篇", "浏览次数", "发布时间", "当前位置", "分享到")
SITEMAP = "/sitemap.xml"


def pages() -> dict[str, Response]:
    """Return every path of the host."""
    site = {"/": page(_home()), "/main.htm": page(_home()), "/robots.txt": page(ROBOTS, mime="text/plain")}
    site |= {SITEMAP: page(_sitemap(), charset=None, mime="application/xml"), COLUMN: page(_column())}
    site |= {WALL: page(_login()), LOGIN: page(_login()), REDIRECT: redirect(LOGIN)}
    for key, (_, name, stories) in SECTIONS.items():
        site |= {path: page(text) for path, text in _lists(key, name, stories)}
        site |= {
            path: page(_article(story, key, name, stories)) for story in stories for path in (story.path, *story.also)
        }
    site |= {path: media.picture(path) for story in STORIES for path in story.images}
    site |= {path: media.attachment(path) for story in STORIES for path in story.attachments}
    return site


def list_paths(key: str, stories: Sequence[Story]) -> list[str]:
    """List a column's pages newest first: list.htm, list2.htm, list3.htm."""
    return [f"/{key}/list{number or ''}.htm" for number in (0, *range(2, len(chunks(stories, PER_PAGE)) + 1))]


def _home() -> str:
    blocks = [
        f'<div class="post" frag="窗口{number}" portletmode="simpleNews"><h3 class="tit"><span class="title">'
        f"{name}</span>"
        f'<span class="more_btn"><a href="/{key}/list.htm" class="w9_more">更多</a></span></h3>'
        f"{_items(stories[:3])}</div>"
        for number, (key, (_, name, stories)) in enumerate(SECTIONS.items(), start=8)
    ]
    return _shell("首页", "".join(blocks))


def _lists(key: str, name: str, stories: Sequence[Story]) -> list[tuple[str, str]]:
    """Return (path, page) of every list page of a column."""
    paths, found = list_paths(key, stories), []
    for index, (path, chunk) in enumerate(zip(paths, chunks(stories, PER_PAGE), strict=True)):
        items = _items(chunk, walled=key == "xwzx" and index == 1)
        content = (
            f'{_position(key, name)}<div class="col_news_con" frag="面板6"><div class="col_news_list" frag="窗口6" '
            f"portletmode=\"simpleList\" configs=\"{{'c3':'14','c2':'序号,标题,发布时间'}}\">{items}"
            f'<div id="wp_paging_w6">{_pager(key, paths, index, len(stories))}</div></div></div>'
        )
        found.append((path, _shell(name, content)))
    return found


def _items(stories: Sequence[Story], *, walled: bool = False) -> str:
    rows = [(story.published[:10], story.path, story.title) for story in stories] + (list(WALLED) if walled else [])
    return (
        '<ul class="news_list list2">'
        + "".join(
            f'<li class="news n{number} clearfix"><span class="news_title">'
            f"<a href='{path}' target='_blank' title='{title}'>{title}"
            f'</a></span><span class="news_meta">{date}</span></li>'
            for number, (date, path, title) in enumerate(rows, start=1)
        )
        + "</ul>"
    )


def _pager(key: str, paths: Sequence[str], index: int, total: int) -> str:
    """Draw the pager; a link that leads nowhere is javascript:void(0), the first page is also list1.htm."""

    def link(kind: str, text: str, target: int) -> str:
        href = "javascript:void(0);" if not 0 <= target < len(paths) or target == index else paths[target]
        return f'<a class="{kind}" href="{href}" target="_self"><span>{text}</span></a>'

    return (
        '<ul class="wp_paging clearfix"><li class="pages_count"><span class="per_page">'
        f'每页&nbsp;<em class="per_count">{PER_PAGE}</em>'
        f'&nbsp;记录&nbsp;</span><span class="all_count">总共&nbsp;<em class="all_count">{total}</em>'
        "&nbsp;记录&nbsp;</span></li>"
        f'<li class="page_nav">{link("first", "第一页", 0)}{link("prev", "&lt;&lt;上一页", index - 1)}'
        f"{link('next', '下一页&gt;&gt;', index + 1)}{link('last', '尾页', len(paths) - 1)}</li>"
        f'<li class="page_jump"><span class="pages">页码&nbsp;<em class="curr_page">{index + 1}</em>'
        '/<em class="all_pages">'
        f'{len(paths)}</em></span><span><input class="pageNum" type="text" /></span><span><a class="pagingJump" '
        f'href="javascript:void(0);" target="_self">跳转到&nbsp;</a></span></li></ul><script type="text/javascript">'
        f'var reg = new RegExp("/list", "g"); var url = "/{key}/list.htm";</script>'
    )


def _article(story: Story, key: str, name: str, stories: Sequence[Story]) -> str:
    newer, older = neighbours(stories, story)
    number = story.path.split("/")[3].partition("a")[2]
    turn = "".join(
        f"<li>{word}：<a href='{other.path}' title='{other.title}'>{other.title}</a></li>"
        for word, other in (("上一篇", newer), ("下一篇", older))
        if other
    )
    content = (
        f'{_position(key, name)}<div class="infobox" frag="面板3"><div class="article" frag="窗口3" '
        'portletmode="simpleArticleAttri">'
        f'<h1 class="arti_title">{story.title}</h1><h2 class="arti_title"></h2><p class="arti_metas">'
        f'<span class="arti_publisher">发布者：{" ".join(story.people["发布者"])}</span>'
        f'<span class="arti_update">发布时间：{story.published.replace("T", " ")}</span>'
        '<span class="arti_views">浏览次数：<span class="WP_VisitCount" '
        f'url="/_visitcountdisplay?siteId={SITE_ID}&type=3&articleId='
        f'{number}">10</span></span></p><div class="entry"><div class="read"><div class=\'wp_articlecontent\'>'
        f"{paragraphs(story.blocks, 'text-indent:2em;line-height:1.75em;')}</div></div></div>"
        f'<ul class="wp_art_adjoin">{turn}</ul><div class="share">分享到：</div></div></div>'
    )
    return _shell(story.title, content)


def _column() -> str:
    text = (
        "云台师范大学前身为云台师范学堂，始建于1906年，设有十八个教学单位，以培养乡村教师为己任，毕业生遍布山区学校。"
    )
    content = (
        '<div class="infobox"><div class="article" portletmode="simpleArticleAttri"><h1 class="arti_title">'
        "学校概况</h1>"
        f"<div class='wp_articlecontent'>{paragraphs((text,))}</div></div></div>"
    )
    return _shell("学校概况", content)


def _login() -> str:
    """Draw a CAS login form, as a page of the intranet answers to everyone outside."""
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>统一身份认证平台</title></head><body><div id="login">'
        '<form id="fm1" class="fm-v clearfix" action="/cas/login" method="post"><h2>统一身份认证</h2>'
        '<input id="username" name="username" type="text" placeholder="学号/工号">'
        '<input id="password" name="password" type="password">'
        '<input type="hidden" name="lt" value="LT-1-campus"><input type="hidden" name="execution" value="e1s1">'
        '<input type="submit" value="登录"></form><p>忘记密码请联系信息中心。</p></div></body></html>'
    )


def _sitemap() -> str:
    urls = "".join(
        f"<url><loc>@BASE@{story.path}</loc><lastmod>{story.published[:10]}</lastmod></url>" for story in NEWS[:5]
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def _position(key: str, name: str) -> str:
    return (
        '<div class="col_news_head" frag="面板5"><ul class="col_metas clearfix" frag="窗口5" '
        'portletmode="simpleColumnAttri">'
        '<li class="col_path"><span class="path_name">当前位置：</span><a href="/main.htm" target="_self">首页</a>'
        f'<span class=\'possplit\'>&nbsp;&nbsp;</span><a href="/{key}/list.htm" target="_self">{name}</a></li></ul>'
        "</div>"
    )


def _shell(title: str, content: str) -> str:
    """Draw what every page has: head, navigation, the hot list, the footer."""
    spellings = [story.also[0] if story.also else story.path for story in (*HOT, NEWS[4])]
    hot = "".join(
        f"<li><a href='{path}' title='{story.title}'>{story.title}</a></li>"
        for path, story in zip(spellings, (*HOT, NEWS[4]), strict=True)
    )
    links = [
        ("/main.htm", "首页"),
        (COLUMN, "学校概况"),
        *((f"/{key}/list.htm", name) for key, (_, name, _) in SECTIONS.items()),
    ]
    nav = "".join(
        f'<li class="nav-item i{number}"><a href="{path}" title="{name}" target="_self"><span class="item-name">'
        f"{name}</span></a></li>"
        for number, (path, name) in enumerate(links, start=1)
    )
    return (
        '<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8" />'
        f'<title>{title}</title><link type="text/css" href="/_css/_system/system.css" rel="stylesheet"/>'
        f'<script language="javascript" src="/_js/jquery.min.js" sudy-wp-context="" sudy-wp-siteId="{SITE_ID}">'
        "</script>"
        '<script language="javascript" src="/_js/jquery.sudy.wp.visitcount.js"></script></head><body>'
        '<div class="wrapper header"><div class="navbox" frag="窗口1" portletmode="simpleSudyNavi">'
        f'<ul class="wp_nav">{nav}</ul></div></div>'
        f'<div class="wrapper" id="container"><div class="inner">{content}<div class="hot" frag="窗口9"><h3>'
        f"热点新闻</h3><ul>{hot}</ul></div>"
        f'</div></div><div class="footer" frag="面板111"><p>{FOOTER}</p></div></body></html>'
    )
