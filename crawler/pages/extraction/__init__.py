"""Extraction: one page in, what it is and the Article on it out. Pure: no network, no clock, no store.

Field by field: the site's selectors, then the family's rules, then what the page says of itself, then the general rules. Every field
names the rule that gave it in `provenance`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lxml.etree import XPath

from crawler.items import Article, Boilerplate, Capture, Dropped, Kind, Media, MediaKind, Site
from crawler.pages.extraction import dates
from crawler.pages.extraction.attachments import listed_attachments
from crawler.pages.extraction.blocks import Block, to_blocks
from crawler.pages.extraction.boilerplate import reads_like_text, trim
from crawler.pages.extraction.container import (
    Container,
    Weights,
    around_title,
    below_title,
    brief_below_title,
    by_weight,
    named_container,
)
from crawler.pages.extraction.entries import Entry
from crawler.pages.extraction.fields import is_credit
from crawler.pages.extraction.generic import generic_container
from crawler.pages.extraction.heads import is_section, text_start
from crawler.pages.extraction.junk import Junk
from crawler.pages.extraction.kinds import is_excerpt, judge_kind
from crawler.pages.extraction.language import language_of
from crawler.pages.extraction.markdown import to_markdown
from crawler.pages.extraction.media import VIDEO, file_name, scripted_attachments
from crawler.pages.extraction.metadata_lines import MetadataLine, find_metadata_lines
from crawler.pages.extraction.page import MOST_TITLE, Page, parse, squeeze
from crawler.pages.extraction.people import credits_of, people_of
from crawler.pages.extraction.publication import published_of
from crawler.pages.extraction.sections import section_of
from crawler.pages.extraction.sources import find_source
from crawler.pages.extraction.titles import find_title
from crawler.pages.extraction.viewers import framed_page, shown_by, shown_by_script
from crawler.pages.extraction.voices import confidence_of, weighed_container
from crawler.pages.extraction.witness import witnessed
from crawler.pages.families import FAMILIES, is_article_url

__all__ = ["EXTRACTOR", "LITTLE", "Extracted", "Page", "extract", "parse", "text_of"]

EXTRACTOR = "5"  # the version of the rules, kept with every document; raised when they give other articles


LITTLE, NONE = 0.4, 0.2  # confidence where only the last voice finds a body, and where none does
# Flash alone, which nothing shows any more, makes no article of a page that has the address of none; what a player of it shows does.
SHOWS_MEDIA = XPath(
    "boolean(.//img or .//video or .//audio or .//iframe or .//*[@pdfsrc or @sudy-wp-src]"
    " or .//embed[not(contains(@src, '.swf')) or @flashvars] or .//object[not(contains(@data, '.swf') or .//param[contains(@value, '.swf')])]"
    " or .//object[.//param[translate(@name, 'FLASHVR', 'flashvr') = 'flashvars']]"
    " or .//script[@vurl or contains(., 'showVsbpdfIframe') or contains(., 'PDFObject') or contains(., 'layer(')])"
)
SPARSE = 200  # characters; beside a longer text a frame shows something else


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a page is, the article on it, and whether that is news: a column page (学院简介) is an article too, and is not."""

    kind: Kind
    article: Article | None = None
    is_news: bool = False
    dropped: tuple[Dropped, ...] = ()
    framed: tuple[str, ...] = ()  # pages of the same host that the article shows in frames, where it says little itself


@dataclass(frozen=True, slots=True)
class _Body:
    """The blocks of an article, what the trimmed lines said, and how it was found."""

    blocks: list[Block]
    said: list[str]
    dropped: list[Dropped]
    rule: str | None
    most: float = 1.0  # confidence it may have at most


def extract(
    page: Page, site: Site, entries: list[Entry], capture: Capture, boilerplate: Boilerplate | None = None
) -> Extracted:
    """Return what a page is, and the article if it is one.

    The time of the `capture` bounds its date, and what a list said of it is a witness of title and day. `entries` are the page's dated links,
    `boilerplate` is what the site's other pages taught.
    """
    weights = Weights(page, boilerplate)
    named, tight = named_container(page, site, weights), by_weight(page, weights)
    first = named.start if named else text_start(page, tight)
    title, title_rule = find_title(page, site, first, capture.listed)
    container = named or weighed_container(page, weights, title, tight)
    infos = find_metadata_lines(page, container, title, entries)
    published = published_of(page, site, infos, capture)
    has_media = container is not None and bool(SHOWS_MEDIA(container.element))
    labelled = bool(published and published.rule not in ("line", "url")) or any(
        _says_when(info) for info in infos if info.place.is_near
    )
    stated = labelled
    if container and published and title:  # a date beside a heading that the window confirms, and a text below both
        stated = stated or squeeze(title) == squeeze(page.title)
    if published and published.rule == "line" and title and title_rule == "window" and not entries:
        stated = stated or not is_section(title)  # a date below a heading, on a page that links no other date
    kind = judge_kind(page, container, entries, stated=stated, dated=published is not None, has_media=has_media)
    is_headed = labelled or title_rule != "window" or is_article_url(page.url)
    if kind is Kind.ARTICLE and container and not is_headed and is_excerpt(page, container):
        kind = Kind.OTHER
    if kind is not Kind.ARTICLE or not title:
        return Extracted(kind if kind is not Kind.ARTICLE else Kind.OTHER)
    title = title[:MOST_TITLE]
    confidence = confidence_of(weights, container, [tight, below_title(page, weights, title)]) if container else LITTLE
    container = container or brief_below_title(page, weights, title) or around_title(page, title)
    stamp = published.raw if published else None
    body = _body(page, container, title, boilerplate, stamp)
    said = [*(info.text for info in infos), *body.said]
    texts = [block.text for block in body.blocks if block.text]
    source, source_rule = find_source(page, site, infos, [*body.said, *filter(is_credit, credits_of(texts))])
    provenance = {"title": title_rule, "date": published and published.rule, "source": source_rule, "body": body.rule}
    article = Article(
        title=title,
        body=to_markdown(body.blocks),
        published=published.moment if published else None,
        precision=published.precision if published else None,
        date_raw=published.raw if published else _unread(infos),
        source=source,
        people=people_of(said, texts),
        section=section_of(page, title),
        language=language_of(" ".join(block.text for block in body.blocks) or title),
        media=_media(page, container, body.blocks),
        provenance={field: rule for field, rule in provenance.items() if rule},
        confidence=min(confidence, body.most),
    )
    article = witnessed(article, capture.listed)
    framed = _framed(page, container) if container and len(article.body) < SPARSE else ()
    if article.is_empty:
        is_shown = squeeze(title) in squeeze(page.text) and not _leads_away(page)
        if not (framed or article.date_raw or is_shown):
            return Extracted(Kind.OTHER)  # its address is an article's, and it shows nothing of one
        article = replace(article, confidence=0.0)
    return Extracted(kind, article, _is_news(page, infos, published), tuple(body.dropped), framed)


