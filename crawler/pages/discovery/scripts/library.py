"""The libraries of a page and the browser: functions that stand in no script of it. What they are given is noted, what they call is called."""

import re
from collections.abc import Callable, Container, Sequence
from typing import Any

from crawler.pages.discovery.scripts.acts import Acts, is_verb, request_of
from crawler.pages.discovery.scripts.built_ins import dashed
from crawler.pages.discovery.scripts.values import (
    CHOSEN,
    FIELD,
    INDEX,
    MAX_ROUNDS,
    TEXT,
    UNKNOWN,
    WINDOW,
    Deed,
    Function,
    Hole,
    Origin,
    PartlyKnown,
    Thing,
    as_text,
    concatenate,
    join,
    plain,
)

WRITERS = frozenset(
    {"write", "writeln", "html", "append", "prepend", "after", "before", "insertAdjacentHTML", "appendTo"}
)
LEAVERS = frozenset({"open", "assign", "replace", "navigate"})
LINKER = re.compile(r"link|url|href", re.IGNORECASE)  # an option of a pager that makes the address of a page
COLUMNS = frozenset({"cols", "columns", "colModel"})  # of a table: functions that make the cells of a row
MAX_COLUMNS = 30
QUERIED = "queryParams"  # an option of a table
ANSWERING = frozenset({"map", "reduce", "find", "children", "attr", "data", "text"})
CLIENT = "client "  # opens the name of what asks for addresses below another one
ROUTERS = ("$router", "router", "history", "navigation")  # of applications
FRAME = 2  # the type of a window of layer that shows a page
HALF = ("_", "-", "=")  # ends an address that a number is to follow
MADE_AS, FIELDS = "tagName", "children"  # of a form that a script makes
ID = re.compile(r"#[\w-]{1,60}")
SHOWN = {"val": "value", "text": TEXT, "html": TEXT, "index": INDEX}  # what jQuery reads of an element
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
        spoken = holder.name if isinstance(holder, Thing) else ""
        read = self._of_form(holder, name, values) if isinstance(holder, dict) and MADE_AS in holder else None
        if (read := read or self._read(holder, name, values)) is not None:
            return read[0]
        values[:1] = map(self._queried, values[:1])
        is_client = spoken.startswith(CLIENT)
        if not self._does(holder, name, values):
            asked = request_of("request" if is_client and not name else name, values)
            if asked is not None:
                before = spoken.removeprefix(CLIENT) if is_client else ""
                self._acts.ask(concatenate(as_text(before), as_text(asked[0])), *asked[1:])
                if str(plain(asked[0])).endswith(HALF):
                    self._acts.call(name, values)
                self.hand_over(arguments, Origin.ANSWER)
                return Thing("answer", Origin.ANSWER)
            self._acts.call(name, values)
        _name_changes(spoken, name, values)
        self.hand_over(arguments, holder.origin if isinstance(holder, Thing) and holder.origin else self._given(values))
        return holder if isinstance(holder, Thing) else Thing(name)

    def _queried(self, options: Any) -> Any:
        """Return the options of a table with the parameters that a function of theirs makes of the place of a page (bootstrap-table)."""
        function = options.get(QUERIED) if isinstance(options, dict) else None
        if not isinstance(function, Function):
            return options
        size = options.get("pageSize", 10)
        place = {"limit": size, "offset": 0, "pageSize": size, "pageNumber": 1, "search": "", "sort": "", "order": ""}
        made = self._invoke(function, [place], options)
        return {**options, "params": made} if isinstance(made, dict) else options

    def _does(self, holder: Any, name: str, values: Sequence[Any]) -> bool:
        """Note what is written into the page, or where it is left for; return whether that is what a function does."""
        first, spoken = values[0] if values else None, holder.name if isinstance(holder, Thing) else ""
        if name in WRITERS and values:
            self._acts.note(Deed.WRITE, values[-1], holder)
        elif name in ("$", "jQuery") and isinstance(first, str) and "href" in first and first.lstrip()[:1] == "<":
            self._acts.note(Deed.WRITE, first)
        elif (
            name in ("$", "jQuery")
            and isinstance(first, str)
            and first.startswith("<a")
            and isinstance(values[-1], dict)
        ):
            self._acts.link(values[-1].get("href"))
        elif name == "createElement" and first == "a" and len(values) > 1 and isinstance(values[1], dict):  # React
            self._acts.link(values[1].get("href"))
        elif name in ("pushState", "replaceState") and len(values) > 2:
            self._acts.note(Deed.GO, values[2])
        elif name == "push" and spoken.rpartition(".")[2] in ROUTERS:
            self._acts.note(Deed.GO, routed(first))
        elif name == "open" and isinstance(first, dict) and first.get("type") == FRAME:
            self._acts.note(Deed.GO, first.get("content"))
        elif name in LEAVERS and spoken.rpartition(".")[2] in (*WINDOW, "router", "") and not is_verb(first):
            self._acts.note(Deed.GO, first)
        elif name in ("attr", "prop", "setAttribute") and len(values) == 2 and first == "href":
            self._acts.link(values[1])
        else:
            return False
        return True

    def _read(self, holder: Any, name: str, values: Sequence[Any]) -> tuple[Any] | None:
        """Return what a function comes to that only reads, None for any other."""
        first = values[0] if values else None
        if isinstance(holder, Thing) and holder.origin is Origin.ANSWER and name in ANSWERING:
            return (self._of_answer(holder, name, values),)
        if name == "createElement" and first in ("form", "input"):
            return ({MADE_AS: first},)
        if name in JQUERY_READERS and isinstance(first, str) and len(values) == 1:
            return (held_by(holder, f"data-{dashed(first)}" if name == "data" else first),)
        if (
            name in ("find", "children", "next", "prev", "siblings")
            and isinstance(holder, Thing)
            and holder.origin is Origin.ATTRIBUTE
        ):
            return (Thing(FIELD, Origin.ATTRIBUTE),)
        if name == "val" and isinstance(holder, Thing) and holder.name == FIELD:
            return (Hole(FIELD, Origin.ATTRIBUTE),)
        if name in SHOWN and not values:
            return (held_by(holder, SHOWN[name]),)
        if name == "each" and len(values) == 2 and isinstance(first, list) and isinstance(values[1], Function):
            for number, item in enumerate(first[:MAX_ROUNDS]):
                self._invoke(values[1], (number, item), item)
            return (UNKNOWN,)
        thing = _known_thing(name, first)
        return None if thing is None else (thing,)

    def _of_form(self, form: dict[Any, Any], name: str, values: Sequence[Any]) -> tuple[Any] | None:
        """Return what a method comes to of a form, or of a field for one, that a script makes; None for any other."""
        first = values[0] if values else None
        if name == "setAttribute" and len(values) == 2:
            form[str(first)] = values[1]
        elif name in ("appendChild", "append") and isinstance(first, dict):
            form[FIELDS] = [*form.get(FIELDS, []), first]
        elif name == "submit" and str(plain(form.get("method", "get"))).lower() == "get":
            pairs = [
                concatenate(as_text(one["name"]), as_text("="), as_text(one.get("value")))
                for one in form.get(FIELDS, [])
                if one.get("name")
            ]
            query = concatenate(as_text("?"), join([*pairs], "&")) if pairs else as_text("")
            self._acts.note(Deed.GO, plain(concatenate(as_text(form.get("action")), query)))
        else:
            return None
        return (first,)

    def _of_answer(self, holder: Thing, name: str, values: Sequence[Any]) -> Any:
        """Return what a method comes to of something that a request brings: JSON, or XML that is read as jQuery does."""
        first = values[0] if values else None
        if name in ("map", "reduce"):
            if not isinstance(first, Function):
                return holder
            item = Thing(first.parameters[-1] if first.parameters else "item", Origin.ANSWER)
            given = ("", item) if name == "reduce" else (item,)
            made = self._invoke(first, given, Thing("this", Origin.ANSWER))
            return made if name == "reduce" else [made]
        if name == "text":
            return Hole(holder.name, Origin.ANSWER)
        if not isinstance(first, str):
            return holder
        return holder.member(first) if name in ("find", "children") else Hole(first, Origin.ANSWER)

    def _given(self, values: Sequence[Any]) -> Origin:
        is_answer = any(isinstance(value, Thing) and value.origin is Origin.ANSWER for value in values)
        return Origin.ANSWER if is_answer else Origin.CALLER

    def hand_over(self, arguments: Sequence[Any], origin: Origin = Origin.CALLER) -> None:
        """Call the functions that are handed to a library, as it might."""
        for argument in arguments:
            if isinstance(argument, Function):
                this = Thing("this", Origin.ANSWER if origin is Origin.ANSWER else Origin.ATTRIBUTE)
                self._called_back(argument, origin, this)
            elif isinstance(argument, list):  # the columns of a table, say
                self.hand_over(argument[:MAX_COLUMNS], origin)
            elif isinstance(argument, dict):
                members = self._members(argument)
                for name, value in list(members.items()):
                    if isinstance(value, Function) and value not in self._calls:
                        made = self._called_back(value, origin, members)
                        if LINKER.search(str(name)) and isinstance(made, PartlyKnown):
                            self._acts.note(Deed.GO, made)
                        self._acts.gather(made)
                    elif isinstance(value, str):
                        self._acts.gather(value)
                    elif isinstance(value, list) and name in COLUMNS:
                        self.hand_over(value[:MAX_COLUMNS], Origin.ANSWER)

    def _members(self, given: dict[Any, Any]) -> dict[Any, Any]:
        """Return what `this` is inside the functions of a component: its own members, those of `data` and `methods`."""
        data = given.get("data")
        if isinstance(data, Function):
            data = self._invoke(data, [], None)
            self._acts.call("data", [data])
        methods = given.get("methods")
        return {**(data if isinstance(data, dict) else {}), **(methods if isinstance(methods, dict) else {}), **given}

    def _called_back(self, function: Function, origin: Origin, this: Any) -> Any:
        return self._invoke(function, [Thing(name, origin) for name in function.parameters], this)


