"""The element that holds an article: by the site's selector, the family's, the page's own microdata, then by the weight of its text.

Weight is characters of running text, less what is links: a paragraph weighs its length, a menu weighs less than nothing. On an unknown
site the body is the heaviest run of lines below the title, and the container the smallest element around that run.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, islice

from lxml.html import HtmlElement

from crawler.items import Boilerplate, Site
from crawler.pages.extraction.endings import AFTER, EDITOR, FOOTER, LONG, is_after
from crawler.pages.extraction.fields import all_fields
from crawler.pages.extraction.media import image_url, video_url
from crawler.pages.extraction.moments import HINT
from crawler.pages.extraction.page import Anchor, Line, Page

SENTENCE = re.compile(r"[，。；：！？、“”]|[,.;:!?] ")
SPOKEN = re.compile("[。！？]$")  # ends a paragraph
# Links that are of a text: to a file, or an address written out. A menu has none.
FILE_ENDS = frozenset("pdf doc docx xls xlsx ppt pptx wps et ofd zip rar 7z".split())
WRITTEN_OUT = ("http://", "https://", "www.", "附件")
SHARE = 0.75  # of the weight: a child that holds as much is the container rather than its parent
NESTED = 0.9  # the same for a family's container inside a family's container
FOOT_NAME = re.compile(r"(?:^|[\s_-])(?:foot(?!n)\w*|copyright\w*)|[a-z]{3}footer(?:$|[\s_-])", re.IGNORECASE)
MICRODATA = ("[itemprop=articleBody]", "article")
MIN_MICRODATA = 60  # weight; below that <article> is a card, not the article
MIN_BODY = 50  # weight of the least text taken for an article on an unknown site
TINY = 4  # lines below a title that make a text, however short each is
ENOUGH = 200  # lines that tell what stands below a title
SHOWS = "boolean(.//img | .//video | .//audio | .//embed | .//iframe | .//object | .//*[@pdfsrc or @sudy-wp-src])"
PLAYS = "boolean(.//video | .//audio | .//embed)"  # a whole page also has a logo, and frames that count
MAX_MORE = 8  # characters of a link 更多 beside the heading of a list
GAP = 12.0  # weight a line of nothing but links takes away: a run of text does not leap over a menu
MOST_TITLES = 12  # lines that are the title; a page that says it more often is made to be slow
AVATAR = re.compile("author|avatar|user|touxiang|head-?(?:img|pic)|portrait", re.IGNORECASE)
MAX_CAPTION = 60  # characters
LOST = 400.0  # weight below its best at which a run has ended


@dataclass(frozen=True, slots=True)
class Container:
    """Where the article stands: the element, the run of lines in it, the rule that said so, and the weight of its text."""

    element: HtmlElement
    start: int
    end: int
    rule: str
    weight: float

    @property
    def is_known(self) -> bool:
        """Return whether a rule named the container, rather than the weight of its text."""
        return self.rule != "density"


class Weights:
    """The weight of any element of a page, in constant time. Learnt boilerplate weighs as a footer does."""

    def __init__(self, page: Page, boilerplate: Boilerplate | None = None) -> None:
        self.page = page
        learnt = boilerplate.lines if boilerplate else {}
        foot = _foot(page)
        self.lines = [
            line_weight(line, is_frame=number in foot or line.text in learnt) for number, line in enumerate(page.lines)
        ]
        self._sums = [0.0, *accumulate(self.lines)]
        self._running = [0.0, *accumulate(max(weight, 0.0) for weight in self.lines)]

    def of(self, element: HtmlElement) -> float:
        """Return running text less links: what an element is."""
        start, end = self.page.spans.get(element, (0, 0))
        return self._sums[end] - self._sums[start]

    def between(self, start: int, end: int) -> float:
        """Return the running text of a run of lines."""
        return self._running[max(start, end)] - self._running[start]

    def running(self, element: HtmlElement) -> float:
        """Return running text alone: a menu inside an element does not count against it."""
        start, end = self.page.spans.get(element, (0, 0))
        return self._running[end] - self._running[start]


def _foot(page: Page) -> set[int]:
    """Return the numbers of the lines in what the page's markup calls its foot: addresses and telephones are text, and no article."""
    names = ((element, f"{class_} {id_}") for element, class_, id_ in page.elements.named)
    named = (element for element, name in names if ("oot" in name or "opyright" in name) and _is_foot(element, name))
    feet = (foot for foot in page.elements.of("footer") if next(foot.iterancestors("article"), None) is None)
    spans = [page.spans.get(element, (0, 0)) for element in (*feet, *named)]
    return {number for start, end in spans if (end - start) * 2 < len(page.lines) for number in range(start, end)}


