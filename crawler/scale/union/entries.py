"""A document of some shard as an entry of the index: its fields, and what is shown of it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tantivy import Document, Schema, SchemaBuilder

from crawler.catalog.tokens import bigrams
from crawler.scale.union.asking import FOUND, SEPARATOR, day_number, languages, moment_number

VERSION = 2  # of the fields: another one is another folder
PAIRS = "pairs"  # the product's own character pairs, parted by spaces
WORDS = ("title", "names", "body")
VALUES = ("exact", "shard", "kind", "role", "domain", "university", "site", "language", "trait")
COUNTED = ("id", "key", "place", "province", "level", "year", "section", "source", "person")  # or sorted by
NUMBERS = ("published", "archived", "lastmod", "newest", "oldest")
SHOWN = (  # of a hit
    "id", "url", "path", "site", "university", "title", "published", "precision", "section", "source", "language",
    "status", "archived", "body", "people",
)  # fmt: skip


def schema() -> Schema:
    """Return the fields."""
    builder = SchemaBuilder()
    for name in WORDS:
        builder.add_text_field(name, tokenizer_name=PAIRS)
    for name in (*VALUES, *COUNTED):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name in COUNTED)
    for name in NUMBERS:
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_bytes_field("shown", stored=True)
    return builder.build()


def is_found(row: Mapping[str, Any]) -> bool:
    """Return whether a search finds a document: one that equals another of its shard stands with that one, and can only be asked for."""
    return row["body"] is not None and row["duplicate_of"] is None


def entry(row: Mapping[str, Any]) -> Document:
    """Return the entry of a row of a shard's table."""
    document = Document()
    for name, values in (_values(row) if is_found(row) else _identity(row)).items():
        for value in values:
            if value is not None:
                document.add_text(name, value)
    if is_found(row):
        for name in ("published", "archived", "lastmod"):
            document.add_integer(name, day_number(row[name]))
        document.add_integer("newest", moment_number(row["published"]))
        document.add_integer("oldest", moment_number(row["published"] or "9999"))
    shown = {"shard": row["shard"], **{name: row[name] for name in SHOWN if is_found(row)}}
    document.add_bytes("shown", json.dumps(shown, ensure_ascii=False).encode())
    return document


def _identity(row: Mapping[str, Any]) -> dict[str, Iterable[str | None]]:
    return {"id": [row["id"]], "shard": [row["shard"]]}


def _values(row: Mapping[str, Any]) -> dict[str, Iterable[str | None]]:
    """Return what is asked of a document by its whole value, by what that holds, or by its words."""
    pairs = bigrams(row["heading"])
    return {
        **_identity(row),
        "kind": [FOUND],
        "title": [pairs],
        "names": [bigrams(row["names"])],
        "body": [bigrams(row["body"])],
        "exact": [pairs],
        "person": sorted({name for _, name in row["people"]}),
        "role": [f"{role}{SEPARATOR}{name}" for role, name in row["people"]],
        "source": [row["source"]],
        "section": [row["section"]],
        "university": [row["university"], row["institution"]],
        "place": [row["institution"] or row["university"]],
        "domain": [row["domain"]],
        "province": [row["province"]],
        "level": [row["level"]],
        "site": [row["site"], *row["hosts"]],
        "key": [row["site"]],
        "year": [row["published"] and row["published"][:4]],
        "language": languages(row["language"]),
        "trait": row["traits"],
    }
