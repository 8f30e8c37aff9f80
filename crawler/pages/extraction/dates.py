"""Publication times: found in lines that say so, in metadata, in the URL; never in running text, never after the capture.

A date carries its precision, the text it was read from and the rule that found it. None is better than a wrong one.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from crawler.items import Precision

OLDEST = 1990  # no site of ours publishes on the Web before that
SLACK = timedelta(days=1)  # a publisher's clock may run ahead of ours
# What announces a publication, wherever it stands; and words that do so only between title and body (beside an event they mean the event).
YEAR = re.compile(r"(?:19|20)\d\d")  # a text without one states no date
LABEL = (
    r"(?:发布|发表|发稿|发文|上传|录入|添加|创建|编辑|撰写|提交|公布|刊发|刊登|推送|發佈|發布)\s*(?:时间|日期|時間|于|於)?"
    r"|(?:publish(?:ed)?|post(?:ed)?|release)[ -]?(?:date|time|on)?"
)
UPDATE_LABEL = r"(?:更新|修改)\s*(?:时间|日期|于|於)?|(?:last )?updated?[ -]?(?:date|time|on)?"
WEAK_LABEL = r"(?:时间|日期|時間|date|time)"
DAY = r"(?P<y>(?:19|20)\d\d)\s*(?P<sep>[-/.年])\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?!\d)\s*日?"
TIME = (
    r"(?:[\sT,，]*(?:星期[一二三四五六日天]|周[一二三四五六日])?[\sT]*(?P<half>[上下]午)?"
    r"\s*(?P<H>\d{1,2})\s*[:：时]\s*(?P<M>\d{2})(?!\d)\s*分?(?:\s*[:：]?\s*(?P<S>\d{2})(?!\d)(?:\.\d{1,9})?\s*秒?)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
MOMENT = re.compile(DAY + TIME)
AFTER_LABEL = rf"\s*[】\])）]?\s*[:：]?\s*[\[(（【]?\s*{DAY}{TIME}"
LABELLED = re.compile(rf"(?:{LABEL}){AFTER_LABEL}", re.IGNORECASE)
# A verb that announces a date without a mark: 发布2024-03-12 in a line of metadata, but also 发布2024年招生简章.
BARE = re.compile(
    r"(?:发布|发表|发稿|发文|上传|录入|添加|创建|编辑|撰写|提交|公布|刊发|刊登|推送|發佈|發布)\s*[于於]?\s*(?:19|20)\d\d"
)
UPDATED = re.compile(rf"(?:{UPDATE_LABEL}){AFTER_LABEL}", re.IGNORECASE)
WEAKLY_LABELLED = re.compile(rf"(?<![\u4e00-\u9fff]){WEAK_LABEL}{AFTER_LABEL}", re.IGNORECASE)
# What may stand beside a date in a line of metadata; a line that says anything else is text.
BESIDE = re.compile(
    r"(?:来源|信息来源|稿源|供稿|作者|记者|通讯员|编辑|责任编辑|摄影|审核|浏览|阅读|点击|访问|查看|字[号体]|发布|部门|单位|栏目|人气|打印|分享|收藏|评论|次数|Source|Author|Views|Hits|^By\s)"
)
HAN = re.compile(r"[\u4e00-\u9fff]")
SPOKEN = re.compile(r"[。；]|，.*，")  # a line of text
LIMIT = re.compile(r"截|起|止|之?前|至|期限")  # a date beside these is a limit
MAX_BESIDE = 12  # other characters in a line that is a date and no more
MAX_LINE = 120  # characters of a line of metadata
MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
ENGLISH = re.compile(
    r"\b(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<mon>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,?\s+(?:(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?\s+)?(?P<y>(?:19|20)\d\d)\b",
)
ENGLISH_LABELLED = re.compile(
    rf"\b(?:published|posted|released|(?:publication|release)\s+date)(?:\s+on)?\s*[:：]?\s*(?:[A-Z][a-z]+day,?\s+)?{ENGLISH.pattern}",
    re.IGNORECASE,
)
COMPACT = re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?P<H>[0-2]\d)(?P<M>[0-5]\d)(?P<S>[0-5]\d)(?!\d)")
DAY_IN_PATH = r"/(20\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])/"
META_NAMES = (
    "pubdate",
    "publishdate",
    "article:published_time",
    "og:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "publish-date",
    "publication_date",
    "weibo:article:create_at",
    "bytedance:published_time",
    "publishtime",
    "date",
    "_pubtime",
    "firstpublishedtime",
)
RELATIVE = re.compile(r"(?:^|[\s·|])(?:刚刚|\d{1,2}\s*(?:秒|分钟|小时|天|周|个?月)前)(?:$|[\s·|])")
JSON_LD_DATE = re.compile(r'"(?:datePublished|pubDate|dateCreated)"\s*:\s*"([^"]{8,40})"')


@dataclass(frozen=True, slots=True)
class Published:
    """One publication time: `moment` with offset, how exact, the text as printed, the rule."""

    moment: datetime
    precision: Precision
    raw: str
    rule: str


def in_text(text: str, zone: ZoneInfo, rule: str) -> Published | None:
    """Return the first date of a text, with its time if one follows it."""
    match = MOMENT.search(text)
    if match:
        return _published(match.groupdict(), match[0], zone, rule)
    if match := COMPACT.search(text):
        return _published(match.groupdict(), match[0], zone, rule)
    if match := ENGLISH.search(text):
        day = match["d1"] or match["d2"]
        if day:
            return _published({"y": match["y"], "m": str(MONTHS[match["mon"].lower()]), "d": day}, match[0], zone, rule)
    return None


def labelled(text: str, zone: ZoneInfo, rule: str) -> Published | None:
    """Return the date that a label (发布时间：…) announces in a text."""
    if (match := LABELLED.search(text)) and not _is_spoken(match, text):
        return _published(match.groupdict(), match[0], zone, rule)
    match = ENGLISH_LABELLED.search(text)
    found = in_text(match[0], zone, rule) if match else None
    return replace(found, raw=match[0]) if match and found else None


def _is_spoken(match: re.Match[str], text: str) -> bool:
    """Return whether a bare verb and its date are words of a sentence."""
    return bool(BARE.match(match[0]) and (SPOKEN.search(text) or HAN.match(text, match.end())))


def updated(text: str, zone: ZoneInfo, rule: str) -> Published | None:
    """Return the date of a last edit, for pages that state no other."""
    match = UPDATED.search(text)
    return _published(match.groupdict(), match[0], zone, rule) if match else None


def weakly_labelled(text: str, zone: ZoneInfo, rule: str) -> Published | None:
    """Return the date after 时间 or 日期, in a line where nothing stands before the label."""
    match = WEAKLY_LABELLED.search(text)
    return _published(match.groupdict(), match[0], zone, rule) if match else None


def is_announced(text: str) -> bool:
    """Return whether a text says when it was published."""
    return bool(LABELLED.search(text))


def is_stated(text: str) -> bool:
    """Return whether a text says 时间 or 日期 and a date, of whatever event."""
    return bool(WEAKLY_LABELLED.search(text))


def alone(text: str, zone: ZoneInfo, linked: Iterable[str] = ()) -> Published | None:
    """Return the date of a line that holds a date and nothing but links ("line"), or a date among other metadata ("info")."""
    found = in_text(text, zone, "line")
    if found is None or UPDATED.search(text):
        return None
    rest = text.replace(found.raw, "", 1).strip()
    if LIMIT.search(rest):
        return None
    if len(rest) <= MAX_LINE and BESIDE.search(rest) and not SPOKEN.search(rest):
        return replace(found, rule="info")
    for link in linked:
        rest = rest.replace(link, "", 1)
    return found if len(rest.strip()) <= MAX_BESIDE else None


def is_relative(text: str) -> bool:
    """Return whether a line is a time counted back from when the page was shown: 3小时前. It dates nothing, yet says that it is news."""
    return bool(RELATIVE.search(text)) and len(text) <= MAX_LINE and not SPOKEN.search(text)


def in_element(shown: str, value: str, zone: ZoneInfo) -> Published | None:
    """Return the moment that an element states for machines (`<time datetime>`), with the text it shows."""
    found = in_text(value, zone, "time")
    return replace(found, raw=shown) if found and shown else found


def in_metas(metas: Mapping[str, str], names: Iterable[str], zone: ZoneInfo) -> Published | None:
    """Return the date of the page's `<meta>` elements, the family's own names first."""
    for name in (*(n.lower() for n in names), *META_NAMES):
        if (value := metas.get(name)) and (found := in_text(value, zone, f"meta:{name}")):
            return found
    return None


def in_script(source: str, pattern: str, zone: ZoneInfo) -> Published | None:
    """Return the moment that a page's script holds as seconds since 1970."""
    match = re.search(pattern, source)
    if not match:
        return None
    return Published(datetime.fromtimestamp(int(match[1]), zone), Precision.SECOND, match[0], "script")


