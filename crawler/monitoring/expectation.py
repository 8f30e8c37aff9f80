"""What a site is expected to bring: told by its file, else learnt from its own history. Pure: history in, sentences out.

A learnt minimum is what the site never fell below: the shortest period of which every stretch of its history had two articles or more,
and half of the fewest. So it would not have been raised on any day of that history, holidays included. Days are those on which
articles appeared, not those on which we fetched them: an outage of ours that was made up for later leaves no hole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from math import sqrt
from statistics import quantiles

from crawler.items import Expectations

HISTORY_DAYS = 365  # a year holds every holiday once
LEAST_RUNS = 3  # a site seen less often has no history of its own yet
LEAST_HISTORY_DAYS = 56
PERIODS = (7, 14, 21, 28, 42, 56)  # days: tried in this order
STRAGGLERS = 0.05  # the oldest twentieth is left out: old articles that are pinned or linked, far apart
DEFAULT_DAYS = 7  # of `articles` without `days`

RECENT_PAGES = 50  # pages whose share without a date is judged …
FEWEST_PAGES = 10  # … if there are so many …
BASELINE_PAGES = 500  # … against so many before them
LEAST_SHARE = 0.10  # a smaller share is no alarm, however rare it was
MOST_DISAGREEING = 0.30  # of articles: a larger share is an alarm, however usual, and from the first night
DEVIATIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHistory:
    """What a site brought so far."""

    today: date
    runs: int  # ended runs that visited it
    appeared: Mapping[date, int]  # day -> articles, of the last HISTORY_DAYS
    dated: Sequence[bool]  # of its last pages that read like articles, newest first: whether they have a date
    titles: Sequence[bool] = ()  # of its last articles that a list named, newest first: whether the titles agree …
    days: Sequence[bool] = ()  # … and whether the days do, where the list showed one


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """At least so many articles in so many days."""

    articles: int
    days: int
    why: str  # for a person: "its file says so", "usually 3 to 9 a week …"

    def __str__(self) -> str:
        return f"at least {self.articles} in {self.days} days ({self.why})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """At most this share of pages that lack something."""

    limit: float
    why: str
    lack: str = "without a date"

    def __str__(self) -> str:
        return f"at most {self.limit:.0%} {self.lack} ({self.why})"


def missed(told: Expectations, history: SiteHistory) -> list[str]:
    """Return a sentence for each expectation that a site does not meet."""
    return [*_too_few(told, history), *_too_many_undated(told, history), *_too_many_disagreeing(told, history)]


def minimum(told: Expectations, history: SiteHistory) -> Minimum | None:
    """Return how many articles are expected; None where neither file nor history says it."""
    if told.articles is None and told.days is None:
        return _learnt_minimum(history)
    articles = 1 if told.articles is None else told.articles
    return Minimum(articles=articles, days=told.days or DEFAULT_DAYS, why="its file says so")


def undated(told: Expectations, history: SiteHistory) -> Share | None:
    """Return the share of pages without a date that is tolerated; None where neither file nor history says it."""
    if told.undated_share is not None:
        return Share(limit=told.undated_share, why="its file says so")
    return _learnt_share(history.dated) if history.runs >= LEAST_RUNS else None


def disagreeing(told: Expectations, history: SiteHistory) -> dict[str, Share]:
    """Return the share of articles that is tolerated whose title, or whose day, is not what a list said; of what lists said nothing, none."""
    return {
        what: _disagreeing(told, agrees, what)
        for what, agrees in (("title", history.titles), ("day", history.days))
        if agrees
    }


def _disagreeing(told: Expectations, agrees: Sequence[bool], what: str) -> Share:
    lack = f"with another {what} than their list"
    if told.disagreeing_share is not None:
        return Share(limit=told.disagreeing_share, why="its file says so", lack=lack)
    learnt = _learnt_share(agrees)
    if learnt is None or learnt.limit > MOST_DISAGREEING:
        return Share(limit=MOST_DISAGREEING, why=f"{learnt.why}, never more" if learnt else "of any site", lack=lack)
    return replace(learnt, lack=lack)


def _learnt_share(pages: Sequence[bool]) -> Share | None:
    """Return the share of recent pages that may be without something, after those before them."""
    before = pages[RECENT_PAGES:]
    if len(before) < RECENT_PAGES:
        return None
    usual = before.count(False) / len(before)
    limit = max(LEAST_SHARE, usual + DEVIATIONS * sqrt(usual * (1 - usual) / RECENT_PAGES))
    return Share(limit=min(limit, 1.0), why=f"usually {usual:.0%}")


def _too_few(told: Expectations, history: SiteHistory) -> Iterator[str]:
    expected = minimum(told, history)
    if expected is None:
        return
    begins = history.today - timedelta(days=expected.days - 1)
    found = sum(number for day, number in history.appeared.items() if begins <= day <= history.today)
    if found < expected.articles:
        last = max((day for day in history.appeared if day <= history.today), default=None)
        seen = f"; the last one appeared on {last}" if last and not found else ""
        yield f"{found or 'no'} articles in {expected.days} days, expected {expected}{seen}"


def _too_many_undated(told: Expectations, history: SiteHistory) -> Iterator[str]:
    expected, recent = undated(told, history), history.dated[:RECENT_PAGES]
    if expected is None or len(recent) < FEWEST_PAGES:
        return
    lacking = recent.count(False)
    if lacking / len(recent) > expected.limit:
        yield f"{lacking} of the last {len(recent)} pages that read like articles have no date, expected {expected}"


def _too_many_disagreeing(told: Expectations, history: SiteHistory) -> Iterator[str]:
    recent = {"title": history.titles[:RECENT_PAGES], "day": history.days[:RECENT_PAGES]}
    for what, expected in disagreeing(told, history).items():
        lacking, number = recent[what].count(False), len(recent[what])
        if number >= FEWEST_PAGES and lacking / number > expected.limit:
            yield f"{lacking} of the last {number} articles have another {what} than their list, expected {expected}"


def _learnt_minimum(history: SiteHistory) -> Minimum | None:
    if history.runs < LEAST_RUNS:
        return None
    days = _day_counts(history)
    silent = next(
        (n for n, number in enumerate(reversed(days)) if number), 0
    )  # a silence never becomes usual while it lasts
    for period in PERIODS:
        known = days[: -max(silent, period)]  # what is judged is no history
        if len(known) < max(LEAST_HISTORY_DAYS, 2 * period):
            return None
        fewest = min(_sums(known, period))
        if fewest >= 2:
            return Minimum(articles=fewest // 2, days=period, why=_usually(known, fewest, period))
    return None


def _day_counts(history: SiteHistory) -> list[int]:
    """Return the number of articles of every day from where the history is dense until today."""
    first = _dense_from(history.appeared)
    if first is None:
        return []
    length = (history.today - first).days + 1
    return [history.appeared.get(first + timedelta(days=n), 0) for n in range(length)]


def _dense_from(appeared: Mapping[date, int]) -> date | None:
    days = sorted(appeared)
    sums = list(accumulate(appeared[day] for day in days))
    return next((day for day, so_far in zip(days, sums, strict=True) if so_far > STRAGGLERS * sums[-1]), None)


def _sums(days: Sequence[int], period: int) -> list[int]:
    """Return the sum of every stretch of so many days."""
    sums = [0, *accumulate(days)]
    return [sums[end] - sums[end - period] for end in range(period, len(sums))]


def _usually(days: Sequence[int], fewest: int, period: int) -> str:
    tenths = quantiles(_sums(days, 7), n=10)
    low, high = round(tenths[0]), round(tenths[-1])
    rhythm = f"{low}" if low == high else f"{low} to {high}"
    return f"usually {rhythm} a week, never fewer than {fewest} in {period} days; learnt from {len(days) // 7} weeks"
