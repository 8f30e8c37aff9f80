"""Which sites are in which shard, and how their files define them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

PLANNING = 0x91A7  # the advisory lock of who plans
SHARDS = """
INSERT INTO scale_shards (shard, lock) SELECT * FROM unnest(%s::text[], %s::text[])
ON CONFLICT (shard) DO UPDATE SET lock = excluded.lock WHERE scale_shards.lock <> excluded.lock
"""
# A shard whose sites are defined otherwise is due, also if a person had to look at it.
SITES = """
WITH given AS (SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS t (site, shard, hosts, definition, digest)),
written AS (
    INSERT INTO scale_sites (site, shard, hosts, definition, digest)
    SELECT site, shard, string_to_array(hosts, ' '), definition, digest FROM given
    ON CONFLICT (site) DO UPDATE SET shard = excluded.shard, hosts = excluded.hosts, definition = excluded.definition, digest = excluded.digest
    WHERE (scale_sites.shard, scale_sites.hosts, scale_sites.digest)
        IS DISTINCT FROM (excluded.shard, excluded.hosts, excluded.digest)
    RETURNING shard
)
UPDATE scale_shards SET due = 'epoch' WHERE shard IN (SELECT shard FROM written)
"""
UNUSED = """
DELETE FROM scale_shards WHERE epoch = 0
AND NOT EXISTS (SELECT FROM scale_sites WHERE scale_sites.shard = scale_shards.shard)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSite:
    """A site as the machines share it."""

    site: str
    shard: str
    hosts: tuple[str, ...]  # all that it may ask
    definition: str | None  # its file; None: known from an adopted archive alone
    digest: str | None  # of the file
    is_settled: bool = False  # its shard was taken once: it stays in it


def plan_alone(db: psycopg.Connection[Any]) -> None:
    """Wait for who else plans, until the end of the transaction."""
    db.execute("SELECT pg_advisory_xact_lock(%s)", [PLANNING])


def known(db: psycopg.Connection[Any]) -> dict[str, PlacedSite]:
    """Return all sites by key."""
    query = "SELECT site, shard, hosts, definition, digest, epoch > 0 FROM scale_sites JOIN scale_shards USING (shard)"
    return {
        site: PlacedSite(
            site=site, shard=shard, hosts=tuple(hosts), definition=definition, digest=digest, is_settled=settled
        )
        for site, shard, hosts, definition, digest, settled in db.execute(query)
    }


def settle(db: psycopg.Connection[Any], sites: Sequence[PlacedSite], locks: Mapping[str, str]) -> None:
    """Write sites, each into its shard, and the lock of each shard (shard -> lock); a shard of no site that was never taken is gone."""
    db.execute(SHARDS, [list(locks), list(locks.values())])
    columns = (
        [one.site for one in sites],
        [one.shard for one in sites],
        [" ".join(one.hosts) for one in sites],
        [one.definition for one in sites],
        [one.digest for one in sites],
    )
    db.execute(SITES, columns)
    db.execute(UNUSED)


def definitions(db: psycopg.Connection[Any], shard: str) -> dict[str, str]:
    """Return the files of a shard's sites, by key."""
    query = "SELECT site, definition FROM scale_sites WHERE shard = %s AND definition IS NOT NULL ORDER BY site"
    return dict(db.execute(query, [shard]).fetchall())


def shards_with_site(db: psycopg.Connection[Any], site: str) -> list[str]:
    """Return the shard that a site is in."""
    return [shard for (shard,) in db.execute("SELECT shard FROM scale_sites WHERE site = %s", [site])]


def shards_with_host(db: psycopg.Connection[Any], host: str) -> list[str]:
    """Return the shards of the sites that may ask a host."""
    query = "SELECT DISTINCT shard FROM scale_sites WHERE %s = ANY(hosts) ORDER BY shard"
    return [shard for (shard,) in db.execute(query, [host])]


def shards(db: psycopg.Connection[Any]) -> Iterable[tuple[str, str]]:
    """Return all shards, each with its lock."""
    return db.execute("SELECT shard, lock FROM scale_shards ORDER BY shard").fetchall()


def lock_of(db: psycopg.Connection[Any], shard: str) -> str | None:
    """Return the lock of a shard, None if there is no such shard."""
    row = db.execute("SELECT lock FROM scale_shards WHERE shard = %s", [shard]).fetchone()
    return row[0] if row else None
