"""What was made beside the archive, put in its place: by renames, so that a crash leaves the one or the other, or what `complete_install` finishes.

rebuilding/     catalog.db, articles/, versions/ as they will be; `warc` and `media` lead to those of the archive
before-rebuild/ catalog.db, articles/, versions/ as they were, until the next rebuild
"""

import shutil
from pathlib import Path

from crawler.archive.layout import ARTICLES, BEFORE_REBUILD, CATALOG, EVIDENCE, MEDIA, REBUILDING, VERSIONS

MADE = (CATALOG, ARTICLES, VERSIONS)
FOLDERS = (ARTICLES, VERSIONS)
COMPANIONS = (f"{CATALOG}-wal", f"{CATALOG}-shm")  # its log, and the index of that: each catalog keeps its own
SHARED = (EVIDENCE, MEDIA)  # evidence is only read, a content is the same file whoever writes it
READY = "ready"  # the mark that all of it is there


def stage_beside(root: Path) -> Path:
    """Return an empty folder beside the archive that shares its evidence and media; what an interrupted rebuild left there is gone."""
    beside = root / REBUILDING
    discard_stage(root)
    beside.mkdir(parents=True)
    for name in SHARED:
        (root / name).mkdir(exist_ok=True)
        (beside / name).symlink_to(Path("..") / name)
    return beside


def stage_apart(root: Path, apart: Path) -> Path:
    """Make an empty folder somewhere else one that reads the evidence of an archive, and writes nothing into it; return it."""
    (apart / EVIDENCE).symlink_to((root / EVIDENCE).resolve())
    return apart


def discard_stage(root: Path) -> None:
    """Remove what was made beside an archive."""
    shutil.rmtree(root / REBUILDING, ignore_errors=True)  # links are removed, not what they lead to


def install(root: Path) -> None:
    """Put what was made beside the archive in its place; what was there stands in `before-rebuild/` from then on."""
    shutil.rmtree(root / BEFORE_REBUILD, ignore_errors=True)
    (root / BEFORE_REBUILD).mkdir()
    for name in FOLDERS:
        (root / REBUILDING / name).mkdir(exist_ok=True)  # one that is not there has been put in place already
    (root / REBUILDING / READY).touch()
    complete_install(root)


def complete_install(root: Path) -> bool:
    """Finish an installation that was begun; return whether there was one. Only the holder of the run lock may call it."""
    beside, before = root / REBUILDING, root / BEFORE_REBUILD
    if not (beside / READY).exists():
        return False
    for name in MADE:
        made = beside / name
        if made.exists() and not (before / name).exists():
            if name == CATALOG:
                for companion in COMPANIONS:
                    _move(root / companion, before / companion)
            _move(root / name, before / name)
        _move(made, root / name)
    for companion in COMPANIONS:
        if not (root / companion).exists():  # who reads the new one already made his own
            _move(beside / companion, root / companion)
    discard_stage(root)
    return True


def _move(source: Path, target: Path) -> None:
    if source.exists():
        source.rename(target)
