"""The groups of copies over all shards: one self-join over signature keys gives candidates, the product's own comparison judges them.

A document's place is found as in one archive (`catalog/tables/groups.py`), by the same bounds: of each key the EARLIEST documents are looked
at, of these the NEAREST, and STRONGEST + FOREMOST of them are read. What equals another of its shard to the letter stands with that one.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from crawler.catalog.tables.groups import EARLIEST, FOREMOST, LEAST_WEIGHT, NEAREST, STRONGEST
from crawler.dedup.digest import normalise
from crawler.dedup.signature import ALGORITHM, may_be_alike
from crawler.dedup.similarity import Text, liken
from crawler.scale.union.parquet.tables import ShardTable, quoted, write_parquet

BATCH = 1000  # documents whose candidates are read at a time

DOCUMENTS = """
CREATE TABLE documents AS
SELECT row_number() OVER (ORDER BY archived, url, shard) AS n, * EXCLUDE (hosts, people, traits, heading, names, body)
FROM read_parquet(?)
"""
TEXTS = """
CREATE TABLE texts AS
SELECT n, content_digest, letters, CASE WHEN algorithm = ? THEN keys ELSE [] END AS keys
FROM documents WHERE duplicate_of IS NULL
"""
HOLDERS = f"""
CREATE TABLE holders AS
SELECT key, n, 1.0 / least(count(*) OVER (PARTITION BY key), {EARLIEST}) AS weight
FROM (SELECT n, unnest(keys) AS key FROM texts)
QUALIFY row_number() OVER (PARTITION BY key ORDER BY n) <= {EARLIEST}
"""
# Equal to the letter, title and all, is a copy of whatever length: keys are made of longer texts alone.
CANDIDATES = f"""
CREATE TABLE candidates AS
WITH near AS (
    SELECT later.n AS later, holders.n AS earlier
    FROM (SELECT n, unnest(keys) AS key FROM texts) AS later JOIN holders ON holders.key = later.key AND holders.n < later.n
    GROUP BY 1, 2 HAVING sum(holders.weight) > {LEAST_WEIGHT}
    QUALIFY row_number() OVER (PARTITION BY later.n ORDER BY sum(holders.weight) DESC, holders.n) <= {NEAREST}
), equal AS (
    SELECT n AS later, min(n) OVER (PARTITION BY content_digest) AS earlier FROM texts
)
SELECT later, earlier, len(list_intersect(one.keys, other.keys)) AS shared, one.letters, other.letters AS other_letters
FROM (FROM near UNION FROM equal WHERE later <> earlier)
JOIN texts AS one ON one.n = later JOIN texts AS other ON other.n = earlier
ORDER BY later, earlier
"""
BODIES = """
CREATE TABLE bodies AS
SELECT n, body, documents.language FROM documents JOIN read_parquet(?) AS tables ON tables.shard = documents.shard AND tables.id = documents.id
WHERE n IN (SELECT later FROM candidates UNION SELECT earlier FROM candidates)
ORDER BY n
"""
GROUPS = """
WITH places AS (FROM read_json('{lines}', format = 'newline_delimited',
    columns = {{n: 'BIGINT', first: 'BIGINT', matched: 'BIGINT', kin: 'VARCHAR', similarity: 'DOUBLE'}})
), members AS (
    SELECT n, first, kin, similarity FROM places
    UNION ALL
    SELECT equal.n, coalesce(places.first, documents.n),
        coalesce(places.kin, CASE WHEN equal.language <> documents.language THEN 'script' ELSE 'same' END), coalesce(places.similarity, 1.0)
    FROM documents AS equal JOIN documents ON documents.shard = equal.shard AND documents.id = equal.duplicate_of
    LEFT JOIN places ON places.n = documents.n
)
SELECT firsts.shard AS first_shard, firsts.id AS first, firsts.title AS first_title, firsts.university AS first_university, firsts.url AS first_url,
    documents.shard, documents.id, documents.title, documents.university, documents.url, documents.published, documents.archived, documents.status,
    kin, similarity, documents.shard <> firsts.shard AS elsewhere
