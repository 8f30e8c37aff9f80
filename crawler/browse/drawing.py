"""Plots as SVG that stand inside a page: drawn by pygal, coloured by our style sheet alone, so that they turn dark with it."""

from collections.abc import Callable
from typing import Any

from lxml import etree

LEGEND_ROW = 22
BARE = dict.fromkeys(("style", "script", "desc"))  # elements that our policy forbids, or that are for pygal's script


def draw(kind: Callable[..., Any], height: int, *, width: int, **options: Any) -> Any:
    """Return a plot of a kind of pygal's, without its styles and scripts, to be filled."""
    return kind(js=(), css=(), disable_xml_declaration=True, truncate_legend=-1, truncate_label=-1, no_data_text="–", margin=6, width=width,
                height=height, legend_at_bottom=True, legend_at_bottom_columns=3, **options)  # fmt: skip


def svg_of(plot: Any, title: str) -> str:
    """Return a filled plot as markup, written from a tree: escaped, whatever names are in it."""
    if plot.config.show_legend:
        more = LEGEND_ROW * (-(-len(plot.raw_series) // 3) + 1)  # pygal leaves too little room for the legend
        plot.config.height += more
        plot.config.margin_bottom = more
    plot.add_xml_filter(_bare)
    root = plot.render_tree()
    for child in list(root):
        if child.tag == "title":
            child.text = title
    root.set("role", "img")
    root.set("aria-label", title)
    return str(etree.tostring(root, encoding="unicode"))


def _bare(root: Any) -> Any:
    """Take out styles, scripts, comments and what is for pygal's script; let browsers show values as they do by themselves."""
    for element in list(root.iter()):
        for child in list(element):
            if child.tag == "desc" and child.get("class") == "value":
                child.tag = "title"
            elif child.tag in BARE or not isinstance(child.tag, str) or "tooltip-overlay" in (child.get("class") or ""):
                element.remove(child)
        element.attrib.pop("style", None)
        element.attrib.pop("id", None)
    return root
