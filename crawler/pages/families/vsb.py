"""VSB 博达: 43 % of 120 counted university sites.

Lists are numbered backwards: `x.htm` is the newest page, `x/17.htm` the next, `x/1.htm` the oldest, so that a page once full never changes.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.pages.families.family import Family

PAGE_COUNT = re.compile(
    r"共\s*\d{1,9}\s*条\s*(\d{1,6})\s*/\s*(\d{1,6})(?!\d)"
)  # 共54条 1/6: the current page and how many there are
NUMBERED = re.compile(r"^(.*)/(\d+)\.(html?)$")
ASKS_BY_NUMBER = XPath(
    "//script[contains(., 'PAGENUM')] | //@onclick[contains(., 'PAGENUM')] | //input[contains(@name, 'PAGENUM')]"
)
NUMBER = re.compile(r"&?\bPAGENUM=\d*")
PLAIN = re.compile(r"^(.*)\.(html?)$")
FORM = "form[name=_newscontent_fromname]"  # around title, metadata, body and attachments
PLAIN_TEXT = ":not(:has(a))"  # a form around the whole page also holds the site's name, which leads home
NOT_BODY = ":not(.v_news_content):not([id^=vsb_content])"  # whose headings are the author's own


def next_pages(url: str, tree: HtmlElement, text: str) -> Iterable[str]:
    """Yield the next older page where the pager is a script: of `x.htm` with 6 pages it is `x/5.htm`, of `x/5.htm` it is `x/4.htm`."""
    pager = PAGE_COUNT.search(text)
    if not pager or int(pager[1]) >= int(pager[2]):
        return
    older = int(pager[2]) - int(pager[1])
    path = urlsplit(url).path
    if int(pager[1]) == 1 and (plain := PLAIN.match(path)):
        yield f"{plain[1]}/{older}.{plain[2]}"
    elif numbered := NUMBERED.match(path):
        yield f"{numbered[1]}/{older}.{numbered[3]}"
    elif path.endswith(".jsp") and ("PAGENUM=" in url or ASKS_BY_NUMBER(tree)):
        yield f"?{NUMBER.sub('', urlsplit(url).query)}&PAGENUM={int(pager[1]) + 1}"


VSB = Family(
    name="vsb",
    label="博达 VSB",
    marks=(
        "v_news_content",
        "vsb_content",
        "_newscontent_fromname",
        "/system/resource/js/",
        "/system/resource/style/",
        "vsbcontent_",
        "_sitegray",
        ".vsb.css",
        "Announced by Visual SiteBuilder",
        "_simple_list_gotopage_fun",
    ),
    article_url=r"/info/\d+/\d+\.html?$|content\.jsp\?.*wbnewsid=\d+",
    url_tells=True,
    list_url=r"list\.jsp\?.*wbtreeid=\d+",
    # The prefix before content.jsp is the template's name; both parameters are needed, in any order.
    respell=(
        (r"(/info/\d+/\d+)-\d+(\.html?)$", r"\1\2"),  # the same article under another template
        (r"/[^/?]*content\.jsp\?(?=.*\bwbtreeid=(\d+))(?=.*\bwbnewsid=(\d+)).*$", r"/info/\1/\2.htm"),
    ),
    title=(
        *(f"{FORM} > {tag}{PLAIN_TEXT}, {FORM} {NOT_BODY} > {tag}{PLAIN_TEXT}" for tag in ("h1", "h2", "h3")),
        f"{FORM} .title",
        f"{FORM} [class^=titlestyle]",  # titlestyle30117: the number is the template's
    ),
    body=(
        f"{FORM} div[id^=vsb_content]",
        f"{FORM} .v_news_content",
        "div[id^=vsb_content]",
        ".v_news_content",
        "#vsb_newscontent",
    ),
    junk=("#div_vote_id", "[id^=div_vote]", "._vsb_share", "ul.prevnext"),
    meta_date=("PubDate",),
    next_pages=next_pages,
)
