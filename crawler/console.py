"""The entry point `campus-archive`, the names of the commands, and what their options are checked with."""

import argparse
import pkgutil
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import scrapy.commands
from scrapy.cmdline import execute
from scrapy.utils.project import get_project_settings

from crawler import settings as defaults
from crawler.errors import suggestion


def main() -> None:
    """Run a command in the folder of an archive: by the settings its scrapy.cfg names, or where it has none by those of this package."""
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


def day(text: str) -> date:
    """Return the day that a text names, for argparse."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; expected YYYY-MM-DD, as in 2024-09-01") from None
