"""What a visit means for the visits to come: how far its list is walked, when its link is due again, and what its server may be asked."""

from dataclasses import replace
from datetime import date, timedelta

from crawler.catalog.tables import documents, hosts, issues, links
from crawler.catalog.tables.issues import Issue
from crawler.ingest.results import Archive, Visited
from crawler.items import Absence, Outcome, Role, Validators, Visit
from crawler.policies.removal import recheck
from crawler.policies.revisit import ANSWERS, Due, is_past, next_visit
from crawler.policies.validators import Trust, are_deceptive, validators_of, weigh
from crawler.urls import host_of

OK = 200
SHOWN = (
    Role.ARTICLE,
    Role.OTHER,
)  # what a list may show: where no family is known, an entry without date is a link like any other


def walk_on(archive: Archive, visited: Visited, recorded: Visit, found: int) -> bool:
    """Reopen the next page of a list that shows what we do not have; return whether this page brought anything. `found` links are new.

    The whole page is looked at, not its first entry: pinned entries are old, and back-dated ones stand among those we have.
    """
    if recorded.outcome is not Outcome.LISTED:
        return False
    db, run = archive.db, archive.run
    older = [link.url for link in recorded.links if link.role is Role.NEXT]
    if not older:
        return found > 0
    shown = [link.url for link in recorded.links if link.role in SHOWN]
    is_pager = not shown and recorded.role is Role.NEXT  # kept in a script, which names nothing but pages
    brings = is_pager or links.listed(db, shown, run=run) > 0
    if archive.since:
        days = _days(archive, recorded)
        brings = not is_past(days, archive.since) if days else brings
        links.close(db, older)
    if brings:
        links.reopen(db, older, now=visited.at, run=run)
    return brings or found > 0


def arrange(
    archive: Archive, visited: Visited, recorded: Visit, *, brought: bool, absence: Absence | None = None
) -> None:
    """Write down the visit of a link, and of the one its redirects led to, with the time each is due again.

    `absence` is that of the document which the visit missed: it is looked for again as soon as the policy of removals needs.
    """
    final = recorded.final_url
    for url in filter(None, (recorded.url, final)):
        history = links.history(archive.db, url)
        if history is None:
            continue
        due = next_visit(
            history,
            visited.site.revisit,
            outcome=recorded.outcome,
            reason=recorded.reason,
            brought=brought,
            now=visited.at,
        )
        if final and url != final and due.interval is not None and links.history(archive.db, final):
            due = _rarely(due, visited)  # the page has a link of its own
        if absence is not None and absence.returned is None:
            wanted = recheck(absence, visited.site.removal, now=visited.at)
            due = replace(due, at=wanted if due.at is None else min(due.at, wanted))
        links.visited(archive.db, url, recorded, due, at=visited.at)


def keep_whole(archive: Archive, visited: Visited, recorded: Visit, number: int, *, brought: bool) -> None:
    """Write down where the whole page of a link is, and with which validators it may be asked for; notice those that lie.

    `number` is the visit's. Of an article of several pages, and of what is neither article nor list, no validators are kept: a 304 for
    the first page says nothing of the others. Nor are they of a body that is cut.
    """
    capture, url = visited.capture, recorded.final_url or recorded.url
    evidence, before = recorded.evidence, links.last_response(archive.db, url)
    if capture is None or evidence is None or before is None or recorded.status != OK:
        return
    is_validated = recorded.outcome in {*ANSWERS, Outcome.LISTED} and not visited.further and not capture.is_cut
    after = validators_of(capture.headers, capture.fetched) if is_validated else Validators()
    is_same_body = evidence.payload_digest == before.payload_digest
    trust = weigh(
        before.validators,
        after,
        useless=before.useless,
        is_same=is_same_body or recorded.outcome is Outcome.UNCHANGED,
    )
    is_other = not is_same_body and (recorded.outcome is Outcome.CHANGED or brought)
    if is_other and before.visit is not None and are_deceptive(before.validators, after):
        _distrust(archive, visited, url)
    if hosts.is_distrusted(archive.db, host_of(url)):
        trust = Trust(validators=Validators(), useless=0)
    policy = visited.site.revisit
    days = policy.list_whole if recorded.outcome is Outcome.LISTED else policy.article_whole
    until = capture.fetched + timedelta(days=days)
    links.keep_response(archive.db, url, body_in(recorded, number), trust, trusted_until=until)


def body_in(recorded: Visit, number: int) -> int:
    """Return the visit whose evidence holds the body of this one: an earlier one where that was only referred to."""
    evidence = recorded.evidence
    return evidence.body_in if evidence and evidence.body_in is not None else number


def _days(archive: Archive, recorded: Visit) -> list[date]:
    """Return the days of the articles on a list: as it shows them, else as we know them."""
    articles = [link for link in recorded.links if link.role is Role.ARTICLE]
    known = documents.days(archive.db, [link.url for link in articles if link.shown is None])
    return [day for link in articles if (day := link.shown or known.get(link.url))]


def _rarely(due: Due, visited: Visited) -> Due:
    interval = max(due.interval or timedelta(), timedelta(days=visited.site.revisit.older_most))
    return Due(at=visited.at + interval, interval=interval)


def _distrust(archive: Archive, visited: Visited, url: str) -> None:
    """Remember that a host says of a changed page that it is the same, and tell it."""
    hosts.distrust(archive.db, host_of(url), url, visited.site.key, now=visited.at)
    issue = Issue(
        run=archive.run,
        site=visited.site.key,
        url=url,
        level="warning",
        code="deceptive_validators",
        message=f"{host_of(url)} gives a changed page the ETag or Last-Modified of before: its pages are always fetched whole",
        at=visited.at,
    )
    issues.add(archive.db, issue)
