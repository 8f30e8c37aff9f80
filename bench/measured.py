"""The part of docs/measured.md that a measurement writes, between two marks."""

from collections.abc import Iterable, Sequence

BEGIN = "<!-- what follows is written by `python -m bench quality --write` -->"
END = "<!-- written until here -->"


class NoMarksError(Exception):
    """The text does not hold the two marks, once each and in order."""


def rewritten(text: str, written: str) -> str:
    """Return a text with what stands between its marks replaced. Raises NoMarksError."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in rest or END in before + after:
        raise NoMarksError(f"docs/measured.md must hold {BEGIN} and {END}, once each and in this order")
    return f"{before}{BEGIN}\n{written.strip()}\n{END}{after}"


def markdown(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; the first column is text, the others numbers."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
