"""What a definition file may say: every key, its type and its limits, and the Site made of it.

The keys are the fields of `crawler.items.Site`; `seeds/README.md` tells what each means. All problems of a file are
found at once. What several files must agree on (a host belongs to one site) is the door's business.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from crawler.items import Expectations, Layout, Politeness, Removal, Revisit, Selectors, Settling, Site
from crawler.sites import value
from crawler.sites.problem import Problem, problems_of
from crawler.urls import clean_url, host_of

KEY = re.compile(r"[a-z0-9][a-z0-9._-]*")  # stands in `-a site=KEY,KEY` and in file names

Text = Annotated[str, AfterValidator(value.text)]
Url = Annotated[str, AfterValidator(value.url)]
Host = Annotated[str, AfterValidator(value.host)]
Family = Annotated[str, AfterValidator(value.family)]
Selector = Annotated[str, AfterValidator(value.selector)]


class Keys(BaseModel):
    """Only the keys named, only values of the type named: `delay: "2"` is an error, not 2."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class PolitenessKeys(Keys):
    """See `crawler.items.Politeness`."""

    delay: float = Field(default=1.0, ge=0, le=3600)
    concurrency: int = Field(default=1, ge=1, le=16)
    max_pages: int | None = Field(default=None, ge=1)
    hours: Annotated[str, AfterValidator(value.hours)] | None = None


class RevisitKeys(Keys):
    """See `crawler.items.Revisit`."""

    list_least: float = Field(default=0.0, ge=0, le=3650)
    list_most: float = Field(default=4.0, ge=0.04, le=3650)
    list_whole: float = Field(default=7.0, ge=0, le=3650)
    older_most: float = Field(default=30.0, ge=0.04, le=3650)
    article_least: float = Field(default=0.5, ge=0, le=3650)
    article_most: float = Field(default=180.0, ge=0.04, le=3650)
    article_whole: float = Field(default=60.0, ge=0, le=3650)


class SelectorsKeys(Keys):
    """See `crawler.items.Selectors`."""

    title: Selector | None = None
    body: Selector | None = None
    date: Selector | None = None
    source: Selector | None = None


class LayoutKeys(Keys):
    """See `crawler.items.Layout`."""

    until: Annotated[str, AfterValidator(value.day)]
    family: Family | None = None
    selectors: SelectorsKeys = SelectorsKeys()


class ExpectationsKeys(Keys):
    """See `crawler.items.Expectations`."""

    articles: int | None = Field(default=None, ge=0)
    days: int | None = Field(default=None, ge=1)
    undated_share: float | None = Field(default=None, ge=0, le=1)


class RemovalKeys(Keys):
    """See `crawler.items.Removal`."""

    misses: int = Field(default=2, ge=1, le=100)
    apart: float = Field(default=1.0, ge=0, le=3650)


class SettlingKeys(Keys):
    """See `crawler.items.Settling`."""

    runs: int = Field(default=3, ge=2, le=1000)
    days: float = Field(default=7.0, ge=0, le=3650)


class SiteKeys(Keys):
    """See `crawler.items.Site`."""

    name: Text | None = None
    hosts: list[Host] = []
    media_hosts: list[Host] = []
    moved_from: list[Host] = []
    scheme: Annotated[str, AfterValidator(value.scheme)] | None = None
    articles: list[Url] = []
    lists: list[Url] = []
    sections: dict[Url, Text] = {}
    timezone: Annotated[str, AfterValidator(value.timezone)] = "Asia/Shanghai"
    family: Family | None = None
    selectors: SelectorsKeys = SelectorsKeys()
    layouts: list[LayoutKeys] = []
    politeness: PolitenessKeys = PolitenessKeys()
    revisit: RevisitKeys = RevisitKeys()
    unverified_tls: Annotated[str, AfterValidator(value.reason)] | None = None
    private_hosts: list[Host] = []
    tags: list[Text] = []
    categories: list[Text] = []
    expectations: ExpectationsKeys = ExpectationsKeys()
    removal: RemovalKeys = RemovalKeys()
    settling: SettlingKeys = SettlingKeys()
    last_seen_working: Text | None = None


def define(key: str, content: Mapping[str, object]) -> tuple[Site | None, list[Problem]]:
    """Return the Site that a file's content defines, or None and every problem that stands in the way."""
    problems = [*_misnaming(key), *_disagreements(content)]
    try:
        keys = SiteKeys.model_validate(content)
    except ValidationError as error:
        return None, [*problems_of(error, SiteKeys), *problems]
    problems += _crossed_bounds(keys.revisit)
    return (None, problems) if problems else (_site(key, keys), [])


def _site(key: str, keys: SiteKeys) -> Site:
    """Return the Site with the defaults that depend on other keys filled in."""
    urls = [*keys.articles, *keys.lists]
    hosts = tuple(keys.hosts) or (host_of(clean_url(urls[0]) or ""),)
    name = keys.name or hosts[0]
    return Site(
        key=key,
        name=name,
        hosts=hosts,
        media_hosts=tuple(keys.media_hosts),
        moved_from=tuple(keys.moved_from),
        scheme=keys.scheme or ("https" if any(url.lower().startswith("https:") for url in urls) else "http"),
        articles=tuple(keys.articles),
        lists=tuple(keys.lists),
        sections=dict(keys.sections),
        timezone=keys.timezone,
        family=keys.family,
        selectors=Selectors(**keys.selectors.model_dump()),
        layouts=tuple(sorted(map(_layout, keys.layouts), key=lambda layout: layout.until)),
        politeness=_politeness(keys.politeness),
        revisit=Revisit(**keys.revisit.model_dump()),
        unverified_tls=keys.unverified_tls,
        private_hosts=tuple(keys.private_hosts),
        tags=tuple(keys.tags) or (name,),
        categories=tuple(keys.categories) or tuple(dict.fromkeys((hosts[0], name))),
        expectations=Expectations(**keys.expectations.model_dump()),
        removal=Removal(**keys.removal.model_dump()),
        settling=Settling(**keys.settling.model_dump()),
        last_seen_working=keys.last_seen_working,
    )


def _politeness(keys: PolitenessKeys) -> Politeness:
    hours = value.hours_of(keys.hours) if keys.hours else None
    return Politeness(**{**keys.model_dump(), "hours": hours})


def _layout(keys: LayoutKeys) -> Layout:
    selectors = Selectors(**keys.selectors.model_dump())
    return Layout(until=date.fromisoformat(keys.until), family=keys.family, selectors=selectors)


def _crossed_bounds(revisit: RevisitKeys) -> Iterator[Problem]:
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
        return isinstance(host, str) and value.host(host) == host
    except PydanticCustomError:
        return False


def _urls(content: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield (dotted key, clean URL) of the URLs that are ones, seeds first."""
    for key in ("articles", "lists", "sections"):
        urls = content.get(key)
        for place, url in enumerate(urls) if isinstance(urls, list | dict) else ():
            if isinstance(url, str) and (clean := clean_url(url)):
                yield f"{key}[{url if isinstance(urls, dict) else place}]", clean
