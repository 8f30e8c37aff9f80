"""The closed sets: of what kind a link, a page or a medium is, how a visit ended and why, what an exchange was for."""

from enum import StrEnum


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
