"""What the scripts of a page say of its links: rows and menus that a script makes, pagers, and lists that a request fills.

    scripts, handlers -> `Scripts` (evaluated, never run) -> anchors, templates of pages, requests

Anchors take their place in the tree, so that whatever reads the page sees the links that its reader would. A template is an address with one
hole: the number of a page. It is used for the page after this one, which says by its own script how it goes on.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import chain, islice
from typing import Any

from lxml.etree import SubElement
from lxml.html import HtmlElement, fragments_fromstring

from crawler.pages.discovery.anchors import PROPERTIES, filled, link
from crawler.pages.discovery.attributes import link_addressed
from crawler.pages.discovery.choices import MAX_OPTIONS, MOST_CHOSEN, link_chosen, link_options, take_forms
from crawler.pages.discovery.components import BOUND_IN_PAGE, addressed, attribute_scripts, filled_in, rows_of
from crawler.pages.discovery.fields import resolved
from crawler.pages.discovery.findings import Scripted, Template
from crawler.pages.discovery.kept_text import unfold
from crawler.pages.discovery.listing import ADDRESS, NUMBER, Listing, is_media, onward_in, read_answer, rows_in
from crawler.pages.discovery.scripts import (
    FIELD,
    INDEX,
    TEXT,
    Deed,
    Hole,
    Origin,
    PartlyKnown,
    ScriptAct,
    Scripts,
    made_by,
)
from crawler.pages.discovery.templates import PAGE_NAME, PLACEHOLDER, with_number
from crawler.pages.discovery.unpacked import FLAT, flights, hydrated, islands, loaded, mappings_in
from crawler.pages.extraction.elements import Elements
from crawler.pages.extraction.page import Page
from crawler.pages.families import FAMILIES, is_article_url

WORTH = re.compile(
    r"location|\.open\(|\.submit\(|\.write(?:ln)?\(|innerHTML|\.href|fetch\(|axios|XMLHttp|laypage|[pP]age\w*\(|[pP]agi(?:ng|nat\w*)\(|[uU]rl\s?:|\bnext\w{0,9}.?:|\[\s{0,9}\{|[tT]otal\w{0,8}.?\s?[:=]|new\sVue\(|createApp\(|__next_f|window\.__\w{3,30}__\s?=|React\.createElement|\bpath\s?:|hrefFormer|next(?:P|_p)age\w{0,9}\s?=|(?:\.attr|setAttribute)\(.href"
    r"|\.(?:html|(?:ap|pre)pend(?:To)?|insert(?:After|Before|AdjacentHTML)|load|get|post|getJSON|ajax|render)\("
)
SCRIPT_TYPES = (
    "",
    "text/javascript",
    "application/javascript",
    "module",
    "text/ecmascript",
    "application/x-javascript",
)
HOLDS_DATA = re.compile(r"=\s?[\"']\[?\{")
# Scripts that work with the address of their page, and what they do with it.
OWN_ADDRESS = re.compile(
    r"(?:[=(,+?:!]|return|\b(?:window|document|self|top))\s?\.?\s?location(?:\s?\.\s?(?:pathname|href|search))?\b(?!\s?[=(]|\s?\.\s?(?:href|search)\s?=[^=])"
)
TAKEN_APART = re.compile(
    r"\.(?:replace|match|exec|test|split|substr(?:ing)?|slice|lastIndexOf)\(|searchParams|URLSearchParams"
)
TURNS = re.compile(r"page|pager|turn|jump|goto|skip|current", re.IGNORECASE)
GOES = re.compile(r"""(?:location(?:\.href)?\s?=|\.open\()\s?["']([^"'<>]{1,300})["']""")  # of a row that is clicked
NUMBERED, UNLINKED = ("li", "span", "b", "i", "a", "button"), re.compile(r"[23]")  # what is clicked, and is no link
CHANGED = "change "  # opens the name of a function that is called when another option of the menu of an id is chosen
FIELDS = frozenset("input select option textarea button param meter progress data".split())
CLICKED = (
    *("onclick", "ondblclick", "onmousedown", "ontouchend", "ontouchstart"),
    *("@click", "@click.prevent", "v-on:click", "x-on:click", "ng-click", "(click)"),  # of frameworks in the page
)
IS_CLICKED = frozenset(CLICKED)
SCRIPT = "javascript:"
CALLS = re.compile(r"[\s;]{0,9}(?:return\s)?\s{0,9}([\w$.]{1,60})\(\s{0,9}['\"]?\d{1,12}['\"]?\s{0,9}[,)]")
TITLE = 6  # characters of a row
MANY_CALLS = 3  # rows that call one function
EXTENSION = re.compile(r"^\.?(?:s?html?|jsp|php|aspx?|chtml|jhtml)$", re.IGNORECASE)
OPEN_END = re.compile(r"[_/-]$")  # of what stands before a number
MAX_HANDLERS = 400  # of a page
SHORT = 20_000  # characters of scripts
# A script that the page's author wrote has lines; its data may have none, but they hold no functions.
MIN_LIBRARY, LONG_LINE, MANY_FUNCTIONS = 3000, 200, 10  # characters, characters a line, functions
MOST_KEPT = 40  # pieces of JSON in a page
MAX_WRITTEN = 100_000  # characters of HTML that scripts write
OPEN, CLOSE = "\ue010", "\ue011"  # stand around the name of a hole in written HTML


def reveal(page: Page, files: Sequence[str] = ()) -> Scripted:
    """Put the links that scripts make into the tree of a page, and return what else they say. Changes the tree.

    `files` are the sources of scripts that the page keeps in files of their own.
    """
    scripted = Scripted()
    sources = (*files, *_sources(page.elements), *attribute_scripts(page.source, page.elements))
    handlers = [element for element, given in page.elements.attributed if _is_clicked(given)][:MAX_HANDLERS]
    chosen = [menu for menu in page.elements.of("select") if menu.get("onchange")][:MOST_CHOSEN]
    kept = _kept(page)[:MOST_KEPT]
    is_bound = any(mark in page.source for mark in BOUND_IN_PAGE)
    if sources or handlers or chosen or kept or is_bound:
        scripts = _evaluated(sources, page.url)
        rows = _link_rows(scripted, scripts, handlers)
        link_chosen(scripted, scripts, chosen)
        _take(scripted, [*resolved(scripts.found, page)], rows, page.tree)
        scripted.rows += islice(rows_of(scripts, page.source, page.elements), MAX_OPTIONS)
        _take_kept(scripted, scripts, kept, page.tree)
        data = (loaded(source) for source, _ in kept)
        given = ([*one.arguments] for one in scripts.found if one.deed is Deed.CALL)
        scripted.is_changed |= unfold(page, scripts.found, chain([scripts.variables], given, data))
        for element, address in addressed(scripts, page.elements) if is_bound else ():
            link(scripted, element, address)
    link_addressed(scripted, page.elements)
    take_forms(scripted, page)
    return scripted


def _is_clicked(given: Mapping[str, str]) -> bool:
    """Tell by the attributes of an element whether a script runs when it is clicked."""
    return not IS_CLICKED.isdisjoint(given) or ("href" in given and given["href"].lstrip(" \t\r\n").startswith(SCRIPT))


def _kept(page: Page) -> list[tuple[str, bool]]:
    """Return the JSON that scripts and attributes hold, each with whether it is JSON-LD."""
    scripts = [(script.text, script.get("type") or "", script.get("id")) for script in page.elements.of("script")]
    given = ((text, type_, id_) for text, type_, id_ in scripts if text and "json" in type_)
    kept = [(hydrated(text) if id_ == FLAT else text, "ld+json" in type_) for text, type_, id_ in given]
    kept += [(json.dumps(items), False)] if (items := islands(page.elements)) else []
    if not HOLDS_DATA.search(page.source):
        return kept
    attributes = ((value, element) for element, given in page.elements.attributed for value in given.values())
    beside = [
        (value, "ld+json" in (element.get("type") or ""))
        for value, element in attributes
        if value.startswith("[{") or (value.startswith("{") and ("/" in value or "[{" in value))
    ]
    return [*kept, *beside]


def _sources(elements: Elements) -> Iterator[str]:
    for script in elements.of("script"):
        if not script.get("src") and (script.get("type") or "").strip().lower() in SCRIPT_TYPES:
            source = script.text or ""
            if ("function" in source or "var " in source or WORTH.search(source)) and not _is_library(source):
                yield source


def _is_library(source: str) -> bool:
    """Tell a library that is written into the page, or what counts its visitors: long, without line breaks, of many functions, writing no link."""
    if len(source) < MIN_LIBRARY or len(source) < LONG_LINE * (source.count("\n") + 1) or "<a " in source:
        return False
    return source.count("function") + source.count("=>") >= MANY_FUNCTIONS


def _evaluated(sources: tuple[str, ...], url: str) -> Scripts:
    """Return the scripts of a page, gone through; many pages of a site have the same, if they are short: of the others few are remembered."""
    is_short = sum(map(len, sources)) <= SHORT
    is_worth, is_own = (_told_short if is_short else _told)(sources)
    if not is_worth:
        return _short(())
    address = url if is_own and not is_article_url(url) else ""
    return (_short if is_short else _long)(sources, address)


def _told(sources: tuple[str, ...]) -> tuple[bool, bool]:
    """Tell whether scripts may do anything of use, and whether they work with the address of their page."""
    is_worth = any(map(WORTH.search, sources))
    return is_worth, is_worth and any(OWN_ADDRESS.search(one) and TAKEN_APART.search(one) for one in sources)


_short, _long = lru_cache(maxsize=64)(Scripts), lru_cache(maxsize=8)(Scripts)
_told_short = lru_cache(maxsize=64)(_told)


def _link_rows(scripted: Scripted, scripts: Scripts, elements: Iterable[HtmlElement]) -> set[str]:
    """Make anchors of what leads somewhere when it is clicked; return the functions that rows call."""
    called: set[str] = set()
    unknown: Counter[str] = Counter()
    for element in elements:
        source = next((value for name in CLICKED if (value := element.get(name))), "")
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
            made = made_by(found)
            if (
                not (found.deed is Deed.GO or is_page or made)
                or (address := filled(made or found.text, element)) is None
            ):
                continue
            if found.function and not re.fullmatch(r"\W*\d*\W*|.*页.*", "".join(element.itertext()).strip()):
                called.add(found.function)
            link(scripted, element, address)
            break
        else:
            unknown.update(_link_told(scripted, element, scripts.click(source)) or _called_by(source, element))
    scripted.is_unresolved = max(unknown.values(), default=0) >= MANY_CALLS
    return called


def _called_by(source: str, element: HtmlElement) -> list[str]:
    """Return the function that a row calls with a number, whatever that comes to."""
    called = CALLS.match(source)
    return [called[1]] if called and len("".join(element.itertext()).strip()) >= TITLE else []


def _link_told(scripted: Scripted, element: HtmlElement, acts: Iterable[ScriptAct]) -> list[str]:
    """Link what hands its address to a function that is not in the page; return the function where it is handed a number."""
    found = []
    for one in acts:
        told = next((value for value in one.arguments if isinstance(value, int | str) and value), None)
        if one.deed is not Deed.CALL or told is None:
            continue
        if isinstance(told, str) and ADDRESS.match(told):
            link(scripted, element, told)
            return []
        if (isinstance(told, int) or told.isdigit()) and len("".join(element.itertext()).strip()) >= TITLE:
            found.append("".join(part for part in one.text.parts if isinstance(part, str)))
    return found


def _take(scripted: Scripted, found: Iterable[ScriptAct], rows: set[str], tree: HtmlElement) -> None:
    """Sort what the scripts of a page do by themselves."""
    written: list[str] = []
    for one in found:
        match one.deed:
            case Deed.WRITE:
                made = made_by(one)
                hole = made.holes[0] if made and len(made.holes) == 1 else None
                if made and hole and hole.origin is Origin.ATTRIBUTE and hole.name.startswith(("data-", "rel")):
                    _link_filled(scripted, made, hole.name, tree)
                else:
                    written.append(_marked(one.text))
            case Deed.REQUEST:
                scripted.requests.append(one)
                hole = one.text.holes[0] if len(one.text.holes) == 1 and not one.parameters else None
                if hole and hole.origin is Origin.ATTRIBUTE and hole.name != "value" and PAGE_NAME.search(hole.name):
                    _link_filled(scripted, one.text, hole.name, tree)
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
            scripted.redirects.append(with_number(one.text))
        else:
            written.append(f'<a href="{escape(with_number(one.text))}"></a>')
        return
    hole = holes[0]
    if len(holes) != 1 or hole is None:
        return
    if one.function and one.function.startswith(CHANGED):
        link_options(scripted, one.text, tree.xpath("//select[@id = $id]", id=one.function.removeprefix(CHANGED)))
        return
    if hole.name in (FIELD, TEXT, INDEX):
        _take_shown(scripted, one.text, hole, tree)
        return
    if hole.origin is Origin.ATTRIBUTE:
        _link_filled(scripted, one.text, hole.name, tree)
        if hole.name != "value":
            return
    is_page = PAGE_NAME.search(hole.name) or (one.function and TURNS.search(one.function))
    if is_page and one.function not in rows:
        scripted.templates.append(Template(with_number(one.text), is_zero=hole.shift < 0))
    elif hole.origin is Origin.CALLER and one.function and not is_page:  # of an application, which calls it for a row
        scripted.shown.append("".join(part if isinstance(part, str) else f"{{{hole.name}}}" for part in one.text.parts))


def _link_filled(scripted: Scripted, text: PartlyKnown, name: str, tree: HtmlElement) -> None:
    """Link every element that has the attribute an address is made of."""
    attribute = PROPERTIES.get(name, name)
    for element in tree.xpath("//*[@*[name() = $name]]", name=attribute)[:MAX_HANDLERS]:
        if name == "id" and not re.search(r"\d", element.get(name)):
            continue  # many things have an id; rows have a number in it
        if name == "value" and (element.tag in FIELDS or len("".join(element.itertext()).strip()) < TITLE):
            continue  # of a field, or the number of a page
        if address := filled(text, element):
            link(scripted, element, address)


def _take_shown(scripted: Scripted, text: PartlyKnown, hole: Hole, tree: HtmlElement) -> None:
    """Take an address that is made of what an element shows: the number of a page, or of a row in a field that is hidden."""
    if hole.name == FIELD:
        _link_around(scripted, text, tree)
    elif any(UNLINKED.fullmatch("".join(leaf.itertext()).strip()) for leaf in tree.iter(*NUMBERED)):
        shift = hole.shift - (hole.name == INDEX)
        scripted.templates.append(Template(with_number(text), is_zero=shift < 0))


def _link_around(scripted: Scripted, text: PartlyKnown, tree: HtmlElement) -> None:
    """Link every element around a hidden field with a number, of which an address is made."""
    for field in list(tree.iter("input"))[:MAX_HANDLERS]:
        around, value = field.getparent(), field.get("value") or ""
        if around is None or around.tag == "form" or field.get("type") != "hidden" or not value.isdigit():
            continue
        if len("".join(around.itertext()).strip()) >= TITLE and (address := filled(text, field)):
            link(scripted, around, address)


def _templates_of(call: ScriptAct) -> Iterator[Template]:
    """Yield what a call of a library says: its options hold an address with a place for the number, or its arguments are pages, current
    page, name and ending of the files, in this order.
    """
    values = call.arguments
    for options in _options_of(call):
        for value in options.values():
            if isinstance(value, str) and len(value) < 300 and (place := PLACEHOLDER.search(value)):
                yield Template(PLACEHOLDER.sub(NUMBER, value), is_zero=place[0] == "__id__")
        yield from _templates_in_two(options)
    for value in values:
        is_open = isinstance(value, str) and len(value) < 300 and PLACEHOLDER.search(value)
        if is_open and ADDRESS.match(PLACEHOLDER.sub("1", value)) and not is_media(value):
            yield Template(PLACEHOLDER.sub(NUMBER, value))
    if len(values) < 4:
        return
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


def _templates_in_two(options: Mapping[Any, Any]) -> Iterator[Template]:
    """Yield what options say that hold what stands before the number, and what stands behind it."""
    if isinstance(before := options.get("hrefTextPrefix"), str) and not before.startswith("#"):
        yield Template(f"{before}{NUMBER}{options.get('hrefTextSuffix') or ''}")
    if isinstance(before := options.get("hrefFormer"), str) and "getLink" not in options:  # kkpager
        yield Template(f"{before}_{NUMBER}{options.get('hrefLatter') or ''}")
    ending = next((value for value in options.values() if isinstance(value, str) and EXTENSION.match(value)), None)
    before = next((value for value in options.values() if isinstance(value, str) and OPEN_END.search(value)), None)
    if ending and before and ADDRESS.match(f"{before}1{ending}"):
        yield Template(f"{before}{NUMBER}{ending}")


def _queries_of(call: ScriptAct) -> Iterator[str]:
    """Yield the queries by POST that a family knows a call to make."""
    for options in _options_of(call):
        name = "".join(part for part in call.text.parts if isinstance(part, str))
        for family in FAMILIES.values():
            yield from family.list_queries(name, options) if family.list_queries else ()


def _options_of(call: ScriptAct) -> list[dict[Any, Any]]:
    return [value for value in call.arguments if isinstance(value, dict)]


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
        for anchor in part.iter() if isinstance(part, HtmlElement) else ():
            clicked = GOES.search(anchor.get("onclick") or "")
            href = (anchor.get("href") if anchor.tag == "a" else clicked and clicked[1]) or ""
            if "{{" in href:
                scripted.rows += filled_in(href)
                continue
            text = "".join(anchor.itertext()).strip()
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


def _take_kept(scripted: Scripted, scripts: Scripts, data: Sequence[tuple[str, bool]], tree: HtmlElement) -> None:
    """Link the rows that a page keeps in variables or as JSON, for a script elsewhere to show."""
    given = [value for one in scripts.found if one.deed is Deed.CALL for value in one.arguments]
    scripted.told += [scripts.variables, *(value for value in (*scripts.values, *given) if isinstance(value, dict))]
    listing = Listing(row=next(iter((*scripted.rows, *scripted.shown)), None))
    kept = [*rows_in(scripts.values, listing), *rows_in(given, listing), *rows_in(flights(given), listing)]
    scripted.onward += filter(None, [onward_in(scripts.variables)])
    scripted.told += islice((told for source, _ in data for told in mappings_in(source)), MAX_OPTIONS)
    for source, is_linked in data:  # schema.org: an ItemList need not name what it lists
        if answer := read_answer(source.encode(), listing):
            kept += [(href, title or (href if is_linked else None)) for href, title in answer.rows]
            scripted.onward += [answer.onward] if answer.onward else []
    shown = {anchor.get("href") for anchor in tree.iter("a")}
    body = tree.find("body")
    for href, title in dict.fromkeys(kept):
        if title and href not in shown:
            scripted.is_changed = True
            made = SubElement(SubElement(tree if body is None else body, "p"), "a", {"href": href})
            made.text = title
