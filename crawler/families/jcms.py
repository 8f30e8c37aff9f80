"""大汉 JCMS / JPAAS: government portals and some universities. Lists keep their entries as CDATA in a script."""

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from crawler.families.family import Family

ENTRY = re.compile(r"[\w:/.]{0,200}/art/\d{4}/\d{1,2}/\d{1,2}/art_\d{1,9}_\d{1,9}\.html")


def hidden_links(tree: HtmlElement) -> Iterable[str]:
    """Yield the addresses of the entries that a list holds in `<script type="text/xml"><datastore>…`."""
    for script in tree.xpath("//script[@type='text/xml']"):
        yield from ENTRY.findall(script.text or "")


JCMS = Family(
    name="jcms",
    label="大汉 JCMS",
    marks=("ZJEG_RSS.", "/jpaas-jpage", "<datastore>", "/script/0/", "jcms_files"),
    article_url=r"/art/\d{4}/\d{1,2}/\d{1,2}/art_\d+_\d+\.html",
    url_tells=True,
    list_url=r"/col/col\d+/index\.html",
    url_date=r"/art/(\d{4})/(\d{1,2})/(\d{1,2})/",
    body=("#zoom", ".article-conter", ".article_content", ".bt_content"),
    meta_date=("PubDate",),
    hidden_links=hidden_links,
)
