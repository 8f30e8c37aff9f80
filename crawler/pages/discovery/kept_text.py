"""The text of an article that a page keeps for a script to show: written into an empty element, or in the data of an application."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement, fragments_fromstring

from crawler.pages.discovery.scripts import Deed, ScriptAct, plain
from crawler.pages.extraction.page import Page, squeeze

SENTENCE = re.compile(r"[。！？；]|[.!?]\s")
FEW = 3  # sentences: a page that shows as many has a text of its own
TAG = re.compile(r"<[^<>]{0,2000}>")
CONTENT = re.compile(r"content|body|detail|text|html|article|info", re.IGNORECASE)  # in the name of what is a text
WHEN = re.compile(
    r"(?:publish|release|pub|create|issue|show|add|news)_?(?:ed)?_?(?:time|date|at|on)|^(?:date|time)$", re.IGNORECASE
)
DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?")
NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")  # what data may hold and no page
ROOTS = ("app", "__next", "__nuxt", "root", "main")  # ids of what an application draws in
LEAST_TITLE, LEAST_TEXT = 5, 40  # letters
MAX_TEXT = 200_000  # characters of a text
MAX_OBJECTS = 400


def unfold(page: Page, acts: Iterable[ScriptAct], told: Iterable[Any]) -> bool:
    """Put the text that a script would show into the tree of a page that shows none; return whether there was one.

    What a script writes goes where it is written. Data count as the article of the page only if they name its title, or the number in
    its address.
    """
    if len(SENTENCE.findall(page.text)) >= FEW:
        return False
    written = [_written(page, act) for act in acts if act.into]
    return any(written) or _kept(page, told)


def _written(page: Page, act: ScriptAct) -> bool:
    html = plain(act.text)
    if act.deed is not Deed.WRITE or not isinstance(html, str) or not _is_text(html):
        return False
    element = next((element for element, _, id_ in page.elements.named if id_ == act.into), None)
    if element is None or element.text_content().strip():
        return False
    _put(element, _marked_up(html))
    return True


def _kept(page: Page, told: Iterable[Any]) -> bool:
    for one in islice(_objects(told), MAX_OBJECTS):
        html = next((value for name, value in one.items() if CONTENT.search(str(name)) and _is_text(value)), None)
        if html is None or not _is_of(page, one):
            continue
        title = next((value for value in one.values() if _is_title(page, value)), None)
        moment = next(
            (
                day[0]
                for name, value in one.items()
                if WHEN.search(str(name)) and isinstance(value, str) and (day := DAY.match(value))
            ),
            None,
        )
        head = f"<h1>{escape(title)}</h1>" if title and not page.elements.of("h1") else ""
        head += f'<p><time datetime="{moment}">{moment}</time></p>' if moment else ""
        _put(_root(page), f"<div>{head}<div>{_marked_up(html)}</div></div>")
        return True
    return False


def _objects(told: Iterable[Any]) -> Iterator[Mapping[Any, Any]]:
    """Yield the objects of some data, from the outside in."""
    waiting: list[Any] = list(told)
    for value in islice(waiting, 10 * MAX_OBJECTS):  # grows while it is walked
        if isinstance(value, Mapping):
            yield value
        inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        waiting += [one for one in inner if isinstance(one, Mapping | list)]


def _is_of(page: Page, one: Mapping[Any, Any]) -> bool:
    """Tell whether data are of what this page is about: they name its title, or have the number of its address."""
    parts = urlsplit(page.url)
    numbers = re.findall(r"\d{4,}", f"{parts.path}?{parts.query}")[-1:]  # a shorter one may be that of a page of a list
    ids = (value for name, value in one.items() if str(name).lower().endswith("id") and isinstance(value, int | str))
    has_number = any(str(value) in numbers for value in ids)
    return has_number or any(_is_title(page, value) for value in one.values())


def _is_title(page: Page, value: Any) -> bool:
    if not isinstance(value, str) or len(value) > 200:
        return False
    letters = squeeze(value)
    shown = [page.title, *(heading.text_content() for heading in page.elements.of("h1", "h2"))]
    return len(letters) >= LEAST_TITLE and any(letters in squeeze(text) for text in shown)


def _is_text(value: Any) -> bool:
    if not isinstance(value, str) or not LEAST_TEXT <= len(value) <= MAX_TEXT:
        return False
    text = TAG.sub("", value)
    return len(squeeze(text)) >= LEAST_TEXT and bool(SENTENCE.search(text))


def _root(page: Page) -> HtmlElement:
    by_id = {id_: element for element, _, id_ in page.elements.named if id_}
    body = page.tree.find("body")
    return next((by_id[id_] for id_ in ROOTS if id_ in by_id), page.tree if body is None else body)


def _marked_up(text: str) -> str:
    """Return HTML as it is, and the lines of a text without marks (`articleBody`) as paragraphs."""
    return text if TAG.search(text) else "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())


def _put(element: HtmlElement, html: str) -> None:
    for part in fragments_fromstring(NO_TEXT.sub("", html)):
        if isinstance(part, HtmlElement):
            element.append(part)
        else:
            element.text = f"{element.text or ''}{part}"  # what stands before the first element
