"""Rows of lists as frameworks in the page make them: templates in the page and its scripts, and what attributes say to be run.

<a ng-href="/news/{{v.id}}.html">, :href="'/news/' + v.id", data-bind="attr: {href: …}", {{:id}}, <%= list[i].id %> -> /news/{id}.html
"""

import json
import re
from collections.abc import Iterator, Mapping

from lxml.html import HtmlElement

from crawler.pages.discovery.listing import ADDRESS
from crawler.pages.discovery.scripts import PartlyKnown, Scripts
from crawler.pages.extraction.elements import Elements

BOUND = (":href", "v-bind:href", ":to", "x-bind:href")  # addresses that a script works out
HREFS = ("href", "ng-href", "data-ng-href", *BOUND)
BY_ITSELF = (*BOUND, "[routerlink]", "[href]")
LOOPS = ("v-for", "x-for")
LOOP = re.compile(r"\s{0,9}+\(?\s{0,9}+(\w{1,40})[^<>]{0,60}\s(?:in|of)\s")
BINDING = re.compile(r"\bhref['\"]?\s{0,3}:\s{0,3}([^,}]{1,300})")  # of knockout
NAME = re.compile(r"[A-Za-z_$][\w$]{0,40}")
TEXTS = re.compile(r"'[^']{0,200}'|\"[^\"]{0,200}\"|`[^`]{0,200}`|\.\s?\w{1,40}")  # and members: what is left are names
MEMBER = r"\s?(?:\w{1,40}(?:\[\w{1,20}\])?\.){0,3}([A-Za-z_]\w{0,39})"
FILLED = re.compile(
    rf"\{{\{{\{{?[=:>]?{MEMBER}\s?\}}\}}\}}?|<%[=-]?{MEMBER}\s?;?\s?%>|\$\{{{MEMBER}\s?\}}|[\[{{]\$?(\w{{2,20}})[\]}}]"
)
HREF = re.compile(
    r"""<a\s[^>]{0,400}?\bhref\s{0,9}=\s{0,9}["']((?:[^"'<>]|<%[^%"']{1,80}%>){1,500})["']""", re.IGNORECASE
)
MARKS = ("{{", "<%", "${", "[", "{")  # stand in an address that is to be filled
BOUND_IN_PAGE = (":href", ":to=", "[routerLink]", "[href]")  # tells a page that may have addresses so
IN_PAGE = ("{{", ":href", ":to", "ng-href", "data-bind", "[id]", "{id}")  # tells a page that has such addresses
RUN = ("x-init", "ng-init", "@vue:mounted")
STATES = ("x-data", "x-init", "ng-init", "data-options", "lay-data", "data-side-pagination")
OBJECTS = re.compile(
    rf"\s(?:{'|'.join(STATES)})\s?="
)  # looked for only where one of them stands: it takes ten times as long
MAX_LINKED, MAX_OPTIONS = 100, 3000  # elements of a page; characters


def attribute_scripts(source: str, elements: Elements) -> Iterator[str]:
    """Yield what attributes of a page say to be run: the state of a component, and the options of a table that asks for its rows."""
    if not any(name in source for name in STATES) or not OBJECTS.search(source):
        return
    for element, given in elements.attributed:
        if "x-data" in given:
            yield f"x=({given['x-data'][:MAX_OPTIONS]})"
        for name in RUN:
            if name in given:
                yield given[name][:MAX_OPTIONS]
        options = given.get("data-options") or given.get("lay-data")
        if options and "url" in options:
            yield _table(element, options)
        if "data-url" in given and given.get("data-side-pagination") == "server":
            yield _bound_table(element, given["data-url"])


def _table(element: HtmlElement, options: str) -> str:
    """Return the call that a library makes of the options in the attributes of a table (easyui, layui)."""
    heads = [head.get("data-options") or (head.get("lay-data") or "").strip("{} ") for head in element.iter("th")]
    columns = ",".join(f"{{{head[:MAX_OPTIONS]}}}" for head in heads if head)
    name = "datagrid" if element.get("data-options") else "table.render"
    return f"$('#t').{name}({{{options[:MAX_OPTIONS].strip().strip('{}')},cols:[[{columns}]]}})"


def _bound_table(element: HtmlElement, url: str) -> str:
    """Return the call that bootstrap-table makes of the attributes of a table and its heads."""
    makers = (head.get("data-formatter") or "" for head in element.iter("th"))
    columns = ",".join(f"{{formatter:{maker}}}" for maker in makers if NAME.fullmatch(maker))
    return (
        f"$('#t').bootstrapTable({{url:{json.dumps(url[:MAX_OPTIONS])},sidePagination:'server',columns:[{columns}]}})"
    )


def rows_of(scripts: Scripts, source: str, elements: Elements) -> Iterator[str]:
    """Yield the addresses of articles, with {member}, that templates of a page give to the rows of a list."""
    if any(mark in source for mark in IN_PAGE):
        for element, given in elements.attributed[:]:
            yield from _bound(scripts, element, given)
    yield from _kept(elements)


def addressed(scripts: Scripts, elements: Elements) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the elements whose address is worked out of their attribute alone (`:to="'/show/3.html'"`), each with it."""
    for element, given in elements.attributed[:]:
        value = next((given[name] for name in BY_ITSELF if given.get(name)), "").strip()
        if value[:1] in ("'", '"', "`", "[", "{") and not _items(element) and (text := scripts.row(value)):
            address = "".join(part for part in text.parts if isinstance(part, str))
            if not text.holes and ADDRESS.match(address):
                yield element, address


def _bound(scripts: Scripts, element: HtmlElement, given: Mapping[str, str]) -> Iterator[str]:
    for name in HREFS:
        value = given.get(name)
        if not value:
            continue
        if name in BOUND:
            yield from _worked_out(scripts.row(value, *_items(element)))
        elif any(mark in value for mark in MARKS):
            yield from filled_in(value)
    if (binding := given.get("data-bind")) and (match := BINDING.search(binding)):
        yield from _worked_out(scripts.row(match[1], *NAME.findall(TEXTS.sub("", match[1]))))


def _items(element: HtmlElement) -> list[str]:
    """Return the name of a row in the loop around an element."""
    loops = (one.get(name) for one in (element, *element.iterancestors()) for name in LOOPS)
    return [match[1] for loop in loops if loop and (match := LOOP.match(loop))][:1]


def _worked_out(text: PartlyKnown | None) -> Iterator[str]:
    if text and text.holes and all(text.holes):
        yield "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in text.parts if part)


def _kept(elements: Elements) -> Iterator[str]:
    """Yield the addresses in templates that scripts and other elements hold."""
    for holder in elements.of("script", "template", "textarea"):
        is_typed = holder.tag != "script" or holder.get("type") is not None
        if holder.tag != "template" and not (is_typed and "<a " in "".join(holder.itertext())):
            continue
        inner = " ".join(str(anchor.get("href")) for anchor in holder.iter("a"))
        for href in HREF.findall(holder.text or "") or [inner]:
            yield from filled_in(href)


def filled_in(href: str) -> Iterator[str]:
    """Yield an address with {member} in the places that a template leaves open, if it does."""
    if FILLED.search(href):
        yield FILLED.sub(lambda place: f"{{{next(filter(None, place.groups()))}}}", href)
