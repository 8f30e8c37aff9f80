"""What keeps a list from being read without a browser: a pager that a script or a form moves, rows that come by a request, an empty place."""

import re
from collections.abc import Iterator, Sequence

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.items import Link, Obstacle, Role
from crawler.pages.discovery.findings import Scripted
from crawler.pages.discovery.script_files import LIBRARY
from crawler.pages.discovery.scripts import Deed
from crawler.pages.discovery.templates import PAGE_PARAMETER
from crawler.pages.extraction.page import Anchor, Page

POSTED_PAGER = XPath("//form[translate(@method, 'POST', 'post') = 'post'][.//*[self::input or self::select][@name]]")
FREE_FIELDS = XPath(
    ".//textarea | .//input[@name][not(@type) or contains('text search password email', translate(@type, 'TEX', 'tex'))]"
)
POSTBACK = XPath("//a[contains(@href, '__doPostBack')]")
ONWARD = re.compile(
    r"[下后後]一?[页頁]|[尾末][页頁]|next|(?:加载|查看|显示|展开)更多|(?:load|show|view|see) more", re.IGNORECASE
)
REST = re.compile(r"更多|(?:查看|显示)?(?:全部|所有)")
NEXT_PICTURE = XPath(
    "boolean(//img[@onclick][contains(@src, 'next') or contains(@alt, '下一页') or contains(@title, '下一页')])"
)
ARROW = re.compile(r"[>›»→▶]{1,2}")
BOLD_ARROW = re.compile(r"[»▶]{1,2}")  # a calendar has the plain ones
NUMBER = re.compile(r"\W{0,2}(\d{1,4})\W{0,2}")
BY_SCROLLING = re.compile(r"(?:[上下]拉|滚动|滑动)\S{0,3}(?:加载|查看|显示)")
SCROLLERS = re.compile(r"infinite|dropload|mescroll|jquery[.-]ias|scroll-?load", re.IGNORECASE)
APPLICATION = XPath("boolean(//*[@id = 'app' or @id = 'root' or @id = '__next' or @id = '__nuxt'][not(.//a[@href])])")
SOURCES = XPath("//script/@src")
INLINE = XPath("boolean(//script[not(@src) and normalize-space()])")
# What a reader can click without its being a link: a button, or what is called the next page or more of them.
CLICKABLE = XPath(
    """
//button | //input[@type='button'] | //*[self::span or self::div or self::li or self::p or self::i or self::em or self::b][not(*)]
[@onclick or contains(@class, 'page') or contains(@class, 'next') or contains(@class, 'more') or contains(@class, 'load')
 or contains(@id, 'next') or contains(@id, 'more')]
"""
)
# An element that is called a pager, or the place of a list.
CALLED = XPath(
    "//*[self::div or self::ul or self::ol or self::nav or self::p or self::span or self::tbody][@id or @class]"
)
PAGER = re.compile(
    r"(?:^|[\s_-])(?:pag(?:e|er|es|ing|ebar|enav|ination|inator)|laypage|f[ea]nye|pg)(?:box|list|bar|nav)?\d?(?=$|[\s_-])",
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
    has_scripts = any(not LIBRARY.search(str(src)) for src in SOURCES(page.tree))
    if is_menu and not _has_empty_place(page):
        return
    if scripted.is_unresolved or _are_unlinked(page):
        yield Obstacle.SCRIPT
    elif APPLICATION(page.tree) and len(page.text) < FEW_CHARACTERS:
        yield Obstacle.APPLICATION
    elif asks:
        yield Obstacle.REQUESTS
    elif len(page.text) < FEW_CHARACTERS and has_scripts and (is_menu or len(links) <= 1):
        yield Obstacle.SCRIPT


def _has_empty_place(page: Page) -> bool:
    """Return whether a page has a place for a list with nothing in it, or says that it waits for one."""
    if APPLICATION(page.tree) or any(WAITING.search(line.text) for line in page.lines if len(line.text) < MAX_ROW):
        return True
    if any(WAITING.search(_text(one)) for one in page.tree.iter("noscript")):
        return True
    places = (one for one in CALLED(page.tree)[:MOST_CALLED] if _is_empty(one))
    return any(one.tag in ("ul", "ol", "tbody") or PLACE.search(_called(one)) for one in places)


def _is_posted(page: Page) -> bool:
    """Return whether a form, or the one form of an ASP.NET page, asks for the further pages of a list by POST."""
    if any(_leads_onward(text := _text(anchor)) or NUMBER.fullmatch(text) for anchor in POSTBACK(page.tree)):
        return True
    return any(_asks_for_page(form) for form in POSTED_PAGER(page.tree))


def _asks_for_page(form: HtmlElement) -> bool:
    """Tell a form for the number of a page from a search or a letter box that keeps such a number."""
    names = [str(one.get("name")) for one in form.iter("input", "select") if one.get("name")]
    if not any(map(PAGE_PARAMETER.match, names)):
        return False
    others = [one for one in FREE_FIELDS(form) if not PAGE_PARAMETER.match(one.get("name") or "")]
    return not others or sum(1 for _ in form.iter("a")) > MOST_IN_FORM


def _goes_on(page: Page, scripted: Scripted, links: Sequence[Link]) -> bool:
    """Return whether a page has something that leads to more of its rows, and is no link."""
    ends = [*_dead_ends(page)]
    if any(_leads_onward(anchor.text) for anchor in ends):
        return True
    if sum(link.role is Role.ARTICLE for link in links) < FEW_ROWS:
        return False
    if any(map(_leads_onward, _buttons(page))) or _is_rest_of_rows(page, ends) or NEXT_PICTURE(page.tree):
        return True
    if any(BOLD_ARROW.fullmatch(anchor.text) and not _is_of_slides(anchor.element) for anchor in ends):
        return True
    if any(BY_SCROLLING.search(line.text) for line in page.lines if len(line.text) < MAX_WORDS):
        return True
    if scripted.templates:
        return False  # it says how it is asked for, and that this is the last one
    numbers = {match[1] for anchor in ends if (match := NUMBER.fullmatch(anchor.text))}
    if 1 < len(numbers) <= MOST_NUMBERS or any(SCROLLERS.search(str(src)) for src in SOURCES(page.tree)):
        return True
    return _has_scripts(page) and any(map(_is_pager, CALLED(page.tree)[:MOST_CALLED]))


def _dead_ends(page: Page) -> Iterator[Anchor]:
    """Yield the links that lead nowhere without a script, but for those that are switched off."""
    for line in page.lines:
        for anchor in line.anchors:
            if anchor.href.strip().lower().startswith(("javascript:", "#")) and not _is_idle(anchor.element):
                yield anchor


def _has_scripts(page: Page) -> bool:
    """Return whether a page has scripts of its own."""
    return bool(INLINE(page.tree)) or any(not LIBRARY.search(str(src)) for src in SOURCES(page.tree))


def _is_rest_of_rows(page: Page, ends: Sequence[Anchor]) -> bool:
    """Return whether a link without an address that says 更多 or 全部 stands alone below a row: several are those of the columns of a page."""
    more = [anchor for anchor in ends if REST.search(anchor.text)]
    if len(more) != 1:
        return False
    at = next(number for number, line in enumerate(page.lines) if any(one is more[0] for one in line.anchors))
    return at > 0 and page.lines[at].text == more[0].text and len(page.lines[at - 1].text) > TITLE


def _buttons(page: Page) -> Iterator[str]:
    """Yield the words of what can be clicked, and is no link, nor around or inside one, nor turns pictures over."""
    for element in CLICKABLE(page.tree)[:MOST_BUTTONS]:
        text = element.get("value") or _text(element)
        is_link = any(True for _ in element.iter("a")) or any(True for _ in element.iterancestors("a"))
        if len(text) < MAX_WORDS and not (_is_idle(element) or is_link or _is_of_slides(element)):
            yield text


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
    if any(True for _ in element.iter("a")) or len(_text(element)) > MAX_PAGER:
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


def _are_unlinked(page: Page) -> bool:
    """Return whether a page shows titles with days, none of which is a link."""
    rows = [line for line in page.lines if TITLE < len(line.text) < MAX_ROW and DATED.search(line.text)]
    return len(rows) >= FEW_ROWS and not any(line.anchors for line in rows)


def _leads_onward(text: str) -> bool:
    return len(text) < MAX_WORDS and bool(ONWARD.search(text))