def in_json_ld(blocks: Iterable[str], zone: ZoneInfo) -> Published | None:
    """Return `datePublished` of the page's JSON-LD (schema.org)."""
    for block in blocks:
        for value in _json_dates(block):
            if found := in_text(value, zone, "json-ld"):
                return found
    return None


def in_url(url: str, pattern: str | None, zone: ZoneInfo) -> Published | None:
    """Return the day that a family writes into its article URLs."""
    match = re.search(pattern, url) if pattern else None
    if not match:
        return None
    return _published({"y": match[1], "m": match[2], "d": match[3]}, match[0], zone, "url")


def in_any_url(path: str, zone: ZoneInfo) -> Published | None:
    """Return the moment of 14 digits, or the day, that many home-made systems use as an article's address."""
    if match := COMPACT.search(path):
        return _published(match.groupdict(), match[0], zone, "url")
    return in_url(path, DAY_IN_PATH, zone)


def not_after(found: Published | None, captured: datetime) -> Published | None:
    """Return the date unless it lies after the capture."""
    return found if found and found.moment <= captured + SLACK else None


def _json_dates(block: str) -> Iterator[str]:
    try:
        data = json.loads(block)
    except (ValueError, RecursionError):  # broken JSON-LD is common; the key still tells
        yield from JSON_LD_DATE.findall(block)
        return
    stack = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if isinstance(value := node.get("datePublished") or node.get("pubDate"), str):
                yield value
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _published(groups: Mapping[str, str | None], raw: str, zone: ZoneInfo, rule: str) -> Published | None:
    year, month, day = (int(groups[name] or 0) for name in "ymd")
    hour, minute, second = groups.get("H"), groups.get("M"), groups.get("S")
    if year < OLDEST:
        return None
    try:
        moment = datetime(
            year,
            month,
            day,
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=_offset(groups.get("zone"), zone),
        )
    except ValueError:
        return None
    if groups.get("half") == "下午" and moment.hour < 12:
        moment += timedelta(hours=12)
    precision = Precision.DAY if hour is None else Precision.SECOND if second else Precision.MINUTE
    return Published(moment.astimezone(zone) if groups.get("zone") else moment, precision, raw.strip(), rule)


def _offset(written: str | None, zone: ZoneInfo) -> tzinfo:
    return datetime.fromisoformat(f"2000-01-01T00:00:00{written}").tzinfo or zone if written else zone
