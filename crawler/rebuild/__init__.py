"""The archive made again from its evidence, beside the one there is, and put in its place when it is whole.

`remake` is the door of a rebuild from evidence alone, `rereading.look` and `rereading.write` are those of one that has a catalog.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from crawler.archive.layout import CATALOG, WITHHELD
from crawler.archive.staging import complete_install, discard_stage, install, stage_apart, stage_beside
from crawler.catalog import close_catalog, open_catalog, open_reader
from crawler.catalog.queries import integrity
from crawler.catalog.tables import documents, withheld
from crawler.errors import CatalogError, RebuildError
from crawler.rebuild.replay import Replay, Replayed
from crawler.runs.readers import Readers
from crawler.takedown.withheld import reinstate
from crawler.warc import evidence_runs, recover

logger = logging.getLogger(__name__)

Advance = Callable[[Path], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remade:
    """What a rebuild from evidence came to."""

    replayed: Replayed
    documents: int
    lost: tuple[str, ...] = ()  # ids of documents whose evidence is not there
    added: tuple[str, ...] = ()  # that the catalog before did not have
    different: tuple[str, ...] = ()  # whose Markdown, or that of a version, is another
    is_in_place: bool = False


def remake(
    root: Path,
    *,
    processes: int,
    may_lose: bool = False,
    advance: Advance = lambda _: None,
) -> Remade:
    """Make catalog and documents again from the evidence, and put them in place of those there are; the caller holds the lock.

    RebuildError where documents would be lost that the catalog has and the evidence does not tell of, unless `may_lose`, or where withheld
    ones would come back: then nothing is put in place. What stands there until then is left alone, whatever happens.
    """
    complete_install(root)  # what a rebuild left that died when it was whole
    for run in sorted(evidence_runs(root)):
        for cut in recover(root, run):
            logger.warning("the run %s died: %s", run, cut)
    beside = stage_beside(root)
    try:
        remade = _make(root, beside, processes, advance)
        if remade.lost and not may_lose:
            raise RebuildError(
                f"{root}: {len(remade.lost)} documents of the catalog are not told of by the evidence, {remade.lost[0]} for one; "
                "nothing was changed; --may-lose puts what there is in place all the same"
            )
    except BaseException:
        discard_stage(root)
        raise
    install(root)
    return replace(remade, is_in_place=True)


def try_remake(root: Path, *, processes: int, advance: Advance = lambda _: None) -> Remade:
    """Return what `remake` would come to. Writes nothing into the archive, but the whole of it, media too, into a temporary folder."""
    with TemporaryDirectory(prefix="rebuild-") as folder:
        return _make(root, stage_apart(root, Path(folder)), processes, advance)


def _make(root: Path, target: Path, processes: int, advance: Advance) -> Remade:
    db = open_catalog(target / CATALOG)
    reinstate(root, db)  # first the tombstones: what is withheld is not written when its turn comes
    close_catalog(db)
    replayed = asyncio.run(_replay(target, processes, advance))
    _refuse_withheld(root, target)
    return _remade(root, target, replayed)


def _refuse_withheld(root: Path, target: Path) -> None:
    """Raise RebuildError where a document that is withheld, and whose file does not tell of it, was made again."""
    with closing(open_reader(target / CATALOG)) as db:
        back = [name for name in withheld_ids(root) if documents.known(db, [name])]
    if back:
        raise RebuildError(f"{root}: {back[0]} is withheld and would come back; nothing was changed")


def withheld_ids(root: Path) -> list[str]:
    """Return the ids of the documents that are withheld: those the catalog names, if there is one, and those whose texts stand aside."""
    names = {file.stem for file in (root / WITHHELD).glob("*.json")}
    try:
        with closing(open_reader(root / CATALOG, any_release=True)) as db:
            names |= set(withheld.ids(db))
    except (CatalogError, sqlite3.Error) as error:
        logger.info("%s: its catalog names no withheld documents: %s", root, error)
    return sorted(names)


async def _replay(beside: Path, processes: int, advance: Advance) -> Replayed:
    readers, db = Readers(processes), open_catalog(beside / CATALOG)
    try:
        await readers.start()
        return await Replay(beside, db, readers, advance=advance).run()
    finally:
        await readers.close()
        close_catalog(db)


def _remade(root: Path, beside: Path, replayed: Replayed) -> Remade:
    """Return what came of it, compared with the catalog there is, if one can be read."""
    found: dict[str, list[str]] = {"lost": [], "added": [], "different": []}
    with closing(open_reader(beside / CATALOG)) as db:
        number = documents.count(db)
        try:
            open_reader(root / CATALOG, any_release=True).close()
            for kind, document in integrity.differences(db, root / CATALOG):
                found[kind].append(document)
        except (CatalogError, sqlite3.Error) as error:
            logger.info("%s: nothing to compare with: %s", root, error)
    lost, added, different = (tuple(found[name]) for name in ("lost", "added", "different"))
    return Remade(replayed=replayed, documents=number, lost=lost, added=added, different=different)
