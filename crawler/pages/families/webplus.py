"""Sudy WebPlus 苏迪: 36 % of 120 counted university sites."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.pages.families.family import Family, css

# Before 2015 or so addresses began with the numbers of site and template: /s/24/t/923/67/d2/info92114.htm, /s/24/t/923/p/21/i/3/list.htm.
OLD = r"/s/\d+/t/\d+/"
PAGE = re.compile(r"^(.*/list)(\d{0,6})(\.(?:htm|psp))$")
ALL_PAGES = css("em.all_pages")
COUNT = re.compile(r"^\s*[0-9]{1,6}\s*$")


def next_pages(url: str, tree: HtmlElement, text: str) -> Iterable[str]:
    """Yield the next page where the pager's links are scripts: `list.htm`, `list2.htm` … up to `em.all_pages`."""
    page = PAGE.match(urlsplit(url).path)
    count = next((em.text for em in ALL_PAGES(tree) if COUNT.match(em.text or "")), None)
    if page and count:
        number = int(page[2] or 1) + 1
        if number <= int(count):
            yield f"{page[1]}{number}{page[3]}"


WEBPLUS = Family(
    name="webplus",
    label="苏迪 WebPlus",
    marks=(
        "wp_articlecontent",
        "Article_Content",
        "portletmode=",
        "/_upload/tpl/",
        "sudyNavi",
        "_portletPlugs",
        "wp_paging",
    ),
    article_url=rf"/c\d+a\d+/page\d*\.(?:htm|psp)|{OLD}(?:[0-9a-f]{{1,2}}/){{2}}info\d+\.(?:htm|jspy)$",
    url_tells=True,
    list_url=rf"/(?:list\d*|main)\.(?:htm|psp)$|{OLD}p/(?:\w+/)+list\.(?:htm|jspy)$",
    respell=((r"/(page|list|main)(\d*)\.psp$", r"/\1\2.htm"),),
    url_date=r"/(20\d\d|19\d\d)/(\d\d)(\d\d)/c\d+a\d+/",
    title=(".arti_title", ".arti-title", "[portletmode=simpleArticleAttri] h1", ".article_title", ".Article_Title"),
    body=(".wp_articlecontent", ".Article_Content"),
    # Span by span: they stand without a space between them, and 作者： is often empty.
    info=(".arti_metas > span", ".arti-metas > span", ".arti_metas", ".arti-metas", ".arti_update", ".arti_publisher"),
    trail=("[portletmode=simpleColumnAttri]",),
    junk=(".WP_VisitCount",),
    next_pages=next_pages,
    query_url=r"/_wp3services/generalQuery\b",  # a list that a script fills: the query names columns, a page and a number of rows
)
