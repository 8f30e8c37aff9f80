"""TRS WCM 拓尔思: government portals and some universities. Lists are `index.html`, then `index_1.html` counted from one.

A body is pasted from Word: `.TRS_Editor` holds `.Custom_UnionStyle` and a <style> of its own; older pages have `#TRS_AUTOADD_…` instead
(csrc.gov.cn 2020), newer ones `.trs_editor_view.TRS_UEDITOR`.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.pages.families.family import Family

# pages, current from 0, name, ending; or, seen on county portals, ('page_div', pages, current from 1, name, ending, entries)
PAGER = re.compile(
    r"createPageHTML\(\s*+([\"'][\w-]*+[\"']\s*+,)?\s*+(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*[\"'](\w+)[\"']\s*,\s*[\"'](\w+)[\"']"
)
# The other template of its manual: `var currentPage = 0; … var countPage = 17`, links written out as "index"+"_" + nextPage + "."+"html".
CURRENT = re.compile(r"\bcurrentPage\s*=\s*(\d{1,6})\s*;?\s*//")
COUNT = re.compile(r"\bcountPage\s*=\s*(\d{1,6})\b")
WRITTEN = re.compile(r"(\w{1,40})[\\\"']{1,3}\s*\+\s*[\"']_[\"']\s*\+\s*nextPage\s*\+\s*[\"']\.[\"']\s*\+\s*[\"'](\w+)")


def next_pages(url: str, tree: HtmlElement, text: str) -> Iterable[str]:
    """Yield the next page of a list, whose pager is a script: `createPageHTML(12, 0, "index", "html")`."""
    for script in map(str, tree.xpath("//script[contains(., 'createPageHTML') or contains(., 'countPage')]/text()")):
        if (found := _following(script)) is not None:
            yield f"{urlsplit(url).path.rpartition('/')[0]}/{found}"


def _following(script: str) -> str | None:
    if pager := PAGER.search(script):
        is_last = int(pager[3]) + (0 if pager[1] else 1) >= int(pager[2])
        return None if is_last else f"{pager[4]}_{int(pager[3]) + 1}.{pager[5]}"
    current, count, written = CURRENT.search(script), COUNT.search(script), WRITTEN.search(script)
    if current and count and written and int(current[1]) + 1 < int(count[1]):
        return f"{written[1]}_{int(current[1]) + 1}.{written[2]}"
    return None


TRS = Family(
    name="trs",
    label="拓尔思 TRS WCM",
    marks=("TRS_Editor", "trs_editor_view", "TRS_AUTOADD", "TRS_UEDITOR", "createPageHTML(", "所在页从0开始"),
    article_url=r"/\d{6}/t\d{8}_\d++(?:_\d++)?\.s?html?$",
    url_tells=True,
    list_url=r"/index(?:_\d+)?\.s?html?$",
    url_date=r"/t(\d{4})(\d\d)(\d\d)_\d+",
    body=(
        ".TRS_Editor",
        ".trs_editor_view",
        "[id^=TRS_AUTOADD]",
        ".Custom_UnionStyle",
        "#UCAP-CONTENT",
        "#fontzoom",
        "#zoom",
        ".article-content",
    ),
    meta_date=("PubDate",),
    next_pages=next_pages,
)
