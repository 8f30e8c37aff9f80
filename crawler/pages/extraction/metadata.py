"""What a page says of itself in `<meta>`, JSON-LD and `<title>`: the second voice after the family's rules."""

import re
from collections.abc import Mapping

from lxml.html import HtmlElement

from crawler.pages.extraction.page import Page, fold

TIMES = (
    "//time[@datetime] | //*[not(self::meta)][@itemprop='datePublished'][@content]"
    " | //*[not(self::meta)][@property][contains(@property, 'date')][@content]"
)
TIMED = ("<time", "datePublished", " property=")  # a page without any of these states no time for machines
TITLE_NAMES = ("articletitle", "og:title", "twitter:title", "dc.title", "headline")
SOURCE_NAMES = ("contentsource", "og:article:source", "mediaid", "source", "article:source", "copyright-source")
# What parts a page's title from the names of its section and site. A hyphen inside Latin text is no border.
BORDER = re.compile(r"\s*[|_｜»›«]\s*|\s+[-–—]+\s+|(?<=[^\x00-\x7f])\s*[-–—]{1,2}\s*|\s*[-–—]{1,2}\s*(?=[^\x00-\x7f])")
SITE_WORDS = re.compile(r"(大学|学院|学校|新闻网|新闻中心|门户|网站|主页|首页|官网|频道|网$|University|College)")


def meta(metas: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """Return the first of the named `<meta>` contents."""
    return next((value for name in names if (value := metas.get(name))), None)


def meta_title(page: Page) -> str | None:
    """Return the article's title as a `<meta>` element gives it."""
    return meta(page.metas, TITLE_NAMES)


def meta_source(page: Page) -> str | None:
    """Return the source of the article as a `<meta>` element gives it."""
    return meta(page.metas, SOURCE_NAMES)


def window_title(page: Page) -> str | None:
    """Return the first part of `<title>`, without the names of section and site that stand behind it."""
    if not page.title:
        return None
    parts = [part for part in BORDER.split(" ".join(page.title.split())) if part]
    keep = len(parts)
    while keep > 1 and (SITE_WORDS.search(parts[keep - 1]) or len(parts[keep - 1]) <= 6):
        keep -= 1
    head = parts[keep - 1]
    end = page.title.find(head) + len(head)
    return fold(page.title[:end]) or None


def stated_times(page: Page) -> list[tuple[str, str]]:
    """Return (text shown, value) of the elements that state a time for machines: `<time datetime>`, RDFa and microdata dates."""
    if not any(mark in page.source for mark in TIMED):
        return []
    return [
        (fold(element.text_content()), str(value)) for element in page.tree.xpath(TIMES) for value in _values(element)
    ]


def _values(element: HtmlElement) -> list[str]:
    return [value for name in ("datetime", "content") if (value := element.get(name))][:1]


def json_ld(page: Page) -> list[str]:
    """Return the texts of the page's JSON-LD blocks."""
    return [
        script.text
        for script in page.elements.of("script")
        if script.get("type") == "application/ld+json" and script.text
    ]
