"""What every script finds: classes that it makes objects of, and the methods of texts, lists and addresses."""

from collections.abc import Callable
from functools import partial
from typing import Any

from crawler.pages.discovery.scripts import addresses
from crawler.pages.discovery.scripts.acts import Acts
from crawler.pages.discovery.scripts.built_ins import built_in
from crawler.pages.discovery.scripts.lists import CHANGING, changed, of_list, of_maker, sized
from crawler.pages.discovery.scripts.members import Touch
from crawler.pages.discovery.scripts.patterns import pattern_in, replaced_by
from crawler.pages.discovery.scripts.values import UNKNOWN, Function, Thing, plain

MADE = frozenset({"URL", "URLSearchParams", "Request", "Array", "RegExp", "Set"})


class Known:
    """Functions and classes that stand in no page. `invoke` calls one of the page's own, `touch` is told what is changed before it is."""

    def __init__(self, acts: Acts, invoke: Callable[..., Any], touch: Touch, address: str) -> None:
        self._acts, self._invoke, self._touch, self._address = acts, invoke, touch, address

    def made(self, name: str, arguments: list[Any]) -> Any:
        """Return what `new` makes of a class that every script finds."""
        first = plain(arguments[0]) if arguments else None
        if name == "URL":
            return addresses.made_address(arguments, self._address)
        if name == "URLSearchParams":
            return addresses.made_query(first)
        if name == "RegExp":
            return pattern_in(first, str(plain([*arguments, ""][1]))) if isinstance(first, str) else UNKNOWN
        return sized(arguments) if name == "Array" else first  # a request is known by its address

    def called(self, holder: Any, name: Any, arguments: list[Any]) -> tuple[Any] | None:
        """Return what a function comes to that every script finds, None for any other."""
        if isinstance(holder, list):
            if name not in CHANGING:
                return of_list(holder, str(name), arguments, self._invoke)
            self._touch(holder)
            for value in arguments:
                self._acts.gather(value)
            return (changed(holder, str(name), arguments),)
        if name == "replace" and isinstance(holder, str) and isinstance(arguments[-1] if arguments else None, Function):
            return replaced_by(holder, arguments[0], partial(self._invoke, arguments[1]))
        spoken = holder.name if isinstance(holder, Thing) else "" if holder is None else "?"
        return (
            of_maker(name, spoken, arguments, self._invoke)
            or addresses.called(holder, str(name), arguments, self._touch)
            or built_in(holder, name, arguments)
        )
