"""`python -m bench hostile`: what each compiled pattern of the package costs on text made against it.

From the parse tree of a pattern come texts that it nearly matches: its pieces, again and again, without the ending. A pattern is linear if a
text four times as long takes about four times as long. Of patterns that run on a bounded text `BOUNDED` says why; these are not measured.
"""

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from itertools import chain, permutations
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import crawler
from bench.bounded import BOUNDED

tokens: Any = importlib.import_module("re._constants")  # no type hints: private, and there since Python 3.11
parser: Any = importlib.import_module("re._parser")
LENGTH = 4_000  # characters of the shortest text
MOST_TEXTS = 120  # a pattern
SECONDS = 1.0  # after which a text counts as one that freezes
NOISE_SECONDS = 0.03  # below that a text of four times LENGTH is cheap, however its cost grows
GROWTH = 9.0  # of four times the length: 4 is linear, 16 is square
LONG = 400  # a repeat of that many times or more is measured as an unbounded one
LIKELY = "a1一 \n<>[]()'\"/-_.:,=|*`\\&#?%+。，：、x"  # what a class of characters stands for
SEARCHING = frozenset("search finditer findall sub subn split".split())
MATCHING = frozenset(("match", "fullmatch"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A compiled pattern of the package."""

    name: str  # module and place, e.g. crawler.urls.SCHEME
    pattern: re.Pattern[Any]
    searches: bool  # it looks for a place to match; one that only matches at a given place costs less


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The dearest text of a pattern."""

    text: str
    seconds: tuple[float, float, float]  # at LENGTH, twice, four times; infinite: it froze

    @property
    def grows(self) -> bool:
        least, _, most = self.seconds
        return most > NOISE_SECONDS and most > GROWTH * least


def hostile() -> bool:
    """Measure every pattern and print those that grow faster than their text; return whether there is none."""
    measured = [one for one in patterns() if one.name not in BOUNDED]
    grown = 0
    for one in measured:
        cost = dearest(one)
        if cost.grows:
            grown += 1
            times = " ".join(f"{seconds * 1000:9.2f}" for seconds in cost.seconds)
            print(f"{one.name:60} {times} ms  {cost.text[:40]!r}", flush=True)
    print(f"{len(measured)} patterns measured, {len(BOUNDED)} of bounded text, {grown} grow faster than their text")
    return not grown


def patterns() -> list[Found]:
    """Return every compiled pattern that a module of the package holds, also in tables and records, each once."""
    modules = list(_modules())
    names: dict[int, str] = {}
    called: dict[int, set[str]] = {}  # the methods, by pattern
    found: dict[int, re.Pattern[Any]] = {}
    for module in modules:
        uses = _uses(module)
        for name, value in vars(module).items():
            for place, pattern in _held(value, f"{module.__name__}.{name}", 4):
                found[id(pattern)] = pattern
                called.setdefault(id(pattern), set()).update(uses.get(name, ()))
                if id(pattern) not in names or _is_home(place, module):
                    names[id(pattern)] = place
    searching = {key: bool(called[key] & SEARCHING) or not called[key] & MATCHING for key in found}
    every = (Found(name=names[key], pattern=pattern, searches=searching[key]) for key, pattern in found.items())
    return sorted(every, key=lambda one: one.name)


def _is_home(place: str, module: ModuleType) -> bool:
    """Return whether a module defines a name itself: others only import it."""
    source = Path(str(module.__file__)).read_text()
    name = place.removeprefix(f"{module.__name__}.").partition("[")[0].partition(".")[0]
    return re.search(rf"^{name}\b[^=\n]*=", source, re.MULTILINE) is not None


def _modules() -> Iterator[ModuleType]:
    for one in pkgutil.walk_packages(crawler.__path__, "crawler."):
        yield importlib.import_module(one.name)


def _uses(module: ModuleType) -> dict[str, set[str]]:
    """Return the methods that a module calls on each name, e.g. {"SCHEME": {"match"}}."""
    uses: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text())):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            uses.setdefault(owner, set()).add(node.attr)
    return uses


def _held(value: object, place: str, depth: int) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield place, value
    elif depth and isinstance(value, Mapping):
        for key, one in value.items():
            yield from _held((key, one), f"{place}[{key!r}]", depth - 1)
    elif depth and isinstance(value, (tuple, list, set, frozenset)):
        for number, one in enumerate(value):
            yield from _held(one, f"{place}[{number}]", depth - 1)
    elif depth and is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _held(getattr(value, field.name), f"{place}.{field.name}", depth - 1)


def dearest(one: Found) -> Cost:
    """Return the text that costs a pattern most, and what it costs at three lengths."""
    run = _runner(one)
    worst = Cost(text="", seconds=(0.0, 0.0, 0.0))
    for head, piece, tail in texts(one.pattern):
        most = _timed(run, _long(head, piece, tail, 4))
        if most <= max(NOISE_SECONDS, worst.seconds[2]):
            continue
        least, middle, most = (
            min(_timed(run, _long(head, piece, tail, times)) for _ in range(2)) for times in (1, 2, 4)
        )
        cost = Cost(text=f"{head}{piece}…{tail}", seconds=(least, middle, most))
        if cost.grows:
            return cost
    return worst


