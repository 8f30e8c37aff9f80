"""BagIt (RFC 8493): the selected documents with their media, versions and evidence; of all of them with a copy of the catalog.

The evidence are whole WARC files, where nothing is withheld; else only the records of the documents, copied into one new file, and no catalog:
it names what is withheld, and its offsets are those of the whole files.
"""

from collections.abc import Iterator
from pathlib import Path

import bagit

from crawler import __version__
from crawler.archive.layout import CATALOG, EVIDENCE
from crawler.catalog import copy_catalog
from crawler.catalog.tables import withheld
from crawler.export.document import ExportedDocument, Job
from crawler.export.evidence import copy_evidence

ALGORITHMS = ["sha256", "sha512"]


def write(job: Job, target: Path) -> int:
    """Write a bag, a folder; return how many documents it holds. Paths below `data/` are those of the archive."""
    ids, is_partial = [], bool(withheld.ids(job.db))
    for document in job.documents():
        ids.append(document.id)
        for path in _paths(document):
            if not (is_partial and path.startswith(f"{EVIDENCE}/")):
                job.copy(path, target / path)
    if (job.root / "README.md").exists():
        job.copy("README.md", target / "README.md")
    target.mkdir(exist_ok=True)
    if is_partial:
        (target / EVIDENCE).mkdir()
        copy_evidence(job.root, job.db, ids, target / EVIDENCE / "selection.warc.gz")
    elif job.is_everything:
        copy_catalog(job.db, target / CATALOG)
    info = {
        "Bag-Software-Agent": f"campus-archive/{__version__}",
        "Bagging-Date": f"{job.now:%Y-%m-%d}",
        "External-Description": f"{len(ids)} documents of a campus-archive",
    }
    bagit.make_bag(str(target), info, checksums=ALGORITHMS)
    return len(ids)


def _paths(document: ExportedDocument) -> Iterator[str]:
    for row in (*document.media, *document.versions):
        if path := row.get("path"):
            yield path
        if warc := row.get("warc"):
            yield warc
