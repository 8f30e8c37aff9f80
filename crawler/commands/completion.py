"""`campus-archive completion`: what a shell has to know to complete commands and options."""

import argparse

import shtab
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.utils.misc import load_object

from crawler.console import commands
from crawler.errors import suggestion
from crawler.terminal import ArchiveCommand

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "campus-archive"


class Command(ArchiveCommand):
    """Print the script of a shell."""

    requires_project = False

    def syntax(self) -> str:
        return f"{{{'|'.join(SHELLS)}}}"

    def short_desc(self) -> str:
        return "Print what bash, zsh or fish needs to complete the commands and their options"

    def long_desc(self) -> str:
        return (
            f'{self.short_desc()}. bash: eval "$({PROGRAM} completion bash)" in ~/.bashrc; '
            f"zsh: {PROGRAM} completion zsh > a file _{PROGRAM} in a folder of $fpath; "
            f"fish: {PROGRAM} completion fish > ~/.config/fish/completions/{PROGRAM}.fish. Exit code: 0 done; 2 a mistake."
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1 or args[0] not in SHELLS:
            near = suggestion(args[0], SHELLS) if args else ""
            raise UsageError(f"expected one shell of: {', '.join(SHELLS)}{near}", print_help=False)
        print(shtab.complete(self._parsers(), shell=args[0]))

    def _parsers(self) -> argparse.ArgumentParser:
        """Return a parser with one parser below it for each command."""
        parser = argparse.ArgumentParser(prog=PROGRAM)
        below = parser.add_subparsers(dest="command")
        for name in commands():
            command = command_of(name)
            command.settings = self.settings
            options = below.add_parser(name, help=command.short_desc(), conflict_handler="resolve")
            command.add_options(options)
        return parser


def command_of(name: str) -> ScrapyCommand:
    """Return a command by its name: ours, or else Scrapy's."""
    try:
        found = load_object(f"crawler.commands.{name}.Command")
    except ImportError:
        found = load_object(f"scrapy.commands.{name}.Command")
    command = found()
    assert isinstance(command, ScrapyCommand)
    return command
