"""A query of the search box as tantivy asks it: it finds in the union just what SQLite finds in each shard (`catalog/search/condition.py`)."""

import re
from collections.abc import Callable, Mapping, Sequence

from tantivy import FieldType, Occur, Query, Schema

from crawler.catalog.queries.selection import Selection
from crawler.catalog.search.condition import LANGUAGES, printed
from crawler.catalog.search.grammar import Between, Every, Filter, Node, Trait, Without, Words, parse
from crawler.catalog.tokens import phrase, words

WEIGHTS = {"title": 10.0, "names": 5.0, "body": 1.0}  # fields of words, as finding.py weighs them
EXACT = 1000.0  # what a title that is the query weighs more
DAYS = {Filter.DATE: "published", Filter.ARCHIVED: "archived", Filter.CHANGED: "lastmod"}
OWN_SIGNS = re.compile(r"[\\.+*?()|\[\]{}^$#&~-]")
SEPARATOR = "\x1f"  # between role and name of a person, between parts of nothing else
LAST_DAY = 99_991_231
FOUND = "found"  # the kind of what a search finds
TERMS = {  # field of a Selection -> the fields that may have one of its values
    "sites": ("key",),
    "universities": ("university", "domain"),
    "provinces": ("province",),
    "levels": ("level",),
    "years": ("year",),
    "sources": ("source",),
    "people": ("person",),
}


def ask(schema: Schema, selection: Selection) -> Query | None:
    """Return what a selection asks for, None where its words have nothing in them."""
    node, _ = parse(selection.words)
    is_empty = node == Every(nodes=())
    if is_empty and selection.words.strip():
        return None
    asking = _Asking(schema)
    return _all([asking.term("kind", FOUND), *([] if is_empty else [asking.asked(node)]), *asking.narrowed(selection)])


def moment_number(moment: str | None) -> int:
    """Return the second of an ISO 8601 text, in the offset it states, as a number that sorts; 0 for none, the day's first where it is one."""
    digits = "".join(sign for sign in (moment or "")[:19] if sign.isdigit())
    return int(digits.ljust(14, "0")) if digits else 0


def day_number(moment: str | None) -> int:
    """Return the day of an ISO 8601 text as a number that sorts, as 20260531; 0 for none."""
    return int(moment[:10].replace("-", "")) if moment else 0


def languages(language: str | None) -> list[str]:
    """Return a language and those it is one of: zh-hans, zh."""
    parts = language.lower().split("-") if language else []
    return ["-".join(parts[:number]) for number in range(1, len(parts) + 1)]


def equal_title(schema: Schema, query: Query, title: str) -> Query:
    """Return a query that weighs those more whose title, as the index holds it, is this one."""
    exact = Query.boost_query(Query.const_score_query(Query.term_query(schema, "exact", title), 1.0), EXACT)
    return Query.boolean_query([(Occur.Must, query), (Occur.Should, exact)])


class _Asking:
    """Makes queries of one schema."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.texts: Mapping[Filter, Callable[[str], Query]] = {
            Filter.SOURCE: lambda text: self.holding("source", text),
            Filter.SECTION: lambda text: self.holding("section", text),
            Filter.AUTHOR: lambda text: self.holding("person", text),
            Filter.UNIVERSITY: lambda text: _any([self.holding("university", text), self.term("domain", text)]),
            Filter.SITE: lambda text: self.term("site", text),
            Filter.LANGUAGE: lambda text: self.term("language", LANGUAGES.get(text.lower(), text).lower()),
        }

    def narrowed(self, selection: Selection) -> list[Query]:
        """Return what narrows the words down: of each field of a selection any value will do."""
        wanted = [
            _any([self.term(field, value) for field in fields for value in getattr(selection, name)])
            for name, fields in TERMS.items()
            if getattr(selection, name)
        ]
        if selection.sections:
            patterns = (f"(?s)(.* / )?{_escaped(part)}( / .*)?" for part in selection.sections)
            wanted.append(_any([Query.regex_query(self.schema, "section", pattern) for pattern in patterns]))
        if selection.since or selection.until:
            wanted.append(self.between(Between(of=Filter.DATE, since=selection.since, until=selection.until)))
        return wanted

    def asked(self, node: Node) -> Query:
        if isinstance(node, Words):
            return self.words(node)
        if isinstance(node, Trait):
            return self.term("trait", node.name)
        if isinstance(node, Between):
            return self.between(node)
        if isinstance(node, Without):
            return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, self.asked(node.node))])
        parts = [self.asked(one) for one in node.nodes]
        return _all(parts) if isinstance(node, Every) else _any(parts)

    def words(self, node: Words) -> Query:
        if node.role:
            pattern = f"(?s).*{_escaped(node.role)}[^{SEPARATOR}]*{SEPARATOR}.*{_escaped(printed(node.text))}.*"
            return Query.regex_query(self.schema, "role", pattern)
        if node.field and node.field in self.texts:
            return self.texts[node.field](printed(node.text))
        return _all([self.phrase(word, is_title=node.field is Filter.TITLE) for word in words(node.text)])

    def phrase(self, word: str, *, is_title: bool) -> Query:
        tokens, is_beginning = phrase(word)
        if not tokens:
            return Query.empty_query()
        found = [
            Query.boost_query(self.phrase_in(field, tokens, is_beginning=is_beginning), weight)
            for field, weight in WEIGHTS.items()
            if field == "title" or not is_title
        ]
        return _any(found)

    def phrase_in(self, field: str, tokens: list[str], *, is_beginning: bool) -> Query:
        if is_beginning:
            patterns = [*map(_escaped, tokens[:-1]), f"{_escaped(tokens[-1])}.*"]
            if len(patterns) == 1:
                return Query.regex_query(self.schema, field, patterns[0])
            return Query.regex_phrase_query(self.schema, field, [*patterns])
        if len(tokens) == 1:
            return self.term(field, tokens[0])
        return Query.phrase_query(self.schema, field, [*tokens])

    def between(self, node: Between) -> Query:
        return Query.range_query(
            self.schema,
            DAYS[node.of],
            FieldType.Integer,
            lower_bound=day_number(node.since.isoformat()) if node.since else 1,
            upper_bound=day_number(node.until.isoformat()) if node.until else LAST_DAY,
        )

    def term(self, field: str, value: str) -> Query:
        return Query.term_query(self.schema, field, value)

    def holding(self, field: str, text: str) -> Query:
        return Query.regex_query(self.schema, field, f"(?s).*{_escaped(text)}.*")


def _all(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, query) for query in queries])


def _any(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, query) for query in queries])


def _escaped(text: str) -> str:
    return OWN_SIGNS.sub(lambda found: f"\\{found[0]}", text)
