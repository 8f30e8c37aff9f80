"""When a site's layout changed, and not its articles. Pure: one tally a site and run, fed with every article seen again.

A redesign shows on nearly all pages at once: another rule finds the body, dates and sources are missing, bodies shrink, swell or are no
article any more, the same line comes or goes on many, or simply everything differs. Editors change a few articles, each in its own way.
So a change is written down at once only where the pages seen just before it were calm; else it is held back, with its evidence, until the
run has seen enough to tell (`DriftDetector.finding`): then all of them become versions, or none.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from crawler.dedup.digest import plain
from crawler.items import Article

NO_ARTICLE, NO_DATE, NO_SOURCE = "no article any more", "no date any more", "no source any more"
SHORTER, LONGER, UNSURE = "less than half as long", "more than twice as long", "the rules agree less where the body is"
ALIKE = "the same line came or went on several pages"
LOSSES = frozenset({NO_ARTICLE, NO_DATE, NO_SOURCE, SHORTER, UNSURE})  # never taken for real without a person's word

SMALLEST_SITE = 10  # documents; of fewer nothing can be counted, and their changes are written at once
WINDOW = 20  # articles seen last …
CALM = 4  # … of which at most so many may have changed: at 20 edits among 1,000 there are 0.4
SOME, SHARE = 5, 0.2  # so many strange articles, and so large a share of those seen, are a new layout
MANY, MOST = 10, 0.5  # so many changed ones, whatever they look like
EARLY, EARLY_SHARE = 10, 0.5  # strange ones that tell before the run is over
ENOUGH = 10  # articles seen again tell that a layout is the old one again
TYPICAL = 0.9  # what so many of a site's latest documents have, a new one has
LITTLE = 100  # characters; a shorter body may halve or double for any reason
DOUBT = 0.3  # of confidence
ALIKE_ON, ALIKE_LINE = 3, 4  # pages; characters
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """How an article was read, whatever it says."""

    rule: str | None  # that found the body
    dated: bool
    sourced: bool
    characters: int  # of the body's Markdown
    confidence: float


def traits_of(article: Article) -> Traits:
    """Return how an article was read."""
    return Traits(
        rule=article.provenance.get("body"),
        dated=article.published is not None,
        sourced=bool(article.source),
        characters=len(article.body),
        confidence=article.confidence,
    )


def signs(before: Traits, after: Traits | None) -> frozenset[str]:
    """Return what is strange in how a page is read now, each as a person would say it; `after` is None for a page that is no article."""
    if after is None:
        return frozenset({NO_ARTICLE})
    least = max(before.characters, LITTLE)
    found = {
        NO_DATE: before.dated and not after.dated,
        NO_SOURCE: before.sourced and not after.sourced,
        SHORTER: before.characters >= LITTLE and after.characters < before.characters / 2,
        LONGER: after.characters > 2 * least,
        UNSURE: after.confidence <= before.confidence - DOUBT,
        f"the body is found by {after.rule or 'no rule'}": before.rule is not None and after.rule != before.rule,
    }
    return frozenset(sign for sign, is_there in found.items() if is_there)


def typical(documents: Iterable[Traits]) -> Traits | None:
    """Return what nearly all of a site's latest documents have in common, None for too few: what a new one is compared with."""
    held = list(documents)
    if len(held) < SMALLEST_SITE:
        return None
    (rule, times), *_ = Counter(each.rule for each in held).most_common(1)
    return Traits(
        rule=rule if times >= TYPICAL * len(held) else None,
        dated=sum(each.dated for each in held) >= TYPICAL * len(held),
        sourced=sum(each.sourced for each in held) >= TYPICAL * len(held),
        characters=0,
        confidence=0.0,
    )


def lines_between(before: str, after: str) -> frozenset[str]:
    """Return the lines that only one of two bodies (Markdown) has, numbers masked."""
    old, new = ({DIGITS.sub("0", line.strip()) for line in plain(body).splitlines()} for body in (before, after))
    return frozenset(line for line in old ^ new if len(line) >= ALIKE_LINE)


def counters_between(before: str, after: str) -> frozenset[str] | None:
    """Return the lines, numbers masked, in which two bodies (Markdown) differ in numbers alone; None where they differ in anything else."""
    old, new = (plain(body).splitlines() for body in (before, after))
    masked = [DIGITS.sub("0", line.strip()) for line in old]
    if masked != [DIGITS.sub("0", line.strip()) for line in new]:
        return None
    return frozenset(line for line, was, now in zip(masked, old, new, strict=True) if was != now)


