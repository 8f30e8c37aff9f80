"""WACZ of a selection over all shards: of each shard the pages and records of what is selected in it, as its head has them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from crawler.archive.layout import CATALOG
from crawler.catalog import open_catalog
from crawler.catalog.queries import captures
from crawler.catalog.queries.articles import exported
from crawler.catalog.queries.finding import Order
from crawler.catalog.queries.selection import Selection
from crawler.errors import BlobError
from crawler.export import Job
from crawler.export.evidence import copy_evidence
from crawler.export.wacz import begin_pages, pack, write_pages
from crawler.scale.machine import Machine
from crawler.scale.union.evidence import bring_records
from crawler.scale.union.index import IndexQuestion
from crawler.scale.union.searching import UnionSearch
from crawler.scale.union.summaries import bring_catalog, bring_file

WARC = "selection.warc.gz"
PORTION = 2_000  # hits that are read at once


def write_union_wacz(machine: Machine, words: str, target: Path) -> tuple[int, list[str]]:
    """Write what a query of the search box finds over all shards; return of how many documents, and what could not be had.

    ScaleError: nothing is indexed. UnreachableError.
    """
    ids: dict[str, list[str]] = defaultdict(list)
    for shard, document in _found(UnionSearch.open(machine), words):
        ids[shard].append(document)
    number, faults = 0, list[str]()
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as name:
        folder = Path(name)
        warc, pages = folder / WARC, folder / "pages.jsonl"
        begin_pages(pages)
        with warc.open("wb") as whole:
            for shard, wanted in ids.items():
                with _job(machine, shard, wanted, folder) as job:
                    faults += _bring(machine, shard, job)
                    number += len(write_pages(job, pages))
                    copy_evidence(job.root, job.db, wanted, job.root / WARC)
                    with (job.root / WARC).open("rb") as part:
                        copyfileobj(part, whole)
        pack(folder / target.name, [warc], pages, now=machine.clock(), refuse=faults.append)
        (folder / target.name).replace(target)
    return number, faults


@contextmanager
def _job(machine: Machine, shard: str, ids: Sequence[str], folder: Path) -> Iterator[Job]:
    """Give the export of some documents of a head, of which nothing but its catalog is there yet."""
    with TemporaryDirectory(dir=folder) as name:
        root = Path(name)
        bring_catalog(machine.store, machine.manifest(shard), root)
        with closing(open_catalog(root / CATALOG)) as db:
            yield Job(root=root, db=db, selection=Selection(ids=ids), now=machine.clock())


def _found(union: UnionSearch, words: str) -> Iterator[tuple[str, str]]:
    """Yield (shard, id) of all hits."""
    question = IndexQuestion(selection=Selection(words=words), order=Order.SAMPLE, limit=PORTION)
    while rows := (found := union.find(question))[0].rows:
        yield from ((row["shard"], row["id"]) for row in rows)
        question = found[1].after()


def _bring(machine: Machine, shard: str, job: Job) -> list[str]:
    """Bring the Markdown of documents and their records, each with the request after it; return what could not be had."""
    manifest, ids, faults = machine.manifest(shard), job.selection.ids, list[str]()
    for document, *_ in exported(job.db, ids):
        if document["path"] in manifest.files:
            file = job.root / document["path"]
            file.parent.mkdir(parents=True, exist_ok=True)
            bring_file(machine.store, manifest.files[document["path"]], file)
    for place in captures.of_export(job.db, ids):
        try:
            bring_records(machine.store, manifest, place, job.root, 2)
        except BlobError as error:
            faults.append(f"{shard}: left out: {error}")
    return faults
