"""The sites: `seeds/*.yaml` read and checked, a site made from one URL, and the site a URL belongs to.

A wrong file stops its own site, never another one: `read_sites` returns what can be used beside what cannot.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from crawler.errors import ScopeError, SiteError
from crawler.items import Site
from crawler.sites.definition import define, with_institution
from crawler.sites.yaml_file import read
from crawler.urls import host_of, in_scope, normalise_url

NEARLY = re.compile(r"(.+?)([.．。]ya?ml(?:\.txt)?)", re.IGNORECASE)  # what editors and people make of NAME.yaml

__all__ = ["SiteFilesError", "load_site", "load_sites", "read_sites", "site_for_url", "site_from_url"]


class SiteFilesError(SiteError):
    """Several problems at once; its text has one line for each."""

    def __init__(self, errors: Sequence[SiteError]) -> None:
        super().__init__(errors[0].file, errors[0].key, errors[0].problem)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def load_site(path: Path) -> Site:
    """Return the site that a definition file defines; raise SiteFilesError with all its problems."""
    site, errors = _read(path)
    if site is None:
        raise SiteFilesError(errors)
    return site


def load_sites(folder: Path) -> tuple[Site, ...]:
    """Return the sites of a folder, sorted by key; raise SiteFilesError with the problems of all files."""
    sites, errors = read_sites(folder)
    if errors:
        raise SiteFilesError(errors)
    return sites


def read_sites(folder: Path) -> tuple[tuple[Site, ...], tuple[SiteError, ...]]:
    """Return the usable sites of a folder, sorted by key, and every problem of the others.

    Of two files that claim one host the first by name keeps it, the other one is not used: a document has one site.
    """
    if not folder.is_dir():
        return (), (SiteError(str(folder), "", "no such folder; expected one with a file NAME.yaml for each site"),)
    sites: list[Site] = []
    errors: list[SiteError] = []
    claimed: dict[str, Path] = {}
    for path in sorted(folder.glob("*.yaml"), key=lambda path: path.stem):
        site, found = _read(path)
        found += [] if site is None else list(_claims(path, site, claimed))
        errors += found
        if site and not found:
            sites.append(site)
            claimed |= dict.fromkeys((*site.hosts, *site.moved_from), path)
    return tuple(sites), (*errors, *_misnamed(folder))


def site_for_url(url: str, sites: Iterable[Site]) -> Site | None:
    """Return the site on whose hosts a URL stands, or None."""
    clean = normalise_url(url)
    return next((site for site in sites if in_scope(clean, site)), None) if clean else None


def site_from_url(url: str) -> Site:
    """Return a site of which nothing is known but one article: its host is its key, and its name that of its institution, else the host too.

    Raises ScopeError if that is no http(s) URL.
    """
    clean = normalise_url(url)
    if clean is None:
        raise ScopeError(url, "expected the URL of one article, with http:// or https:// and a host")
    host = host_of(clean)
    site = Site(
        key=host,
        name=host,
        hosts=(host,),
        scheme=clean.partition(":")[0],
        articles=(clean,),
        tags=(host,),
        categories=(host,),
    )
    return with_institution(site)


def _read(path: Path) -> tuple[Site | None, list[SiteError]]:
    try:
        site, problems = define(path.stem, read(path))
    except SiteError as error:
        return None, [error]
    return site, [SiteError(str(path), key, text) for key, text in problems]


def _claims(path: Path, site: Site, claimed: dict[str, Path]) -> Iterator[SiteError]:
    for key, hosts in (("hosts", site.hosts), ("moved_from", site.moved_from)):
        for place, host in enumerate(hosts):
            if host in claimed:
                yield SiteError(
                    str(path), f"{key}[{place}]", f"{host!r} belongs to {claimed[host]}; a host has one file"
                )


def _misnamed(folder: Path) -> Iterator[SiteError]:
    """Yield a problem for what looks like a site file and is not read: another ending, or a folder below."""
    for path in sorted(folder.iterdir()):
        found = None if path.name.startswith(".") or path.suffix == ".yaml" else NEARLY.fullmatch(path.name)
        if found and path.is_file():
            yield SiteError(str(path), "", f"the ending {found[2]} is not read; rename it to {found[1]}.yaml")
        elif path.is_dir() and next(path.glob("*.yaml"), None):
            yield SiteError(str(path), "", f"site files in a folder below {folder} are not read; move them to {folder}")
