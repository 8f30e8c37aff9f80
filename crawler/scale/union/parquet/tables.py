"""The documents of each head as a table, SCALE_DIR/union/documents-N/<manifest>.parquet: for the index, for copies, and for whoever has DuckDB;
and beside it what of the whole shard is shown, <manifest>.json.

What is withheld is in none; what no head names any more is removed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from crawler.archive.layout import CATALOG
from crawler.catalog import open_catalog
from crawler.catalog.queries.sharing import SharedDocument, shared
from crawler.errors import BlobError, CatalogError, ScaleError
from crawler.scale.database import heads
from crawler.scale.database.heads import Head
from crawler.scale.local import PARTIAL
from crawler.scale.machine import Machine
from crawler.scale.manifest import load
from crawler.scale.union.summaries import bring_catalog, write_summary

VERSION = 2  # of the columns: another one is another folder
AT_ONCE = 4  # shards that are brought at a time
BATCH = 1000  # rows that are read at a time
TYPES = {  # of columns that are no text
    "hosts": "VARCHAR[]",
    "people": "VARCHAR[][]",
    "traits": "VARCHAR[]",
    "letters": "BIGINT",
    "keys": "BIGINT[]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardTable:
    """The documents of a shard as its head has them."""

    head: Head
    path: Path

    @property
    def summary(self) -> Path:
        """Where what of the whole shard is shown stands."""
        return self.path.with_suffix(".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """The tables of heads, and of which shards none could be made."""

    tables: Mapping[str, ShardTable]  # by shard
    faults: tuple[str, ...]


def union_folder(machine: Machine) -> Path:
    """Return where everything stands that reads over all shards."""
    return machine.root / "union"


def tables_folder(machine: Machine) -> Path:
    """Return where the tables stand."""
    return union_folder(machine) / f"documents-{VERSION}"


def current_heads(machine: Machine) -> dict[str, Head]:
    """Return the head of each shard that has one."""
    with machine.database.transaction() as db:
        return {head.shard: head for head in heads.heads(db)}


def bring_tables(machine: Machine, wanted: Iterable[Head]) -> Brought:
    """Make the tables of these heads that are not there yet. UnreachableError: the store is away; what was made stays."""
    tables: dict[str, ShardTable] = {}
    faults: list[str] = []

    def bring(head: Head) -> ShardTable | str:
        try:
            return _table(machine, head)
        except (BlobError, CatalogError, ScaleError) as error:
            return f"{head.shard}: left out: {error}"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for made in pool.map(bring, wanted):
            if isinstance(made, str):
                faults.append(made)
            else:
                tables[made.head.shard] = made
    return Brought(tables=tables, faults=tuple(faults))


def sweep_tables(machine: Machine, wanted: Iterable[Head]) -> None:
    """Remove the tables of all other heads: they may hold what is withheld since."""
    kept = {head.manifest for head in wanted}
    for path in tables_folder(machine).glob("*.*"):
        if path.stem not in kept:
            path.unlink(missing_ok=True)


def rows(table: ShardTable) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table."""
    with duckdb.connect() as db:
        found = db.execute("SELECT * FROM read_parquet(?)", [str(table.path)])
        names = [column[0] for column in found.description or ()]
        while batch := found.fetchmany(BATCH):
            yield from (dict(zip(names, row, strict=True)) for row in batch)


def write_parquet(db: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    """Write what a query gives to a file, whole or not at all."""
    partial = target.with_name(target.name + PARTIAL)
    db.execute(f"COPY ({query}) TO '{quoted(partial)}' (FORMAT parquet, COMPRESSION zstd)")
    partial.replace(target)


def quoted(path: Path) -> str:
    """Return a path as it stands between apostrophes in SQL."""
    return str(path).replace("'", "''")


def _table(machine: Machine, head: Head) -> ShardTable:
    """Return the table of a head, made of its catalog unless it is there."""
    table = ShardTable(head=head, path=tables_folder(machine) / f"{head.manifest}.parquet")
    if not table.path.exists():
        table.path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=table.path.parent) as name:
            folder = Path(name)
            bring_catalog(machine.store, load(machine.store.read(head.manifest)), folder)
            with closing(open_catalog(folder / CATALOG)) as db:  # brings a copy of an earlier release up to this one
                write_summary(db, folder, table.summary)
                write_table(table, shared(db))  # last: where it is, all of it is
    return table


def write_table(table: ShardTable, documents: Iterable[SharedDocument]) -> None:
    """Write the documents of a shard as its table."""
    columns = ", ".join(f"{name}: '{TYPES.get(name, 'VARCHAR')}'" for name in ("shard", *SharedDocument.__slots__))
    with TemporaryDirectory(dir=table.path.parent) as folder:
        written = Path(folder) / "rows.json"
        with written.open("w", encoding="utf-8") as lines:
            for document in documents:
                lines.write(json.dumps({"shard": table.head.shard, **document.as_row()}) + "\n")
        source = f"read_json('{quoted(written)}', format = 'newline_delimited', columns = {{{columns}}}, maximum_object_size = 100000000)"
        with duckdb.connect(config={"threads": 1}) as db:
            write_parquet(db, f"SELECT * FROM {source}", table.path)
