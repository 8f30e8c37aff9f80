"""Reading: what one parse of a capture finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.items.capture import Link
from crawler.items.media import Media
from crawler.items.terms import Kind, Obstacle, Precision, Reason


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