def _names(element: HtmlElement) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}"


def _is_foot(element: HtmlElement, name: str) -> bool:
    return element.tag == "footer" or bool(FOOT_NAME.search(name))


def line_weight(line: Line, *, is_frame: bool = False) -> float:
    """Return how much a line speaks for an article (positive) or for navigation (negative), in characters."""
    own = len(line.text) - line.linked
    if is_frame or FOOTER.search(line.text):
        return -float(own)
    weight = own if own >= LONG or SENTENCE.search(line.text) else own * 0.3
    return weight - menu_of(line) * 0.5


def menu_of(line: Line) -> int:
    """Return how many characters of a line are links as a menu has them."""
    return 0 if line.anchors and all(map(_is_of_text, line.anchors)) else line.linked


def _is_of_text(anchor: Anchor) -> bool:
    href = anchor.href
    return anchor.text.startswith(WRITTEN_OUT) or href.rpartition(".")[2][:4].lower() in FILE_ENDS or "download" in href


def named_container(page: Page, site: Site, weights: Weights) -> Container | None:
    """Return the container that the site's file, the family or the page's microdata names, or None."""
    if site.selectors.body and (found := page.select([site.selectors.body])):
        return _best(found, "site", page, weights)
    if page.family and (found := page.select(page.family.body)):
        return _best(found, page.family.name, page, weights)
    for element in page.select(MICRODATA):
        if (weight := weights.of(element)) >= MIN_MICRODATA and weight >= SHARE * weights.running(page.tree):
            return _cut(_whole(element, "microdata", page, weights), weights)
    return None


def _cut(container: Container, weights: Weights) -> Container:
    """Return a container without what stands in it below the article: related lists, comments, the footer."""
    lines = weights.page.lines
    for number in range(container.start, container.end):
        if is_after(lines, number) and weights.between(container.start, number) >= MIN_BODY:
            return replace(container, end=number)
    return container


def below_title(page: Page, weights: Weights, title: str | None) -> Container | None:
    """Return the heaviest run of lines that begins at a line with the title, and the smallest element around it."""
    best, start, end = float(MIN_BODY), 0, 0
    for number in islice(titled(page, title), MOST_TITLES):
        weight, stop = _run(page, weights, number + 1)
        if weight > best:
            best, start, end = weight, number + 1, stop
    if end == 0:
        return None
    while start < end - 1 and weights.lines[start] <= 0:
        start += 1
    while end > start + 1 and _heads_links(page, end - 1):
        end -= 1
    return Container(_around(page, start, end), start, end, "density", best)


def _run(page: Page, weights: Weights, start: int) -> tuple[float, int]:
    """Return the weight and the end of the heaviest run of lines from `start` on."""
    total = best = 0.0
    end = start
    for number in range(start, len(page.lines)):
        line = page.lines[number]
        is_said = best >= MIN_BODY or (best > 0 and SPOKEN.search(page.lines[end - 1].text))
        if is_said and (is_after(page.lines, number) or EDITOR.match(line.text)):
            break
        total += weights.lines[number] - (GAP if menu_of(line) * 2 > len(line.text) else 0.0)
        is_file = total == best and number == end and line.text.startswith("附件")  # right below the text
        if total > best or is_file:
            best, end = total, number + 1
        elif total < best - LOST:
            break
    return best, end


