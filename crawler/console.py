"""The entry point `campus-archive`, the names of the commands, and what their options are checked with."""

import argparse
import pkgutil
import sys
import warnings
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import scrapy.commands
from scrapy.cmdline import execute
from scrapy.exceptions import UsageError
from scrapy.utils.project import get_project_settings

from crawler import settings as defaults
from crawler.errors import suggestion
from crawler.typed import day_meant, plain

MOST_DAYS = 36_500  # a hundred years: more is no time but a mistake


def main() -> None:
    """Run a command in the folder of an archive: by the settings its scrapy.cfg names, or where it has none by those of this package."""
    warnings.filterwarnings("ignore", category=SyntaxWarning)  # of packages of others, compiled when first used
    if get_project_settings().get("COMMANDS_MODULE") != defaults.COMMANDS_MODULE:
        defaults.be_project()
    name = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    if name is not None and name not in (known := commands()):
        print(
            f"campus-archive {name}: no such command{suggestion(name, known)}; campus-archive lists them",
            file=sys.stderr,
        )
        sys.exit(2)
    execute()


def commands() -> list[str]:
    """Return the names of the commands, ours and Scrapy's own."""
    folders = [*scrapy.commands.__path__, str(Path(__file__).with_name("commands"))]
    return sorted({module.name for module in pkgutil.iter_modules(folders)})


def one_of(noun: str, allowed: Iterable[str]) -> Callable[[str], str]:
    """Return what argparse asks whether a word is one of those allowed."""

    def chosen(word: str) -> str:
        if word in allowed:
            return word
        near = suggestion(word, allowed)
        raise argparse.ArgumentTypeError(f"unknown {noun} {word!r}{near}; expected one of: {', '.join(allowed)}")

    return chosen


def number(example: float, least: float = 0, most: float = 1_000_000) -> Callable[[str], float]:
    """Return what argparse asks for a number within limits: a whole one where the example is one."""
    kind = type(example)

    def read(text: str) -> float:
        try:
            found = kind(plain(text))
        except ValueError:
            found = kind(least - 1)
        if not least <= found <= most:
            raise argparse.ArgumentTypeError(
                f"{text!r}: expected a number from {least:g} to {most:.0f}, as in {example:g}"
            )
        return found

    return read


def refuse_days(since: date | None, until: date | None) -> None:
    """Raise UsageError for a span that ends before it begins."""
    if since and until and since > until:
        raise UsageError(f"--since {since} is later than --until {until}", print_help=False)


def day(text: str) -> date:
    """Return the day that a text names, for argparse."""
    try:
        return date.fromisoformat(plain(text))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no day; expected YYYY-MM-DD, as in 2024-09-01{day_meant(text)}"
        ) from None
