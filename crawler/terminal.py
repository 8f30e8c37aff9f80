"""What people see of a command: the one place that decides what of others' texts gets to a terminal or a log. Escape sequences do not.

`echo` prints lines, `Terminal` is rich's console for tables and progress, and every command is an `ArchiveCommand`, which puts a guard before
whatever else prints or logs: tracebacks and libraries, too.
"""

import argparse
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.controls import on_one_line, visible
from crawler.errors import suggestion

LONG_OPTION = re.compile(r"--[a-z][a-z-]+")
FAULT = "This is a fault of the program. Please report it with what stands above and what `scrapy version` prints."


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
    """A command whose output and log hold no control characters from outside, and which takes no option or setting that it does not know."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        self._parser = parser

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the guard in place, before Scrapy begins to log, and take the options all commands share. Raises UsageError."""
        assert self.settings is not None
        guard()
        sys.excepthook = told
        options, settings = LONG_OPTION.findall(self._parser.format_help()), set(self.settings)
        self._parser.usage = argparse.SUPPRESS  # from here on a mistake is told in its sentence alone
        for arg in args:
            if arg.startswith("-") and arg.strip("-"):
                near = suggestion(arg.partition("=")[0], options)
                raise UsageError(f"{arg}: no such option{near}; --help lists them", print_help=False)
        for name in (given.partition("=")[0] for given in opts.set):
            if name not in settings and (near := suggestion(name, settings)):
                raise UsageError(f"-s {name}=…: no such setting{near}", print_help=False)
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


def told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print what ended a command that caught it nowhere: what a user can mend in a line, a fault of ours with its traceback."""
    if isinstance(error, BrokenPipeError):  # nobody reads on: `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more when it ends
    elif isinstance(error, KeyboardInterrupt):
        print("stopped", file=sys.stderr)
    elif isinstance(error, OSError):
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
    else:
        traceback.print_exception(kind, error, trace)
        print(FAULT, file=sys.stderr)
