"""A file of somebody's mirror as an article: front matter and Markdown, or plain text with an address. Pure; `crawler.importing` finds the files.

The mirrors this archive succeeds wrote the title as `大学->标题 | domain`, where the domain is the mirror's own, and into `date` when
they fetched the page. Of any other file with front matter the date is that of publication.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from frontmatter.default_handlers import BaseHandler, JSONHandler, YAMLHandler

from crawler.errors import MirrorError
from crawler.items import Article, Media, MediaKind, Precision
from crawler.pages.extraction import dates
from crawler.pages.extraction.dumps import Dump, read_dump
from crawler.pages.extraction.fields import is_credit
from crawler.pages.extraction.language import language_of
from crawler.pages.extraction.mending import PICTURE, mend
from crawler.pages.extraction.people import people_of
from crawler.pages.families import canonical_url

RULE = "import"
OLDER_TITLE = re.compile(r"(?P<university>[^>|]+?)->(?P<title>.*\S)\s*\|\s*(?P<domain>[\w.-]+)\s*", re.DOTALL)
CLOSING = re.compile(r"\[(?:转入文章首发地址|原文链接|原文|阅读原文)\]\(\s*<?(?P<url>https?://[^)>\s]+)>?\s*\)\s*$")
URL_KEYS = (
    "source_url",
    "original_url",
    "source",
    "url",
    "link",
    "canonical",
    "canonicalURL",
    "canonical_url",
    "permalink",
)
LINE_URL = re.compile(
    r"^[^\S\n]*+(?:(?:原文|链接|来源|网址|URL|地址)\s*+(?:链接|地址)?\s*+[:：]\s*+)?(https?://\S++)[^\S\n]*+$",
    re.IGNORECASE | re.MULTILINE,
)
MD5 = re.compile(r"[0-9a-f]{32}")
# From here on a text that was copied off a page is no article: hot lists, comments, footers.
END = re.compile(
    r"^\s*+(?:相[关關][推新文链鏈]\S{0,6}|最新[闻聞文]\S{0,6}(?:\s*Hot)?|[热熱][门門点點]\S{0,6}|[评評][论論]\s*+\d*+|上一[篇条條]\S*+|下一[篇条條]\S*+|版[权權]\S{0,2}声明.*+|Copyright.*+|©.*+"
    r"|.*ICP[备備].*+|打印本?[页頁]?|[关關][闭閉]窗?口?|分享到?.*+|-)[\s\-]*$",
    re.IGNORECASE,
)
MAX_DEPTH = 50  # of front matter; real ones have three levels
MAX_ALIASES = 20  # nested in each other they make some thousand values at most
TEXT_TITLE = 120  # characters: a longer first line is no title


class Toml(BaseHandler):
    """Front matter between lines of `+++`, as Hugo writes it; the library's own needs a package that Python has by itself now."""

    FM_BOUNDARY = re.compile(r"^\+{3,}\s*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "+++"

    def load(self, fm: str, **_options: object) -> dict[str, Any]:
        """Return the values; tomllib's error is a ValueError."""
        return tomllib.loads(fm)


HANDLERS = (YAMLHandler(), Toml(), JSONHandler())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """What a file of a mirror holds."""

    url: str  # canonical, of the page it was made from
    original: str  # the same as the file spells it
    article: Article
    captured: datetime | None  # when the mirror fetched the page, where the file says so
    university: str | None
    warning: str | None = None  # a person's sentence: what is odd about the file


def read_mirror(data: bytes, timezone: str, address: str | None = None) -> Mirrored:
    """Return the article in a file. Raises MirrorError, which names the line, for one that cannot be read.

    `address` is that of its page, where the file names none.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MirrorError(data[: error.start].count(b"\n") + 1, "is no UTF-8 text") from error
    handler = next((handler for handler in HANDLERS if handler.detect(text)), None)
    if handler is None:
        return _plain(text, ZoneInfo(timezone), address)
    values, content = _parted(text, handler)
    return _document(values, content, text, ZoneInfo(timezone))


def _parted(text: str, handler: Any) -> tuple[dict[str, Any], str]:
    """Return front matter, each value as it is spelt, and what stands below it."""
    options = {"Loader": yaml.CBaseLoader} if isinstance(handler, YAMLHandler) else {}
    try:
        block, content = handler.split(text)
        if options:
            _check_is_flat(block)
        values = handler.load(block, **options)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise MirrorError(
            (mark.line if mark else 0) + 1, f"its front matter is no YAML: {getattr(error, 'problem', error)}"
        ) from error
    except ValueError as error:
        raise MirrorError(1, f"its front matter cannot be read: {error}") from error
    except RecursionError as error:
        raise MirrorError(1, "its front matter is nested too deep") from error
    if not isinstance(values, dict):
        raise MirrorError(1, "its front matter is no mapping")
    return values, content


def _check_is_flat(block: str) -> None:
    """Raise MirrorError for YAML that is small and makes much: libyaml ends the process that is nested too deep, and aliases multiply."""
    depth = aliases = 0
    for event in yaml.parse(block, Loader=yaml.CBaseLoader):
        aliases += isinstance(event, yaml.AliasEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or aliases > MAX_ALIASES:
            raise MirrorError(
                event.start_mark.line + 1 if event.start_mark else 1,
                "its front matter is nested too deep, or has too many aliases",
            )


def _document(values: Mapping[str, Any], content: str, text: str, zone: ZoneInfo) -> Mirrored:
    raw = str(values.get("title") or "").strip()
    older = OLDER_TITLE.fullmatch(raw)
    title = (older["title"] if older else raw).strip()
    content = content.strip()
    closing = CLOSING.search(content)
    original = closing["url"] if closing else _url_of(values)
    if original is None:
        raise MirrorError(
            text.count("\n") + 1, "names no original address: no closing link, none of the keys " + ", ".join(URL_KEYS)
        )
    url = canonical_url(original)
    if url is None:
        raise MirrorError(text.count("\n") + 1, f"{original!r} is no http(s) address")
    if not title:
        raise MirrorError(1, "has no title")
    body = mend(content[: closing.start()] if closing else content, original)
    at = _time(values.get("date"), zone)
    article = _article(title, body, zone, at)
    if not older and at and not article.published:
        raw_date = str(values["date"])
        is_day = len(raw_date.strip()) == len("2023-02-08")
        article = replace(
            article, published=at, precision=Precision.DAY if is_day else Precision.SECOND, date_raw=raw_date
        )
    return Mirrored(
        url=url,
        original=original,
        article=replace(article, imported=_kept(values)),
        captured=at if older else None,
        university=older["university"].strip() if older else None,
        warning=_odd(values, url, original),
    )


def _plain(text: str, zone: ZoneInfo, given: str | None) -> Mirrored:
    """Return a text that was copied off a page, whose address stands on a line of its own or is given."""
    line = LINE_URL.search(text)
    address = line[1] if line else given
    url = canonical_url(address) if address else None
    if address is None or url is None:
        raise MirrorError(1, "has no front matter, and no line that is the address of its page")
    rest = text[: line.start()] + text[line.end() :] if line else text
    dump = read_dump(rest)
    article = _dumped(dump, zone) if dump else _copied(rest, zone)
    kept = replace(article, imported={"kind": "imported text"})
    return Mirrored(url=url, original=address, article=kept, captured=None, university=None)


def _dumped(dump: Dump, zone: ZoneInfo) -> Article:
    """Return the article of a whole page that was copied."""
    date = next((date for line in dump.said for date in dates.labelled(line, zone, RULE)), None)
    article = _article(dump.title, _escaped("\n\n".join(dump.paragraphs)), zone, None)
    return replace(
        article,
        published=date.moment if date else None,
        precision=date.precision if date else None,
        date_raw=date.raw if date else None,
        source=dump.source,
        people=people_of(dump.said, dump.paragraphs),
        provenance={"title": RULE, "body": RULE} | ({"date": RULE} if date else {}),
    )


def _copied(text: str, zone: ZoneInfo) -> Article:
    """Return the article of a text that begins with its title, without the credits and lists below it."""
    lines = [line.strip() for line in text.splitlines()]
    while lines and END.match(lines[0] or "-"):
        lines.pop(0)
    if not lines or len(lines[0]) > TEXT_TITLE:
        raise MirrorError(1, "does not begin with a line that is a title")
    title, *rest = lines
    end = next((n for n, line in enumerate(rest) if line and END.match(line)), len(rest))
    body = [line for line in rest[:end] if line]
    said: list[str] = []
    while body and is_credit(body[-1].lstrip("- ")):
        said.append(body.pop().lstrip("- "))
    said.reverse()
    if not body:
        raise MirrorError(1, "has no text below its title")
    article = _article(title, _escaped("\n\n".join(body)), zone, None)
    return replace(article, people=people_of(said, body)) if said else article


def _article(title: str, body: str, zone: ZoneInfo, captured: datetime | None) -> Article:
    """Return the article of a mended text. It has a publication time only where a line says so by name."""
    lines = body.split("\n")
    found = next((date for line in lines[:5] for date in dates.labelled(line, zone, RULE)), None)
    found = dates.not_after(found, captured) if captured else found
    media = {match[2]: Media(kind=MediaKind.IMAGE, url=match[2]) for match in PICTURE.finditer(body)}
    provenance = {"title": RULE, "body": RULE} | ({"date": RULE} if found else {})
    return Article(
        title=title,
        body=body,
        published=found.moment if found else None,
        precision=found.precision if found else None,
        date_raw=found.raw if found else None,
        people=people_of([], lines),
        language=language_of(body),
        media=tuple(media.values()),
        provenance=provenance,
    )


def _url_of(values: Mapping[str, Any]) -> str | None:
    """Return the original address that the front matter names; ours says it below `params`."""
    params = values.get("params")
    found = (str(each.get(key) or "") for each in (params, values) if isinstance(each, Mapping) for key in URL_KEYS)
    return next((url for url in found if url.startswith(("http://", "https://"))), None)


def _odd(values: Mapping[str, Any], url: str, original: str) -> str | None:
    """Return what is odd: an id that is not the MD5 of the address in any of its spellings."""
    slug = str(values.get("slug") or values.get("urlname") or "")
    if not MD5.fullmatch(slug) or slug in {
        hashlib.md5(each.encode(), usedforsecurity=False).hexdigest() for each in _spellings(url, original)
    }:
        return None
    return f"its slug {slug} is not the MD5 of {original}"


def _spellings(url: str, original: str) -> Iterator[str]:
    for each in (url, original):
        for scheme in ("http", "https"):
            whole = f"{scheme}://{each.partition('://')[2]}"
            yield from (whole, whole.rstrip("/"), whole.rstrip("/") + "/")


def _time(value: Any, zone: ZoneInfo) -> datetime | None:
    """Return a date of the front matter: in the time zone of the site where it names none."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip().replace("/", "-"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file said in front, as it was spelt."""
    return {str(key): _spelt(value) for key, value in values.items()}


def _spelt(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _spelt(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_spelt(each) for each in value]
    return str(value)


def _escaped(text: str) -> str:
    """Return plain text as Markdown that reads the same."""
    return re.sub(
        r"([\\`*_\[\]<>])", r"\\\1", re.sub(r"^(\s*)([#>+-]|\d+[.)])(?=\s)", r"\1\\\2", text, flags=re.MULTILINE)
    )
