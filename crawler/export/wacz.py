"""The evidence for others' viewers: a CDXJ index of all of it, and WACZ 1.1.1 (specs.webrecorder.net/wacz), which replays in them.

Everything is exported as the WARC files stand; of a selection the records of its documents and of their media, copied into one new file. So
is everything, where documents are withheld: their captures stay in the archive, and the index does not name them.
"""

import json
import logging
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from cdxj_indexer.main import CDXJIndexer

from crawler import __version__
from crawler.archive.layout import EVIDENCE
from crawler.catalog.tables import withheld
from crawler.controls import visible
from crawler.dedup.digest import digest_of
from crawler.errors import EvidenceError
from crawler.export.document import ExportedDocument, Job
from crawler.export.evidence import copy_evidence, hidden_urls
from crawler.pages.families import canonical_url
from crawler.warc import response_at

logger = logging.getLogger(__name__)

WACZ_VERSION = "1.1.1"
LINES = 1024  # of the index in one compressed block
CHUNK = 1 << 20
Refuse = Callable[[str], None]  # told of every file that is left out, and why


def write_cdxj(job: Job, target: Path) -> int:
    """Write the sorted index of all WARC files, whatever is selected, without what is withheld; return of how many files."""
    files = sorted((job.root / EVIDENCE).glob("*.warc.gz"))
    hidden = hidden_urls(job.root, job.db)
    with TemporaryDirectory(dir=target.parent) as folder:
        whole = Path(folder) / target.name
        with whole.open("w", encoding="utf-8") as lines:
            _index(job.refuse, lines, files)
        with whole.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8") as file:
            file.writelines(line for line in lines if not is_of(line, hidden))
    return len(files)


def is_of(line: str, urls: frozenset[str]) -> bool:
    """Return whether a line of an index is of one of these addresses, in this spelling or the canonical one."""
    url = json.loads(line[line.index("{") :])["url"]
    return url in urls or canonical_url(url) in urls


def write_wacz(job: Job, target: Path) -> int:
    """Write one WACZ file; return of how many documents."""
    with TemporaryDirectory(dir=target.parent) as folder:
        pages = Path(folder) / "pages.jsonl"
        begin_pages(pages)
        ids = write_pages(job, pages)
        pack(target, _warc_files(job, Path(folder), ids), pages, now=job.now, refuse=job.refuse)
    return len(ids)


def pack(target: Path, files: Sequence[Path], pages: Path, *, now: datetime, refuse: Refuse) -> None:
    """Write WARC files and a list of pages as a WACZ file."""
    with TemporaryDirectory(dir=target.parent) as folder, zipfile.ZipFile(target, "w", allowZip64=True) as wacz:
        package = _Package(wacz, now)
        for file in files:
            package.add(f"archive/{file.name}", file, stored=True)
        index, blocks = Path(folder) / "index.idx", Path(folder) / "index.cdx.gz"
        with index.open("w", encoding="utf-8") as lines, blocks.open("wb") as compressed:
            _index(refuse, lines, files, compressed)
        package.add("indexes/index.cdx.gz", blocks, stored=True)
        package.add("indexes/index.idx", index)
        package.add("pages/pages.jsonl", pages)
        package.close()


def _warc_files(job: Job, folder: Path, ids: Sequence[str]) -> list[Path]:
    if job.is_everything and not withheld.ids(job.db):
        return sorted((job.root / EVIDENCE).glob("*.warc.gz"))
    selected = folder / "selection.warc.gz"
    copy_evidence(job.root, job.db, ids, selected)
    return [selected]


def begin_pages(target: Path) -> None:
    """Write the head of the list of pages by which a viewer begins."""
    header = {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}
    target.write_text(json.dumps(header) + "\n", "utf-8")


def write_pages(job: Job, target: Path) -> list[str]:
    """Append the pages of the selected documents; return the ids of the documents."""
    ids = []
    with target.open("a", encoding="utf-8") as file:
        for document in job.documents():
            if (page := _page(job, document)) is not None:
                file.write(visible(json.dumps(page, ensure_ascii=False)) + "\n")
            ids.append(document.id)
    return ids


def _page(job: Job, document: ExportedDocument) -> dict[str, str] | None:
    """Return the entry of a document, with the address and time under which the index knows its page; None for one that was imported."""
    version = document.versions[-1]
    if not version["warc"]:
        return None
    try:
        exchange = response_at(job.root / version["warc"], version["warc_offset"])
    except (EvidenceError, OSError) as error:
        logger.info("%s: no page can be replayed: %s", document.url, error)
        return None
    return {
        "id": document.id,
        "url": exchange.url,
        "ts": exchange.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": document.title,
        "text": document.text,
    }


def _index(refuse: Refuse, target: IO[str], files: Sequence[Path], compressed: IO[bytes] | None = None) -> None:
    """Write the CDXJ lines of WARC files, sorted; with `compressed` they go there in blocks, and the index of the blocks to `target`.

    A file of somebody else's that the indexer does not understand is looked for only where there is one, refused, and left out.
    """
    try:
        write_index(target, files, compressed)
    except Exception:
        logger.info("there is a WARC file that cannot be indexed", exc_info=True)
        target.seek(target.truncate(0))
        if compressed:
            compressed.seek(compressed.truncate(0))
        write_index(target, [file for file in files if _is_understood(refuse, file)], compressed)


def _is_understood(refuse: Refuse, file: Path) -> bool:
    try:
        write_index(StringIO(), [file])
    except Exception as error:
        logger.info("%s: cannot be indexed", file, exc_info=True)
        refuse(f"{file}: cannot be indexed: {error}")
        return False
    return True


def write_index(target: IO[str], files: Sequence[Path], compressed: IO[bytes] | None = None) -> None:
    """Write the CDXJ lines of WARC files, sorted; what cannot be understood raises what it may."""
    more = {"compress": compressed, "data_out_name": "index.cdx.gz", "lines": LINES} if compressed else {}
    indexer = CDXJIndexer(
        target,
        [str(file) for file in files],
        sort=True,
        post_append=True,
        digest_records=compressed is not None,
        **more,
    )
    indexer.process_all()


class _Package:
    """The files of a WACZ and the data package that names them with their digests."""

    def __init__(self, wacz: zipfile.ZipFile, now: datetime) -> None:
        self._wacz, self._now = wacz, now
        self._resources: list[dict[str, object]] = []

    def add(self, name: str, source: Path, *, stored: bool = False) -> None:
        """Add a file; one that is compressed already is stored, so that a viewer can read its parts."""
        info = zipfile.ZipInfo(name, self._now.timetuple()[:6])
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        digest, size = sha256(), 0
        with source.open("rb") as data, self._wacz.open(info, "w", force_zip64=True) as file:
            while chunk := data.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
        path = name.rpartition("/")[2]
        self._resources.append(
            {"name": path.lower(), "path": name, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}
        )

    def close(self) -> None:
        """Write the data package and its digest."""
        package = {
            "profile": "data-package",
            "wacz_version": WACZ_VERSION,
            "software": f"campus-archive/{__version__}",
            "title": "Campus archive",
            "created": self._now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "resources": self._resources,
        }
        data = json.dumps(package, indent=2, ensure_ascii=False).encode()
        digest = {"path": "datapackage.json", "hash": digest_of(data)}
        for name, content in (
            ("datapackage.json", data),
            ("datapackage-digest.json", json.dumps(digest, indent=2).encode()),
        ):
            info = zipfile.ZipInfo(name, self._now.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            self._wacz.writestr(info, content)
