"""Addresses that stand in attributes which no browser follows: for a script of the page, or of a library."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from crawler.pages.discovery.anchors import link
from crawler.pages.discovery.findings import Scripted, Template
from crawler.pages.discovery.listing import ADDRESS, NUMBER, is_media
from crawler.pages.discovery.templates import PAGE_PARAMETER, PLACEHOLDER
from crawler.pages.extraction.elements import Elements

# Elements whose addresses a browser looks for, or that show pictures and films, and attributes in which it looks on any other.
FOLLOWED = frozenset("img source script link meta video audio input option param html base".split())
NO_ADDRESS = frozenset({"href", "action", "style", "cite"})
FRAMES = frozenset({"iframe", "frame"})
ENDINGS = re.compile(r"\.(?:htm|jsp|php|asp)")  # of an address without a folder
ONWARD = re.compile(
    r"next|more|load(?!ing|ed)|infinite|scroll", re.IGNORECASE
)  # what such an attribute, or a class, calls the next page
NUMBERS = ("data-page", "data-next", "data-next-page", "data-current", "data-pageno", "data-p", "data-index")
LASTS = (
    "data-pages",
    "data-total-pages",
    "data-page-count",
    "data-pagecount",
    "data-last",
    "data-max",
    "data-total",
    "data-count",
)
OPEN_END = re.compile(r"[?&](\w{1,40})=$|(?:[/_-]|/page/)$")  # of an address that a number is to follow
QUOTED = re.compile(r"""["']([^"'<>\s]{2,300})["']""")
AT = re.compile(
    r"""\b(?:cur\w{0,12}|page(?:_?(?:no|num|number|index))?|index|now)["']?\s?:\s?["']?(\d{1,5})\b""", re.IGNORECASE
)
COUNTER = re.compile(r"count|visit|hits|click|views|times", re.IGNORECASE)  # what tells how often a page was read
MEMBER = re.compile(r"\{(\w{0,20}id)\}", re.IGNORECASE)  # a place for the number of a row
MOST_GIVEN = 4_000  # elements looked at
MAX_OPTIONS = 3000  # characters of options in an attribute
MAX_ELEMENTS = 400  # of a page


def link_addressed(scripted: Scripted, elements: Elements) -> None:
    """Make anchors of what keeps its address in an attribute for a script; one with a place for the number is a template."""
    for element, name, value in islice(_addressed(elements), MAX_ELEMENTS):
        if value.lstrip().startswith("{"):
            scripted.templates.extend(_templates_in(value))
        elif name != "href" and (member := MEMBER.search(value)):
            _link_members(scripted, value, member[1], elements)
        else:
            _link_addressed(scripted, value.strip(), name, element)


def _link_members(scripted: Scripted, value: str, member: str, elements: Elements) -> None:
    """Link what has the number that an address with a place for one leaves open: `data-url="/show/{id}.html"` beside `data-id="3"`."""
    for element, given in islice(elements.attributed, MOST_GIVEN):
        number = given.get(f"data-{member.lower()}") or ""
        if number.isalnum() and ADDRESS.match(address := MEMBER.sub(number, value)):
            link(scripted, element, address)


def _link_addressed(scripted: Scripted, value: str, name: str, element: HtmlElement) -> None:
    href = (element.get("href") or "").strip()
    if PLACEHOLDER.search(value):
        if ADDRESS.match(address := PLACEHOLDER.sub("1", value)) and not is_media(address):
            scripted.templates.append(_template(element, PLACEHOLDER.sub(NUMBER, value)))
    elif not ADDRESS.match(value) or is_media(value) or _is_counter(element, value):
        return
    elif open_end := OPEN_END.search(value):
        if _counted(element, NUMBERS) is not None or (open_end[1] and PAGE_PARAMETER.match(open_end[1])):
            scripted.templates.append(_template(element, f"{value}{NUMBER}"))
        elif value.endswith("/") and not href:
            link(scripted, element, value)
    elif ONWARD.search(f"{name} {element.get('class') or ''} {element.get('id') or ''}"):
        scripted.onward.append(value)
    elif (element.tag == "a" or not any(True for _ in element.iter("a"))) and (
        not href or name == "href" or href.startswith(("#", "javascript:"))
    ):
        link(scripted, element, value)


def _is_counter(element: HtmlElement, address: str) -> bool:
    """Return whether an address only tells how often the page was read: its element shows that number, or waits for it."""
    shown = "".join(element.itertext()).strip()
    return (not shown or shown.isdecimal()) and bool(COUNTER.search(f"{element.get('class') or ''} {address}"))


def _templates_in(options: str) -> Iterator[Template]:
    """Yield the templates that options in an attribute hold, with the number of the page that stands among them."""
    at = AT.search(options)
    for value in QUOTED.findall(options[:MAX_OPTIONS]):
        if PLACEHOLDER.search(value) and ADDRESS.match(PLACEHOLDER.sub("1", value)) and not is_media(value):
            yield Template(PLACEHOLDER.sub(NUMBER, value), at=int(at[1]) if at else None)


def _addressed(elements: Elements) -> Iterator[tuple[HtmlElement, str, str]]:
    """Yield the elements that may hold an address where no browser looks for one, with the attribute and what is in it."""
    for element, attributes in elements.attributed:
        if element.tag in FOLLOWED:
            continue
        for name, value in attributes.items():
            if not ("/" in value or ("." in value and ENDINGS.search(value))):
                continue
            is_followed = name in NO_ADDRESS and "-" not in str(
                element.tag
            )  # an element of its maker's own has no address of its own
            if not (is_followed or name.startswith("on") or (name == "src" and element.tag in FRAMES)):
                yield element, name, value


def _template(element: HtmlElement, href: str) -> Template:
    """Return the template that an attribute holds, with the numbers that stand beside it."""
    return Template(href, beside=_counted(element, NUMBERS), last=_counted(element, LASTS))


def _counted(element: HtmlElement, names: Sequence[str]) -> int | None:
    texts = (element.get(name) or "" for name in names)
    return next((int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 6), None)
