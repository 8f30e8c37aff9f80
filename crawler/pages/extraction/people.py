"""Sources and people: what the lines around an article say of who wrote, photographed, edited and supplied it.

A role is read where it is printed as one: before a colon, in the brackets of a dateline or at the end of a text, or in a line that holds
nothing but roles and names. 记者 in a sentence, or before a question in an interview, names nobody.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

SOURCES = (
    *("信息来源", "文章来源", "新闻来源", "稿件来源", "图文来源", "来源于", "来源", "稿源", "出处", "转自", "来自"),
    *("新聞來源", "來源於", "來源", "Source"),
)
ROLES = (
    *("学生记者", "校园记者", "见习记者", "实习记者", "特约记者", "特派记者", "记者", "記者"),
    *("学生通讯员", "职工通讯员", "特约通讯员", "通讯员", "通訊員"),
    *(
        "撰稿人",
        "撰稿",
        "供稿人",
        "供稿单位",
        "供稿",
        "撰文",
        "采写",
        "采访",
        "作者",
        "文案",
        "文字",
        "文/图",
        "图/文",
        "图文",
        "編譯",
        "编译",
    ),
    *("摄影人", "摄影", "攝影", "摄像", "图片", "配图", "供图"),
    *("责任编辑", "責任編輯", "责编", "版面编辑", "编辑", "編輯", "美编", "排版", "校对", "核稿"),
    *("初审", "复审", "终审", "审核人", "审核", "审批人", "审稿", "签发", "编审", "监制", "策划", "翻译"),
    *("发布人", "发布者", "上传者", "文", "图"),
)
ENGLISH_ROLES = ("Author", "Writer", "Reporter", "Text", "Photographer", "Photos", "Photo", "Editor", "Translator")
_ROLE = "|".join(re.escape(role) for role in sorted(ROLES, key=len, reverse=True))
_LABELS = "|".join((*map(re.escape, SOURCES), _ROLE, *(rf"(?<![A-Za-z]){role}" for role in ENGLISH_ROLES)))
# The labels that end a value without being one of ours: dates, counters, buttons.
STOP = (
    "发布时间|发布日期|发稿时间|发表时间|更新时间|更新日期|添加时间|录入时间|日期|时间|浏览次数|浏览量|浏览|点击数|点击量|点击率|点击|阅读次数|阅读量|阅读|"
    "访问量|访问次数|查看|人气|字号|字体|打印|关闭|分享|收藏|评论|发布单位|发布部门|发布机构|部门|单位|栏目|分类|类别|关键词|编号|Hits|Views|Date"
)
FIELD = re.compile(
    rf"(?P<label>{_LABELS})\s*[】\])）]?\s*(?:[:：丨|]|/(?![文图]))\s*(?P<value>.*?)"
    rf"(?=\s*[\[(（【]?(?:{_LABELS}|{STOP})\s*[】\]]?\s*(?:[:：丨|]|/(?![文图]))|\d{{4}}\s*[-/.年]\s*\d{{1,2}}|$|[)）】\]])"
)
SOURCE = re.compile(
    rf"(?<!图片)(?<!资金)(?<!数据)(?<!经费)(?<!资料)(?:{'|'.join(SOURCES)})\s*[】\])）]?\s*[:：]\s*(?P<value>.*?)"
    rf"(?=\s*[\[(（【]?(?:{_LABELS}|{STOP})\s*[】\]]?\s*[:：]|(?<=\S)\s+\d{{4}}-\d{{1,2}}-\d{{1,2}}|\s*[|｜]\s*\d{{4}}\s*[-/.年]|$)",
    re.IGNORECASE,
)
BUTTONS = re.compile(r"\s+(?:举报|分享|打印|收藏|关注|\+?\s*订阅|评论|字体|我要评论)\b.*$")
OPEN_BRACKET = re.compile(r"[(（\[【][^)）\]】]*$")
MAX_SOURCE = 60  # characters
MAX_CREDIT = 160  # characters of a line of nothing but credits
# 南开新闻网讯（记者 王芳 通讯员 李雷）: roles and names without colons, in the brackets that open or close a text.
DATELINE = re.compile(r"^.{0,30}?[（(〔](?P<inside>[^（()）〔〕]{2,70})[)）〕]")
CLOSING = re.compile(r"[（(【\[](?P<inside>[^（()）【】]{2,70})[)）】\]][\s。\d]*$")
WIRED = re.compile(r"[\u4e00-\u9fff]{2}\d{1,2}日[电電]$")  # 記者沈若水台北5日電: where and when it was sent
PAPER = (
    r"(?:[\u4e00-\u9fff]{2,10}(?:社|报|网|台|新闻|全媒体|客户端|频道|杂志)|本报|本网|本台|本刊)"  # whose reporter it is
)
# A role of one character needs a mark behind it: 文 and 图 are also parts of names.
TOKEN = re.compile(
    rf"{PAPER}?(?:全媒体)?(?P<role>{_ROLE})(?:\s*[:：丨|_/]\s*|\s+|(?<=..)(?<![文图])(?=[\u4e00-\u9fff]))"
)
ROLE_ENDS = frozenset(role[-1] for role in ROLES)  # a text without any of these characters names no role
SEPARATED = re.compile("[:：丨|/]")  # a line without any of these has no field
BULLETS, COLON = " \t　■●□◎◆▲（(【[—-", re.compile("[:：]")
BARE = re.compile(rf"(?:{_ROLE})(?=[\u4e00-\u9fff])")  # a role with nothing between it and what follows
LABEL = re.compile(rf"(?:{_LABELS})\s*[】\]]?\s*(?:[:：丨|]|/(?![文图]))")
CORRECTION = re.compile(r"^\W*(?:纠\s*错|本文(?=来源))\W*(?=\S)")  # a button before the editors' names
BACK = re.compile(r"返回.*$")  # a portal's link behind the last name
DAY = re.compile(r"\d\s*[月日]")  # behind a label: when something is due (初审：5月10日前)
MAX_VALUE = 40  # characters of what stands behind a label in a line of credits
SPLIT = re.compile(r"[、,，;；/／&|]+|\s+and\s+")
SPACES = re.compile(r"[\s　]+")
LATIN_NAME = re.compile(r"^[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){1,3}$")  # of several words
SPACED_NAME = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])[ \u3000]+([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
NAME = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,6}[·•][\u4e00-\u9fff·•]{1,10}|[A-Z][A-Za-z.'-]+)$"
)  # of a person
NOT_A_NAME = re.compile(
    r"[:：。？！?!]|^\d+$|\d\s*[年月日级]|来自网[络絡]|^(?:网络|无|管理员|admin|本站|佚名|匿名|原创|摄|图|文)$|(?:记者|通讯员|[报報][道導])$"
    rf"|^(?:{STOP})$"
    r"|^(?:最新|更多|其他|其它|简介|介绍|单位|信息|登录)|^人(?:认为|建议|指出|表示)|^(?:返回|查看)",
    re.IGNORECASE,
)
TAKEN = re.compile(r"(?:摄影?|攝影?|拍摄?|供图)+$")  # 张立摄; 文 and 图 end names too
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙史陶贺毛段郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文"
)
# Before a colon these may also open a question or a caption.
SPOKEN = frozenset({"记者", "通讯员", "文", "图", "图片"})
MAX_NAME = 20  # characters; an organisation's name may be that long, a sentence is longer
SHORT = 60  # characters of a line that is a byline
MOMENT = re.compile(
    r"\d{4}\s?[-/.年]\s?\d\d?\s?[-/.月]\s?\d\d?\s?日?(?:\s?\d\d?:\d\d(?::\d\d)?)?"
)  # stands beside a byline
HEAD, TAIL = 3, 8  # blocks of the text, from either end, in which bylines stand


def read_fields(line: str) -> list[tuple[str, str]]:
    """Return (label, value) of every labelled field in a line of metadata, in order; empty values are left out."""
    if not SEPARATED.search(line):
        return []
    return [(m["label"], value) for m in FIELD.finditer(line) if (value := m["value"].strip(" \t|丨；;，,　·-—"))]


def is_credit(line: str) -> bool:
    """Return whether a line consists of nothing but roles and names."""
    line = CORRECTION.sub("", line)
    marks = list(LABEL.finditer(line)) if len(line) < MAX_CREDIT else []
    if not marks or line[: marks[0].start()].strip(" \t（(【["):
        return False
    ends = [*(mark.start() for mark in marks[1:]), len(line)]
    values = [line[mark.end() : end].strip(" \t；;，,|）)】]") for mark, end in zip(marks, ends, strict=True)]
    return max(map(len, values)) <= MAX_VALUE and not any(map(DAY.search, values))


def source_of(line: str, linked: Iterable[str] = ()) -> str | None:
    """Return the value of 来源 in a line, verbatim: as far as its link goes, or to the next label or a date of its own.

    A printed source may hold a date (天津日报2023年05月19日 4版); what follows a space as 2023-05-19 is the page's.
    """
    if (found := SOURCE.search(line)) is None:
        return None
    value = found["value"].strip(" \t|丨；;，,　·-—")
    value = next((text for text in linked if len(text) > 1 and value.startswith(text)), value)
    value = _without_bracket(OPEN_BRACKET.sub("", BUTTONS.sub("", value)).strip())
    return value if 0 < len(value) <= MAX_SOURCE else None


def _without_bracket(value: str) -> str:
    """Return a value without a closing bracket that was opened before its label."""
    for opening, closing in ("[]", "【】", "()", "（）"):
        if value.endswith(closing) and opening not in value:
            return value[:-1].rstrip()
    return value


def people_of(infos: Iterable[str], texts: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return role as printed -> names, from lines of metadata and from both ends of the text (its blocks, in order)."""
    found: dict[str, list[str]] = {}
    ends = [*texts[:HEAD], *texts[max(HEAD, len(texts) - TAIL) :]]
    for role, value in _fields((*infos, *(text for text in ends if len(text) < SHORT))):
        _add(found, role, split_names(value))
    for inside in _brackets(texts):
        for role, names in _tokens(inside, strict=False):
            _add(found, role, names)
    spaced = (info for info in infos if not BARE.search(info))  # 图片新闻 beside a text is no byline
    for text in (*spaced, *_dated_bylines(infos), *ends):
        if len(text) < SHORT:
            for role, names in _tokens(text, strict=True):
                _add(found, role, names)
    return {role: tuple(names) for role, names in found.items() if names}


