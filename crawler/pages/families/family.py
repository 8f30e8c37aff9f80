"""What one CMS family is: facts, as data, plus the few functions that no data can express.

A family is added by copying one of the files beside this one. Selectors are CSS, in order of preference: the first that matches wins.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from cssselect import HTMLTranslator
from lxml.etree import XPath
from lxml.html import HtmlElement

BRACKETS = re.compile(r"\[[^\[\]\"'\\]*\]")
UNSURE = re.compile(r"[,:\\\[\]\"'|]")  # alternatives, conditions, what is quoted
NAME = re.compile(r"[.#]([\w-]+)")
ADDRESS = re.compile(r"[\w:/.-]++")
LONGEST = 200  # characters of an address before what tells it

NextPages = Callable[[str, HtmlElement, str], Iterable[str]]
"""(URL of a list page, its tree, its visible text) -> hrefs of further pages that no plain link names, nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Sites built on one CMS."""

    name: str
    label: str  # as its vendor writes it
    marks: tuple[str, ...]  # strings of the page's source, any of which tells the family
    article_url: str  # regular expression over path and query
    url_tells: bool = False  # such a URL is an article of this family whatever the page shows; else it is a hint
    list_url: str | None = None
    respell: tuple[
        tuple[str, str], ...
    ] = ()  # (pattern, replacement) over a whole URL: other spellings of the same page
    url_date: str | None = (
        None  # groups year, month, day over the URL; only where the CMS writes the publication date there
    )
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    info: tuple[str, ...] = ()  # the lines with date, source and people
    trail: tuple[str, ...] = ()  # the breadcrumb, where no label tells it
    junk: tuple[str, ...] = ()  # inside the body, yet not of the article
    meta_date: tuple[str, ...] = ()  # names of <meta> elements
    script_date: str | None = None  # group 1: seconds since 1970, in the page's source
    body_in_script: Callable[[str], str | None] | None = (
        None  # the page's source -> HTML that its script would put into the body
    )
    next_pages: NextPages | None = None
    hidden_links: Callable[[HtmlElement], Iterable[str]] | None = (
        None  # (tree of a list) -> hrefs that stand in no plain link
    )
    pages_in_script: Callable[[str, str], Iterable[str]] | None = (
        None  # (URL of a pager script, its source) -> hrefs of list pages
    )

    query_url: str | None = None  # regular expression over the addresses to which its lists are asked for by POST

    list_queries: Callable[[str, Mapping[str, object]], Iterable[str]] | None = (
        None  # (function that a script calls, its options) -> keys of the queries by POST that this function makes
    )

    def is_query_url(self, url: str) -> bool:
        """Return whether a list of this family is asked for there by POST."""
        return bool(self.query_url and _pattern(self.query_url).search(url))

    def is_article_url(self, url: str) -> bool:
        return bool(_pattern(self.article_url).search(url))

    def tells(self, url: str) -> bool:
        """Return whether a URL alone says that its page is an article of this family."""
        return self.url_tells and self.is_article_url(url)

    def is_list_url(self, url: str) -> bool:
        return bool(self.list_url and _pattern(self.list_url).search(url))


@lru_cache(maxsize=256)
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


@lru_cache(maxsize=1024)
def css(selector: str) -> XPath:
    """Return the compiled XPath of a CSS selector, over the descendants of the element it is called with."""
    return XPath(HTMLTranslator().css_to_xpath(selector))


def addresses(text: str, ending: re.Pattern[str]) -> Iterator[str]:
    """Yield the addresses in a text that end as the pattern says, in the time that it takes to go through the text once."""
    for written in ADDRESS.findall(text):
        start = 0
        for found in ending.finditer(written):
            yield written[max(start, found.start() - LONGEST) : found.end()]
            start = found.end()


@lru_cache(maxsize=1024)
def names_in(selector: str) -> frozenset[str]:
    """Return the classes and ids without which a selector matches nothing; none where that takes more than a look at it."""
    bare = BRACKETS.sub("", selector)
    return frozenset() if UNSURE.search(bare) else frozenset(NAME.findall(bare))


NONE = Family(name="none", label="no CMS", marks=(), article_url="(?!)")
