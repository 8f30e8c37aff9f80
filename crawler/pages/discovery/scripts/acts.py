"""Acts: what the scripts of a page would do, in the order in which that was found."""

import re
from collections.abc import Mapping
from typing import Any

from crawler.pages.discovery.scripts.values import (
    CHOSEN,
    Address,
    Deed,
    Hole,
    Origin,
    PartlyKnown,
    ScriptAct,
    Thing,
    as_text,
    concatenate,
    plain,
)

MAX_FOUND = 2_000
OWN_HOST = re.compile(r"^/{3,}")  # what is left of `location.protocol + "//" + location.host + "/"`
MADE = ('<a href="', '"></a>')  # around the address of an anchor that a script makes by itself
ASKERS: Mapping[str, str] = {
    **dict.fromkeys(("get", "getJSON", "load", "fetch", "ajax", "axios", "request", "getScript"), "GET"),
    "post": "POST",
    "datagrid": "POST",
}


TABLES = frozenset({"DataTable", "dataTable"})


class Acts:
    """What was found, and the functions of the page that are being evaluated (the innermost last)."""

    def __init__(self) -> None:
        self.found: list[ScriptAct] = []
        self.inside: list[str] = []

    def note(self, deed: Deed, value: Any, into: Any = None) -> None:
        """Note what is done with one text; `into` is what it is written into."""
        if isinstance(value, str | PartlyKnown | Hole | Address):
            text = as_text(value)
            if deed is Deed.GO and text.parts and isinstance(text.parts[0], str):  # our own host is not known here
                text = PartlyKnown((OWN_HOST.sub("/", text.parts[0]), *text.parts[1:]))
            is_chosen = isinstance(into, Thing) and into.name.startswith(CHOSEN)
            id_ = into.name.removeprefix(CHOSEN).partition(".")[0] if is_chosen else None
            self._add(ScriptAct(deed, text, function=self._function, into=id_))

    def ask(self, url: Any, given: Any, method: str) -> None:
        """Note a request with its parameters."""
        parameters = {str(key): as_text(value) for key, value in given.items()} if isinstance(given, dict) else {}
        text = as_text(url)
        if isinstance(given, str | PartlyKnown) and method == "GET":  # a query as it stands
            text = concatenate(text, PartlyKnown(("?",)), as_text(given))
        if text.parts:
            self._add(ScriptAct(Deed.REQUEST, text, parameters, method, function=self._function))

    def call(self, name: Any, arguments: list[Any]) -> None:
        """Note a call of a function that is not in the page."""
        self._add(ScriptAct(Deed.CALL, as_text(name), arguments=tuple(arguments), function=self._function))

    def gather(self, value: Any) -> None:
        """Note HTML with links that a script puts together, wherever it goes from there."""
        if isinstance(value, str | PartlyKnown) and any(
            isinstance(part, str) and "href" in part for part in as_text(value).parts
        ):
            self.note(Deed.WRITE, value)

    def link(self, value: Any) -> None:
        """Note an anchor that a script makes by itself."""
        if isinstance(value, str | PartlyKnown | Hole):
            self.note(Deed.WRITE, concatenate(PartlyKnown(MADE[:1]), as_text(value), PartlyKnown(MADE[1:])))

    def _add(self, act: ScriptAct) -> None:
        if len(self.found) < MAX_FOUND:
            self.found.append(act)

    @property
    def _function(self) -> str | None:
        return self.inside[-1] if self.inside else None


def _of_table(options: Mapping[Any, Any]) -> dict[str, Any] | None:
    """Return the parameters by which a table asks for a page of its rows (layui; bootstrap-table), None for what is no such table."""
    if "cols" in options and options.get("page"):
        names = options.get("request")
        names = names if isinstance(names, dict) else {}
        return {str(names.get("pageName", "page")): 1, str(names.get("limitName", "limit")): options.get("limit", 10)}
    if "columns" in options and options.get("sidePagination") == "server":
        return {"limit": options.get("pageSize", 10), "offset": 0}
    if "colModel" in options:  # jqGrid
        return {"page": 1, "rows": options.get("rowNum", 20)}
    if options.get("pagination"):  # easyui
        return {"page": 1, "rows": options.get("pageSize", 10)}
    return None


def is_verb(value: Any) -> bool:
    """Return whether a value is a method of HTTP, as the first argument of `open` of a request is."""
    return isinstance(value, str) and value.upper() in ("GET", "POST")


def request_of(name: str, values: list[Any]) -> tuple[Any, Any, str] | None:
    """Return (address, parameters, method) of a call that asks a server for something, None for any other."""
    first = values[0] if values else None
    if isinstance(first, dict) and (ajax := first.get("ajax")) and name in TABLES:
        first = {**first, **(ajax if isinstance(ajax, dict) else {"url": ajax})}
    if name == "open" and is_verb(first) and len(values) > 1:
        return values[1], None, str(first).upper()
    options = (
        first if isinstance(first, dict) else values[1] if len(values) > 1 and isinstance(values[1], dict) else None
    )
    if isinstance(first, dict) and "url" in first:
        method = plain(first.get("type") or first.get("method") or first.get("mtype") or ASKERS.get(name, "GET"))
        given = first.get("params") or first.get("data") or _of_table(first)
        return first["url"], given, method.upper() if isinstance(method, str) else "GET"
    is_held = isinstance(first, Hole) and first.origin is Origin.ATTRIBUTE
    if name not in ASKERS or not (is_held or isinstance(first, str | PartlyKnown | Address)):
        return None
    method = ASKERS[name]
    if name == "fetch" and options:
        method = (
            str(plain(options.get("method")) or "GET").upper() if isinstance(options.get("method"), str) else method
        )
        options = None
    if options and isinstance(options.get("params"), dict):
        options = options["params"]
    return first, options, method


def made_by(act: ScriptAct) -> PartlyKnown | None:
    """Return the address of the anchor that a script makes by itself, to click it, say; None for any other act."""
    parts = act.text.parts
    before, after = (parts[0], parts[-1]) if parts else ("", "")
    if act.deed is not Deed.WRITE or not isinstance(before, str) or not isinstance(after, str):
        return None
    if not before.startswith(MADE[0]) or not after.endswith(MADE[1]):
        return None
    if len(parts) == 1:
        return PartlyKnown((before[len(MADE[0]) : -len(MADE[1])],))
    return PartlyKnown((before[len(MADE[0]) :], *parts[1:-1], after[: -len(MADE[1])]))
