"""The frontier as the spider sees it: due links, one after the other, never more of a site than it can be asked for.

The rows are in the catalog (`catalog.links`, `catalog.media`); this holds only what is being fetched right now, so a killed crawl loses
nothing. The media of a site follow its pages: a text never waits for a picture.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.tables import links, media
from crawler.clock import Clock
from crawler.items import Link, MediaLink, Reason, Role, Site
from crawler.runs.last_resort import LastResort

AHEAD = 4  # links in flight for each request a host may be asked at once: being fetched, read, or stored with others
UNCERTAIN = (
    Role.OTHER,
    Role.ASIDE,
)  # links that may be without end: only as many as are asked for at once, so that this is seen in time
BATCH = 16  # links read from the catalog at once: few, so that a better link found meanwhile is not kept waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedHost:
    """Until when and why the links under some addresses are not handed out."""

    prefixes: tuple[str, ...]
    until: datetime
    reason: Reason  # HOST_CLOSED: it is no failure
    why: str  # for a person


@dataclass(slots=True)
class _Queue:
    """One site's share: what was read from the catalog, what is in flight, whether the catalog may hold more."""

    site: Site
    concurrency: int
    resort: LastResort
    waiting: deque[Link] = field(default_factory=deque)
    in_flight: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    media: deque[MediaLink] = field(default_factory=deque)
    media_in_flight: set[str] = field(default_factory=set)  # among those in flight
    hosts_closed: dict[tuple[str, ...], ClosedHost] = field(default_factory=dict)  # by prefixes
    media_closed: dict[tuple[str, ...], datetime] = field(default_factory=dict)  # until when, by prefixes
    handed_out: int = 0
    may_have_more: bool = True
    may_have_media: bool = True

    def closed_prefixes(self, now: datetime) -> tuple[str, ...]:
        """Return the beginnings of the addresses that are closed now."""
        return tuple(prefix for known in self.hosts_closed.values() if now < known.until for prefix in known.prefixes)

    def closed_to_media(self, now: datetime) -> tuple[str, ...]:
        """Return the beginnings of the addresses under which no medium is asked for now."""
        return tuple(prefix for prefixes, until in self.media_closed.items() if now < until for prefix in prefixes)

    @property
    def is_walked(self) -> bool:
        """Return whether no page of the site is due, as far as is known, or being fetched."""
        return not (self.waiting or self.may_have_more or self.in_flight - self.media_in_flight)

    @property
    def is_open(self) -> bool:
        return len(self.in_flight) < AHEAD * self.concurrency + 2 and not self.is_at_limit

    @property
    def is_at_limit(self) -> bool:
        """Return whether the site gives no further page in this run."""
        limit = self.site.politeness.max_pages
        return limit is not None and self.handed_out >= limit


