"""The frontier: every link ever found, and which of them are due.

A link is due when its `next_visit` is past and this run has not visited it. It is handed out by role, then by how long
it has been due, then in the order found. Decides nothing: when to visit again is the caller's answer.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from crawler.catalog.moment import from_text, to_text
from crawler.items import Link, Listed, Outcome, Role, Validators, Visit
from crawler.policies.revisit import Due, LinkHistory
from crawler.policies.validators import Trust

DAY = timedelta(days=1)
MOST_FAILURES = 3  # in a row; a link that failed as often brings no list to be walked on

# Smaller is visited first: what leads to articles, then articles, then older pages of a list, then guesses.
PRIORITIES = {
    role: n
    for n, role in enumerate((Role.SEED, Role.SECTION, Role.ARTICLE, Role.NEXT, Role.LIST, Role.OTHER, Role.ASIDE))
}
OF_ANY_ROLE = (
    f"priority IN ({', '.join(map(str, PRIORITIES.values()))})"  # links_due is walked once a role then, to what is due
)

# Most links of a page are known: they are sorted out before the insert, which is a fifth faster than by its conflict.
ADD = """
WITH given AS (
    SELECT json_extract(value, '$[0]') AS url, json_extract(value, '$[1]') AS fetch_url,
           json_extract(value, '$[2]') AS role, json_extract(value, '$[3]') AS priority,
           json_extract(value, '$[4]') AS title
    FROM json_each(:links)
)
INSERT INTO links (url, site, fetch_url, role, priority, title, found, found_on, next_visit)
SELECT url, :site, fetch_url, role, priority, title, :found, :found_on, iif(role = 'aside', NULL, :found) FROM given
WHERE NOT EXISTS (SELECT 1 FROM links AS held WHERE held.url = given.url AND held.priority <= given.priority)
ON CONFLICT (url) DO UPDATE SET
    role = excluded.role, priority = excluded.priority, title = coalesce(excluded.title, title),
    next_visit = iif(links.role = 'aside' AND last_run IS NULL, excluded.next_visit, next_visit)
WHERE excluded.priority < links.priority
"""
DUE = """
SELECT url, fetch_url, role, title, CASE WHEN trusted_until > :now THEN etag END, CASE WHEN trusted_until > :now THEN last_modified END,
    found_on, listed, shown
FROM links
WHERE site = :site AND priority = :priority AND next_visit <= :now AND last_run IS NOT :run {without}
ORDER BY next_visit, seq LIMIT :limit
"""
LEFT_ASIDE = """
SELECT url, fetch_url, role, title, NULL, NULL, found_on, listed, shown FROM links
WHERE site = ? AND role = 'aside' AND last_run IS NULL ORDER BY seq LIMIT ?
"""
BRINGING = """
SELECT DISTINCT found_on FROM links
WHERE site = ? AND role <> 'aside' AND found_on IN (SELECT value FROM json_each(?))
"""
# What is told of an article that was visited is not told anew: the words of a later list are no change of the article.
TOLD = """
UPDATE links SET title = json_extract(given.value, '$[1]'), shown = json_extract(given.value, '$[2]'), listed = 1
FROM json_each(:links) AS given
WHERE links.url = json_extract(given.value, '$[0]') AND first_run IS NULL
  AND (listed = 0 OR (shown IS NULL AND json_extract(given.value, '$[2]') IS NOT NULL))
"""
WITHOUT = """
AND NOT EXISTS (SELECT 1 FROM json_each(:without) WHERE substr(fetch_url, 1, length(value)) = value)
"""
VISITED = """
UPDATE links SET
    last_visit = :at, last_run = :run, last_outcome = :outcome, last_reason = :reason, next_visit = :next_visit,
    interval = :interval,
    first_run = CASE WHEN :outcome = 'failed' THEN first_run ELSE coalesce(first_run, :run) END,
    failures = CASE WHEN :outcome IN ('failed', 'refused') THEN failures + 1 ELSE 0 END
WHERE url = :url
"""
MOVE = """
UPDATE OR IGNORE links SET
    url = :new || substr(url, length(:old) + 1),
    fetch_url = :new || substr(iif(substr(fetch_url, 1, length(:old)) = :old, fetch_url, url), length(:old) + 1)
