"""The lock of an archive: one process writes to it at a time."""

from pathlib import Path

from filelock import FileLock, Timeout

from crawler.archive.layout import LOCK
from crawler.errors import CrawlerError, RunLockedError


def lock(root: Path) -> FileLock:
    """Return the lock of an archive, taken; `with` or `release` lets go of it. RunLockedError if somebody else holds it."""
    root.mkdir(parents=True, exist_ok=True)
    held = FileLock(root / LOCK, timeout=0)
    try:
        held.acquire()
    except NotImplementedError as error:
        message = (
            f"{root}: this file system has no locks (flock): put the archive on a local disk; a copy may stand anywhere"
        )
        raise CrawlerError(message) from error
    except Timeout as error:
        raise RunLockedError(
            f"{root}: another run is writing to this archive; wait for it to end, or name another ARCHIVE_DIR"
        ) from error
    return held
