"""Records of a head's evidence, read by range from the object store and put where they stand in its WARC files, which hold nothing else then."""

from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from crawler.errors import BlobError
from crawler.scale.manifest import BlobPart, Manifest
from crawler.scale.store import BlobStore
from crawler.warc import read_members

FIRST = 256_000  # bytes that are asked for at first; where a record is longer, four times as much, and so on


def bring_records(store: BlobStore, manifest: Manifest, place: tuple[str, int], root: Path, number: int = 1) -> Path:
    """Bring the records from a place (WARC file, offset) on, so many; return the file. BlobError: there are none. UnreachableError."""
    warc, offset = place
    part, start = _part_at(manifest, warc, offset)
    target = root / warc
    target.parent.mkdir(parents=True, exist_ok=True)
    data = _whole(store, part, start, number, target.parent)
    target.touch()
    with target.open("r+b") as file:
        file.seek(offset)
        file.write(data)
    return target


def _part_at(manifest: Manifest, warc: str, offset: int) -> tuple[BlobPart, int]:
    """Return the part of a WARC file that holds an offset, and where in it. Each part holds whole records."""
    start = offset
    for part in manifest.files[warc].parts if warc in manifest.files else ():
        if start < part.size:
            return part, start
        start -= part.size
    raise BlobError(f"{warc}: has no record at {offset} in the head of {manifest.shard}")


def _whole(store: BlobStore, part: BlobPart, start: int, number: int, folder: Path) -> bytes:
    """Return bytes of a part that hold so many whole records, or all that there are."""
    size, most = FIRST, part.size - start
    with TemporaryDirectory(dir=folder) as name:
        piece = Path(name) / "piece"
        while True:
            piece.write_bytes(data := store.read_range(part.blob, start, min(size, most)))
            found = list(islice(read_members(piece, most=0), number))
            if size >= most or (len(found) == number and not found[-1].is_torn):
                return data
            size *= 4
