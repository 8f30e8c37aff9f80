"""Registered domains: which hosts are of one publisher, and so which pictures and attachments may be fetched for a site."""

from functools import lru_cache

from tldextract import TLDExtract

from crawler.items import Site
from crawler.urls import host_of, in_scope

SUFFIXES = TLDExtract(
    suffix_list_urls=(), cache_dir=None
)  # the Public Suffix List that comes with the package: asks nobody


def media_in_scope(url: str, site: Site) -> bool:
    """Return whether a picture or attachment may be fetched for a site: on its hosts, its media hosts, or elsewhere under its own domain.

    `news.sicau.edu.cn` and `img.sicau.edu.cn` are under one domain; a host without a registered domain (an address) is under none.
    """
    if in_scope(url, site):
        return True
    host = host_of(url)
    if not url.startswith(("http://", "https://")) or not host:
        return False
    domain = domain_of(host)
    return host in site.media_hosts or (domain is not None and domain in map(domain_of, site.hosts))


@lru_cache(maxsize=4096)
def domain_of(host: str) -> str | None:
    """Return the registered domain of a host, with or without port; None for an address or a name that has none."""
    return SUFFIXES(host.partition(":")[0]).top_domain_under_public_suffix or None
