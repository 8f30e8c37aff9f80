"""Boilerplate learnt from a site: lines that stand on many of its pages are not of any article, whatever their class names say.

Learnt from whole pages, not from what extraction made of them, so that learning twice teaches the same; used as an argument, so that
reading stays pure. What a family's rules name needs no learning: this is for the footer, the hot list and the appeal to follow an
account that stand inside the container of a site nobody described.
"""

from collections import Counter
from collections.abc import Iterable

from crawler.items import Boilerplate
from crawler.pages.extraction.page import Page

MIN_PAGES = 8  # pages of fewer teach nothing: a series of notices shares more than its frame
MIN_LINE = 2  # characters; 一 and 日 head the columns of a calendar, and stand in texts
SHARE = 0.5  # of the pages: 特此通知 ends a third of a registry's notices, a footer stands below all of them


def learn(pages: Iterable[Page]) -> Boilerplate:
    """Return the lines that stand on at least SHARE of the pages of one site, most frequent first; none from fewer than MIN_PAGES."""
    seen: Counter[str] = Counter()
    total = 0
    for page in pages:
        total += 1
        seen.update({line.text for line in page.lines if len(line.text) >= MIN_LINE})
    frequent = sorted((-count, text) for text, count in seen.items() if count >= SHARE * total)
    return Boilerplate(pages=total, lines={text: -count for count, text in frequent} if total >= MIN_PAGES else {})
