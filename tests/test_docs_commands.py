"""Every command line of the README and the pages for operators is one: its command and its options are there."""

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy.cmdline import ScrapyArgumentParser
from scrapy.utils.project import get_project_settings

from crawler.commands.completion import command_of
from crawler.console import commands
from tests.crawl_harness import PROJECT

PAGES = [
    *PROJECT.glob("README*.md"),
    *(PROJECT / "docs").glob("*.md"),
    *(PROJECT / "docs/zh").glob("*.md"),
    *(PROJECT / name for name in ("archive/README.md", "seeds/README.md", "deploy/README.md")),
]
BLOCK = re.compile(r"^ *```(?:sh|console)?\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
OURS = {"scrapy", "campus-archive"}
# What such a block may begin a line with besides: other programs, and `make`, whose targets are looked up.
OTHERS = {
    ".",
    "cd",
    "cp",
    "curl",
    "docker",
    "echo",
    "export",
    "git",
    "jq",
    "make",
    "pip",
    "pipx",
    "python",
    "systemctl",
    "useradd",
    "uvx",
}


def lines_of(page: Path) -> Iterator[list[str]]:
    """Yield the command lines of a page, as words, without what is piped or written elsewhere."""
    for block in BLOCK.findall(page.read_text("utf-8")):
        for line in re.sub(r"\\\n", " ", block).splitlines():
            text = line.strip().removeprefix("$ ")
            for part in re.split(r" && | \|\|? | >>? ", text)[:1] if not text.startswith(("#", "{")) else ():
                words = (
                    shlex.split(part, comments=True) if "'" not in part or part.count("'") % 2 == 0 else part.split()
                )
                if words and (words[0] in OURS or words[0] in OTHERS):
                    yield words


COMMANDS = sorted({tuple(words[1:]) for page in PAGES for words in lines_of(page) if words[0] in OURS})


def parsed(words: tuple[str, ...]) -> tuple[argparse.Namespace, list[str]]:
    """Return what the parser of a command makes of a line; SystemExit where it knows an option not."""
    command = command_of(words[0])
    command.settings = get_project_settings()
    parser = ScrapyArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    return parser.parse_known_args(list(words[1:]))


def test_the_pages_show_commands() -> None:
    assert len(COMMANDS) > 30


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_and_its_options_are_there(words: tuple[str, ...]) -> None:
    assert words[0] in commands()
    _, rest = parsed(words)
    assert [word for word in rest if word.startswith("-") and word != "-"] == []


def test_the_targets_of_make_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = {word for page in PAGES for words in lines_of(page) if words[0] == "make" for word in words[1:2]}
    assert {name for name in used if not name.startswith("-")} <= targets
