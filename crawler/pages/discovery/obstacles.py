"""What keeps a list from being read without a browser: a pager that a script or a form moves, rows that come by a request, an empty place."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from crawler.items import Link, Obstacle, Role
from crawler.pages.discovery.findings import Scripted
from crawler.pages.discovery.pagination import is_named
from crawler.pages.discovery.script_files import LIBRARY
from crawler.pages.discovery.scripts import Deed
from crawler.pages.discovery.templates import PAGE_PARAMETER
from crawler.pages.extraction.page import Anchor, Page, is_hidden

FREE_TYPES = frozenset({"", "text", "search", "password", "email"})  # of fields in which anything can be typed
ONWARD = re.compile(
    r"[下后後]一?[页頁]|[尾末][页頁]|next|(?:加载|查看|显示|展开)更多|(?:load|show|view|see) more"
    r"|[下后後]\s?\d{1,3}\s?[条條页頁篇]|更[早旧](?:的|$)|上一年|再看一些|^\W*(?:往期|往年|历年|历史)(?:新闻|文章|资讯|消息|动态|通知|公告|内容|回顾|记录)\W*$",
    re.IGNORECASE,
)
NEXT = "下一页"  # what a button says that is called so
MORE = re.compile(r"更多|more|再看", re.IGNORECASE)
REST = re.compile(r"更多|(?:查看|显示)?(?:全部|所有)")
ARROW = re.compile(r"[>›»→▶]{1,2}")
BOLD_ARROW = re.compile(r"[»▶]{1,2}")  # a calendar has the plain ones
NUMBER = re.compile(r"\W{0,2}(\d{1,4})\W{0,2}")
BY_SCROLLING = re.compile(r"(?:[上下]拉|滚动|滑动)\S{0,3}(?:加载|查看|显示)")
# Names of the places of lists that show more when their end is reached (Vant, mescroll, dropload, vue-infinite-scroll).
SCROLLED = re.compile(r"van-list|mescroll\w*|dropload-\w+|(?:vue-)?infinite-(?:scroll|loading|list|loader)")
# A request for what follows the last row that is shown.
CURSOR = re.compile(
    r"[?&](?:last_?id|cursor|before|after|since_?id|max_?id|min_?id|last_?time|next_?token)=", re.IGNORECASE
)
SCROLLERS = re.compile(r"infinite|dropload|mescroll|jquery[.-]ias|scroll-?load", re.IGNORECASE)
# Scripts that look for more when a reader comes to the end, and show no pictures by that.
OBSERVER = re.compile(r"IntersectionObserver|\.scroll\(|onscroll|addEventListener\(.scroll", re.IGNORECASE)
PLUGIN = re.compile(
    r"infinite_?scroll\(|\.jscroll\(|\.dropload\(|new MeScroll\(|\.ias\(", re.IGNORECASE
)  # show more by themselves
FOR_MORE = re.compile(r"load_?more|get_?more|more\(|['\"]more|next_?page|load_?(?:data|next|list)", re.IGNORECASE)
APPLICATIONS = ("app", "root", "__next", "__nuxt")  # ids of what an application fills
# What a reader can click without its being a link: a button, or what is called the next page or more of them.
CLICKED = ("span", "div", "li", "p", "i", "em", "b")
CLICKABLE = re.compile(r"page|next|more|load")
# A part of a list by its time: what is shown when it is chosen stands elsewhere.
PERIOD = re.compile(r"\W?(?:((?:19|20)\d\d)\s?[年度届]{0,2}|(\d{1,2})月份?|第?[一二三四1-4]季度|[上下]半年)\W?")
YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=[-/.]\d|年\s?\d{1,2}月)")
MONTHS = re.compile(r"(?<=[-/.年])\s?(\d{1,2})(?=[-/.月]\s?\d)")
MANY_PERIODS = 3
# An element that is called a pager, or the place of a list.
CALLED = frozenset({"div", "ul", "ol", "nav", "p", "span", "tbody"})
PAGER = re.compile(
    r"(?:^|[\s_-])(?:pag(?:e|er|es|ing|ination|inator)|laypage|f[ea]nye|pg)[_-]?(?:box|lists?|bar|nav|code|no|nums?|numbers?|links?|wrap|area)?\d?(?=$|\s)",
    re.IGNORECASE,
)
PLACE = re.compile(r"list|news|notice|article|items?\b|rows|content|result|data", re.IGNORECASE)
WAITING = re.compile(
    r"^\W*(?:正在|努力)?(?:数据)?(?:加载|载入)中?\W*$|^\W*loading\W*$|启用\s?javascript", re.IGNORECASE
)
IDLE = re.compile(
    r"disab|gr[ae]y|none|\bno\b|\bend\b|\boff\b|over", re.IGNORECASE
)  # the class of one that leads no further
SLIDES = re.compile(r"carousel|swiper|slide|focus|banner|marquee", re.IGNORECASE)
FEW_ROWS = 5
DAY = re.compile(r"\d[-/.月]\d")
DATED = re.compile(r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}\W*$")
TITLE, MAX_ROW = 18, 100  # characters of a line that is a title and a day
MOST_NUMBERS = 20  # of a pager; a calendar has more
MOST_BUTTONS, MOST_CALLED, MAX_WORDS, MAX_PAGER = 60, 400, 12, 200
FEW_CHARACTERS = 400  # of a page that an application fills
MOST_IN_FORM = 5  # links in a form that asks for a page, and not for the whole of it


def obstacles_of(
    page: Page, scripted: Scripted, links: Sequence[Link], *, at: int, pages: int | None
) -> Iterator[Obstacle]:
    """Yield what keeps the list on a page, the `at`-th of `pages`, from being read as far as it goes."""
    if not any(link.role is Role.NEXT for link in links):
        if _is_posted(page):
            yield Obstacle.PAGER_POST
        elif (pages is not None and at < pages) or _goes_on(page, scripted, links):
            yield Obstacle.PAGER_SCRIPT
    if any("#" in link.fetch_url for link in links):
        return
    if not any(link.role is Role.ARTICLE and link.title for link in links):
        yield from _in_the_place_of_rows(page, scripted, links)


def _in_the_place_of_rows(page: Page, scripted: Scripted, links: Sequence[Link]) -> Iterator[Obstacle]:
    """Yield why a page names no article, if it is not for having none."""
    is_menu = any(link.role is Role.LIST and link.title for link in links)
    asks = any(asked.deed is Deed.REQUEST for asked in scripted.requests)
    has_scripts = _has_files(page)
    if scripted.is_unresolved or (are_unlinked(page) and (_has_scripts(page) or not is_menu)):
        yield Obstacle.SCRIPT
    elif is_menu and not _has_empty_place(page):
        return
    elif _is_application(page) and len(page.text) < FEW_CHARACTERS:
        yield Obstacle.APPLICATION
    elif asks:
        yield Obstacle.REQUESTS
    elif len(page.text) < FEW_CHARACTERS and has_scripts and (is_menu or len(links) <= 1):
        yield Obstacle.SCRIPT


def _has_empty_place(page: Page) -> bool:
    """Return whether a page has a place for a list with nothing in it, or says that it waits for one."""
    if _is_application(page) or any(WAITING.search(line.text) for line in page.lines if len(line.text) < MAX_ROW):
        return True
    if any(WAITING.search(_text(one)) for one in page.elements.of("noscript")):
        return True
    places = (one for one in _called_elements(page) if _is_empty(one))
    return any(one.tag in ("ul", "ol", "tbody") or PLACE.search(_called(one)) for one in places)


def _is_posted(page: Page) -> bool:
    """Return whether a form, or the one form of an ASP.NET page, asks for the further pages of a list by POST."""
    postbacks = (anchor for anchor in page.elements.of("a") if "__doPostBack" in (anchor.get("href") or ""))
    if any(_leads_onward(text := _text(anchor)) or NUMBER.fullmatch(text) for anchor in postbacks):
        return True
    posted = (form for form in page.elements.of("form") if (form.get("method") or "").lower() == "post")
    return any(_asks_for_page(form) for form in posted)


def _asks_for_page(form: HtmlElement) -> bool:
    """Tell a form for the number of a page from a search or a letter box that keeps such a number."""
    names = [str(one.get("name")) for one in form.iter("input", "select") if one.get("name")]
    if not any(map(PAGE_PARAMETER.match, names)):
        return False
    free = (one for one in form.iter("input", "textarea") if one.tag == "textarea" or _is_free(one))
    others = [one for one in free if not PAGE_PARAMETER.match(one.get("name") or "")]
    return not others or sum(1 for _ in form.iter("a")) > MOST_IN_FORM


def _is_free(field: HtmlElement) -> bool:
    return bool(field.get("name")) and (field.get("type") or "").lower() in FREE_TYPES


def _goes_on(page: Page, scripted: Scripted, links: Sequence[Link]) -> bool:
    """Return whether a page has something that leads to more of its rows, and is no link."""
    ends, buttons = [*_dead_ends(page)], [*_buttons(page)]
    if any(map(MORE.search, (*buttons, *(anchor.text for anchor in ends)))) and _uncovers_rows(page):
        ends = [anchor for anchor in ends if not MORE.search(anchor.text)]
        buttons = [text for text in buttons if not MORE.search(text)]
    if any(_leads_onward(anchor.text) or (not anchor.text and is_named(anchor.element)) for anchor in ends):
        return True
    if not _has_rows(links):
        return False
    if any(map(_leads_onward, buttons)) or _is_rest_of_rows(page, ends) or _has_next_picture(page):
        return True
    if _has_other_periods(page, ends) or _looks_for_more(page):
        return True
    if any(BOLD_ARROW.fullmatch(anchor.text) and not _is_of_slides(anchor.element) for anchor in ends):
        return True
    if any(BY_SCROLLING.search(line.text) for line in page.lines if len(line.text) < MAX_WORDS):
        return True
    if scripted.templates:
        return False  # it says how it is asked for, and that this is the last one
    numbers = {match[1] for anchor in ends if (match := NUMBER.fullmatch(anchor.text))}
    if 1 < len(numbers) <= MOST_NUMBERS or any(map(SCROLLERS.search, page.elements.given("src", "script"))):
        return True
    is_scrolled = any(map(SCROLLED.fullmatch, page.elements.names)) or any(map(PLUGIN.search, _inline(page)))
    return _has_scripts(page) and (is_scrolled or any(map(_is_pager, _called_elements(page))))


def _has_rows(links: Sequence[Link]) -> bool:
    """Return whether a page names rows, or asks for those behind the last one it shows."""
    is_asking = any("#" in link.fetch_url and CURSOR.search(link.url) for link in links)
    return is_asking or sum(link.role is Role.ARTICLE for link in links) >= FEW_ROWS


def _uncovers_rows(page: Page) -> bool:
    """Return whether a page has rows that are hidden until more of them are wanted."""
    hidden = (_text(element) for element in page.elements.styled if is_hidden(element))
    return any(len(DAY.findall(text)) >= FEW_ROWS for text in hidden)


def _dead_ends(page: Page) -> Iterator[Anchor]:
    """Yield the links that lead nowhere without a script, but for those that are switched off."""
    for line in page.lines:
        for anchor in line.anchors:
            if _leads_nowhere(anchor) and not _is_idle(anchor.element):
                yield anchor


def _has_scripts(page: Page) -> bool:
    """Return whether a page has scripts of its own."""
    return any(_inline(page)) or _has_files(page)


def _has_files(page: Page) -> bool:
    """Return whether a page has scripts in files that are no libraries."""
    return not all(map(LIBRARY.search, page.elements.given("src", "script")))


def _inline(page: Page) -> Iterator[str]:
    """Yield the scripts that stand in a page."""
    return (
        text for script in page.elements.of("script") if not script.get("src") and (text := script.text or "").strip()
    )


def _is_application(page: Page) -> bool:
    """Return whether a page has a place that an application fills, without a link in it."""
    if not page.elements.names.intersection(APPLICATIONS):
        return False
    places = (element for element, _, id_ in page.elements.named if id_ in APPLICATIONS)
    return any(not any(anchor.get("href") for anchor in place.iter("a")) for place in places)


def _called_elements(page: Page) -> list[HtmlElement]:
    """Return the elements that are called something, and may be a pager or the place of a list."""
    return [element for element, _, _ in page.elements.named if element.tag in CALLED][:MOST_CALLED]


def _has_next_picture(page: Page) -> bool:
    pictures = (image for image in page.elements.of("img") if image.get("onclick"))
    return any(
        "next" in (image.get("src") or "") or "下一页" in f"{image.get('alt')} {image.get('title')}"
        for image in pictures
    )


def _has_other_periods(page: Page, ends: Sequence[Anchor]) -> bool:
    """Return whether years, months or quarters can be chosen, by no link, of which the page shows no row."""
    clicked = (element for element, given in page.elements.attributed if "onclick" in given and element.tag != "a")
    menus = [menu for menu in page.elements.of("select") if not _is_in_form(menu)]
    options = (
        menus[0].iter("option") if len(menus) == 1 else ()
    )  # one for the year beside one for the month is a calendar
    texts = [*(anchor.text for anchor in ends), *(_text(one) for one in (*clicked, *options) if len(one) < MAX_WORDS)]
    linked = {anchor.text for line in page.lines for anchor in line.anchors if not _leads_nowhere(anchor)}
    short = (text for text in texts if len(text) < MAX_WORDS and text not in linked)
    found = {match[0]: match for text in short if (match := PERIOD.fullmatch(text))}
    if len(found) < MANY_PERIODS:
        return False
    years, months = set(YEARS.findall(page.text)), {int(month) for month in MONTHS.findall(page.text)}
    others = [one for one in found.values() if not (one[1] in years or (one[2] and int(one[2]) in months))]
    return len(others) >= MANY_PERIODS - 1


def _is_in_form(element: HtmlElement) -> bool:
    return any(one.tag == "form" for one in element.iterancestors())


def _looks_for_more(page: Page) -> bool:
    """Return whether a script of a page shows more rows when its reader comes to their end."""
    return any(OBSERVER.search(source) and FOR_MORE.search(source) for source in _inline(page))


def _is_rest_of_rows(page: Page, ends: Sequence[Anchor]) -> bool:
    """Return whether a link without an address that says 更多 or 全部 stands alone below a row: several are those of the columns of a page."""
    more = [anchor for anchor in ends if REST.search(anchor.text)]
    if len(more) != 1:
        return False
    at = next(number for number, line in enumerate(page.lines) if any(one is more[0] for one in line.anchors))
    return at > 0 and page.lines[at].text == more[0].text and len(page.lines[at - 1].text) > TITLE


def _buttons(page: Page) -> Iterator[str]:
    """Yield the words of what can be clicked, and is no link, nor around or inside one, nor turns pictures over."""
    for element in islice(_clickable(page), MOST_BUTTONS):
        text = element.get("value") or _text(element)
        is_link = any(True for _ in element.iter("a")) or any(True for _ in element.iterancestors("a"))
        if len(text) < MAX_WORDS and not (_is_idle(element) or is_link or _is_of_slides(element)):
            is_arrow = element.tag == "button" and (not text or ARROW.fullmatch(text)) and is_named(element)
            yield NEXT if is_arrow else text


def _clickable(page: Page) -> Iterator[HtmlElement]:
    """Yield what a reader can click without its being a link."""
    for element in page.elements.of("button", "input", *CLICKED):
        if element.tag == "button" or (element.tag == "input" and element.get("type") == "button"):
            yield element
        elif element.tag in CLICKED and not len(element) and element.attrib:
            called = f"{element.get('class') or ''} {element.get('id') or ''}"
            if CLICKABLE.search(called) or element.get("onclick") is not None:
                yield element


def _is_idle(element: HtmlElement) -> bool:
    parent = element.getparent()
    around = parent.get("class") or "" if parent is not None and parent.tag == "li" else ""
    return element.get("disabled") is not None or bool(IDLE.search(f"{element.get('class') or ''} {around}"))


def _is_of_slides(element: HtmlElement) -> bool:
    return any(SLIDES.search(_called(one)) for one in (element, *element.iterancestors()))


def _is_pager(element: HtmlElement) -> bool:
    """Return whether an element is called a pager and waits for a script to fill or to move it."""
    if not PAGER.search(_called(element)) or _is_of_slides(element):
        return False
    if _is_empty(element):
        return True
    if any(anchor.get("href") for anchor in element.iter("a")) or len(_text(element)) > MAX_PAGER:
        return False
    parts = [
        one for one in element.iterdescendants() if isinstance(one.tag, str) and not len(one) and not _is_idle(one)
    ]
    numbers = sum(bool(NUMBER.fullmatch(_text(one))) for one in parts)
    return numbers > 1 or any(
        "next" in _called(one) and (not _text(one) or ARROW.fullmatch(_text(one))) for one in parts
    )


def _is_empty(element: HtmlElement) -> bool:
    return not len(element) and not (element.text or "").strip()


def _called(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _text(element: HtmlElement) -> str:
    return "".join(element.itertext()).strip()


def are_unlinked(page: Page) -> bool:
    """Return whether a page shows titles with days, none of which is a link."""
    rows = [line for line in page.lines if TITLE < len(line.text) < MAX_ROW and DATED.search(line.text)]
    return len(rows) >= FEW_ROWS and all(_leads_nowhere(anchor) for line in rows for anchor in line.anchors)


def _leads_nowhere(anchor: Anchor) -> bool:
    return anchor.href.strip().lower().startswith(("javascript:", "#"))


def _leads_onward(text: str) -> bool:
    return len(text) < MAX_WORDS and bool(ONWARD.search(text)) and not text.startswith(("没有", "已", "暂无"))
