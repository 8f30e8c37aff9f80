"""The reading room: the catalog in Datasette, read-only, with our descriptions and a search for Chinese words."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import yaml
from datasette.app import Datasette
from datasette.plugins import pm

from crawler.archive.corrections import corrections
from crawler.archive.layout import CATALOG
from crawler.browse import plugin
from crawler.browse.holdings import Desk, OneArchive, Shelf
from crawler.browse.pages import ROUTES, Page
from crawler.catalog import is_immutable, open_reader
from crawler.catalog.collections import collections_in
from crawler.corrected import Corrections

HERE = Path(__file__).parent
METADATA = HERE / "metadata.yaml"
PATH = re.compile(r"\^/(\w+)")
SETTINGS = {
    "default_page_size": 50,
    "sql_time_limit_ms": 3000,  # a reader's own query; pages need a tenth of it at 100,000 documents
    "facet_time_limit_ms": 200,  # a facet that takes longer is left out: the search has its own
    "default_facet_size": 12,
    "suggest_facets": False,  # scans whole tables for a guess
    "max_csv_mb": 100,
    "allow_download": False,  # without its write-ahead log a copy of the file may be old
    "template_debug": False,
}

__all__ = ["METADATA", "reading_room"]


class ReadingRoom(Datasette):  # type: ignore[misc]  # datasette has no types
    """Datasette, what our pages ask, and where readers keep their collections."""

    desk: Desk
    shelf: Shelf
    collections: Path | None = None

    def __init__(self, pages: Sequence[tuple[str, Page]], **given: Any) -> None:
        self.pages = pages  # Datasette asks for them at once
        super().__init__(**given)

    @property
    def offers(self) -> frozenset[str]:
        """The first words of the paths that it answers: `search`, `people`, …"""
        words = (PATH.match(pattern) for pattern, _ in self.pages)
        return frozenset((*self.databases, *(word[1] for word in words if word)))

    @classmethod
    def over(cls, files: Sequence[Path], pages: Sequence[tuple[str, Page]], *, is_frozen: bool, sql: bool) -> Self:
        """Return a room with these catalogs and pages; what the pages ask is still to be set."""
        if not pm.is_registered(plugin):
            pm.register(plugin, name="campus-archive")
        names = [str(path) for path in files]
        return cls(
            pages,
            files=[] if is_frozen else names,
            immutables=names if is_frozen else [],
            metadata=yaml.safe_load(METADATA.read_text("utf-8")),
            settings=SETTINGS | {"default_allow_sql": sql},
            template_dir=str(HERE / "templates"),
            static_mounts=[("assets", str(HERE / "static"))],
        )


def reading_room(archive: Path, *, sql: bool = True, collections: Path | None = None) -> ReadingRoom:
    """Return the Datasette application over `archive/catalog.db`, to be served or asked in process.

    It opens the file read-only for every query and sees what a running crawl commits. Without `sql` nobody can send a
    query of his own. `collections` is the file in which readers keep some, made where there is none.
    CatalogError if there is no catalog, or one this release cannot read; CorrectionError.
    """
    path = archive / CATALOG
    corrections(archive)
    open_reader(path).close()
    if collections is not None:
        with collections_in(collections):
            pass
    room = ReadingRoom.over([path], ROUTES, is_frozen=is_immutable(path), sql=sql)
    room.desk = room.shelf = OneArchive(archive, room.get_database(path.stem), Corrections(archive))
    room.collections = collections
    return room
