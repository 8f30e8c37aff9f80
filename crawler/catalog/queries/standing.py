"""How the archive stands, for the first page: what is in it, what the last runs brought, what is wrong now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from crawler.catalog.queries import tallies
from crawler.catalog.queries.tallies import Tally
from crawler.items import Outcome

RUNS = 30  # of the plot
ALARMS = 50

SITES = "SELECT key, name, host FROM sites ORDER BY name"
DAYS = (
    "SELECT site, min(value), max(value) FROM tallies WHERE kind = 'day' AND value <> '' AND number > 0 GROUP BY site"
)
LAST_RUNS = (
    f"SELECT run, started, finished, state, exit_code, {', '.join(Outcome)} FROM runs ORDER BY started DESC LIMIT ?"
)
WRONG = """
SELECT alarms.site, coalesce(sites.name, ''), code, since, message
FROM alarms LEFT JOIN sites ON sites.key = alarms.site ORDER BY since DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStanding:
    """One site with its articles."""

    key: str
    name: str
    host: str
    articles: int
    earliest: str | None  # day of publication
    latest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStanding:
    """One run with what it brought."""

    run: str
    started: str  # UTC
    finished: str | None
    state: str
    exit_code: int | None
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmStanding:
    """Something that is wrong now."""

    site: str  # key, '' for the whole archive
    university: str
    code: str
    since: str  # UTC
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The archive as a whole."""

    sites: Sequence[SiteStanding]  # those with most articles first
    articles: int
    copies: int
    gone: int
    media: int  # pictures and attachments that articles show
    stored: int  # contents of them that are kept
    months: Mapping[str, Mapping[str, int]]  # site -> month -> articles
    runs: Sequence[RunStanding]  # the last one first
    first_run: str | None  # UTC
    alarms: Sequence[AlarmStanding]


def standing(db: Database) -> Standing:
    """Return how the archive stands now; nothing in it counts documents one by one."""
    runs = [_run(row) for row in db.execute(LAST_RUNS, [RUNS])]
    (first_run,) = db.execute("SELECT min(started) FROM runs").fetchone()
    (stored,) = db.execute("SELECT count(*) FROM media_files").fetchone()
    alarms = db.execute(WRONG, [ALARMS]).fetchall()
    names = ("site", "university", "code", "since", "message")
    return Standing(
        sites=_sites(db),
        articles=tallies.total(db, Tally.ARTICLES),
        copies=tallies.total(db, Tally.COPIES),
        gone=tallies.total(db, Tally.GONE),
        media=tallies.total(db, Tally.IMAGES) + tallies.total(db, Tally.ATTACHMENTS),
        stored=stored,
        months=tallies.months(db),
        runs=runs,
        first_run=first_run,
        alarms=[AlarmStanding(**dict(zip(names, row, strict=True))) for row in alarms],
    )


def _sites(db: Database) -> list[SiteStanding]:
    articles, days = tallies.by_site(db, Tally.ARTICLES), {site: day for site, *day in db.execute(DAYS)}
    sites = []
    for key, name, host in db.execute(SITES).fetchall():
        earliest, latest = days.get(key, (None, None))
        sites.append(
            SiteStanding(key=key, name=name, host=host, articles=articles.get(key, 0), earliest=earliest, latest=latest)
        )
    return sorted(sites, key=lambda site: -site.articles)


def _run(row: Sequence[object]) -> RunStanding:
    run, started, finished, state, exit_code, *numbers = row
    return RunStanding(
        run=str(run),
        started=str(started),
        finished=str(finished) if finished else None,
        state=str(state),
        exit_code=exit_code if isinstance(exit_code, int) else None,
        outcomes={name: number for name, number in zip(Outcome, numbers, strict=True) if isinstance(number, int)},
    )
