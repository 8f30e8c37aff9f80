"""One index of the words of all shards, SCALE_DIR/union/search-N/: tantivy, over the product's own character pairs, a shard at a time.

Beside it stands which head of each shard is in it. That is written after the index, so what ends in between is done again, and harms nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from tantivy import Index, IndexWriter, Occur, Query, Searcher, TextAnalyzerBuilder, Tokenizer
from tantivy import Order as Direction

from crawler.catalog.queries.finding import FACETS, QUOTES, VALUES, YEARS, Order
from crawler.catalog.queries.selection import Selection, without
from crawler.catalog.search import asked
from crawler.catalog.tokens import bigrams
from crawler.errors import RunLockedError, ScaleError
from crawler.scale.local import PARTIAL
from crawler.scale.union.asking import ask, equal_title
from crawler.scale.union.entries import PAIRS, VERSION, entry, is_found, schema
from crawler.scale.union.parquet.tables import ShardTable, rows

HEAP = 64_000_000  # bytes of what is not written yet
COUNTED = {"university": "place", "site": "key"}  # facet -> field, where they differ
DISTINCT = 10_000  # values of a facet that are counted exactly
SORTED = {
    Order.NEWEST: ("newest", Direction.Desc),
    Order.OLDEST: ("oldest", Direction.Asc),
    Order.SAMPLE: ("id", Direction.Asc),
}
MOST_SHARDS = 10  # that have one document
HEADS = "heads.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedHead:
    """Which head of a shard is in the index."""

    manifest: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexQuestion:
    """What the index is asked."""

    selection: Selection
    order: Order = Order.RELEVANCE
    limit: int = 20
    offset: int = 0
    hidden: frozenset[tuple[str, str]] = field(default_factory=frozenset)  # (field, value) of what must not be found

    def after(self) -> Self:
        """Return the question for the next hits."""
        return replace(self, offset=self.offset + self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexAnswer:
    """What the index has for a question."""

    total: int
    rows: Sequence[Mapping[str, Any]]  # of SHOWN and the shard, best first


@dataclass(slots=True)
class SearchIndex:
    """The index, and the heads it is made of."""

    folder: Path
    index: Index
    heads: dict[str, IndexedHead] = field(default_factory=dict)  # by shard
    read: int = 0  # when `heads` was written, as the file system has it

    @classmethod
    def open(cls, folder: Path, *, make: bool) -> Self:
        """Return the index. ScaleError: there is none, and it is not to be made."""
        place = folder / f"search-{VERSION}"
        if not place.exists() and not make:
            raise ScaleError("nothing is indexed yet: scrapy scale search-index")
        place.mkdir(parents=True, exist_ok=True)
        try:
            index = Index(schema(), path=str(place))
        except ValueError as error:
            raise ScaleError(f"{place}: cannot be read: {error}; remove it: search-index makes it anew") from error
        index.register_tokenizer(PAIRS, TextAnalyzerBuilder(Tokenizer.whitespace()).build())
        opened = cls(place, index)
        opened.refresh()
        return opened

    def refresh(self) -> bool:
        """Take in what another process has indexed since; return whether there was something."""
        state = self.folder / HEADS
        written = state.stat().st_mtime_ns if state.exists() else 0
        if written == self.read:
            return False
        said = json.loads(state.read_text("utf-8"))
        self.heads = {
            shard: IndexedHead(manifest=manifest, published=datetime.fromisoformat(published))
            for shard, (manifest, published) in said.items()
        }
        self.index.reload()
        self.read = written
        return True

    def update(self, tables: Iterable[ShardTable], gone: Iterable[str] = ()) -> int:
        """Put these tables in the place of what is held of their shards; return how many documents of them can be found. RunLockedError."""
        number, held = 0, dict(self.heads)
        writer = self._writer()
        try:
            for shard in gone:
                writer.delete_documents_by_term("shard", shard)
                held.pop(shard, None)
            for table in tables:
                writer.delete_documents_by_term("shard", table.head.shard)
                number += _add(writer, table)
                held[table.head.shard] = IndexedHead(manifest=table.head.manifest, published=table.head.published)
            writer.commit()
            writer.wait_merging_threads()
        except BaseException:
            del writer  # its lock goes with it
            raise
        said = {shard: (head.manifest, head.published.isoformat()) for shard, head in held.items()}
        partial = self.folder / f"{HEADS}{PARTIAL}"
        partial.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
        partial.replace(self.folder / HEADS)
        self.refresh()
        return number

    def find(self, question: IndexQuestion) -> IndexAnswer:
        """Return the best hits of a question; where it asks for no words, the newest. ScaleError: a name in it is too long."""
        text = question.selection.words
        try:
            return self._found(question, text)
        except ValueError as error:
            if "size limit" not in str(error):
                raise
            raise ScaleError(f"{text[:60]!r} …: a name, source or section of some 300 characters at most") from error

    def facets(self, question: IndexQuestion) -> dict[str, list[tuple[str, int]]]:
        """Return how many hits each value would leave; of a facet of which one is chosen already, as if none were."""
        selection = question.selection
        chosen = {name for name, of in FACETS.items() if getattr(selection, of)}
        found = self._counts(question, selection, [name for name in FACETS if name not in chosen])
        for name in chosen:
            found |= self._counts(question, without(selection, FACETS[name]), [name])
        return {name: found[name] for name in FACETS if name in found}

    def shards_of(self, document: str) -> list[str]:
        """Return the shards that have a document, by its id; one that equals another, too."""
        query, searcher = Query.term_query(self.index.schema, "id", document), self.index.searcher()
        return [row["shard"] for row in _rows(searcher, searcher.search(query, MOST_SHARDS).hits)]

    def _found(self, question: IndexQuestion, text: str) -> IndexAnswer:
        query, said = self._query(question, question.selection), asked(text)
        if query is None:
            return IndexAnswer(total=0, rows=())
        found: Any  # its type hints know no count
        order, searcher = question.order, self.index.searcher()
        if order is Order.RELEVANCE and said.match is not None:
            if said.is_plain:
                query = equal_title(self.index.schema, query, bigrams(QUOTES.sub(" ", text)))
            found = searcher.search(query, question.limit, offset=question.offset)
        else:
            by, direction = SORTED.get(order, SORTED[Order.NEWEST])
            found = searcher.search(query, question.limit, offset=question.offset, order_by_field=by, order=direction)
        return IndexAnswer(total=found.count, rows=_rows(searcher, found.hits))

    def _query(self, question: IndexQuestion, selection: Selection) -> Query | None:
        query = ask(self.index.schema, selection)
        if query is None or not question.hidden:
            return query
        hidden = [(Occur.MustNot, Query.term_query(self.index.schema, *one)) for one in sorted(question.hidden)]
        return Query.boolean_query([(Occur.Must, query), *hidden])

    def _counts(
        self, question: IndexQuestion, selection: Selection, names: Sequence[str]
    ) -> dict[str, list[tuple[str, int]]]:
        query = self._query(question, selection)
        if query is None or not names:
            return {}
        wanted = {name: {"terms": _terms(name)} for name in names}
        counted = self.index.searcher().aggregate(query, wanted)
        return {name: [(bucket["key"], bucket["doc_count"]) for bucket in counted[name]["buckets"]] for name in names}

    def _writer(self) -> IndexWriter:
        try:
            return self.index.writer(HEAP, 1)
        except ValueError as error:
            if "LockBusy" not in str(error):
                raise
            raise RunLockedError(
                f"{self.folder}: another process writes this index; try again when it is done"
            ) from error


def _rows(searcher: Searcher, hits: Iterable[tuple[Any, Any]]) -> list[dict[str, Any]]:
    return [json.loads(searcher.doc(address).get_first("shown") or "null") for _, address in hits]


def _terms(facet: str) -> dict[str, Any]:
    """Return how the values of a facet are counted: years by themselves, all others by their number."""
    most = YEARS if facet == "year" else VALUES
    terms = {"field": COUNTED.get(facet, facet), "size": most, "segment_size": DISTINCT}
    return {**terms, "order": {"_key": "desc"}} if facet == "year" else terms


def _add(writer: IndexWriter, table: ShardTable) -> int:
    """Add the documents of a table; return how many of them can be found."""
    number = 0
    for row in rows(table):
        writer.add_document(entry(row))
        number += is_found(row)
    return number
