"""The elements of a page by tag and attributes: one walk over the tree answers what dozens of searches through it would."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from lxml.html import HtmlElement

from crawler.pages.families import css, names_in

ONE_NAME = re.compile(r"([a-z][a-z0-9]*+)?([.#][A-Za-z_][\w-]*+)", re.ASCII)  # a selector of a class or an id
WHITE = re.compile(r"[ \t\r\n]+")  # between classes, as XPath has it


class Elements:
    """The elements of a tree when it was walked, in document order.

    Links that are put into the tree afterwards are not among them, nor what is then changed of `href`, `style` and `hidden`: ask the element.
    """

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree
        self.attributed: list[tuple[HtmlElement, dict[str, str]]] = []  # those that have attributes, with all of them
        self._all = list(tree.iter("*"))
        self._by_tag: defaultdict[object, list[HtmlElement]] = defaultdict(list)
        for element in self._all:
            self._by_tag[element.tag].append(element)
            if given := element.items():
                self.attributed.append((element, dict(given)))

    def of(self, *tags: str) -> list[HtmlElement]:
        """Return the elements of some tags."""
        if len(tags) == 1:
            return self._by_tag.get(tags[0], [])
        return [element for element in self._all if element.tag in tags]

    def given(self, name: str, *tags: str) -> list[str]:
        """Return what the elements of some tags have in an attribute, where they have it."""
        return [value for element in self.of(*tags) if (value := element.get(name)) is not None]

    @cached_property
    def styled(self) -> list[HtmlElement]:
        """Return the elements that may say of themselves that they are not shown."""
        return [element for element, given in self.attributed if "style" in given or "hidden" in given]

    @cached_property
    def named(self) -> list[tuple[HtmlElement, str, str]]:
        """Return the elements that have a class or an id, with both."""
        return [
            (element, given.get("class", ""), given.get("id", ""))
            for element, given in self.attributed
            if "class" in given or "id" in given
        ]

    @cached_property
    def _by_name(self) -> Mapping[str, list[HtmlElement]]:
        """Return the elements by what a selector calls them: .class, #id."""
        found: defaultdict[str, list[HtmlElement]] = defaultdict(list)
        for element, classes, id_ in self.named:
            for name in dict.fromkeys(WHITE.split(classes)):
                found[f".{name}"].append(element)
            found[f"#{id_}"].append(element)
        return found

    def select(self, selectors: Iterable[str]) -> list[HtmlElement]:
        """Return what the first matching CSS selector matches, in document order; nothing if none does."""
        for selector in selectors:
            if names_in(selector) <= self.names and (found := self._matched(selector)):
                return found
        return []

    def _matched(self, selector: str) -> list[HtmlElement]:
        if (one := ONE_NAME.fullmatch(selector)) is None:
            return list(css(selector)(self.tree))
        tag, name = one.groups()
        return [element for element in self._by_name.get(name, ()) if not tag or element.tag == tag]

    @cached_property
    def names(self) -> frozenset[str]:
        """Return all classes and ids."""
        return frozenset(name for _, classes, id_ in self.named for name in (*classes.split(), id_))
