"""Where a site has no end: patterns of addresses that bring nothing are closed, kinds of links that lead nowhere are put off, and both told."""

from collections import Counter
from collections.abc import Sequence

from crawler.catalog.tables import issues, links
from crawler.catalog.tables.issues import Issue
from crawler.ingest.results import Archive, Visited
from crawler.items import Link, Outcome, Reason, Role, Visit
from crawler.policies.backoff import HOST_BACKOFFS
from crawler.policies.dead_ends import LATER, DeadEnds, kinds_of, left_for_later
from crawler.policies.endless import Endless, pattern_of
from crawler.policies.revisit import ANSWERS
from crawler.policies.spellings import Spellings

NOWHERE = (Outcome.GONE, Outcome.REFUSED, Outcome.FAILED)
NEVER_CLOSED = (Role.SEED, Role.ARTICLE)
MOST_ASIDE = 300  # links of one pattern that a run keeps for a last resort


def unknown_links(archive: Archive, recorded: Visit) -> list[str]:
    """Return the links of a visit that no page has shown before, but for those that are left aside."""
    return links.unknown(archive.db, [link.url for link in recorded.links if link.role is not Role.ASIDE])


def bounded_links(archive: Archive, recorded: Visit) -> list[Link]:
    """Return the links of a visit, without more of those that are left aside than are ever asked for."""
    aside = links.unknown(archive.db, [link.url for link in recorded.links if link.role is Role.ASIDE])
    kept, left = archive.aside.setdefault(recorded.site, Counter()), set()
    for url in aside:
        pattern = pattern_of(url)
        kept[pattern] += 1
        if kept[pattern] > MOST_ASIDE:
            left.add(url)
    return [link for link in recorded.links if link.url not in left]


def bound(archive: Archive, visited: Visited, recorded: Visit, fresh: Sequence[str], *, is_first: bool) -> None:
    """Count a visit; close the patterns that have brought nothing for long, and say so. `fresh` links were never seen before."""
    dead_ends = archive.dead_ends.setdefault(visited.site.key, DeadEnds())
    if recorded.outcome not in NOWHERE:
        _open_again(archive, visited, dead_ends)
    elif is_first and recorded.reason not in HOST_BACKOFFS:  # a host that is away says nothing of its links
        _put_off(archive, visited, dead_ends)
    if later := left_for_later([url for url in fresh if dead_ends.is_closed(url)], 1):
        links.put_off(archive.db, later, until=visited.at + LATER)
    _close_respelled(archive, visited, fresh)
    endless = archive.endless.setdefault(visited.site.key, Endless())
    if is_first and recorded.outcome not in (Outcome.FAILED, Outcome.REFUSED) and recorded.role not in NEVER_CLOSED:
        shown = [link.url for link in recorded.links] if recorded.role is Role.NEXT else fresh
        living = [url for url in shown if not dead_ends.is_closed(url)]
        weight = 2 if recorded.reason == Reason.SOFT_404 else 1  # it is known to be nothing
        told = {"is_article": recorded.outcome in ANSWERS, "is_missing": recorded.reason == Reason.NOT_FOUND}
        for pattern in endless.add(recorded.url, links=living, weight=weight, **told):
            message = f"{pattern}: page after page brings nothing new; what is left of this pattern is not asked for"
            _tell(archive, visited, "endless", message)
            _close(archive, endless, links.waiting(archive.db, visited.site.key, without=NEVER_CLOSED))
    elif recorded.outcome in ANSWERS:
        endless.add(recorded.url, is_article=True, links=[])
    elif is_first and recorded.outcome is Outcome.NOT_ARTICLE and visited.reading and visited.reading.signature:
        _put_off_alike(archive, visited, endless, visited.reading.signature)
    if left := [url for url in fresh if endless.is_barren(url)]:
        links.put_off(archive.db, left, until=visited.at + LATER)
    if endless.closed:
        roles = {link.url: link.role for link in recorded.links}
        _close(archive, endless, [url for url in fresh if roles.get(url) not in NEVER_CLOSED])


def _put_off_alike(archive: Archive, visited: Visited, endless: Endless, signature: str) -> None:
    """Count what looked like an article and is none; put off those of its pattern once all of them in a row were one page: it may be for a day."""
    for pattern in endless.add_alike(visited.link.url, signature):
        waiting = links.waiting(archive.db, visited.site.key, without=[Role.SEED])
        left = [url for url in waiting if endless.is_barren(url)]
        links.put_off(archive.db, left, until=visited.at + LATER)
        _tell(
            archive,
            visited,
            "endless",
            f"{pattern}: its addresses bring one page, which is no article; {len(left)} more are left for a day",
        )


def _close_respelled(archive: Archive, visited: Visited, fresh: Sequence[str]) -> None:
    """Count a page; close the links that add to an address that is known only what changes nothing on this site."""
    spellings = archive.spellings.setdefault(visited.site.key, Spellings())
    signature = visited.reading.signature if visited.reading else None
    is_new = signature is not None and spellings.add(visited.link.url, signature)
    urls = links.waiting(archive.db, visited.site.key, without=(Role.SEED,)) if is_new else fresh
    bare = {url: known for url in urls if (known := spellings.bare(url))} if spellings.idle else {}
    if bare:
        unknown = set(links.unknown(archive.db, bare.values()))
        links.close(archive.db, [url for url, known in bare.items() if known not in unknown])


def _put_off(archive: Archive, visited: Visited, dead_ends: DeadEnds) -> None:
    """Count a link that led nowhere; put off those of its kind once there were enough of them, but for some that are tried."""
    for kind in dead_ends.add_dead(visited.link.url):
        waiting = [url for url in links.waiting(archive.db, visited.site.key) if url != visited.link.url]
        left = [url for url in waiting if dead_ends.is_closed(url)]
        links.put_off(archive.db, left_for_later(left), until=visited.at + LATER)
        if kind not in dead_ends.told:
            message = f"{kind}: {dead_ends.in_a_row[kind]} links in a row lead nowhere; of {len(left)} more a few are tried, the others in a day"
            _tell(archive, visited, "dead_ends", message)
            dead_ends.told.add(kind)


def _open_again(archive: Archive, visited: Visited, dead_ends: DeadEnds) -> None:
    """Count a link that led somewhere; what was put off of its kind is due again."""
    opened = {*dead_ends.add_alive(visited.link.url)}
    if opened:
        waiting = links.waiting(archive.db, visited.site.key)
        due = [url for url in waiting if not dead_ends.is_closed(url) and opened & {kind for kind, _ in kinds_of(url)}]
        links.put_off(archive.db, due, until=visited.at)


def _tell(archive: Archive, visited: Visited, code: str, message: str) -> None:
    told = Issue(
        run=archive.run,
        site=visited.site.key,
        url=visited.link.url,
        level="warning",
        code=code,
        message=message,
        at=visited.at,
    )
    issues.add(archive.db, told)


def _close(archive: Archive, endless: Endless, urls: Sequence[str]) -> None:
    links.close(archive.db, [url for url in urls if endless.is_closed(url)])
