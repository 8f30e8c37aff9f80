"""A container as a row of blocks: paragraphs, headings, lists, quotes, tables and media, each in the small HTML that Markdown can say.

This is where the page's markup ends: spans are merged, indents and empty paragraphs go, layout tables are unfolded, pictures get their
full-size address, links become absolute. What is boilerplate is decided afterwards, on blocks (`boilerplate.py`).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape

from lxml.html import HtmlElement

from crawler.items import Media, MediaKind
from crawler.pages.extraction.media import alt_text, attachment_name, attachment_url, image_url, sudy_title, video_url
from crawler.pages.extraction.page import BLOCKS, SKIPPED, fold, is_hidden
from crawler.pages.extraction.runs import CJK_BREAK, OURS, PLAIN, WHITE, Run, Style, plain, render, styled, trimmed
from crawler.urls import absolute_url

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
PLAYERS = frozenset({"video", "audio", "source", "embed", "iframe"})
DROPPED = SKIPPED - {"script", "button"} | {"select", "option", "input", "link", "meta", "base", "canvas", "map", "nav"}
VSB_PDF = re.compile(r"showVsbpdfIframe\(\s*[\"']([^\"']+)", re.IGNORECASE)
VSB_VIDEO = re.compile(r"\bvurl\s*[=:]\s*[\"']([^\"']+)", re.IGNORECASE)
COUNTED = "已下载"
COUNTER = re.compile(r"\s*已下载\s*(?:<[^>]+>)*\s*\d*\s*(?:<[^>]+>)*\s*次")
BACK = re.compile(
    r"^\W*返回.{0,12}(?:首页|查看更多|列表)\W*$"
)  # 返回搜狐，查看更多: a portal's link at the end of the last paragraph
MAX_DEPTH = 200  # levels; what is nested deeper is read as plain text
MAX_CELL = 400  # characters; a table with a longer cell lays out a page
DATA_ROWS = 2
SPAN = re.compile(r"^[0-9]{1,2}$")


@dataclass(slots=True)
class Block:
    """One block of an article."""

    html: str
    text: str  # without markup, white space folded
    kind: str  # p, h, list, table, quote, image, attachment, video, rule, code
    linked: int = 0  # how many characters of the text are links
    media: list[Media] = field(default_factory=list)


def to_blocks(container: HtmlElement, base: str, is_junk: Callable[[HtmlElement], bool]) -> list[Block]:
    """Return the blocks of a container in document order. `is_junk` tells the elements to leave out, with all they hold."""
    reader = _Blocks(base, is_junk)
    reader.walk(container, PLAIN, 0)
    reader.flush()
    return reader.blocks


class _Blocks:
    """Collects runs into paragraphs and paragraphs into blocks while it walks a container."""

    def __init__(self, base: str, is_junk: Callable[[HtmlElement], bool]) -> None:
        self.base, self.is_junk = base, is_junk
        self.blocks: list[Block] = []
        self.runs: list[Run] = []
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
            self._script(element)
        elif pdf := element.get("pdfsrc"):
            self._attach(element, pdf)
        elif tag in DROPPED or (element.attrib and is_hidden(element)) or self.is_junk(element):
            return
        elif depth > MAX_DEPTH:
            self._add(" ".join(element.itertext()), style)
        elif tag == "br":
            self._break()
        elif tag == "img":
            self._image(element, style)
        elif tag in PLAYERS:
            self._player(element, style, depth)
        elif tag == "a":
            self._link(element, style, depth)
        elif tag in BLOCKS or tag == "dd":
            self._block(element, tag, depth)
        else:
            self.walk(element, styled(style, str(tag)), depth)

    def _break(self) -> None:
        """Put a line break; a second one ends the paragraph, as its author meant."""
        last = next((run for run in reversed(self.runs) if run.html or run.text.strip()), None)
        if last is not None and last.html == "<br>":
            self.flush()
        else:
            self.runs.append(Run("\n", html="<br>"))

    def _block(self, element: HtmlElement, tag: str, depth: int) -> None:
        self.flush()
        if tag in HEADINGS:
            self.walk(element, PLAIN, depth)
            self.flush(tag, "h")
        elif tag in ("ul", "ol", "dl"):
            self._nested(element, f"<{tag}>", f"</{tag}>", "list", depth) if self._is_list(element) else self._through(
                element, depth
            )
        elif tag == "li":
            self.walk(element, PLAIN, depth)
            self.flush()
        elif tag == "blockquote":
            self._nested(element, "<blockquote>", "</blockquote>", "quote", depth)
        elif tag == "pre":
            text = element.text_content().strip("\n")
            self.blocks.append(Block(f"<pre>{escape(OURS.sub('', text))}</pre>", fold(text), "code"))
        elif tag == "table" and (rows := _data_rows(element)):
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
        items = [child for child in element if child.tag in ("li", "dt", "dd")]
        return bool(items) and not any(child.tag in ("div", "table") for item in items for child in item)

    def _nested(self, element: HtmlElement, opening: str, closing: str, kind: str, depth: int) -> None:
        """Read the blocks inside an element and put them as one block."""
        inner = _Blocks(self.base, self.is_junk)
        parts: list[str] = []
        if kind == "quote":
            inner.walk(element, PLAIN, depth + 1)
            inner.flush()
            parts = [block.html for block in inner.blocks]
        for child, is_item in _children(element) if kind == "list" else ():
            start = len(inner.blocks)
            inner._child(child, PLAIN, depth + 1) if not is_item else inner.walk(child, PLAIN, depth + 1)
            inner.flush()
            html = "".join(_inline(block, is_item) for block in inner.blocks[start:])
            parts.append(f"<li>{html}</li>" if is_item and html else html)
        media = [medium for block in inner.blocks for medium in block.media]
        text = " ".join(block.text for block in inner.blocks if block.text)
        if text or media:
            linked = sum(block.linked for block in inner.blocks)
            self.blocks.append(Block(opening + "".join(parts) + closing, text, kind, linked, media))

    def _table(self, rows: list[list[HtmlElement]], depth: int) -> None:
        html: list[str] = []
        texts: list[str] = []
        media: list[Media] = []
        linked = 0
        for number, row in enumerate(rows):
            cells: list[str] = []
            for cell in row:
                inner = _Blocks(self.base, self.is_junk)
                inner.walk(cell, PLAIN, depth + 1)
                inner.flush()
                content = "<br>".join(_inline(block, True) for block in inner.blocks)
                texts.extend(block.text for block in inner.blocks if block.text)
                media.extend(medium for block in inner.blocks for medium in block.media)
                linked += sum(block.linked for block in inner.blocks)
                name = "th" if number == 0 else "td"
                cells.append(f"<{name}{_span(cell)}>{content}</{name}>")
            html.append(f"<tr>{''.join(cells)}</tr>")
        if texts or media:
            self.blocks.append(Block(f"<table>{''.join(html)}</table>", " ".join(texts), "table", linked, media))

    def _link(self, element: HtmlElement, style: Style, depth: int) -> None:
        if BACK.match(fold(element.text_content())):
            return
        url = absolute_url(self.base, element.get("href") or "")
        if not url:
            self.walk(element, style, depth)
            return
        if file := attachment_url(element, self.base):
            url = file
            self.media.append(Media(kind=MediaKind.ATTACHMENT, url=url, name=attachment_name(element, url)))
        self.walk(element, Style(style.strong, style.emphasis, style.raised, url), depth)

    def _image(self, element: HtmlElement, style: Style) -> None:
        if not (url := image_url(element, self.base)):
            return
        caption = alt_text(element)
        self.media.append(Media(kind=MediaKind.IMAGE, url=url, caption=caption))
        self.runs.append(Run("", html=f'<img src="{escape(url)}" alt="{escape(OURS.sub("", caption or ""))}">'))

    def _player(self, element: HtmlElement, style: Style, depth: int) -> None:
        if url := video_url(element, self.base):
            self._watch(url)
        self.walk(element, style, depth)

    def _script(self, element: HtmlElement) -> None:
        """Read what VSB shows by script: a PDF as the body, a video."""
        source = element.text or ""
        if pdf := VSB_PDF.search(source):
            self._attach(element, pdf[1])
        vurl = element.get("vurl") or ((found := VSB_VIDEO.search(source)) and found[1])
        if vurl and (url := absolute_url(self.base, vurl)):
            self._watch(url)

    def _attach(self, element: HtmlElement, href: str) -> None:
        self.flush()
        if url := absolute_url(self.base, href):
            name = sudy_title(element) or fold(element.get("title")) or None
            self._alone(Media(kind=MediaKind.ATTACHMENT, url=url, name=name or url.rpartition("/")[2]), name)

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
                Run(WHITE.sub(" ", CJK_BREAK.sub("", text)), style.strong, style.emphasis, style.raised, style.href)
            )


def _children(element: HtmlElement) -> Iterator[tuple[HtmlElement, bool]]:
    for child in element:
        if isinstance(child.tag, str):
            yield child, child.tag in ("li", "dt", "dd")


def _inline(block: Block, is_item: bool) -> str:
    """Return a block's HTML, without its paragraph marks inside a list item or a cell."""
    return block.html[3:-4] if is_item and block.html.startswith("<p>") else block.html


def _span(cell: HtmlElement) -> str:
    return "".join(
        f' {name}="{value}"'
        for name in ("colspan", "rowspan")
        if SPAN.match(value := cell.get(name, "")) and 1 < int(value) < 50
    )


def _data_rows(table: HtmlElement) -> list[list[HtmlElement]]:
    """Return the rows of a table of data; nothing for a table that only lays out."""
    if table.xpath("boolean(.//table)"):
        return []
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    rows = [row for row in rows if row]
    wide = [row for row in rows if len(row) >= 2]
    if len(rows) < DATA_ROWS or len(wide) * 2 < len(rows):
        return []
    cells = [len(fold(cell.text_content())) for row in rows for cell in row]
    pictures = int(table.xpath("count(.//img)"))
    return (
        rows
        if max(cells) <= MAX_CELL and sum(map(bool, cells)) * 3 >= len(cells) and pictures * 2 <= len(cells)
        else []
    )
