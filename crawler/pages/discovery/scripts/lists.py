"""Lists and objects of scripts: what their methods come to, and those of `Array` and `Object`."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from crawler.pages.discovery.scripts.values import MAX_ROUNDS, UNKNOWN, Function, Thing, join, plain

MOST = MAX_ROUNDS * 10  # members of one list
CHANGING = frozenset({"push", "pop", "shift", "unshift"})
Invoke = Callable[[Function, Sequence[Any]], Any]


def of_list(holder: list[Any], name: str, arguments: list[Any], invoke: Invoke) -> tuple[Any] | None:
    """Return what a method of a list comes to that changes nothing, None for any other."""
    function = arguments[0] if arguments and isinstance(arguments[0], Function) else None
    if function:
        return _called_with(holder, name, function, arguments[1:], invoke)
    numbers = [plain(value) for value in arguments]
    match name:
        case "join":
            return (plain(join(holder, str(numbers[0]) if numbers else ",")),)
        case "slice" if all(isinstance(number, int) for number in numbers):
            return (holder[slice(*(numbers if len(numbers) > 1 else (*numbers, None)))] if numbers else holder[:],)
        case "slice" | "flat" | "sort":
            return (holder,)
        case "reverse":
            return (holder[::-1],)
        case "concat":
            return (
                [*holder, *(one for value in arguments for one in (value if isinstance(value, list) else [value]))],
            )
        case "keys":
            return ([*range(len(holder))],)
        case "entries":
            return ([[number, value] for number, value in enumerate(holder)],)
        case "fill":
            return ([arguments[0] if arguments else None] * len(holder),)
    return None


def changed(holder: list[Any], name: str, arguments: list[Any]) -> Any:
    """Do what a method does to a list; return what it comes to."""
    if name in ("pop", "shift"):
        return holder.pop(-1 if name == "pop" else 0) if holder else None
    given = arguments[: MOST - len(holder)]
    holder[:] = [*holder, *given] if name == "push" else [*given, *holder]
    return len(holder)


def _called_with(
    holder: list[Any], name: str, function: Function, others: list[Any], invoke: Invoke
) -> tuple[Any] | None:
    """Return what a method of a list comes to that calls a function of the page for each of its members."""
    some = holder[: MAX_ROUNDS * 4]
    if name == "reduce":
        start = others[0] if others else None
        return (reduce(lambda made, item: invoke(function, (made, item)), some, start),)
    if name == "sort":
        return (holder,)
    if name not in ("forEach", "map", "filter", "flatMap", "find", "some"):
        return None
    made = [invoke(function, (item, number)) for number, item in enumerate(some)]
    if name == "find":
        return (some[0] if some else UNKNOWN,)
    return (made if name in ("map", "flatMap") else holder,)


def of_maker(name: Any, spoken: str, arguments: list[Any], invoke: Invoke) -> tuple[Any] | None:
    """Return what a function of `Array` or `Object` comes to (`Array.from`, `Object.entries`), None for any other."""
    first = arguments[0] if arguments else None
    match spoken, name:
        case ("Array", "from"):
            return (_listed(first, arguments[1:], invoke),)
        case ("Array", "of"):
            return (arguments,)
        case (_, "Array") if not spoken:
            return (sized(arguments),)
        case ("Object", "assign") | ("$" | "jQuery", "extend") if any(isinstance(one, dict) for one in arguments):
            return ({name: value for one in arguments if isinstance(one, dict) for name, value in one.items()},)
        case ("Object", "keys" | "values" | "entries") if isinstance(first, dict):
            kinds = {
                "keys": list(first),
                "values": list(first.values()),
                "entries": [[*pair] for pair in first.items()],
            }
            return (kinds[str(name)],)
    return None


def sized(arguments: list[Any]) -> list[Any]:
    """Return the list that `new Array(…)` makes: so many places, or what is given."""
    if len(arguments) == 1 and isinstance(size := plain(arguments[0]), int):
        return [None] * min(size, MAX_ROUNDS)
    return arguments


def _listed(given: Any, others: list[Any], invoke: Invoke) -> Any:
    if isinstance(given, dict) and isinstance(size := plain(given.get("length")), int):
        given = [None] * min(size, MAX_ROUNDS)
    if isinstance(given, str):
        given = list(given)
    if isinstance(given, Thing):
        return given
    if not isinstance(given, list):
        return UNKNOWN
    if others and isinstance(others[0], Function):
        return [invoke(others[0], (item, number)) for number, item in enumerate(given[:MAX_ROUNDS])]
    return given
