"""A definition file's YAML, strictly: its mapping, or one SiteError with the line where it stops being one.

Scalars are those of YAML 1.2: `no` and `2019-06-01` stay text, only true, false, null and decimal numbers are more.
A key that stands twice is an error: YAML keeps the last one silently. What the keys mean is `definition.py`'s business.
"""

import re
from collections.abc import Hashable
from pathlib import Path

import yaml

from crawler.errors import SiteError

TAG = "tag:yaml.org,2002:"


class _Loader(yaml.SafeLoader):
    """SafeLoader without the guesses of YAML 1.1 and without silent duplicate keys."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own class attribute; filled below, not shared with SafeLoader

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        lines: dict[str, int] = {}
        for key_node, _ in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in lines:
                problem = f"the key {key!r} stands twice, first in line {lines[key]}; keep one"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            lines[key] = line
        return super().construct_mapping(node, deep=deep)


_Loader.add_implicit_resolver(TAG + "bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver(TAG + "null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver(TAG + "int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    TAG + "float", re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$"), list("-+.0123456789")
)


def read(path: Path) -> dict[str, object]:
    """Return the mapping of keys to values that a definition file holds."""
    text = _text(path)
    try:
        value = yaml.load(text, _Loader)  # a SafeLoader
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(path, text, error) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SiteError(str(path), f"line {line}", f"a control character ({error.character!r}); delete it") from error
    if value is None:
        raise SiteError(str(path), "", "the file is empty; expected at least `articles: [URL of one article]`")
    if not isinstance(value, dict):
        raise SiteError(str(path), "", f"expected lines `key: value`, got {kind_of(value)}")
    return {str(key): content for key, content in value.items()}


def kind_of(value: object) -> str:
    """Return what a person calls a YAML value: "the number 12", "a list", "nothing"."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {value!r}"
        case list():
            return "a list"
        case _:
            return "keys and values"


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SiteError(str(path), "", f"cannot be read: {error.strerror}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SiteError(str(path), f"line {line}", "not UTF-8; save the file as UTF-8") from error


def _not_yaml(path: Path, text: str, error: yaml.MarkedYAMLError) -> SiteError:
    """Return the error with its line, and the tab named that YAML's own message hides."""
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    lines = text.splitlines()
    if line < len(lines) and "\t" in re.match(r"\s*", lines[line])[0]:  # type: ignore[index]
        return SiteError(str(path), f"line {line + 1}", "a tab in the indentation; use spaces")
    return SiteError(str(path), f"line {line + 1}", error.problem or "not YAML")
