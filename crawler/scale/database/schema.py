"""The tables, beside those of the queue, which come by its own door."""

from typing import Any

import psycopg
from procrastinate.schema import SchemaManager

from crawler.errors import ScaleError

VERSION = 1
MAKING = 0x5CA1E  # the advisory lock of who makes the schema

TABLES = """
CREATE TABLE scale_schema (version integer NOT NULL);

-- A shard: the archive of sites that share hosts.
CREATE TABLE scale_shards (
    shard text PRIMARY KEY,
    lock text NOT NULL, -- of its tasks: shards of one lock share a host, and are never worked on at once
    due timestamptz NOT NULL DEFAULT 'epoch', -- when it is to be crawled next; in the year 9999: a person has to look at it
    epoch bigint NOT NULL DEFAULT 0, -- how often it was taken; who has an older one publishes nothing
    holder text, -- who has it, NULL: nobody
    lease_until timestamptz, -- unless it is renewed; 'infinity': taken by hand
    CHECK ((holder IS NULL) = (lease_until IS NULL))
);
CREATE INDEX scale_shards_due ON scale_shards (due);

-- A site as its file defines it, so that workers need no folder of seeds.
CREATE TABLE scale_sites (
    site text PRIMARY KEY,
    shard text NOT NULL REFERENCES scale_shards,
    hosts text[] NOT NULL, -- all that it may ask: its own, those of its media, those it left
    definition text, -- the file; NULL: known from an adopted archive alone
    digest text -- of the file, SHA-256, hex
);
CREATE INDEX scale_sites_shard ON scale_sites (shard);

-- What of a shard is published.
CREATE TABLE scale_heads (
    shard text PRIMARY KEY REFERENCES scale_shards,
    epoch bigint NOT NULL, -- of who published it
    manifest text NOT NULL, -- the blob that names all files
    published timestamptz NOT NULL DEFAULT now(),
    files bigint NOT NULL,
    bytes bigint NOT NULL,
    documents bigint NOT NULL
);

-- How tasks ended.
CREATE TABLE scale_outcomes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shard text NOT NULL,
    epoch bigint NOT NULL,
    holder text NOT NULL,
    command text NOT NULL, -- crawl, rebuild
    begun timestamptz NOT NULL,
    ended timestamptz NOT NULL DEFAULT now(),
    code integer, -- exit code of the command; NULL: it was not started
    said text -- what a person should know
);
CREATE INDEX scale_outcomes_shard ON scale_outcomes (shard, id);
"""


def make(db: psycopg.Connection[Any]) -> bool:
    """Make what is not there yet, of the queue and of ours; return whether anything was. ScaleError: of another release."""
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        has_queue, version = _has(db, "procrastinate_jobs"), _version(db)
        if version is not None:
            check(db)
        if not has_queue:
            db.execute(SchemaManager.get_schema())
        if version is None:
            db.execute(TABLES)
            db.execute("INSERT INTO scale_schema VALUES (%s)", [VERSION])
    return not has_queue or version is None


def check(db: psycopg.Connection[Any]) -> None:
    """Raise ScaleError unless the schema is that of this release."""
    version = _version(db)
    if version is None or not _has(db, "procrastinate_jobs"):
        raise ScaleError("SCALE_DATABASE: has no schema of ours: scrapy scale init makes it")
    if version != VERSION:
        raise ScaleError(
            f"SCALE_DATABASE: its schema is version {version}, this release knows version {VERSION}: "
            f"{'update this program' if version > VERSION else 'see docs/scale.md'}"
        )


def _version(db: psycopg.Connection[Any]) -> int | None:
    if not _has(db, "scale_schema"):
        return None
    row = db.execute("SELECT max(version) FROM scale_schema").fetchone()
    return row[0] if row else None


def _has(db: psycopg.Connection[Any], table: str) -> bool:
    row = db.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone()
    return bool(row and row[0])
