"""Alarms: which a run raises, for a site that missed an expectation or drifted, or for the whole archive; let stand, and told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from crawler.catalog import group
from crawler.catalog.queries import agreement, statistics
from crawler.catalog.tables import issues, runs
from crawler.catalog.tables.issues import WHOLE_ARCHIVE, Alarm, Issue
from crawler.items import Outcome
from crawler.monitoring import expectation
from crawler.monitoring.acknowledgements import acknowledgements, key_of
from crawler.monitoring.exit_code import MEANINGS, ExitCode
from crawler.monitoring.expectation import HISTORY_DAYS, SiteHistory
from crawler.monitoring.notice import due, notice, tell

EXPECTATION = "expectation"
MOST_TOLD = 3  # sentences of one alarm; all are issues
UNUSABLE = "no_usable_page"
COVERAGE = "coverage"  # and of this one where a run settles what its lists come to
DRIFT = "drift"  # issues of this code are raised where the pages of a site are compared, not here
VANISHED = "vanished"
VANISHED_WITHIN, VANISHED_LEAST, VANISHED_SHARE = timedelta(days=30), 10, 0.5  # of the articles there were
CLOCK = "clock"
CLOCK_SLACK = timedelta(hours=1)  # machines that share an archive may differ by less
OF_ARCHIVE = {ExitCode.STORAGE_FAILED: "storage_failed", ExitCode.NOTHING_ARCHIVED: "nothing_archived"}
GOOD = frozenset(
    {
        Outcome.NEW,
        Outcome.CHANGED,
        Outcome.UNCHANGED,
        Outcome.NOT_MODIFIED,
        Outcome.DUPLICATE,
        Outcome.LISTED,
        Outcome.NOT_ARTICLE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What is wrong, and what was looked at: an alarm of that which is not raised again is over."""

    raised: Sequence[Alarm] = ()
    looked_at: frozenset[tuple[str, str]] = frozenset()  # (site, code)


def assess(
    db: Database,
    run: str,
    sites: Sequence[str],
    counts: Mapping[str, Mapping[str, int]],
    *,
    failed: Sequence[str],
    now: datetime,
) -> Assessment:
    """Return the alarms for the sites of a run, by what it brought (site -> outcome -> visits); a missed expectation becomes an issue.

    `failed` are the sites that gave no usable page.

    A site that was not visited is judged by its expectations all the same; one that gave no usable page by nothing else.
    """
    answered = [site for site in sites if site not in failed]
    seen = [site for site in answered if site in counts]
    return Assessment(
        raised=[
            *_unusable(failed),
            *_missed_expectations(db, run, answered, now=now),
            *_told(db, run),
            *_vanished(db, answered, now=now),
            *_clock(db, now),
        ],
        looked_at=frozenset(
            [(site, code) for site in answered for code in (EXPECTATION, COVERAGE, VANISHED)]
            + [(site, code) for site in seen for code in (UNUSABLE, DRIFT)]
            + [(WHOLE_ARCHIVE, CLOCK)]
        ),
    )


def with_code(assessment: Assessment, code: ExitCode, why: str | None) -> Assessment:
    """Return an assessment with what the exit code of the run says about the whole archive."""
    told = (
        [Alarm(site=WHOLE_ARCHIVE, code=OF_ARCHIVE[code], message=why or MEANINGS[code])] if code in OF_ARCHIVE else []
    )
    whole = frozenset((WHOLE_ARCHIVE, name) for name in OF_ARCHIVE.values())
    return Assessment(raised=[*told, *assessment.raised], looked_at=assessment.looked_at | whole)


def raise_alarms(
    db: Database, root: Path, run: str, assessment: Assessment, urls: Sequence[str], *, now: datetime
) -> None:
    """Let the alarms of a run stand in place of those it looked at; tell `urls` of what is new, not told for long, or over.

    One that somebody acknowledged is not told again.
    """
    with group(db):
        over = issues.replace_alarms(db, assessment.raised, assessment.looked_at, now=now)
    seen = acknowledgements(root)
    standing = [alarm for alarm in issues.alarms(db) if key_of(alarm) not in seen]
    raised, over = due(standing, now), [alarm for alarm in over if alarm.told]
    if urls and (raised or over) and tell(urls, *notice(run, raised, over)):
        with group(db):
            issues.mark_told(db, raised, now=now)