def _heads_links(page: Page, number: int) -> bool:
    """Tell the heading of a list of other pages: a short line that opens a box, the rest of which is links."""
    line = page.lines[number]
    below = page.lines[number + 1 : number + 1 + TINY]
    own = len(line.text) - line.linked
    if not 0 < own <= LONG or line.linked > MAX_MORE or SENTENCE.search(line.text) or len(below) < 2:
        return False
    if not all(menu_of(other) * 2 > len(other.text) and not AFTER.match(other.text) for other in below[:2]):
        return False
    first, _ = page.spans.get(_around(page, number, number + 3), (0, 0))
    return first == number


def reaching(page: Page, weights: Weights, run: Container, most: int) -> Container:
    """Return a run with the lines below it, down to `most`, that weigh little and are of it: a table of numbers, a signature."""
    end, menus = run.end, 0.0
    for number in range(run.end, most):
        menus -= min(weights.lines[number], 0.0)
        if menus > GAP or is_after(page.lines, number) or EDITOR.match(page.lines[number].text):
            break
        if weights.lines[number] > 0:
            end = number + 1
    return run if end == run.end else replace(run, element=_around(page, run.start, end), end=end)


def ending(page: Page, weights: Weights, container: Container, most: int) -> Container:
    """Return a container without the lines from `most` on."""
    if container.end <= most:
        return container
    return replace(container, end=most, weight=weights.between(container.start, most))


def with_pictures(page: Page, container: Container) -> Container:
    """Return a container widened to the largest element that says no more: pictures stand in boxes of their own beside the text."""
    element, start, end = container.element, container.start, container.end
    while (parent := element.getparent()) is not None and parent.tag not in ("body", "html"):
        first, last = page.spans.get(parent, (start, end))
        if any(line.text for line in (*page.lines[first:start], *page.lines[end:last])):
            break
        element, start, end = parent, min(first, start), max(last, end)
    return replace(container, element=element, start=start, end=end)


def with_captions(page: Page, tight: Container, run: Container) -> Container:
    """Return a container widened to pictures and films of the run around it: all that stands above the text with them, below it their captions."""
    places = [_place(page, shown) for shown in page.tree.iter("img", "video", "audio") if _shows(page, shown)]
    dated = (n for n in range(tight.start - 1, run.start - 1, -1) if _is_dated(page.lines[n]))
    head = next(dated, run.start - 1) + 1
    start = head if any(head <= place < tight.start for place in places) else tight.start
    end = tight.end
    while end < run.end and _is_caption(page, page.lines[end]):
        end += 1
    if (start, end) == (tight.start, tight.end):
        return tight
    return replace(tight, element=_around(page, start, end), start=start, end=end)


def _shows(page: Page, element: HtmlElement) -> bool:
    """Tell a picture with an address, or a film with one of its own or of its sources, that is part of an article."""
    if element.tag == "img":
        return not _is_avatar(element) and image_url(element, page.base) is not None
    return any(video_url(one, page.base) for one in (element, *element.iter("source")))


def _place(page: Page, shown: HtmlElement) -> int:
    """Return the number of the line at which something stands; a film has no lines, its box has."""
    spans = (page.spans[box] for box in (shown, *shown.iterancestors()) if box in page.spans)
    return next(spans, (0, 0))[0]


def _is_avatar(picture: HtmlElement) -> bool:
    """Tell the portrait of who posted an article, by its class or its box's."""
    box = picture.getparent()
    return bool(AVATAR.search(f"{_names(picture)} {'' if box is None else _names(box)}"))


def _is_dated(line: Line) -> bool:
    return len(line.text) <= MAX_CAPTION and bool(HINT.search(line.text))


def _is_caption(page: Page, line: Line) -> bool:
    """Tell a line that stands alone in one box with a picture, and is neither a link nor a field."""
    first, last = page.spans.get(line.block, (0, 0))
    is_plain = bool(line.text) and not line.linked and len(line.text) <= MAX_CAPTION and not all_fields(line.text)
    return is_plain and last - first == 1 and line.block.find(".//img") is not None


