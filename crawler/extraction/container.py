"""The element that holds an article: by the site's selector, the family's, the page's own microdata, then by the weight of its text.

Weight is characters of running text, less what is links: a paragraph weighs its length, a menu weighs less than nothing.
"""

import re
from dataclasses import dataclass
from itertools import accumulate

from lxml.html import HtmlElement

from crawler.extraction.page import Line, Page
from crawler.families import select
from crawler.items import Site

SENTENCE = re.compile(r"[，。；：！？、“”]|[,.;:!?] ")
FOOTER = re.compile(r"版权所有|copyright|©|ICP备|公网安备|技术支持", re.IGNORECASE)
LONG = 20  # characters of a line that is running text even without punctuation
SHARE = 0.75  # of the weight: a child that holds as much is the container rather than its parent
NESTED = 0.9  # the same for a family's container inside a family's container
MICRODATA = ("[itemprop=articleBody]", "article")
MIN_MICRODATA = 60  # weight; below that <article> is a card, not the article
MIN_BODY = 50  # weight of the least text taken for an article on an unknown site


@dataclass(frozen=True, slots=True)
class Container:
    """Where the article stands, the rule that said so, and the weight of its text."""

    element: HtmlElement
    rule: str
    weight: float


class Weights:
    """The weight of any element of a page, in constant time."""

    def __init__(self, page: Page) -> None:
        self.page = page
        lines = [line_weight(line) for line in page.lines]
        self.sums = [0.0, *accumulate(lines)]
        self.running_sums = [0.0, *accumulate(max(weight, 0.0) for weight in lines)]

    def of(self, element: HtmlElement) -> float:
        """Return running text less links: what an element is."""
        start, end = self.page.spans.get(element, (0, 0))
        return self.sums[end] - self.sums[start]

    def running(self, element: HtmlElement) -> float:
        """Return running text alone: a menu inside an element does not count against it."""
        start, end = self.page.spans.get(element, (0, 0))
        return self.running_sums[end] - self.running_sums[start]


def line_weight(line: Line) -> float:
    """Return how much a line speaks for an article (positive) or for navigation (negative), in characters."""
    own = len(line.text) - line.linked
    if FOOTER.search(line.text):
        return -float(own)
    weight = own if own >= LONG or SENTENCE.search(line.text) else own * 0.3
    return weight - line.linked * 0.5


def find_container(page: Page, site: Site, weights: Weights) -> Container | None:
    """Return the article's container, or None where nothing on the page reads like one."""
    if site.selectors.body and (found := select(page.tree, [site.selectors.body])):
        return _best(found, "site", weights)
    if page.family and (found := select(page.tree, page.family.body)):
        return _best(found, page.family.name, weights)
    for element in select(page.tree, MICRODATA):
        if (weight := weights.of(element)) >= MIN_MICRODATA and weight >= SHARE * weights.running(page.tree):
            return Container(element, "microdata", weight)
    return by_weight(page, weights)


def by_weight(page: Page, weights: Weights) -> Container | None:
    """Return the deepest element that still holds most of the page's running text; never one paragraph or cell among others."""
    element = page.tree.find("body")
    if element is None:
        element = page.tree
    weight = weights.running(element)
    while len(element):
        child = max(element, key=weights.running)
        inner = weights.running(child)
        if inner < SHARE * weight or (len(page.inside(child)) < 2 <= len(page.inside(element))):
            break
        element, weight = child, inner
    while (
        element.tag in ("p", "span", "font", "strong", "b", "section", "tbody", "tr")
        and (parent := element.getparent()) is not None
    ):
        element = parent
    own = weights.of(element)
    return Container(element, "density", own) if own >= MIN_BODY else None


def _best(found: list[HtmlElement], rule: str, weights: Weights) -> Container:
    """Return the heaviest match; of nested ones the innermost that holds nearly everything."""
    best = max(found, key=weights.of)
    for element in found:
        if best in element.iterancestors() and weights.of(element) >= NESTED * weights.of(best) > 0:
            best = element
    return Container(best, rule, weights.of(best))
