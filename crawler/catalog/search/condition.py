"""A query as SQLite asks it: one expression for the index of words, and a condition on `documents` for what that cannot say.

The index holds title, names and body. What has to be in a text anyway goes into the one expression that drives the search; what must not be,
and what is said of the row, into the condition.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from crawler.catalog.search.grammar import (
    Between,
    Either,
    Every,
    Filter,
    Misunderstanding,
    Node,
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
    "undated": "documents.published IS NULL",
    "repost": "documents.id IN (SELECT document FROM group_members)",
    # As the index documents_suspect says it: there are few among many.
    "suspect": "(documents.characters = 0 OR documents.confidence < 0.5 OR documents.title_agrees = 0 OR documents.day_agrees = 0)",
}
MATCHES = "documents.search_row IN (SELECT rowid FROM document_search WHERE document_search MATCH :{name})"
NAMED = "documents.id IN (SELECT document FROM people WHERE instr(people.name, :{name}))"
NAMED_AS = (
    "documents.id IN (SELECT document FROM people WHERE instr(people.name, :{name}) AND instr(people.role, :{role}))"
)
HOSTED = (
    "documents.site IN (SELECT key FROM sites LEFT JOIN institutions ON institutions.domain = sites.institution WHERE "
)
TEXTS = {
    Filter.SOURCE: "instr(coalesce(documents.source, ''), :{name})",
    Filter.SECTION: "instr(coalesce(documents.section, ''), :{name})",
    Filter.UNIVERSITY: f"{HOSTED} instr(sites.name, :{{name}}) OR instr(institutions.name, :{{name}}) OR institutions.domain = :{{name}})",
    Filter.SITE: f"{HOSTED} key = :{{name}} OR EXISTS (SELECT 1 FROM json_each(sites.hosts) WHERE value = :{{name}}))",
    Filter.LANGUAGE: "documents.language || '-' LIKE :{name} || '-%'",
}
LANGUAGES = {"中文": "zh", "英文": "en", "chinese": "zh", "english": "en"}
DAYS = {Filter.DATE: "documents.published", Filter.ARCHIVED: "documents.archived", Filter.CHANGED: "documents.lastmod"}


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


def printed(text: str) -> str:
    """Return a phrase as it is printed: names and sources are kept as pages print them."""
    return text.strip('"').strip() if text.startswith('"') else text


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
        return _said_of(node, values)
    if isinstance(node, Trait):
        return TRAITS[node.name]
    if isinstance(node, Between):
        return _between(node, values)
    if isinstance(node, Without):
        return f"({_condition(node.node, values)}) IS NOT TRUE"  # where nobody knows, it is not
    return (
        "(" + (" AND " if isinstance(node, Every) else " OR ").join(_condition(one, values) for one in node.nodes) + ")"
    )


def _said_of(node: Words, values: dict[str, str]) -> str:
    """Return the condition on what the row says of an article, beside its title and text."""
    text = printed(node.text)
    if node.field is Filter.LANGUAGE:
        text = LANGUAGES.get(text.lower(), text)
    name = _put(values, text)
    if node.role:
        return NAMED_AS.format(name=name, role=_put(values, node.role))
    return TEXTS.get(node.field or Filter.AUTHOR, NAMED).format(name=name)


def _between(node: Between, values: dict[str, str]) -> str:
    """Return the condition on a day; an article without one was published, or changed, on none."""
    column = DAYS[node.of]
    bounds = [f"{column} IS NOT NULL"]
    if node.since:
        bounds.append(f"{column} >= :{_put(values, node.since.isoformat())}")
    if node.until:
        bounds.append(f"{column} < :{_put(values, (node.until + timedelta(days=1)).isoformat())}")
    return f"({' AND '.join(bounds)})"


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
