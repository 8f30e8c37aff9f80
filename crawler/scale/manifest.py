"""What a published shard is: its files, each as the blobs that it is made of, one after the other.

Evidence grows at its end only, so what a head had of a file stays a blob, and what was written since is another: a file that is published every
ten minutes is sent once. Each part of a WARC file holds whole records, and is a WARC file by itself.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crawler.errors import ScaleError

FORMAT = "campus-archive/manifest 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobPart:
    """A blob that is a part of a file."""

    blob: str  # SHA-256, hex
    size: int  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardFile:
    """A file of an archive."""

    digest: str  # SHA-256 of the whole, hex
    parts: tuple[BlobPart, ...]

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All files of a shard at a moment."""

    shard: str
    epoch: int
    made: str  # ISO 8601, UTC
    files: Mapping[str, ShardFile]  # path in the archive -> file

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files.values())

    def blobs(self) -> Iterator[str]:
        """Yield the digest of every blob, some of them several times."""
        for file in self.files.values():
            for part in file.parts:
                yield part.blob


def dump(manifest: Manifest) -> bytes:
    """Return a manifest as bytes, the same ones each time."""
    said = {
        "format": FORMAT,
        "shard": manifest.shard,
        "epoch": manifest.epoch,
        "made": manifest.made,
        "files": {path: _as_json(file) for path, file in sorted(manifest.files.items())},
    }
    return gzip.compress(json.dumps(said, ensure_ascii=False).encode(), mtime=0)


def load(data: bytes) -> Manifest:
    """Return the manifest that bytes are. ScaleError: they are none that this release knows."""
    try:
        said = json.loads(gzip.decompress(data))
        if said["format"] != FORMAT:
            raise ScaleError(f"a manifest of the format {said['format']!r}: update this program")
        files = {path: _file(given) for path, given in said["files"].items()}
        for path in files:
            _check_is_inside(path)
        return Manifest(shard=said["shard"], epoch=said["epoch"], made=said["made"], files=files)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScaleError(f"no manifest of a shard: {error!r}") from error


def _check_is_inside(path: str) -> None:
    if path.startswith("/") or ".." in path.split("/") or not path.strip("./"):
        raise ScaleError(f"{path!r}: a manifest names a path outside of its archive")


def _as_json(file: ShardFile) -> list[Any]:
    """Return a file as its digest, and its parts as digest and size; one part alone has the digest of the file."""
    if len(file.parts) == 1:
        return [file.digest, file.size]
    return [file.digest, [[part.blob, part.size] for part in file.parts]]


def _file(given: list[Any]) -> ShardFile:
    digest, parts = given
    pairs = parts if isinstance(parts, list) else [[digest, parts]]
    return ShardFile(digest=digest, parts=tuple(BlobPart(blob=blob, size=size) for blob, size in pairs))