def _around(page: Page, start: int, end: int) -> HtmlElement:
    """Return the smallest element that spans these lines."""
    element = page.lines[start].block
    while page.spans.get(element, (0, 0))[0] > start or page.spans.get(element, (0, 0))[1] < end:
        parent = element.getparent()
        if parent is None:
            break
        element = parent
    return element


def titled(page: Page, title: str | None) -> Iterator[int]:
    """Yield the numbers of the lines that end the title, where it stands for itself: its only line, or the last one of a broken heading."""
    for number, line in enumerate(page.lines):
        if title and line.text and title.endswith(line.text) and title in (line.text, page.heading(line)):
            yield number


def brief_below_title(page: Page, weights: Weights, title: str | None) -> Container | None:
    """Return the sentences right below the title and its metadata, up to the first menu: a text too short to weigh. Boilerplate is none."""
    for number in islice(titled(page, title), MOST_TITLES):
        text: list[int] = []
        for below in range(number + 1, min(number + 1 + ENOUGH, len(page.lines))):
            line = page.lines[below]
            if menu_of(line) * 2 > len(line.text) or is_after(page.lines, below):
                break
            if weights.lines[below] > 0 and not (_is_dated(line) or all_fields(line.text)):
                text.append(below)
        while text and not SPOKEN.search(page.lines[text[-1]].text):
            text.pop()
        if text:
            start, end = text[0], text[-1] + 1
            return Container(_around(page, start, end), start, end, "density", 0.0)
    return None


def around_title(page: Page, title: str | None) -> Container | None:
    """Return the smallest element around the title that shows more than title and metadata, down to the footer.

    For articles that no weight tells: a picture, a film, a poem of tiny lines.
    """
    for number in islice(titled(page, title), MOST_TITLES):
        start = number + 1
        footer = next((n for n in range(start, len(page.lines)) if is_after(page.lines, n)), len(page.lines))
        for element in (page.lines[number].block, *page.lines[number].block.iterancestors()):
            end = min(page.spans.get(element, (0, 0))[1], footer)
            if _is_text(page.lines[start : min(end, start + ENOUGH)]) or element.xpath(
                PLAYS if element.tag in ("body", "html") else SHOWS
            ):
                return Container(element, start, end, "density", 0.0)
    return None


def _is_text(lines: list[Line]) -> bool:
    return len(lines) >= TINY and sum(line.linked for line in lines) * 2 < sum(len(line.text) for line in lines)


def by_weight(page: Page, weights: Weights) -> Container | None:
    """Return the deepest element that still holds most of the page's running text; never one paragraph or cell among others."""
    element = page.tree.find("body")
    if element is None:
        element = page.tree
    weight = weights.running(element)
    while len(element):
        child = max(element, key=weights.running)
        inner = weights.running(child)
        if inner < SHARE * weight or (len(page.inside(child)) < 2 <= len(page.inside(element))):
            break
        element, weight = child, inner
    inline = ("p", "span", "font", "strong", "b", "section", "tbody", "tr")
    while element.tag in inline and (parent := element.getparent()) is not None:
        element = parent
    found = _whole(element, "density", page, weights)
    return found if found.weight >= MIN_BODY else None


def _whole(element: HtmlElement, rule: str, page: Page, weights: Weights) -> Container:
    start, end = page.spans.get(element, (0, 0))
    return Container(element, start, end, rule, weights.of(element))


def _best(found: list[HtmlElement], rule: str, page: Page, weights: Weights) -> Container:
    """Return the heaviest match; of nested ones the innermost that holds nearly everything."""
    best = max(found, key=weights.of)
    for element in found:
        if best in element.iterancestors() and weights.of(element) >= NESTED * weights.of(best) > 0:
            best = element
    return _whole(best, rule, page, weights)
