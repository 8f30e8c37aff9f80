"""The last resort of a walk: links that it left aside (searches, tags, months), asked for in rounds while they bring links nobody knew.

Where a list comes short, all of them are tried; elsewhere a few, for some sites show their older articles nowhere else. A site that was
walked to its end before is not tried again until something is new on it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.tables import links
from crawler.items import Link, Site
from crawler.policies.endless import pattern_of
from crawler.runs.coverage import is_short

MOST = 1_000  # links that are looked at for one round
TRIED, TRIED_SHORT = 2, 6  # of one pattern, until one of them has brought something
PATTERNS, PATTERNS_SHORT = 3, 12  # that are tried
ROUND = 30  # of a pattern that brings something
MOST_ASKED = 2_000  # in one run


@dataclass(slots=True)
class LastResort:
    """What one run has asked for of the links that a site's walk left aside."""

    site: Site
    run: str
    asked: Counter[str] = field(default_factory=Counter)  # by pattern
    last: dict[str, str] = field(default_factory=dict)  # of the last round: address -> pattern
    fruitful: set[str] = field(default_factory=set)  # patterns of which the last round brought something
    is_over: bool = False

    def next_round(self, db: Database, now: datetime) -> list[Link]:
        """Return what is to be asked for now that nothing else is due, nothing once it has come to nothing."""
        if self.is_over:
            return []
        waiting = links.aside(db, self.site.key, limit=MOST)
        self.is_over = not waiting or self.asked.total() >= MOST_ASKED or not (self.last or self._may_begin(db, now))
        found = [] if self.is_over else [*self._chosen(db, waiting, now)]
        self.is_over = not found
        return found

    def _may_begin(self, db: Database, now: datetime) -> bool:
        if links.count_due(db, self.site.key, now=now, run=self.run):
            return False  # a host is closed, or something could not be stored
        return not links.count_aside(db, self.site.key) or links.has_new(db, self.site.key, run=self.run)

    def _chosen(self, db: Database, waiting: list[Link], now: datetime) -> Iterator[Link]:
        if self.last:
            bringing = links.bringing(db, self.site.key, self.last)
            self.fruitful = {self.last[url] for url in bringing}
        short = is_short(db, self.site, now)
        tried, patterns = (TRIED_SHORT, PATTERNS_SHORT) if short else (TRIED, PATTERNS)
        self.last = {}
        taken: Counter[str] = Counter()
        for link in waiting:
            pattern = pattern_of(link.url)
            if pattern not in self.asked and len(self.asked.keys() | taken.keys()) >= patterns and not taken[pattern]:
                continue
            most = ROUND if pattern in self.fruitful else tried - self.asked[pattern]
            if taken[pattern] < most:
                taken[pattern] += 1
                self.last[link.url] = pattern
                yield link
        self.asked += taken