def common_lines(bodies: Sequence[str]) -> frozenset[str]:
    """Return the lines, numbers masked, that most of a site's texts have; none where there are too few to tell."""
    if len(bodies) < SMALLEST_SITE:
        return frozenset()
    times = Counter(line for body in bodies for line in {DIGITS.sub("0", line.strip()) for line in body.splitlines()})
    return frozenset(line for line, number in times.items() if number > len(bodies) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLayout:
    """A new layout, and how it was told."""

    seen: int  # articles of which a state before was known
    strange: int
    changed: int
    signs: tuple[tuple[str, int], ...]  # a sign -> on how many, most frequent first

    def __str__(self) -> str:
        told = "; ".join(f"{sign} ({times})" for sign, times in self.signs)
        return f"of {self.seen} articles seen again {self.strange} look strange and {self.changed} differ{': ' + told if told else ''}"


@dataclass(frozen=True, slots=True)
class _Seen:
    is_changed: bool
    signs: frozenset[str]
    lines: frozenset[str] = frozenset()


@dataclass(slots=True)
class DriftDetector:
    """What one run saw of one site so far. An article that is told twice (a group stored again) counts once."""

    documents: int  # of the site, before the run
    usual: Traits | None = None  # what its latest documents have in common
    accepted: frozenset[str] = frozenset()  # signs of a layout that was accepted
    since: datetime | None = None  # publication time of the first of those
    is_marked: bool = False  # a drift of the site is not settled: every change waits
    is_reported: bool = False
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _fresh: dict[str, frozenset[str]] = field(default_factory=dict)

    def add(
        self, document: str, *, is_changed: bool, found: frozenset[str], lines: frozenset[str] = frozenset()
    ) -> None:
        """Count an article of which a state before is known. One that differs only as an accepted layout does is no change."""
        is_strange_only_as_accepted = bool(found) and found <= self.accepted
        self._seen[document] = _Seen(is_changed and not is_strange_only_as_accepted, found - self.accepted, lines)

    def add_new(self, document: str, traits: Traits) -> None:
        """Count a new article, which is compared with what the site's latest documents have in common."""
        if self.usual is not None:
            odd = signs(self.usual, traits) & {NO_DATE, NO_SOURCE, f"the body is found by {traits.rule or 'no rule'}"}
            self._fresh[document] = odd - self.accepted

    def after(
        self, document: str, *, is_changed: bool, found: frozenset[str], lines: frozenset[str] = frozenset()
    ) -> "DriftDetector":
        """Return the detector as it is once an article is counted."""
        later = replace(self, _seen=dict(self._seen))
        later.add(document, is_changed=is_changed, found=found, lines=lines)
        return later

    def holds(self, document: str) -> bool:
        """Return whether the change of an article just counted has to wait."""
        if self.is_marked:
            return True
        if self.documents < SMALLEST_SITE:
            return False
        last = list(self._seen.values())[-WINDOW:]
        is_calm = len(last) == WINDOW and sum(seen.is_changed for seen in last) <= CALM
        return not is_calm or bool(self._seen[document].signs)

    @property
    def is_enough(self) -> bool:
        """Return whether enough articles were seen again to say that nothing is strange."""
        return len(self._seen) >= ENOUGH

    def finding(self, held: Iterable[str] = ()) -> NewLayout | None:
        """Return the new layout that what was seen amounts to, None for none. `held` are documents whose change waits since an earlier run."""
        if self.documents < SMALLEST_SITE:
            return None
        earlier = set(held) - set(self._seen)
        strange = self._strange()
        seen, changed = (
            len(self._seen) + len(earlier),
            sum(each.is_changed for each in self._seen.values()) + len(earlier),
        )
        fresh = {document for document, odd in self._fresh.items() if odd}
        is_strange = len(strange) >= SOME and len(strange) >= SHARE * seen
        is_all_changed = changed >= MANY and changed >= MOST * seen
        is_fresh_strange = len(fresh) >= SOME and len(fresh) >= TYPICAL * len(self._fresh)
        if not (is_strange or is_all_changed or is_fresh_strange):
            return None
        counted = Counter(sign for found in (*strange.values(), *self._fresh.values()) for sign in found)
        return NewLayout(
            seen=seen + len(self._fresh),
            strange=len(strange) + len(fresh),
            changed=changed,
            signs=tuple(sorted(counted.items(), key=lambda told: (-told[1], told[0]))),
        )

    def early_finding(self) -> NewLayout | None:
        """Return the finding on the way, where there can be no doubt; once."""
        if self.is_reported or len(self._seen) < WINDOW or self.documents < SMALLEST_SITE:
            return None
        strange = self._strange()
        if len(strange) < max(EARLY, EARLY_SHARE * len(self._seen)):
            return None
        self.is_reported = True
        return self.finding()

    def _strange(self) -> dict[str, frozenset[str]]:
        """Return the strange articles with their signs, those that changed alike with that one."""
        times = Counter(line for seen in self._seen.values() for line in seen.lines)
        common = {line for line, number in times.items() if number >= ALIKE_ON}
        alike = frozenset({ALIKE}) - self.accepted
        found = {
            document: seen.signs | (alike if seen.is_changed and seen.lines & common else frozenset())
            for document, seen in self._seen.items()
        }
        return {document: seen for document, seen in found.items() if seen}
