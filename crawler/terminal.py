"""What people see of a command: the one place that decides what of others' texts gets to a terminal or a log. Escape sequences do not.

`echo` prints lines, `Terminal` is rich's console for tables and progress, and every command is an `ArchiveCommand`, which puts a guard before
whatever else prints or logs: tracebacks and libraries, too.
"""

import argparse
import logging
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from scrapy.commands import ScrapyCommand

from crawler.controls import on_one_line, visible


def echo(*values: object, sep: str = " ", error: bool = False) -> None:
    """Print one line at once, on standard error for what went wrong."""
    print(*(on_one_line(str(value)) for value in values), sep=sep, file=sys.stderr if error else sys.stdout, flush=True)


class Terminal(Console):
    """rich's console; texts are texts, and no markup."""

    def __init__(self, **options: Any) -> None:
        stream = sys.stderr if options.pop("stderr", False) else sys.stdout
        super().__init__(file=getattr(stream, "guarded", stream), markup=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield what is written: texts without control characters, and what rich itself has for the terminal."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


class ArchiveCommand(ScrapyCommand):
    """A command whose output and log hold no control characters from outside."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the guard in place, before Scrapy begins to log."""
        guard()
        super().process_options(args, opts)


def guard() -> None:
    """Let nothing that this process prints or logs from now on hold a control character."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, _Guarded):
            setattr(sys, name, _Guarded(stream))
    logging.setLogRecordFactory(_record)


class _Guarded:
    """A stream for texts; everything but what is written is that of the stream it is put before."""

    def __init__(self, stream: TextIO) -> None:
        self.guarded = stream

    def write(self, text: str) -> int:
        self.guarded.write(visible(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.guarded, name)


def _record(*given: Any, **more: Any) -> logging.LogRecord:
    """Return a record of the log whose message cannot look like another one: from its second line on it is set in."""
    record = logging.LogRecord(*given, **more)
    with suppress(
        TypeError, ValueError, KeyError
    ):  # a message that does not fit its arguments is told by who writes it
        record.msg, record.args = visible(record.getMessage()).replace("\n", "\n    "), None
    return record
