"""Which reading room is served, and how: that over one archive, or that over all that several machines have published."""

import contextlib
import socket
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import uvicorn
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from crawler.browse import ReadingRoom, reading_room
from crawler.browse.protocol import Protocol
from crawler.errors import CatalogError, CrawlerError


@contextlib.contextmanager
def room_of(settings: BaseSettings, *, sql: bool, collections: str | None) -> Iterator[ReadingRoom]:
    """Give the room over all shards where several machines share them, else, or where an archive is named, that over this. CrawlerError."""
    is_named = settings.getpriority("ARCHIVE_DIR") == SETTINGS_PRIORITIES["cmdline"]
    if is_named or not (settings["SCALE_DATABASE"] or settings["SCALE_STORE"]):
        root = Path(settings["ARCHIVE_DIR"])
        yield reading_room(root, sql=sql, collections=_beside(root, collections))
        return
    if collections is not None:
        raise CatalogError("--collections: is for one archive: name it with -s ARCHIVE_DIR=PATH")
    try:
        union_room = import_module("crawler.scale.union.room").union_room
    except ModuleNotFoundError as error:
        raise CrawlerError(f"needs {error.name}, of the extra `scale`: pip install 'campus-archive[scale]'") from error
    with union_room(settings) as room:
        yield room


def serve(room: ReadingRoom, listening: socket.socket) -> None:
    """Serve a room until Ctrl-C."""
    server = uvicorn.Server(uvicorn.Config(room.app(), log_level="warning", lifespan="on", http=Protocol))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def _beside(archive: Path, collections: str | None) -> Path | None:
    """Return the file for collections, None without one. CatalogError for one in the archive, which a room does not write to."""
    if collections is None:
        return None
    path = Path(collections).resolve()
    if path.is_relative_to(archive.resolve()):
        raise CatalogError(
            f"--collections {collections}: expected a file outside of the archive, which stays read-only"
        )
    return path