def _runner(one: Found) -> Callable[[str], object]:
    pattern = one.pattern
    is_bytes = isinstance(pattern.pattern, bytes)

    def run(text: str) -> object:
        subject = text.encode("utf-8", "surrogatepass") if is_bytes else text
        return (
            sum(1 for _ in pattern.finditer(subject))
            if one.searches
            else (pattern.match(subject), pattern.fullmatch(subject))
        )

    return run


def _long(head: str, piece: str, tail: str, times: int) -> str:
    return head + piece * (LENGTH * times // len(piece)) + tail


def _timed(run: Callable[[str], object], text: str) -> float:
    """Return the CPU seconds of a run, infinite after SECONDS."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    started = time.process_time()
    try:
        run(text)
        return time.process_time() - started
    except TimeoutError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def texts(pattern: re.Pattern[Any]) -> list[tuple[str, str, str]]:
    """Return (head, piece, tail) of texts that a pattern nearly matches; the piece is repeated."""
    tree = parser.parse(
        pattern.pattern, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    )
    heads, pieces = _heads(tree), list(dict.fromkeys(piece for piece in _pieces(tree) if piece))
    singles = pieces[:60]
    pairs = [first + second for first, second in permutations(singles[:14], 2)]
    made = chain(
        ((head, piece, tail) for head in ("", *heads) for piece in singles[:24] for tail in ("", "\x00")),
        (("", piece, "\x00") for piece in (*singles, *pairs)),
    )
    return list(dict.fromkeys(made))[:MOST_TEXTS]


def _heads(tree: Any) -> list[str]:
    """Return what leads to each unbounded repeat of a pattern."""
    heads, before = [], ""
    for operator, argument in tree:
        for inner in inside(operator, argument):
            heads += [before + head for head in _heads(inner)]
        if operator in REPEATS and argument[1] >= LONG:
            heads.append(before)
        before += _sample(operator, argument)
    return list(dict.fromkeys(heads))[:6]


def _pieces(tree: Any) -> Iterator[str]:
    """Yield what a pattern is made of: first what repeats, then the rest, then all but the ending."""
    for operator, argument in tree:
        if operator in REPEATS:
            yield from _choices(argument[2])
    so_far = ""
    for operator, argument in tree:
        for inner in inside(operator, argument):
            yield from _pieces(inner)
        so_far += _sample(operator, argument)
        yield so_far
        yield _sample(operator, argument)
    for operator, argument in tree:
        if operator is tokens.IN:
            yield from (character for character in LIKELY if is_in(argument, character))


REPEATS = (tokens.MAX_REPEAT, tokens.MIN_REPEAT, tokens.POSSESSIVE_REPEAT)


def inside(operator: Any, argument: Any) -> list[Any]:
    if operator in REPEATS:
        return [argument[2]]
    if operator is tokens.SUBPATTERN:
        return [argument[3]]
    if operator is tokens.BRANCH:
        return list(argument[1])
    if operator in (tokens.ASSERT, tokens.ASSERT_NOT):
        return [argument[1]]
    return [argument] if operator is tokens.ATOMIC_GROUP else []


def _choices(tree: Any) -> Iterator[str]:
    """Yield samples of a repeated part: one of each alternative and of each character that is likely."""
    yield _whole(tree)
    if len(tree) == 1:
        operator, argument = tree[0]
        if operator is tokens.IN:
            yield from (character for character in LIKELY if is_in(argument, character))
        elif operator is tokens.NOT_LITERAL:
            yield from (character for character in LIKELY if ord(character) != argument)
        elif operator is tokens.ANY:
            yield from LIKELY
        for inner in inside(operator, argument):
            yield from _choices(inner)


def _whole(tree: Any) -> str:
    return "".join(_sample(operator, argument) for operator, argument in tree)


def _sample(operator: Any, argument: Any) -> str:
    """Return one text that a node matches, its repeats at least once."""
    if operator is tokens.LITERAL:
        return chr(argument)
    if operator is tokens.NOT_LITERAL:
        return next(character for character in LIKELY if ord(character) != argument)
    if operator is tokens.IN:
        return _member(argument)
    if operator is tokens.ANY:
        return "a"
    if operator in REPEATS:
        times: int = max(1, min(argument[0], 50))
        return _whole(argument[2]) * times
    if operator in (tokens.SUBPATTERN, tokens.BRANCH, tokens.ATOMIC_GROUP):
        return _whole(inside(operator, argument)[0])
    return ""


def _member(choices: Any) -> str:
    likely = (character for character in LIKELY if is_in(choices, character))
    lowest = (
        chr(one if operator is tokens.LITERAL else one[0])
        for operator, one in choices
        if operator in (tokens.LITERAL, tokens.RANGE)
    )
    return next(chain(likely, lowest), "\x01")


def is_in(choices: Any, character: str) -> bool:
    """Return whether a class of characters holds one."""
    negated = choices[0][0] is tokens.NEGATE
    return negated != any(_holds(operator, argument, character) for operator, argument in choices)


def _holds(operator: Any, argument: Any, character: str) -> bool:
    if operator is tokens.LITERAL:
        return bool(ord(character) == argument)
    if operator is tokens.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    return operator is tokens.CATEGORY and _CATEGORIES[argument].match(character) is not None


_CATEGORIES = {
    tokens.CATEGORY_DIGIT: re.compile(r"\d"),
    tokens.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    tokens.CATEGORY_SPACE: re.compile(r"\s"),
    tokens.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    tokens.CATEGORY_WORD: re.compile(r"\w"),
    tokens.CATEGORY_NOT_WORD: re.compile(r"\W"),
}
