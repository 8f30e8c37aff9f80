"""Private addresses: refused after DNS, so that the address that was checked is the address that is connected to.

`guarded` is put around one request by the transport; `GuardedResolver` (setting TWISTED_DNS_RESOLVER) asks the guard of
the request that is being connected, on every hop, also on cache hits. `socket.gethostbyname` reads the odd spellings
(127.1, 0x7f.1, 2130706433), so they meet the same check as a name. There is no second look-up before the connection.
Nothing here knows TLS, robots.txt or scope.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.items import Site
from crawler.urls import host_of, requested_url

NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is reached
# What is no public host, of the registries of special-purpose addresses (IANA) and of clouds. Of `ipaddress` this is not asked: what it
# knows differs from Python to Python.
SPECIAL_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure, to its machines
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",  # multicast, reserved, broadcast
        ),
    )
)
GLOBAL_V6 = IPv6Network(
    "2000::/3"
)  # all that is given to hosts; fc00::/7, fec0::/10, 100::/64, 5f00::/16 … lie outside
SPECIAL_V6 = tuple(
    map(IPv6Network, ("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20"))
)  # 2001::/23: Teredo, ORCHID, benchmarks


class PrivateAddressError(IgnoreRequest):
    """A host is at a private, loopback, link-local, multicast or reserved address, and its site does not allow that."""

    def __init__(self, url: str, address: str) -> None:
        super().__init__(
            f"{url}: {host_of(url)} is at {address}, which is not public; private_hosts in the site's file can allow it"
        )
        self.url, self.address = url, address


@dataclass(slots=True)
class Guard:
    """What one request may connect to, and the address it was kept from."""

    private: bool = False  # whether the site's file names the host
    refused: str | None = None

    def admit(self, address: str, name: str) -> str:
        """Return the address a name resolved to, or raise DNSLookupError (Twisted drops a resolver's other errors)."""
        if self.private or is_public(address):
            return address
        self.refused = address
        raise DNSLookupError(f"{name} resolves to {address}, which is not public")


_GUARD: ContextVar[Guard | None] = ContextVar("guard", default=None)


@contextmanager
def guarded(url: str, site: Site | None) -> Iterator[Guard]:
    """Guard the connections made inside the block; PrivateAddressError if an address was refused."""
    guard = Guard(private=may_be_private(requested_url(url) or "", site))
    _check_literal(url, guard)
    token = _GUARD.set(guard)
    try:
        yield guard
    except CannotResolveHostError as error:
        if guard.refused:
            raise PrivateAddressError(url, guard.refused) from error
        raise
    finally:
        _GUARD.reset(token)


def may_be_private(url: str, site: Site | None) -> bool:
    """Return whether the site's private_hosts name the host of a URL: "host", or "host:port" for that port only."""
    return site is not None and not {host_of(url), urlsplit(url).hostname or ""}.isdisjoint(site.private_hosts)


def is_public(address: str) -> bool:
    """Return whether an IP address, and the IPv4 address an IPv6 one carries, is reachable by everybody."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in SPECIAL_V4)
    if ip in NAT64:
        return is_public(str(IPv4Address(int(ip) & 0xFFFF_FFFF)))
    if carried := ip.ipv4_mapped or ip.sixtofour:
        return is_public(str(carried))
    return ip in GLOBAL_V6 and not any(ip in network for network in SPECIAL_V6)


def _check_literal(url: str, guard: Guard) -> None:
    """Refuse an address written into the URL: to the IPv4 resolver an IPv6 one is a DNS failure."""
    host = urlsplit(requested_url(url) or "").hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return
    if not guard.private and not is_public(host):
        raise PrivateAddressError(url, host)


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's caching resolver (IPv4); every answer passes the guard of the request that asked, or the strict one."""

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":  # noqa: N802 (Twisted's name)
        """Return the address of a name if the guard admits it."""
        guard = _GUARD.get() or Guard()
        return super().getHostByName(name, timeout).addCallback(guard.admit, name)
