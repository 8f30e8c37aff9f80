"""Records of releases that did not say what they were for: as well as it can be told from what they hold.

A redirect leads on to the next record, robots.txt is robots.txt, every other page is a visit of its own. A page that was tried several
times is then visited several times, and of an article that is cut into pages every page is.
"""

from http import HTTPStatus
from urllib.parse import urlsplit

from crawler.fetching.capture import judge_status
from crawler.items import Outcome, Purpose, Reason, Site, VisitFields
from crawler.pages.families import canonical_url
from crawler.urls import host_of, in_scope, on_own_host
from crawler.warc import Record, lines_of

REDIRECTS = range(300, 400)
REFUSALS = (Reason.ROBOTS, Reason.ROBOTS_UNREACHABLE, Reason.PRIVATE_ADDRESS)


def purpose_of(record: Record) -> Purpose | None:
    """Return what a record was written for; None for one that is of no visit."""
    if (said := record.purpose) is not None:
        return said
    if record.kind == "metadata":
        return Purpose.PAGE if "reason" in lines_of(record.content) else None
    if record.exchange is None:
        return None
    if urlsplit(record.url).path == "/robots.txt":
        return Purpose.ROBOTS
    status = record.exchange.status
    is_led_on = any(name.lower() == "location" for name, _ in record.exchange.headers)
    return Purpose.HOP if status in REDIRECTS and status != HTTPStatus.NOT_MODIFIED and is_led_on else Purpose.PAGE


def guess(record: Record, first_url: str, sites: tuple[Site, ...]) -> tuple[int, VisitFields] | None:
    """Return what a record most likely is of, in a group of its own; None where it is of no site of the run."""
    site = next((site for site in sites if host_of(first_url) in (*site.hosts, *site.moved_from)), None)
    url = canonical_url(on_own_host(first_url, site), site.scheme) if site else None
    if site is None or url is None or not in_scope(url, site):
        return None
    outcome, reason = _ending(record)
    return -record.offset, VisitFields(
        site=site.key,
        url=url,
        fetch_url=first_url,
        at=record.at,
        outcome=outcome,
        reason=reason,
        is_usable=record.exchange is not None,
    )


def _ending(record: Record) -> tuple[Outcome | None, Reason | None]:
    if record.exchange is None:
        said = lines_of(record.content).get("reason", "")
        reason = Reason(said) if said in set(Reason) else None
        if reason is Reason.OUT_OF_SCOPE:
            return Outcome.NOT_ARTICLE, reason
        return Outcome.REFUSED if reason in REFUSALS else Outcome.FAILED, reason
    if record.exchange.status == HTTPStatus.NOT_MODIFIED:
        return Outcome.NOT_MODIFIED, None
    return judge_status(record.exchange.status) or (None, None)
