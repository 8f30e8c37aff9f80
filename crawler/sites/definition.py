"""What a definition file may say: every key, its type and its limits, and the Site made of it; and a Site as JSON, as evidence and catalog keep it.

The keys are the fields of `crawler.items.Site`, which has the defaults; `seeds/README.md` tells what each means. All problems of a file are
found at once. What several files must agree on (a host belongs to one site) is the door's business.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Required

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict  # pydantic takes typing's from Python 3.12 on

from crawler.items import Revisit, Site
from crawler.sites import checks
from crawler.sites.checks import Problem, problems_of
from crawler.sites.register import institution_of
from crawler.urls import host_of, normalise_url

KEY = re.compile(r"[a-z0-9][a-z0-9._-]*")  # stands in `-a site=KEY,KEY` and in file names
STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)  # `delay: "2"` is an error, not 2

Text = Annotated[str, AfterValidator(checks.text)]
Url = Annotated[str, AfterValidator(checks.url)]
Host = Annotated[str, AfterValidator(checks.host)]
Family = Annotated[str, AfterValidator(checks.family)]
Selector = Annotated[str, AfterValidator(checks.selector)]
Days = Annotated[float, Field(ge=0, le=3650)]
LongestDays = Annotated[float, Field(ge=0.04, le=3650)]


@with_config(STRICT)
class PolitenessKeys(TypedDict, total=False):
    """See `crawler.items.Pace`."""

    delay: Annotated[float, Field(ge=0, le=3600)]
    concurrency: Annotated[int, Field(ge=1, le=16)]
    max_pages: Annotated[int, Field(ge=1)] | None
    hours: Annotated[str, AfterValidator(checks.hours)] | None


@with_config(STRICT)
class RevisitKeys(TypedDict, total=False):
    """See `crawler.items.Revisit`."""

    list_least: Days
    list_most: LongestDays
    list_whole: Days
    older_most: LongestDays
    article_least: Days
    article_most: LongestDays
    article_whole: Days


@with_config(STRICT)
class SelectorsKeys(TypedDict, total=False):
    """See `crawler.items.Selectors`."""

    title: Selector | None
    body: Selector | None
    date: Selector | None
    source: Selector | None


@with_config(STRICT)
class LayoutKeys(TypedDict, total=False):
    """See `crawler.items.Layout`."""

    until: Required[Annotated[str, AfterValidator(checks.day)]]
    family: Family | None
    selectors: SelectorsKeys


@with_config(STRICT)
class ExpectationsKeys(TypedDict, total=False):
    """See `crawler.items.Expectations`."""

    articles: Annotated[int, Field(ge=0)] | None
    days: Annotated[int, Field(ge=1)] | None
    undated_share: Annotated[float, Field(ge=0, le=1)] | None
    disagreeing_share: Annotated[float, Field(ge=0, le=1)] | None


@with_config(STRICT)
class RemovalKeys(TypedDict, total=False):
    """See `crawler.items.Removal`."""

    misses: Annotated[int, Field(ge=1, le=100)]
    apart: Days


@with_config(STRICT)
class SettlingKeys(TypedDict, total=False):
    """See `crawler.items.Settling`."""

    runs: Annotated[int, Field(ge=2, le=1000)]
    days: Days


@with_config(STRICT)
class GapKeys(TypedDict, total=False):
    """See `crawler.items.AcceptedGap`."""

    reason: Required[Annotated[str, AfterValidator(checks.reason)]]
    missing: Annotated[int, Field(ge=0)] | None


@with_config(STRICT)
class SiteKeys(TypedDict, total=False):
    """See `crawler.items.Site`."""

    name: Text | None
    hosts: list[Host]
    media_hosts: list[Host]
    moved_from: list[Host]
    scheme: Annotated[str, AfterValidator(checks.scheme)] | None
    articles: list[Url]
    lists: list[Url]
    sections: dict[Url, Text]
    timezone: Annotated[str, AfterValidator(checks.timezone)]
    family: Family | None
    selectors: SelectorsKeys
    layouts: list[LayoutKeys]
    politeness: PolitenessKeys
    revisit: RevisitKeys
    unverified_tls: Annotated[str, AfterValidator(checks.reason)] | None
    weak_tls: Annotated[str, AfterValidator(checks.reason)] | None
    private_hosts: list[Host]
    tags: list[Text]
    categories: list[Text]
    expectations: ExpectationsKeys
    removal: RemovalKeys
    settling: SettlingKeys
    gaps: dict[Url, GapKeys]
    last_seen_working: Text | None


FILE = TypeAdapter(SiteKeys)
SITE = TypeAdapter(Site)  # without the limits of files: what an older release allowed is read as it was


def define(key: str, content: Mapping[str, object]) -> tuple[Site | None, list[Problem]]:
    """Return the Site that a file's content defines, or None and every problem that stands in the way."""
    problems = [*_misnaming(key), *_disagreements(content)]
    try:
        keys = FILE.validate_python(content)
    except ValidationError as error:
        return None, [*problems_of(error, SiteKeys), *problems]
    if problems:
        return None, problems
    site = site_from_json({"key": key, **keys, **_defaults(keys)})
    problems += _crossed_bounds(site.revisit)
    return (None, problems) if problems else (site, [])