def text_of(page: Page, boilerplate: Boilerplate | None = None) -> Article | None:
    """Return what a page without a heading says, one that another page shows in a frame; None if it says and shows nothing."""
    element = page.tree.find("body")
    element = page.tree if element is None else element
    container = Container(element, 0, len(page.lines), "frame", 0.0)
    blocks = to_blocks(element, page.base, Junk(page, container, boilerplate), page.written)
    media = _media(page, container, blocks)
    body = to_markdown(block for block in blocks if block.text or block.media)
    return Article(title="", body=body, media=media) if body or media else None


def _leads_away(page: Page) -> bool:
    """Return whether a page sends its reader on to another: <meta http-equiv="refresh" content="3;url=…">."""
    return any(
        (meta.get("http-equiv") or "").lower() == "refresh" and "url" in (meta.get("content") or "").lower()
        for meta in page.elements.of("meta")
    )


def _framed(page: Page, container: Container) -> tuple[str, ...]:
    frames = container.element.iter("iframe", "frame")
    pages = (framed_page(frame, page.base) for frame in frames if shown_by(frame, page.base) is None)
    return tuple(dict.fromkeys(filter(None, pages)))


def _is_news(page: Page, infos: list[MetadataLine], published: dates.Published | None) -> bool:
    """Tell an article from a column page: it is dated (not just 更新), has its family's article URL, or shows a date of its source or event."""
    near = [info for info in infos if info.place.is_near]
    cited = any(dates.alone(info.text, dates.ANYWHERE, info.linked) for info in near)
    if published is not None and (published.rule != "updated" or cited):
        return True
    if page.family and page.family.tells(page.url):
        return True
    return not (page.family and page.family.is_list_url(page.url)) and any(_says_when(info) for info in near)


def _unread(infos: list[MetadataLine]) -> str | None:
    """Return what is labelled as the publication time beside the title and cannot be read: it costs the date, not the article."""
    return next((raw for info in infos if info.place.is_near and (raw := dates.unread(info.text))), None)


def _says_when(info: MetadataLine) -> bool:
    """Return whether a line says when something was, or was published, even where that is no date."""
    return dates.is_stated(info.text) or dates.is_relative(info.text) or dates.is_promised(info.text)


def _body(
    page: Page, container: Container | None, title: str, boilerplate: Boilerplate | None, stamp: str | None
) -> _Body:
    """Return the article's blocks: from the container, or where there is none from the generic voice."""
    if container is not None:
        junk = Junk(page, container, boilerplate)
        left = trim(
            to_blocks(container.element, page.base, junk, page.written),
            title,
            is_known=container.rule in FAMILIES,
            stamp=stamp,
        )
        said = [*left.said, *(drop.text for drop in junk.dropped if is_credit(drop.text))]
        return _Body(left.blocks, said, [*junk.dropped, *left.dropped], container.rule)
    if (element := generic_container(page)) is not None:
        left = trim(to_blocks(element, page.base, lambda _: False), title, is_known=False, stamp=stamp)
        if reads_like_text(left.blocks):
            return _Body(left.blocks, left.said, left.dropped, "trafilatura", LITTLE)
    return _Body([], [], [], None, NONE)


def _media(page: Page, container: Container | None, blocks: list[Block]) -> tuple[Media, ...]:
    """Return the media of the blocks, then the attachments that stand below or around the body, each address once."""
    found = [medium for block in blocks for medium in block.media]
    if container is not None:
        found.extend(listed_attachments(page, container))
        found.extend(scripted_attachments(page))
    if not any(block.text or block.media for block in blocks):  # a script at the end of the page fills an empty box
        found.extend(_scripted(page))
    first: dict[str, Media] = {}
    for medium in found:
        first.setdefault(medium.url, medium)
    return tuple(first.values())


def _scripted(page: Page) -> Iterable[Media]:
    for script in page.elements.of("script"):
        for url in shown_by_script(script.text or "", page.base):
            kind = MediaKind.VIDEO if VIDEO.search(url) else MediaKind.ATTACHMENT
            yield Media(kind=kind, url=url, name=file_name(url) if kind is MediaKind.ATTACHMENT else None)
