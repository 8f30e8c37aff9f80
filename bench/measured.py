"""The parts of docs/measured.md that measurements write, each between two marks."""

from collections.abc import Iterable, Sequence

BEGIN = "<!-- what follows is written by `python -m bench quality --write` -->"
END = "<!-- written until here -->"
QUALITY = (BEGIN, END)
HOLDINGS = (
    "<!-- what follows is written by `python -m bench holdings --write` -->",
    "<!-- holdings are written until here -->",
)


class NoMarksError(Exception):
    """The text does not hold the two marks, once each and in order."""


def rewritten(text: str, written: str, marks: tuple[str, str] = QUALITY) -> str:
    """Return a text with what stands between its marks replaced. Raises NoMarksError."""
    first, last = marks
    before, begin, rest = text.partition(first)
    _, end, after = rest.partition(last)
    if not (begin and end) or first in rest or last in before + after:
        raise NoMarksError(f"docs/measured.md must hold {first} and {last}, once each and in this order")
    return f"{before}{first}\n{written.strip()}\n{last}{after}"


def markdown(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; the first column is text, the others numbers."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
