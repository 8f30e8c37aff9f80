"""When a part of a site is left alone: where page after page brings nothing new. Pure: one tally a site and run, fed with every first visit.

A calendar, a shop of rooms, a pager that repeats its rows, and relative links that grow have one thing in common: their addresses are of
one pattern, and what they link is of that pattern too. A list may be as long as it likes, for its rows are of another.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

FRUITLESS = 15  # first visits in a row under one pattern that bring neither an article nor a link of another pattern
FRUITLESS_QUERIES = 30  # of one path, whatever its parameters are called
SUM = re.compile(
    r"[^/+,;|]{1,80}(?:(?:[+,;|]|%2[BC]|%7C)[^/+,;|%]{1,80}){1,20}", re.IGNORECASE
)  # words that are chosen together
TOKEN = re.compile(r"\d+|\b[0-9a-f]{8,64}\b", re.IGNORECASE)


def pattern_of(url: str) -> str:
    """Return what the addresses of one kind of page share: the first folder, the file without its numbers, the names of the parameters.

    The folders between do not count: relative links grow there.
    """
    parts = urlsplit(url)
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return f"{_path_of(url)}{'?' + '&'.join(names) if names else ''}"


def _path_of(url: str) -> str:
    first, _, rest = urlsplit(url).path.lstrip("/").partition("/")
    last = SUM.sub("+", rest.rpartition("/")[2]) if rest else ""
    return TOKEN.sub("N", f"/{first}/{'…/' if '/' in rest else ''}{last}" if rest else f"/{first}")


def patterns_of(url: str) -> Iterator[tuple[str, int]]:
    """Yield the patterns an address counts under, each with the visits it may cost without bringing anything."""
    path = _path_of(url).replace("/…", "")
    own = pattern_of(url)
    yield own.replace("/…", ""), FRUITLESS
    if "?" in own:
        yield f"{path}?*", FRUITLESS_QUERIES


@dataclass(slots=True)
class Endless:
    """What the first visits of one site came to, by pattern."""

    fruitless: Counter[str] = field(default_factory=Counter)  # in a row
    shown: dict[str, set[str]] = field(default_factory=dict)  # pattern -> what pages of it were given to show
    bearing: set[str] = field(default_factory=set)  # patterns of which a page was an article
    closed: set[str] = field(default_factory=set)
    barren: set[str] = field(
        default_factory=set
    )  # patterns whose addresses look like those of articles, and bring one and the same page
    alike: dict[str, tuple[str, int]] = field(default_factory=dict)  # pattern -> that page, and how often in a row

    def add(
        self, url: str, *, is_article: bool, links: list[str], weight: int = 1, is_missing: bool = False
    ) -> list[str]:
        """Count a first visit, with the links it was the first to show, or of a further page of a list with all of its links.

        `weight` is what it counts if it brings nothing; `is_missing`: there is no page, which says nothing of a pattern that bears articles.

        Return the patterns that are closed by it. The rows of one list may stand in another one that was read before: what counts is
        whether a pager shows them again.
        """
        closed = []
        for pattern, most in patterns_of(url):
            shown = self.shown.setdefault(pattern, set())
            fresh = [link for link in links if link not in shown]
            shown.update(fresh)
            brings = is_article or any(pattern not in dict(patterns_of(link)) for link in fresh)
            if is_article:
                self.bearing.add(pattern)
            if is_missing and pattern in self.bearing:
                continue
            self.fruitless[pattern] = 0 if brings else self.fruitless[pattern] + weight
            if self.fruitless[pattern] >= most and pattern not in self.closed:
                self.closed.add(pattern)
                closed.append(pattern)
        return closed

    def add_alike(self, url: str, signature: str) -> list[str]:
        """Count a first visit of what looked like an article and is none; return the patterns that are left for bringing one page only."""
        pattern = next(patterns_of(url))[0]
        before, times = self.alike.get(pattern, ("", 0))
        self.alike[pattern] = (signature, times + 1 if before == signature else 1)
        if self.alike[pattern][1] < FRUITLESS or pattern in self.bearing | self.barren:
            return []
        self.barren.add(pattern)
        return [pattern]

    def is_barren(self, url: str) -> bool:
        """Return whether addresses of a pattern bring no article, though they look like it."""
        return bool(self.barren) and next(patterns_of(url))[0] in self.barren

    def is_closed(self, url: str) -> bool:
        """Return whether an address is of a pattern that is closed."""
        return bool(self.closed) and any(pattern in self.closed for pattern, _ in patterns_of(url))
