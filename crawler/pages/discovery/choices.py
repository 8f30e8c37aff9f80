"""What a reader chooses or types to see more of a list: the options of a menu, a form for the number of a page, the years of an archive."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode, urlsplit

from lxml.html import HtmlElement

from crawler.pages.discovery.anchors import beside, filled
from crawler.pages.discovery.findings import Scripted, Template
from crawler.pages.discovery.listing import NUMBER
from crawler.pages.discovery.scripts import Deed, PartlyKnown, Scripts
from crawler.pages.discovery.templates import PAGE_PARAMETER
from crawler.pages.extraction.page import Page
from crawler.urls import absolute_url

SUBMITTED = ".//input[@type='submit' or @type='image'] | .//button[not(@type) or @type='submit']"
OF_TIME = re.compile(r"^\w{0,10}(?:year|month|yyyymm)\w{0,4}$|^(?:y|nf|nian)$", re.IGNORECASE)
MOST_CHOSEN = 20  # menus of a page
MAX_OPTIONS = 100  # of a menu


def link_chosen(scripted: Scripted, scripts: Scripts, elements: Iterable[HtmlElement]) -> None:
    """Make anchors of the options of a menu that leads somewhere when one is chosen."""
    for element in elements:
        for found in scripts.click(element.get("onchange") or ""):
            if found.deed is Deed.GO and len(found.text.holes) == 1:
                link_options(scripted, found.text, [element])


def link_options(scripted: Scripted, text: PartlyKnown, elements: Iterable[HtmlElement]) -> None:
    """Make anchors of the options of menus, by an address with a place for what is chosen."""
    for element in elements:
        for option in list(element.iter("option"))[:MAX_OPTIONS]:
            if (value := option.get("value")) and (address := filled(text, option)):
                scripted.is_changed = True
                beside(element, address, "".join(option.itertext()).strip() or value)


def take_forms(scripted: Scripted, page: Page) -> None:
    """Take the form in which the number of a page is typed, or kept, if it is sent by GET, as a template."""
    for form in page.elements.of("form"):
        if (form.get("method") or "get").strip().lower() != "get":
            continue
        action = (form.get("action") or "").partition("?")[0]
        fields = [(name, one) for one in form.iter("input", "select", "button") if (name := one.get("name"))]
        if not fields and not form.xpath(".//*[@name]") and (target := (form.get("action") or "").strip()):
            scripted.is_changed = True
            beside(form, target, "".join(form.itertext()) or " ".join(form.xpath(".//input/@value")))
            continue
        _link_times(scripted, form, action, fields)
        numbers = [name for name, _ in fields if PAGE_PARAMETER.match(name)]
        is_own = bool(action) and urlsplit(absolute_url(page.base, action) or "").path == urlsplit(page.url).path
        is_typed = form.xpath(SUBMITTED) and "页" in "".join(form.itertext())
        is_chosen = any(one.tag == "select" and one.get("onchange") for name, one in fields if name in numbers)
        if len(set(numbers)) != 1 or not (is_own or is_typed or is_chosen):
            continue
        hidden = [
            (name, one) for name, one in fields if (one.get("type") or "").lower() == "hidden" and name != numbers[0]
        ]
        query = urlencode([*((name, one.get("value") or "") for name, one in hidden), (numbers[0], "")])
        scripted.templates.append(Template(f"{action}?{query}{NUMBER}"))


def _link_times(scripted: Scripted, form: HtmlElement, action: str, fields: Sequence[tuple[str, HtmlElement]]) -> None:
    """Make anchors of the years, or months, that can be chosen in a form: its archive."""
    for name, menu in fields:
        if menu.tag != "select" or not OF_TIME.match(name):
            continue
        kept = [(other, one.get("value") or "") for other, one in fields if one.get("type") == "hidden"]
        for option in list(menu.iter("option"))[:MAX_OPTIONS]:
            if value := option.get("value"):
                scripted.is_changed = True
                beside(form, f"{action}?{urlencode([*kept, (name, value)])}", "".join(option.itertext()) or value)