WHERE +site = :site AND url >= :old AND url < :end
"""
LAST_RESPONSE = """
SELECT visits.id, visits.warc, visits.warc_offset, visits.warc_record, visits.payload_digest, etag, last_modified, useless
FROM links LEFT JOIN visits ON visits.id = links.whole_visit WHERE links.url = ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastResponse:
    """Where the evidence holds the last whole page of a link, and the validators that came with it."""

    visit: int | None  # None: there is none yet
    warc: str | None
    offset: int | None
    record_id: str | None
    payload_digest: str | None
    validators: Validators
    useless: int  # times in a row the validators were new though the page was not


def add(db: Database, site_key: str, links: Iterable[Link], *, found: datetime, found_on: str | None) -> int:
    """Insert the links not yet known, due at once; return how many. A known one keeps the better of its two roles."""
    rows = [(link.url, link.fetch_url, link.role, PRIORITIES[link.role], link.title) for link in links]
    if not rows:
        return 0
    before = _last_seq(db)
    parameters = {"site": site_key, "found": to_text(found), "found_on": found_on}
    db.execute(ADD, {**parameters, "links": json.dumps(rows)})
    return _last_seq(db) - before  # rows are never deleted, and only an insert takes a number


def tell(db: Database, links: Iterable[Link]) -> None:
    """Keep what a list says of articles that were not visited yet: the first list, before all one that shows a day."""
    rows = [
        (link.url, link.title, link.shown.isoformat() if link.shown else None)
        for link in links
        if link.role is Role.ARTICLE and link.title
    ]
    db.execute(TOLD, {"links": json.dumps(rows)})


def unknown(db: Database, urls: Iterable[str]) -> list[str]:
    """Return those of some URLs that are no link yet."""
    rows = db.execute(
        "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM links WHERE url = value)",
        [json.dumps(list(urls))],
    )
    return [url for (url,) in rows]


def waiting(db: Database, site_key: str, *, without: Iterable[Role] = ()) -> list[str]:
    """Return the links of a site that are or will be due and were never visited, in the order found, none of some roles."""
    left_out = json.dumps([*without])
    rows = db.execute(
        """
        SELECT url FROM links WHERE site = ? AND last_run IS NULL AND next_visit IS NOT NULL
          AND role NOT IN (SELECT value FROM json_each(?)) ORDER BY seq
        """,
        [site_key, left_out],
    )
    return [url for (url,) in rows]


def due(db: Database, site_key: str, *, now: datetime, run: str, limit: int, without: Sequence[str] = ()) -> list[Link]:
    """Return the next links to visit, best role first, at most `limit`, none whose address begins with one of `without`.

    A link that was handed out stays due until `visited` is called: the caller leaves out what it is still fetching, and
    asks for so many more.
    """
    found: list[Link] = []
    statement = DUE.format(without=WITHOUT if without else "")
    given = {"without": json.dumps(without)} if without else {}
    for priority in PRIORITIES.values():  # one walk of the index each: the links not due are never read
        parameters = {"site": site_key, "priority": priority, "now": to_text(now), "run": run}
        rows = db.execute(statement, {**parameters, **given, "limit": limit - len(found)})
        found += map(_link, rows)
        if len(found) >= limit:
            break
    return found


def aside(db: Database, site_key: str, *, limit: int) -> list[Link]:
    """Return links of a site that were left aside and never asked for, in the order they were found."""
    rows = db.execute(LEFT_ASIDE, [site_key, limit])
    return [*map(_link, rows)]


def count_aside(db: Database, site_key: str) -> int:
    """Return how many links of a site that were left aside have been asked for after all."""
    query = (
        "SELECT count(*) FROM links INDEXED BY links_aside WHERE site = ? AND role = 'aside' AND last_run IS NOT NULL"
    )
    (number,) = db.execute(query, [site_key]).fetchone()
    return int(number)


def bringing(db: Database, site_key: str, urls: Iterable[str]) -> set[str]:
    """Return those of some pages of a site that were the first to show a link which is not left aside."""
    rows = db.execute(BRINGING, [site_key, json.dumps(list(urls))])
    return {url for (url,) in rows}


def has_new(db: Database, site_key: str, *, run: str) -> bool:
    """Return whether the last run was the first to visit any link of a site."""
    query = "SELECT EXISTS (SELECT 1 FROM links WHERE site = :site AND last_run = :run AND first_run = :run)"
    return bool(db.execute(query, {"site": site_key, "run": run}).fetchone()[0])


