"""What a page is: article, list, home, wall or other, on any CMS."""

import re
from collections import Counter
from urllib.parse import urlsplit

from crawler.items import Kind, Reason
from crawler.pages.extraction import dates
from crawler.pages.extraction.container import Container
from crawler.pages.extraction.entries import Entry
from crawler.pages.extraction.page import Page

HOME_PATH = re.compile(r"^/?(?:(?:index|default|main|home)\d*\.(?:s?html?|jsp|php|aspx?|chtml|psp))?$", re.IGNORECASE)
DAY_FIRST = re.compile(r"\W{0,2}(?:19|20)\d\d(?:[-/.]\d{1,2}[-/.]|年\d{1,2}月)\d{1,2}.{0,40}$")
SHORT = 600  # characters of visible text; a wall says little else
WALLS = (
    (
        Reason.CHALLENGE,
        re.compile(
            r"\$_ts\s*=|_\$[a-z0-9]{2}\(|acw_sc__v2|__jsl_clearance|challenge-platform|cf-browser-verification|滑动验证|人机验证|安全验证|请完成验证|完成验证后"
            r"|检测您?的?浏览器|[Cc]hecking your browser"
        ),
    ),
    (
        Reason.INTRANET,
        re.compile(
            r"(?:仅限?|只[能限])\s*(?:校园网|校内|内网)|请(?:使用|连接|通过)\s*(?:校园网|校内网络|VPN)|校外(?:用户|IP)?(?:无法|不能|禁止)访问|[您你](?:当前|目前|现在)?(?:的)?\s*(?:IP|ip|Ip)(?:地址)?.{0,20}(?:不在|无权|禁止|(?:并)?(?:非|不是|不属于).{0,6}(?:校内|校园|内网))"
            r"|非校[内园](?:网)?(?:用户|地址|IP|ip).{0,12}(?:无法|不能|无权|禁止)"
        ),
    ),
    (
        Reason.SOFT_404,
        re.compile(
            r"(?:访问|查看|请求|查找|查[询詢])的(?:页面|内容|文章|[网網][页頁]|信息)(?:不存在|已(?:被)?删除|未找到|找不到)|页面(?:不存在|未找到|找不到)"
            r"|404 (?:not found|error)"
            r"|page you (?:have )?requested (?:does not exist|(?:could|was) not (?:be )?found)"
            r"|[该此](?:文章|信息|内容)(?:不存在|已(?:被)?(?:发布者)?删除|因违规无法查看)|此帐号已.{0,8}注销"
            r"|抱歉.{0,12}(?:不存在|找不到)"
            r"|(?:无效|错误|非法)的?(?:文章|栏目|站点|页面|信息|新闻)?(?:参数|链接|地址|ID)|(?:文章|栏目|页面|信息|新闻)(?:参数)?(?:无效|有误|错误)",
            re.IGNORECASE,
        ),
    ),
    (
        Reason.LOGIN,
        re.compile(
            r"统一身份认证|请(?:先)?登[录陆]|用户登[录陆]|账号登[录陆]|登[录陆]后(?:查看|访问)|cas/login", re.IGNORECASE
        ),
    ),
    (
        Reason.RATE_LIMITED,
        re.compile(r"(?:访问|请求|操作|刷新)(?:过于|太过?)(?:频繁|快)|too many requests", re.IGNORECASE),
    ),
    (
        Reason.FORBIDDEN,
        re.compile(
            r"(?:访问|请求|操作).{0,8}被(?:阻断|拦截|拒绝|禁止)|不合法(?:的)?参数|(?:网站|Web应用)防火墙|所在(?:的)?(?:国家|地区).{0,8}(?:无法|不能|禁止)访问"
            r"|仅限.{0,6}大陆.{0,4}访问|access denied|request (?:was |has been )?blocked",
            re.IGNORECASE,
        ),
    ),
    (
        Reason.UNAVAILABLE,
        re.compile(
            r"(?:系统|网站|站点|本站|服务器?).{0,6}(?:升级|维护)(?:维护|升级)?中|正在(?:进行)?(?:系统)?(?:升级|维护)"
            r"|(?:网站|站点|本站)(?:已|暂时|临时)(?:被)?关闭|under maintenance",
            re.IGNORECASE,
        ),
    ),
    (Reason.INTRANET, re.compile("系统提示|提示信息")),  # and nothing of the above
)
# What a notice may be about as well: a page that says when it was published is no wall for saying these.
TOPICS = frozenset({Reason.INTRANET, Reason.RATE_LIMITED, Reason.FORBIDDEN, Reason.UNAVAILABLE})
SPOKEN = 90  # characters of a line that a wall would not say
SENTENCE, TOLD = 30, 150  # characters of a line that is a sentence, and of all such lines, that a wall would not say
SCRIPT = 20_000  # characters of a page that a challenge makes itself known in
BARE = 150  # characters of a page that says 登录 and nothing else
MENU = 6  # links of a page that is one of a site
SIGNS_IN = re.compile(r"登[录陆]|认证|log\s?in|sign\s?in", re.IGNORECASE)
DEMANDED = re.compile(
    r"请(?:您)?(?:先)?登[录陆]|登[录陆]后(?:才能|方可|可以)?(?:查看|访问|浏览)|(?:需要|须|必须)登[录陆]"
)
EMPTY_FIREWALL = re.compile(
    r"<div[^<>]{1,200}?\bid=[\"']content_container[\"'][^<>]{0,200}>\s{0,200}</div>", re.IGNORECASE
)
MAKES_COOKIE = re.compile(r"document\s{0,9}(?:\.\s{0,9}|\[['\"])cookie['\"\]]{0,2}\s{0,9}=(?!=)")
ASKS_AGAIN = re.compile(r"\blocation\b|\.reload\b|\.submit\(")  # … and a page that shows nothing beside it
MANY = 4  # dated links that make a list
ROWS = 8  # days in lines of their own that do, beside as many titles
LONG_TEXT = 200  # weight of a text that is an article whatever stands beside it
SOME_TEXT = 80  # weight of a text that is an article if no list stands beside it
TITLE = 8  # characters of a link that may be a title
COUNTING_PAGER = re.compile(r"共\s{0,3}\d{1,7}\s{0,3}[条條篇]\s{0,3}(?:\d{1,5}\s{0,3}/\s{0,3}\d|第|首页|上一?[页頁])")
FEW_LINES = 3
BROKEN_OFF = re.compile(r"(?:\.{3}|…)\W?$")
PAGER = re.compile(r"共\s*\d+\s*[条页]|(?:尾页|末页|最后一页)|下一?页\s*[>»]")
DATED_ADDRESS = re.compile(r"/(?:19|20)\d\d[-/]?(?:0[1-9]|1[0-2])[-/]")
NUMBERS = re.compile(r"\d+")
INSIDE = 0.5  # of the container's characters: more links than that make it a list


