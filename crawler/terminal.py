"""What people see of a command: the one place that decides what of others' texts gets to a terminal or a log. Escape sequences do not.

`echo` prints lines, `Terminal` is rich's console for tables, `ProgressBar` says how far something is,
and every command is an `ArchiveCommand`, which puts a guard before
whatever else prints or logs: tracebacks and libraries, too.
"""

import argparse
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import IO, Any, ClassVar, NoReturn, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import Progress, ProgressColumn, TaskID
from rich.segment import Segment
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.controls import on_one_line, visible
from crawler.errors import reason
from crawler.usage import Needs, mistake, wrong_place, wrong_setting

MINUTE = 60.0  # seconds
NOT_READ, INTERRUPTED = 141, 130  # exit codes, as shells have them: 128 and SIGPIPE, 128 and SIGINT
FAULT = "This is a fault of the program. Please report it with what stands above and what `scrapy version` prints."


def echo(*values: object, sep: str = " ", error: bool = False) -> None:
    """Print one line at once, on standard error for what went wrong."""
    print(*(on_one_line(str(value)) for value in values), sep=sep, file=sys.stderr if error else sys.stdout, flush=True)


class Terminal(Console):
    """rich's console; texts are texts, and no markup."""

    def __init__(self, **options: Any) -> None:
        stream = sys.stderr if options.pop("stderr", False) else sys.stdout
        super().__init__(file=getattr(stream, "guarded", stream), markup=False, **options)

    def on_broken_pipe(self) -> None:
        """End as other output does."""
        _forget(self.file)
        raise SystemExit(NOT_READ)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield what is written: texts without control characters, and what rich itself has for the terminal."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


class ProgressBar(Progress):
    """rich's progress on a terminal; elsewhere a line a minute on standard error, of what its fields count or how far it is."""

    def __init__(self, *columns: ProgressColumn | str, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(*columns, console=Terminal(stderr=True), transient=True, disable=not sys.stderr.isatty())
        self._now, self._last = clock, clock()

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        super().advance(task_id, advance)
        self._tell(task_id)

    def update(self, task_id: TaskID, **values: Any) -> None:
        super().update(task_id, **values)
        self._tell(task_id)

    def _tell(self, task_id: TaskID) -> None:
        if not self.disable or self._now() - self._last < MINUTE:
            return
        self._last, task = self._now(), self._tasks[task_id]
        counts = ", ".join(f"{number} {name}" for name, number in task.fields.items())
        of = f" of {task.total:.0f}" if task.total else ""
        echo(f"{task.description}: {counts or f'{task.completed:.0f}{of}'}", error=True)


class ArchiveCommand(ScrapyCommand):
    """A command whose output and log hold no control characters from outside, and which takes no option or setting that it does not know."""

    requires_project = True
    requires_crawler_process = False
    needs: ClassVar[Needs] = {}
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        self._parser = parser
        parser.error = self._refuse  # type: ignore[method-assign]  # argparse has the usage stand before the sentence

    def _refuse(self, message: str) -> NoReturn:
        """End with what was wrong, in one line."""
        name = type(self).__module__.rpartition(".")[2]
        sentence = message.removeprefix("argument ").replace("not allowed with argument ", "give it, or ")
        sentence = sentence.replace("ignored explicit argument", "takes no value; leave out")
        print(f"{self._parser.prog} {name}: error: {visible(sentence)}", file=sys.stderr)
        sys.exit(2)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the guard in place, before Scrapy begins to log, and take the options all commands share. Raises UsageError."""
        assert self.settings is not None
        guard()
        sys.excepthook = told
        options = self._parser._option_string_actions
        wrong = [wrong_setting(given, self.settings, options) for given in opts.set]
        refuse(mistake(self._parser, args, opts, self.needs) or next(filter(None, wrong), None))
        super().process_options(args, opts)
        refuse(wrong_place(self.settings))

    def fail(self, code: int, error: object) -> None:
        """Say what kept the command from doing its work, in a line; it ends with this exit code."""
        what = reason(error) if isinstance(error, OSError) else error
        echo(f"scrapy {type(self).__module__.rpartition('.')[2]}: {what}", error=True)
        self.exitcode = code


def refuse(wrong: str | None) -> None:
    """Raise UsageError where something is wrong."""
    if wrong:
        raise UsageError(wrong, print_help=False)


def guard() -> None:
    """Let nothing that this process prints or logs from now on hold a control character."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, _Guarded):
            setattr(sys, name, _Guarded(stream))
    logging.setLogRecordFactory(_Record)


class _Guarded:
    """A stream for texts; everything but what is written is that of the stream it is put before."""

    def __init__(self, stream: TextIO) -> None:
        self.guarded = stream

    def write(self, text: str) -> int:
        with _read_on(self.guarded):
            self.guarded.write(visible(text))
        return len(text)

    def flush(self) -> None:
        with _read_on(self.guarded):
            self.guarded.flush()

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.guarded, name)


@contextmanager
def _read_on(stream: TextIO) -> Iterator[None]:
    """End at once where nobody reads the output on: `| head`. As SystemExit, for an OSError would be told as a fault of the archive.

    A log that nobody reads on ends nothing: a run goes on.
    """
    try:
        yield
    except BrokenPipeError:
        _forget(stream)
        if stream is not getattr(sys.stderr, "guarded", sys.stderr):
            raise SystemExit(NOT_READ) from None


def _forget(stream: IO[str]) -> None:
    """Let what is still to be written go nowhere: Python flushes once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class _Record(logging.LogRecord):
    """A record of the log whose message cannot look like another one: from its second line on it is set in.

    The message is made for who writes it alone: Scrapy logs every item, with all of its page, at a level that is rarely written.
    """

    def getMessage(self) -> str:  # noqa: N802 (the name logging has for it)
        return visible(super().getMessage()).replace("\n", "\n    ")


def told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print what ended a command that caught it nowhere: what a user can mend in a line, a fault of ours with its traceback."""
    if isinstance(error, KeyboardInterrupt):
        print("stopped", file=sys.stderr)
        raise SystemExit(INTERRUPTED)
    if isinstance(error, OSError):
        print(f"{Path(sys.argv[0]).name}: {reason(error)}", file=sys.stderr)
    else:
        traceback.print_exception(kind, error, trace)
        print(FAULT, file=sys.stderr)