def expected_of(db: Database, sites: Sequence[str], *, today: date) -> dict[str, list[str]]:
    """Return site -> what is expected of it, each as a sentence."""
    told, runs = statistics.expectations(db), statistics.run_counts(db)
    found: dict[str, list[str]] = {}
    for site in sites:
        history = _history(db, site, runs, today)
        both = (expectation.minimum(told[site], history), expectation.undated(told[site], history))
        agreeing = expectation.disagreeing(told[site], history).values()
        found[site] = [str(one) for one in (*both, *agreeing) if one is not None]
    return found


def _vanished(db: Database, sites: Iterable[str], *, now: datetime) -> list[Alarm]:
    """Return the alarm that most of a site is gone: it has moved, and its file may name where it was (`moved_from`)."""
    found = {site: statistics.lost(db, site, since=now - VANISHED_WITHIN) for site in sites}
    return [
        Alarm(
            site=site,
            code=VANISHED,
            message=f"{gone} of its {whole} articles are gone since {VANISHED_WITHIN.days} days",
        )
        for site, (gone, whole) in found.items()
        if gone >= VANISHED_LEAST and gone >= whole * VANISHED_SHARE
    ]


def _clock(db: Database, now: datetime) -> list[Alarm]:
    """Return the alarm that runs lie in the future: the clock of this machine is wrong, or was."""
    if not (ahead := runs.after(db, now + CLOCK_SLACK)):
        return []
    named = f"{ahead[0]}{f' and {len(ahead) - 1} more' if len(ahead) > 1 else ''}"
    message = f"runs that have not begun yet are in the archive, {named}: is the clock right that says {now:%Y-%m-%d %H:%M} UTC?"
    return [Alarm(site=WHOLE_ARCHIVE, code=CLOCK, message=message)]


def _unusable(sites: Iterable[str]) -> list[Alarm]:
    return [Alarm(site=site, code=UNUSABLE, message="gave no usable page") for site in sites]


def _missed_expectations(db: Database, run: str, sites: Iterable[str], *, now: datetime) -> list[Alarm]:
    found = [Alarm(site=site, code=EXPECTATION, message=told) for site, told in _missed(db, sites, now.date())]
    with group(db):
        for alarm in found:
            issue = Issue(run=run, site=alarm.site, level="warning", code=EXPECTATION, message=alarm.message, at=now)
            issues.add(db, issue)
    return _one_a_site(found)


def _told(db: Database, run: str) -> list[Alarm]:
    """Return the alarms that issues of a run are: a layout that changed, something that is missing."""
    told = [issue for issue in statistics.issue_rows(db, [run]) if issue.site]
    return [
        alarm
        for code in (DRIFT, COVERAGE)
        for alarm in _one_a_site(
            [Alarm(site=str(issue.site), code=code, message=_message(issue)) for issue in told if issue.code == code]
        )
    ]


def _message(issue: Issue) -> str:
    return f"{issue.url}: {issue.message}" if issue.url else issue.message


def _missed(db: Database, sites: Iterable[str], today: date) -> list[tuple[str, str]]:
    told, runs = statistics.expectations(db), statistics.run_counts(db)
    return [
        (site, sentence)
        for site in sites
        if site in told
        for sentence in expectation.missed(told[site], _history(db, site, runs, today))
    ]


def _history(db: Database, site: str, runs: Mapping[str, int], today: date) -> SiteHistory:
    judged = expectation.RECENT_PAGES + expectation.BASELINE_PAGES
    titles, days = agreement.latest(db, site, judged)
    return SiteHistory(
        today=today,
        runs=runs.get(site, 0),
        appeared=statistics.appeared(db, site, since=today - timedelta(days=HISTORY_DAYS), until=today),
        dated=statistics.dated(db, site, judged),
        titles=titles,
        days=days,
    )


def _one_a_site(of_code: Sequence[Alarm]) -> list[Alarm]:
    """Return the alarms of one code, the sentences of a site joined."""
    found: dict[str, list[Alarm]] = {}
    for alarm in of_code:
        found.setdefault(alarm.site, []).append(alarm)
    return [Alarm(site=site, code=alarms[0].code, message=_joined(alarms)) for site, alarms in found.items()]


def _joined(alarms: Sequence[Alarm]) -> str:
    more = f"; and {len(alarms) - MOST_TOLD} more" if len(alarms) > MOST_TOLD else ""
    return "; ".join(alarm.message for alarm in alarms[:MOST_TOLD]) + more
