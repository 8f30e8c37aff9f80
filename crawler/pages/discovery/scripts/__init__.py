"""Scripts: what the scripts of a page would write, ask for and leave for, worked out without running them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from crawler.pages.discovery.scripts.acts import made_by
from crawler.pages.discovery.scripts.built_ins import worked_out
from crawler.pages.discovery.scripts.evaluation import Evaluation
from crawler.pages.discovery.scripts.syntax import parse
from crawler.pages.discovery.scripts.values import FIELD, INDEX, TEXT, Deed, Hole, Origin, PartlyKnown, ScriptAct, plain

__all__ = [
    "FIELD",
    "INDEX",
    "TEXT",
    "Deed",
    "Hole",
    "Origin",
    "PartlyKnown",
    "ScriptAct",
    "Scripts",
    "made_by",
    "plain",
    "worked_out",
]

MAX_SOURCE = 200_000  # characters of all scripts of a page
REMEMBERED = 600  # clicks: the menus of a site stand on every page of it


class Scripts:
    """The scripts of one page, gone through."""

    def __init__(self, sources: tuple[str, ...], address: str = "") -> None:
        """`address` is that of the page, "" where its scripts come to the same on any page."""
        self._evaluation = Evaluation(address)
        left = MAX_SOURCE
        for source in sources:
            if 0 < len(source) <= left:
                left -= len(source)
                self._evaluation.run(parse(source))
        self._evaluation.call_uncalled()
        self.found = tuple(self._evaluation.acts.found)
        self.click = lru_cache(maxsize=REMEMBERED)(self._click)

    def _click(self, source: str) -> list[ScriptAct]:
        """Return what a handler (`onclick="go(3)"`, `javascript:go(3)`) would do."""
        return self._evaluation.handler(parse(source))

    def row(self, source: str, *items: str) -> PartlyKnown | None:
        """Return what an attribute of a component (`:href="'/show/' + item.id"`) comes to for one item of a list, or for its members; for none."""
        return self._evaluation.expression(parse(f"({source})"), items)

    @property
    def values(self) -> list[Any]:
        """Return what the variables of the page hold."""
        return list(self.variables.values())

    @property
    def variables(self) -> Mapping[str, Any]:
        """Return the variables of the page by their names."""
        return self._evaluation.top.values
