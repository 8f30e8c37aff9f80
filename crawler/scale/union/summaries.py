"""What of a whole shard is shown, beside its documents: how many it has of what, its universities, and what its operator corrects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter
from sqlite_utils import Database

from crawler.archive.corrections import Correction, corrections
from crawler.archive.layout import CATALOG, CORRECTIONS
from crawler.catalog.queries.overview import Overview, overview
from crawler.catalog.queries.universities import University, universities
from crawler.errors import CorrectionError, ScaleError
from crawler.scale.local import PARTIAL
from crawler.scale.manifest import Manifest, ShardFile
from crawler.scale.store import BlobStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardSummary:
    """What of a shard is shown as a whole."""

    overview: Overview
    universities: Sequence[University]
    corrections: Mapping[str, Sequence[Correction]]  # by the id of a document


def bring_catalog(store: BlobStore, manifest: Manifest, folder: Path) -> None:
    """Write the catalog of a head to a folder, and what its operator corrects. ScaleError: it has no catalog. BlobError, UnreachableError."""
    if CATALOG not in manifest.files:
        raise ScaleError("its head has no catalog")
    for name in (CATALOG, CORRECTIONS):
        if name in manifest.files:
            bring_file(store, manifest.files[name], folder / name)


def bring_file(store: BlobStore, file: ShardFile, target: Path) -> None:
    """Write a file of a head, whole or not at all. BlobError, UnreachableError."""
    partial = target.with_name(target.name + PARTIAL)
    with partial.open("wb") as written:
        for part in file.parts:
            store.copy(part.blob, written)
    partial.replace(target)


def write_summary(db: Database, folder: Path, target: Path) -> None:
    """Write the summary of the catalog that was brought to a folder."""
    try:
        known = corrections(folder)
    except CorrectionError:  # as in a room over one archive, where the log says why
        known = {}
    summary = ShardSummary(overview=overview(db), universities=universities(db), corrections=known)
    partial = target.with_name(target.name + PARTIAL)
    partial.write_bytes(SUMMARY.dump_json(summary))
    partial.replace(target)


def read_summary(path: Path) -> ShardSummary:
    """Return what was written. FileNotFoundError: its head is not indexed any more."""
    return SUMMARY.validate_json(path.read_bytes())


SUMMARY = TypeAdapter(ShardSummary)
