"""大汉 JCMS / JPAAS: government portals and some universities. Lists keep their entries as CDATA in a script.

A list shows its first pages from that script; the others come as XML of the same shape from `dataproxy.jsp`, whose address stands in
<nextgroup>, and which counts them in <totalpage>. A list of JPAAS is built by a JSON service and shows no entries without scripts.
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode, urlsplit

from lxml.html import HtmlElement

from crawler.pages.families.family import Family, addresses
from crawler.urls import with_body

ENTRY = re.compile(r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/art_\d{1,9}_\d{1,9}|art_[0-9a-f]{32})\.html")
GROUP = re.compile(r"<nextgroup>\s*<!\[CDATA\[\s*<a\s+href=[\"']([^\"'<>]{1,400})[\"']", re.IGNORECASE)
PROXY = re.compile(r"(\?(?:.*&)?page=)(\d{1,6})(?=&|$)")
SENT = ("webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype")
PAGES_A_QUERY = 3  # the plugin keeps so many
MOST_QUERIES = 400  # of one list
TOTAL = re.compile(r"\d{1,6}")


def hidden_links(tree: HtmlElement) -> Iterable[str]:
    """Yield the addresses of the entries that a list holds in `<script type="text/xml"><datastore>…`."""
    for script in tree.xpath("//script[@type='text/xml']"):
        yield from addresses(script.text or "", ENTRY)


def next_pages(url: str, tree: HtmlElement, text: str) -> Iterable[str]:
    """Yield the next group of a list: what its script names, or of `dataproxy.jsp?page=2` with more pages `page=3`."""
    for script in tree.xpath("//script[@type='text/xml']"):
        yield from (href.replace("&amp;", "&") for href in GROUP.findall(script.text or ""))
    total = next((count for count in map(str, tree.xpath("//totalpage/text()")) if TOTAL.fullmatch(count.strip())), "0")
    if "dataproxy.jsp" in urlsplit(url).path and (page := PROXY.search(url)) and int(page[2]) < int(total):
        yield f"{url[: page.start(2)]}{int(page[2]) + 1}{url[page.end(2) :]}"


def list_queries(name: str, options: Mapping[str, object]) -> Iterable[str]:
    """Yield what `$.jpage({perPage: 10, totalRecord: 36, proxyUrl: …})` asks for, three pages at a time."""
    proxy, rows, total = options.get("proxyUrl"), options.get("perPage"), options.get("totalRecord")
    if name != "jpage" or not (
        isinstance(proxy, str) and isinstance(rows, int) and isinstance(total, int) and rows > 0
    ):
        return
    sent = {"col": "1", "appid": "1"} | {key: str(options[key]) for key in SENT if key in options}
    step = rows * PAGES_A_QUERY
    for first in range(1, min(total, step * MOST_QUERIES) + 1, step):
        last = min(first + step - 1, total)
        yield with_body(f"{proxy}?startrecord={first}&endrecord={last}&perpage={rows}", urlencode(sent))


JCMS = Family(
    name="jcms",
    label="大汉 JCMS",
    # Not "jcms_files": an ordinary page may show a picture from such a portal.
    marks=("ZJEG_RSS.", "/jpaas-", "/module/web/jpage/", "<datastore>", 'name="ContentStart"'),
    article_url=r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/art_\d+_\d+|art_[0-9a-f]{32})\.html",
    url_tells=True,
    list_url=r"/col/col\d+/index\.html|/dataproxy\.jsp\?",
    # What only repeats the site's name and rights makes the address of a group too long to be one.
    respell=(
        (r"(/dataproxy\.jsp\?.*?)&webname=[^&]*", r"\1"),
        (r"(/dataproxy\.jsp\?.*?)&permissiontype=[^&]*", r"\1"),
    ),
    url_date=r"/art/(\d{4})/(\d{1,2})/(\d{1,2})/",
    # Wherever the template puts the body, a <meta name="ContentStart"> opens it.
    body=(
        "div:has(> meta[name=ContentStart])",
        "td:has(> meta[name=ContentStart])",
        "#zoom",
        ".article-conter",
        ".article_content",
        ".bt_content",
        "#barrierfree_container",
    ),
    meta_date=("PubDate", "Maketime"),
    hidden_links=hidden_links,
    next_pages=next_pages,
    list_queries=list_queries,
    query_url=r"/dataproxy\.jsp\b",
)
