"""What is missing of a site, list by list, and why. Pure: facts in, coverage and sentences out.

A gap is what a list tells minus what its pages name; what they name and is not archived for a reason of ours or of the server's; and a list
whose pages cannot be read. What tells of itself is believed before what a page looks like: where the numbers agree, nothing is missing.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from crawler.catalog.queries.coverage import ListFacts, ListPage
from crawler.catalog.tables.coverage import ListCoverage
from crawler.items import AcceptedGap, Obstacle, Outcome, Reason, Role
from crawler.urls import domain_of

TOLERANCE = 0.02  # of what a list tells or names: what is pinned twice, or went while it was read …
LEAST = 1  # … and one article of every list
COUNTS_MORE = 0.10  # a list of which every page was read may tell so much more: its total counts what it does not show
LEAST_BLANK, SHARE_BLANK = 2, 0.2
LEAST_DEAD, SHARE_DEAD = 5, 0.25  # rows that lead to nothing: taken back, or lost
EMPTIED = timedelta(days=2)  # a list that shows nothing for so long is not being edited
LINKS_OF_SITE = 2  # on a page that is one of the site; one alone is where a script or a message leads back to
MANY_NAMED = 2  # further pages that the first page of a list names; one alone may be the next page of any page
MANY_ELSEWHERE, SHARE_ELSEWHERE = 5, 0.2  # rows that lead to another host of the university
FEW_AT_HOME = 10  # articles; a home page that names fewer is no list of all there is
MANY_MEDIA = 10
# What a menu calls a page that has the address of a list, and shows no articles.
SERVICE = re.compile(
    r"系统|平台|地图|全景|信箱|邮[箱件]|办公|查询|预约|校外|登[录陆]|联系|简介|概况|机构|领导|师资|下载|大厅|门户|内部|内网|VPN|English|^(?:OA|EN)$",
    re.IGNORECASE,
)
EXPECTED = (Role.SEED, Role.SECTION, Role.NEXT)  # a user or a breadcrumb calls it a list
PAGERS = (Obstacle.PAGER_SCRIPT, Obstacle.PAGER_POST)
LISTS = (*EXPECTED, Role.LIST)
NUMBERS = re.compile(r"\d{1,6}")
GATES = frozenset(
    {Reason.ROBOTS, Reason.ROBOTS_UNREACHABLE, Reason.LOGIN, Reason.CHALLENGE, Reason.INTRANET, Reason.FORBIDDEN}
)
DEAD = frozenset({Reason.NOT_FOUND, Reason.SOFT_404, Reason.REDIRECTED, Outcome.GONE})
# How the visit of an article may end that leaves nothing to be archived: all else is a loss.
NOTHING_LOST = frozenset(
    {
        *(Reason.UNDATED, Reason.SOFT_404, Reason.NOT_FOUND, Reason.REDIRECTED, Reason.NOT_HTML, Reason.OUT_OF_SCOPE),
        *(Reason.WITHHELD, Reason.HELD, Outcome.GONE, Outcome.LISTED, Outcome.NOT_ARTICLE),
    }
)


class Cause(StrEnum):
    """Why something is missing. Where a server or robots.txt refused, the cause is that Reason."""

    PAGER_SCRIPT = "pager_script"
    PAGER_POST = "pager_post"
    REQUESTS = "requests"
    SCRIPT = "script"
    APPLICATION = "application"
    REPEATED = "repeated"
    UNREAD = "unread"
    UNNAMED = "unnamed"
    EMPTY = "empty"
    EMPTIED = "emptied"
    NOT_ARCHIVED = "not_archived"
    LEADS_NOWHERE = "leads_nowhere"
    OTHER_HOST = "other_host"
    NO_TEXT = "no_text"
    MEDIA = "media"


# Why a walk of lists does not lead to all articles: other links of the site may.
SHORT = frozenset(
    {
        *(Cause.PAGER_SCRIPT, Cause.PAGER_POST, Cause.REQUESTS, Cause.SCRIPT, Cause.APPLICATION, Cause.UNREAD),
        Cause.REPEATED,
        *(Cause.UNNAMED, Cause.EMPTY, Cause.LEADS_NOWHERE, *map(str, GATES)),
    }
)
WORDS = {
    Cause.PAGER_SCRIPT: "its further pages are asked for by a script that does not say how",
    Cause.PAGER_POST: "its further pages are asked for by a form (POST)",
    Cause.REQUESTS: "its rows come by a request that is not made",
    Cause.SCRIPT: "its rows are shown by a script only",
    Cause.APPLICATION: "an application in the browser fills it; its page has no links",
    Cause.REPEATED: "its further pages show the rows of the first",
    Cause.UNREAD: "some of its pages were not found",
    Cause.UNNAMED: "its pages name fewer articles than it tells",
    Cause.EMPTY: "it should be a list, and names no link",
    Cause.EMPTIED: "it named articles, and has named none for days",
    Cause.NOT_ARCHIVED: "articles that it names could not be archived",
    Cause.LEADS_NOWHERE: "no list was found behind this page",
    Cause.OTHER_HOST: "lists of this site link to articles of another host of the same university",
    Cause.NO_TEXT: "read as an article, it has no character, picture, file or film",
    Cause.MEDIA: "most pictures and files could not be fetched",
}


def cover(facts: Sequence[ListFacts], *, now: datetime) -> list[ListCoverage]:
    """Return what each list of a site comes to."""
    naming = [one for one in facts if one.named and not _is_home(one.url)]
    held = {page.shown: one.url for one in sorted(facts, key=lambda one: len(one.pages)) for page in one.pages}
    covered = (_cover(one, is_alone=not naming or naming == [one], now=now) for one in facts)
    return [
        # a list under two addresses, or a page of it, is judged by the one whose pages were read
        replace(found, missing=0, cause=None)
        if one.named and held[one.pages[0].shown] != one.url and not _is_refused(one)
        else found
        for one, found in zip(facts, covered, strict=True)
    ]


def gaps(found: Sequence[ListCoverage], accepted: Mapping[str, AcceptedGap]) -> list[ListCoverage]:
    """Return the lists of which something is missing that nobody accepted."""
    return [
        one
        for one in found
        if one.cause is not None
        and not ((known := accepted.get(one.list)) and (known.missing is None or (one.missing or 0) <= known.missing))
    ]


def sentence(one: ListCoverage, tried: Sequence[tuple[str, str]] = (), *, besides: int = 0) -> str:
    """Return what is missing of a list, and why, for a person.

    `tried` is where a list was looked for, and how each visit ended; `besides` how many links were asked for as the last resort.
    """
    words = WORDS[Cause(one.cause)] if one.cause in list(Cause) else f"it was not given: {one.cause}"
    told = [f"{one.articles_told} articles told"] if one.articles_told is not None else []
    if one.pages_told is not None:
        told.append(f"{one.pages_read} of {one.pages_told} pages read")
    if one.articles_named or told:
        told.append(f"{one.articles_named} named, {one.articles_archived} archived")
    if one.not_archived:
        told.append(f"not archived: {', '.join(f'{number} {why}' for why, number in one.not_archived.items())}")
    if one.missing:
        told.append(f"about {one.missing} missing")
    if besides and one.cause in SHORT:
        told.append(f"{besides} searches, tags or months of the site were read besides")
    if one.cause == Cause.OTHER_HOST:
        told.append(f"to include it, add {urlsplit(one.list).netloc} to `hosts` in the site's file")
    if one.cause == Cause.LEADS_NOWHERE:
        looked = ", ".join(f"{url} ({why})" for url, why in tried) or "nothing else"
        told.append(f"tried: {looked}; name a list in the site's file, `lists: [URL]`")
    return "; ".join([f"{one.cause}: {words}", *told])


def has_no_list(found: Sequence[ListCoverage], documents: int) -> bool:
    """Return whether nothing but a few rows of a home page led to the documents of a site, and no list says why."""
    homes = [one for one in found if _is_home(one.list)]
    if any(one.cause for one in found) or any(one.articles_named and one not in homes for one in found):
        return False
    named = max((one.articles_named for one in homes if one.pages_read <= 1), default=0)
    is_paged = any(one.pages_read > 1 for one in homes)
    return not is_paged and named < FEW_AT_HOME and documents <= named + 1


def leads_nowhere(seed: str) -> ListCoverage:
    """Return the gap of a site of which its seeds are all that was found."""
    return ListCoverage(list=seed, role=Role.SEED, missing=None, cause=Cause.LEADS_NOWHERE)


def other_hosts(found: Sequence[ListCoverage], hosts: Sequence[str], scheme: str) -> Iterator[ListCoverage]:
    """Yield the hosts of the same university that lists of a site link to so often that the site is not whole without them."""
    domains = {domain_of(host) or host.partition(":")[0] for host in hosts}
    named = max((one.articles_named for one in found), default=0)
    rows: dict[str, int] = {}
    for one in found:
        for host, number in one.elsewhere.items():
            if host not in hosts and (domain_of(host) or host.partition(":")[0]) in domains:
                rows[host] = max(rows.get(host, 0), number)
    for host, number in rows.items():
        if number >= MANY_ELSEWHERE and number >= SHARE_ELSEWHERE * (named + number):
            yield ListCoverage(
                list=f"{scheme}://{host}/",
                role=Role.OTHER,
                elsewhere={host: number},
                missing=number,
                cause=Cause.OTHER_HOST,
            )


def without_text(url: str) -> ListCoverage:
    """Return the gap that a document without anything in it is."""
    return ListCoverage(list=url, role=Role.ARTICLE, missing=1, cause=Cause.NO_TEXT)


def are_failing(media: Mapping[str, int]) -> bool:
    """Return whether most media that a run asked for, outcome -> how many, could not be had."""
    tried = sum(media.values())
    return tried >= MANY_MEDIA and media.get("stored", 0) * 2 < tried


def _cover(facts: ListFacts, *, is_alone: bool, now: datetime) -> ListCoverage:
    read = [page for page in facts.pages if page.outcome == Outcome.LISTED]
    articles, pages = _told(facts.pages)
    elsewhere = _sums([page.elsewhere for page in facts.pages])
    missing, cause = _gap(facts, articles, pages, elsewhere=sum(elsewhere.values()), is_alone=is_alone)
    if facts.role is Role.ASIDE:  # a search tells of what other lists have
        missing, cause = 0, None
    if not cause and _is_emptied(facts.pages[0], now):
        missing, cause = None, Cause.EMPTIED
    return ListCoverage(
        list=facts.url,
        role=facts.role,
        articles_told=articles,
        pages_told=pages,
        pages_read=len(read),
        articles_named=facts.named,
        articles_archived=facts.archived,
        not_archived=facts.not_archived,
        elsewhere=elsewhere,
        missing=missing,
        cause=cause,
    )


def _told(pages: Sequence[ListPage]) -> tuple[int | None, int | None]:
    """Return how many articles and pages a list has: as its first page says that says it, unless the two cannot both be true."""
    articles = next((page.articles_told for page in pages if page.articles_told is not None), None)
    number = max((page.pages_told or 0 for page in pages), default=0) or None
    rows = max((page.articles for page in pages), default=0)
    if articles is not None and number is not None and rows and articles > 2 * number * rows:
        articles = None  # it counts other things
    return articles, number


def _gap(
    facts: ListFacts, articles: int | None, pages: int | None, *, elsewhere: int, is_alone: bool
) -> tuple[int | None, str | None]:
    """Return how many articles of a list are missing, and why."""
    lost = _lost(facts)
    if articles is None and pages is None and _breaks_off(facts):
        return None, _why_short(facts, 1)
    if _is_repeated(facts):
        return None if articles is None else max(0, articles - facts.named), Cause.REPEATED
    short = 0 if articles is None else articles - facts.named - facts.leading - elsewhere
    unread = _unread(facts, pages)
    if articles is not None and short <= max(LEAST, TOLERANCE * articles):
        short = unread = 0
    elif articles is not None and not unread and short <= COUNTS_MORE * articles and _is_read_whole(facts, pages):
        short = 0
    if short > 0 or unread:
        estimated = unread * max(page.articles for page in facts.pages)
        return max(short, estimated) + lost or None, _why_short(facts, unread)
    beside = 0 if articles is None else facts.named - articles  # named, and none of those that it tells
    if lost > max(beside, TOLERANCE * facts.named):
        return lost, Cause.NOT_ARCHIVED
    return _why_unread(facts, is_told=articles is not None or pages is not None, is_alone=is_alone)


def _lost(facts: ListFacts) -> int:
    """Return how many articles that a list names are lost. A few pages without a text are no articles, a few dead rows no loss; many are."""
    lost = {why: number for why, number in facts.not_archived.items() if why not in NOTHING_LOST}
    blank = lost.get(Reason.NO_CONTENT, 0)
    dead = sum(number for why, number in facts.not_archived.items() if why in DEAD)
    lost_dead = dead if dead >= LEAST_DEAD and dead > SHARE_DEAD * facts.named else 0
    return sum(lost.values()) + lost_dead - (blank if blank <= max(LEAST_BLANK, SHARE_BLANK * facts.named) else 0)


def _unread(facts: ListFacts, pages: int | None) -> int:
    """Return how many pages of a list were not read, apart from those that are left out on purpose."""
    if pages is None or any(page.articles_told == 0 for page in facts.pages):
        return 0
    read = sum(page.outcome == Outcome.LISTED for page in facts.pages)
    return max(0, pages - read - facts.left_out)


def _is_refused(facts: ListFacts) -> bool:
    return any(map(_is_shut, facts.pages))


def _is_shut(page: ListPage) -> bool:
    return page.outcome in (Outcome.REFUSED, Outcome.FAILED)


def _is_beyond(facts: ListFacts, page: ListPage) -> bool:
    """Return whether a page is one that only the last page of a list names: that shows fewer articles than all before it."""
    read = [one for one in facts.pages if one.outcome == Outcome.LISTED and one.articles]
    last = next((one for one in read[1:] if one.url == page.found_on), None)
    return (
        last is not None
        and page.role is Role.NEXT
        and last.articles < min(one.articles for one in read if one is not last)
    )


def _is_repeated(facts: ListFacts) -> bool:
    """Return whether the pager of a list names further pages, all of which show what its first page shows."""
    first = facts.pages[0]
    further = [page for page in facts.pages[1:] if page.role is Role.NEXT]
    named = sum(page.found_on == facts.url for page in further)
    same = sum(page.shown == first.shown for page in further)  # the third one alike is taken for what is not there
    others = sum(page.reason != Reason.SOFT_404 for page in further)
    return named >= MANY_NAMED and first.articles > 0 and same > 0 and same == others


def _breaks_off(facts: ListFacts) -> bool:
    """Return whether a page that the pager of a list names is not there, though the list does not end before it.

    Its last page is the one that shows fewer articles than the others; what a pager names beyond that is no page.
    """
    read = [page for page in facts.pages if page.outcome == Outcome.LISTED and page.articles]
    gone = [page for page in facts.pages[1:] if page.role is Role.NEXT and page not in read]
    if not gone or not read or facts.pages[0] not in read:
        return False
    rows = {page.articles for page in read}
    fresh = {page.shown or page.url: page for page in reversed(read)}.values()  # a pager may go on with its last page
    numbers = [number for page in fresh if page is not read[0] and (number := _number_of(page.url)) is not None]
    holes = (number for page in gone if (number := _number_of(page.url)) is not None)
    if any(min(numbers) < hole < max(numbers) for hole in holes if numbers):
        return True
    named_by = {page.found_on for page in facts.pages}
    is_repeating = len(fresh) < len(read)  # then what shows its rows once more is known to be nothing
    named = (page for page in gone if not (is_repeating and page.reason == Reason.SOFT_404))
    broken = any(not _is_end(page, named_by) for page in named)
    return broken and len(rows) == 1 and rows.pop() >= FEW_AT_HOME


def _is_end(page: ListPage, named_by: Container[str | None]) -> bool:
    """Return whether a page is what a list shows after its last one: with the links of the site, without rows or what follows."""
    return page.outcome == Outcome.NOT_ARTICLE and (page.links or 0) >= LINKS_OF_SITE and page.url not in named_by


def _number_of(url: str) -> int | None:
    """Return the last number in an address: that of a page."""
    found = NUMBERS.findall(url)
    return int(found[-1]) if found else None


def _is_read_whole(facts: ListFacts, pages: int | None) -> bool:
    """Return whether every page of a list of several was read, and nothing on the first hides further ones."""
    return (
        (pages is not None or len(facts.pages) > 1)
        and all(page.outcome == Outcome.LISTED for page in facts.pages)
        and not facts.pages[0].obstacles
    )


def _why_short(facts: ListFacts, unread: int) -> str:
    refused = next((page.reason for page in facts.pages if page.outcome in (Outcome.REFUSED, Outcome.FAILED)), None)
    is_read = bool(facts.pages[0].pages_told) and not unread  # then no pager stands in the way
    obstacle = next(
        (found for page in facts.pages for found in page.obstacles if not (is_read and found in PAGERS)), None
    )
    by_rows = Cause.UNNAMED if facts.named else Cause.SCRIPT
    return refused or (str(obstacle) if obstacle else Cause.UNREAD if unread else by_rows)


def _why_unread(facts: ListFacts, *, is_told: bool, is_alone: bool) -> tuple[int | None, str | None]:
    """Return why a list cannot be read whose numbers do not say that anything is missing."""
    first = facts.pages[0]
    is_service = facts.role is Role.LIST and not facts.named and bool(SERVICE.search(facts.title or ""))
    if is_service and not is_alone:
        return 0, None
    is_expected = facts.role in LISTS or is_alone
    refused = next((page for page in facts.pages if _is_shut(page) and not _is_beyond(facts, page)), None)
    if facts.role is Role.LIST and first.reason == Reason.REDIRECTED:
        return None, Reason.REDIRECTED
    if refused is not None and (facts.role in LISTS or (is_alone and refused.reason in GATES)):
        return None, refused.reason or str(refused.outcome)
    if is_told or (_is_home(facts.url) and not is_alone):
        return 0, None
    for page in facts.pages:
        for obstacle in page.obstacles:
            is_pager = obstacle in PAGERS
            is_stuck = is_pager and facts.named and page is first  # what was led to by a pager may be its last page
            if is_stuck or (not is_pager and not facts.named and is_expected):
                return None, str(obstacle)
    if is_expected and not facts.named and any(page.outcome != Outcome.LISTED for page in facts.pages[1:]):
        return None, Cause.REQUESTS  # what was to fill it brought nothing
    if facts.role in EXPECTED and not facts.named and first.reason == Reason.NO_CONTENT:
        return None, Cause.EMPTY
    return 0, None


def _is_emptied(first: ListPage, now: datetime) -> bool:
    return first.emptied is not None and now - first.emptied >= EMPTIED


def _is_home(url: str) -> bool:
    path = urlsplit(url).path
    return (path.count("/") == 1 and path.startswith(("/index", "/default", "/main"))) or path == "/"


def _sums(given: Sequence[Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for numbers in given:
        for name, number in numbers.items():
            found[name] = found.get(name, 0) + number
    return found
