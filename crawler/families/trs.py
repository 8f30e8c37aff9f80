"""TRS WCM 拓尔思: government portals and some universities. Lists are `index.html`, then `index_1.html` counted from one."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.families.family import Family

PAGER = re.compile(
    r"createPageHTML\(\s*(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*[\"'](\w+)[\"']\s*,\s*[\"'](\w+)[\"']"
)  # pages, current from 0, name, ending


def next_pages(url: str, tree: HtmlElement, text: str) -> Iterable[str]:
    """Yield the next page of a list, whose pager is a script: `createPageHTML(12, 0, "index", "html")`."""
    for script in tree.xpath("//script[contains(., 'createPageHTML')]/text()"):
        if (pager := PAGER.search(str(script))) and int(pager[2]) + 1 < int(pager[1]):
            folder = urlsplit(url).path.rpartition("/")[0]
            yield f"{folder}/{pager[3]}_{int(pager[2]) + 1}.{pager[4]}"


TRS = Family(
    name="trs",
    label="拓尔思 TRS WCM",
    marks=("TRS_Editor", "trs_editor_view", "createPageHTML("),
    article_url=r"/\d{6}/t\d{8}_\d+\.s?html?$",
    url_tells=True,
    list_url=r"/index(?:_\d+)?\.s?html?$",
    url_date=r"/t(\d{4})(\d\d)(\d\d)_\d+",
    body=(".TRS_Editor", ".trs_editor_view", "#zoom", ".article-content"),
    meta_date=("PubDate",),
    next_pages=next_pages,
)
