"""The further pages of a list by the template of their address: which number is next, and where it ends."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from crawler.pages.discovery.findings import Scripted, Template
from crawler.pages.discovery.listing import NUMBER
from crawler.pages.discovery.scripts import PartlyKnown, ScriptAct
from crawler.pages.extraction.page import Page
from crawler.urls import absolute_url, host_of

PAGE_NAME = re.compile(
    r"^(?:_?page|p|pg|pn|pno|curr?|current|now|offset|start|from|value|num|number|n|i|index|idx|no)$"
    r"|page_?(?:no|num|number|index|idx|id|count)?$|^(?:cur|curr|current|now|to|next)_?(?:page|pn|index|num)|^pageid$|paged",
    re.IGNORECASE,
)
PAGE_PARAMETER = re.compile(
    r"^(?:page|p|pg|pn|pno|paged|pagenum|pageno|page_?(?:no|num|number|index|idx|id)|no|start|offset|\$?skip|(?:cur|curr|current|now|to)_?(?:page|pn|index)?|currentpage|curpage|\w{0,12}page(?:no|num|index)?)$",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(
    r"\{\{#\}\}|\{?\{\s?(?:page\w*|p|n|pn|num|number|index|i|0)\s?\}\}?|__(?:id|page)__|\[page\w*\]|%7Bpage\w*%7D|\(\*\)|%d(?![0-9a-f])|[:#$@]page(?:num|no)?\b#?"
    r"|%page(?:num|no)?%|(?-i:(?<![A-Za-z])PAGE_?(?:NUM|NO|INDEX)?(?=[./]|$))",
    re.IGNORECASE,
)
MAX_BUTTON = 12  # characters of a link of a pager
PART = re.compile(r"(.{1,300}[_\-/=])(\d{1,4})(\.(?:s?html?|jsp|php|aspx?))?$", re.IGNORECASE)
OF_PAGES = re.compile(
    r"(?:共|总|/)\s{0,3}(\d{1,5})\s{0,3}页|总页数\s{0,3}[:：]?\s{0,3}(\d{1,5})|(?<![-–~至到]\s)(?<![-–~至到])(?:\b|第)\d{1,5}\s{0,3}页?\s{0,3}/\s{0,3}共?\s{0,3}(\d{1,5})(?!\d|\s{0,3}[-/.])"
    r"|\bpage\s{1,3}\d{1,5}\s{1,3}of\s{1,3}(\d{1,5})\b",
    re.IGNORECASE,
)
AT_PAGE = re.compile(r"第\s{0,3}(\d{1,5})\s{0,3}页|(?<![\d/.-])(\d{1,5})\s{0,3}/\s{0,3}\d{1,5}(?![\d/.-])")


def page_links(page: Page, scripted: Scripted) -> Iterator[str]:
    """Yield the addresses of the page after this one, by the templates that are of the list this page is of."""
    for template in dict.fromkeys((*scripted.templates, *_requested(scripted.requests))):
        address = (absolute_url(page.base, template.href) or "").replace("%7Bpage%7D", NUMBER)
        if address.count(NUMBER) != 1 or not _is_beside(page.url, address):
            continue
        yield from (address.replace(NUMBER, str(number)) for number in _numbers(page, template, address))


def _requested(requests: Iterable[ScriptAct]) -> Iterator[Template]:
    """Yield the addresses of parts of pages that scripts ask for, as templates."""
    for asked in requests:
        text = asked.text if asked.method == "GET" and not asked.text.holes and not asked.parameters else None
        if text and (part := PART.match(with_number(text).partition(" ")[0])):
            yield Template(f"{part[1]}{NUMBER}{part[3] or ''}", beside=int(part[2]))


def _is_beside(url: str, template: str) -> bool:
    """Tell whether an address is one of the list that a page is of: in its folder, or in the one of its name."""
    own, other = urlsplit(url), urlsplit(template)
    folder, stem = own.path.rpartition("/")[0], own.path.rpartition(".")[0]
    is_near = other.path.rpartition("/")[0] in {folder, stem, folder.rpartition("/")[0]}
    return host_of(url) == host_of(template) and is_near


def _numbers(page: Page, template: Template, address: str) -> list[int]:
    """Return the number of the next page; two where the page does not say how it counts."""
    before, after = address.split(NUMBER)
    url = page.url
    number = url[len(before) : len(url) - len(after)] if url.startswith(before) and url.endswith(after) else ""
    told, pages = told_pages(page)
    if number.isdigit() and len(number) < 7:
        following = [int(number) + 1]
        last = template.last if template.last is not None else pages
    elif template.at is not None:
        following, last = [template.at + 1], template.last
    elif template.is_zero:
        following, last = [1], template.last
    else:
        following, last = [max((told or 1) + 1, template.beside or 0)], template.last if pages is None else pages
        if pages is None and not told and template.beside is None:
            following.append(1)
    return [number for number in following if last is None or number <= last]


def told_pages(page: Page) -> tuple[int | None, int | None]:
    """Return the number of a page and that of the last one, as its text says them."""
    pages = next((match for match in OF_PAGES.finditer(page.text) if not _is_of_row(page, match[0])), None)
    at = next((match for match in AT_PAGE.finditer(page.text) if not _is_of_row(page, match[0])), None)
    return at and int(at[1] or at[2]), pages and int(next(filter(None, pages.groups())))


def _is_of_row(page: Page, told: str) -> bool:
    """Return whether these words stand in a row of a list: "（1/3）" behind a title says nothing of its list."""
    lines = (line for line in page.lines if told in line.text)
    return any(len(anchor.text) > MAX_BUTTON for line in lines for anchor in line.anchors)


def with_number(text: PartlyKnown) -> str:
    """Return an address with {page} in its holes."""
    return "".join(part if isinstance(part, str) else NUMBER for part in text.parts)
