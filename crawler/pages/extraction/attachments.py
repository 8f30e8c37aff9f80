"""The files that are listed beside or below a body: by their address, or by the label 附件 that stands before them.

What the page's own navigation, footer and boxes of other pages lead to is no attachment of an article.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.items import Media, MediaKind
from crawler.pages.extraction.container import Container
from crawler.pages.extraction.endings import AFTER, FOOTER, RELATED
from crawler.pages.extraction.media import attachment_name, attachment_url
from crawler.pages.extraction.page import HEADINGS, Anchor, Line, Page
from crawler.urls import absolute_url, host_of

BESIDE = 12  # lines below the body in which its attachments are listed
LABEL = re.compile(
    r"^\W*(?:相关|相關)?附\s?件(?:下[载載]|列表|清[单單])?\s?(?:[\d一二三四五六七八九十]{1,3}\s?)?(?:[:：【\[(（]|$)"
)
OFFERS = re.compile(
    r"附\s?件|下[载載]附|(?:相[关關]|文件|[资資]料)下[载載]|相[关關]文件|attach|download", re.IGNORECASE
)
AROUND = re.compile(
    r"(?:^|[\s_-])(?:foot(?!n)\w*|copyright\w*|nav\w*|menu\w*|side-?(?:bar|nav)?|related\w*|hot\w*|friend\w*|links?)(?:$|[\s_-])",
    re.IGNORECASE,
)
SHOWN = re.compile(  # a page or picture, whatever its label says
    r"(?:\.(?:\w?html?|psp|jpe?g|png|gif)|/)$", re.IGNORECASE
)
ALL_LINKS = 0.6  # of a line's characters: it goes on with the list that a label began


def listed_attachments(page: Page, container: Container) -> Iterable[Media]:
    """Yield the files of the lines of a container, and of those below and around it up to where other things begin."""
    parent = container.element.getparent()
    _, around = page.spans.get(parent, (0, 0)) if parent is not None else (0, 0)
    outer = frozenset(container.element.iterancestors())
    end, is_listed = _end_of_text(page.lines, container), False
    for number, line in enumerate(page.lines[container.start : max(around, container.end + BESIDE)], container.start):
        if FOOTER.search(line.text) or (number >= end and _begins_another(line)):
            return
        is_label = bool(LABEL.match(line.text))
        goes_on = is_listed and line.linked >= ALL_LINKS * len(line.text) and not AFTER.match(line.text)
        is_listed = is_label or goes_on
        for anchor in line.anchors if line.linked else ():  # a picture that leads to a file is a button of the site
            url = attachment_url(anchor.element, page.base) or (_labelled(anchor, page) if is_listed else None)
            if url and (number < end or not _is_around(anchor.element, outer)):
                yield Media(kind=MediaKind.ATTACHMENT, url=url, name=attachment_name(anchor.element, url))


def _end_of_text(lines: list[Line], container: Container) -> int:
    """Return where the lines of a container end, without a last heading below which there are only links."""
    end = container.end
    while end > container.start and lines[end - 1].linked >= max(1, ALL_LINKS * len(lines[end - 1].text)):
        end -= 1
    return end - 1 if end > container.start and _begins_another(lines[end - 1]) else container.end


def _begins_another(line: Line) -> bool:
    """Tell a heading below a body that announces something else than its files."""
    is_heading = line.block.tag in HEADINGS and bool(line.text)
    return bool(RELATED.match(line.text)) or (is_heading and not line.linked and not OFFERS.search(line.text))


def _labelled(anchor: Anchor, page: Page) -> str | None:
    """Return the address of what is labelled as an attachment, None where it is a page, or is another host's."""
    url = absolute_url(page.base, anchor.href)
    is_own = url is not None and host_of(url) == host_of(page.base) and url.partition("#")[0] != page.base
    return url if url and is_own and not SHOWN.search(urlsplit(url).path) else None


def _is_around(element: HtmlElement, outer: frozenset[HtmlElement]) -> bool:
    """Return whether an element stands in what the markup calls a menu, a footer or a box of other pages."""
    for box in element.iterancestors():
        if box in outer:
            return False
        if box.tag in ("nav", "footer") or AROUND.search(f"{box.get('class') or ''} {box.get('id') or ''}"):
            return True
    return False
