"""What finding the copies of one article costs in a catalog of ten thousand documents, and of thirty times as many."""

import random
import tempfile
from bisect import bisect
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from statistics import median
from time import process_time

from sqlite_utils import Database

from bench.report import note, table
from crawler.catalog import open_catalog
from crawler.catalog.moment import to_text
from crawler.catalog.tables import groups, sites
from crawler.items import Site
from crawler.urls import document_id

START = datetime(2026, 1, 1, tzinfo=UTC)
SITE = Site(key="lake", name="lake", hosts=("news.lake.example",))
PHRASES = 60_000  # of 4 to 16 letters; the n-th is used 1/n times as often as the first, as words are
NOTICES = (
    0.2  # of all documents are made of a template of 250 letters and 100 of their own: thousands share its every key
)
GROUP = 50  # documents in one transaction
PROBES = 600  # documents that are measured, at every size
FLAT = 2.0  # times as dear at the last size as at the first

DOCUMENT = """
INSERT INTO documents (id, url, site, title, path, version, status, content_digest, archived, extractor, confidence, provenance,
                       characters, images, attachments, videos)
VALUES (?, ?, 'lake', '', ?, 1, 'live', ?, ?, '1', 1, '{}', 0, 0, 0, 0)
"""
TEXT = "INSERT INTO texts (document, title, names, body) VALUES (?, '', '', ?)"


class Writer:
    """Makes texts that share phrases as news do. Deterministic."""

    def __init__(self) -> None:
        self.chance = random.Random(1)
        self.phrases = ["".join(self._letters(self.chance.randint(4, 16))) for _ in range(PHRASES)]
        self.weights = list(accumulate(1 / (n + 10) for n in range(PHRASES)))
        self.templates = [self._text(250) for _ in range(5)]
        self.written: list[str] = []

    def fresh(self) -> str:
        is_notice = self.chance.random() < NOTICES
        own = self._text(100 if is_notice else self.chance.randint(300, 1500))
        return self.chance.choice(self.templates) + own if is_notice else own

    def copy(self, text: str) -> str:
        """Return a text as another site has it: a frame, a sentence gone, or half of it."""
        kind = self.chance.randrange(3)
        at = self.chance.randrange(len(text) * 3 // 4)
        return (self._text(20) + text, text[:at] + text[at + 20 :], text[: len(text) // 2])[kind]

    def _text(self, size: int) -> str:
        parts: list[str] = []
        while size > 0:
            parts.append(self.phrases[bisect(self.weights, self.chance.random() * self.weights[-1])])
            size -= len(parts[-1])
        return "".join(parts)

    def _letters(self, size: int) -> Iterator[str]:
        for _ in range(size):
            yield chr(0x4E00 + self.chance.randrange(3500))


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one size of the catalog."""

    documents: int
    fresh: float  # milliseconds a document without copies, median over transactions
    copies: float  # … with one
    found: float  # of these copies in the group of what they copy
    megabytes: float


def reposts(sizes: Sequence[int]) -> bool:
    """Print the cost of settling one document at each size; return whether the last is within FLAT times the first."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, closing(open_catalog(Path(name) / "catalog.db")) as db:
        sites.save(db, SITE, now=START)
        costs = list(_costs(db, Writer(), sorted(sizes)))
    heads = "documents|CPU ms a new one|CPU ms a copy|copies found|catalog MB"
    rows = [(c.documents, f"{c.fresh:.2f}", f"{c.copies:.2f}", f"{c.found:.3f}", f"{c.megabytes:.0f}") for c in costs]
    table("Signing, looking up, comparing and placing one document", heads.split("|"), rows)
    growth = max(costs[-1].fresh / costs[0].fresh, costs[-1].copies / costs[0].copies)
    print(f"growth {growth:.2f} (bar {FLAT:g})")
    return growth <= FLAT


def _costs(db: Database, writer: Writer, sizes: Sequence[int]) -> Iterator[Cost]:
    kept: list[str] = []
    for size in sizes:
        while len(kept) < size:
            _keep(db, kept, [writer.fresh() for _ in range(min(GROUP, size - len(kept)))])
            if len(kept) % 10_000 < GROUP:
                note(f"{len(kept)} documents")
        fresh = [_keep(db, kept, texts) for texts in _batches([writer.fresh() for _ in range(PROBES)])]
        originals = writer.chance.sample(range(len(kept)), PROBES)
        copied = [writer.copy(_body(db, kept[n])) for n in originals]
        begin = len(kept)
        copies = [_keep(db, kept, texts) for texts in _batches(copied)]
        found = sum(_first(db, kept[begin + n]) == _first(db, kept[original]) for n, original in enumerate(originals))
        (pages,) = db.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()
        yield Cost(size, median(fresh), median(copies), found / PROBES, pages / 1e6)


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[n : n + GROUP] for n in range(0, len(texts), GROUP))


def _keep(db: Database, kept: list[str], texts: Sequence[str]) -> float:
    """Write documents and settle them in one transaction; return the milliseconds of CPU that settling one took."""
    urls = [f"https://{SITE.hosts[0]}/{len(kept) + n}.htm" for n in range(len(texts))]
    ids = [document_id(url) for url in urls]
    with db.atomic():
        for n, (url, id_, text) in enumerate(zip(urls, ids, texts, strict=True)):
            at = to_text(START + timedelta(seconds=len(kept) + n))
            db.execute(DOCUMENT, [id_, url, id_, f"sha256:{id_}", at])
            db.execute(TEXT, [id_, text])
    started = process_time()
    with db.atomic():
        groups.settle(db, ids)
    kept += ids
    return (process_time() - started) * 1000 / len(texts)


def _body(db: Database, document: str) -> str:
    return str(db.execute("SELECT body FROM texts WHERE document = ?", [document]).fetchone()[0])


def _first(db: Database, document: str) -> str:
    row = db.execute("SELECT first FROM group_members WHERE document = ?", [document]).fetchone()
    return str(row[0]) if row else document