FROM members JOIN documents ON documents.n = members.n JOIN documents AS firsts ON firsts.n = members.first
ORDER BY members.first, members.n
"""


_Candidate = tuple[
    int, dict[int, int]
]  # a document, and those before it that it may be a copy of: number -> keys shared


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesFound:
    """How many there are."""

    documents: int  # that were looked at
    copies: int  # in the groups, without their firsts
    elsewhere: int  # of these: in another shard than their first


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a document stands in a group that it is not the first of; documents are numbered in the order in which they were captured."""

    n: int
    first: int
    matched: int
    kin: str
    similarity: float


def write_copies(tables: Iterable[ShardTable], target: Path) -> CopiesFound:
    """Write the groups over these tables as one Parquet file, a row a copy."""
    files = [str(table.path) for table in tables]
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as folder:
        lines = Path(folder) / "places.json"
        with duckdb.connect(str(Path(folder) / "join.duckdb")) as db:  # what memory does not hold goes there
            db.execute(DOCUMENTS, [files])
            db.execute(TEXTS, [ALGORITHM])
            db.execute(HOLDERS)
            db.execute(CANDIDATES)
            db.execute(BODIES, [files])
            with lines.open("w", encoding="utf-8") as written:
                written.writelines(json.dumps(asdict(place)) + "\n" for place in _places(db))
            write_parquet(db, GROUPS.format(lines=quoted(lines)), target)
            (documents,) = db.execute("SELECT count(*) FROM documents").fetchone() or (0,)
            found = db.execute("SELECT count(*), count(*) FILTER (elsewhere) FROM read_parquet(?)", [str(target)])
            copies, elsewhere = found.fetchone() or (0, 0)
    return CopiesFound(documents=documents, copies=copies, elsewhere=elsewhere)


def _places(db: duckdb.DuckDBPyConnection) -> Iterator[_Place]:
    """Yield the places of the documents that are copies, in the order in which these were captured."""
    firsts: dict[int, int] = {}
    candidates = _candidates(db)
    while batch := list(islice(candidates, BATCH)):
        texts = _texts(db, batch)
        for later, earlier in batch:
            for other in _compared(earlier, firsts):
                if (likeness := liken(texts[other], texts[later])) is not None:
                    first = firsts[later] = firsts.get(other, other)
                    similarity = round(likeness.similarity, 4)
                    yield _Place(n=later, first=first, matched=other, kin=likeness.kin, similarity=similarity)
                    break


def _candidates(db: duckdb.DuckDBPyConnection) -> Iterator[_Candidate]:
    """Yield the documents that may be copies, the earliest first."""
    for later, pairs in groupby(_rows(db.cursor().execute("FROM candidates ORDER BY later")), itemgetter(0)):
        near = {n: shared for _, n, shared, one, other in pairs if one is None or may_be_alike(shared, one, other)}
        if near:
            yield later, near


def _texts(db: duckdb.DuckDBPyConnection, candidates: Iterable[_Candidate]) -> dict[int, Text]:
    wanted = {n for later, earlier in candidates for n in (later, *earlier)}
    rows = _rows(db.execute("FROM bodies WHERE n IN (SELECT unnest(?))", [sorted(wanted)]))
    return {n: Text(normalise(body), language) for n, body, language in rows}


def _compared(earlier: Mapping[int, int], firsts: Mapping[int, int]) -> list[int]:
    """Return what to compare a document with, in that order: the earliest groups first, in each the earliest documents."""
    foremost = sorted(earlier, key=lambda n: (firsts.get(n, n), n))
    strongest = sorted(foremost, key=lambda n: -earlier[n])[:STRONGEST]
    return [n for place, n in enumerate(foremost) if place < FOREMOST or n in strongest]


def _rows(found: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := found.fetchmany(BATCH):
        yield from batch
