"""Which sites belong into one shard: those that share a host, also by way of others. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from crawler.items import Site


def hosts_of(site: Site) -> tuple[str, ...]:
    """Return all hosts that the crawl of a site may ask, sorted."""
    return tuple(sorted({*site.hosts, *site.media_hosts, *site.moved_from}))


def connected(hosts: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the sites (site -> what it may ask) as connected sets, each sorted, the sets by their first site."""
    leader: dict[str, str] = {site: site for site in hosts}

    def find(site: str) -> str:
        while leader[site] != site:
            leader[site] = leader[leader[site]]
            site = leader[site]
        return site

    first: dict[str, str] = {}
    for site in sorted(hosts):
        for host in hosts[site]:
            one, other = sorted((find(site), find(first.setdefault(host, site))))
            leader[other] = one
    sets: dict[str, list[str]] = {}
    for site in sorted(hosts):
        sets.setdefault(find(site), []).append(site)
    return list(sets.values())


def place(sets: Iterable[Sequence[str]], settled: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return site -> shard, and shard -> lock. A site that is settled in a shard stays there, and new ones of its set join it.

    Shards that came to share a host, each with an archive of its own, have one lock: they are worked on one after the other.
    """
    shards: dict[str, str] = {}
    locks: dict[str, str] = {}
    for sites in sets:
        taken = sorted({settled[site] for site in sites if site in settled}) or [sites[0]]
        for site in sites:
            shards[site] = settled.get(site, taken[0])
        locks |= dict.fromkeys(taken, taken[0])
    return shards, locks
