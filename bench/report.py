"""Tables on standard output, progress on standard error."""

import sys
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

WIDTH = 180  # columns where there is no terminal to tell


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; the first column is text, the others numbers."""
    drawn = Table(title=title, title_justify="left", box=SIMPLE)
    for n, head in enumerate(heads):
        drawn.add_column(head, justify="right" if n else "left")
    for row in rows:
        drawn.add_row(*map(str, row))
    Console(width=None if sys.stdout.isatty() else WIDTH).print(drawn)


def note(text: str) -> None:
    """Say how far things are; not part of the result."""
    print(text, file=sys.stderr, flush=True)
