"""The actions of `scrapy scale`, each by its name: settings, arguments and options in, lines and an exit code out."""

import argparse
import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path

from rich.filesize import decimal
from scrapy.settings import BaseSettings

from crawler.clock import Clock
from crawler.errors import ScaleError
from crawler.scale import status
from crawler.scale.database import SharedDatabase, connected, schema
from crawler.scale.database.state import shard_states, state
from crawler.scale.machine import Machine, adopt, check_out_by_hand, eject, publish_by_hand
from crawler.scale.planning import defer_rebuild, plan
from crawler.scale.publishing import Publication
from crawler.scale.replay import write_union_index
from crawler.scale.sweeping import sweep
from crawler.scale.tasks import Crew, Rhythm
from crawler.scale.working import work, worker_name
from crawler.terminal import echo

FAULTS = 1
ROOM = 4  # times what a crawl needs free to begin: shards that only wait on the disk make room for it

Door = Callable[[BaseSettings, Sequence[str], argparse.Namespace, Clock], int]


def _init(settings: BaseSettings, _args: Sequence[str], _opts: argparse.Namespace, _clock: Clock) -> int:
    with connected(_database(settings)) as db:
        is_new = schema.make(db)
    echo(f"the schema is {'made' if is_new else 'there already'} (version {schema.VERSION})")
    return 0


def _plan(settings: BaseSettings, _args: Sequence[str], _opts: argparse.Namespace, clock: Clock) -> int:
    with SharedDatabase.open(_database(settings)) as database:
        made = plan(database, Path(settings["SEEDS_DIR"]), clock())
    for problem in made.problems:
        echo(f"scrapy scale plan: {problem}; left out, or taken as it was", error=True)
    echo(
        f"{made.sites} sites in {made.shards} shards, {made.read} site files read; {made.deferred} tasks into the queue"
    )
    return 0


def _work(settings: BaseSettings, _args: Sequence[str], opts: argparse.Namespace, clock: Clock) -> int:
    given = [part for one in opts.set if not one.startswith("SCALE_") for part in ("-s", one)]
    if not any(one.startswith("READER_PROCESSES=") for one in opts.set):
        given += ["-s", f"READER_PROCESSES={max(1, (os.cpu_count() or 1) // opts.slots)}"]
    with machine_of(settings, clock) as machine:
        rhythm = Rhythm(lease=opts.lease, publish=opts.publish_every * 60)
        crew = Crew(
            machine=machine,
            name=worker_name(),
            rhythm=rhythm,
            settings=given,
            least_free=settings.getint("MIN_FREE_BYTES") * ROOM,
        )
        return asyncio.run(work(crew, opts.slots, until_done=opts.until_done))


def _status(settings: BaseSettings, _args: Sequence[str], opts: argparse.Namespace, clock: Clock) -> int:
    now = clock()
    with SharedDatabase.open(_database(settings)) as database, database.transaction() as db:
        found = state(db, now)
        shards = shard_states(db) if opts.shards else None
    if opts.json:
        echo(status.as_json(found, shards))
    elif opts.prometheus:
        print(status.as_metrics(found), end="")
    else:
        for line in (*status.as_lines(found, now), *(status.shard_lines(shards) if shards is not None else ())):
            echo(line)
    return 0


def _checkout(settings: BaseSettings, args: Sequence[str], opts: argparse.Namespace, clock: Clock) -> int:
    with machine_of(settings, clock) as machine:
        local = check_out_by_hand(machine, args[0], force=opts.force)
    echo(f"{args[0]}: checked out; ARCHIVE_DIR={local.archive} SEEDS_DIR={local.seeds}")
    return 0


def _publish(settings: BaseSettings, args: Sequence[str], _opts: argparse.Namespace, clock: Clock) -> int:
    with machine_of(settings, clock) as machine:
        return _tell(args[0], publish_by_hand(machine, args[0]))


def _adopt(settings: BaseSettings, args: Sequence[str], opts: argparse.Namespace, clock: Clock) -> int:
    archive = Path(args[0])
    shard = opts.shard[0] if opts.shard else archive.absolute().name
    with machine_of(settings, clock) as machine:
        return _tell(shard, adopt(machine, archive, shard))


def _eject(settings: BaseSettings, args: Sequence[str], opts: argparse.Namespace, clock: Clock) -> int:
    with machine_of(settings, clock) as machine:
        fetched = eject(machine, args[0], Path(opts.to))
    echo(f"{opts.to}: the archive of {args[0]}, {decimal(fetched)}")
    return 0


def _rebuild(settings: BaseSettings, _args: Sequence[str], opts: argparse.Namespace, _clock: Clock) -> int:
    with SharedDatabase.open(_database(settings)) as database:
        echo(f"{defer_rebuild(database, opts.shard)} tasks into the queue")
    return 0


def _sweep(settings: BaseSettings, _args: Sequence[str], opts: argparse.Namespace, clock: Clock) -> int:
    with machine_of(settings, clock) as machine:
        swept = sweep(machine, grace=timedelta(days=opts.grace), remove=opts.remove)
    found = f"{swept.unreferenced} of {swept.blobs} blobs are named by no head and older than {opts.grace:g} days"
    echo(f"{found} ({decimal(swept.bytes)}); {swept.removed} removed")
    return 0


def _cdxj(settings: BaseSettings, _args: Sequence[str], opts: argparse.Namespace, clock: Clock) -> int:
    with machine_of(settings, clock) as machine:
        number = write_union_index(machine, Path(opts.to))
    echo(f"{opts.to}: the evidence of {number} shards")
    return 0


def _union(name: str, settings: BaseSettings, args: Sequence[str], opts: argparse.Namespace, clock: Clock) -> int:
    """Read over all shards; what that needs is imported for it alone."""
    try:
        door = import_module("crawler.scale.union.doors").UNION_DOORS[name]
    except ModuleNotFoundError as error:
        raise ScaleError(f"needs {error.name}, of the extra `scale`: pip install 'campus-archive[scale]'") from error
    with machine_of(settings, clock) as machine:
        return int(door(machine, args, opts))


DOORS: Mapping[str, Door] = {
    "init": _init,
    "plan": _plan,
    "work": _work,
    "status": _status,
    "checkout": _checkout,
    "publish": _publish,
    "adopt": _adopt,
    "eject": _eject,
    "rebuild": _rebuild,
    "sweep": _sweep,
    "cdxj": _cdxj,
    **{name: partial(_union, name) for name in ("search-index", "search", "wacz", "copies")},
}


def _database(settings: BaseSettings) -> str:
    if not settings["SCALE_DATABASE"]:
        raise ScaleError("SCALE_DATABASE is not set: this archive is that of one machine; see docs/scale.md")
    return str(settings["SCALE_DATABASE"])


@contextmanager
def machine_of(settings: BaseSettings, clock: Clock) -> Iterator[Machine]:
    """Give what the settings name. ScaleError, UnreachableError."""
    address = _database(settings)
    if not settings["SCALE_STORE"]:
        raise ScaleError("SCALE_STORE is not set: expected s3://bucket/prefix, or a folder for trying out")
    with Machine.open(address, settings["SCALE_STORE"], Path(settings["SCALE_DIR"]), clock) as machine:
        yield machine


def _tell(shard: str, published: Publication) -> int:
    """Print what was published; return the exit code."""
    echo(f"{shard}: {published.files} files published, {published.sent} blobs sent ({decimal(published.bytes_sent)})")
    for fault in published.faults:
        echo(fault, error=True)
    return FAULTS if published.faults else 0
