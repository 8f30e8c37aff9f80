"""One index of the words of all shards, SCALE_DIR/union/search/: tantivy, over the product's own character pairs, a shard at a time.

Beside it stands which head of each shard is in it. That is written after the index, so what ends in between is done again, and harms nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tantivy import Document, Index, IndexWriter, Order, Schema, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from crawler.catalog.queries.finding import QUOTES
from crawler.catalog.search import asked
from crawler.catalog.tokens import bigrams
from crawler.errors import RunLockedError, ScaleError
from crawler.scale.local import PARTIAL
from crawler.scale.union.asking import SEPARATOR, ask, day_number, equal_title, languages
from crawler.scale.union.parquet.tables import ShardTable, rows

VERSION = 1  # of the fields: another one is another folder
HEAP = 64_000_000  # bytes of what is not written yet
PAIRS = "pairs"
WORDS = ("title", "names", "body")
VALUES = ("exact", "shard", "person", "role", "source", "section", "university", "domain", "site", "language", "trait")
NUMBERS = ("published", "archived", "lastmod")
SHOWN = (  # of a hit
    "id", "url", "site", "university", "title", "published", "precision", "section", "source", "language", "status",
    "archived", "body",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexAnswer:
    """What the index has for a query."""

    total: int
    rows: Sequence[Mapping[str, Any]]  # of SHOWN and the shard, best first


@dataclass(slots=True)
class SearchIndex:
    """The index, and the manifests it is made of."""

    folder: Path
    index: Index
    manifests: dict[str, str]  # shard -> manifest

    @classmethod
    def open(cls, folder: Path, *, make: bool) -> Self:
        """Return the index. ScaleError: there is none, and it is not to be made."""
        place = folder / f"search-{VERSION}"
        if not place.exists() and not make:
            raise ScaleError("nothing is indexed yet: scrapy scale search-index")
        place.mkdir(parents=True, exist_ok=True)
        try:
            index = Index(_schema(), path=str(place))
        except ValueError as error:
            raise ScaleError(f"{place}: cannot be read: {error}; remove it: search-index makes it anew") from error
        index.register_tokenizer(PAIRS, TextAnalyzerBuilder(Tokenizer.whitespace()).build())
        state = place / "heads.json"
        return cls(place, index, json.loads(state.read_text("utf-8")) if state.exists() else {})

    @property
    def schema(self) -> Schema:
        return self.index.schema

    def update(self, tables: Iterable[ShardTable], gone: Iterable[str] = ()) -> int:
        """Put these tables in the place of what is held of their shards; return how many documents they have. RunLockedError."""
        number, held = 0, dict(self.manifests)
        writer = self._writer()
        try:
            for shard in gone:
                writer.delete_documents_by_term("shard", shard)
                held.pop(shard, None)
            for table in tables:
                writer.delete_documents_by_term("shard", table.head.shard)
                number += _add(writer, table)
                held[table.head.shard] = table.head.manifest
            writer.commit()
            writer.wait_merging_threads()
        except BaseException:
            del writer  # its lock goes with it
            raise
        self.manifests = held
        partial = self.folder / f"heads.json{PARTIAL}"
        partial.write_text(json.dumps(held, ensure_ascii=False), "utf-8")
        partial.replace(self.folder / "heads.json")
        self.index.reload()
        return number

    def find(self, text: str, limit: int) -> IndexAnswer:
        """Return the best hits of a query; where it asks for no words, the newest. ScaleError: a name in it is too long."""
        try:
            return self._found(text, limit)
        except ValueError as error:
            if "size limit" not in str(error):
                raise
            raise ScaleError(f"{text[:60]!r} …: a name, source or section of some 300 characters at most") from error

    def _found(self, text: str, limit: int) -> IndexAnswer:
        query = ask(self.schema, text)
        if query is None:
            return IndexAnswer(total=0, rows=())
        searcher, said = self.index.searcher(), asked(text)
        found: Any  # its type hints know no count
        if said.is_plain:
            query = equal_title(self.schema, query, bigrams(QUOTES.sub(" ", text)))
        if said.match is not None:
            found = searcher.search(query, limit)
        else:
            found = searcher.search(query, limit, order_by_field="published", order=Order.Desc)
        stored = (searcher.doc(address) for _, address in found.hits)
        hits = [json.loads(document.get_first("shown") or "null") for document in stored]
        return IndexAnswer(total=found.count, rows=hits)

    def _writer(self) -> IndexWriter:
        try:
            return self.index.writer(HEAP, 1)
        except ValueError as error:
            if "LockBusy" not in str(error):
                raise
            raise RunLockedError(
                f"{self.folder}: another process writes this index; try again when it is done"
            ) from error


def _schema() -> Schema:
    builder = SchemaBuilder()
    for name in WORDS:
        builder.add_text_field(name, tokenizer_name=PAIRS)
    for name in VALUES:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in NUMBERS:
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_bytes_field("shown", stored=True)
    return builder.build()


def _add(writer: IndexWriter, table: ShardTable) -> int:
    """Add the documents of a table that can be found; return how many."""
    number = 0
    for row in rows(table):
        if row["body"] is not None and row["duplicate_of"] is None:
            writer.add_document(_document(row))
            number += 1
    return number


def _document(row: Mapping[str, Any]) -> Document:
    document = Document()
    pairs = bigrams(row["heading"])
    for name, text in zip(WORDS, (pairs, bigrams(row["names"]), bigrams(row["body"])), strict=True):
        document.add_text(name, text)
    for name, values in _values(row).items():
        for value in values:
            if value is not None:
                document.add_text(name, value)
    document.add_text("exact", pairs)
    for name in NUMBERS:
        document.add_integer(name, day_number(row[name]))
    shown = {"shard": row["shard"], **{name: row[name] for name in SHOWN}}
    document.add_bytes("shown", json.dumps(shown, ensure_ascii=False).encode())
    return document


def _values(row: Mapping[str, Any]) -> dict[str, Iterable[str | None]]:
    """Return what is asked of a document by its whole value, or by what that holds."""
    return {
        "shard": [row["shard"]],
        "person": [name for _, name in row["people"]],
        "role": [f"{role}{SEPARATOR}{name}" for role, name in row["people"]],
        "source": [row["source"]],
        "section": [row["section"]],
        "university": [row["university"], row["institution"]],
        "domain": [row["domain"]],
        "site": [row["site"], *row["hosts"]],
        "language": languages(row["language"]),
        "trait": row["traits"],
    }
