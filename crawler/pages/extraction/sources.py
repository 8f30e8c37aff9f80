"""Where an article is from: the value of 来源, or where no label says it the publisher's name beside the date."""

import re
from collections.abc import Iterable, Iterator, Sequence

from crawler.items import Site
from crawler.pages.extraction import dates, metadata
from crawler.pages.extraction.fields import all_fields
from crawler.pages.extraction.metadata_lines import MetadataLine, Place
from crawler.pages.extraction.moments import HINT
from crawler.pages.extraction.names import is_person, is_unit
from crawler.pages.extraction.page import Page, fold, squeeze
from crawler.pages.extraction.roles import Label, label_of

MAX_SOURCE = 60  # characters
MAX_NAME = 20  # characters of a publisher's name
BUTTONS = re.compile(r"\s(?:举报|分享|打印|收藏|关注|\+?\s?订阅|评论|字体|我要评论)(?![\u4e00-\u9fff]{3}).{0,60}$")
OPEN_BRACKET = re.compile(r"[(（\[【][^)）\]】]{0,60}$")
# A printed source may hold a date (天津日报2023年05月19日 4版); what follows a space in digits alone is no part of its name.
OWN_DATE = re.compile(
    r"(?<=\S)\s{1,3}(?:(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}-\d{1,2}\s).{0,40}$|\s?[|｜]\s?(?:19|20)\d\d.{0,40}$"
)
MEDIA = re.compile(
    r"^《?[\u4e00-\u9fffA-Za-z0-9·]{1,12}(?:日报|晚报|早报|晨报|时报|周报|快报|商报|青年报|(?<![通简海喜捷预申汇填上举警情月年季播公战])报|新闻网|网|通讯社|社|电视台|电台|卫视|杂志|周刊|客户端|新闻频道)》?$"
)
COUNTED = re.compile(r"\s(?:\d[\d.]{0,9}万?\+?\s?次?)?(?:阅读|浏览|点击|播放|评论|人气|查看)量?\s?[\d.]{0,9}万?次?$")
# A label of something else that needs no colon, with all behind it: 云台日报 更新于 2023-05-01.
NEXT_LABEL = re.compile(r"(?<=\S)\s{1,3}(?:发布|发表|更新|刊发|发稿|录入|上传)(?:于|时间|日期)?(?:\s.{0,60})?$")
NOTHING = frozenset(
    ("无", "暂无", "未知", "不详", "未填写", "null", "none", "undefined", "--", "—", "-")
)  # said where no source is known
IN_MARK = re.compile("ource|media|from|laiyuan|origin")  # a name without it is no mark
MARKS = re.compile(
    r"(?:^|[\s_-])(?:(?:art|article|news|info|date|post)[_-]?)?(?:source|laiyuan|copy-?from|come-?from|media[_-]?name|origin)(?:[_-]?(?:name|text|txt|time))?(?:$|[\s_-])",
    re.IGNORECASE,
)


def find_source(
    page: Page, site: Site, lines: Sequence[MetadataLine], said: Iterable[str]
) -> tuple[str | None, str | None]:
    """Return the source of an article and the rule that gave it; `said` are lines that were left out of its body."""
    if site.selectors.source and (found := page.select([site.selectors.source])):
        return fold(found[0].text_content()) or None, "site"
    for text, linked in (*((line.text, line.linked) for line in lines), *((text, ()) for text in said)):
        if source := source_of(text, linked):
            return source, "label"
    stated = metadata.meta_source(page)
    if (source := stated and (source_of(stated) or stated)) and not _is_title(source, page):
        return source, "meta"
    near = [line for line in lines if line.place.is_near]
    if source := next(_marked(page, near), None):
        return source, "class"
    # Beside the date, the one link to another host leads to who published it first: <a href="http://paper…">云台日报</a>.
    if source := next((line.away for line in near if line.away and len(line.away) <= MAX_NAME), None):
        return source, "link"
    above = [line for line in near if line.place is Place.ABOVE]
    names = (text for line in above if MEDIA.match(text := _alone(_bare(line))))
    source = next(names, None) if any(HINT.search(line.text) for line in near) else None  # else it is the site's
    source = None if source and _is_title(source, page) else source
    return source, "line" if source else None


def _is_title(source: str, page: Page) -> bool:
    """Return whether what should be a source is the title of the article: some templates put it there."""
    letters = squeeze(source)
    return letters == squeeze(metadata.meta_title(page) or "") or squeeze(page.title).startswith(letters)


def source_of(line: str, linked: Iterable[str] = ()) -> str | None:
    """Return the value of 来源 in a line, verbatim: as far as its link goes, or to the next label, a name, or a date of the page's own."""
    value = next((field.value for field in all_fields(line) if field.kind is Label.SOURCE and field.value), "")
    value = next((text for text in linked if len(text) > 1 and value.startswith(text)), value)
    for ending in (BUTTONS, OWN_DATE, NEXT_LABEL, OPEN_BRACKET):
        value = ending.sub("", value)
    value = _alone(_without_bracket(value.strip()))
    if "，" in value and line.rstrip().endswith("。"):  # 来源：参会人员自报的数据，共三百份。
        return None
    return value if 0 < len(value) <= MAX_SOURCE and value.lower() not in NOTHING else None


def _alone(value: str) -> str:
    """Return a paper's name without the persons and departments behind it: 云台日报 记者 王芳."""
    first, *rest = value.split(" ")
    is_followed = bool(rest) and all(is_person(word) or is_unit(word) or label_of(word) is Label.ROLE for word in rest)
    return first if is_followed and MEDIA.match(first) else value


def _without_bracket(value: str) -> str:
    """Return a value without a closing bracket that was opened before its label."""
    for opening, closing in ("[]", "【】", "()", "（）"):
        if value.endswith(closing) and opening not in value:
            return value[:-1].rstrip()
    return value


def _marked(page: Page, near: Sequence[MetadataLine]) -> Iterator[str]:
    """Yield the publishers that stand in elements named for them: <span class="art_source">云台日报</span>."""
    for element, class_, id_ in page.elements.named:
        if not (IN_MARK.search(class_) or IN_MARK.search(id_)) or not MARKS.search(f"{class_} {id_}"):
            continue
        text = fold(element.text_content())
        if text and len(text) <= 2 * MAX_NAME and any(text in line.text for line in near):
            linked = tuple(fold(anchor.text_content()) for anchor in element.iter("a"))
            value = _without_date(MetadataLine(text, Place.ABOVE, linked))
            if (
                2 <= len(value) <= MAX_NAME
                and not dates.MAY_HOLD.match(value)
                and label_of(value) is None
                and not re.search("[，。：:]", value)
            ):
                yield value


def _bare(line: MetadataLine) -> str:
    """Return a line without its date, its buttons and its counter."""
    return COUNTED.sub("", _without_date(line))


def _without_date(line: MetadataLine) -> str:
    """Return a line without its date and without its buttons."""
    text = line.text
    if (found := dates.in_text(text, dates.ANYWHERE, "line")) is not None:
        text = text.replace(found.raw, " ", 1)
    for link in line.linked:
        if link and not MEDIA.match(link) and link != text.strip():
            text = text.replace(link, " ", 1)
    return fold(text).strip(" |丨·-—")