def site_from_json(held: Mapping[str, Any]) -> Site:
    """Return the site that JSON tells of; what later releases have learnt to say of a site is as if unsaid. ValueError for what is none."""
    return with_institution(SITE.validate_python(held))


def with_institution(site: Site) -> Site:
    """Return a site that is called by its host under the name of its institution, if the register knows one; any other as it is."""
    host = site.hosts[0]
    institution = institution_of(host) if site.name == host else None
    if institution is None:
        return site
    return replace(
        site,
        name=institution.name,
        tags=(institution.name,) if site.tags == (host,) else site.tags,
        categories=(host, institution.name) if site.categories == (host,) else site.categories,
    )


def site_as_json(site: Site) -> dict[str, Any]:
    """Return a site as values of JSON."""
    held: dict[str, Any] = SITE.dump_python(site, mode="json")
    return held


def _defaults(keys: SiteKeys) -> dict[str, object]:
    """Return the values of keys whose defaults depend on other keys, and of those that a file spells in its own way."""
    urls = [*keys.get("articles", []), *keys.get("lists", [])]
    hosts = keys.get("hosts") or [host_of(normalise_url(urls[0]) or "")]
    name = keys.get("name") or hosts[0]
    return {
        "name": name,
        "hosts": hosts,
        "scheme": keys.get("scheme") or ("https" if any(url.lower().startswith("https:") for url in urls) else "http"),
        "layouts": sorted(keys.get("layouts", []), key=lambda layout: layout["until"]),
        "politeness": _politeness(keys.get("politeness", {})),
        "tags": keys.get("tags") or [name],
        "categories": keys.get("categories") or list(dict.fromkeys((hosts[0], name))),
    }


def _politeness(keys: PolitenessKeys) -> dict[str, object]:
    hours = keys.get("hours")
    return {**keys, "hours": checks.hours_of(hours) if hours else None}


def _crossed_bounds(revisit: Revisit) -> Iterator[Problem]:
    for kind, least, most in (
        ("list", revisit.list_least, revisit.list_most),
        ("article", revisit.article_least, revisit.article_most),
    ):
        if least > most:
            yield Problem(f"revisit.{kind}_least", f"{least:g} days are more than `{kind}_most`, {most:g}")


def _misnaming(key: str) -> Iterator[Problem]:
    if not KEY.fullmatch(key):
        yield Problem("", f"the file's name is the site's key: expected small letters, digits, - . _ only, got {key!r}")


def _disagreements(content: Mapping[str, object]) -> Iterator[Problem]:
    """Yield what no single key shows; of values that are themselves wrong nothing more is said."""
    if not content.get("articles") and not content.get("lists"):
        yield Problem("", "no seed; expected `articles: [URL of one article]` or `lists: [URL of a list]`")
    urls = list(_urls(content))
    hosts = content.get("hosts") or [host_of(url) for _, url in urls[:1]]
    if not isinstance(hosts, list) or not all(map(_is_host, hosts)):
        return
    left = content.get("moved_from")
    for place, host in enumerate(left if isinstance(left, list) else ()):
        if host in hosts:
            yield Problem(
                f"moved_from[{place}]", f"{host!r} is one of the site's hosts; a host it left is in `moved_from` only"
            )
    for key, url in urls:
        if host_of(url) not in hosts:
            yield Problem(key, f"{host_of(url)!r} is none of the site's hosts ({', '.join(hosts)}); add it to `hosts`")


def _is_host(host: object) -> bool:
    try:
        return isinstance(host, str) and checks.host(host) == host
    except PydanticCustomError:
        return False


def _urls(content: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield (dotted key, clean URL) of the URLs that are ones, seeds first."""
    for key in ("articles", "lists", "sections"):
        urls = content.get(key)
        for place, url in enumerate(urls) if isinstance(urls, list | dict) else ():
            if isinstance(url, str) and (clean := normalise_url(url)):
                yield f"{key}[{url if isinstance(urls, dict) else place}]", clean
