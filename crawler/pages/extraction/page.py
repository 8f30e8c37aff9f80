"""A page: a capture decoded and parsed once, and the lines a reader sees on it.

Extraction and discovery both work on the lines: a line is the text between two block boundaries, with its links. Every element spans a
run of lines, so that any weight over a container is a difference of two prefix sums.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from lxml.etree import ElementDefaultClassLookup, ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring, fragment_fromstring

from crawler.errors import ExtractionError
from crawler.items import Capture
from crawler.pages.extraction.elements import Elements
from crawler.pages.extraction.encoding import decode
from crawler.pages.families import Family, recognise
from crawler.urls import absolute_url

MOST_TITLE = 1_000  # characters of a title, on its page or in a list; real ones have a hundred
BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr html legend li main menu nav ol option p pre section summary table tbody td tfoot th thead tr ul".split()
)
SKIPPED = frozenset(
    "script style noscript template head title select textarea button object applet svg math noframes iframe video audio".split()
)
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
NO_LETTER = re.compile(r"[\W_]+")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
MAX_BROKEN = 4  # lines of a heading
MAX_DEPTH = 400  # levels; deeper nesting is a broken or hostile page, what is below is read as one line
RECOGNISE_IN = 60_000  # characters of the source in which a family's marks are looked for
# lxml.html looks up a class for every element in Python; the special ones (forms, inputs) are of no use here.
ONE_CLASS = ElementDefaultClassLookup(element=HtmlElement)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
# The parser takes 19 s for 50,000 attributes in one tag, and the square of that for more: so long a tag loses them. Pictures written out
# in their address are cut first; no other tag of a real page is that long.
MAX_TAG = 20_000  # characters
LONG_TAG = re.compile(rf"<([A-Za-z][A-Za-z0-9]*)[^>]{{{MAX_TAG},}}")
DATA_ADDRESS = re.compile(r"data:[^\"'>\s]{1000,}")
# A picture that is written out in its address; a shorter one stands in the place of another until a script names that.
WRITTEN = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp|x-icon);base64,([A-Za-z0-9+/=%\s]{1000,}+)")
PACKED = re.compile(r"<(?:p|div|br|section)\b[^<>]{0,300}>", re.IGNORECASE)  # the markup of a text
MIN_PACKED, MIN_HIDDEN = 40, 60  # characters of a text in a <textarea>, or under display:none, that is an article's
MOST_WRITTEN = 1000  # pictures


@dataclass(frozen=True, slots=True)
class Anchor:
    """One `<a href>` as it stands."""

    element: HtmlElement
    href: str
    text: str


@dataclass(slots=True)
class Line:
    """The text between two block boundaries, white space folded; `linked` is how many of its characters are links."""

    text: str
    block: HtmlElement
    anchors: list[Anchor]
    linked: int


class Page:
    """What extraction and discovery look at. Never leaves the process: it holds the tree."""

    def __init__(
        self,
        *,
        url: str,
        elements: Elements,
        source: str,
        encoding: str,
        family: Family | None,
        shows_hidden: bool = False,
    ) -> None:
        self.url = url  # after redirects: what relative links are relative to, unless there is a <base>
        self.elements, self.tree = elements, elements.tree
        self.source = source
        self.encoding = encoding
        self.family = family
        self.written: tuple[
            str, ...
        ] = ()  # Base64 of the pictures that its addresses hold; `data:,N` stands for the N-th
        self.spans: dict[HtmlElement, tuple[int, int]] = {}
        self.lines: list[Line] = []
        reader = _Reader(self.lines, self.spans, shows_hidden=shows_hidden)
        reader.read(elements)
        self.is_covered = any(
            True for element in reader.hidden for _ in element.iter("a")
        )  # links among what is hidden

    def again(self, *, shows_hidden: bool = False) -> "Page":
        """Return the page of the same tree, which has been changed, or of which what is hidden is looked at as well."""
        page = Page(
            url=self.url,
            elements=self.elements,
            source=self.source,
            encoding=self.encoding,
            family=self.family,
            shows_hidden=shows_hidden,
        )
        page.written = self.written
        return page

    @cached_property
    def base(self) -> str:
        """Return the URL that relative links are relative to."""
        href = next(iter(self.elements.given("href", "base")), "")
        own = self.url
        if urlsplit(own).netloc.endswith(".invalid"):  # saved without an address: the page may name its own
            named = (link.get("href") for link in self.elements.of("link") if link.get("rel") == "canonical")
            own = next(filter(None, named), None) or self.metas.get("og:url") or own
        return (absolute_url(own, href) if href else None) or own

    @cached_property
    def title(self) -> str:
        """Return the text of `<title>`, white space folded."""
        return next((fold("".join(element.itertext())) for element in self.elements.of("title")), "")[:MOST_TITLE]

    @cached_property
    def metas(self) -> dict[str, str]:
        """Return the `<meta>` elements: name, property or itemprop in lower case -> content; the first one wins."""
        found: dict[str, str] = {}
        for meta in self.elements.of("meta"):
            name = meta.get("name") or meta.get("property") or meta.get("itemprop")
            if name and (content := fold(meta.get("content"))):
                found.setdefault(name.lower(), content)
        return found

    @cached_property
    def text(self) -> str:
        """Return all lines, one a row."""
        return "\n".join(line.text for line in self.lines)

    def heading(self, line: Line) -> str:
        """Return the text of the heading that a line stands in, which a break may part into a few lines; of any other line its own."""
        start, end = self.spans.get(line.block, (0, 0))
        whole = line.block.tag in HEADINGS and 1 < end - start <= MAX_BROKEN
        return " ".join(part.text for part in self.lines[start:end] if part.text) if whole else line.text

    def select(self, selectors: Iterable[str]) -> list[HtmlElement]:
        """Return what the first matching CSS selector matches, in document order; nothing if none does."""
        return self.elements.select(selectors)

    def inside(self, element: HtmlElement) -> list[Line]:
        """Return the lines of one element."""
        start, end = self.spans.get(element, (0, 0))
        return self.lines[start:end]


def parse(capture: Capture, family: Family | None = None) -> Page:
    """Return the page of a capture. Raises ExtractionError if there is nothing to parse."""
    content_type = next((value for name, value in capture.headers if name.lower() == "content-type"), None)
    source, encoding = decode(capture.body, content_type)
    source = CONTROL.sub("", source)
    written: list[str] = []
    if ";base64," in source:
        source = WRITTEN.sub(lambda found: _kept(found, written), source)
    if _may_have_long_tag(source):
        source = LONG_TAG.sub(_shortened, source)
    if not source.strip():
        raise ExtractionError(f"{capture.url}: an empty page")
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(ONE_CLASS)
    try:
        tree = document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (ParserError, ValueError, AssertionError) as error:
        raise ExtractionError(f"{capture.url}: not a page that can be parsed: {error}") from error
    _unpack(tree, parser)
    family = family or recognise(capture.final_url, source[:RECOGNISE_IN])
    if family and family.body_in_script and (html := family.body_in_script(source)):
        body = tree.find("body")
        (tree if body is None else body).append(fragment_fromstring(html, parser=parser))
    page = Page(url=capture.final_url, elements=Elements(tree), source=source, encoding=encoding, family=family)
    page.written = tuple(written)
    return page


def _unpack(tree: HtmlElement, parser: HTMLParser) -> None:
    """Put the markup that a `<textarea>` keeps for a script in its place: a text that stands nowhere else on the page."""
    for area in list(tree.iter("textarea")):
        source, parent = area.text or "", area.getparent()
        if parent is None or len(source) < MIN_PACKED or not PACKED.search(source):
            continue
        packed = fragment_fromstring(source, create_parent="div", parser=parser)
        if packed.xpath("boolean(.//li//img)"):  # the pictures of a gallery
            continue
        if (start := fold(packed.text_content())[:MIN_PACKED]) and start not in fold(
            tree.text_content().replace(source, "")
        ):
            packed.tail, area.tail = area.tail, None
            parent.replace(area, packed)


def _shown_later(hidden: Iterable[HtmlElement], said: int) -> HtmlElement | None:
    """Return the hidden element that holds more text than all that is shown: a script shows it."""
    sizes = {element: _size(element) for element in hidden}
    largest = max(sizes, key=lambda element: sizes[element], default=None)
    return largest if largest is not None and sizes[largest] > max(said, MIN_HIDDEN) else None


def _size(element: HtmlElement) -> int:
    """Return how many characters of paragraphs an element holds, without links; of a gallery, which is captions, none."""
    said = [len(text) for part in element.iter("p") if part.text and (text := fold(part.text))]
    return sum(said) if len(said) > sum(1 for _ in element.iter("img")) else 0


def _kept(found: re.Match[str], written: list[str]) -> str:
    """Return what stands in the source for a picture that is kept aside."""
    if len(written) == MOST_WRITTEN:
        return "data:,"
    written.append(found[1])
    return f"data:,{len(written) - 1}"


def _may_have_long_tag(source: str) -> bool:
    """Tell whether a source has a stretch without the end of a tag: one of MAX_TAG characters covers one of the steps."""
    step = MAX_TAG // 2
    return any(source.find(">", at, at + step) < 0 for at in range(0, len(source) - step, step))


def _shortened(tag: re.Match[str]) -> str:
    short = DATA_ADDRESS.sub("data:,", tag[0])
    return short if len(short) <= MAX_TAG else f"<{tag[1]}"


def squeeze(text: str) -> str:
    """Return the letters and digits of a text."""
    return NO_LETTER.sub("", text).lower()


def fold(text: str | None) -> str:
    """Return text with every run of white space (no-break, ideographic and zero-width too) as one space, none at the ends."""
    if not text:
        return ""
    if "\u200b" in text or "\ufeff" in text:  # five times as fast as to look for both at once
        text = text.replace("\u200b", " ").replace("\ufeff", " ")
    return " ".join(text.split())  # str.split knows the no-break and the ideographic space


def is_hidden(element: HtmlElement) -> bool:
    """Return whether an element says of itself that it is not shown."""
    return element.get("hidden") is not None or bool((style := element.get("style")) and _hides(style))


@lru_cache(maxsize=4096)  # the elements of a page have few styles
def _hides(style: str) -> bool:
    return bool(HIDDEN.search(style))


def _anchor(element: HtmlElement, href: str) -> Anchor:
    text = element.text_content() if len(element) else element.text
    return Anchor(element, href, fold(text) or fold(element.get("title")))


class _Reader:
    """Walks a tree once and fills lines and spans. Recursion is bounded by MAX_DEPTH.

    The hottest loop of all: it looks at every element and every piece of text, so it asks each as little as it can.
    """

    def __init__(
        self, lines: list[Line], spans: dict[HtmlElement, tuple[int, int]], *, shows_hidden: bool = False
    ) -> None:
        self.lines, self.spans, self.shows_hidden = lines, spans, shows_hidden
        self.hidden: dict[HtmlElement, None] = {}  # in the order of the page
        self.parts: list[str] = []
        self.anchors: list[Anchor] = []
        self.linked = 0
        self.has_ink = False

    def read(self, elements: Elements) -> None:
        tree = elements.tree
        if not self.shows_hidden:
            self.hidden = dict.fromkeys(filter(is_hidden, elements.styled))
        self._walk(tree, tree, 0, False)
        self._flush(tree)
        said = sum(len(line.text) - line.linked for line in self.lines)
        if (element := _shown_later(self.hidden, said)) is not None:
            for each in (element, *element.iterancestors()):
                for name in ("style", "hidden") if is_hidden(each) else ():
                    each.attrib.pop(name, None)
            self.lines.clear()
            self.spans.clear()
            self.read(elements)

    def _walk(self, element: HtmlElement, block: HtmlElement, depth: int, in_link: bool) -> None:
        tag = element.tag
        is_block = tag in BLOCKS
        if is_block and (self.parts or self.anchors):
            self._flush(block)
        if is_block and tag != "br":
            block = element
        elif tag == "a" and (href := element.get("href")):
            in_link = True
            self.anchors.append(_anchor(element, href))
        start = len(self.lines)
        if depth > MAX_DEPTH:
            self._add(" ".join(element.itertext()), in_link)
        else:
            if text := element.text:
                self._add(text, in_link)
            hidden = self.hidden
            for child in element:
                child_tag = child.tag
                if isinstance(child_tag, str) and child_tag not in SKIPPED and child not in hidden:
                    self._walk(child, block, depth + 1, in_link)
                if tail := child.tail:
                    self._add(tail, in_link)
        if is_block and (self.parts or self.anchors):
            self._flush(block)
        self.spans[element] = (start, len(self.lines))

    def _add(self, text: str, in_link: bool) -> None:
        if text.isspace():
            if self.parts:  # at the start of a line it is nothing
                self.parts.append(" ")
            return
        self.parts.append(text)
        self.has_ink = True
        if in_link:
            self.linked += len(text.strip())

    def _flush(self, block: HtmlElement) -> None:
        """End a line; where there are neither parts nor anchors there is none."""
        if self.has_ink or self.anchors:
            text = fold("".join(self.parts))
            if text or self.anchors:
                self.lines.append(Line(text, block, self.anchors, min(self.linked, len(text))))
                self.anchors = []
            self.linked, self.has_ink = 0, False
        self.parts = []
