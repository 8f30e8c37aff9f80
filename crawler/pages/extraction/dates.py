"""Publication times in one text: what announces them, and what a line that is a date may be believed for. Never in running text.

A date carries its precision, the text it was read from and the rule that found it. None is better than a wrong one. Which of a page's
dates is the one to believe, `publication` decides.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.items import Precision
from crawler.pages.extraction.fields import read_fields
from crawler.pages.extraction.moments import HINT, WEEKDAY, Moment, find_moment, labelled_moment
from crawler.pages.extraction.names import is_person, is_unit
from crawler.pages.extraction.roles import Label

SLACK = timedelta(days=1)  # a publisher's clock may run ahead of ours
# What announces a publication, wherever it stands; and words that do so only between title and body (beside an event they mean the event).
_VERB = "发布|发表|发稿|发文|上传|录入|添加|创建|编辑|撰写|提交|公布|刊发|刊登|推送|發佈|發布|發表|刊登"
_NOUN = r"时\s?间|日\s?期|時\s?間"
LABEL = re.compile(
    rf"(?P<verb>{_VERB})\s?(?P<noun>{_NOUN}|[于於])?"
    rf"|(?:公告|张贴|張貼|上版|上架|建立|建檔|建档|加入|入库|制作|上线|投稿|生成|首发|见报|稿件)\s?(?:{_NOUN})"
    r"|(?<![a-z])(?:(?:publish|post|releas)(?:e?d)?|publication|release)[ -]?(?:date|time|on|at)?(?![a-z])",
    re.IGNORECASE,
)
MADE = re.compile(
    rf"(?:录入|添加|创建|编辑|撰写|提交|建立|建檔|建档|加入|入库|制作|投稿|生成)\s?(?:{_NOUN})?"
)  # before it was published
UPDATE_LABEL = re.compile(
    rf"(?:更新|修改|修訂|修订)\s?(?:{_NOUN}|[于於])?|(?<![a-z])(?:last )?(?:updated?|modified)[ -]?(?:date|time|on|at)?(?![a-z])",
    re.IGNORECASE,
)
WEAK_LABEL = re.compile(rf"(?<![\u4e00-\u9fff])(?:{_NOUN})|(?<![a-z])(?:date|time)(?![a-z])", re.IGNORECASE)
AFTER_LABEL = re.compile(
    rf"\s?[】\])）]?\s?(?P<colon>[:：丨|｜])?\s{{0,3}}[\[(（【]?\s?(?:{WEEKDAY}[,，]?\s?)?", re.IGNORECASE
)
CITED = re.compile(
    r"(?:来\s?源|稿源|出处|來源|转自)\s?[】\])）]?\s?[:：][^:：]{0,40}$"
)  # what a date of its own may follow
# What may stand beside a date in a line of metadata; a line that says anything else is text.
BESIDE = re.compile(
    r"(?:来\s?源|稿源|供稿|作\s?者|记者|通讯员|编\s?辑|摄影|审核|选稿|校对|责编|浏览|阅读|点击|访问|查看|字[号体]|发布|部门|单位|栏目|人气|打印|分享|收藏|评论"
    r"|[\u4e00-\u9fff]\s?[/／](?:文|图|摄|攝|圖)|次数|來源|瀏覽|點閱|點擊|發[布佈]|單位|Source|Author|Views|Hits|Posted by\s|(?:^|[|·•]\s?)[Bb]y\s)"
)
MAY_HOLD = re.compile(r"\d|[〇零○]")  # a text without any of these holds no date
HAN = re.compile(r"[\u4e00-\u9fff]")
SPOKEN = re.compile(r"[。；]|，[^，]{0,260}，")  # a line of text
# What is to happen, before a date: 活动时间：2023年11月20日.
HAPPENS = re.compile(
    r"(?:活动|会议|讲座|报告|论坛|报名|考试|面试|笔试|复试|答辩|开标|投标|竞赛|比赛|演出|展览|开放|培训|报到|招聘|宣讲|公示|施工|停电|停水|放假|值班|举办|开始|结束|截止|集合|领取|缴费|体检|上课|开课|考核|评审|评选|测试|竞聘|申报|申请|注册|选课|补考|放映|播出|采购|谈判|磋商|拍卖|竞价|截稿|起止|现场|检查|参观)"
    r"(?:时\s?间|日\s?期)\s?[】\])）]?\s?[:：]?\s?$|(?:最后|上次|本次)(?:访问|登录)\s?[:：]?\s?$"
)
LIMIT = re.compile(r"截|起|止|之?前|至|期限")  # a date beside these is a limit
BETWEEN = re.compile(r"[\W\d_]++")  # words
MAX_BESIDE = 12  # other characters in a line that is a date and no more
BARS = re.compile(r"[|｜丨•·]")  # between what a line of metadata says
MAX_LINE = 120  # characters of a line of metadata
MASK = "\x00"  # stands for a character of a link
ANYWHERE = ZoneInfo("UTC")  # where only whether there is a date matters
COMPACT = re.compile(r"(?<!\d)20\d\d[01]\d[0-3]\d[0-2]\d[0-5]\d[0-5]\d(?!\d)")
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
SHORT_DAY = re.compile(r"\d\d([-/.])\d\d\1\d\d(?:\s\d\d:\d\d(?::\d\d)?)?")
UNREAD = re.compile(r"[^\s:：]{0,8}\d[^\s：]{0,20}(?:\s\d{1,2}:\d{2}(?::\d{2})?)?")  # a value with a digit in it
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
    found = find_moment(text, zone)
    return _published(found, text, found.start, rule) if found else None


def labelled(text: str, zone: ZoneInfo, rule: str, linked: Iterable[str] = ()) -> Iterator[Published]:
    """Yield the dates that labels (发布时间：…) announce in a text; words inside its links (第9批名单公布) are no labels."""
    for label, after, found in _announced(LABEL, text, zone, linked):
        if not _is_said(label, after, found, text):
            yield _published(found, text, label.start(), rule)


def is_of_making(found: Published) -> bool:
    """Return whether a labelled date says when the text was made, not when it was published: 生成日期, 录入时间."""
    return MADE.match(found.raw) is not None


def updated(text: str, zone: ZoneInfo, rule: str, linked: Iterable[str] = ()) -> Published | None:
    """Return the date of a last edit, for pages that state no other."""
    return _first(UPDATE_LABEL, text, zone, rule, linked)


def weakly_labelled(text: str, zone: ZoneInfo, rule: str) -> Published | None:
    """Return the date after 时间 or 日期, in a line where nothing stands before the label."""
    return _first(WEAK_LABEL, text, zone, rule)


def is_announced(text: str, zone: ZoneInfo = ANYWHERE) -> bool:
    """Return whether a text says when it was published."""
    return any(labelled(text, zone, "label"))


def is_updated(text: str) -> bool:
    """Return whether a text says when it was last edited."""
    return updated(text, ANYWHERE, "updated") is not None


def is_alone(text: str) -> bool:
    """Return whether a line is a date, or metadata with one."""
    return alone(text, ANYWHERE) is not None


def is_metadata(text: str) -> bool:
    """Return whether a line is a date among other metadata, or says when its article was published or edited."""
    if len(text) > 2 * MAX_LINE or "。" in text or not HINT.search(text):
        return False
    found = alone(text, ANYWHERE)
    return (found is not None and found.rule == "info") or is_announced(text) or is_updated(text)


def is_promised(text: str) -> bool:
    """Return whether a line has the label of a publication time, whatever follows: 发布时间：3天前 dates nothing, yet says that it is news."""
    named = (
        (match for match in LABEL.finditer(text) if match["noun"] or not match["verb"]) if len(text) <= MAX_LINE else ()
    )
    labels = (AFTER_LABEL.match(text, match.end()) for match in named)
    return any(after and after["colon"] and after.end() < len(text) for after in labels)


def unread(text: str) -> str | None:
    """Return what a line of metadata labels as the publication time and no form of date reads: 发布时间：2023-13-40, 发布时间：3天前."""
    if len(text) > MAX_LINE or is_announced(text):
        return None
    for match in LABEL.finditer(text):
        after = AFTER_LABEL.match(text, match.end())
        if after and after["colon"] and (value := UNREAD.match(text, after.end())):
            return text[match.start() : value.end()]
    return None


def is_stated(text: str, zone: ZoneInfo = ANYWHERE) -> bool:
    """Return whether a text says 时间 or 日期 and a date, of whatever event."""
    return weakly_labelled(text, zone, "label") is not None


def _first(
    label: re.Pattern[str], text: str, zone: ZoneInfo, rule: str, linked: Iterable[str] = ()
) -> Published | None:
    return next(
        (_published(found, text, at.start(), rule) for at, _, found in _announced(label, text, zone, linked)), None
    )


def _announced(
    label: re.Pattern[str], text: str, zone: ZoneInfo, linked: Iterable[str] = ()
) -> Iterator[tuple[re.Match[str], re.Match[str], Moment]]:
    """Yield each label of a text that a date follows, what stands between the two, and the date."""
    masked = text
    for link in linked:
        masked = masked.replace(link, MASK * len(link), 1) if link else masked
    for match in label.finditer(masked):
        after = AFTER_LABEL.match(text, match.end())
        if after is None or MASK in masked[max(0, match.start() - 1) : match.end()]:
            continue
        if found := labelled_moment(text, after.end(), zone):
            yield match, after, found


def _is_said(label: re.Match[str], after: re.Match[str], found: Moment, text: str) -> bool:
    """Return whether a verb and its date are words of a sentence or a name: 我校发布2024年…, 第9批名单公布 2024-…."""
    groups = label.groupdict()
    if after["colon"] or not groups["verb"] or groups["noun"] not in (None, "于", "於"):
        return False
    is_of_a_name = groups["noun"] is None and bool(HAN.match(text, label.start() - 1)) and label.start() > 0
    return is_of_a_name or bool(SPOKEN.search(text) or HAN.match(text, found.end))


def alone(text: str, zone: ZoneInfo, linked: Iterable[str] = ()) -> Published | None:
    """Return the date of a line that holds a date and nothing but links ("line"), or a date among other metadata ("info").

    The day behind a source ("cited": 来源：云台日报 2023-5-1) is likely that of the paper.
    """
    found = in_text(text, zone, "line")
    if found is None or UPDATE_LABEL.search(text):
        return None
    before, _, after = text.partition(found.raw)
    rest = f"{before}{after}".strip()
    if LIMIT.search(rest) or HAPPENS.search(before[-MAX_LINE:]):
        return None
    if found.precision is Precision.DAY and CITED.search(before):
        return replace(found, rule="cited")
    is_short = len(rest) <= MAX_LINE and not SPOKEN.search(rest)
    for link in linked:
        rest = rest.replace(link, "", 1)
    # A word in a link is of what it leads to.
    if is_short and (BESIDE.search(rest) or any(field.kind is Label.ROLE for field in read_fields(rest))):
        return replace(found, rule="info")
    words = {*BETWEEN.split(rest)} - {"", "次"} if is_short else set()  # [王芳] [2023-11-07] [校团委] [12次]
    if words and all(is_person(word) or is_unit(word) for word in words):
        return found
    parts = BARS.split(rest) if BARS.search(before[-2:] + after[:2]) else [rest]
    return found if max(len(part.strip()) for part in parts) <= MAX_BESIDE else None


def short(text: str, zone: ZoneInfo) -> Published | None:
    """Return the date of a line that is nothing but a day with a year of two digits, and perhaps a time: 24-04-23 09:15."""
    found = labelled_moment(text, 0, zone) if SHORT_DAY.fullmatch(text) else None
    return _published(found, text, 0, "line") if found and found.end == len(text) else None


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
    found = in_text("-".join(match.groups()), zone, "url") if match else None
    return replace(found, raw=match[0].strip()) if match and found else None


def in_any_url(path: str, zone: ZoneInfo) -> Published | None:
    """Return the moment of 14 digits, or the day, that many home-made systems use as an article's address."""
    if match := COMPACT.search(path):
        return in_text(match[0], zone, "url")
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


def _published(found: Moment, text: str, start: int, rule: str) -> Published:
    """Return a moment with the text from a place on to where it ends."""
    return Published(found.moment, found.precision, text[start : found.end].strip(), rule)
