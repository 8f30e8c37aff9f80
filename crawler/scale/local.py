"""A shard on the local disk of one machine, below SCALE_DIR.

    <shard>/archive/    the archive, as the crawl writes it
    <shard>/seeds/      the files of its sites
    <shard>/based-on    which heads it goes on from: the last one, and the one that is just being published
    <shard>/snapshot/   what is being published
    <shard>/published   nobody works on it here, and all of it is published: it may go where room is needed

All of it may be removed while the shard is not being worked on here: what is published comes back, what is not is fetched again.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from crawler.errors import ScaleError

PARTIAL = ".partial"
BASED_ON, PUBLISHED = "based-on", "published"
UNSAFE = ("", ".", "..")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalShard:
    """Where everything of a shard is."""

    folder: Path
    archive: Path  # in the folder, but for one that is adopted from elsewhere

    @classmethod
    def of(cls, root: Path, shard: str) -> "LocalShard":
        """Return the place of a shard. ScaleError: its name is no name of a folder."""
        if shard in UNSAFE or "/" in shard or "\0" in shard:
            raise ScaleError(f"{shard!r}: cannot be the name of a shard: it names a folder")
        folder = root / shard.replace(":", "_")
        return cls(folder=folder, archive=folder / "archive")

    @property
    def seeds(self) -> Path:
        return self.folder / "seeds"

    @property
    def snapshot(self) -> Path:
        return self.folder / "snapshot"

    @property
    def bases(self) -> tuple[str, ...]:
        """The manifests that the archive may go on from; none of one that nothing was published of."""
        try:
            return tuple((self.folder / BASED_ON).read_text("ascii").split())
        except FileNotFoundError:
            return ()

    def base_on(self, *manifests: str) -> None:
        """Write down which manifests the archive goes on from."""
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.folder / f"{BASED_ON}{PARTIAL}"
        partial.write_text("".join(f"{manifest}\n" for manifest in manifests), "ascii")
        partial.replace(self.folder / BASED_ON)

    def begin(self) -> None:
        """Keep the shard from being removed by who needs room."""
        with _lock(self.folder.parent):
            (self.folder / PUBLISHED).unlink(missing_ok=True)

    def end(self) -> None:
        """Let it be removed: nobody works on it here any more, and all of it is published."""
        (self.folder / PUBLISHED).touch()

    def write_seeds(self, definitions: Mapping[str, str]) -> None:
        """Write the files of the sites, and no others."""
        shutil.rmtree(self.seeds, ignore_errors=True)
        self.seeds.mkdir(parents=True)
        for site, definition in definitions.items():
            (self.seeds / f"{site}.yaml").write_text(definition, "utf-8")

    def discard_snapshot(self) -> None:
        """Remove what was made to be published."""
        shutil.rmtree(self.snapshot, ignore_errors=True)

    def discard(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def make_room(root: Path, least: int) -> list[str]:
    """Remove shards of which all is published, those longest unused first, until so many bytes are free; return which."""
    removed: list[str] = []
    root.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(root).free >= least:  # asked before each task: there may be thousands of shards
        return removed
    with _lock(root):
        published = sorted(root.glob(f"*/{PUBLISHED}"), key=lambda mark: mark.stat().st_mtime)
        for mark in published:
            if shutil.disk_usage(root).free >= least:
                break
            mark.unlink()  # first: what is left of a removal that is broken off is no whole shard
            (mark.parent / BASED_ON).unlink(missing_ok=True)
            shutil.rmtree(mark.parent)
            removed.append(mark.parent.name)
    return removed


def _lock(root: Path) -> FileLock:
    root.mkdir(parents=True, exist_ok=True)
    return FileLock(root / "room.lock")
