"""When the links of a kind are left for later: hundreds in a row that lead nowhere. Pure: one tally a site and run, fed with every first visit.

A list can name any number of articles that are not there. Those of one folder whose files are called alike are taken together, and then
all of one pattern. Some of what is left is tried all the same: a site whose old articles are half dead is known by that, and walked on.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from crawler.policies.endless import TOKEN, pattern_of

DEAD = 300  # first visits in a row of one folder that lead nowhere: fifteen pages of a list
DEAD_OF_A_PATTERN = 1_000  # in whatever folders
PROBES = 30  # of those that are left, tried all the same, taken at equal distances
LATER = timedelta(days=1)  # until the rest is due: the next run takes the next few hundred


def kinds_of(url: str) -> Iterator[tuple[str, int]]:
    """Yield the kinds a link counts under, the narrow one first, each with the links in a row that may lead nowhere."""
    folder, _, file = urlsplit(url).path.rpartition("/")
    yield f"{folder}/{TOKEN.sub('N', file)}", DEAD
    yield pattern_of(url), DEAD_OF_A_PATTERN


@dataclass(slots=True)
class DeadEnds:
    """What the first visits of one site came to, by kind."""

    in_a_row: Counter[str] = field(default_factory=Counter)
    closed: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)  # those that were closed once

    def add_dead(self, url: str) -> list[str]:
        """Count a first visit that led nowhere; return the kinds that are closed by it."""
        closed = []
        for kind, most in kinds_of(url):
            self.in_a_row[kind] += 1
            if self.in_a_row[kind] >= most and kind not in self.closed:
                self.closed.add(kind)
                closed.append(kind)
        return closed

    def add_alive(self, url: str) -> list[str]:
        """Count a visit that led somewhere; return the kinds that are open again by it."""
        kinds = [kind for kind, _ in kinds_of(url)]
        opened = [kind for kind in kinds if kind in self.closed]
        self.closed.difference_update(opened)
        for kind in kinds:
            self.in_a_row[kind] = 0
        return opened

    def is_closed(self, url: str) -> bool:
        """Return whether a link is of a kind that is closed."""
        return bool(self.closed) and any(kind in self.closed for kind, _ in kinds_of(url))


def left_for_later(urls: Sequence[str], probes: int = PROBES) -> list[str]:
    """Return links without those that are tried all the same."""
    step = max(1, len(urls) // probes)
    return [url for number, url in enumerate(urls) if number % step or number >= step * probes]
