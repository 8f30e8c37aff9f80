"""JEECMS: a Java system of libraries, alumni and research institutes. Its pager is a script: `index.jhtml`, then `index_2.jhtml` and so on."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.pages.families.family import Family

PAGE_COUNT = re.compile(r"共\s*\d{1,9}\s*条(?:记录)?\s*(\d{1,6})\s*/\s*(\d{1,6})\s*页")  # 共 186 条记录 1/10 页
LIST = re.compile(r"^(.*/index)(?:_\d+)?(\.jhtml)$")


def next_pages(url: str, tree: HtmlElement, text: str) -> Iterable[str]:
    """Yield the next page of a list, whose pager is `onclick="location.href='index_2.jhtml'"`."""
    pager, path = PAGE_COUNT.search(text), LIST.match(urlsplit(url).path)
    if pager and path and int(pager[1]) < int(pager[2]):
        yield f"{path[1]}_{int(pager[1]) + 1}{path[2]}"


JEECMS = Family(
    name="jeecms",
    label="JEECMS",
    marks=("/r/cms/", "/u/cms/", "Cms.viewCount("),
    article_url=r"/[\w-]+/\d++(?:_\d++)?\.jhtml$",
    url_tells=True,
    list_url=r"/index(?:_\d+)?\.jhtml$",
    title=(".cbox h1",),
    body=(".cbox .content",),  # of the template it is delivered with; most sites have their own
    info=(".msgbar",),
    next_pages=next_pages,
)
