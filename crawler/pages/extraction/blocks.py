"""A container as a row of blocks: paragraphs, headings, lists, quotes, tables and media, each in the small HTML that Markdown can say.

This is where the page's markup ends: spans are merged, indents and empty paragraphs go, layout tables are unfolded, pictures get their
full-size address, links become absolute. What is boilerplate is decided afterwards, on blocks (`boilerplate.py`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from lxml.html import HtmlElement

from crawler.items import Media, MediaKind
from crawler.pages.extraction.inline import CJK_BREAK, OURS, PLAIN, WHITE, Inline, Style, plain, render, styled, trimmed
from crawler.pages.extraction.mathml import math_text
from crawler.pages.extraction.media import (
    VIDEO,
    alt_text,
    attachment_name,
    attachment_url,
    background_url,
    file_name,
    image_url,
    inlined,
    sudy_title,
    video_url,
)
from crawler.pages.extraction.page import BLOCKS, SKIPPED, fold, is_hidden
from crawler.pages.extraction.tables import data_rows, span
from crawler.pages.extraction.viewers import FLASH_PLAYER, leaves_of, shown_by, shown_by_script
from crawler.urls import absolute_url

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
PLAYERS = frozenset({"video", "audio", "source", "embed", "iframe", "frame", "object"})
READ = frozenset({"script", "button", "noscript", "math", *PLAYERS})  # no lines of their own, and not dropped
DROPPED = SKIPPED - READ | {"select", "option", "input", "link", "meta", "base", "canvas", "map", "nav", "rp"}
MATH_SCRIPT = "math/tex"
VSB_VIDEO = re.compile(r"\bvurl\s*[=:]\s*[\"']([^\"']+)", re.IGNORECASE)
COUNTED = "已下载"
COUNTER = re.compile(r"(?<!\s)\s*+已下载\s*+(?:<[^<>]++>)*+\s*+\d*+\s*+(?:<[^<>]++>)*+\s*+次")
BACK = re.compile(
    r"^\W*返回.{0,12}(?:首页|查看更多|列表)\W*$"
)  # 返回搜狐，查看更多: a portal's link at the end of the last paragraph
PICTURES = frozenset({"img", "noscript"})
# Elements without an end tag that the parser does not know as such: what follows them in their parent stands in them.
VOID = frozenset({"source", "embed"})
TEXTS: Mapping[str, Callable[[HtmlElement], str]] = {  # elements that are read as one text
    "math": math_text,
    "rt": lambda element: f"({fold(element.text_content())})",  # the reading of a character, behind it
}
ITEM_END = "</li>"
ITEMS = ("li", "dt", "dd")
NUMBER = re.compile(r"^\d{1,5}$")
MAX_DEPTH = 120  # levels; what is nested deeper is read as plain text


@dataclass(slots=True)
class Block:
    """One block of an article."""

    html: str
    text: str  # without markup, white space folded
    kind: str  # p, h, list, table, quote, image, attachment, video, rule, code
    linked: int = 0  # how many characters of the text are links
    media: list[Media] = field(default_factory=list)


def to_blocks(
    container: HtmlElement, base: str, is_junk: Callable[[HtmlElement], bool], written: Sequence[str] = ()
) -> list[Block]:
    """Return the blocks of a container in document order.

    `is_junk` tells the elements to leave out, with all they hold; `written` are the pictures that the page itself holds (`Page.written`).
    """
    reader = _Blocks(base, is_junk, written)
    reader.walk(container, PLAIN, 0)
    reader.flush()
    return reader.blocks


class _Blocks:
    """Collects runs into paragraphs and paragraphs into blocks while it walks a container."""

    def __init__(self, base: str, is_junk: Callable[[HtmlElement], bool], written: Sequence[str]) -> None:
        self.base, self.is_junk, self.written = base, is_junk, written
        self.is_waiting = False  # the last <img> showed nothing
        self.blocks: list[Block] = []
        self.runs: list[Inline] = []
        self.media: list[Media] = []

    def walk(self, element: HtmlElement, style: Style, depth: int) -> None:
        """Read an element's text and children; the caller reads its tail."""
        self._add(element.text, style)
        for child in element:
            if isinstance(child.tag, str):
                self._child(child, style, depth + 1)
            self._add(child.tail, style)

    def flush(self, tag: str = "p", kind: str = "p") -> None:
        """End the current paragraph, if there is one."""
        runs, media = trimmed(self.runs), self.media
        self.runs, self.media = [], []
        if not runs:
            return
        text = fold("".join(run.text for run in runs))
        if not text and media:
            kind = media[0].kind.value
        linked = sum(len(run.text) for run in runs if run.href)
        html = render(runs)
        if COUNTED in text:  # VSB counts the downloads of an attachment behind its link
            html, text = COUNTER.sub("", html), COUNTER.sub("", text)
        if text or media:
            self.blocks.append(Block(f"<{tag}>{html}</{tag}>", text, kind, linked, media))

    def _child(self, element: HtmlElement, style: Style, depth: int) -> None:
        tag = element.tag
        if tag == "script":
            self._script(element, style)
        elif (shown := element.get("pdfsrc") or element.get("sudy-wp-src")) and (url := absolute_url(self.base, shown)):
            self._show(element, url)
        elif tag in DROPPED or (element.attrib and is_hidden(element)) or self.is_junk(element):
            return
        else:
            self._read(element, str(tag), style, depth)

    def _read(self, element: HtmlElement, tag: str, style: Style, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._add(" ".join(element.itertext()), style)
        elif tag == "br":
            self._break()
        elif tag in PICTURES:
            self._picture(element, style)
        elif tag in PLAYERS:
            self._player(element)
            if tag in VOID:
                self.walk(element, style, depth)
        elif tag == "a":
            self._link(element, style, depth)
        elif tag in BLOCKS or tag == "dd":
            self._block(element, tag, depth)
        elif tag in TEXTS:
            self._add(TEXTS[tag](element), style)
        else:
            self.walk(element, styled(style, tag), depth)

    def _break(self) -> None:
        """Put a line break; a second one ends the paragraph, as its author meant."""
        last = next((run for run in reversed(self.runs) if run.html or run.text.strip()), None)
        if last is not None and last.html == "<br>":
            self.flush()
        else:
            self.runs.append(Inline("\n", html="<br>"))

    def _block(self, element: HtmlElement, tag: str, depth: int) -> None:
        self.flush()
        if picture := background_url(element, self.base):
            self._put(Media(kind=MediaKind.IMAGE, url=picture))
            self.flush()
        elif tag in HEADINGS:
            self.walk(element, PLAIN, depth)
            self.flush(tag, "h")
        elif tag in ("ul", "ol", "dl"):
            opening = (
                f'<ol start="{start}">'
                if tag == "ol" and NUMBER.match(start := element.get("start", ""))
                else f"<{tag}>"
            )
            is_list = self._is_list(element)
            self._nested(element, opening, f"</{tag}>", "list", depth) if is_list else self._through(element, depth)
        elif tag == "li":
            self.walk(element, PLAIN, depth)
            self.flush()
        elif tag == "blockquote":
            self._nested(element, "<blockquote>", "</blockquote>", "quote", depth)
        elif tag == "pre":
            text = element.text_content().strip("\n")
            self.blocks.append(Block(f"<pre>{escape(OURS.sub('', text))}</pre>", fold(text), "code"))
        elif tag == "table" and (rows := data_rows(element)):
            self._table(rows, depth)
        elif tag == "hr":
            self.blocks.append(Block("<hr>", "", "rule"))
        else:
            self._through(element, depth)

    def _through(self, element: HtmlElement, depth: int) -> None:
        self.walk(element, PLAIN, depth)
        self.flush()

    def _is_list(self, element: HtmlElement) -> bool:
        """Tell a list from a row of boxes: its items hold inline text, not paragraphs of their own."""
        items = [child for child in element if child.tag in ITEMS]
        return bool(items) and not any(child.tag in ("div", "table") for item in items for child in item)

    def _nested(self, element: HtmlElement, opening: str, closing: str, kind: str, depth: int) -> None:
        """Read the blocks inside an element and put them as one block."""
        inner = _Blocks(self.base, self.is_junk, self.written)
        if kind == "quote":
            inner.walk(element, PLAIN, depth + 1)
            inner.flush()
            parts = [block.html for block in inner.blocks]
        else:
            parts = inner.items(element, depth + 1)
        media = [medium for block in inner.blocks for medium in block.media]
        text = " ".join(block.text for block in inner.blocks if block.text)
        if text or media:
            linked = sum(block.linked for block in inner.blocks)
            html = opening + "".join(parts) + closing
            self.blocks.append(Block(html, text, kind, linked, media))

    def items(self, element: HtmlElement, depth: int) -> list[str]:
        """Return the HTML of the children of a list; a list that stands in no item is of the item before it."""
        parts: list[str] = []
        for child in element:
            if not isinstance(child.tag, str):
                continue
            html = self._item(child, depth)
            if child.tag in ("ul", "ol") and parts and parts[-1].endswith(ITEM_END):
                parts[-1] = parts[-1].removesuffix(ITEM_END) + html + ITEM_END
            elif html:
                parts.append(html)
        return parts

    def _item(self, child: HtmlElement, depth: int) -> str:
        """Return the HTML of one child of a list: an item, which begins another list where it states its number; or what is none."""
        start = len(self.blocks)
        is_item = child.tag in ITEMS
        self.walk(child, PLAIN, depth) if is_item else self._child(child, PLAIN, depth)
        self.flush()
        html = "".join(_inline(block, is_item) for block in self.blocks[start:])
        if not (is_item and html):
            return html
        number = child.get("value", "") if child.tag == "li" else ""
        return (f'</ol><ol start="{number}">' if NUMBER.match(number) else "") + f"<li>{html}{ITEM_END}"

    def _table(self, rows: list[list[HtmlElement]], depth: int) -> None:
        html: list[str] = []
        texts: list[str] = []
        media: list[Media] = []
        linked = 0
        for number, row in enumerate(rows):
            cells: list[str] = []
            for cell in row:
                inner = _Blocks(self.base, self.is_junk, self.written)
                inner.walk(cell, PLAIN, depth + 1)
                inner.flush()
                content = "<br>".join(_inline(block, True) for block in inner.blocks)
                texts.extend(block.text for block in inner.blocks if block.text)
                media.extend(medium for block in inner.blocks for medium in block.media)
                linked += sum(block.linked for block in inner.blocks)
                name = "th" if number == 0 else "td"
                cells.append(f"<{name}{span(cell)}>{content}</{name}>")
            html.append(f"<tr>{''.join(cells)}</tr>")
        if texts or media:
            self.blocks.append(Block(f"<table>{''.join(html)}</table>", " ".join(texts), "table", linked, media))

    def _link(self, element: HtmlElement, style: Style, depth: int) -> None:
        if BACK.match(fold(element.text_content())):
            return
        file = attachment_url(element, self.base)
        url = file or absolute_url(self.base, element.get("href") or "")
        if not url:
            self.walk(element, style, depth)
            return
        if file:
            self.media.append(Media(kind=MediaKind.ATTACHMENT, url=url, name=attachment_name(element, url)))
        self.walk(element, Style(style.strong, style.emphasis, style.raised, url), depth)

    def _picture(self, element: HtmlElement, style: Style) -> None:
        """Read an `<img>`; of a `<noscript>` the pictures, where the `<img>` before it waits for a script that names them."""
        waiting = element.iter("img") if self.is_waiting else ()
        pictures = waiting if element.tag == "noscript" else (element,)
        for picture in pictures:
            self._image(picture)

    def _image(self, element: HtmlElement) -> None:
        written = inlined(element.get("src"), self.written)
        url = written.url if written else image_url(element, self.base)
        self.is_waiting = not url
        if url:
            self._put(written or Media(kind=MediaKind.IMAGE, url=url, caption=alt_text(element)))

    def _put(self, picture: Media) -> None:
        self.media.append(picture)
        alt = escape(OURS.sub("", picture.caption or ""))
        self.runs.append(Inline("", html=f'<img src="{escape(picture.url)}" alt="{alt}">'))

    def _player(self, element: HtmlElement) -> None:
        """Read what plays or shows a file; the text inside it is for browsers that cannot."""
        within = () if element.tag == "iframe" or element.tag in VOID else element.iter("source", "embed", "param")
        inside = [element, *within]
        files = dict.fromkeys(url for each in inside if (url := shown_by(each, self.base)))
        if files and element.tag not in ("video", "audio"):
            self._show(element, next(iter(files)))
        elif element.tag not in ("object", "frame"):
            urls = (video_url(each, self.base) for each in inside if each.tag != "param")
            for url in dict.fromkeys(url for url in urls if url and not FLASH_PLAYER.search(url)):
                self._watch(url)

    def _script(self, element: HtmlElement, style: Style) -> None:
        """Read what is shown by script: a document, a film, a formula."""
        source = element.text or ""
        if element.get("type", "").startswith(MATH_SCRIPT):
            self._add(f"${fold(source)}$", style)
            return
        vurl = element.get("vurl") or ((found := VSB_VIDEO.search(source)) and found[1])
        if vurl and (url := absolute_url(self.base, vurl)):
            self._watch(url)
            return
        files = list(shown_by_script(source, self.base))
        for url in files:
            self._show(element, url)
        for url in leaves_of(source, self.base) if not files else ():
            self._put(Media(kind=MediaKind.IMAGE, url=url))
            self.flush()

    def _show(self, element: HtmlElement, url: str) -> None:
        """Put a file that is shown in a frame: a film, or a document, which is an attachment."""
        if VIDEO.search(url):
            self._watch(url)
            return
        self.flush()
        name = sudy_title(element) or fold(element.get("title")) or None
        self._alone(Media(kind=MediaKind.ATTACHMENT, url=url, name=name or file_name(url)), name)

    def _watch(self, url: str) -> None:
        self.flush()
        self._alone(Media(kind=MediaKind.VIDEO, url=url), None)

    def _alone(self, medium: Media, name: str | None) -> None:
        """Put a file that stands for itself as a block; without a name of its own its address is shown."""
        html = f'<p><a href="{escape(medium.url)}">{plain(name or medium.url)}</a></p>'
        self.blocks.append(Block(html, name or "", medium.kind.value, len(name or ""), [medium]))

    def _add(self, text: str | None, style: Style) -> None:
        if text:
            self.runs.append(
                Inline(WHITE.sub(" ", CJK_BREAK.sub("", text)), style.strong, style.emphasis, style.raised, style.href)
            )


def _inline(block: Block, is_item: bool) -> str:
    """Return a block's HTML, without its paragraph marks inside a list item or a cell."""
    return block.html[3:-4] if is_item and block.html.startswith("<p>") else block.html
