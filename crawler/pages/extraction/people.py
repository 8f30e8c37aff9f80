"""People: what the lines around an article say of who wrote, photographed, edited and supplied it.

A role is read where it is printed as one: before a mark, in the brackets of a dateline or at the end of a text, or in a line that holds
nothing but roles and names. 记者 in a sentence, or before a question in an interview, names nobody.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, takewhile

from crawler.pages.extraction.fields import BULLETS, is_credit, read_fields
from crawler.pages.extraction.names import PLACES, is_names, is_person, is_unit, split_names
from crawler.pages.extraction.roles import LETTERS, ROLE, WHOLE_ROLE, Label

# 湖畔新闻网讯（记者 王芳 通讯员 李雷）: roles and names without colons, in the brackets that open or close a text.
# An outlet in brackets of its own may stand right before: 【云台网】（记者 王芳）.
DATELINE = re.compile(
    r"^.{0,30}?(?:【[^【】]{1,20}】\s?)?[（(〔【\[](?P<inside>[^（()）〔〕【】\[\]]{2,80})[)）〕】\]]"
)
CLOSING = re.compile(r"[（(【\[](?P<inside>[^（()）【】]{2,80})[)）】\]][\s。\d]{0,6}$")
WHOLE = re.compile(r"^[（(〔【\[](?P<inside>[^（()）〔〕【】\[\]]{2,80})[)）〕】\]]$")  # a line that is one bracket
_UNIT = r"[\u4e00-\u9fff]{2,8}(?:社|报|网|台|新闻|全媒体|客户端|频道|杂志|晚报|日报)"
PAPER = rf"(?:(?P<papers>{_UNIT}[、·]{_UNIT})|{_UNIT}|本[报网台刊站])"  # whose reporter it is
# A role of one character needs a mark behind it: 文 and 图 are also parts of names.
TOKEN = re.compile(
    rf"{PAPER}?(?:全媒体)?(?P<role>{ROLE})(?:\s?[:：丨｜︱_/／]\s?|\s{{1,3}}|(?<=..)(?<![文图摄圖攝编审校編審])(?=[\u4e00-\u9fff]))"
)
ROLE_ENDS = frozenset(
    "人员者辑輯编記记者员員稿对核校划影像计作版制营监辑译图文写访笔选绘画片审定发数整音品导录生师位联摄"
)
MARKED = re.compile("[:：]")
BARE = re.compile(rf"(?:{ROLE})(?=[\u4e00-\u9fff])")  # a role with nothing between it and what follows
INNER = re.compile(rf"\s({ROLE})\s(?=[\u4e00-\u9fff])")
# Names before what they did: 王芳、李雷 报道; 王芳/文 李雷/图.
DID = re.compile(
    r"^(?P<names>[\u4e00-\u9fff、 ]{2,40})\s?(?P<role>(?:摄影)?[报報][道導]|供稿|撰稿|撰文|采写|整理|编译)(?=$|\s)"
)
# Of a line that dates: what announces the date, and the counter. What is left may be a byline.
ASIDE = re.compile(
    r"(?:(?:发布|发表|更新|录入|上传)?(?:时间|日期)|发布于|(?:点击|浏览|阅读|访问)(?:量|数|次数)?)\s?\d{0,9}\s?次?(?=\s|$)"
)
BY = re.compile(
    r"(?:^|[|·•]\s?)(?P<role>(?:(?:Text|Words|Story|Photos?|Written|Reported|Edited|Translated|Posted) )?[Bb]y)[ :]"
    r"(?P<names>(?:[A-Z]|[\u4e00-\u9fff]{2})[\w.'’ ,&-]{0,60}?)(?=$|\s?[|·•]|\son\s)"
)  # an English byline
REPORTS = re.compile(
    rf"(?:\s?[/／](?:{'|'.join(('綜合', '综合', *PLACES))}))?\s?(?:摄影)?[报報][道導]$"
)  # behind a reporter's name: 記者王芳／高雄報導
_HAN = r"[\u4e00-\u9fff]{2,3}"
# All of a bracket, each name with what it did behind it: （化学学院供稿 王芳撰稿 李雷摄影）.
GLUED = re.compile(rf"(?P<name>[\u4e00-\u9fff]{{2,12}}?)(?P<role>{ROLE})")
# Whoever posted it on a platform: 由 王芳 发布于 2023-11-03.
POSTED = re.compile(
    r"(?:^|[\s|])由\s?(?P<names>[\u4e00-\u9fff]{2,4})\s?(?P<role>发表|发布|發表|發佈|撰写)(?=[于於在]|\s)"
)
WIRE = re.compile(r"^[\u4e00-\u9fff]{1,14}(?:讯|电|訊|電)[\s:：]{1,2}")  # opens a text: 校报讯 记者王芳 11月2日，
SLASHED = re.compile(
    rf"(?<![\u4e00-\u9fff/])(?P<names>{_HAN}(?:[ 、，,]{_HAN}){{0,5}})\s?[/／]\s?(?P<role>{ROLE})(?=$|[\s、，,；;)）])"
)
AMONG = re.compile("[ 、，,]")  # between the names before such a mark
# The same with spaces, where nothing else is said: 王芳 文 李雷 图.
SPACED = re.compile(rf"(?P<name>[\u4e00-\u9fff]{{2,3}}) (?P<role>[{''.join(LETTERS)}])(?:[\s、，,；;]{{1,3}}|$)")
STEPS = frozenset(
    "初审 复审 终审 一审 二审 三审 审核 审定 审批 审阅 核发 签发 上传 录入 发布".split()
)  # of a procedure too
# Before a colon these may also open a question or a caption: what follows must be a known name.
SPOKEN = frozenset({"记者", "記者", "通讯员", *LETTERS, "图片", "文字", "数据", "整理", "配图", "插图"} | STEPS)
SAID = re.compile("^[\u4e00-\u9fff]{9,60}，")  # a sentence behind a colon: 摄影：光影中的校园是今天的主题，共两场
WORD = re.compile(r"[^\s、，,；;]{1,40}")
CAPTION = re.compile(r"\s?(?:摄影?|攝影?|拍摄|供图|绘)$")  # behind a reporter's name: of a picture, not of the text
SHORT = 60  # characters of a line that is a byline
MOMENT = re.compile(
    r"\d{4}\s?[-/.年]\s?\d\d?\s?[-/.月]\s?\d\d?\s?日?(?:\s?\d\d?:\d\d(?::\d\d)?)?"
)  # stands beside a byline
DEEP = 12  # blocks in which the first one of running text may stand, below a platform's lines
MAX_WIRE = 8  # words behind the opening of a text in which its reporters stand
MAX_CLOSING = 120  # characters at the end of a text in which a bracket closes it
CLOSED = "）)】]"
HEAD, TAIL = 3, 8  # blocks of the text, from either end, in which bylines stand


def people_of(infos: Iterable[str], texts: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return role as printed -> names, from lines of metadata and from both ends of the text (its blocks, in order)."""
    infos = list(infos)
    found: dict[str, list[str]] = {}
    ends = [text for text in credits_of(texts) if len(text) < SHORT]
    for line in (*infos, *ends):
        for role, names in (*_labelled(line), *_behind(_slashed(line)), *_by(line)):
            _add(found, role, names)
    whole = (match["inside"] for info in infos if len(info) < SHORT and (match := WHOLE.match(info)))
    for role, names in chain(_wired(texts), *map(_bracketed, (*_brackets(texts), *whole))):
        _add(found, role, names)
    spaced = (info for info in infos if not BARE.search(info))  # 图片新闻 beside a text is no byline
    for text in (*spaced, *_dated_bylines(infos), *ends):
        if len(text) < SHORT:
            for role, names in _unlabelled(text, strict=True):
                _add(found, role, names)
    return {role: tuple(names) for role, names in found.items() if names}


