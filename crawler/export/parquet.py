"""Parquet, for pandas, Polars and DuckDB: one row a document, people, media and versions as lists of structures.

Times are UTC with microseconds; `published_offset` keeps the offset of the site, in minutes. Needs the extra `parquet`.
"""

from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from crawler.errors import CrawlerError
from crawler.export.record import Job, Record

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
    records, number = job.records(), 0
    with ParquetWriter(target, schema, compression="zstd") as writer:
        while batch := list(islice(records, ROWS)):
            writer.write_table(pa.Table.from_pylist([_row(record) for record in batch], schema=schema))
            number += len(batch)
    return number


def _row(record: Record) -> dict[str, Any]:
    offset = record.published.utcoffset() if record.published else None
    row = asdict(record)
    row["published_offset"] = int(offset.total_seconds() // 60) if offset is not None else None
    return row


def _schema(pa: Any) -> Any:
    text, whole, time = pa.string(), pa.int64(), pa.timestamp("us", tz="UTC")
    person = pa.struct([("role", text), ("name", text)])
    medium = pa.struct(
        [(name, text) for name in ("kind", "url", "caption", "name", "sha256", "path", "type")]
        + [(name, whole) for name in ("size", "width", "height")]
    )
    version = pa.struct(
        [("version", whole), ("warc_offset", whole)]
        + [
            (name, text)
            for name in (
                "captured",
                "title",
                "published",
                "path",
                "content_digest",
                "markdown_digest",
                "warc",
                "warc_record",
            )
        ]
    )
    texts = (
        *(
            "id",
            "url",
            "site",
            "university",
            "title",
            "date_precision",
            "date_raw",
            "source",
            "language",
            "family",
            "status",
        ),
        *("duplicate_of", "copy_of", "kin", "extractor", "content_digest", "path", "body", "text"),
    )
    return pa.schema(
        [(name, text) for name in texts]
        + [("published", time), ("published_offset", pa.int16()), ("archived", time), ("lastmod", time)]
        + [("version", whole), ("similarity", pa.float64()), ("confidence", pa.float64())]
        + [("section", pa.list_(text)), ("people", pa.list_(person)), ("media", pa.list_(medium))]
        + [("versions", pa.list_(version))]
    )
