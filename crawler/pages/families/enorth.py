"""Enorth 北方网: news.nankai.edu.cn and sites of its making."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.pages.families.family import Family, addresses

COUNTDOWN = re.compile(r"^(.*_)(\d{9})(\.shtml)$")
PAGER_SCRIPT = re.compile(r"/count_page_list_(\d+)\.js$")
LIST_PAGE = re.compile(r"/c\d{1,9}_\d{9}\.shtml")
PAGE_COUNT = re.compile(r"\bmaxpage\s*=\s*[\"']?(\d{1,6})\b", re.IGNORECASE)


def next_pages(url: str, tree: HtmlElement, text: str) -> Iterable[str]:
    """Yield the next older page of a countdown, and the script in which the CMS keeps the pager of the first page."""
    if (page := COUNTDOWN.match(urlsplit(url).path)) and int(page[2]) > 1:
        yield f"{page[1]}{int(page[2]) - 1:09d}{page[3]}"
    for src in tree.xpath("//script/@src"):
        if PAGER_SCRIPT.search(src):
            yield str(src)


def pages_in_script(url: str, source: str) -> Iterable[str]:
    """Yield the list pages a pager script names; where it only counts them, the newest of the countdown: the rest follow from it."""
    yield from addresses(source, LIST_PAGE)
    count = PAGE_COUNT.search(source)
    if count and (script := PAGER_SCRIPT.search(url)):
        folder = url[: script.start()].replace("/count/", "/count//")
        yield f"{folder}/000/000/c{script[1]}_{int(count[1]) - 1:09d}.shtml"


ENORTH = Family(
    name="enorth",
    label="北方网 Enorth",
    marks=("cms_block_span", "count_page_list_"),
    article_url=r"/system/\d{4}/\d\d/\d\d/\d++(?:_\d++)?\.shtml",
    url_tells=True,
    list_url=r"/index\.shtml$|/c\d+_\d{9}\.shtml$|/count_page_list_\d+\.js$",
    url_date=r"/system/(\d{4})/(\d\d)/(\d\d)/",
    body=("#txt", ".news-content"),
    junk=(".pageList",),
    next_pages=next_pages,
    pages_in_script=pages_in_script,
)