def count_due(db: Database, site_key: str, *, now: datetime, run: str) -> int:
    """Return how many links of a site are due and were not visited in this run."""
    (number,) = db.execute(
        f"SELECT count(*) FROM links WHERE site = ? AND {OF_ANY_ROLE} AND next_visit <= ? AND last_run IS NOT ?",
        [site_key, to_text(now), run],
    ).fetchone()
    return int(number)


def first_due(db: Database) -> datetime | None:
    """Return when the first of the lists is due, or of what was never visited; None where nothing ever is."""
    leading = f"priority <= {PRIORITIES[Role.SECTION]}"
    query = f"SELECT min(next_visit) FROM links WHERE next_visit IS NOT NULL AND ({leading} OR last_visit IS NULL)"
    (moment,) = db.execute(query).fetchone()
    return from_text(moment) if moment else None


def reopen(db: Database, urls: Iterable[str], *, now: datetime, run: str) -> int:
    """Make the first of these known links due now that this run has not visited; return how many were not due: 0 or 1."""
    cursor = db.execute(
        """
        UPDATE links SET next_visit = :now
        WHERE seq = (
            SELECT links.seq FROM json_each(:urls) AS given JOIN links ON links.url = given.value
            WHERE links.last_run IS NOT :run ORDER BY given.key LIMIT 1
        ) AND (next_visit IS NULL OR next_visit > :now)
        """,
        {"now": to_text(now), "run": run, "urls": json.dumps(list(urls))},
    )
    return cursor.rowcount


def make_due(db: Database, urls: Iterable[str], *, now: datetime) -> None:
    """Make links due now that were never to be visited again."""
    query = "UPDATE links SET next_visit = ? WHERE url IN (SELECT value FROM json_each(?)) AND next_visit IS NULL"
    db.execute(query, [to_text(now), json.dumps(list(urls))])


def close(db: Database, urls: Iterable[str]) -> None:
    """Let these links wait, as far as they were never visited, until `reopen` asks for them."""
    db.execute(
        "UPDATE links SET next_visit = NULL WHERE url IN (SELECT value FROM json_each(?)) AND last_run IS NULL",
        [json.dumps(list(urls))],
    )


def put_off(db: Database, urls: Iterable[str], *, until: datetime) -> None:
    """Make these links due at a time, as far as they were never visited and wait for their turn."""
    db.execute(
        """
        UPDATE links SET next_visit = ?
        WHERE url IN (SELECT value FROM json_each(?)) AND last_run IS NULL AND next_visit IS NOT NULL
        """,
        [to_text(until), json.dumps(list(urls))],
    )


def listed(db: Database, urls: Iterable[str], *, run: str) -> int:
    """Mark those of the links on a list that we did not have before this run; return how many no list of this run has shown yet.

    A link is had once it was answered, or has failed MOST_FAILURES times in a row. Each is counted once a run, or a box of the newest
    articles would make every page of a site look new.
    """
    cursor = db.execute(
        """
        UPDATE links SET listed_run = :run
        WHERE url IN (SELECT value FROM json_each(:urls)) AND listed_run IS NOT :run
          AND (first_run = :run OR (first_run IS NULL AND failures < :failures))
        """,
        {"run": run, "urls": json.dumps(list(urls)), "failures": MOST_FAILURES},
    )
    return cursor.rowcount


def bring_back(db: Database, site_key: str, *, after: datetime, now: datetime) -> None:
    """Make due now what of a site, pages and media, would be due after a time only, which no rule of ours can have meant."""
    for table, any_role in (("links", OF_ANY_ROLE), ("media_links", "TRUE")):
        db.execute(
            f"UPDATE {table} SET next_visit = ? WHERE site = ? AND {any_role} AND next_visit > ?",
            [to_text(now), site_key, to_text(after)],
        )


def reopen_lists(db: Database, site_key: str, *, now: datetime) -> int:
    """Make every page of a site that was read as a list due now, but for the further ones; return how many were not."""
    cursor = db.execute(
        """
        UPDATE links SET next_visit = :now
        WHERE site = :site AND last_outcome IN ('listed', 'not_modified') AND role <> :next
          AND NOT EXISTS (SELECT 1 FROM documents WHERE documents.url = links.url)
          AND (next_visit IS NULL OR next_visit > :now)
        """,
        {"site": site_key, "now": to_text(now), "next": Role.NEXT},
    )
    return cursor.rowcount