def routed(target: Any) -> Any:
    """Return the address of where a router of an application leads: a text, an object with a path and a query, or the parts of a path."""
    if isinstance(target, list):
        return plain(join(target, "/"))
    if not isinstance(target, dict):
        return target
    query = target.get("query")
    pairs = (
        [concatenate(as_text(f"{name}="), as_text(value)) for name, value in query.items()]
        if isinstance(query, dict)
        else []
    )
    path = as_text(target.get("path"))
    return plain(concatenate(path, as_text("?"), join([*pairs], "&")) if pairs else path)


def _name_changes(spoken: str, name: str, values: Sequence[Any]) -> None:
    """Name the functions that are called when another option of a menu is chosen after it."""
    if spoken.startswith(CHOSEN) and (name == "change" or (name == "on" and "change" in values)):
        for value in values:
            if isinstance(value, Function) and not value.name:
                value.name = f"change {spoken.removeprefix(CHOSEN)}"


def held_by(holder: Any, name: str) -> Hole:
    """Return a hole for what an element holds in an attribute: one whose id is known, or the one that is clicked."""
    is_chosen = isinstance(holder, Thing) and holder.name.startswith(CHOSEN)
    id_ = holder.name.removeprefix(CHOSEN).partition(".")[0] if is_chosen else ""
    return Hole(f"#{id_} {name}" if id_ else name, Origin.ATTRIBUTE)


def _known_thing(name: str, first: Any) -> Thing | None:
    """Return what is made of a selector, of an answer, or of the address below which a client asks; None for anything else."""
    if name in ("$", "jQuery"):
        if isinstance(first, Thing) and first.origin in (Origin.ANSWER, Origin.ATTRIBUTE):
            return first
        return Thing(f"{CHOSEN}{first[1:]}") if isinstance(first, str) and ID.fullmatch(first) else None
    if name == "getElementById" and isinstance(first, str):
        return Thing(f"{CHOSEN}{first}")
    before = first.get("baseURL") if name == "create" and isinstance(first, dict) else None
    return Thing(f"{CLIENT}{before.rstrip('/')}") if isinstance(before, str) else None
