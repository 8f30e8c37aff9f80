"""A site: what a definition file says of one publisher."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A part of every day, in the time zone of its site; over midnight if it ends before it starts."""

    start: time
    end: time  # the first minute outside

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How hard one site may be asked."""

    delay: float = 1.0  # seconds between two requests to one host, before AutoThrottle and Crawl-delay
    concurrency: int = 1  # requests to one host at the same time
    max_pages: int | None = None  # pages a run, None without limit
    hours: Hours | None = None  # nothing is sent outside of them, None at any time


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """How often the pages of one site are visited again: bounds of the interval between two visits, in days."""

    list_least: float = 0.0  # 0: every run, as long as it brings something new
    list_most: float = 4.0
    list_whole: float = (
        7.0  # after so many days a list is fetched whole, though the server might say that nothing changed
    )
    older_most: float = 30.0  # further pages of a list, and pages that no breadcrumb calls a list
    article_least: float = 0.5
    article_most: float = 180.0
    article_whole: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """A site's own CSS selectors; None leaves the field to the family and the general rules."""

    title: str | None = None
    body: str | None = None
    date: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a site's pages looked until they were redesigned: old evidence is read by the rules of its time."""

    until: date  # the last day, in the site's time zone
    selectors: Selectors = Selectors()
    family: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What a run over the site must meet, or an issue is raised. None: learnt from its history (monitoring.expectation)."""

    articles: int | None = None  # at least so many articles appeared (were published, or, undated, archived) …
    days: int | None = None  # … in the last so many days
    undated_share: float | None = None  # at most this share of article-like pages without a date, 0 to 1
    disagreeing_share: float | None = None  # … of articles with another title, or another day, than a list said


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """When an article that is no longer found is taken for removed."""

    misses: int = 2  # runs that did not find it …
    apart: float = 1.0  # … the last of them at least so many days after the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """When a site's new layout is taken as it is, without a person's word: what it reads without a loss becomes versions."""

    runs: int = 3  # runs that saw it …
    days: float = 7.0  # … the last of them at least so many days after the first


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedGap:
    """What is missing of a list, and known to be: shown, and no alarm until it grows."""

    reason: str  # for a person
    missing: int | None = None  # articles; None: however many


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One publisher's definition file, checked."""

    key: str  # the file's stem, "sicau"; the host for a site known only by -a url=
    name: str  # 四川农业大学
    hosts: tuple[str, ...]  # "news.sicau.edu.cn" or "127.0.0.1:8000"; the first one is the site's own
    media_hosts: tuple[str, ...] = ()  # further hosts its pictures and attachments may be fetched from
    moved_from: tuple[str, ...] = ()  # hosts it left: their documents are found again on the first of `hosts`
    scheme: str = "https"  # the scheme of canonical URLs
    articles: tuple[str, ...] = ()  # seed articles; archived even if undated
    lists: tuple[str, ...] = ()
    sections: Mapping[str, str] = field(default_factory=dict)  # list URL -> section name, where the page names none
    timezone: str = "Asia/Shanghai"
    family: str | None = None  # None: recognised page by page
    selectors: Selectors = Selectors()
    layouts: tuple[Layout, ...] = ()  # those before today's, oldest first
    politeness: Pace = Pace()
    revisit: Revisit = Revisit()
    unverified_tls: str | None = None  # the written reason why certificates of this site are not verified
    weak_tls: str | None = None  # the written reason why old protocols, ciphers and keys are taken of its hosts
    private_hosts: tuple[str, ...] = ()  # hosts that may resolve to private or loopback addresses
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    expectations: Expectations = Expectations()
    removal: Removal = Removal()
    settling: Settling = Settling()
    gaps: Mapping[str, AcceptedGap] = field(default_factory=dict)  # list URL -> what may be missing of it
    last_seen_working: str | None = None  # "2019-06, not verified since"

    def as_of(self, captured: datetime) -> "Site":
        """Return the site with the family and selectors of the layout that its pages had when they were captured."""
        day = captured.astimezone(ZoneInfo(self.timezone)).date() if self.layouts else date.max
        layout = next((layout for layout in self.layouts if day <= layout.until), None)
        return replace(self, family=layout.family, selectors=layout.selectors) if layout else self
