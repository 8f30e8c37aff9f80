"""What the scripts and attributes of a page say of its links."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.pages.discovery.scripts import ScriptAct


@dataclass(frozen=True, slots=True)
class Template:
    """The address of a page of a list, but for its number."""

    href: str  # with {page}
    is_zero: bool = False  # numbers from 0: the first page is 0, or has another address
    last: int | None = None  # the number of the last page, where the call says it
    at: int | None = None
    beside: int | None = None  # a number that stands beside it: of this page, or of the next one


@dataclass(slots=True)
class Scripted:
    """What the scripts of a page say of its links."""

    templates: list[Template] = field(default_factory=list)
    requests: list[ScriptAct] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)  # keys of queries by POST, relative to the page
    rows: list[str] = field(default_factory=list)  # addresses of articles with {member}, as scripts write them
    shown: list[str] = field(default_factory=list)  # the same, as functions would leave for them
    onward: list[str] = field(default_factory=list)  # addresses of what follows, in attributes that say so
    told: list[Mapping[Any, Any]] = field(default_factory=list)  # variables and options of the page
    is_unresolved: bool = False  # rows call a function that is not in the page
    redirects: list[str] = field(default_factory=list)  # where a script leaves for at once
    is_changed: bool = False  # anchors were put into the tree
