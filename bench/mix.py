"""The mix: a fixed choice of real pages, drawn evenly from the recorded hosts, the same in every run.

Absolute links of a page to its own host are made root-relative, so that they stay on whatever address serves it. Left
out are pages our crawl would not ask for (searches, print views): all contenders get the same list. A recording is
never complete, and the mix is a part of it: in the closed mix a link to what is not there leads nowhere ("#").
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bench.recorded import Recording, key_of
from crawler.items import Role
from crawler.pages.discovery import make_link
from crawler.sites import site_from_url
from crawler.urls import absolute_url, normalise_url
from crawler.warc import records

HREF = re.compile(rb"""(<a\b[^>]*?\bhref\s*=\s*)(["'])([^"'>]*)\2""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the mix."""

    path: str  # with the query, as recorded
    key: str  # `key_of` its URL without the host
    body: bytes


@dataclass(frozen=True, slots=True)
class Host:
    """The share of one host; its first page is the seed article."""

    name: str
    pages: tuple[Page, ...]


def mix(recordings: Sequence[Recording], pages: int, *, closed: bool) -> list[Host]:
    """Return so many pages, as even a share of every host as their sizes allow."""
    whole = [Host(recording.host, tuple(_pages(recording))) for recording in recordings]
    shares = even_shares([len(host.pages) for host in whole], pages)
    hosts = [Host(host.name, _spread(host.pages, share)) for host, share in zip(whole, shares, strict=True)]
    return [_closed(host) for host in hosts] if closed else hosts


def even_shares(sizes: Sequence[int], total: int) -> list[int]:
    """Return how many to take of each: the same number, but where there are fewer, all of them."""
    shares = dict.fromkeys(range(len(sizes)), 0)
    left = min(total, sum(sizes))
    for place, n in enumerate(sorted(shares, key=lambda n: sizes[n])):
        shares[n] = min(sizes[n], left // (len(sizes) - place))
        left -= shares[n]
    return list(shares.values())


def local_path(key: str) -> str:
    """Return a key without its host."""
    return "/" + key.removeprefix("//").partition("/")[2]


def _pages(recording: Recording) -> Iterable[Page]:
    """Yield the pages that a crawl asks for, each once, the seed article first."""
    own = re.compile(rb"https?://" + re.escape(recording.host).encode() + rb"(?::\d+)?(?:/|(?=[\"'?\s<]))")
    site = site_from_url(recording.seed)
    found: dict[str, Page] = {}
    read = (record.exchange for record in records(recording.warc) if record.kind == "response")
    for exchange in filter(None, read):
        url, key = normalise_url(exchange.url), key_of(exchange.url)
        if url is None or exchange.status != 200 or make_link(url, url, site, role=Role.OTHER) is None:
            continue
        path = url.split("/", 3)[3]
        found.setdefault(key, Page(f"/{path}", local_path(key), own.sub(b"/", exchange.body)))
    seed = found.pop(key_of(recording.seed))
    return [seed, *(found[key] for key in sorted(found))]


def _closed(host: Host) -> Host:
    """Return a host whose links to pages it does not have lead nowhere."""
    base, keys = f"http://{host.name}", {page.key for page in host.pages}

    def close(page: Page, found: re.Match[bytes]) -> bytes:
        url = absolute_url(base + page.path, found[3].decode("latin-1"))
        is_missing = url is not None and url.startswith(base) and local_path(key_of(url)) not in keys
        return found[1] + found[2] + b"#" + found[2] if is_missing else found[0]

    pages = (replace(page, body=HREF.sub(partial(close, page), page.body)) for page in host.pages)
    return Host(host.name, tuple(pages))


def _spread(pages: Sequence[Page], share: int) -> tuple[Page, ...]:
    """Return the first page and the others at even distances."""
    return tuple(pages[n * len(pages) // share] for n in range(share))
