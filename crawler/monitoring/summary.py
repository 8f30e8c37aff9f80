"""The summary of a run on the terminal: one row a site, one column an outcome that occurred."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from crawler.items import Outcome, Site
from crawler.monitoring.exit_code import MEANINGS, ExitCode


def print_summary(
    sites: Sequence[Site],
    counts: Mapping[str, Mapping[str, int]],
    *,
    root: Path,
    run: str,
    seconds: float,
    code: ExitCode,
    media: Mapping[str, int],
) -> None:
    """Print what a run brought; on a terminal as a table, in a pipe as plain columns."""
    console = Console()
    shown = [outcome for outcome in Outcome if any(found.get(outcome) for found in counts.values())]
    table = Table()
    table.add_column("site")
    for outcome in shown:
        table.add_column(outcome.value, justify="right")
    for site in sites:
        found = counts.get(site.key, {})
        table.add_row(site.key, *(str(found.get(outcome, 0)) for outcome in shown))
    if len(sites) > 1:
        table.add_section()
        table.add_row("all", *(str(sum(found.get(outcome, 0) for found in counts.values())) for outcome in shown))
    console.print(table)
    if media:
        tried = ", ".join(f"{number} {outcome}" for outcome, number in sorted(media.items()))
        console.print(f"media: {tried}", highlight=False)
    visits = sum(sum(found.values()) for found in counts.values())
    console.print(
        f"run {run}: {visits} visits in {seconds:.1f} s, {MEANINGS.get(code, '')} (exit code {int(code)}); archive: {root}",
        soft_wrap=True,
        highlight=False,
    )
