"""What is wrong with a command line, told before anything is done: options that nobody knows, empty values, options that need another one."""

import argparse
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from scrapy.settings import BaseSettings

from crawler.archive.layout import enclosing
from crawler.errors import suggestion

SWITCHES = ("0", "1", "true", "false")
NEVER_EMPTY = ("ARCHIVE_DIR", "SEEDS_DIR", "USER_AGENT")
LEVELS = ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG")
LONG_OPTION = re.compile(r"--[a-z][a-z-]+")
HYPHENS = re.compile(r"[‐‑‒–—―−－-]+")  # what a keyboard or a word processor makes of two hyphens
QUOTED = re.compile(r"[“”‘’「」].*|.*[“”‘’「」]")

Needs = Mapping[str, Sequence[str]]  # an option -> the options and first words of which it needs one


def mistake(parser: argparse.ArgumentParser, args: Sequence[str], opts: argparse.Namespace, needs: Needs) -> str | None:
    """Return what is wrong with the words of a command, in a sentence; None where nothing is."""
    options = LONG_OPTION.findall(parser.format_help())
    given = dict(given_options(parser, opts))
    return next(
        (wrong for wrong in (*_words(args, options), *_empty(given), *_alone(args, given, needs)) if wrong), None
    )


def given_options(parser: argparse.ArgumentParser, opts: argparse.Namespace) -> Iterator[tuple[str, object]]:
    """Yield the options that were given, by their longest name, with their values."""
    for action in parser._actions:
        value = getattr(opts, action.dest, None)
        if action.option_strings and value != action.default:
            yield max(action.option_strings, key=len), value


def wrong_setting(given: str, settings: BaseSettings, options: Collection[str]) -> str | None:
    """Return what is wrong with the `NAME=VALUE` of an -s; None where it fits."""
    name, is_pair, value = given.partition("=")
    if f"--s{name}" in options:
        return f"-s{name}: an option of more than one letter begins with two hyphens: --s{name}"
    if not is_pair:
        hint = "; an option of several letters begins with two hyphens" if name.islower() else ""
        return f"-s {given}: expected NAME=VALUE, as in -s ARCHIVE_DIR=archive{hint}"
    if name not in settings:
        near = suggestion(name, list(settings))
        return (
            f"-s {name}=…: no such setting{near or '; their names are in capitals'}"
            if near or name != name.upper()
            else None
        )
    if wrong := misfit(value, settings.get(name)):
        return f"-s {name}={value}: {wrong}"
    return None


def wrong_place(settings: BaseSettings) -> str | None:
    """Return what is wrong with the settings that say where things are and how much is told; None where all fit."""
    for name in NEVER_EMPTY:
        if not str(settings[name]).strip():
            return f"{name}: is empty; leave it out, or say which"
    for name in ("ARCHIVE_DIR", "SEEDS_DIR"):
        if QUOTED.fullmatch(str(settings[name])):
            return f'{name}={settings[name]}: these quotes are taken as a part of the name; write it between " and "'
    if archive := enclosing(Path(settings["ARCHIVE_DIR"])):
        return f"ARCHIVE_DIR={settings['ARCHIVE_DIR']}: is a part of an archive; expected its folder, -s ARCHIVE_DIR={archive}"
    if (level := str(settings["LOG_LEVEL"])) not in LEVELS:
        return f"LOG_LEVEL: {level!r} is no level{suggestion(level, LEVELS)}; expected one of: {', '.join(LEVELS)}"
    return None


def misfit(value: str, default: object) -> str | None:
    """Return what is wrong with the value of a setting whose default has another type; None where it fits."""
    if isinstance(default, bool):
        return None if value.lower() in SWITCHES else "expected 1 (on) or 0 (off)"
    if not isinstance(default, int | float):
        return None
    try:
        number = float(value) if isinstance(default, float) or not default else int(value)
    except ValueError:
        return f"expected a number, as in {default}"
    return f"expected 0 or more, as in {default}" if number < 0 <= default else None


def unexpected(argument: str, advice: str = "--help lists what is") -> str:
    """Return the sentence for a word that a command does not take; a folder is likely meant to be the archive."""
    is_folder = Path(argument).is_dir()
    return f"{argument}: unexpected; {f'the archive is named with -s ARCHIVE_DIR={argument}' if is_folder else advice}"


def _words(args: Iterable[str], options: Sequence[str]) -> Iterator[str]:
    for arg in args:
        if not arg.strip():
            yield f"{arg!r}: an argument is empty; leave it out, or say which"
        hyphens = HYPHENS.match(arg)
        if hyphens and arg != hyphens[0]:
            name = arg.partition("=")[0]
            near = suggestion(f"--{name.removeprefix(hyphens[0])}", options)
            strange = "" if hyphens[0].strip("-") == "" else "; an option begins with two hyphens, --"
            yield f"{name}: no such option{near}{strange}; --help lists them"


def _empty(given: Mapping[str, object]) -> Iterator[str]:
    for name, value in given.items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(one, str) and not one.strip() for one in values):
            yield f"{name}: is empty; leave it out, or say which"


def _alone(args: Sequence[str], given: Mapping[str, object], needs: Needs) -> Iterator[str]:
    there = {*given, *args[:1]}
    for name in given:
        if name in needs and not there.intersection(needs[name]):
            yield f"{name}: goes with {' or '.join(needs[name])}; alone it does nothing"
