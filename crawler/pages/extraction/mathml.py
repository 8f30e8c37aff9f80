"""MathML as text: the TeX that an editor left beside it, else the formula in one line."""

from lxml.html import HtmlElement

from crawler.pages.extraction.page import fold

MOST = 2000  # elements of one formula; a larger one is no formula
JOINED = {"msup": "^", "msub": "_", "mfrac": "/", "munder": "_", "mover": "^"}


def math_text(element: HtmlElement) -> str:
    """Return `$TeX$` where an annotation states it, else the formula in one line: x^2, a/b, √(x)."""
    for annotation in element.iter("annotation"):
        if "tex" in annotation.get("encoding", "").lower() and (tex := fold(annotation.text_content())):
            return f"${tex}$"
    return fold(_line(element, 0)) if sum(1 for _ in zip(element.iter(), range(MOST + 1), strict=False)) <= MOST else ""


def _line(element: HtmlElement, depth: int) -> str:
    if element.tag in ("annotation", "annotation-xml") or depth > MOST // 20:
        return ""
    parts = [_line(child, depth + 1) for child in element if isinstance(child.tag, str)]
    if (mark := JOINED.get(str(element.tag))) and len(parts) == 2:
        return f"{_grouped(parts[0])}{mark}{_grouped(parts[1])}"
    if element.tag in ("msubsup", "munderover") and len(parts) == 3:
        return f"{_grouped(parts[0])}_{_grouped(parts[1])}^{_grouped(parts[2])}"
    if element.tag == "msqrt":
        return f"√({''.join(parts)})"
    return fold(element.text) + "".join(parts)


def _grouped(text: str) -> str:
    return text if len(text) <= 1 or text.isalnum() else f"({text})"
