"""What an audit found, for people and for programs."""

import sys
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from crawler.audit.finding import Finding
from crawler.audit.repair import Repaired

WIDTH = 200  # of a table in a pipe


def as_json(finding: Finding) -> dict[str, object]:
    """Return a finding as the JSON Lines have it."""
    return {
        "code": finding.code.value,
        "object": finding.object,
        "path": finding.path,
        "detail": finding.detail,
        "advice": finding.advice,
        "consequences": list(finding.consequences),
    }


def show(found: Sequence[Finding]) -> None:
    """Print one row a finding, and below it what to do about each kind."""
    if not found:
        return
    table = _table("code", "where", "what", "leads nowhere")
    for finding in found:
        table.add_row(finding.code.value, finding.object, finding.detail, "\n".join(finding.consequences))
    console = _console()
    console.print(table)
    for code, number in sorted(Counter(finding.code for finding in found).items()):
        advice = next(finding.advice for finding in found if finding.code is code)
        console.print(f"{code.value} ({number}): {advice}", markup=False, highlight=False)


def show_repairs(done: Sequence[Repaired]) -> None:
    """Print one row a fault and what was done about it."""
    if not done:
        return
    table = _table("", "code", "where", "what was done")
    for one in done:
        table.add_row("mended" if one.is_mended else "left", one.finding.code.value, one.finding.object, one.done)
    _console().print(table)


def _table(*heads: str) -> Table:
    """Return a table that cuts no path short."""
    table = Table()
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDTH)
