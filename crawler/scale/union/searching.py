"""A search over all shards, as the heads of the shards it shows have it now: one that moved since it was indexed is indexed again before that."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from crawler.catalog.search import Misunderstanding, asked
from crawler.catalog.tokens import snippet
from crawler.scale.database.heads import Head
from crawler.scale.machine import Machine
from crawler.scale.union.index import IndexAnswer, SearchIndex
from crawler.scale.union.parquet.tables import bring_tables, current_heads, sweep_tables, union_folder

FORMAT = "campus-archive scale search 1"
AT_ONCE = 500  # shards that are indexed between two commits


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What indexing came to."""

    shards: int  # that were put into the index
    documents: int  # of these
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionHit:
    """A document of some shard."""

    shard: str
    head: datetime  # when what is shown of the shard was published
    id: str
    url: str
    site: str
    university: str
    title: str
    published: str | None
    precision: str | None
    section: str | None
    source: str | None
    language: str | None
    status: str
    archived: str
    snippet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionAnswer:
    """What was found, and how new it is."""

    total: int
    hits: Sequence[UnionHit]  # best first
    shards: int  # that are published
    behind: int  # of these: not in the index as they are now
    oldest: datetime | None  # head
    problems: tuple[Misunderstanding, ...]  # of the query


def index_heads(machine: Machine) -> Indexed:
    """Put into the index what moved since it was indexed last."""
    index = SearchIndex.open(union_folder(machine), make=True)
    heads = current_heads(machine)
    moved = [head for shard, head in heads.items() if index.manifests.get(shard) != head.manifest]
    gone = sorted(set(index.manifests) - set(heads))
    number = 0
    faults: list[str] = []
    for start in range(0, max(1, len(moved)), AT_ONCE):
        brought = bring_tables(machine, moved[start : start + AT_ONCE])
        number += index.update(brought.tables.values(), gone)
        faults += brought.faults
        gone = []
    sweep_tables(machine, heads.values())
    return Indexed(shards=len(moved) - len(faults), documents=number, faults=tuple(faults))


def search(machine: Machine, text: str, limit: int) -> UnionAnswer:
    """Return the best hits over all shards. ScaleError: nothing is indexed."""
    index = SearchIndex.open(union_folder(machine), make=False)
    heads = current_heads(machine)
    answer = _current_answer(machine, index, heads, text, limit)
    marked = asked(text)
    behind = sum(index.manifests.get(shard) != head.manifest for shard, head in heads.items())
    return UnionAnswer(
        total=answer.total,
        hits=[_hit(row, heads[row["shard"]], marked.marked) for row in answer.rows],
        shards=len(heads),
        behind=behind,
        oldest=min((head.published for head in heads.values()), default=None),
        problems=marked.problems,
    )


def _current_answer(
    machine: Machine, index: SearchIndex, heads: Mapping[str, Head], text: str, limit: int
) -> IndexAnswer:
    """Return hits of heads as they are: what a later head withholds is not shown, and a shard that cannot be had shows nothing."""
    while True:
        answer = index.find(text, limit)
        shown = {row["shard"] for row in answer.rows}
        stale = {shard for shard in shown if shard not in heads or index.manifests.get(shard) != heads[shard].manifest}
        if not stale:
            return answer
        brought = bring_tables(machine, [heads[shard] for shard in stale if shard in heads])
        index.update(brought.tables.values(), stale - set(brought.tables))


def as_json(text: str, answer: UnionAnswer) -> str:
    """Return an answer as JSON."""
    said = {"format": FORMAT, "query": text, **asdict(answer)}
    return json.dumps(said, default=lambda moment: moment.isoformat(), ensure_ascii=False)


def as_lines(answer: UnionAnswer, now: datetime) -> Iterator[str]:
    """Yield an answer for people."""
    for problem in answer.problems:
        expected = f"; expected {problem.expected}" if problem.expected else ""
        yield f"left out: {problem.text!r} at {problem.at} ({problem.kind}){expected}"
    for hit in answer.hits:
        yield f"{(hit.published or 'undated')[:10]}  {hit.title}  {hit.university}"
        yield f"    {hit.url}"
        if hit.snippet:
            yield f"    {hit.snippet}"
        yield f"    shard {hit.shard}, its head {_age(hit.head, now)} old"
    oldest = f"; the oldest head is {_age(answer.oldest, now)} old" if answer.oldest else ""
    behind = f"; {answer.behind} moved since they were indexed (scrapy scale search-index)" if answer.behind else ""
    yield f"{len(answer.hits)} of {answer.total} found in {answer.shards} shards{oldest}{behind}"


def _hit(row: Mapping[str, str], head: Head, words: Sequence[str]) -> UnionHit:
    said = {name: value for name, value in row.items() if name != "body"}
    piece = "".join(part.text for part in snippet(row["body"], words))
    return UnionHit(**said, head=head.published, snippet=piece)


def _age(moment: datetime, now: datetime) -> str:
    return f"{max(0.0, (now - moment).total_seconds()) / 3600:.1f} h"
