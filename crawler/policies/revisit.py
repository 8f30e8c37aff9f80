"""When to visit a link again. Pure: its history, the site's policy and the clock come in as values.

    answered:  next_interval -> due a tenth to a quarter of it early
    failed, refused:  the rule of the reason (`policies.backoff`) -> due then, the interval stays what it was

An interval doubles where a visit brought nothing new and halves where it did, within the bounds of the site's file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median_low
from zlib import crc32

from crawler.items import Outcome, Reason, Revisit, Role
from crawler.policies import backoff, removal

NEVER = frozenset({Reason.TOO_LARGE, Reason.OUT_OF_SCOPE, Reason.PRIVATE_ADDRESS, Reason.WITHHELD})
CONFIRMED_AFTER = timedelta(days=1)  # a document is looked for once more so long after it was first missed, not sooner
FIRST_STEP = timedelta(hours=6)  # what an interval of nothing doubles to
FRESH = 2  # an article found at the age of some days is first visited again after a half of them
ANSWERS = frozenset({Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.NOT_MODIFIED, Outcome.DUPLICATE})
# Runs do not begin at the same second every day, and what was archived together is not due together.
EARLY = (0.1, 0.25)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkHistory:
    """What is known of a link before the visit that is judged."""

    url: str
    role: Role
    found: datetime
    is_document: bool = False  # an article was read from it, whatever became of it
    published: datetime | None = None  # of that article
    interval: timedelta | None = None  # in force; None where none was decided yet
    last: Outcome | None = None
    failures: int = 0  # in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a link is due again, None for never (unless `-a full=1`), and the interval in force from now on."""

    at: datetime | None
    interval: timedelta | None


def next_visit(
    history: LinkHistory,
    policy: Revisit,
    *,
    outcome: Outcome,
    reason: Reason | None,
    brought: bool = False,
    now: datetime,
) -> Due:
    """Return when a link is due again. `brought`: its page named articles that we did not have."""
    if outcome in (Outcome.FAILED, Outcome.REFUSED) or reason in NEVER:
        wait = backoff.link_backoff(reason, history.failures + 1)
        return Due(at=None if wait is None else now + wait, interval=history.interval)
    interval = next_interval(history, policy, outcome=outcome, brought=brought, now=now)
    if outcome is Outcome.GONE and interval == CONFIRMED_AFTER:
        return Due(at=now + interval, interval=interval)
    return Due(at=now + interval * (1 - _early(history.url)), interval=interval)


def next_interval(
    history: LinkHistory, policy: Revisit, *, outcome: Outcome, brought: bool, now: datetime
) -> timedelta:
    """Return the interval in force after a visit that was answered."""
    if outcome is Outcome.GONE:
        return _while_gone(history, policy)
    if outcome in ANSWERS and (history.is_document or outcome is not Outcome.NOT_MODIFIED):
        return _of_article(history, policy, is_changed=outcome is Outcome.CHANGED, now=now)
    if outcome is Outcome.NOT_ARTICLE:
        return _of_nothing(history, policy)
    return _of_list(history, policy, brought=brought)


def longest_wait(policy: Revisit) -> timedelta:
    """Return after what time everything of a site is due again: what is due later was put off by a clock that was wrong."""
    most = max(policy.article_most, policy.older_most, policy.list_most)
    return max(timedelta(days=most), removal.LONGEST_WAIT, backoff.LONGEST_WAIT)


def is_past(shown: Sequence[date], since: date) -> bool:
    """Return whether a list page with these dates beside its entries lies before a day.

    The middle one decides: a pinned entry may be old, and a box of the newest stands beside every page.
    """
    return bool(shown) and median_low(shown) < since


def _of_article(history: LinkHistory, policy: Revisit, *, is_changed: bool, now: datetime) -> timedelta:
    least, most = timedelta(days=policy.article_least), timedelta(days=policy.article_most)
    if history.interval is None or history.last not in ANSWERS:
        age = max(now - (history.published or history.found), timedelta())
        return _within(least, age / FRESH, most)
    return _within(least, _next(history.interval, is_changed=is_changed), most)


def _of_list(history: LinkHistory, policy: Revisit, *, brought: bool) -> timedelta:
    """Return the interval of a list; its further pages are read again when the page before them brings something, and rarely else."""
    least, most = timedelta(days=policy.list_least), timedelta(days=policy.list_most)
    if history.role is Role.NEXT:
        least, most = most, timedelta(days=policy.older_most)
    elif history.role not in (Role.SEED, Role.SECTION, Role.LIST):
        most = timedelta(days=policy.older_most)
    if history.interval is None or history.last not in (Outcome.LISTED, Outcome.NOT_MODIFIED):
        return min(least, most)
    return _within(least, _next(history.interval, is_changed=brought), most)


def _while_gone(history: LinkHistory, policy: Revisit) -> timedelta:
    if history.last is not Outcome.GONE or history.interval is None:
        return CONFIRMED_AFTER if history.is_document else timedelta(days=policy.older_most)
    return _within(CONFIRMED_AFTER, history.interval * 2, timedelta(days=policy.article_most))


def _of_nothing(history: LinkHistory, policy: Revisit) -> timedelta:
    """Return the interval of a page without article and list: soon where a list calls it an article, which may yet be written."""
    most = timedelta(days=policy.article_most)
    if history.role is not Role.ARTICLE:
        return most
    if history.last is not Outcome.NOT_ARTICLE or history.interval is None:
        return min(CONFIRMED_AFTER, most)
    return min(history.interval * 2, most)


def _next(interval: timedelta, *, is_changed: bool) -> timedelta:
    return interval / 2 if is_changed else max(interval * 2, FIRST_STEP)


def _within(least: timedelta, interval: timedelta, most: timedelta) -> timedelta:
    return max(least, min(interval, most))


def _early(url: str) -> float:
    """Return the share of its interval by which a link is due early: always the same for a URL."""
    least, most = EARLY
    return least + (most - least) * crc32(url.encode()) / 0xFFFFFFFF
