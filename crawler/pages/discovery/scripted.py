"""What the scripts of a page say of its links: rows and menus that a script makes, pagers, and lists that a request fills.

    scripts, handlers -> `Scripts` (evaluated, never run) -> anchors, templates of pages, requests

Anchors take their place in the tree, so that whatever reads the page sees the links that its reader would. A template is an address with one
hole: the number of a page. It is used for the page after this one, which says by its own script how it goes on.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from urllib.parse import quote, urlencode, urlsplit

from lxml.etree import SubElement, XPath
from lxml.html import HtmlElement, fragments_fromstring

from crawler.pages.discovery.listing import HREF, NUMBER, Listing, read_answer, rows_in
from crawler.pages.discovery.scripts import Deed, Hole, Origin, PartlyKnown, ScriptAct, Scripts
from crawler.pages.extraction.page import Page
from crawler.pages.families import FAMILIES
from crawler.urls import absolute_url, host_of, with_body

WORTH = re.compile(
    r"location|\.open\(|\.write(?:ln)?\(|innerHTML|\.href|\.(?:html|append|prepend|load|get|post|getJSON|ajax|pagination|render)\(|fetch\(|axios|XMLHttp|laypage|[pP]age\w*\(|\[\s{0,9}\{"
)
SCRIPT_TYPES = (
    "",
    "text/javascript",
    "application/javascript",
    "module",
    "text/ecmascript",
    "application/x-javascript",
)
CLICKED = XPath("//*[@onclick or @ondblclick or (@href and starts-with(normalize-space(@href), 'javascript:'))]")
SUBMITTED = ".//input[@type='submit' or @type='image'] | .//button[not(@type) or @type='submit']"
KEPT = XPath("//script[@type='application/json']")
COMPONENTS = XPath("//*[@*[name() = ':href' or name() = 'v-bind:href' or name() = ':to']]")
CHOSEN = XPath("//select[@onchange]")
ADDRESSED = ("data-href", "data-url", "data-link", "data-src-url")  # on what is no anchor: an address
HOLDS_ADDRESS = XPath(f"//*[{' or '.join(f'@{name}' for name in ADDRESSED)}]")
BOUND = (":href", ":to")  # of a component: an address worked out by a script
PAGE_NAME = re.compile(
    r"^(?:_?page|p|pg|pn|pno|curr?|current|now|offset|start|from|value|num|number|n|i|index|idx|no)$"
    r"|page_?(?:no|num|number|index|idx|id|count)?$|^(?:cur|curr|current|now|to|next)_?(?:page|pn|index|num)|^pageid$|paged",
    re.IGNORECASE,
)
PAGE_PARAMETER = re.compile(
    r"^(?:page|p|pg|pn|pno|paged|pagenum|pageno|page_?(?:no|num|number|index|idx|id)|(?:cur|curr|current|now|to)_?(?:page|pn|index)?|currentpage|curpage|\w{0,12}page(?:no|num|index)?)$",
    re.IGNORECASE,
)
TURNS = re.compile(r"page|pager|turn|jump|goto|skip", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{\s?(?:page\w*|p|n|pn|num|0)\s?\}|__id__|\[page\w*\]|%7Bpage\w*%7D|\(\*\)", re.IGNORECASE)
HAS_PAGES = re.compile(r"页|page|next|more|更多", re.IGNORECASE)
OF_PAGES = re.compile(
    r"(?:共|总|/)\s{0,3}(\d{1,5})\s{0,3}页|(?:\b|第)\d{1,5}\s{0,3}页?\s{0,3}/\s{0,3}共?\s{0,3}(\d{1,5})(?!\d|\s{0,3}[-/.])"
)
AT_PAGE = re.compile(r"第\s{0,3}(\d{1,5})\s{0,3}页|(?<![\d/.-])(\d{1,5})\s{0,3}/\s{0,3}\d{1,5}(?![\d/.-])")
EXTENSION = re.compile(r"^\.?(?:s?html?|jsp|php|aspx?|chtml|jhtml)$", re.IGNORECASE)
LOOP = re.compile(r"\s{0,9}+\(?\s{0,9}+(\w{1,40})[^<>]{0,60}\s(?:in|of)\s")
FILLED = re.compile(
    r"\{\{=?\s?(?:\w{1,40}\.){0,3}(\w{1,40})\s?\}\}|<%[=-]?\s?(?:\w{1,40}\.){0,3}(\w{1,40})\s?;?\s?%>|\$\{\s?(?:\w{1,40}\.){0,3}(\w{1,40})\s?\}"
)
MAX_HANDLERS = 400  # of a page
# A script that the page's author wrote has lines; its data may have none, but they hold no functions.
MIN_LIBRARY, LONG_LINE, MANY_FUNCTIONS = 3000, 200, 10  # characters, characters a line, functions
MAX_OPTIONS = 100  # of a menu
MAX_WRITTEN = 100_000  # characters of HTML that scripts write
OPEN, CLOSE = "\ue010", "\ue011"  # stand around the name of a hole in written HTML


@dataclass(frozen=True, slots=True)
class Template:
    """The address of a page of a list, but for its number."""

    href: str  # with {page}
    is_zero: bool = False  # numbers from 0: the first page is 0, or has another address
    shift: int = 0
    last: int | None = None  # the number of the last page, where the call says it
    at: int | None = None


@dataclass(slots=True)
class Scripted:
    """What the scripts of a page say of its links."""

    templates: list[Template] = field(default_factory=list)
    requests: list[ScriptAct] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)  # keys of queries by POST, relative to the page
    rows: list[str] = field(default_factory=list)  # addresses of articles with {member}, as scripts write them
    redirects: list[str] = field(default_factory=list)  # where a script leaves for at once
    is_changed: bool = False  # anchors were put into the tree


def reveal(page: Page) -> Scripted:
    """Put the links that scripts make into the tree of a page, and return what else they say. Changes the tree."""
    scripted = Scripted()
    sources = tuple(_sources(page.tree))
    handlers = CLICKED(page.tree)[:MAX_HANDLERS]
    chosen = CHOSEN(page.tree)[:20]
    if sources or handlers or chosen or KEPT(page.tree):
        scripts = _evaluated(sources)
        rows = _link_rows(scripted, scripts, handlers)
        _link_chosen(scripted, scripts, chosen)
        _take(scripted, scripts.found, rows, page.tree)
        _take_kept(scripted, scripts, page.tree)
        _take_components(scripted, scripts, page.tree, is_bound=any(mark in page.source for mark in BOUND))
    if any(name in page.source for name in ADDRESSED):
        _link_addressed(scripted, page.tree)
    _take_forms(scripted, page)
    return scripted


def _sources(tree: HtmlElement) -> Iterator[str]:
    for script in tree.iter("script"):
        if not script.get("src") and (script.get("type") or "").strip().lower() in SCRIPT_TYPES:
            source = script.text or ""
            if (WORTH.search(source) or "function" in source or "var " in source) and not _is_library(source):
                yield source


def _is_library(source: str) -> bool:
    """Tell a library that is written into the page, or what counts its visitors: long, without line breaks, of many functions, writing no link."""
    if len(source) < MIN_LIBRARY or len(source) < LONG_LINE * (source.count("\n") + 1) or "<a " in source:
        return False
    return source.count("function") + source.count("=>") >= MANY_FUNCTIONS


@lru_cache(maxsize=64)
def _evaluated(sources: tuple[str, ...]) -> Scripts:
    """Return the scripts of a page, gone through; many pages of a site have the same."""
    return Scripts(sources if any(map(WORTH.search, sources)) else ())


def _link_rows(scripted: Scripted, scripts: Scripts, elements: Iterable[HtmlElement]) -> set[str]:
    """Make anchors of what leads somewhere when it is clicked; return the functions that rows call."""
    called: set[str] = set()
    for element in elements:
        source = element.get("onclick") or element.get("ondblclick") or ""
        href = (element.get("href") or "").strip()
        if href.lower().startswith("javascript:"):
            source = f"{source};{href[11:]}"
        elif href and not href.startswith("#"):
            continue  # a link as it stands; what its handler does besides is counting
        for found in scripts.click(source):
            if found.deed is Deed.REQUEST:
                scripted.requests.append(found)
            is_page = (
                found.deed is Deed.REQUEST and found.method == "GET" and not found.parameters
            )  # a part of a page, say
            if not (found.deed is Deed.GO or is_page) or (address := _filled(found.text, element)) is None:
                continue
            if found.function and not re.fullmatch(r"\W*\d*\W*|.*页.*", "".join(element.itertext()).strip()):
                called.add(found.function)
            _link(scripted, element, address)
            break
    return called


def _link(scripted: Scripted, element: HtmlElement, address: str) -> None:
    """Make a link of an element: of an anchor its address, of anything else an anchor around all it holds."""
    scripted.is_changed = True
    if element.tag == "a":
        element.set("href", address)
        return
    if element.tag in ("button", "input", "option", "tr", "img") or any(True for _ in element.iter("a")):
        text = element.get("value") or "".join(element.itertext())
        _beside(element, address, text)
        return
    anchor = element.makeelement("a", {"href": address})
    anchor.text, element.text = element.text, None
    anchor.extend(list(element))
    element.append(anchor)


def _beside(element: HtmlElement, address: str, text: str) -> None:
    """Put an anchor where an element is that cannot hold one: into the cell of a row, or behind it."""
    cells = [cell for cell in element if cell.tag in ("td", "th")]
    title = " ".join(text.split())[:300]
    if cells:
        longest = max(cells, key=lambda cell: len("".join(cell.itertext())))
        anchor = longest.makeelement("a", {"href": address})
        anchor.text, longest.text = longest.text, None
        anchor.extend(list(longest))
        longest.append(anchor)
        return
    anchor = element.makeelement("a", {"href": address})
    anchor.text = title
    parent = element.getparent()
    if parent is not None:
        anchor.tail, element.tail = element.tail, None
        parent.insert(parent.index(element) + 1, anchor)


def _link_chosen(scripted: Scripted, scripts: Scripts, elements: Iterable[HtmlElement]) -> None:
    """Make anchors of the options of a menu that leads somewhere when one is chosen."""
    for element in elements:
        for found in scripts.click(element.get("onchange") or ""):
            if found.deed is not Deed.GO or len(found.text.holes) != 1:
                continue
            for option in list(element.iter("option"))[:MAX_OPTIONS]:
                if (value := option.get("value")) and (address := _filled(found.text, option)):
                    scripted.is_changed = True
                    _beside(element, address, "".join(option.itertext()).strip() or value)


def _filled(text: PartlyKnown, element: HtmlElement) -> str | None:
    """Return an address with the attributes of an element in its holes, None where one is missing."""
    parts = [part if isinstance(part, str) else _given(part, element) for part in text.parts]
    return "".join(part or "" for part in parts).strip() or None if all(part is not None for part in parts) else None


def _given(hole: Hole | None, element: HtmlElement) -> str | None:
    if hole is None or hole.origin is not Origin.ATTRIBUTE:
        return None
    value = element.get(hole.name)
    if value is None or not hole.shift:
        return value
    return str(int(value) + hole.shift) if value.isascii() and value.isdigit() else None


def _take(scripted: Scripted, found: Iterable[ScriptAct], rows: set[str], tree: HtmlElement) -> None:
    """Sort what the scripts of a page do by themselves."""
    written: list[str] = []
    for one in found:
        match one.deed:
            case Deed.WRITE:
                written.append(_marked(one.text))
            case Deed.REQUEST:
                scripted.requests.append(one)
            case Deed.CALL:
                scripted.templates.extend(_templates_of(one))
                scripted.queries.extend(_queries_of(one))
            case Deed.GO:
                _take_going(scripted, one, rows, tree, written)
    _take_written(scripted, "".join(dict.fromkeys(written))[:MAX_WRITTEN], tree)


def _take_going(scripted: Scripted, one: ScriptAct, rows: set[str], tree: HtmlElement, written: list[str]) -> None:
    holes = one.text.holes
    if not holes:
        if one.function is None:
            scripted.redirects.append(_with_number(one.text))
        else:
            written.append(f'<a href="{escape(_with_number(one.text))}"></a>')
        return
    hole = holes[0]
    if len(holes) != 1 or hole is None:
        return
    if hole.origin is Origin.ATTRIBUTE and hole.name != "value":
        for element in tree.xpath("//*[@*[name() = $name]]", name=hole.name)[:MAX_HANDLERS]:
            if address := _filled(one.text, element):
                _link(scripted, element, address)
        return
    is_page = PAGE_NAME.search(hole.name) or (one.function and TURNS.search(one.function))
    if is_page and one.function not in rows:
        scripted.templates.append(Template(_with_number(one.text), shift=hole.shift))


def _with_number(text: PartlyKnown) -> str:
    return "".join(part if isinstance(part, str) else NUMBER for part in text.parts)


def _templates_of(call: ScriptAct) -> Iterator[Template]:
    """Yield what a call of a library says: its options hold an address with a place for the number, or its arguments are pages, current
    page, name and ending of the files, in this order.
    """
    values = list(call.arguments)
    for options in (value for value in values if isinstance(value, dict)):
        for value in options.values():
            if isinstance(value, str) and len(value) < 300 and (place := PLACEHOLDER.search(value)):
                yield Template(PLACEHOLDER.sub(NUMBER, value), is_zero=place[0] == "__id__")
    kinds = "".join("n" if type(value) is int else "s" if isinstance(value, str) else "?" for value in values)
    at = kinds.find("nnss")
    if at in (0, 1) and EXTENSION.match(values[at + 3]):
        pages, current, name, ending = values[at : at + 4]
        is_zero = at == 0
        yield Template(
            f"{name}_{NUMBER}.{ending.lstrip('.')}",
            is_zero=is_zero,
            last=pages - 1 if is_zero else pages,
            at=current,
        )


def _queries_of(call: ScriptAct) -> Iterator[str]:
    """Yield the queries by POST that a family knows a call to make."""
    name = "".join(part for part in call.text.parts if isinstance(part, str))
    for options in (value for value in call.arguments if isinstance(value, dict)):
        for family in FAMILIES.values():
            yield from family.list_queries(name, options) if family.list_queries else ()


def _marked(text: PartlyKnown) -> str:
    return "".join(
        part if isinstance(part, str) else f"{OPEN}{part.name if part else ''}{CLOSE}" for part in text.parts
    )


def _take_written(scripted: Scripted, html: str, tree: HtmlElement) -> None:
    """Put the anchors of written HTML into the page; those with holes are templates of rows or pages."""
    if "href" not in html:
        return
    body = tree.find("body")
    parent = tree.makeelement("div")
    seen: set[str] = set()
    for part in fragments_fromstring(html):
        for anchor in part.iter("a") if isinstance(part, HtmlElement) else ():
            href, text = anchor.get("href") or "", "".join(anchor.itertext()).strip()
            if not href or href in seen or href.startswith(("#", "javascript:")):
                continue
            seen.add(href)
            if OPEN not in href:
                scripted.is_changed = True
                made = SubElement(SubElement(parent, "p"), "a", {"href": href})
                made.text = re.sub(f"{OPEN}[^{CLOSE}]*{CLOSE}", "", text)
                continue
            names = re.findall(f"{OPEN}([^{CLOSE}]*){CLOSE}", href)
            address = href.replace(OPEN, "{").replace(CLOSE, "}")
            if len(names) == 1 and PAGE_NAME.search(names[0]) and re.search(r"页|page|\ue010", text):
                scripted.templates.append(Template(address.replace(f"{{{names[0]}}}", NUMBER)))
            elif all(names):
                scripted.rows.append(address)
    if len(parent):
        (tree if body is None else body).append(parent)


def _take_kept(scripted: Scripted, scripts: Scripts, tree: HtmlElement) -> None:
    """Link the rows that a page keeps in variables or as JSON, for a script elsewhere to show."""
    kept = [*rows_in(scripts.values)]
    for holder in KEPT(tree):
        if answer := read_answer((holder.text or "").encode(), Listing()):
            kept += answer.rows
    shown = {anchor.get("href") for anchor in tree.iter("a")}
    body = tree.find("body")
    for href, title in dict.fromkeys(kept):
        if title and href not in shown:
            scripted.is_changed = True
            made = SubElement(SubElement(tree if body is None else body, "p"), "a", {"href": href})
            made.text = title


def _take_components(scripted: Scripted, scripts: Scripts, tree: HtmlElement, *, is_bound: bool) -> None:
    """Take the addresses that templates give to the rows of a list: of components, and in scripts that hold HTML."""
    bound = COMPONENTS(tree)[:MAX_OPTIONS] if is_bound else ()
    for element in bound:
        source = element.get(":href") or element.get("v-bind:href") or element.get(":to") or ""
        loops = (one.get("v-for") for one in (element, *element.iterancestors()))
        item = next((match[1] for loop in loops if loop and (match := LOOP.match(loop))), None)
        text = scripts.row(source, item) if item else None
        if text and text.holes and all(text.holes):
            scripted.rows.append(
                "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in text.parts if part)
            )
    for holder in tree.xpath("//script[@type and contains(., '<a ')] | //template | //textarea[contains(., '<a ')]"):
        source = holder.text or "".join(str(a.get("href")) for a in holder.iter("a"))
        for href, _ in HREF.findall(holder.text or "") or ((source, ""),):
            if FILLED.search(href):
                scripted.rows.append(FILLED.sub(lambda place: f"{{{place[1] or place[2] or place[3]}}}", href))


def _link_addressed(scripted: Scripted, tree: HtmlElement) -> None:
    """Make anchors of what keeps its address in an attribute for a script; one with a place for the number is a template."""
    holders = HOLDS_ADDRESS(tree)
    for name in ADDRESSED:
        for element in [one for one in holders if one.get(name) is not None][:MAX_HANDLERS]:
            value, href = element.get(name).strip(), (element.get("href") or "").strip()
            if PLACEHOLDER.search(value):
                scripted.templates.append(Template(PLACEHOLDER.sub(NUMBER, value)))
            elif (
                value
                and not value.startswith(("#", "javascript:"))
                and (not href or href.startswith(("#", "javascript:")))
            ):
                if not href and any(True for _ in element.iter("a")):
                    continue
                _link(scripted, element, value)


def _take_forms(scripted: Scripted, page: Page) -> None:
    """Take the form in which the number of a page is typed, or kept, if it is sent by GET, as a template."""
    for form in page.tree.iter("form"):
        if (form.get("method") or "get").strip().lower() != "get":
            continue
        action = (form.get("action") or "").partition("?")[0]
        fields = [(name, one) for one in form.iter("input") if (name := one.get("name"))]
        numbers = [name for name, _ in fields if PAGE_PARAMETER.match(name)]
        is_own = bool(action) and urlsplit(absolute_url(page.base, action) or "").path == urlsplit(page.url).path
        is_typed = form.xpath(SUBMITTED) and "页" in "".join(form.itertext())
        if len(numbers) != 1 or not (is_own or is_typed):
            continue
        hidden = [
            (name, one) for name, one in fields if (one.get("type") or "").lower() == "hidden" and name != numbers[0]
        ]
        query = urlencode([*((name, one.get("value") or "") for name, one in hidden), (numbers[0], "")])
        scripted.templates.append(Template(f"{action}?{query}{NUMBER}"))


def page_links(page: Page, scripted: Scripted) -> Iterator[str]:
    """Yield the addresses of the page after this one, by the templates that are of the list this page is of."""
    for template in dict.fromkeys(scripted.templates):
        address = (absolute_url(page.base, template.href) or "").replace("%7Bpage%7D", NUMBER)
        if address.count(NUMBER) != 1 or not _is_beside(page.url, address):
            continue
        yield from (address.replace(NUMBER, str(number)) for number in _numbers(page, template, address))


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
        following, last = [(told or 1) + 1], pages
        if pages is None and not told:
            following.append(1)
    return [number for number in following if last is None or number <= last]


def told_pages(page: Page) -> tuple[int | None, int | None]:
    """Return the number of a page and that of the last one, as its text says them."""
    pages = next((int(match[1] or match[2]) for match in OF_PAGES.finditer(page.text)), None)
    at = next((int(match[1] or match[2]) for match in AT_PAGE.finditer(page.text)), None)
    return at, pages


def listings(page: Page, scripted: Scripted) -> Iterator[Listing]:
    """Yield the lists that a GET of the page's scripts fills: those asked for by page, and those whose rows a script links."""
    row = scripted.rows[0] if scripted.rows else None
    yield from (Listing(pages=absolute_url(page.base, query), base=page.base) for query in scripted.queries)
    for asked in scripted.requests:
        if (address := _address(asked, page.base)) is None or not _may_ask(asked, address):
            continue
        template, at = _paged(asked, address)
        if template is not None:
            yield Listing(pages=template, at=at, row=row, base=page.base)
        elif row is not None:
            yield Listing(pages=address, row=row, base=page.base)


