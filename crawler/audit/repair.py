"""Repair: what can be restored from the rest of the archive. Nothing that holds information is deleted: what is in the way goes to orphans/."""

import logging
import secrets
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from crawler.archive import write_all
from crawler.archive.recovery import whole_bytes
from crawler.archive.replay import capture_at
from crawler.audit.files import digest_of
from crawler.audit.finding import Fault, Finding
from crawler.catalog import group, media, search, versions
from crawler.errors import CrawlerError
from crawler.ingest import Archive, version_again

logger = logging.getLogger(__name__)

ORPHANS = "orphans"


def repair(archive: Archive, finding: Finding) -> str | None:
    """Mend one fault; return what was done, None where nothing can be. OSError and sqlite3.Error are the caller's."""
    mend = MENDERS.get(finding.fault)
    return mend(archive, finding) if mend else None


def set_aside(root: Path, path: str) -> str:
    """Move a file out of the way; return where it stands now."""
    place = f"{ORPHANS}/{path}"
    if (root / place).exists():
        place = f"{place}.{secrets.token_hex(4)}"
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / path).rename(root / place)
    return place


def _move(archive: Archive, finding: Finding) -> str:
    return f"moved to {set_aside(archive.root, finding.object)}"


def _sweep(archive: Archive, finding: Finding) -> str:
    (archive.root / finding.object).unlink(missing_ok=True)
    return "removed"


def _restore_medium(archive: Archive, finding: Finding) -> str | None:
    digest = Path(finding.object).stem
    for url, _, evidence in media.evidence_of(archive.db, digest):
        try:
            body = capture_at(archive.root / evidence.warc, evidence.offset, url).body
        except (CrawlerError, OSError) as error:  # a revisit, or damaged: another record may hold it
            logger.info("%s: %s", finding.object, error)
            continue
        if sha256(body).hexdigest() == digest:
            if (archive.root / finding.object).exists():
                set_aside(archive.root, finding.object)
            write_all(archive.root, {finding.object: body})
            return f"taken from {evidence.warc}"
    return None


def _correct_medium_row(archive: Archive, finding: Finding) -> str:
    digest, size = digest_of(archive.root / finding.object)
    with group(archive.db):
        archive.db.execute("UPDATE media_files SET size = ? WHERE sha256 = ?", [size, digest])
    return "the row is written anew"


def _restore_document(archive: Archive, finding: Finding) -> str | None:
    """Write a Markdown file from its evidence: as it was if today's rules read the same, else as they read it, which the row then says."""
    held = versions.at(archive.db, finding.object)
    if held is None or (data := version_again(archive, held)) is None:
        return None
    digest = f"sha256:{sha256(data).hexdigest()}"
    path = archive.root / finding.object
    if path.exists() and digest == f"sha256:{digest_of(path)[0]}":
        told = "it is what its evidence says; its row is corrected"
    else:
        if path.exists():
            set_aside(archive.root, finding.object)
        write_all(archive.root, {finding.object: data})
        told = "as it was" if digest == held.markdown_digest else "by today's rules, which read its evidence otherwise"
    with group(archive.db):
        versions.set_digest(archive.db, held, digest)
    return told


def _cut(archive: Archive, finding: Finding) -> str | None:
    path = archive.root / finding.object
    whole, size = whole_bytes(path), path.stat().st_size
    if whole in (0, size):
        return None
    with path.open("r+b") as file:
        file.truncate(whole)
    return f"{size - whole} bytes of a torn record cut off at {whole}"


def _index_again(archive: Archive, _finding: Finding) -> str:
    with group(archive.db):
        number = search.rebuild(archive.db)
    return f"{number} texts indexed"


MENDERS: Mapping[Fault, Callable[[Archive, Finding], str | None]] = {
    Fault.ORPHAN: _move,
    Fault.LEFTOVER: _sweep,
    Fault.MEDIUM_MISSING: _restore_medium,
    Fault.MEDIUM_CHANGED: _restore_medium,
    Fault.MEDIUM_ROW_WRONG: _correct_medium_row,
    Fault.FILE_MISSING: _restore_document,
    Fault.FILE_CHANGED: _restore_document,
    Fault.WARC_CUT: _cut,
    Fault.SEARCH_STALE: _index_again,
}
