"""Parquet, for pandas, Polars and DuckDB: one row a document, people, media and versions as lists of structures.

Times are UTC with microseconds; `published_offset` keeps the offset of the site, in minutes. Needs the extra `parquet`.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, get_args, get_type_hints

from crawler.errors import CrawlerError
from crawler.export.document import ExportedDocument, Job

ROWS = 500  # documents in a row group


def write(job: Job, target: Path) -> int:
    """Write one file; return how many documents it holds. CrawlerError where pyarrow is not installed."""
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter
    except ImportError as error:
        raise CrawlerError(
            "parquet: needs pyarrow, the extra `parquet` of this package: pip install pyarrow"
        ) from error
    schema = _schema(pa)
    documents, number = job.documents(), 0
    with ParquetWriter(target, schema, compression="zstd") as writer:
        while batch := list(islice(documents, ROWS)):
            writer.write_table(pa.Table.from_pylist([_row(document) for document in batch], schema=schema))
            number += len(batch)
    return number


def _row(document: ExportedDocument) -> dict[str, Any]:
    offset = document.published.utcoffset() if document.published else None
    row = asdict(document)
    row["published_offset"] = int(offset.total_seconds() // 60) if offset is not None else None
    return row


def _schema(pa: Any) -> Any:
    """Return the columns: the fields of `ExportedDocument` by their types, those that hold rows as lists of structures, and the offset."""
    text, whole, time = pa.string(), pa.int64(), pa.timestamp("us", tz="UTC")
    types = {str: text, int: whole, float: pa.float64(), datetime: time}
    structures = {
        "section": text,
        "people": _structure(pa, ("role", "name")),
        "media": _structure(
            pa, ("kind", "url", "caption", "name", "sha256", "path", "type"), ("size", "width", "height")
        ),
        "versions": _structure(
            pa,
            ("captured", "title", "published", "path", "content_digest", "markdown_digest", "warc", "warc_record"),
            ("version", "warc_offset"),
        ),
    }
    columns = [
        (name, pa.list_(structures[name]) if name in structures else types[_type(hint)])
        for name, hint in get_type_hints(ExportedDocument).items()
    ]
    return pa.schema([*columns, ("published_offset", pa.int16())])


def _structure(pa: Any, texts: Sequence[str], wholes: Sequence[str] = ()) -> Any:
    return pa.struct([*((name, pa.string()) for name in texts), *((name, pa.int64()) for name in wholes)])


def _type(hint: Any) -> Any:
    """Return the type of a field that may be None."""
    return next((part for part in get_args(hint) if part is not type(None)), hint)
