"""The list as a witness: which of the titles and days that extraction found are those that a list said. It names none itself."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from crawler.items import Article, Listed
from crawler.pages.extraction.page import fold, squeeze

CUT = ("…", "..", "。。")  # at the end of a title that is shortened
FEWEST = 4  # letters by which a title is known


def title_agrees(listed: Listed, title: str) -> bool:
    """Return whether a list named an article by this title, by its beginning, or by more than it: with its section, its day or its summary."""
    told, letters = squeeze(listed.title), squeeze(title)
    return told == letters or (len(told) >= FEWEST and told in letters) or (len(letters) >= FEWEST and letters in told)


def day_agrees(listed: Listed, published: datetime | None) -> bool | None:
    """Return whether an article is of the day that a list showed, None where it showed none. An article without a date is not."""
    return None if listed.day is None else published is not None and published.date() == listed.day


def as_listed(listed: Listed | None, titles: Iterable[tuple[str | None, str]]) -> Iterator[tuple[str, str]]:
    """Yield those of some titles, each with its rule, that are what a list said: the whole of it, or longer where that was cut."""
    told = squeeze(listed.title) if listed else ""
    if listed is None or len(told) < FEWEST:
        return
    is_cut = listed.title.rstrip().endswith(CUT)
    for title, rule in titles:
        letters = squeeze(title or "")
        if title and (letters == told or (is_cut and letters.startswith(told))):
            yield fold(title), rule


def witnessed(article: Article, listed: Listed | None) -> Article:
    """Return an article with whether its title and its day are those that a list said."""
    if listed is None:
        return article
    title, day = title_agrees(listed, article.title), day_agrees(listed, article.published)
    return replace(article, title_agrees=title, day_agrees=day)
