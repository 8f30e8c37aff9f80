"""Numbers that the pages of the reading room show, and no page computes: how many articles there are of what, and the archive as a whole.

The table `tallies` is kept by triggers, so that it is right whoever writes. An article counts while it can be found: duplicates and withheld
documents have no `search_row`, and count in none but `copies`.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database

from crawler.catalog.amended import laid_over, rows
from crawler.items import Outcome

RUNS = 30  # of the plot
ALARMS = 50
HEADLINES = 12  # on the first page
SPARE = 50  # headlines more, of which some may be corrected

SITES = "SELECT key, name, host FROM sites ORDER BY name"
DAYS = (
    "SELECT site, min(value), max(value) FROM tallies WHERE kind = 'day' AND value <> '' AND number > 0 GROUP BY site"
)
LAST_RUNS = (
    f"SELECT run, started, finished, state, exit_code, {', '.join(Outcome)} FROM runs ORDER BY started DESC LIMIT ?"
)
NEWEST = f"""
SELECT documents.id, title, coalesce(institutions.name, sites.name), published, date_precision, language
FROM documents JOIN sites ON sites.key = site LEFT JOIN institutions ON domain = institution
WHERE search_row IS NOT NULL AND published IS NOT NULL ORDER BY published DESC LIMIT {HEADLINES + SPARE}
"""
WRONG = """
SELECT alarms.site, coalesce(sites.name, ''), code, since, message
FROM alarms LEFT JOIN sites ON sites.key = alarms.site ORDER BY since DESC LIMIT ?
"""


class TallyKind(StrEnum):
    """What triggers count in the table `tallies`; the first five of each site as a whole (`value` is ''), the others of each value."""

    ARTICLES = "articles"
    COPIES = "copies"
    GONE = "gone"
    IMAGES = "images"
    ATTACHMENTS = "attachments"
    DAY = "day"  # 2026-05-03, '' for articles without a date
    MONTH = "month"  # 2026-05
    SECTION = "section"
    SOURCE = "source"
    STATUS = "status"  # of all documents, whether they can be found or not: live, duplicate, gone
    MEDIA = "media"  # of all addresses of media: stored, failed, refused, skipped; waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSummary:
    """One site with its articles."""

    key: str
    name: str
    host: str
    articles: int
    earliest: str | None  # day of publication
    latest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run with what it brought."""

    run: str
    started: str  # UTC
    finished: str | None
    state: str
    exit_code: int | None
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSummary:
    """Something that is wrong now."""

    site: str  # key, '' for the whole archive
    university: str
    code: str
    since: str  # UTC
    message: str


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the newest articles."""

    id: str
    title: str
    university: str
    published: str  # with the offset of its site
    precision: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The archive as a whole."""

    sites: Sequence[SiteSummary]  # those with most articles first
    articles: int
    copies: int
    gone: int
    media: int  # pictures and attachments that articles show
    stored: int  # contents of them that are kept
    months: Mapping[str, Mapping[str, int]]  # site -> month -> articles
    newest: Sequence[Headline]
    runs: Sequence[RunSummary]  # the last one first
    first_run: str | None  # UTC
    alarms: Sequence[AlarmSummary]


def overview(db: Database) -> Overview:
    """Return how the archive stands now; nothing in it counts documents one by one."""
    runs = [_run(row) for row in db.execute(LAST_RUNS, [RUNS])]
    (first_run,) = db.execute("SELECT min(started) FROM runs").fetchone()
    (stored,) = db.execute("SELECT count(*) FROM media_files").fetchone()
    alarms = db.execute(WRONG, [ALARMS]).fetchall()
    names = ("site", "university", "code", "since", "message")
    return Overview(
        sites=site_summaries(db),
        articles=total(db, TallyKind.ARTICLES),
        copies=total(db, TallyKind.COPIES),
        gone=total(db, TallyKind.GONE),
        media=total(db, TallyKind.IMAGES) + total(db, TallyKind.ATTACHMENTS),
        stored=stored,
        months=months(db),
        newest=sorted((Headline(*row) for row in rows(db, NEWEST)), key=lambda one: one.published, reverse=True)[
            :HEADLINES
        ],
        runs=runs,
        first_run=first_run,
        alarms=[AlarmSummary(**dict(zip(names, row, strict=True))) for row in alarms],
    )


def total(db: Database, kind: TallyKind) -> int:
    """Return a number of the whole archive."""
    return sum(by_site(db, kind).values())


def by_site(db: Database, kind: TallyKind) -> dict[str, int]:
    """Return the number of each site that has any, by key."""
    sql = "SELECT site, sum(number) FROM tallies WHERE kind = ? GROUP BY site"
    found = Counter(dict(db.execute(sql, [kind]).fetchall()))
    for site, _, number in _corrected(db, kind):
        found[site] += number
    return dict(+found)


def of_site(db: Database, site: str, kind: TallyKind) -> dict[str, int]:
    """Return the number of each value of one site: its articles of each day, section, …; '' for those without."""
    found = Counter(
        dict(db.execute("SELECT value, number FROM tallies WHERE kind = ? AND site = ?", [kind, site]).fetchall())
    )
    for of, value, number in _corrected(db, kind):
        found[value] += number if of == site else 0
    return dict(+found)


def months(db: Database) -> dict[str, dict[str, int]]:
    """Return how many articles each site has of each month: {site: {2026-05: 12}}; those without a date are in none."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    sql = "SELECT site, value, number FROM tallies WHERE kind = ? AND value <> ''"
    for site, month, number in (*db.execute(sql, [TallyKind.MONTH]), *_corrected(db, TallyKind.MONTH)):
        counts[site][month] += number if month else 0
    return {site: dict(+months) for site, months in counts.items()}


def of_archive(db: Database, kind: TallyKind) -> dict[str, int]:
    """Return the numbers of a kind by value, of all sites together."""
    sql = "SELECT value, sum(number) FROM tallies WHERE kind = ? GROUP BY value"
    found = Counter(dict(db.execute(sql, [kind]).fetchall()))
    for _, value, number in _corrected(db, kind):
        found[value] += number
    return dict(+found)


def site_summaries(db: Database) -> list[SiteSummary]:
    """Return every site, those with most articles first."""
    articles, days = by_site(db, TallyKind.ARTICLES), {site: day for site, *day in db.execute(DAYS)}
    for site in {site for site, *_ in _corrected(db, TallyKind.DAY)}:
        there = sorted(filter(None, of_site(db, site, TallyKind.DAY)))
        days[site] = [there[0], there[-1]] if there else [None, None]
    sites = []
    for key, name, host in db.execute(SITES).fetchall():
        earliest, latest = days.get(key, (None, None))
        sites.append(
            SiteSummary(key=key, name=name, host=host, articles=articles.get(key, 0), earliest=earliest, latest=latest)
        )
    return sorted(sites, key=lambda site: -site.articles)


def _corrected(db: Database, kind: TallyKind) -> list[tuple[str, str, int]]:
    """Return (site, value, how many more) of what corrections change in the counts of a kind."""
    laid = laid_over(db)
    return [(site, value, more) for (of, site, value), more in laid.tallies.items() if of == kind] if laid else []


def _run(row: Sequence[object]) -> RunSummary:
    run, started, finished, state, exit_code, *numbers = row
    return RunSummary(
        run=str(run),
        started=str(started),
        finished=str(finished) if finished else None,
        state=str(state),
        exit_code=exit_code if isinstance(exit_code, int) else None,
        outcomes={name: number for name, number in zip(Outcome, numbers, strict=True) if isinstance(number, int)},
    )
