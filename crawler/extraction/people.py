"""Sources and people: what the lines around an article say of who wrote, photographed, edited and supplied it."""

import re
from collections.abc import Iterable, Mapping

SOURCES = ("信息来源", "文章来源", "新闻来源", "稿件来源", "来源", "稿源", "來源", "出处", "转自", "来自", "Source")
ROLES = (
    "学生记者",
    "职工通讯员",
    "本报记者",
    "记者",
    "通讯员",
    "撰稿人",
    "撰稿",
    "供稿人",
    "供稿单位",
    "供稿",
    "作者",
    "文案",
    "文字",
    "文/图",
    "图/文",
    "图文",
    "摄影",
    "摄像",
    "图片",
    "配图",
    "责任编辑",
    "责编",
    "编辑",
    "美编",
    "排版",
    "校对",
    "初审",
    "复审",
    "终审",
    "审核人",
    "审核",
    "审稿",
    "签发",
    "发布人",
    "发布者",
    "上传者",
    "编审",
    "监制",
    "策划",
    "翻译",
    "文",
    "图",
)
_LABELS = "|".join(re.escape(label) for label in (*SOURCES, *sorted(ROLES, key=len, reverse=True)))
# The labels that end a value without being one of ours: dates, counters, buttons.
STOP = (
    "发布时间|发布日期|发稿时间|发表时间|更新时间|更新日期|添加时间|录入时间|日期|时间|浏览次数|浏览量|浏览|点击数|点击量|点击率|点击|阅读次数|阅读量|阅读|访问量|访问次数|查看|人气|字号|字体|"
    "打印|关闭|分享|收藏|评论|发布单位|发布部门|发布机构|部门|单位|栏目|分类|类别|关键词|编号|Hits|Views|Date"
)
FIELD = re.compile(
    rf"(?P<label>{_LABELS})\s*[】\])）]?\s*(?:[:：丨|]|/(?![文图]))\s*(?P<value>.*?)(?=\s*[\[(（【]?(?:{_LABELS}|{STOP})\s*[】\]]?\s*[:：丨|]|\d{{4}}\s*[-/.年]\s*\d{{1,2}}|$|[)）】\]])"
)
SOURCE = re.compile(
    rf"(?:{'|'.join(SOURCES)})\s*[】\])）]?\s*[:：]\s*(?P<value>.*?)"
    rf"(?=\s*[\[(（【]?(?:{_LABELS}|{STOP})\s*[】\]]?\s*[:：]|(?<=\S)\s+\d{{4}}-\d{{1,2}}-\d{{1,2}}|$)",
    re.IGNORECASE,
)
BUTTONS = re.compile(r"\s+(?:举报|分享|打印|收藏|关注|\+?\s*订阅|评论|字体|我要评论)\b.*$")
OPEN_BRACKET = re.compile(r"[(（\[【][^)）\]】]*$")
MAX_SOURCE = 60  # characters
# 南开新闻网讯（记者 王芳 通讯员 李雷）: roles and names without colons, inside the brackets of a dateline.
DATELINE = re.compile(r"^.{0,30}?(?:讯|电|报道|消息)?\s*[（(](?P<inside>[^（()）]{2,60})[)）]")
DATELINE_ROLE = re.compile(r"(学生记者|本报记者|记者|通讯员|特约记者|作者|摄影)")
ONLY_FIELDS = re.compile(rf"^[\s（(【\[]*(?:(?:{_LABELS})\s*[】\]]?\s*[:：丨|/].{{0,40}}?[\s；;，,|）)】\]]*)+$")
SPLIT = re.compile(r"[、,，;；/&|]+|\s+and\s+|[\s　]+")
SPACED_NAME = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])[ \u3000]+([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
NOT_A_NAME = re.compile(r"[\d:：。？！?!]|^(?:无|未知|管理员|admin|本站|佚名|匿名|原创)$", re.IGNORECASE)
MAX_NAME = 20  # characters; an organisation's name may be that long, a sentence is longer


def read_fields(line: str) -> list[tuple[str, str]]:
    """Return (label, value) of every labelled field in a line of metadata, in order; empty values are left out."""
    return [(m["label"], value) for m in FIELD.finditer(line) if (value := m["value"].strip(" \t|丨；;，,　·-—"))]


def is_credit(line: str) -> bool:
    """Return whether a line consists of nothing but roles and names."""
    return len(line) < 160 and bool(ONLY_FIELDS.match(line))


def source_of(line: str, linked: Iterable[str] = ()) -> str | None:
    """Return the value of 来源 in a line, verbatim: as far as its link goes, or to the next label or a date of its own.

    A printed source may hold a date (天津日报2023年05月19日 4版); what follows a space as 2023-05-19 is the page's.
    """
    if (found := SOURCE.search(line)) is None:
        return None
    value = found["value"].strip(" \t|丨；;，,　·-—")
    value = next((text for text in linked if len(text) > 1 and value.startswith(text)), value)
    value = OPEN_BRACKET.sub("", BUTTONS.sub("", value)).strip()
    return value if 0 < len(value) <= MAX_SOURCE else None


def people_of(lines: Iterable[str], dateline: str = "") -> Mapping[str, tuple[str, ...]]:
    """Return role as printed -> names, from lines of metadata and the opening of the text."""
    found: dict[str, list[str]] = {}
    for line in lines:
        for label, value in read_fields(line):
            if label in ROLES:
                _add(found, label, value)
    if (opening := DATELINE.match(dateline)) and DATELINE_ROLE.search(opening["inside"]):
        parts = DATELINE_ROLE.split(opening["inside"])
        for role, value in zip(parts[1::2], parts[2::2], strict=False):
            _add(found, "记者" if role == "本报记者" else role, value.lstrip(":： "))
    return {role: tuple(names) for role, names in found.items() if names}


def split_names(value: str) -> list[str]:
    """Return the names of a value: 王 芳 is one name, 王芳 李雷 are two."""
    joined = SPACED_NAME.sub(r"\1\2", value)
    return [
        name
        for part in SPLIT.split(joined)
        if (name := part.strip("（）()【】[]: ：.·")) and len(name) <= MAX_NAME and not NOT_A_NAME.search(name)
    ]


def _add(found: dict[str, list[str]], role: str, value: str) -> None:
    names = found.setdefault(role, [])
    names.extend(name for name in split_names(value) if name not in names)
