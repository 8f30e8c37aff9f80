"""Where a site has no end: patterns of addresses that bring nothing are closed, and told."""

from collections import Counter
from collections.abc import Sequence

from crawler.catalog.tables import issues, links
from crawler.catalog.tables.issues import Issue
from crawler.ingest.results import Archive, Visited
from crawler.items import Link, Outcome, Role, Visit
from crawler.policies.endless import Endless, pattern_of
from crawler.policies.revisit import ANSWERS

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
    endless = archive.endless.setdefault(visited.site.key, Endless())
    if is_first and recorded.outcome not in (Outcome.FAILED, Outcome.REFUSED) and recorded.role not in NEVER_CLOSED:
        links_shown = [link.url for link in recorded.links] if recorded.role is Role.NEXT else [*fresh]
        for pattern in endless.add(recorded.url, is_article=recorded.outcome in ANSWERS, links=links_shown):
            message = f"{pattern}: page after page brings nothing new; what is left of this pattern is not asked for"
            issue = Issue(
                run=archive.run,
                site=visited.site.key,
                url=recorded.url,
                level="warning",
                code="endless",
                message=message,
                at=visited.at,
            )
            issues.add(archive.db, issue)
            _close(archive, endless, links.waiting(archive.db, visited.site.key, without=NEVER_CLOSED))
    elif recorded.outcome in ANSWERS:
        endless.add(recorded.url, is_article=True, links=[])
    if endless.closed:
        roles = {link.url: link.role for link in recorded.links}
        _close(archive, endless, [url for url in fresh if roles.get(url) not in NEVER_CLOSED])


def _close(archive: Archive, endless: Endless, urls: Sequence[str]) -> None:
    links.close(archive.db, [url for url in urls if endless.is_closed(url)])
