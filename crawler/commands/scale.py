"""`scrapy scale`: more machines than one, that share PostgreSQL and an object store. What it needs is imported when it is asked for."""

import argparse
import sqlite3
from importlib import import_module
from types import ModuleType
from typing import ClassVar

from scrapy.exceptions import UsageError

from crawler.clock import clock_of
from crawler.console import MOST_DAYS, number, one_of
from crawler.errors import (
    BlobError,
    CrawlerError,
    FencedError,
    RunLockedError,
    ShardHeldError,
    UnreachableError,
    reason,
)
from crawler.monitoring.exit_code import ExitCode
from crawler.terminal import ArchiveCommand
from crawler.usage import Needs

ACTIONS = {  # name -> what it is given, as its usage has it, and what it does
    "init": ("", "make the tables in PostgreSQL"),
    "plan": ("", "put the sites of SEEDS_DIR into shards, and a task into the queue for each that is due"),
    "work": ("[--slots N] [--until-done]", "do tasks, until SIGTERM or Ctrl-C, or until nothing is left"),
    "status": ("[--shards] [--json | --prometheus]", "how all of it stands"),
    "checkout": ("SHARD [--force]", "bring a shard to SCALE_DIR, and keep everybody else from it"),
    "publish": ("SHARD", "publish a shard that was checked out, and give it back"),
    "adopt": ("ARCHIVE [--shard NAME]", "make an archive that there is a shard"),
    "eject": ("SHARD --to FOLDER", "write the archive of a shard to a folder; nobody is kept from it"),
    "rebuild": ("[--shard NAME …]", "put a task into the queue for each shard that reads it again (scrapy rebuild)"),
    "cdxj": ("--to FILE", "write one index of the evidence of all shards, for pywb"),
    "search-index": ("", "put what moved since into the index of the words of all shards"),
    "search": ("WORDS [--limit N] [--json]", "search all shards, in the language of the search box"),
    "wacz": ("WORDS --to FILE", "write what a search over all shards finds as WACZ, with its evidence"),
    "copies": ("[--to FILE]", "write which documents of all shards are copies, as Parquet"),
    "sweep": ("[--remove] [--grace DAYS]", "find what no head names in the object store"),
}
FAILED = 1
GRACE_DAYS = 7.0
HITS = 20
LEASE_SECONDS = 60.0
PUBLISH_MINUTES = 10.0


class Command(ArchiveCommand):
    """One action of several machines."""

    needs: ClassVar[Needs] = {
        **{key: ["work"] for key in ("--slots", "--until-done", "--lease", "--publish-every")},
        **{key: ["status"] for key in ("--shards", "--prometheus")},
        **{key: ["sweep"] for key in ("--remove", "--grace")},
        "--json": ["status", "search"],
        "--shard": ["adopt", "rebuild"],
        "--to": ["eject", "cdxj", "wacz", "copies"],
        "--force": ["checkout"],
        "--limit": ["search"],
    }

    def syntax(self) -> str:
        return f"{{{'|'.join(ACTIONS)}}} …"

    def short_desc(self) -> str:
        return "Crawl with more machines than one: PostgreSQL, an object store, workers"

    def long_desc(self) -> str:
        actions = "; ".join(
            f"{' '.join(filter(None, (name, given)))}: {does}" for name, (given, does) in ACTIONS.items()
        )
        return (
            "Needs the extra `scale`, SCALE_DATABASE and SCALE_STORE (docs/scale.md). "
            f"{actions}. "
            "Exit code: 0 done; 1 PostgreSQL or the object store does not answer, or has lost something, or files of an archive that was published "
            "are damaged; 2 a mistake: a setting that is missing, credentials or a schema that are refused, a shard that is not there; "
            "5 a shard is checked out elsewhere, or was taken by another since; 6 the disk could not be written (work: or is full, and the "
            "worker took no more)."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        work = parser.add_argument_group("work")
        work.add_argument("--slots", type=number(1, 1, 1000), default=1, metavar="N", help="tasks at a time (1)")
        work.add_argument("--until-done", action="store_true", help="end when nobody has anything left to do")
        work.add_argument(
            "--lease", type=number(LEASE_SECONDS, 1), default=LEASE_SECONDS, metavar="SECONDS", help="of a shard (60)"
        )
        work.add_argument(
            "--publish-every",
            type=number(PUBLISH_MINUTES, 0.01),
            default=PUBLISH_MINUTES,
            metavar="MINUTES",
            help="(10)",
        )
        status = parser.add_argument_group("status")
        status.add_argument("--shards", action="store_true", help="each shard, too")
        status.add_argument("--json", action="store_true", help="status, search: as JSON")
        status.add_argument("--prometheus", action="store_true")
        shard = parser.add_argument_group("a shard")
        shard.add_argument("--shard", action="append", default=[], metavar="NAME")
        shard.add_argument("--to", metavar="PATH", help="eject, cdxj, wacz, copies: what is written")
        shard.add_argument("--force", action="store_true", help="checkout: take it from whoever has it")
        search = parser.add_argument_group("search")
        search.add_argument("--limit", type=number(HITS, 1), default=HITS, metavar="N", help="hits that are shown (20)")
        sweep = parser.add_argument_group("sweep")
        sweep.add_argument("--remove", action="store_true", help="remove what is found")
        sweep.add_argument(
            "--grace",
            type=number(GRACE_DAYS, 0, MOST_DAYS),
            default=GRACE_DAYS,
            metavar="DAYS",
            help="that it is old at least (7)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if not args:
            raise UsageError(f"expected one of: {', '.join(ACTIONS)}", print_help=False)
        try:
            action = one_of("action", ACTIONS)(args[0])
        except argparse.ArgumentTypeError as error:
            raise UsageError(str(error), print_help=False) from error
        check_given(action, args[1:], opts)
        try:
            self.exitcode = doors().DOORS[action](self.settings, args[1:], opts, clock_of(self.settings))
        except (CrawlerError, OSError, sqlite3.Error) as error:
            self.fail(exit_code(error), f"{action}: {reason(error) if isinstance(error, OSError) else error}")


def check_given(action: str, args: list[str], opts: argparse.Namespace) -> None:
    """Raise UsageError unless an action is given what it needs."""
    given, _ = ACTIONS[action]
    wanted = [word for word in given.split()[:1] if word.isupper()]
    if len(args) != len(wanted) or (action in ("eject", "cdxj", "wacz") and not opts.to):
        raise UsageError(f"expected: scrapy scale {action} {given}".rstrip(), print_help=False)
    if action == "adopt" and len(opts.shard) > 1:
        raise UsageError("--shard: an archive is one shard", print_help=False)


def doors() -> ModuleType:
    """Return what does the actions. CrawlerError: the extra is not installed."""
    try:
        return import_module("crawler.scale.doors")
    except ModuleNotFoundError as error:
        raise CrawlerError(f"needs {error.name}, of the extra `scale`: pip install 'campus-archive[scale]'") from error


def exit_code(error: Exception) -> int:
    """Return the exit code of what kept an action from being done."""
    if isinstance(error, ShardHeldError | FencedError | RunLockedError):
        return ExitCode.LOCKED
    if isinstance(error, UnreachableError | BlobError):
        return FAILED
    return 2 if isinstance(error, CrawlerError) else ExitCode.STORAGE_FAILED
