"""Syntax: the tree of a script, taken over from the parser node by node as it is looked at, and kept: each node is asked for once.

Functions are gone through many times, and many pages of a site have the same scripts: without this most of the time went into asking the parser.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from sys import intern
from typing import Any

import tree_sitter
import tree_sitter_javascript

SHORT = 20_000  # characters of a script whose tree is remembered
REMEMBERED = 64  # trees of such scripts


class Node:
    """One node of a tree. There are tens of thousands of them, so that each holds as little as it can: what was not asked for is not there."""

    __slots__ = ("_fields", "_origin", "_source", "is_prefix", "literal", "named_children", "text", "type", "unescaped")

    text: str  # the source of the node
    named_children: "tuple[Node, ...]"  # what stands in the node, without marks and keywords
    literal: str  # the text that a string means
    unescaped: str  # a piece of a string as it is meant
    is_prefix: bool  # an operator stands before what it changes: ++n

    def __init__(self, origin: tree_sitter.Node, source: bytes) -> None:
        self._origin, self._source = origin, source
        self._fields: dict[str, Node | None] | None = None
        self.type = intern(origin.type)  # every node has one of these strings, not one of its own

    def __getattr__(self, name: str) -> Any:
        """Work out what is asked for, once: from then on the slot holds it, and this is not called."""
        value = MAKERS[name](self)
        setattr(self, name, value)
        return value

    def field(self, name: str) -> "Node | None":
        """Return the child of a name in the grammar."""
        fields = self._fields
        if fields is None:
            fields = self._fields = {}
        elif name in fields:
            return fields[name]
        found = self._origin.child_by_field_name(name)
        fields[name] = node = None if found is None else Node(found, self._source)
        return node

    def make_text(self) -> str:
        origin = self._origin  # its own `text` takes three times as long
        return self._source[origin.start_byte : origin.end_byte].decode("utf-8", "replace")

    def make_named_children(self) -> "tuple[Node, ...]":
        source = self._source
        return tuple([Node(child, source) for child in self._origin.named_children])

    def make_literal(self) -> str:
        source = self.text
        is_plain = source.isprintable() and "\\" not in source
        if is_plain and len(source) > 1 and source[0] == source[-1] and source[0] in "\"'":
            return source[1:-1]  # most strings: their pieces need no nodes
        return "".join(child.unescaped for child in self.named_children)

    def make_unescaped(self) -> str:
        source = self.text
        if self.type != "escape_sequence" or len(source) < 2:
            return source
        letter = source[1]
        if letter in "ux":
            digits = source[2:].strip("{}")
            return chr(int(digits, 16)) if digits and len(digits) <= 6 and int(digits, 16) < 0x110000 else ""
        return {"n": "\n", "t": "\t", "r": "\r", "\n": ""}.get(letter, letter)

    def make_is_prefix(self) -> bool:
        return not self._origin.children[0].is_named


MAKERS: Mapping[str, Callable[[Node], Any]] = {
    name.removeprefix("make_"): make for name, make in vars(Node).items() if name.startswith("make_")
}


def parse(source: str) -> Node:
    """Return the syntax tree of a script; what is no JavaScript is a node of its own in it."""
    return _remembered(source) if len(source) <= SHORT else _parsed(source)


def _parsed(source: str) -> Node:
    data = source.encode("utf-8", "replace")
    return Node(_parser().parse(data).root_node, data)


_remembered = lru_cache(maxsize=REMEMBERED)(_parsed)


@lru_cache(maxsize=1)
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_javascript.language()))