def split_names(value: str) -> list[str]:
    """Return the names of a value: 王 芳 is one name, 王芳 李雷 are two, 李文茹张禧睿 are two."""
    joined = SPACED_NAME.sub(r"\1\2", value)
    names: list[str] = []
    for part in _parts(BACK.sub("", joined)):
        name = TAKEN.sub("", WIRED.sub("", part.strip("（）()【】[]: ：.·■")))
        if name and len(name) <= MAX_NAME and not NOT_A_NAME.search(name):
            names.extend(_parted(name))
    return names


def _parts(value: str) -> Iterator[str]:
    """Yield what separators part, and white space too, but for a Latin name of several words."""
    for part in map(str.strip, SPLIT.split(value)):
        yield from [part] if LATIN_NAME.match(part) else SPACES.split(part)


def _fields(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        for label, value in read_fields(line):
            if label in SOURCES or (label in SPOKEN and not NAME.match((split_names(value) or [""])[0])):
                continue
            if not re.match(r"\W*https?:", value):
                yield label, value


def _dated_bylines(infos: Iterable[str]) -> Iterator[str]:
    """Yield what stands beside a date in a line without labels: 2013-09-02 08:30 通讯员 赵明瑄."""
    for info in infos:
        rest = MOMENT.sub("", info, count=1)
        if rest != info and not re.search("[:：丨|]", rest):
            yield rest


def _brackets(texts: Sequence[str]) -> Iterator[str]:
    for text in texts[:HEAD]:
        if match := DATELINE.match(text):
            yield match["inside"]
    for text in texts[-TAIL:]:
        if match := CLOSING.search(text):
            yield match["inside"]


def _tokens(text: str, *, strict: bool) -> list[tuple[str, list[str]]]:
    """Return (role, names) of a byline without colons; nothing if it is none. Strict: not one word may be left over."""
    marks = [] if ROLE_ENDS.isdisjoint(text) else list(TOKEN.finditer(text))
    if not marks or (strict and (text[: marks[0].start()].strip(BULLETS) or COLON.search(marks[0][0]))):
        return []  # what follows a colon is read as a field
    found: list[tuple[str, list[str]]] = []
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(text)
        words = split_names(text[mark.end() : end])
        names = [word for word in words if NAME.match(word)]
        if strict and len(names) < len(words):
            return []
        found.append((mark["role"], names[: _leading(words)]))
    return found


def _leading(words: list[str]) -> int:
    """Return how many of the words, from the first on, are names of persons: what follows another word is a sentence."""
    return next((n for n, word in enumerate(words) if not NAME.match(word)), len(words))


def _parted(name: str) -> list[str]:
    """Return a name, or two of three characters each that were run together."""
    if len(name) == 6 and NAME.match(name[:3]) and name[0] in SURNAMES and name[3] in SURNAMES:
        return [name[:3], name[3:]]
    return [name]


def _add(found: dict[str, list[str]], role: str, names: Iterable[str]) -> None:
    known = found.setdefault(role, [])
    known.extend(name for name in names if name not in known)