def find_wall(page: Page) -> Reason | None:
    """Return why the page is a wall, if it is one: a login form, a challenge, a notice for outsiders, a soft 404."""
    visible = len(page.text)
    own = [len(line.text) - line.linked for line in page.lines]
    if visible > SHORT or max(own, default=0) > SPOKEN or sum(length for length in own if length >= SENTENCE) > TOLD:
        return None
    if visible < 30 and EMPTY_FIREWALL.search(page.source):
        return Reason.CHALLENGE
    script = page.source[:SCRIPT]
    if visible < BARE and MAKES_COOKIE.search(script) and ASKS_AGAIN.search(script):
        return Reason.CHALLENGE
    asks = any(field.get("type") == "password" for field in page.elements.of("input"))
    is_beside = _is_beside_signing_in(page)
    said = f"{page.title}\n{page.text}"
    is_dated = dates.is_announced(page.text)
    for reason, words in WALLS:
        if is_dated and reason in TOPICS:
            continue
        if words.search(script if reason is Reason.CHALLENGE else said) and (
            reason is not Reason.LOGIN or ((asks or visible < BARE) and not is_beside)
        ):
            return reason
    return Reason.LOGIN if asks and not is_beside else None


def _is_beside_signing_in(page: Page) -> bool:
    """Tell a page of a site that has a box or a link to sign in on all of them from one that asks for that."""
    if _has_rows(page):
        return True
    menu = {
        anchor.href
        for line in page.lines
        for anchor in line.anchors
        if not anchor.href.startswith(("#", "javascript:"))
    }
    return len(menu) >= MENU and not (SIGNS_IN.search(page.title) or DEMANDED.search(page.text))


