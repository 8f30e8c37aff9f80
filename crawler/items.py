"""The frozen values that cross our layers, in the order a page meets them.

Site -> Link -> Capture -> Reading (Article, Media) -> DocumentState -> Document -> Visit. Nothing here fetches, parses or stores.
Absent is None; times are aware (ours in UTC, a publisher's in the site's offset).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo


class Role(StrEnum):
    """What a link, judged by its place and its URL, is expected to lead to."""

    SEED = "seed"  # named by the user: an article or a list in seeds/*.yaml, or -a url=
    SECTION = "section"  # a list in the breadcrumb of an article, or a feed or sitemap the site announces
    ARTICLE = "article"  # has the URL shape of an article of the site's family, or stands in a list with a date
    NEXT = "next"  # a further page of a list
    LIST = "list"  # has the URL shape of a list of the site's family
    OTHER = "other"  # in scope, and nothing else is known about it
    ASIDE = "aside"  # a search, a tag, a month: asked for only where the ordinary walk comes short


class Kind(StrEnum):
    """What a page is, judged by its content."""

    ARTICLE = "article"
    LIST = "list"
    HOME = "home"
    FEED = "feed"  # RSS, Atom or a sitemap
    WALL = "wall"  # login, challenge, intranet notice, soft 404, empty firewall page
    OTHER = "other"


class Obstacle(StrEnum):
    """What keeps a list from being read as far as it goes, as its page shows it."""

    PAGER_SCRIPT = "pager_script"  # it has further pages, and does not say how they are asked for
    PAGER_POST = "pager_post"  # its further pages are asked for by a form
    REQUESTS = "requests"  # its rows come by a request that we do not make
    SCRIPT = "script"  # it shows no links, and scripts
    APPLICATION = "application"  # it is an empty place that an application fills


class Outcome(StrEnum):
    """How a visit ended: exactly one for every fetched URL."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_MODIFIED = "not_modified"
    DUPLICATE = "duplicate"
    LISTED = "listed"  # a list, home or feed, read for its links
    NOT_ARTICLE = "not_article"
    GONE = "gone"
    REFUSED = "refused"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a visit ended as it did, where the outcome alone does not say it."""

    ROBOTS = "robots"  # a rule of robots.txt
    ROBOTS_UNREACHABLE = "robots_unreachable"  # robots.txt answers 5xx or 429: until it answers, nothing is allowed
    LOGIN = "login"
    CHALLENGE = "challenge"
    INTRANET = "intranet"
    SOFT_404 = "soft_404"
    NOT_FOUND = "not_found"
    REDIRECTED = "redirected"  # the address of an article leads to the front page or a list now
    FORBIDDEN = "forbidden"
    UNDATED = "undated"  # reads like an article, shows no date: a column page, not news
    NO_CONTENT = "no_content"
    NOT_HTML = "not_html"
    OUT_OF_SCOPE = "out_of_scope"  # redirected off the site
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    TIMEOUT = "timeout"
    DNS = "dns"  # the host has no address
    UNREACHABLE = (
        "unreachable"  # it has one, and does not talk to us: refused, reset or no way, for us or for everybody
    )
    TLS = "tls"
    OLD_TLS = (
        "old_tls"  # a protocol, cipher or key that is not safe any more; `weak_tls` in the site's file can allow it
    )
    CONNECTION = "connection"  # the answer broke off
    CUT = "cut"  # it broke off before its end each time: what came is kept, and takes the place of nothing whole
    LONG_HEADERS = "long_headers"  # headers, a line or the framing of the body are longer than is read
    PRIVATE_ADDRESS = "private_address"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"  # 502, 503, 504: the host's trouble, not the page's
    HOST_CLOSED = "host_closed"  # not asked: the host wants to be left alone, or these are not the hours of its site
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    NOT_MEDIA = "not_media"  # a page where a picture or a file should be: an error page, a login
    UNCHECKED = "unchecked"  # found before media were fetched: the next run of its site applies its rules
    NOT_WANTED = "not_wanted"  # of a kind, or beyond a number, that is not fetched
    UNREADABLE = "unreadable"  # extraction raised: the traceback is an issue of the run
    HELD = "held"  # reads otherwise, as its whole site may: no version until that is settled
    READER_TIMEOUT = "reader_timeout"  # extraction took too long and its worker was stopped
    WITHHELD = "withheld"  # is a document that was withheld, or says what one said
    READER_DIED = "reader_died"  # the worker process died on this page


class Precision(StrEnum):
    """How exact a publication time is: what the page really says."""

    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


class Purpose(StrEnum):
    """What an exchange was for: stands with its evidence, so that the history can be made again from that alone."""

    PAGE = "page"  # its last exchange is the page a visit is about
    HOP = "hop"  # a redirect or a repeated attempt on the way to it
    FURTHER = "further"  # a further page of the article whose page comes next
    ROBOTS = "robots"
    MEDIUM = "medium"
    TAKEDOWN = "takedown"  # of no exchange: a document was withheld, or given back
    END = "end"  # of the run: no response, and how it ended
    IMPORT = "import"  # a file of an older mirror, no exchange


class MediaOutcome(StrEnum):
    """How an attempt at a medium ended."""

    STORED = "stored"
    FAILED = "failed"
    REFUSED = "refused"
    SKIPPED = "skipped"  # by a rule or limit of ours


class MediaKind(StrEnum):
    IMAGE = "image"
    ATTACHMENT = "attachment"
    VIDEO = "video"


class Status(StrEnum):
    """The state of a document."""

    LIVE = "live"
    DUPLICATE = "duplicate"  # equal content digest: no Markdown of its own
    GONE = "gone"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server said by which it can tell later that a page is still the same (RFC 9110, 8.8), verbatim."""

    etag: str | None = None
    last_modified: str | None = None

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What the next run has to know of a host that failed or asked to be left alone."""

    name: str  # with its port if it has one
    not_before: datetime | None  # nothing is sent before, UTC
    failures: int  # in a row
    reason: Reason | None  # of the last one
    changed: datetime  # UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """The robots.txt of one origin, as it was answered."""

    origin: str  # "https://news.example.edu.cn"
    fetched: datetime  # UTC
    status: int  # HTTP, after redirects
    rules: str  # "" where there are none


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a list said of an article before its first visit: a witness of what extraction finds."""

    title: str  # as shown, perhaps cut: 我校召开…
    day: date | None = None  # as shown, in the site's time zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One found link, in scope."""

    url: str  # canonical
    # As the page spells it, made absolute: what is requested. A query by POST has its body at the end (`urls.posted`), a list that a request
    # fills says in a fragment what its rows are (`discovery.listing`).
    fetch_url: str
    role: Role
    title: str | None = None  # the anchor's text
    shown: date | None = None  # the day that a list shows beside it
    validators: Validators | None = None  # of its last whole response, where they can be trusted
    found_on: str | None = field(default=None, compare=False)  # canonical URL of the page that showed it first
    listed: Listed | None = None  # of a link that is due: what its visit is to record


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP request and its response, as received: what evidence is made of."""

    url: str
    at: datetime  # UTC
    request_headers: tuple[tuple[str, str], ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)  # with its Content-Encoding, without transfer encoding
    method: str = "GET"
    request_body: bytes = b""  # of a list query, the only thing that is sent by POST
    is_cut: bool = False  # the body is shorter than was stated, or has no last chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One response kept: the only thing that crosses from fetching into our layers."""

    url: str  # as requested
    final_url: str  # after redirects
    fetched: datetime  # UTC
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)  # content-decoded, never character-decoded
    exchanges: tuple[Exchange, ...] = ()  # every hop, redirects and retries first; the last one gave `body`
    seconds: float | None = None  # from request to the last byte
    listed: Listed | None = None  # what a list said of it when it was asked for

    @property
    def is_cut(self) -> bool:
        """Return whether the body is not whole."""
        return bool(self.exchanges) and self.exchanges[-1].is_cut


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorFile:
    """A file of an older mirror, as it was found."""

    name: str  # relative to the folder it was found in
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture, attachment or video of an article."""

    kind: MediaKind
    url: str  # absolute; for pictures the full-size variant
    caption: str | None = None
    name: str | None = None  # an attachment's name as shown
    content: bytes | None = field(
        default=None, compare=False, repr=False
    )  # of a picture that the page itself holds (data:)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """The content of a medium, as it stands in the archive: one file, whatever the number of its addresses."""

    sha256: str  # of its bytes, content-decoded, 64 hex digits
    path: str  # media/<aa>/<sha256>.<ext>, relative to the archive; the extension by content
    type: str  # media type (RFC 6838) by content: "image/jpeg"
    size: int  # bytes
    width: int | None = None  # pixels, of a picture
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLink:
    """One address of a medium that is due: what is requested, and for whom."""

    url: str  # as in the article
    site: str  # Site.key
    kind: MediaKind
    referer: str  # URL of the article that showed it first
    failures: int = 0  # attempts in a row that did not store it


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRules:
    """What is fetched of the media of articles."""

    kinds: frozenset[MediaKind] = frozenset({MediaKind.IMAGE, MediaKind.ATTACHMENT})
    largest: int = 50_000_000  # bytes of one file
    most: int = 200  # of one article; what comes after is left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What extraction found; no id, no path."""

    title: str
    body: str  # Markdown, absolute URLs, "" where the article is a picture, a video or an attachment only
    published: datetime | None = None  # with the site's offset
    precision: Precision | None = None
    date_raw: str | None = (
        None  # the text the date was read from; without a date: what is labelled as one and cannot be read
    )
    source: str | None = None  # 来源, verbatim
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # role as printed -> names
    section: tuple[str, ...] = ()  # breadcrumb, outermost first
    language: str | None = None  # BCP 47: "zh-Hans", "zh-Hant", "en"
    media: tuple[Media, ...] = ()  # in document order
    provenance: Mapping[str, str] = field(default_factory=dict)  # field -> the rule that gave it
    imported: Mapping[str, object] = field(
        default_factory=dict
    )  # front matter of the older mirror's file, as it was spelt
    confidence: float = (
        1.0  # 0 to 1: how far the voices agree where the body is; below 0.5 they do not; 0 where nothing was found
    )
    title_agrees: bool | None = None  # with what a list said when it was visited; None: none said anything
    day_agrees: bool | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was found but a title: no text, picture, file or film. Of a page that shows one it is suspect."""
        return not self.body and not self.media


@dataclass(frozen=True, slots=True, kw_only=True)
class Boilerplate:
    """What the captures of one site taught: lines that stand on many of its pages, whatever the class of their elements."""

    pages: int  # captures it was learnt from
    lines: Mapping[str, int]  # a line, white space folded -> on how many of them it stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A text that stood in the container of an article and is not of it."""

    text: str
    why: str  # for a person: "seen on 214 of 220 pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFigures:
    """What a list tells of itself."""

    articles: int | None = None  # 共120条
    pages: int | None = None  # 1/8
    page: int | None = None  # which of them this is, from 1
    obstacles: tuple[Obstacle, ...] = ()
    elsewhere: Mapping[str, int] = field(default_factory=dict)  # host outside of the site -> rows that lead there


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one parse of one capture yields."""

    kind: Kind
    family: str | None = None
    reason: Reason | None = None  # for a wall
    article: Article | None = None
    is_news: bool = (
        False  # dated, or of the URL shape of an article: a column page (学院简介) is an article and no news
    )
    content_digest: str | None = None  # "sha256:…" of the normalised title and body, for an article
    links: tuple[Link, ...] = ()  # in document order, each canonical URL once; further pages of a list have Role.NEXT
    dropped: tuple[Dropped, ...] = ()  # what was left out of the article's container, in document order
    further: tuple[str, ...] = ()  # addresses of the further pages of an article that is cut into pages, in order
    title: str | None = None  # the page's own title, whatever its kind
    figures: ListFigures | None = None  # what it tells of the list on it
    signature: str | None = None  # of all that the page shows but its own address, for what is no home, wall or feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A time in which the page of a document was not there."""

    missed: datetime  # UTC, the first visit that did not find it
    last_missed: datetime
    run: str  # of the last miss
    misses: int = 1  # runs that did not find it
    reason: Reason | None = None  # of the last miss
    confirmed: datetime | None = None  # when it was taken for removed; None: not yet
    returned: datetime | None = None  # when it was found again


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentState:
    """What is known of a document: what the catalog says of it, or what was decided since."""

    id: str
    url: str
    site: str  # Site.key
    article: Article  # of the catalog: its body is "", it stands in the file
    characters: int  # of the body's Markdown
    family: str | None
    extractor: str
    version: int
    content_digest: str
    path: str | None
    captured: datetime  # when the first version was captured
    status: Status
    duplicate_of: str | None = None
    lastmod: datetime | None = None  # when this version was captured, from version 2 on
    absence: Absence | None = None  # the last one, confirmed or not, over or not

    def document(self, site: Site, files: Mapping[str, MediaFile]) -> "Document":
        """Return the document to be written: its site must be the one of this key, its article must have its body."""
        return Document(
            id=self.id,
            url=self.url,
            site=site,
            article=self.article,
            family=self.family,
            content_digest=self.content_digest,
            extractor=self.extractor,
            archived=self.captured,
            version=self.version,
            lastmod=self.lastmod,
            path=self.path,
            status=self.status,
            duplicate_of=self.duplicate_of,
            absence=self.absence,
            files=files,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An article with identity and place."""

    id: str  # MD5 of the canonical URL, 32 hex digits
    url: str  # canonical
    site: Site
    article: Article
    family: str | None
    content_digest: str
    extractor: str  # version of the rules that read it
    archived: datetime  # UTC, capture time of version 1
    version: int = 1
    lastmod: datetime | None = None  # UTC, capture time of this version, from version 2 on
    path: str | None = None  # relative to the archive; None for a duplicate
    status: Status = Status.LIVE
    duplicate_of: str | None = None
    absence: Absence | None = None  # the last time its page was not there
    files: Mapping[str, MediaFile] = field(default_factory=dict)  # URL -> content, of its media that are stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where the record of a visit stands."""

    warc: str  # relative to the archive
    offset: int
    record_id: str
    payload_digest: str  # "sha256:…" of the body as received
    body_in: int | None = None  # the earlier visit whose evidence holds the body, where this one holds a revisit record


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFields:
    """What evidence says of the visit it is of, beside what was received: enough to make the visit again from it."""

    site: str  # Site.key
    url: str  # canonical; of a medium, its address as in the article
    fetch_url: str  # what was requested
    at: datetime  # UTC, when the visit ended
    role: Role | None = None  # None for a medium
    seconds: float | None = None  # from request to the last byte
    outcome: Outcome | None = None  # None: what the page says decides
    reason: Reason | None = None
    detail: str | None = None
    is_usable: bool = True  # False: what was received led to no capture
    further: tuple[int, ...] = ()  # where the records of the further pages of its article begin, in the same file
    listed: Listed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One fetch of one URL, and how it ended."""

    url: str  # canonical
    site: str  # Site.key
    role: Role
    run: str
    fetched: datetime  # UTC
    outcome: Outcome
    reason: Reason | None = None
    status: int | None = None  # HTTP
    final_url: str | None = None  # canonical, where it differs
    content_type: str | None = None
    size: int | None = None  # bytes of the body, content-decoded
    seconds: float | None = None
    document: str | None = None  # id
    links: tuple[Link, ...] = ()
    evidence: Evidence | None = None
    detail: str | None = None  # a person's sentence: the exception, the redirect target
