"""The elements of a page by tag and attributes: one walk over the tree answers what dozens of searches through it would."""

from collections import defaultdict
from functools import cached_property

from lxml.html import HtmlElement


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
    def names(self) -> frozenset[str]:
        """Return all classes and ids."""
        return frozenset(name for _, classes, id_ in self.named for name in (*classes.split(), id_))
