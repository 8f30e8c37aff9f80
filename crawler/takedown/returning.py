"""Withheld documents are given back, with every row and file as it was."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from crawler.archive import remove, write_all
from crawler.archive.layout import WITHHELD
from crawler.catalog import group
from crawler.catalog.tables import documents, groups, links, withheld
from crawler.catalog.tables.withheld import Tombstone
from crawler.errors import TakedownError
from crawler.items import Status
from crawler.takedown.withheld import Found, Withheld, file_of, load_withheld
from crawler.takedown.withholding import finish, remark


def give_back(root: Path, db: Database, found: Found, *, now: datetime) -> Sequence[Tombstone]:
    """Give back a withheld document, and those that were withheld with it; return what they were withheld for.

    For the holder of the lock. Raises TakedownError, OSError and sqlite3.Error; then all of them stay withheld.
    """
    held = _held(root, db, found)
    tombstones = [one.tombstone for one in held]
    remark(root, "given back", tombstones, now=now)
    try:
        for one in held:
            write_all(root, one.files)
            _move_media(root, one)
        obsolete = _restore(db, held, now)
    except BaseException as error:
        for one in held:
            finish(root, one)
        if isinstance(error, sqlite3.IntegrityError):
            message = (
                f"{found.id}: the visits it was read from are not in this catalog, which was made anew since: {error}"
            )
            raise TakedownError(message) from error
        raise
    for path in obsolete:
        remove(root, path)
    for one in held:
        remove(root, file_of(one.tombstone.document))
    _tidy(root)
    return tombstones


def _restore(db: Database, held: Sequence[Withheld], now: datetime) -> list[str]:
    """Put back all rows; return the files of those promoted meanwhile, which are duplicates again."""
    with group(db):
        withheld_urls = {one.tombstone.document: withheld.remove(db, one.tombstone.document) for one in held}
        for one in reversed(held):  # the first of equal documents was taken last
            withheld.put_back(db, one.belongings)
            _make_due(
                db, set(withheld_urls[one.tombstone.document]) - {link["url"] for link in one.belongings.links}, now
            )
        promoted = {one.tombstone.document: one.promoted for one in held if one.promoted}
        obsolete = [_demote(db, name, document) for document, name in promoted.items()]
        groups.settle(db, [*withheld_urls, *promoted.values()])
    return [path for path in obsolete if path]


def _demote(db: Database, promoted: str, document_id: str) -> str | None:
    """Make the document that took the place of one given back its duplicate again, if it still says the same; return the file it had."""
    found = documents.known(db, [promoted, document_id])
    after, first = found.get(promoted), found[document_id]
    if after is None or after.status is Status.DUPLICATE or after.content_digest != first.content_digest:
        return None
    return documents.relink(db, old_first=promoted, new_first=document_id)


def _held(root: Path, db: Database, found: Found) -> list[Withheld]:
    still = {tombstone.document for tombstone in withheld.tombstones(db)}
    together = load_withheld(root, found.id).together
    return [load_withheld(root, document) for document in together if document in still]


def _move_media(root: Path, held: Withheld) -> None:
    for path in held.media:
        if (root / WITHHELD / path).exists():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / WITHHELD / path).replace(root / path)


def _make_due(db: Database, urls: set[str], now: datetime) -> None:
    """Have the addresses visited that were found to lead there while it was withheld."""
    links.make_due(db, urls, now=now)


def _tidy(root: Path) -> None:
    """Remove the folders that nothing stands in any more."""
    for folder in sorted((root / WITHHELD).rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    if not any((root / WITHHELD).iterdir()):
        (root / WITHHELD).rmdir()
