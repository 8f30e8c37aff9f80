"""A query as SQLite asks it: one expression for the index of words, and a condition on `documents` for what that cannot say.

The index holds title, names and body. What has to be in a text anyway goes into the one expression that drives the search; what must not be,
and what is said of the row, into the condition.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from crawler.catalog.search.grammar import (
    Either,
    Every,
    Filter,
    Misunderstanding,
    Node,
    PublishedBetween,
    Trait,
    Without,
    Words,
    parse,
)
from crawler.catalog.tokens import query, words

TRAITS = {
    "attachment": "documents.attachments > 0",
    "picture": "documents.images > 0",
    "video": "documents.videos > 0",
    "version": "documents.version > 1",
    "gone": "documents.status = 'gone'",
    "repost": "documents.id IN (SELECT document FROM group_members)",
    # As the index documents_suspect says it: there are few among many.
    "suspect": "(documents.characters = 0 OR documents.confidence < 0.5 OR documents.title_agrees = 0 OR documents.day_agrees = 0)",
}
MATCHES = "documents.search_row IN (SELECT rowid FROM document_search WHERE document_search MATCH :{name})"
NAMED = "documents.id IN (SELECT document FROM people WHERE instr(people.name, :{name}))"
BY_SOURCE = "instr(coalesce(documents.source, ''), :{name})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query, ready to be asked."""

    match: str | None  # for the index of words; None: nothing there has to match
    condition: str  # on a row of documents, TRUE where nothing more is asked
    values: dict[str, str]  # named in the condition
    marked: tuple[str, ...]  # folded words that are looked for, to be marked where they stand
    is_plain: (
        bool  # nothing but words and phrases that have to stand all: its hits can be weighed, and titles be equal to it
    )
    is_empty: bool  # asks for nothing
    problems: tuple[Misunderstanding, ...]


@lru_cache(maxsize=64)  # asked for its condition, its ranking and its marks
def asked(text: str) -> Asked:
    """Return what a text from the search box asks for."""
    node, problems = parse(text)
    parts = node.nodes if isinstance(node, Every) else (node,)
    matches = [match for part in parts if (match := _match(part))]
    rest = [part for part in parts if _match(part) is None]
    values: dict[str, str] = {}
    conditions = [_condition(part, values) for part in rest]
    return Asked(
        match=" AND ".join(matches) or None,
        condition=" AND ".join(conditions) or "TRUE",
        values=values,
        marked=tuple(dict.fromkeys(_marked(node))),
        is_plain=all(isinstance(part, Words) and part.field is None for part in parts),
        is_empty=not parts,
        problems=problems,
    )


def _match(node: Node) -> str | None:
    """Return the expression that finds just what a part asks for, None for what the index cannot say."""
    if isinstance(node, Words):
        if node.field not in (None, Filter.TITLE):
            return None
        return f"title : ({_and(node.text)})" if node.field else f"({_and(node.text)})"
    if isinstance(node, Every | Either):
        found = [_match(one) for one in node.nodes]
        known = [match for match in found if match is not None]
        joined = (" AND " if isinstance(node, Every) else " OR ").join(known)
        return f"({joined})" if known and len(known) == len(found) else None
    return None


def _and(text: str) -> str:
    """Return the expression for the words of a text, which have to stand all."""
    return " AND ".join(query(f'"{word}"') for word in words(text))


def _condition(node: Node, values: dict[str, str]) -> str:
    """Return a part as a condition, its values put to the others."""
    if (match := _match(node)) is not None:
        return MATCHES.format(name=_put(values, match))
    if isinstance(node, Words):
        sql = NAMED if node.field is Filter.AUTHOR else BY_SOURCE
        return " AND ".join(sql.format(name=_put(values, word)) for word in _plain(node.text))
    if isinstance(node, Trait):
        return TRAITS[node.name]
    if isinstance(node, PublishedBetween):
        return _published(node, values)
    if isinstance(node, Without):
        return f"NOT ({_condition(node.node, values)})"
    return (
        "(" + (" AND " if isinstance(node, Every) else " OR ").join(_condition(one, values) for one in node.nodes) + ")"
    )


def _published(node: PublishedBetween, values: dict[str, str]) -> str:
    """Return the condition on the day; an article without one was published on none."""
    bounds = ["documents.published IS NOT NULL"]
    if node.since:
        bounds.append(f"documents.published >= :{_put(values, node.since.isoformat())}")
    if node.until:
        bounds.append(f"documents.published < :{_put(values, (node.until + timedelta(days=1)).isoformat())}")
    return f"({' AND '.join(bounds)})"


def _plain(text: str) -> list[str]:
    """Return a phrase as it is printed, or the words of a text: names and sources are kept as pages print them."""
    return [text.strip('"').strip()] if text.startswith('"') else [text]


def _put(values: dict[str, str], value: str) -> str:
    name = f"asked{len(values)}"
    values[name] = value
    return name


def _marked(node: Node) -> Iterator[str]:
    if isinstance(node, Words):
        yield from words(node.text)
    elif isinstance(node, Every | Either):
        for one in node.nodes:
            yield from _marked(one)
