"""One index of the evidence of all heads, by which pywb replays from the object store: each part of a WARC file is a WARC file by itself.

What leads to a withheld document is not in it. What a part holds never changes, so its lines are kept on the disk, in SCALE_DIR/cdxj/.
"""

import heapq
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from crawler.archive.layout import CATALOG, EVIDENCE, is_private
from crawler.catalog import open_reader
from crawler.export.evidence import hidden_urls
from crawler.export.wacz import is_of, write_index
from crawler.scale.checkout import check_out
from crawler.scale.database import heads
from crawler.scale.local import PARTIAL
from crawler.scale.machine import Machine
from crawler.scale.manifest import Manifest, load

AT_ONCE = 200  # sorted files that are merged at a time: each is open


def write_union_index(machine: Machine, target: Path) -> int:
    """Write the sorted CDXJ lines of all heads, that name blobs; return of how many shards."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with machine.database.transaction() as db:
        manifests = [head.manifest for head in heads.heads(db)]
    with TemporaryDirectory(dir=target.parent) as folder:
        names = (Path(folder) / f"{number}" for number in count())
        sorted_files = []
        for manifest in manifests:
            file = next(names)
            file.write_text("".join(_lines(machine, load(machine.store.read(manifest)), Path(folder))), "utf-8")
            sorted_files.append(file)
        while len(sorted_files) > AT_ONCE:
            merged = next(names)
            _merge(sorted_files[:AT_ONCE], merged)
            sorted_files = [*sorted_files[AT_ONCE:], merged]
        whole = next(names)
        _merge(sorted_files, whole)
        whole.replace(target)
    return len(manifests)


def _merge(files: Sequence[Path], target: Path) -> None:
    with ExitStack() as stack, target.open("w", encoding="utf-8") as merged:
        merged.writelines(heapq.merge(*(stack.enter_context(file.open(encoding="utf-8")) for file in files)))
    for file in files:
        file.unlink()


def _lines(machine: Machine, manifest: Manifest, folder: Path) -> list[str]:
    """Return the lines of one shard, sorted, without what is withheld."""
    hidden = _hidden(machine, manifest, folder / "hidden")
    parts = (part for path, file in manifest.files.items() if path.startswith(f"{EVIDENCE}/") for part in file.parts)
    lines = (line for part in parts for line in _of_part(machine, part.blob))
    return sorted(line for line in lines if not is_of(line, hidden))


def _hidden(machine: Machine, manifest: Manifest, folder: Path) -> frozenset[str]:
    """Return the addresses under which the evidence of a shard has what is withheld: they stand in its catalog and in what was withheld."""
    if not any(map(is_private, manifest.files)):
        return frozenset()
    needed = {path: file for path, file in manifest.files.items() if path == CATALOG or is_private(path)}
    check_out(machine.store, replace(manifest, files=needed), folder)
    with closing(open_reader(folder / CATALOG)) as db:
        return hidden_urls(folder, db)


def _of_part(machine: Machine, blob: str) -> Iterator[str]:
    """Yield the lines of one part; they name its blob."""
    kept = machine.root / "cdxj" / f"{blob}.cdxj"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        warc, partial = kept.with_name(blob), kept.with_name(f"{blob}{PARTIAL}")
        with warc.open("wb") as file:
            machine.store.copy(blob, file)
        with partial.open("w", encoding="utf-8") as lines:
            write_index(lines, [warc])
        warc.unlink()
        partial.replace(kept)
    with kept.open(encoding="utf-8") as lines:
        yield from lines
