"""Syntax: the tree of a script, taken over from the parser node by node as it is looked at, and kept: each node is asked for once.

Functions are gone through many times, and many pages of a site have the same scripts: without this most of the time went into asking the parser.
"""

from functools import cached_property, lru_cache

import tree_sitter
import tree_sitter_javascript

SHORT = 20_000  # characters of a script whose tree is remembered
REMEMBERED = 64  # trees of such scripts


class Node:
    """One node of a tree."""

    def __init__(self, origin: tree_sitter.Node) -> None:
        self._origin = origin
        self.type = origin.type
        self._fields: dict[str, Node | None] = {}

    @cached_property
    def text(self) -> str:
        """Return the source of the node."""
        return (self._origin.text or b"").decode("utf-8", "replace")

    @cached_property
    def named_children(self) -> tuple["Node", ...]:
        """Return what stands in the node, without marks and keywords."""
        return tuple(map(Node, self._origin.named_children))

    @cached_property
    def literal(self) -> str:
        """Return the text that a string means."""
        return "".join(child.unescaped for child in self.named_children)

    @cached_property
    def unescaped(self) -> str:
        """Return a piece of a string as it is meant."""
        source = self.text
        if self.type != "escape_sequence" or len(source) < 2:
            return source
        letter = source[1]
        if letter in "ux":
            digits = source[2:].strip("{}")
            return chr(int(digits, 16)) if digits and len(digits) <= 6 and int(digits, 16) < 0x110000 else ""
        return {"n": "\n", "t": "\t", "r": "\r", "\n": ""}.get(letter, letter)

    @cached_property
    def is_prefix(self) -> bool:
        """Return whether an operator stands before what it changes: ++n."""
        return not self._origin.children[0].is_named

    def field(self, name: str) -> "Node | None":
        """Return the child of a name in the grammar."""
        try:
            return self._fields[name]
        except KeyError:
            found = self._origin.child_by_field_name(name)
            self._fields[name] = node = None if found is None else Node(found)
            return node


def parse(source: str) -> Node:
    """Return the syntax tree of a script; what is no JavaScript is a node of its own in it."""
    return _remembered(source) if len(source) <= SHORT else _parsed(source)


def _parsed(source: str) -> Node:
    return Node(_parser().parse(source.encode("utf-8", "replace")).root_node)


_remembered = lru_cache(maxsize=REMEMBERED)(_parsed)


@lru_cache(maxsize=1)
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_javascript.language()))
