"""The text that several documents say goes on standing in a file, though only the first of them is withheld."""

from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from crawler.archive import WarcWriter, version_path, write_all
from crawler.catalog.tables import documents, groups
from crawler.ingest import Archive
from crawler.ingest.group import Group
from crawler.ingest.media import add_media
from crawler.ingest.succession import hand_over
from crawler.items import Status
from crawler.urls import host_of


def hand_on(root: Path, db: Database, document_id: str, *, now: datetime) -> str | None:
    """Give the text of a document to the next one that says it, with a file of its own; return the id of that, None where there is none."""
    before = documents.known(db, [document_id])[document_id]
    assert before.path is not None, "the first of several has a file"
    archive = Archive(root=root, db=db, warc=WarcWriter(root, "", {}), run="")  # nothing of it is written to
    decided, aside = Group(), version_path(before.id, host_of(before.url), before.version)
    decided.files[aside] = (root / before.path).read_bytes()
    hand_over(archive, decided, 0, {before.id: before}, before)
    if (heir := decided.heirs.get(0)) is None:
        return None
    del decided.files[aside]
    digest = decided.digest(heir.document)
    assert digest is not None, "an heir has a file"
    write_all(root, decided.files)
    documents.inherit(db, heir.document, old_first=before.id, markdown_digest=digest)
    add_media(archive, heir.document, now=now)
    groups.settle(db, [heir.document.id])
    return heir.document.id


def take_back(db: Database, heir: str, document_id: str) -> str | None:
    """Make the heir of a document that is given back a duplicate of it again, if it still says the same; return the file it had."""
    found = documents.known(db, [heir, document_id])
    after, first = found.get(heir), found[document_id]
    if after is None or after.status is Status.DUPLICATE or after.content_digest != first.content_digest:
        return None
    return documents.relink(db, old_first=heir, new_first=document_id)
