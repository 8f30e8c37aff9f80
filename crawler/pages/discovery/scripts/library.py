"""The libraries of a page and the browser: functions that stand in no script of it. What they are given is noted, what they call is called."""

import re
from collections.abc import Callable, Container, Sequence
from typing import Any

from crawler.pages.discovery.scripts.acts import Acts, is_verb, request_of
from crawler.pages.discovery.scripts.built_ins import dashed
from crawler.pages.discovery.scripts.values import (
    MAX_ROUNDS,
    UNKNOWN,
    WINDOW,
    Deed,
    Function,
    Hole,
    Origin,
    PartlyKnown,
    Thing,
    plain,
)

WRITERS = frozenset(
    {"write", "writeln", "html", "append", "prepend", "after", "before", "insertAdjacentHTML", "appendTo"}
)
LEAVERS = frozenset({"open", "assign", "replace", "navigate"})
LINKER = re.compile(r"link|url|href", re.IGNORECASE)  # an option of a pager that makes the address of a page
JQUERY_READERS = frozenset({"data", "attr", "prop", "getAttribute"})


class Library:
    """What is not in the page. `invoke` calls one of its own functions (function, arguments, this); `calls` holds those called already."""

    def __init__(
        self, acts: Acts, invoke: Callable[[Function, Sequence[Any], Any], Any], calls: Container[Function]
    ) -> None:
        self._acts = acts
        self._invoke = invoke
        self._calls = calls

    def call(self, holder: Any, name: str, arguments: list[Any]) -> Any:
        """Note what a function that is not in the page would be given; call what is given back to the page.

        Return what it comes to.
        """
        values = [plain(argument) for argument in arguments]
        first = values[0] if values else None
        spoken = holder.name if isinstance(holder, Thing) else ""
        if name in WRITERS and values:
            self._acts.note(Deed.WRITE, values[-1])
        elif name in ("$", "jQuery") and isinstance(first, str) and "href" in first and first.lstrip()[:1] == "<":
            self._acts.note(Deed.WRITE, first)
        elif name in LEAVERS and spoken.rpartition(".")[2] in (*WINDOW, "router", "") and not is_verb(first):
            self._acts.note(Deed.GO, first)
        elif name in ("attr", "prop", "setAttribute") and len(values) == 2 and first == "href":
            self._acts.link(values[1])
        elif name in JQUERY_READERS and isinstance(first, str) and len(values) == 1:
            return Hole(f"data-{dashed(first)}" if name == "data" else first, Origin.ATTRIBUTE)
        elif name == "val" and not values:
            return Hole("value", Origin.ATTRIBUTE)
        elif name == "each" and len(values) == 2 and isinstance(first, list) and isinstance(values[1], Function):
            for number, item in enumerate(first[:MAX_ROUNDS]):
                self._invoke(values[1], (number, item), item)
            return UNKNOWN
        elif (asked := request_of(name, values)) is not None:
            self._acts.ask(*asked)
            self.hand_over(arguments, Origin.ANSWER)
            return Thing("answer", Origin.ANSWER)
        else:
            self._acts.call(name, values)
        self.hand_over(arguments, holder.origin if isinstance(holder, Thing) and holder.origin else self._given(values))
        return holder if isinstance(holder, Thing) else Thing(name)

    def _given(self, values: Sequence[Any]) -> Origin:
        is_answer = any(isinstance(value, Thing) and value.origin is Origin.ANSWER for value in values)
        return Origin.ANSWER if is_answer else Origin.CALLER

    def hand_over(self, arguments: Sequence[Any], origin: Origin = Origin.CALLER) -> None:
        """Call the functions that are handed to a library, as it might."""
        for argument in arguments:
            if isinstance(argument, Function):
                self._called_back(argument, origin, Thing("this", Origin.ATTRIBUTE))
            elif isinstance(argument, dict):
                members = self._members(argument)
                for name, value in list(members.items()):
                    if isinstance(value, Function) and value not in self._calls:
                        made = self._called_back(value, origin, members)
                        if LINKER.search(str(name)) and isinstance(made, PartlyKnown):
                            self._acts.note(Deed.GO, made)

    def _members(self, given: dict[Any, Any]) -> dict[Any, Any]:
        """Return what `this` is inside the functions of a component: its own members, those of `data` and `methods`."""
        data = given.get("data")
        if isinstance(data, Function):
            data = self._invoke(data, [], None)
        methods = given.get("methods")
        return {**(data if isinstance(data, dict) else {}), **(methods if isinstance(methods, dict) else {}), **given}

    def _called_back(self, function: Function, origin: Origin, this: Any) -> Any:
        return self._invoke(function, [Thing(name, origin) for name in function.parameters], this)