class Frontier:
    """Hands out the due links of the sites in turn."""

    def __init__(
        self,
        db: Database,
        sites: Sequence[Site],
        *,
        run: str,
        clock: Clock,
        at_least: int = 1,
        with_media: bool = False,
    ) -> None:
        """`at_least` is the concurrency of every site whatever its file says: a replay asks no host."""
        self._with_media = with_media
        self._db, self._run, self._clock = db, run, clock
        self._queues = {
            site.key: _Queue(site, max(site.politeness.concurrency, at_least), LastResort(site, run)) for site in sites
        }
        self._stirred = asyncio.Event()

    async def due(self) -> AsyncIterator[tuple[Site, Link | MediaLink]]:
        """Yield (site, link) as long as anything is due or in flight; waits while every site has all it may have in flight."""
        while True:
            handed = False
            for queue in self._queues.values():
                if (link := self._next(queue) or self._next_aside(queue) or self._next_medium(queue)) is not None:
                    handed = True
                    yield queue.site, link
            if handed:
                continue
            if not any(queue.in_flight for queue in self._queues.values()):
                return
            self._stirred.clear()
            await self._stirred.wait()

    @property
    def in_flight(self) -> int:
        """Return how many links are handed out and not done."""
        return sum(len(queue.in_flight) for queue in self._queues.values())

    def done(self, site: Site, url: str) -> None:
        """Tell that the visit of a link is committed, with the links it found."""
        queue = self._queues[site.key]
        queue.in_flight.discard(url)
        queue.media_in_flight.discard(url)
        queue.may_have_more = queue.may_have_media = True
        self._stirred.set()

    def close(self, site: Site, url: str, closed: ClosedHost) -> bool:
        """Hand out no link of a site under these addresses: they stay due, as does this one, which was not asked for.

        Return whether they were open until now.
        """
        queue, now = self._queues[site.key], self._clock()
        known = queue.hosts_closed.get(closed.prefixes)
        is_new = now < closed.until and not (known and now < known.until)
        if is_new:
            queue.hosts_closed[closed.prefixes] = closed
        queue.handed_out -= 1
        self.drop(site, url)
        return is_new

    def close_media(self, site: Site, url: str, prefixes: tuple[str, ...], *, until: datetime) -> None:
        """Hand out no medium of a site under these addresses: they stay due, as does this one, which was not asked for."""
        self._queues[site.key].media_closed[prefixes] = until
        self.drop(site, url)

    @property
    def closed_hosts(self) -> dict[str, list[ClosedHost]]:
        """Return what was closed of each site, what is open again included."""
        return {key: list(queue.hosts_closed.values()) for key, queue in self._queues.items() if queue.hosts_closed}

    def drop(self, site: Site, url: str) -> None:
        """Tell that the visit of a link could not be stored: it is not handed out again in this run."""
        queue = self._queues[site.key]
        queue.in_flight.discard(url)
        queue.media_in_flight.discard(url)
        queue.dropped.add(url)
        queue.may_have_more = queue.may_have_media = True
        self._stirred.set()

    def _next(self, queue: _Queue) -> Link | None:
        if not queue.is_open:
            return None
        now = self._clock()
        closed = queue.closed_prefixes(now)
        if closed and queue.waiting:
            queue.waiting = deque(link for link in queue.waiting if not link.fetch_url.startswith(closed))
        if not queue.waiting and queue.may_have_more:
            queue.may_have_more = False
            found = links.due(
                self._db,
                queue.site.key,
                now=now,
                run=self._run,
                without=closed,
                limit=BATCH + len(queue.in_flight) + len(queue.dropped),
            )
            queue.waiting.extend(
                link for link in found if link.url not in queue.in_flight and link.url not in queue.dropped
            )
        if not queue.waiting:
            return None
        if queue.waiting[0].role in UNCERTAIN and len(queue.in_flight) > queue.concurrency:
            return None
        link = queue.waiting.popleft()
        queue.in_flight.add(link.url)
        queue.handed_out += 1
        return link

    def _next_aside(self, queue: _Queue) -> Link | None:
        """Return a link that the walk of a site left aside, once that has come to its end."""
        if not queue.is_walked or queue.is_at_limit:
            return None
        queue.waiting.extend(queue.resort.next_round(self._db, self._clock()))
        return self._next(queue)

    def _next_medium(self, queue: _Queue) -> MediaLink | None:
        """Return a medium of a site whose pages are done: few at a time, for each may be large."""
        pages = queue.in_flight - queue.media_in_flight
        has_pages = pages or (queue.waiting and not queue.is_at_limit)
        if not self._with_media or has_pages or len(queue.media_in_flight) > queue.concurrency:
            return None
        now = self._clock()
        closed = queue.closed_prefixes(now) + queue.closed_to_media(now)
        if not queue.media and queue.may_have_media:
            queue.may_have_media = False
            skipped = queue.in_flight | queue.dropped
            found = media.due(
                self._db, queue.site.key, now=now, run=self._run, without=closed, limit=BATCH + len(skipped)
            )
            queue.media.extend(link for link in found if link.url not in skipped)
        while queue.media:
            link = queue.media.popleft()
            if not link.url.startswith(closed):
                queue.in_flight.add(link.url)
                queue.media_in_flight.add(link.url)
                return link
        return None
