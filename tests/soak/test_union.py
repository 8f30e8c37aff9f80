"""One search over many shards, and their copies, at size."""

import os
import random
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

import pytest

from crawler.archive.layout import CATALOG
from crawler.catalog import open_reader
from crawler.catalog.queries.finding import find
from crawler.catalog.queries.selection import Selection
from crawler.catalog.queries.sharing import SharedDocument
from crawler.clock import utc_now
from crawler.dedup.digest import normalise
from crawler.dedup.signature import ALGORITHM, signature
from crawler.items import Site
from crawler.scale.database import SharedDatabase
from crawler.scale.database.heads import Head
from crawler.scale.machine import Machine, adopt
from crawler.scale.store import BlobStore
from crawler.scale.union.index import IndexQuestion, SearchIndex
from crawler.scale.union.parquet.copies import write_copies
from crawler.scale.union.parquet.tables import ShardTable, tables_folder, union_folder, write_table
from crawler.scale.union.searching import UnionSearch, index_heads, search
from tests.scale.test_union import QUERIES, make_shard, news, of_site
from tests.scale_harness import database, postgres

__all__ = ["database", "postgres"]
SHARDS = 50
DOCUMENTS = int(os.environ.get("SOAK_DOCUMENTS", "200000"))  # 1000000: a quarter of an hour more
COPY_EACH = 50  # documents, of which one is a copy of one in another shard
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture
def machine(database: SharedDatabase, tmp_path: Path) -> Machine:
    return Machine(
        database=database, store=BlobStore.open(str(tmp_path / "store")), root=tmp_path / "disk", clock=utc_now
    )


@pytest.mark.soak
def test_over_fifty_shards_is_found_what_fifty_searches_find(machine: Machine, tmp_path: Path) -> None:
    folders = {}
    for at in range(SHARDS):
        site = Site(key=f"s{at}", name=f"第{at}大学", hosts=(f"news.s{at}.edu.cn",))
        folders[site.key] = make_shard(
            tmp_path / site.key, site, [of_site(site, n, news(7 * at + n)) for n in range(40)]
        )
        adopt(machine, folders[site.key], site.key)
    assert index_heads(machine).documents == SHARDS * 40
    for text in QUERIES:
        wanted = set()
        for shard, folder in folders.items():
            with closing(open_reader(folder / CATALOG)) as db:
                hits = find(db, Selection(words=text), limit=1000, facets=False).hits
            wanted |= {(shard, hit.id) for hit in hits}
        answer = search(machine, text, 5000)
        assert {(hit.shard, hit.id) for hit in answer.hits} == wanted, text


@pytest.mark.soak
def test_many_short_documents_are_searched_and_their_copies_found(machine: Machine) -> None:
    tables = list(written(machine))
    begun = time.process_time()
    index = SearchIndex.open(union_folder(machine), make=True)
    assert index.update(tables) == DOCUMENTS
    print(f"\n{DOCUMENTS} documents indexed in {time.process_time() - begun:.0f} CPU s")
    union, taken, counted = UnionSearch.open(machine), [], []
    for text in asked_for():
        begun = time.perf_counter()
        answer, question = union.find(IndexQuestion(selection=Selection(words=text)))
        taken.append(time.perf_counter() - begun)
        union.index.facets(question)
        counted.append(time.perf_counter() - begun)
        assert answer.total > 0, text
    p95, with_facets = (quantiles(times, n=20)[-1] * 1000 for times in (taken, counted))
    print(f"{len(taken)} searches, p95 {p95:.1f} ms; with all that narrows down {with_facets:.1f} ms")
    begun = time.process_time()
    found = write_copies(tables, union_folder(machine) / "copies.parquet")
    print(f"{found.copies} copies in {time.process_time() - begun:.0f} CPU s")
    assert found.elsewhere == DOCUMENTS // COPY_EACH
    assert p95 < 50


def asked_for() -> Iterator[str]:
    """Queries of two to four characters, of two words, and with what narrows them down."""
    chosen = random.Random(11)
    for _ in range(100):
        one, other = chosen.sample(WORDS, 2)
        yield from (one, f"{one} {other}", f"{one} -{other}", f"title:{one} OR {other} since:2020")


def written(machine: Machine) -> Iterator[ShardTable]:
    """Write the tables of shards that nobody crawled, and their heads."""
    tables_folder(machine).mkdir(parents=True)
    for at in range(SHARDS):
        manifest = f"{at:064x}"
        with machine.database.transaction() as db:
            db.execute("INSERT INTO scale_shards (shard, lock) VALUES (%s, %s)", [f"s{at}", f"s{at}"])
            db.execute("INSERT INTO scale_heads VALUES (%s, 1, %s, now(), 0, 0, 0)", [f"s{at}", manifest])
        head = Head(shard=f"s{at}", epoch=1, manifest=manifest, published=NOW, files=0, bytes=0, documents=0)
        table = ShardTable(head=head, path=tables_folder(machine) / f"{manifest}.parquet")
        write_table(table, (told(number) for number in range(at, DOCUMENTS, SHARDS)))
        yield table


def told(number: int) -> SharedDocument:
    """Return a document of invented words; every so often one that repeats what another shard has."""
    is_copy = number % COPY_EACH == COPY_EACH - 1
    said = random.Random(number - 7 if is_copy else number)
    title, body = "".join(said.choices(WORDS, k=4)), "".join(said.choices(WORDS, k=40))
    letters = normalise(body)
    at = NOW - timedelta(hours=said.randrange(90_000))
    return SharedDocument(
        **dict.fromkeys(("domain", "institution", "lastmod", "duplicate_of", "precision"), None),
        id=f"{number:032x}", url=f"https://s{number % SHARDS}.edu.cn/{number}", path=None, site=f"s{number % SHARDS}",
        hosts=(), university=f"第{number % SHARDS}大学", province="川", level="本科", title=title, published=at.isoformat(),
        section="要闻", source="校报", language="zh", status="live", archived=(NOW + timedelta(seconds=number)).isoformat(),
        content_digest=str(number - 7 if is_copy else number), people=(("记者", said.choice(WORDS)),), traits=(),
        heading=title, names="", body=body, letters=len(letters), algorithm=ALGORITHM, keys=signature(letters),
    )  # fmt: skip


def _words() -> list[str]:
    drawn = random.Random(3)
    return [
        "".join(chr(drawn.randrange(0x4E00, 0x5E00)) for _ in range(drawn.choice((2, 2, 3, 4)))) for _ in range(3000)
    ]


WORDS = _words()
