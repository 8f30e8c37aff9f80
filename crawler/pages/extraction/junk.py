"""The elements inside a container that are left out whole: boxes by their class, controls, and what the site's pages are known to share."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from crawler.items import Boilerplate, Dropped
from crawler.pages.extraction.boilerplate import is_control
from crawler.pages.extraction.container import PLAYS, Container
from crawler.pages.extraction.media import PICTURE, attachment_url
from crawler.pages.extraction.page import BLOCKS, Line, Page, squeeze
from crawler.pages.families import css, names_in

BOXES = re.compile(
    r"(?:^|[\s_-])(?:share|bdsharebuttonbox|jiathis\w*|social|related?|relate\w*|recommend\w*|comments?|comment-?list|pinglun|pl-?list|xg(?:xw|yd|wz|zx)|hot-?(?:news|list)|breadcrumbs?|crumbs?|"
    r"prev-?next|pre-?next|pagination|pager|(?:page-?|art(?:icle)?-?|font-?)?tool(?:s|bar)?|qr-?codes?|ewm|erweima|copyright|footer|sidebar|digg|vote\w*|like-?box|tags?-?list|"
    r"post-?nav\w*|author-?(?:box|card|bio|info|intro|desc|profile)|cookies?-?(?:notice|bar|banner|consent|policy)?|newsletter|subscribe|font-?(?:size|change|resize))(?:$|[\s_-])",
    re.IGNORECASE,
)
TAGS = re.compile(
    r"(?:^|[\s_-])(?:tags?|key-?words?|labels?)(?:$|[\s_-])", re.IGNORECASE
)  # where each line is of links
BOX_TAGS = frozenset({"div", "ul", "ol", "dl", "table", "section", "aside", "p", "form", "nav", "footer"})
MAX_BOX_SHARE = 0.4  # of the container's lines: a larger "share box" is the article under an unlucky class name
MOST_CONTROLS = 8  # lines


class Junk:
    """Tells the elements inside a container that are left out whole, and keeps why: boxes, controls, what the site's pages share."""

    def __init__(self, page: Page, container: Container, boilerplate: Boilerplate | None) -> None:
        self.dropped: list[Dropped] = []
        self._page, self._container = page, container
        self._learnt = boilerplate.lines if boilerplate else {}
        self._pages = boilerplate.pages if boilerplate else 0
        junk = [one for one in (page.family.junk if page.family else ()) if names_in(one) <= page.elements.names]
        self._named = {element for selector in junk for element in css(selector)(container.element)}
        self._forms = set() if container.is_known else set(_forms(page, container.element))
        self._keywords = squeeze(page.metas.get("keywords", ""))
        self._most = max(1.0, (container.end - container.start) * MAX_BOX_SHARE)
        self._head, self._tail = self._edges()

    def __call__(self, element: HtmlElement) -> bool:
        """Return whether an element is left out, with all it holds."""
        if element in self._named:
            return self._drop(element, "named by the family")
        if element in self._forms:
            return self._drop(element, "a form of the page")
        start, end = self._container.start, self._container.end
        first, last = self._page.spans.get(element, (start, end))
        if element.tag not in BLOCKS:
            return not start <= first <= end
        lines = self._page.inside(element)
        if self._is_shared(lines, first, last):
            return self._drop(element, f"seen on {self._least(lines)} of {self._pages} pages")
        words = f"{element.get('class', '')} {element.get('id', '')}"
        is_box = element.tag in BOX_TAGS and words != " " and bool(BOXES.search(words))
        if is_box and not lines:  # of icons
            return self._drop(element, f"a box of the page: {words.strip()}")
        if last <= start or first >= end:  # without lines it may hold a picture: of the article if beside it
            return not all(map(_is_picture, lines)) or not start <= first <= end
        if self._keywords and squeeze(" ".join(line.text for line in lines)) == self._keywords:
            return self._drop(element, "the page's keywords")
        if element.tag not in BOX_TAGS or len(lines) > self._most:
            return False
        if is_box or (TAGS.search(words) and _is_linked(lines)):
            return self._drop(element, f"a box of the page: {words.strip()}")
        controls = 0 < len(lines) <= MOST_CONTROLS and all(not line.text or is_control(line.text) for line in lines)
        controls = controls and any(line.text for line in lines) and not element.xpath(PLAYS)
        return controls and self._drop(element, "controls of the page")

    def _is_shared(self, lines: list[Line], first: int, last: int) -> bool:
        """Tell what the site's pages share: links anywhere, text only at either end of the container.

        A heading that every notice of a series has stands between paragraphs of its own, and stays.
        """
        said = [line for line in lines if line.text]
        if not said or not all(line.text in self._learnt for line in said):
            return False
        anchors = [anchor for line in said for anchor in line.anchors]
        if any(
            attachment_url(anchor.element, self._page.base) for anchor in anchors
        ):  # a form that every notice offers
            return False
        if any(line.block.xpath("boolean(.//img)") for line in said):
            return False
        linked = sum(line.linked for line in said) * 2 > sum(len(line.text) for line in said)
        return linked or first >= self._tail or last <= self._head

    def _edges(self) -> tuple[int, int]:
        """Return where the shared lines that open the container end, and where those that close it begin.

        What opens a container that a rule named is the author's.
        """
        head, tail = self._container.start, self._container.end
        lines = self._page.lines
        if self._learnt:
            while tail > head and self._is_frame(lines[tail - 1]):
                tail -= 1
            while not self._container.is_known and head < tail and self._is_frame(lines[head]):
                head += 1
        return head, tail

    def _is_frame(self, line: Line) -> bool:
        return line.text in self._learnt or line.linked * 2 >= len(line.text) or is_control(line.text)

    def _least(self, lines: list[Line]) -> int:
        return min(self._learnt[line.text] for line in lines if line.text)

    def _drop(self, element: HtmlElement, why: str) -> bool:
        if text := " ".join(line.text for line in self._page.inside(element) if line.text):
            self.dropped.append(Dropped(text=text, why=why))
        return True


def _is_picture(line: Line) -> bool:
    """Tell a line that says nothing and leads nowhere but to a picture in full size."""
    return not line.text and all(PICTURE.search(anchor.href) for anchor in line.anchors)


def _is_linked(lines: list[Line]) -> bool:
    """Return whether lines are links and little else."""
    return any(line.linked for line in lines) and all(line.linked * 4 >= len(line.text) * 3 for line in lines)


def _forms(page: Page, container: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the boxes that hold little but a field to fill in: a sign-up, a search, a comment."""
    for field in container.iter("input", "textarea"):
        if field.get("type", "text") in ("text", "email", "search"):
            for element in field.iterancestors():
                if element is container or len(page.inside(element)) > MOST_CONTROLS // 2:
                    break
                yield element