def reopen_site(db: Database, site_key: str, *, now: datetime) -> int:
    """Make every link of a site due now (`-a full=1`); return how many were not."""
    cursor = db.execute(
        "UPDATE links SET next_visit = :now WHERE site = :site AND (next_visit IS NULL OR next_visit > :now)",
        {"site": site_key, "now": to_text(now)},
    )
    return cursor.rowcount


def visited(db: Database, url: str, visit: Visit, due: Due, *, at: datetime) -> None:
    """Write down how a visit of a link, or of the one its redirects led to, ended, and when the next is due. A URL that is no link is skipped."""
    due_again = to_text(due.at) if due.at else None
    days = due.interval / DAY if due.interval is not None else None
    parameters = {"url": url, "run": visit.run, "at": to_text(at), "outcome": visit.outcome, "reason": visit.reason}
    db.execute(VISITED, {**parameters, "next_visit": due_again, "interval": days})


def move(db: Database, site_key: str, *, old: str, new: str) -> int:
    """Move the links of one origin to another ("http://old.example/" to "https://new.example/"), with their history; return how many.

    One whose new URL is known already stays, and is never due again.
    """
    given = {"site": site_key, "old": old, "new": new, "end": old[:-1] + "0"}  # "0" follows "/"
    moved = db.execute(MOVE, given).rowcount
    db.execute(
        "UPDATE links SET next_visit = NULL WHERE +site = :site AND url >= :old AND url < :end AND +next_visit IS NOT NULL",
        {name: given[name] for name in ("site", "old", "end")},
    )
    return moved


def last_response(db: Database, url: str) -> LastResponse | None:
    """Return the last whole response of a link, None for a URL that is no link."""
    row = db.execute(LAST_RESPONSE, [url]).fetchone()
    if row is None:
        return None
    visit, warc, offset, record_id, digest, etag, last_modified, useless = row
    return LastResponse(
        visit=visit,
        warc=warc,
        offset=offset,
        record_id=record_id,
        payload_digest=digest,
        validators=Validators(etag=etag, last_modified=last_modified),
        useless=useless,
    )


def keep_response(db: Database, url: str, visit: int, trust: Trust, *, trusted_until: datetime) -> None:
    """Write down the whole response of a link, and until when its validators are sent if they are worth it."""
    until = to_text(trusted_until) if trust.is_given else None
    db.execute(
        "UPDATE links SET whole_visit = ?, etag = ?, last_modified = ?, useless = ?, trusted_until = ? WHERE url = ?",
        [visit, trust.validators.etag, trust.validators.last_modified, trust.useless, until, url],
    )


def history(db: Database, url: str) -> LinkHistory | None:
    """Return what is known of a link, None for a URL that is none."""
    row = db.execute(
        """
        SELECT links.role, links.found, links.interval, links.last_outcome, links.failures, documents.id, documents.published
        FROM links LEFT JOIN documents ON documents.url = links.url WHERE links.url = ?
        """,
        [url],
    ).fetchone()
    if row is None:
        return None
    role, found, interval, last, failures, document, published = row
    return LinkHistory(
        url=url,
        role=Role(role),
        found=from_text(found),
        is_document=document is not None,
        published=from_text(published) if published else None,
        interval=None if interval is None else interval * DAY,
        last=Outcome(last) if last else None,
        failures=failures,
    )


def role(db: Database, url: str) -> Role | None:
    """Return the best a page said of a link, None for a URL that is none."""
    row = db.execute("SELECT role FROM links WHERE url = ?", [url]).fetchone()
    return Role(row[0]) if row else None


def found_on(db: Database, url: str) -> str | None:
    """Return the canonical URL of the page a link was first found on, None for a seed."""
    row = db.execute("SELECT found_on FROM links WHERE url = ?", [url]).fetchone()
    return row[0] if row else None


def _link(row: tuple[Any, ...]) -> Link:
    url, fetch_url, role, title, etag, last_modified, found_on, is_listed, shown = row
    day = date.fromisoformat(shown) if shown else None
    return Link(
        url=url,
        fetch_url=fetch_url,
        role=Role(role),
        title=title,
        shown=day,
        validators=Validators(etag=etag, last_modified=last_modified) or None,
        found_on=found_on,
        listed=Listed(title=title, day=day) if is_listed and title else None,
    )


def _last_seq(db: Database) -> int:
    (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM links").fetchone()
    return int(last)
