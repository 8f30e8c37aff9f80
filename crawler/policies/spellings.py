"""Parameters that change nothing: a page shows the same with and without them. Pure: one tally a site and run, fed with every page.

Language, colour, size of letters, where a reader comes from, the time: every address of a site may stand there once more with each of them.
A value is known to change nothing after a few pages; a parameter as a whole after a few of its values, and never if one of them did.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

SAME = 3  # pages, or values
MOST = 20_000  # addresses that are remembered


@dataclass(slots=True)
class Spellings:
    """What the pages of one site showed, and the parameters that made no difference."""

    shown: dict[str, str] = field(default_factory=dict)  # address -> signature
    same: Counter[str] = field(default_factory=Counter)  # name=value -> pages that showed the same without it
    values: dict[str, set[str]] = field(default_factory=dict)  # name -> values that changed nothing
    telling: set[str] = field(default_factory=set)  # names of which a value changed something
    idle: set[str] = field(default_factory=set)  # names, and pairs of name and value, that change nothing

    def add(self, url: str, signature: str) -> bool:
        """Count a page; return whether something is known now to change nothing."""
        before = len(self.idle)
        for pair in _pairs(url):
            held = self.shown.get(_without(url, {pair}))
            name = pair.partition("=")[0]
            if held is not None and held != signature:
                self.telling.add(name)
                self.idle.discard(name)
            elif held is not None:
                self._add_same(name, pair)
        if len(self.shown) < MOST:
            self.shown[url] = signature
        return len(self.idle) > before

    def _add_same(self, name: str, pair: str) -> None:
        self.same[pair] += 1
        values = self.values.setdefault(name, set())
        if len(values) < SAME:
            values.add(pair)
        if self.same[pair] >= SAME:
            self.idle.add(pair)
        if len(values) >= SAME and name not in self.telling:
            self.idle.add(name)

    def bare(self, url: str) -> str | None:
        """Return an address without what changes nothing, None where it has nothing of that."""
        idle = {pair for pair in _pairs(url) if pair in self.idle or pair.partition("=")[0] in self.idle}
        return _without(url, idle) if idle else None


def _pairs(url: str) -> Iterator[str]:
    query = url.partition("?")[2]
    yield from dict.fromkeys(pair for pair in query.split("&") if pair)


def _without(url: str, pairs: set[str]) -> str:
    path, _, query = url.partition("?")
    left = "&".join(pair for pair in query.split("&") if pair and pair not in pairs)
    return f"{path}?{left}" if left else path
