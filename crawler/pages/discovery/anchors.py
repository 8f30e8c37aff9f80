"""Links put into the tree of a page where its reader finds them, though none stands there."""

from lxml.html import HtmlElement

from crawler.pages.discovery.findings import Scripted
from crawler.pages.discovery.scripts import FIELD, Hole, Origin, PartlyKnown, worked_out

PROPERTIES = {"className": "class", "htmlFor": "for"}  # that are called otherwise than their attribute


def link(scripted: Scripted, element: HtmlElement, address: str) -> None:
    """Make a link of an element: of an anchor its address, of anything else an anchor around all it holds."""
    scripted.is_changed = True
    if element.tag == "a":
        element.set("href", address)
        return
    if element.tag in ("button", "input", "option", "tr", "img") or any(True for _ in element.iter("a")):
        text = element.get("value") or "".join(element.itertext())
        beside(element, address, text)
        return
    anchor = element.makeelement("a", {"href": address})
    anchor.text, element.text = element.text, None
    anchor.extend(list(element))
    if not "".join(anchor.itertext()).strip():
        anchor.text = element.get("title") or element.get("aria-label")
    element.append(anchor)


def beside(element: HtmlElement, address: str, text: str) -> None:
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


def filled(text: PartlyKnown, element: HtmlElement) -> str | None:
    """Return an address with the attributes of an element in its holes, None where one is missing."""
    parts = [part if isinstance(part, str) else _given(part, element) for part in text.parts]
    return "".join(part or "" for part in parts).strip() or None if all(part is not None for part in parts) else None


def _given(hole: Hole | None, element: HtmlElement) -> str | None:
    if hole is None or hole.origin is not Origin.ATTRIBUTE:
        return None
    value = _held(hole.name, element)
    if value is not None and hole.made:
        value = worked_out(hole, value)
    if value is None or not hole.shift:
        return value
    return str(int(value) + hole.shift) if value.isascii() and value.isdigit() else None


def _held(name: str, element: HtmlElement) -> str | None:
    """Return a property of an element, as its attributes have it."""
    if name == "hash":
        _, mark, fragment = (element.get("href") or "").partition("#")
        return f"{mark}{fragment}" if mark else None
    return element.get("value" if name == FIELD else PROPERTIES.get(name, name))
