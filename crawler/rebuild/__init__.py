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

from crawler.archive.recovery import evidence_runs, recover
from crawler.archive.swap import discard_beside, start_beside, swap
from crawler.catalog import close_catalog, open_catalog, open_reader
from crawler.errors import CatalogError, RebuildError
from crawler.monitoring.run import CATALOG
from crawler.readers import Readers
from crawler.rebuild.replay import Import, Replay, Replayed

logger = logging.getLogger(__name__)

# Documents by what became of them: a row each of the catalog before, attached as `before`, and of the one made again.
DIFFERENCES = """
SELECT 'lost', id FROM before.documents WHERE id NOT IN (SELECT id FROM documents) AND id NOT IN (SELECT document FROM withheld)
UNION ALL SELECT 'added', id FROM documents WHERE id NOT IN (SELECT id FROM before.documents)
UNION ALL SELECT 'different', document FROM (
    SELECT document, version, markdown_digest FROM before.versions EXCEPT SELECT document, version, markdown_digest FROM versions
) WHERE document IN (SELECT id FROM documents) GROUP BY document
"""


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
    is_trial: bool = False,
    may_lose: bool = False,
    advance: Callable[[Path], None] = lambda _: None,
    bring_in: Import | None = None,
) -> Remade:
    """Make catalog and documents again from the evidence, and put them in place of those there are; the caller holds the lock.

    Nothing is put in place of a trial, nor where documents would be lost that the catalog has and the evidence does not tell of
    (RebuildError, unless `may_lose`). What stands there until then is left alone, whatever happens.
    """
    for run in sorted(evidence_runs(root)):
        for cut in recover(root, run):
            logger.warning("the run %s died: %s", run, cut)
    if not evidence_runs(root):
        raise RebuildError(f"{root}: no evidence in warc/: there is nothing to make an archive of")
    beside = start_beside(root)
    try:
        remade = _remade(root, beside, asyncio.run(_replay(beside, processes, advance, bring_in)))
        if is_trial:
            return remade
        if remade.lost and not may_lose:
            raise RebuildError(
                f"{root}: {len(remade.lost)} documents of the catalog are not told of by the evidence, {remade.lost[0]} for one; "
                "nothing was changed; --may-lose puts what there is in place all the same"
            )
        swap(root)
    finally:
        discard_beside(root)
    return replace(remade, is_in_place=True)


async def _replay(
    beside: Path, processes: int, advance: Callable[[Path], None], bring_in: Import | None
) -> Replayed:
    readers, db = Readers(processes), open_catalog(beside / CATALOG)
    try:
        await readers.start()
        return await Replay(beside, db, readers, advance=advance, bring_in=bring_in).run()
    finally:
        await readers.close()
        close_catalog(db)


def _remade(root: Path, beside: Path, replayed: Replayed) -> Remade:
    """Return what came of it, compared with the catalog there is, if one can be read."""
    found: dict[str, list[str]] = {"lost": [], "added": [], "different": []}
    with closing(open_reader(beside / CATALOG)) as db:
        (documents,) = db.execute("SELECT count(*) FROM documents").fetchone()
        try:
            open_reader(root / CATALOG).close()
            db.execute("ATTACH ? AS before", [f"{(root / CATALOG).resolve().as_uri()}?mode=ro"])
            for kind, document in db.execute(f"{DIFFERENCES} ORDER BY 1, 2"):
                found[kind].append(document)
        except (CatalogError, sqlite3.Error) as error:
            logger.info("%s: nothing to compare with: %s", root, error)
    lost, added, different = (tuple(found[name]) for name in ("lost", "added", "different"))
    return Remade(replayed=replayed, documents=documents, lost=lost, added=added, different=different)