def _address(asked: ScriptAct, base: str) -> str | None:
    """Return the address of a request with {page} in the hole that is the number of a page; None where anything else is not known."""
    query = [(name, _numbered(text)) for name, text in asked.parameters.items()]
    head = _numbered(asked.text)
    if head is None or any(value is None for _, value in query):
        return None
    joined = "&".join(f"{quote(name)}={value if value == NUMBER else quote(value or '')}" for name, value in query)
    if asked.method == "POST":
        return with_body(absolute_url(base, head) or "", joined)
    whole = f"{head}{'&' if '?' in head else '?'}{joined}" if joined else head
    address = absolute_url(base, whole)
    return address.replace("%7Bpage%7D", NUMBER) if address else None


def _may_ask(asked: ScriptAct, address: str) -> bool:
    """Tell whether a request may be made: any GET, and a POST that a family knows for the query of a list."""
    return asked.method == "GET" or any(family.is_query_url(address) for family in FAMILIES.values())


def _numbered(text: PartlyKnown) -> str | None:
    holes = text.holes
    if any(hole is None or not PAGE_NAME.search(hole.name) for hole in holes) or len(holes) > 1:
        return None
    return _with_number(text)


def _paged(asked: ScriptAct, address: str) -> tuple[str | None, int]:
    """Return the address with {page} for the number of the page, and the number it has now."""
    if NUMBER in address:
        return address, 1
    head, mark, query = address.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")]
    for place, (name, _, value) in enumerate(pairs):
        if PAGE_PARAMETER.match(name) and value.isdigit() and len(value) < 5:
            pairs[place] = (name, "=", NUMBER)
            return f"{head}{mark}{'&'.join(''.join(pair) for pair in pairs)}", int(value)
    return None, 1
