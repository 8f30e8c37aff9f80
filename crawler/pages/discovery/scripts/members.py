"""Members of what scripts work with: read, kept, and noted where that changes the page or leaves it."""

from collections.abc import Callable
from typing import Any

from crawler.pages.discovery.scripts import addresses
from crawler.pages.discovery.scripts.acts import Acts
from crawler.pages.discovery.scripts.built_ins import ITEM, dashed, put_off
from crawler.pages.discovery.scripts.library import held_by
from crawler.pages.discovery.scripts.values import (
    MAX_ROUNDS,
    TEXT,
    UNKNOWN,
    WINDOW,
    Address,
    Bindings,
    Deed,
    Function,
    Hole,
    Origin,
    PartlyKnown,
    Query,
    Thing,
    plain,
)

EXTENDED = (".fn", "String.prototype")  # what scripts add methods to
Touch = Callable[[dict[Any, Any] | list[Any]], None]


class Members:
    """Members of objects, lists, texts and things. `top` are the variables of the page, `touch` is told what is changed before it is."""

    def __init__(self, acts: Acts, top: Bindings, touch: Touch, address: str) -> None:
        self.added: dict[str, Function] = {}  # methods that scripts add to what jQuery chooses, or to strings
        self._acts, self._top, self._touch, self._address = acts, top, touch, address

    def read(self, holder: Any, name: Any) -> Any:
        """Return a member of a value."""
        if isinstance(holder, Thing):  # most are
            return self._of_thing(holder, name) if isinstance(name, str) else holder
        match holder:
            case dict():
                return holder.get(str(name), UNKNOWN)
            case list() | str():
                name = int(name) if isinstance(name, str) and name.isascii() and name.isdigit() else name
                if name == "length":
                    return len(holder)
                if isinstance(name, int) and not isinstance(name, bool):
                    return holder[name] if 0 <= name < len(holder) else UNKNOWN
                return (
                    element_of(holder[0])
                    if isinstance(holder, list) and holder and not isinstance(name, str)
                    else UNKNOWN
                )
            case Address() | Query():
                return addresses.member_of(holder, str(name))
            case Function() if name == "prototype":
                return holder.prototype
            case Hole():
                return self._of_hole(holder, name)
        return UNKNOWN

    def _of_hole(self, holder: Hole, name: Any) -> Any:
        if isinstance(name, str):
            return Thing(holder.name, holder.origin).member(name)
        later = put_off(holder, ITEM, [name]) if holder.made else None
        return later[0] if later else holder

    def _of_thing(self, holder: Thing, name: str) -> Any:
        spoken = holder.name.rpartition(".")[2]
        if holder.name in WINDOW and not holder.origin and name in self._top.values:
            return self._top.values[name]
        if name in addresses.OWN and spoken == "location" and not holder.origin:
            own = addresses.own_part(self._address, name)
            return holder.member(name) if own is None else own
        if name == "value":
            return held_by(holder, name)
        if name in ("innerText", "textContent", "innerHTML") and holder.origin is Origin.ATTRIBUTE:
            return Hole(TEXT, Origin.ATTRIBUTE)
        if spoken == "dataset":
            return held_by(holder, f"data-{dashed(name)}")
        return holder.member(name)

    def keep(self, holder: Any, name: Any, value: Any) -> None:
        """Keep a value as a member of another one, as far as that is known."""
        if isinstance(holder, dict):
            if isinstance(name, str | int):  # a member whose name is not known is none that is known
                self._touch(holder)
                holder[str(name)] = value
        elif isinstance(holder, list) and isinstance(name, int) and 0 <= name <= len(holder) < MAX_ROUNDS:
            self._touch(holder)
            holder[name : name + 1] = [value]
        elif isinstance(holder, Address | Query):
            addresses.assign(holder, name, value)
        elif isinstance(holder, Thing) and isinstance(value, Function) and holder.name.endswith(EXTENDED):
            self.added[str(name)] = value
        elif isinstance(holder, Thing) and holder.name in WINDOW and isinstance(name, str):
            self._touch(self._top.values)
            self._top.values.setdefault(name, value)

    def note(self, holder: Any, name: Any, value: Any, written: Any) -> None:
        """Note what the browser does when a member is assigned."""
        if name == "location" or (
            name in ("href", "search") and isinstance(holder, Thing) and "location" in holder.name
        ):
            has_mark = name != "search" or str(plain(value)).startswith("?") or not isinstance(plain(value), str)
            self._acts.note(Deed.GO, value if has_mark else f"?{plain(value)}")
        elif name == "href":
            self._acts.link(value)
        elif name in ("innerHTML", "outerHTML"):
            self._acts.note(Deed.WRITE, written, holder)
        elif name == "src" and isinstance(value, str | PartlyKnown):
            self._acts.note(Deed.REQUEST, value)


def element_of(value: Any) -> Any:
    """Return one of the elements of something that is not known in full."""
    return value if isinstance(value, Thing | Hole) else UNKNOWN
