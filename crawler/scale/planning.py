"""What is to be done: the sites of the seeds are put into shards, and a task into the queue for each shard that is due."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from crawler.errors import ScaleError, SiteError
from crawler.items import Site
from crawler.scale.connected import connected, hosts_of, place
from crawler.scale.database import Connection, SharedDatabase, outcomes, queue, sites
from crawler.scale.database.queue import SiteTask
from crawler.scale.database.sites import PlacedSite
from crawler.sites import SiteFilesError, load_site


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a plan came to."""

    sites: int
    shards: int
    read: int  # files that are new or have changed
    deferred: int  # tasks that were put into the queue
    problems: tuple[SiteError, ...]  # of the files that are left out


def plan(database: SharedDatabase, seeds: Path, now: datetime) -> Plan:
    """Register the sites of a folder, which is all of them, and defer what is due. ScaleError: there is no such folder."""
    if not seeds.is_dir():
        raise ScaleError(f"{seeds}: no such folder; expected one with a file NAME.yaml for each site (SEEDS_DIR)")
    with database.transaction() as db:
        sites.plan_alone(db)
        known = sites.known(db)
        found, read, problems = read_definitions(seeds, known)
        locks = register(db, known, found)
        deferred = queue.defer(db, queue.due(db, now))
        outcomes.forget_old(db)
        queue.analyse(db)
    return Plan(sites=len(found), shards=len(locks), read=read, deferred=deferred, problems=tuple(problems))


def read_definitions(seeds: Path, known: dict[str, PlacedSite]) -> tuple[dict[str, PlacedSite], int, list[SiteError]]:
    """Return the sites by key, how many files had to be read for it, and what is wrong with those that are left out.

    Reading a file takes a millisecond: one that is as it was is not read again.
    """
    found: dict[str, PlacedSite] = {}
    problems: list[SiteError] = []
    read = 0
    for path in sorted(seeds.glob("*.yaml")):
        key, data = path.stem, path.read_bytes()
        digest, before = sha256(data).hexdigest(), known.get(key)
        if before and before.digest == digest:
            found[key] = before
            continue
        read += 1
        try:
            found[key] = _known(load_site(path), data.decode(), digest)
        except SiteFilesError as error:
            problems += error.errors
            if before:
                found[key] = before
    return found, read, problems


def _known(site: Site, definition: str, digest: str) -> PlacedSite:
    return PlacedSite(site=site.key, shard="", hosts=hosts_of(site), definition=definition, digest=digest)


def register(db: Connection, known: dict[str, PlacedSite], found: dict[str, PlacedSite]) -> dict[str, str]:
    """Put sites into shards; return shard -> lock. What is known and has no file any more stays where it is, and is not crawled."""
    gone = {key: replace(site, definition=None, digest=None) for key, site in known.items() if key not in found}
    every = {**found, **gone}
    settled = {key: known[key].shard for key in every if key in known and known[key].is_settled}
    # Sites of one shard share what is no host: their archive.
    hosts = {key: (*site.hosts, f"/{settled[key]}") if key in settled else site.hosts for key, site in every.items()}
    shards, locks = place(connected(hosts), settled)
    changed = [
        replace(site, shard=shards[key])
        for key, site in every.items()
        if key not in known or (known[key].shard, known[key].digest) != (shards[key], site.digest)
    ]
    sites.settle(db, changed, locks)
    return locks


def defer_rebuild(database: SharedDatabase, wanted: Sequence[str]) -> int:
    """Defer the reading again of some shards, of all where none is named; return how many. ScaleError: there is no such shard."""
    with database.transaction() as db:
        locks = dict(sites.shards(db))
        if unknown := next((shard for shard in wanted if shard not in locks), None):
            raise ScaleError(f"{unknown}: no such shard; scrapy scale status --shards lists them")
        return queue.defer(
            db, (SiteTask(shard=shard, lock=locks[shard], command="rebuild") for shard in wanted or locks)
        )