def _bracketed(inside: str) -> list[tuple[str, list[str]]]:
    """Return (role, names) of what a bracket says."""
    inside = _slashed(inside)
    rest = SLASHED.sub(r"\g<names>", inside)  # 王芳/文 李雷/图: of the second name 文 is no role
    return _glued(inside) or [*_labelled(rest), *_behind(inside), *_unlabelled(rest, strict=False)]


def credits_of(texts: Sequence[str]) -> list[str]:
    """Return the blocks of a text in which bylines stand: those at both ends, and credits that follow one another in its second half."""
    tail = max(HEAD, len(texts) - TAIL)
    half = max(HEAD, len(texts) // 2)
    are_credits = [is_credit(text) for text in texts[half:]]
    beside = [before or after for before, after in zip([False, *are_credits], [*are_credits[1:], False], strict=False)]
    grouped = [half + n for n, is_one in enumerate(are_credits) if is_one and beside[n] and half + n < tail]
    return [*texts[:HEAD], *(texts[n] for n in grouped), *texts[tail:]]


def _labelled(line: str) -> Iterator[tuple[str, list[str]]]:
    """Yield (role, names) of the labelled fields of a line."""
    for field in read_fields(line):
        if field.kind is Label.ROLE:
            first, *others = INNER.split(field.value)
            yield from _credited(field.label, first)
            for role, value in zip(others[::2], others[1::2], strict=True):  # 作者：王芳 指导老师 李雷
                yield from _credited(role, value)


def _credited(label: str, value: str) -> Iterator[tuple[str, list[str]]]:
    inner = _tokens(value, strict=False) if label in LETTERS else []
    if any(role.endswith(("记者", "記者")) for role, _ in inner):
        yield from inner  # 文/云台日报记者王芳
    else:
        is_unsure = label in SPOKEN or bool(SAID.search(value))
        yield label, split_names(value, strict=is_unsure and not all(map(is_unit, WORD.findall(value))))


def _unlabelled(line: str, *, strict: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield (role, names) of what has no mark behind its roles: before the fields of a line, and behind its source."""
    fields = read_fields(line)
    yield from _tokens(line[: fields[0].start] if fields else line, strict=strict)
    for field in fields:
        if field.kind is Label.SOURCE:
            yield from _tokens(field.value, strict=False)


def _behind(line: str) -> Iterator[tuple[str, list[str]]]:
    """Yield (role, names) where the role stands behind the names."""
    for mark in SLASHED.finditer(line):
        if names := list(takewhile(is_person, AMONG.split(mark["names"])[::-1])):
            yield mark["role"], names[::-1]
    line = line.strip(f"{BULLETS}{CLOSED}。")
    did = DID.match(line)
    if did and not TOKEN.match(line):
        names = split_names(did["names"])
        allowed = is_unit if did["role"] == "供稿" else is_person
        if names and all(is_person(name) or allowed(name) for name in names):
            yield did["role"], names


def _by(line: str) -> Iterator[tuple[str, list[str]]]:
    """Yield an English byline in a line of metadata."""
    for mark in BY.finditer(line) if len(line) < SHORT else ():
        yield mark["role"], split_names(mark["names"], strict=True)
    for mark in POSTED.finditer(line) if len(line) < SHORT else ():
        yield mark["role"], split_names(mark["names"], strict=True)


def _glued(inside: str) -> list[tuple[str, list[str]]]:
    """Return (role, names) of a bracket of two or more names, each with its role right behind it; nothing if it says anything else."""
    words = re.split(r"[\s、，,；;]{1,3}", inside)
    marks = [GLUED.fullmatch(word) for word in words]
    told = [
        (mark["role"], [mark["name"]]) for mark in marks if mark and (is_person(mark["name"]) or is_unit(mark["name"]))
    ]
    return told if len(told) == len(words) > 1 else []


def _wired(texts: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the reporters of a text that opens with where it is from, without brackets: 校报讯 记者王芳 通讯员李雷 11月2日，…."""
    for text in texts[:HEAD]:
        if opening := WIRE.match(text):
            words = text[opening.end() : opening.end() + SHORT].split()[:MAX_WIRE]
            byline = " ".join(takewhile(lambda word: WHOLE_ROLE.match(word) or is_names(word), words))
            yield from _tokens(byline, strict=True)


def _slashed(inside: str) -> str:
    """Return what a bracket says with its roles behind slashes, where only spaces stand before them."""
    inside = inside.strip(f"{BULLETS}{CLOSED}")
    slashed, pairs = SPACED.subn(r"\g<name>/\g<role> ", inside)
    return slashed.rstrip() if pairs > 1 and not SPACED.sub("", inside) else inside


def _dated_bylines(infos: Iterable[str]) -> Iterator[str]:
    """Yield what stands beside a date in a line without labels: 2013-09-02 08:30 通讯员 赵明瑄."""
    for info in infos:
        rest = MOMENT.sub("", info, count=1)
        if rest != info and not re.search("[:：丨|]", rest):
            first, _, others = (byline := ASIDE.sub(" ", rest).strip()).partition(" ")
            yield others if re.fullmatch(_UNIT, first) else byline  # 云台日报 记者 王芳


def _brackets(texts: Sequence[str]) -> Iterator[str]:
    running = (text for text in texts[HEAD : HEAD + DEEP] if len(text) > SHORT)
    for text in (*texts[:HEAD], *islice(running, 1)):
        if match := DATELINE.match(text):
            yield match["inside"]
    for text in texts[-TAIL:]:
        if match := CLOSING.search(text[-MAX_CLOSING:]):
            yield match["inside"]


def _tokens(text: str, *, strict: bool) -> list[tuple[str, list[str]]]:
    """Return (role, names) of a byline without colons; nothing if it is none. Strict: not one word may be left over."""
    text = REPORTS.sub("", text)
    marks = [] if ROLE_ENDS.isdisjoint(text) else list(TOKEN.finditer(text))
    if not marks or (strict and (text[: marks[0].start()].strip(BULLETS) or MARKED.search(marks[0][0]))):
        return []  # what follows a colon is read as a field
    found: list[tuple[str, list[str]]] = []
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(text)
        value = text[mark.end() : end].strip()
        is_caption = not strict and bool(CAPTION.search(value))
        if strict and not is_names(CAPTION.sub("", value)):
            return []
        found.append((f"{mark['papers'] or ''}{mark['role']}", [] if is_caption else split_names(value, strict=True)))
    return found


def _add(found: dict[str, list[str]], role: str, names: Iterable[str]) -> None:
    known = found.setdefault(role, [])
    known.extend(name for name in names if name not in known)
