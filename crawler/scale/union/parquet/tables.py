"""The documents of each head as a table, SCALE_DIR/union/documents/<manifest>.parquet: for the index, for copies, and for whoever has DuckDB.

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
from crawler.scale.store import BlobStore

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """The tables of heads, and of which shards none could be made."""

    tables: Mapping[str, ShardTable]  # by shard
    faults: tuple[str, ...]


def union_folder(machine: Machine) -> Path:
    """Return where everything stands that reads over all shards."""
    return machine.root / "union"


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
    for path in (union_folder(machine) / "documents").glob("*.parquet"):
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
    target = union_folder(machine) / "documents" / f"{head.manifest}.parquet"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=target.parent) as folder:
            catalog, lines = Path(folder) / CATALOG, Path(folder) / "rows.json"
            _copy_catalog(machine.store, head.manifest, catalog)
            with closing(open_catalog(catalog)) as db:  # brings a copy of an earlier release up to this one
                _write_lines(lines, head.shard, shared(db))
            _write_table(lines, target)
    return ShardTable(head=head, path=target)


def _copy_catalog(store: BlobStore, digest: str, target: Path) -> None:
    manifest = load(store.read(digest))
    if CATALOG not in manifest.files:
        raise ScaleError("its head has no catalog")
    with target.open("xb") as file:
        for part in manifest.files[CATALOG].parts:
            store.copy(part.blob, file)


def _write_lines(target: Path, shard: str, documents: Iterable[SharedDocument]) -> None:
    with target.open("w", encoding="utf-8") as lines:
        for document in documents:
            lines.write(json.dumps({"shard": shard, **document.as_row()}) + "\n")


def _write_table(lines: Path, target: Path) -> None:
    columns = ", ".join(f"{name}: '{TYPES.get(name, 'VARCHAR')}'" for name in ("shard", *SharedDocument.__slots__))
    source = f"read_json('{quoted(lines)}', format = 'newline_delimited', columns = {{{columns}}}, maximum_object_size = 100000000)"
    with duckdb.connect(config={"threads": 1}) as db:
        write_parquet(db, f"SELECT * FROM {source}", target)
