"""The disk: what is free on it, and whether that is enough for a run to begin and to go on."""

import shutil
from pathlib import Path


def free_bytes(root: Path) -> int:
    """Return what is free on the disk of a folder, which need not be there yet."""
    there = root.absolute()
    while not there.exists():
        there = there.parent
    return shutil.disk_usage(there).free


def shortage(root: Path, min_free: int) -> str | None:
    """Return a sentence for a person if less is free than a run needs."""
    free = free_bytes(root)
    if free >= min_free:
        return None
    return f"{root}: {megabytes(free)} free on its disk, MIN_FREE_BYTES asks for {megabytes(min_free)}: make room"


def megabytes(size: int) -> str:
    """Return `1,234 MB`."""
    return f"{size / 1_000_000:,.0f} MB"
