"""What elements of a page hold that its scripts read: the number of its column in a hidden field, say."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from lxml.html import HtmlElement

from crawler.pages.discovery.anchors import filled
from crawler.pages.discovery.listing import ADDRESS, is_media
from crawler.pages.discovery.scripts import Deed, Hole, Origin, PartlyKnown, ScriptAct, worked_out
from crawler.pages.discovery.templates import PAGE_NAME
from crawler.pages.extraction.page import Page

MOST_ASKING = 20  # elements of a page that name what a script asks for
ASKED_ANYWAY = frozenset("img script iframe source embed audio video track input".split())  # by the browser itself


def resolved(found: Iterable[ScriptAct], page: Page) -> Iterator[ScriptAct]:
    """Yield what scripts do with what elements hold in the place of its holes; a field for the number of a page stays a hole."""
    by_id: dict[str, HtmlElement] = {}
    for one in found:
        texts = (one.text, *one.parameters.values())
        if any(isinstance(part, Hole) and part.name.startswith("#") for text in texts for part in text.parts):
            by_id = by_id or {id_: element for element, _, id_ in page.elements.named if id_}
            given = {name: _filled(text, by_id) for name, text in one.parameters.items()}
            yield replace(one, text=_filled(one.text, by_id), parameters=given)
        elif one.deed is Deed.REQUEST and one.text.parts and _is_element_s(one.text.parts[0]):
            yield from list(islice(_asked_by(one, page), MOST_ASKING)) or [one]
        else:
            yield one


def _is_element_s(part: object) -> bool:
    """Return whether an address begins with what an attribute holds, and that is not the number of a page."""
    is_held = isinstance(part, Hole) and part.origin is Origin.ATTRIBUTE and part.name != "value"
    return is_held and isinstance(part, Hole) and not PAGE_NAME.search(part.name)


def _asked_by(request: ScriptAct, page: Page) -> Iterator[ScriptAct]:
    """Yield a request once for each element that names its address in an attribute: `fetch(this.getAttribute("src"))`, `el.dataset.api`."""
    for element, _ in page.elements.attributed:
        held = filled(PartlyKnown(request.text.parts[:1]), element) if element.tag not in ASKED_ANYWAY else None
        if held and ADDRESS.match(held) and not is_media(held):
            rest = (
                filled(PartlyKnown((part,)), element) or part if isinstance(part, Hole) else part
                for part in request.text.parts[1:]
            )
            yield replace(request, text=PartlyKnown((held, *rest)))


def _filled(text: PartlyKnown, by_id: dict[str, HtmlElement]) -> PartlyKnown:
    return PartlyKnown(tuple(_held(part, by_id) if isinstance(part, Hole) else part for part in text.parts))


def _held(hole: Hole, by_id: dict[str, HtmlElement]) -> str | Hole:
    if not hole.name.startswith("#"):
        return hole
    id_, _, name = hole.name[1:].partition(" ")
    element = by_id.get(id_)
    value = element.get(name) if element is not None else None
    if value is not None and hole.made:
        value = worked_out(hole, value)
    is_page = bool(hole.shift) or PAGE_NAME.search(id_) or (element is not None and _is_typed(element))
    return Hole(name, Origin.ATTRIBUTE, hole.shift) if is_page or value is None else value


def _is_typed(element: HtmlElement) -> bool:
    """Return whether a reader types or chooses what an element holds."""
    return element.tag == "select" or (element.tag == "input" and (element.get("type") or "text") in ("text", "number"))
