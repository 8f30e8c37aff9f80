"""A lexer for metadata lines: where labels stand, what each announces, and how far its value goes.

A label stands before a mark (作者：, 摄影/, 文丨). It is found from the mark backwards, as the longest word of the vocabulary that ends there,
so that a line costs time by its length and marks, whatever it repeats.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from crawler.pages.extraction.names import is_person, is_unit
from crawler.pages.extraction.roles import ALONE, LETTERS, NO_SOURCE, ROLE, Label, label_of

MARK = re.compile(r"\s?[】\])）]?\s?(?P<mark>[:：∶丨｜︱│|]|/(?!/)|／)\s{0,3}[\])）】]?")
RUN = re.compile(r"(?:[\u4e00-\u9fff、/／&·]{1,16}|(?<![A-Za-z])[A-Za-z]{1,12}(?: [A-Za-z]{1,9})?)$")
MAX_RUN = 18  # characters before a mark in which its label stands
ROLE_AHEAD = re.compile(rf"\s?{ROLE}(?:\s?[:：/／丨｜︱|]|\s|$)")  # 文/图：, 图/文 王芳
SPREAD = re.compile(r"([\u4e00-\u9fff])[ \u3000]{1,4}([\u4e00-\u9fff])(?=\s?[】\])）]?\s?[:：])")  # 监 制：
BARRED = re.compile(
    r"((?:^|[|])\s{0,3})(来源|作者|责任编辑|编辑|责编|记者|通讯员|摄影|审核|校对) ?(?=[\u4e00-\u9fffA-Za-z][^|:：]{1,20}(?:[|]|$))"
)
TAKEN_FROM = re.compile(r"(?<![\u4e00-\u9fff])来源于\s{0,3}(?=[^，。：:|]{2,20}(?:[|]|$))")
# What ends a value though no label follows: a date, an address, a bracket that was opened before it.
VALUE_END = re.compile(
    r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d|https?:|[（(\[【]\s{0,2}$"
)
AMONG = re.compile("[、/／&]")  # between the names of a run
BAR = re.compile(r"\s?[|｜丨]")
EDGE = " \t|丨｜；;，,。　·-—/／"
OPENING, CLOSING = "（(【[", "）)】]"
BULLETS = " \t　■●□◎◆▲△（(【[—-*"
CORRECTION = re.compile(r"^\W{0,4}(?:纠\s?错|本文(?=来源))\W{0,4}(?=\S)")  # a button before the editors' names
DAY = re.compile(r"\d\s?[月日]")  # behind a label: when something is due (初审：5月10日前)
SENTENCE = re.compile(r"[。？！?!]")
MARKED = re.compile("[:：∶丨｜︱│|/／]")  # a line without any of these has no field
MAX_OPENING = 40  # characters in which the first label of a credit ends
MAX_CREDIT = 160  # characters of a line of nothing but credits
MAX_VALUE = 40  # characters of what stands behind a label in a line of credits
OF_PICTURES = frozenset({"photo", "image", "picture", "video", "data"})  # whose source is not the text's
COUNTED = tuple("日号分秒时次人月")  # of a number before a label
MAX_LABEL = 8  # characters of a label that no vocabulary knows


@dataclass(frozen=True, slots=True)
class LabelledField:
    """One label and its value, as they stand in a line."""

    label: str
    kind: Label
    value: str
    start: int  # of the label


def read_fields(line: str) -> list[LabelledField]:
    """Return the labelled fields of a line of metadata that tell a role or a source, in order; empty values are left out."""
    return [field for field in all_fields(line) if field.kind is not Label.OTHER and field.value]


def is_label(text: str, *, in_cell: bool = False) -> bool:
    """Return whether a text is a label without its value: 作者：, in the cell of a table also 作者."""
    bare = text.strip(f"{BULLETS}{CLOSING}")
    name = bare.rstrip(f" :：{CLOSING}").replace(" ", "")
    return (
        (in_cell or bare[-1:] in (":", "：")) and label_of(name) is not None and (bare != name or name not in LETTERS)
    )


def starts_with_label(text: str) -> bool:
    """Return whether a text begins with a label of whatever kind."""
    fields = all_fields(text)
    return bool(fields) and not text[: fields[0].start].strip(BULLETS)


def is_credit(line: str) -> bool:
    """Tell a line of nothing but roles, sources and names."""
    if not 0 < len(line) < MAX_CREDIT or not MARKED.search(line, 0, MAX_OPENING):
        return False
    line = unspread(CORRECTION.sub("", line))
    fields = [field for field in all_fields(line) if label_of(field.label) is not None]
    if not fields or fields[0].kind is Label.OTHER or line[: fields[0].start].strip(BULLETS):
        return False
    ends = [*(field.start for field in fields[1:]), len(line)]
    values = [
        line[field.start + len(field.label) : end].strip(f"{EDGE}{CLOSING}{OPENING}:：")
        for field, end in zip(fields, ends, strict=True)
        if field.kind is not Label.OTHER
    ]
    return all(len(value) <= MAX_VALUE and not DAY.search(value) and not SENTENCE.search(value) for value in values)


@lru_cache(maxsize=2048)  # one line is asked for its fields, its source, and whether it is a credit
def all_fields(line: str) -> tuple[LabelledField, ...]:
    """Return every labelled field of a line, those of other things too."""
    if not MARKED.search(line):
        return ()
    line = unspread(line)
    labels = list(_labels(line))
    ends = [*(start for _, _, start, _ in labels), len(line)][1:]
    return tuple(
        _field(label, kind, line[begin:end], start)
        for (label, kind, start, begin), end in zip(labels, ends, strict=True)
    )


def unspread(line: str) -> str:
    """Return a line with the characters of its labels side by side: 监 制： is 监制：; between bars and as 来源于 a label needs no colon."""
    if "来源于" in line:
        line = TAKEN_FROM.sub("来源：", line)
    if "|" in line:
        line = BARRED.sub(r"\1\2：", line)
    return (
        line
        if " " not in line
        else SPREAD.sub(lambda found: "".join(found.groups()) if label_of(found[1] + found[2]) else found[0], line)
    )


def _labels(line: str) -> Iterator[tuple[str, Label, int, int]]:
    """Yield (label, kind, where it starts, where its value starts)."""
    at = 0  # where the value of the label before starts
    for mark in MARK.finditer(line):
        run = RUN.search(line, max(at, mark.start() - MAX_RUN), mark.start())
        if run is None or (mark["mark"] in "/／" and ROLE_AHEAD.match(line, mark.end())):
            continue
        found = _label(run[0], line[at : run.start()], is_first=at == 0, mark=mark["mark"])
        if found:
            label, kind = found
            yield label, kind, mark.start() - len(label), mark.end()
            at = mark.end()


def _label(run: str, before: str, *, is_first: bool, mark: str) -> tuple[str, Label] | None:
    """Return the label at the end of a run of characters, and its kind. What stands before it there is of the value before."""
    for start in range(len(run)):
        label, rest = run[start:], run[:start]
        kind = label_of(label)
        if (
            kind is None
            or (mark in "/／" and kind is Label.OTHER)
            or not _is_parted(label, rest, kind, is_first=is_first)
        ):
            continue
        return (label, kind)
    is_apart = not before or before[-1] in f" 　;；|{OPENING}{CLOSING}"
    return (
        (run, Label.OTHER)
        if mark in ":：∶" and is_apart and 2 <= len(run) <= MAX_LABEL and not is_person(run)
        else None
    )


def _is_parted(label: str, rest: str, kind: Label, *, is_first: bool) -> bool:
    """Tell whether a label may stand behind the rest of a run: 王芳摄影： does, 资料图： and 食品来源： do not."""
    if label.isascii():  # the last word of what stands there: Mary Li Source:
        is_parted = rest[-1:] == " " or (rest[-1:].islower() and label[0].isupper())
        return not rest or (is_parted and rest.strip().lower() not in OF_PICTURES)
    if not rest or rest in COUNTED:  # 2024年5月6日来源：, 阅读12次作者：
        return label not in LETTERS or not rest
    if label in LETTERS or rest.endswith(NO_SOURCE):
        return False
    if kind is Label.SOURCE:
        last = AMONG.split(rest)[-1]
        return not is_first and (is_person(rest) or is_person(last) or is_unit(rest))
    return True


def _field(label: str, kind: Label, text: str, start: int) -> LabelledField:
    """Return a field. 发布 and 录入 are roles where a person follows."""
    is_role = label in ALONE and is_person(_value(text, Label.ROLE))
    kind = Label.ROLE if is_role else kind
    return LabelledField(label, kind, _value(text, kind), start)


def _value(text: str, kind: Label) -> str:
    """Return a value as far as it goes."""
    end = VALUE_END.search(text) if kind is Label.ROLE else BAR.search(text)
    text = text[: end.start()] if end else text
    depth = 0
    for place, character in enumerate(text):
        depth += (character in OPENING) - (character in CLOSING)
        if depth < 0:
            text = text[:place]
            break
    return text.strip(EDGE).rstrip(OPENING).strip(EDGE)
