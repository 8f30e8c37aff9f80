"""What a query says: a small language over words, read by recursive descent. Pure; whatever is typed is a query.

    query  = any { "OR" any }                     OR, |
    any    = { ["AND"] ["NOT" | "-"] one }        words beside each other have to stand all
    one    = "(" query ")" | [field ":"] (word | "a phrase" | "(" query ")")

Fields: those of Filter, in Chinese too (标题：就业), and the roles of people (摄影：李雷). A sign counts only where a word may begin, so that
titles that are pasted stay what they are: C++, 2023-05, 通知(第3号). What cannot be understood is left out and told, with its place.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from unicodedata import normalize

from crawler.catalog.tokens import words

DEEPEST = 20  # parentheses in one another
MAX_TOKENS = 100  # a pasted page is no query
# What people write for an operator between two words; of a phrase in Latin letters it is a part: to be or not to be.
JOINING = {"or": "OR", "and": "AND", "或": "OR", "或者": "OR", "和": "AND", "与": "AND"}
LATIN = re.compile("[A-Za-z]")


class Filter(StrEnum):
    """What may be asked of an article beside its words."""

    TITLE = "title"
    AUTHOR = "author"
    SOURCE = "source"
    HAS = "has"
    IS = "is"
    DATE = "date"
    SINCE = "since"
    UNTIL = "until"
    SECTION = "section"
    UNIVERSITY = "university"
    SITE = "site"
    LANGUAGE = "language"
    ARCHIVED = "archived"
    CHANGED = "changed"


CHINESE = {"标题": Filter.TITLE, "题": Filter.TITLE, "作者": Filter.AUTHOR, "来源": Filter.SOURCE, "含": Filter.HAS, "是": Filter.IS,
           "日期": Filter.DATE, "自": Filter.SINCE, "至": Filter.UNTIL, "栏目": Filter.SECTION, "高校": Filter.UNIVERSITY,
           "网站": Filter.SITE, "语言": Filter.LANGUAGE, "存档": Filter.ARCHIVED, "修改": Filter.CHANGED}  # fmt: skip
ROLES = ("记者", "通讯员", "摄影", "编辑")
TEXTS = (Filter.TITLE, Filter.AUTHOR, Filter.SOURCE, Filter.SECTION, Filter.UNIVERSITY, Filter.SITE, Filter.LANGUAGE)
HAS = {"attachment": "attachment", "picture": "picture", "video": "video", "version": "version",
       "附件": "attachment", "图片": "picture", "视频": "video", "版本": "version"}  # fmt: skip
IS = {"gone": "gone", "repost": "repost", "suspect": "suspect", "undated": "undated",
      "下架": "gone", "转载": "repost", "可疑": "suspect", "无日期": "undated"}  # fmt: skip
VALUES: Mapping[Filter, Mapping[str, str]] = {Filter.HAS: HAS, Filter.IS: IS}
SPACE, SPACES = r"\s\u3000", re.compile(r"[\s\u3000]+")
QUOTES = '"“”「」『』'
TOKEN = re.compile(
    rf"""
    (?P<space>[{SPACE}]+)
    | (?P<open>[(（])
    | (?P<close>[)）])
    | (?P<minus>-(?=[^{SPACE}-]))
    | (?P<operator>(?:AND|OR|NOT|\|)(?=[{SPACE}(（]|$))
    | (?P<field>[A-Za-z]+|{"|".join((*CHINESE, *ROLES))})[:：](?=[^{SPACE}/\\])
    | [{QUOTES}](?P<phrase>[^{QUOTES}]*)[{QUOTES}]
    | (?P<word>.)
    """,
    re.VERBOSE | re.DOTALL,
)
WORD = re.compile(rf"[^{SPACE}{QUOTES}()（）]+")
# 2026-05-31, 2026/5, 2026.5.31, 2026年5月31日, 20260531
DAY = re.compile(r"(\d{4})(?:(\d\d)(\d\d)|(?:[-/.年](\d{1,2}))?(?:[-/.月](\d{1,2}))?[年月日号]?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Misunderstanding:
    """A part of a query that is left out."""

    at: int  # its place in the query, from 0
    text: str
    expected: str  # what was, "one of: …" or a sentence's end
    kind: str  # field, value, date, operator, parenthesis


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words or a phrase, in all of the text or in one field of it."""

    text: str
    field: Filter | None = None
    role: str | None = None  # of an author


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """`has:` or `is:` with one of its values."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """Days, both ends included, in the offset of the site where they are of publication, else in UTC."""

    of: Filter = Filter.DATE  # or ARCHIVED, CHANGED
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """What must not be."""

    node: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """What has to be all at once; of nothing: whatever there is."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """Of what one is enough."""

    nodes: tuple["Node", ...]


Node = Words | Trait | Between | Without | Every | Either


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # open, close, minus, operator, field, phrase, word, end
    text: str
    at: int


def parse(text: str) -> tuple[Node, tuple[Misunderstanding, ...]]:
    """Return what a query asks, and what of it was not understood. A query without anything in it is `Every` of nothing."""
    reader = _Reader(text)
    node = reader.query()
    return node, tuple(reader.problems)


class _Reader:
    """Walks over the tokens once; each method eats what it returns."""

    def __init__(self, text: str) -> None:
        self.tokens = [*_joined(list(islice(_tokens(text), MAX_TOKENS))), _Token("end", "", len(text))]
        self.place, self.depth = 0, 0
        self.problems: list[Misunderstanding] = []

    @property
    def next(self) -> _Token:
        return self.tokens[self.place]

    def take(self) -> _Token:
        token = self.next
        self.place += token.kind != "end"
        return token

    def query(self, field: Filter | None = None) -> Node:
        """Return alternatives, up to the end or the parenthesis that closes."""
        found: list[Node] = []
        while True:
            start = self.next
            one = self._together(field)
            if one is not None:
                found.append(one)
            elif found or self._is_operator("OR"):
                self._complain(start, "operator", "")
            if not self._is_operator("OR"):
                break
            self.take()
        if not found:
            return Every(nodes=())
        return found[0] if len(found) == 1 else Either(nodes=tuple(found))

    def _together(self, field: Filter | None) -> Node | None:
        """Return what has to be there all at once, None where there is nothing."""
        found: list[Node] = []
        while self.next.kind != "end" and not self._is_operator("OR"):
            if self.next.kind == "close":
                if self.depth:
                    break
                self.take()  # one that closes nothing parts words
            elif self._is_operator("AND"):
                self.take()
            elif (one := self._signed(field)) is not None:
                found.append(one)
        if not found:
            return None
        return found[0] if len(found) == 1 else Every(nodes=tuple(found))

    def _signed(self, field: Filter | None) -> Node | None:
        negations = 0
        start = self.next
        while self.next.kind == "minus" or self._is_operator("NOT"):
            self.take()
            negations += 1
        one = self._one(field)
        if one is None and negations:
            self._complain(start, "operator", "")
        return Without(node=one) if one is not None and negations % 2 else one

    def _one(self, field: Filter | None) -> Node | None:
        token = self.next
        if token.kind == "open":
            return self._within(field)
        if token.kind == "field":
            self.take()
            return self._valued(token)
        if token.kind in ("word", "phrase"):
            self.take()
            quoted = f'"{token.text}"' if token.kind == "phrase" else token.text
            return _words(quoted, field)
        return None

    def _within(self, field: Filter | None) -> Node | None:
        opened = self.take()
        if self.depth >= DEEPEST:
            self._complain(opened, "parenthesis", "")
            return None
        self.depth += 1
        node = self.query(field)
        self.depth -= 1
        if self.next.kind == "close":
            self.take()
        else:
            self._complain(opened, "parenthesis", ")")
        return None if node == Every(nodes=()) else node

    def _valued(self, named: _Token) -> Node | None:
        """Return what a field asks for; one that nobody knows is looked for as words."""
        role = named.text if named.text in ROLES else None
        field = CHINESE.get(named.text, Filter.AUTHOR if role else None)
        if field is None and named.text.lower() in list(Filter):
            field = Filter(named.text.lower())
        if field is None:
            self._complain(named, "field", ", ".join(f"{name}:" for name in Filter))
            return _words(f"{named.text} {self.take().text}", None)
        if field in TEXTS:
            one = self._one(field)
            if one is None:
                self._complain(named, "value", "")
            return replace(one, role=role) if role and isinstance(one, Words) else one
        value = self.take() if self.next.kind in ("word", "phrase") else self.next
        asked = _trait(field, value.text) if field in VALUES else _published(field, value.text)
        if asked is None:
            expected = (
                ", ".join(dict.fromkeys(VALUES[field].values())) if field in VALUES else "2026, 2026-05, 2026-05-31"
            )
            self.problems.append(
                Misunderstanding(
                    at=named.at,
                    text=f"{named.text}:{value.text}",
                    expected=expected,
                    kind="value" if field in VALUES else "date",
                )
            )
        return asked

    def _is_operator(self, name: str) -> bool:
        return self.next.kind == "operator" and self.next.text.replace("|", "OR") == name

    def _complain(self, token: _Token, kind: str, expected: str) -> None:
        text = f"{token.text}:" if token.kind == "field" else token.text
        self.problems.append(Misunderstanding(at=token.at, text=text, expected=expected, kind=kind))


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the tokens of a query. Signs count where a word may begin: after white space, a sign, or at the beginning."""
    at, is_beginning, opened = 0, True, 0
    while at < len(text):
        found = TOKEN.match(text, at)
        assert found is not None, "any character is a word"
        kind = found.lastgroup or "phrase"
        if kind == "close" and opened:
            opened -= 1
        elif kind in ("open", "close", "minus", "operator", "field") and not is_beginning:
            kind = "word" if kind != "open" and kind != "close" else "space"
        elif kind == "open":
            opened += 1
        if kind == "word":
            found = WORD.match(text, at) or found
            if set(found[0]) - set(QUOTES):  # a quotation mark alone is none
                yield _Token("word", found[0], at)
        elif kind != "space":
            yield _Token(kind, found[kind], at)
        is_beginning = kind != "word" and kind != "phrase" and (kind != "space" or found[0][:1] not in "(（)）")
        at = found.end()


def _joined(tokens: list[_Token]) -> Iterator[_Token]:
    """Yield the tokens, as operators those words between two others that people write for one."""
    for at, token in enumerate(tokens):
        beside = tokens[at - 1 : at] + tokens[at + 1 : at + 2]
        named = JOINING.get(token.text.lower()) if token.kind == "word" else None
        joins = len(beside) == 2 and not any(one.kind in ("operator", "field", "open") for one in beside)
        if named and joins and not any(LATIN.search(one.text) for one in beside):
            yield replace(token, kind="operator", text=named)
        else:
            yield token


def _words(text: str, field: Filter | None) -> Words | None:
    return Words(text=text, field=field) if words(text) else None


def _trait(field: Filter, value: str) -> Trait | None:
    name = VALUES[field].get(value.lower())
    return Trait(name=name) if name else None


def _published(field: Filter, value: str) -> Between | None:
    first, _, last = value.replace("～", "..").replace("~", "..").partition("..")
    since, until = days_of(first), days_of(last or first)
    if since is None or until is None:
        return None
    if field is Filter.SINCE:
        return Between(since=since[0])
    if field is Filter.UNTIL:
        return Between(until=until[1])
    of = field if field in (Filter.ARCHIVED, Filter.CHANGED) else Filter.DATE
    return Between(of=of, since=since[0], until=until[1])


def days_of(text: str) -> tuple[date, date] | None:
    """Return the first and the last day of a year, a month or a day, as people write them; None for what is none."""
    found = DAY.fullmatch(normalize("NFKC", text))
    if found is None:
        return None
    year, *joined = (int(part) if part else None for part in found.groups())
    month, day = (one or other for one, other in zip(joined[:2], joined[2:], strict=True))
    try:
        first = date(year or 0, month or 1, day or 1)
        if day:
            return first, first
        following = (
            date(first.year + 1, 1, 1) if not month else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        )
    except (ValueError, OverflowError):
        return None
    return first, following - timedelta(days=1)
