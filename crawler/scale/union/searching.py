"""A search over all shards. What the heads of the shards that it shows withhold now is not shown, also where the index has an earlier one."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from crawler.archive.layout import WITHHELD, is_private
from crawler.catalog.queries.selection import Selection
from crawler.catalog.search import Misunderstanding, asked
from crawler.catalog.tokens import snippet
from crawler.errors import BlobError
from crawler.scale.database import heads
from crawler.scale.machine import Machine
from crawler.scale.manifest import load
from crawler.scale.union.index import IndexAnswer, IndexedHead, IndexQuestion, SearchIndex
from crawler.scale.union.parquet.tables import bring_tables, current_heads, sweep_tables, union_folder

FORMAT = "campus-archive scale search 1"
AT_ONCE = 500  # shards that are indexed between two commits
MOST_KNOWN = 10_000  # heads of which it is kept in memory what they withhold
Hidden = frozenset[tuple[str, str]]  # field of the index, value


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


@dataclass(slots=True)
class UnionSearch:
    """The index of all shards, held against what their heads withhold now."""

    machine: Machine
    index: SearchIndex
    _withheld: dict[str, Hidden] = field(default_factory=dict)  # by manifest

    @classmethod
    def open(cls, machine: Machine) -> "UnionSearch":
        """Return the search. ScaleError: nothing is indexed."""
        return cls(machine, SearchIndex.open(union_folder(machine), make=False))

    def find(self, question: IndexQuestion) -> tuple[IndexAnswer, IndexQuestion]:
        """Return the hits of a question, and the question that leaves out what is withheld since it was indexed. UnreachableError."""
        while True:
            answer = self.index.find(question)
            hidden = self._hidden({row["shard"] for row in answer.rows}, {row["id"] for row in answer.rows})
            if hidden <= question.hidden:
                return answer, question
            question = replace(question, hidden=question.hidden | hidden)

    def _hidden(self, shards: set[str], documents: set[str]) -> Hidden:
        """Return which of these shards, and of these documents of theirs, must not be shown."""
        with self.machine.database.transaction() as db:
            now = heads.manifests(db, shards)
        hidden: set[tuple[str, str]] = set()
        for shard in shards:
            if shard not in now or shard not in self.index.heads:
                hidden.add(("shard", shard))
            elif self.index.heads[shard].manifest != now[shard]:
                hidden |= {
                    one for one in self._withheld_by(shard, now[shard]) if one[1] in documents or one[0] == "shard"
                }
        return frozenset(hidden)

    def _withheld_by(self, shard: str, manifest: str) -> Hidden:
        """Return what a head withholds: all of a shard whose manifest cannot be had."""
        if manifest not in self._withheld:
            if len(self._withheld) >= MOST_KNOWN:
                self._withheld.clear()
            try:
                files = load(self.machine.store.read(manifest)).files
            except BlobError:
                return frozenset({("shard", shard)})
            names = (path.removeprefix(f"{WITHHELD}/").removesuffix(".json") for path in files if is_private(path))
            self._withheld[manifest] = frozenset(("id", name) for name in names)
        return self._withheld[manifest]


def index_heads(machine: Machine) -> Indexed:
    """Put into the index what moved since it was indexed last."""
    index = SearchIndex.open(union_folder(machine), make=True)
    there = current_heads(machine)
    moved = [
        head
        for shard, head in there.items()
        if shard not in index.heads or index.heads[shard].manifest != head.manifest
    ]
    gone = sorted(set(index.heads) - set(there))
    number = 0
    faults: list[str] = []
    for start in range(0, max(1, len(moved)), AT_ONCE):
        brought = bring_tables(machine, moved[start : start + AT_ONCE])
        number += index.update(brought.tables.values(), gone)
        faults += brought.faults
        gone = []
    sweep_tables(machine, there.values())
    return Indexed(shards=len(moved) - len(faults), documents=number, faults=tuple(faults))


def search(machine: Machine, text: str, limit: int) -> UnionAnswer:
    """Return the best hits over all shards. ScaleError: nothing is indexed."""
    union = UnionSearch.open(machine)
    answer, _ = union.find(IndexQuestion(selection=Selection(words=text), limit=limit))
    said = asked(text)
    with machine.database.transaction() as db:
        shards, oldest, newer = heads.standing(db, newest(union.index.heads))
    return UnionAnswer(
        total=answer.total,
        hits=[_hit(row, union.index.heads[row["shard"]], said.marked) for row in answer.rows],
        shards=shards,
        behind=newer,
        oldest=oldest,
        problems=said.problems,
    )


def newest(indexed: Mapping[str, IndexedHead]) -> datetime | None:
    """Return when the newest head that is indexed was published."""
    return max((head.published for head in indexed.values()), default=None)


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


def _hit(row: Mapping[str, str], head: IndexedHead, words: Sequence[str]) -> UnionHit:
    said = {name: value for name, value in row.items() if name not in ("body", "path", "people")}
    piece = "".join(part.text for part in snippet(row["body"], words))
    return UnionHit(**said, head=head.published, snippet=piece)


def _age(moment: datetime, now: datetime) -> str:
    return f"{max(0.0, (now - moment).total_seconds()) / 3600:.1f} h"