def _has_rows(page: Page) -> bool:
    """Return whether a page links titles: a list that has a box to sign in beside it."""
    return sum(len(anchor.text) >= TITLE for line in page.lines for anchor in line.anchors) >= MANY


def is_home(url: str) -> bool:
    """Return whether a URL is the front page of its host."""
    parts = urlsplit(url)
    return bool(parts.netloc and HOME_PATH.match(parts.path)) and not parts.query


def judge_kind(
    page: Page, container: Container | None, entries: list[Entry], *, stated: bool, dated: bool, has_media: bool
) -> Kind:
    """Return what a page is.

    `stated`: a label or metadata states a publication date; `dated`: any date stands where one would; `has_media`: the container shows
    pictures or files.
    """
    if is_home(page.url):
        return Kind.HOME
    family = page.family
    if family and family.tells(page.url):
        return Kind.ARTICLE
    crowded = container is not None and (
        _entries_inside(page, container, entries) >= MANY
        or _is_digest(page, container)
        or _has_dated_rows(page, container)
    )
    linked = _linked_share(page, container) > INSIDE if container else False
    if container and container.is_known:
        if crowded and linked:
            return Kind.LIST
        if container.weight > 0 or has_media:
            return Kind.ARTICLE
    elif family and family.is_list_url(page.url):
        return Kind.LIST
    elif container and not (crowded or linked):
        enough = LONG_TEXT if len(entries) >= MANY else SOME_TEXT
        if stated or container.weight >= enough or (dated and len(entries) < MANY):
            return Kind.ARTICLE
    elif stated and not crowded:  # the article is a picture, a file, or a line
        return Kind.ARTICLE
    is_list = crowded or len(entries) >= MANY or (container is None and _leads_to_articles(page))
    return Kind.LIST if is_list else Kind.OTHER


def is_excerpt(page: Page, container: Container) -> bool:
    """Return whether what no rule named and nobody headed is the one row of a list with a summary.

    A pager that counts articles stands below, or its few lines break off.
    """
    if container.is_known or container.weight >= LONG_TEXT:
        return False
    lines = [line.text for line in page.lines[container.start : container.end] if line.text]
    return bool(COUNTING_PAGER.search(page.text)) or (
        0 < len(lines) <= FEW_LINES and bool(BROKEN_OFF.search(lines[-1]))
    )


def _leads_to_articles(page: Page) -> bool:
    """Tell a list without dates: several titles that link to addresses of one shape, those of articles or with a date in them."""
    shapes: Counter[str] = Counter()
    hrefs = {anchor.href for line in page.lines for anchor in line.anchors if len(anchor.text) >= TITLE}
    for href in hrefs:
        if DATED_ADDRESS.search(href) or (page.family and page.family.is_article_url(href)):
            shapes[NUMBERS.sub("0", href)] += 1
    return max(shapes.values(), default=0) >= MANY


def _entries_inside(page: Page, container: Container | None, entries: list[Entry]) -> int:
    if container is None:
        return 0
    return sum(container.start <= entry.line < container.end for entry in entries)


def _is_digest(page: Page, container: Container) -> bool:
    """Tell a list with summaries: a pager of many pages on the page, and several links in the text that could be titles."""
    return bool(PAGER.search(page.text)) and _count_titles(page, container) >= MANY


def _has_dated_rows(page: Page, container: Container) -> bool:
    """Tell a list whose days stand in lines of their own, below the titles that are linked."""
    lines = page.lines[container.start : container.end]
    return sum(bool(DAY_FIRST.match(line.text)) for line in lines) >= ROWS <= _count_titles(page, container)


def _count_titles(page: Page, container: Container) -> int:
    """Return how many links in a text could be titles."""
    lines = page.lines[container.start : container.end]
    return len({anchor.text for line in lines for anchor in line.anchors if len(anchor.text) >= TITLE})


def _linked_share(page: Page, container: Container) -> float:
    lines = page.lines[container.start : container.end]
    return sum(line.linked for line in lines) / max(1, sum(len(line.text) for line in lines))
