"""What changed between two states of an article, field by field, and the body's difference as a person reads it. Pure.

A version is made by title and body alone (`dedup.content_digest`). Where they are equal a page may still have corrected its date, source,
people or media: such corrections are found by `corrections` and recorded without a version.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Literal

from crawler.dedup.digest import plain
from crawler.items import Article, Media
from crawler.urls import normalise_url

Sign = Literal["=", "-", "+"]
Op = tuple[Sign, str]
"""A run of text that both states have, that only the older one has, or only the newer one."""

# A Latin word or number with what is inside it (3.5, o'clock, 2024-05-06), white space, or one character: an ideograph or a mark.
# No dictionary: what a segmenter gains in neat edges it loses on names, and it costs a second and 40 MB to load.
TOKEN = re.compile(r"[A-Za-z0-9]+(?:[-.,:/'’][A-Za-z0-9]+)*|\s+|.", re.DOTALL)
SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]+[”’」』）)]*|[^。！？!?；;\n]+")
ISLAND = 2  # characters that stay between two edits of one passage; fewer are coincidence (的) and are read as edited
MOST_PAIRS = 4_000_000  # pairs of tokens compared one by one (about 2 s); a larger passage is shown as replaced


class Field(StrEnum):
    """What can change, in the order it is told."""

    TITLE = "title"
    DATE = "date"
    SOURCE = "source"
    PEOPLE = "people"
    SECTION = "section"
    BODY = "body"
    MEDIA = "media"


CORRECTABLE = (
    Field.DATE,
    Field.SOURCE,
    Field.PEOPLE,
    Field.MEDIA,
)  # without a version; a section is the site's, not the article's
STAYING = (Field.DATE, Field.SOURCE, Field.PEOPLE)  # a page that no longer states one has not said that it was wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field that two states of an article say differently."""

    field: Field
    before: str | None  # as a person reads it; None: not stated
    after: str | None


def changes_between(before: Article, after: Article) -> tuple[Change, ...]:
    """Return the fields that differ, in the order of `Field`; equal but for script, width, punctuation or layout is not compared here."""
    return tuple(
        Change(field=field, before=old, after=new)
        for field in Field
        if not _is_same(field, before, after) and (old := shown(before, field)) != (new := shown(after, field))
    )


def corrections(before: Article, after: Article) -> tuple[Change, ...]:
    """Return what a page corrected beside title and body. A value that is no longer stated, media apart, is no correction."""
    found = (change for change in changes_between(before, after) if change.field in CORRECTABLE)
    return tuple(change for change in found if change.after is not None or change.field not in STAYING)


def keeping(article: Article, before: Article) -> Article:
    """Return the article with the date, source and people that the page stated before and states no more."""
    kept = article
    if article.published is None:
        kept = replace(kept, published=before.published, precision=before.precision, date_raw=before.date_raw)
    return replace(kept, source=kept.source or before.source, people=kept.people or before.people)


def shown(article: Article, field: Field) -> str | None:
    """Return a field as one text: what `Change` holds, and the catalog."""
    match field:
        case Field.TITLE:
            return article.title
        case Field.DATE:
            return article.published.isoformat() if article.published else None
        case Field.SOURCE:
            return article.source
        case Field.PEOPLE:
            return "; ".join(f"{role} {'、'.join(names)}" for role, names in article.people.items()) or None
        case Field.SECTION:
            return " / ".join(article.section) or None
        case Field.BODY:
            return plain(article.body)
        case Field.MEDIA:
            return "\n".join(filter(None, map(_shown_medium, article.media))) or None


def difference(before: str, after: str) -> tuple[Op, ...]:
    """Return how one text becomes the other: runs kept, taken out, put in; joined, those of "=" and "-" are `before`, of "=" and "+" `after`.

    Sentences are matched first, then the words and ideographs within those that differ: 3,000 characters take about a millisecond.
    """
    old, new = SENTENCE.findall(before), SENTENCE.findall(after)
    ops: list[Op] = []
    for tag, i1, i2, j1, j2 in _opcodes(old, new):
        gone, come = "".join(old[i1:i2]), "".join(new[j1:j2])
        ops += _words(gone, come) if tag == "replace" else _op(tag, gone, come)
    return tuple(_joined(_without_islands(ops)))


def inline(ops: Sequence[Op]) -> str:
    """Return a difference as one text, edits marked as `[-out-]` and `{+in+}`."""
    marks: Mapping[Sign, str] = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}
    return "".join(marks[sign].format(text) for sign, text in ops)


def _is_same(field: Field, before: Article, after: Article) -> bool:
    """Tell what is the same though it is written differently: the roles in another order, a picture on another of the site's hosts."""
    if field is Field.PEOPLE:
        return {role: set(names) for role, names in before.people.items()} == {
            role: set(names) for role, names in after.people.items()
        }
    if field is Field.MEDIA:
        return set(map(_place, before.media)) == set(map(_place, after.media))
    if field is Field.DATE:
        return before.published == after.published and before.precision == after.precision
    return False


def _place(medium: Media) -> tuple[str, str]:
    """Return what tells a medium from another: its address without scheme, host and session (a site has several image hosts)."""
    url = normalise_url(medium.url) or medium.url
    return medium.kind, url.partition("://")[2].partition("/")[2]


def _shown_medium(medium: Media) -> str:
    return " ".join(filter(None, (medium.kind.value, medium.url, medium.name or medium.caption)))


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    if len(old) * len(new) > MOST_PAIRS:
        return iter([("replace", 0, len(old), 0, len(new))])
    return iter(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())


def _words(before: str, after: str) -> list[Op]:
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    found = (_op(tag, "".join(old[i1:i2]), "".join(new[j1:j2])) for tag, i1, i2, j1, j2 in _opcodes(old, new))
    return [op for ops in found for op in ops]


def _op(tag: str, gone: str, come: str) -> list[Op]:
    if tag == "equal":
        return [("=", gone)]
    ops: list[Op] = [("-", gone), ("+", come)]
    return [op for op in ops if op[1]]


def _without_islands(ops: Sequence[Op]) -> list[Op]:
    """Return the edits with what stays between two of them taken out and put in again, where that is hardly anything."""
    joined: list[Op] = []
    for place, (sign, text) in enumerate(ops):
        is_between = 0 < place < len(ops) - 1 and ops[place - 1][0] != "=" != ops[place + 1][0]
        if sign == "=" and is_between and len(text.strip()) < ISLAND:
            joined += [("-", text), ("+", text)]
        else:
            joined.append((sign, text))
    return joined


def _joined(ops: Sequence[Op]) -> Iterator[Op]:
    """Yield the runs with neighbours of one kind as one, and of each edit first what went, then what came."""
    gone = come = kept = ""
    for sign, text in ops:
        if sign == "=":
            yield from _op("replace", gone, come)
            gone = come = ""
            kept += text
            continue
        if kept:
            yield "=", kept
            kept = ""
        gone, come = (gone + text, come) if sign == "-" else (gone, come + text)
    yield from _op("replace", gone, come)
    if kept:
        yield "=", kept
