"""The actions of `scrapy scale` that read over all shards: a machine, arguments and options in, lines and an exit code out."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from crawler.scale.machine import Machine
from crawler.scale.union.packing import write_union_wacz
from crawler.scale.union.parquet.copies import write_copies
from crawler.scale.union.parquet.tables import bring_tables, current_heads, sweep_tables, union_folder
from crawler.scale.union.searching import as_json, as_lines, index_heads, search
from crawler.terminal import echo

FAULTS = 1

UnionDoor = Callable[[Machine, Sequence[str], argparse.Namespace], int]


def _index(machine: Machine, _args: Sequence[str], _opts: argparse.Namespace) -> int:
    indexed = index_heads(machine)
    echo(f"{indexed.shards} shards indexed, {indexed.documents} documents in them")
    return _tell(indexed.faults)


def _search(machine: Machine, args: Sequence[str], opts: argparse.Namespace) -> int:
    answer = search(machine, args[0], opts.limit)
    if opts.json:
        echo(as_json(args[0], answer))
    else:
        for line in as_lines(answer, machine.clock()):
            echo(line)
    return 0


def _wacz(machine: Machine, args: Sequence[str], opts: argparse.Namespace) -> int:
    number, faults = write_union_wacz(machine, args[0], Path(opts.to))
    echo(f"{opts.to}: {number} documents")
    return _tell(faults)


def _copies(machine: Machine, _args: Sequence[str], opts: argparse.Namespace) -> int:
    heads = current_heads(machine)
    brought = bring_tables(machine, heads.values())
    sweep_tables(machine, heads.values())
    target = Path(opts.to) if opts.to else union_folder(machine) / "copies.parquet"
    found = write_copies(brought.tables.values(), target)
    echo(
        f"{target}: {found.copies} copies among {found.documents} documents, {found.elsewhere} of them in another shard than their first"
    )
    return _tell(brought.faults)


def _tell(faults: Sequence[str]) -> int:
    """Print what was left out; return the exit code."""
    for fault in faults:
        echo(fault, error=True)
    return FAULTS if faults else 0


UNION_DOORS: Mapping[str, UnionDoor] = {"search-index": _index, "search": _search, "wacz": _wacz, "copies": _copies}
