"""What a crawl is asked for: the sites, the article and the day that -a names, the media that settings name. Mistakes are told before it begins."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from crawler.errors import SiteError, suggestion
from crawler.items import MediaKind, MediaRules, Site
from crawler.runs.info import OFF, ON
from crawler.sites import SiteFilesError, read_sites, site_for_url, site_from_url
from crawler.terminal import echo, refuse
from crawler.typed import address_of, day_meant, plain, why_no_address, words_of
from crawler.urls import NOT_A_PAGE

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NAMES = ("site", "url", "full", "since")
PAIR = re.compile(r"\s*(\w*)\s*[=＝](.*)", re.DOTALL)
COLON = re.compile(r"\s*([a-zA-Z]+)\s*[:：]\s*(?!/)(.+)", re.DOTALL)
EXAMPLE = "https://news.example.edu.cn/info/1135/70226.htm"


def asked(given: Sequence[str], *, today: date) -> dict[str, str]:
    """Return the arguments that -a names, each as it is meant. Raises UsageError."""
    arguments: dict[str, str] = {}
    for pair in given:
        name, value = _pair(pair)
        refuse(f"-a {name}=: stands twice; give it once" if name in arguments else None)
        arguments[name] = value
    if {"site", "url"} <= set(arguments):
        raise UsageError(
            "-a site= and -a url=: give one of them; an article of a known site is read as its file says",
            print_help=False,
        )
    arguments |= {name: plain(arguments[name]) for name in ("full", "since") if name in arguments}
    check_since(arguments, today=today)
    return arguments | ({"url": address_in(arguments["url"])} if "url" in arguments else {})


def _pair(given: str) -> tuple[str, str]:
    found = PAIR.fullmatch(given)
    if found is None:
        near = ""
        if colon := COLON.fullmatch(given):
            near = f"; did you mean -a {colon[1]}={colon[2]}?"
        elif address_of(given):
            near = f"; an article is given as -a url={given}"
        raise UsageError(f"-a {given}: expected NAME=VALUE, as in -a site=KEY{near}", print_help=False)
    name, value = found[1], found[2].strip()
    if name not in NAMES:
        known = f"unknown argument{suggestion(name, NAMES)}; expected one of: {', '.join(NAMES)}"
        raise UsageError(f"-a {name}=…: {known}", print_help=False)
    if not value and name != "site":
        raise UsageError(f"-a {name}=: is empty; leave it out, or say which", print_help=False)
    return name, value


def choose_media(settings: BaseSettings) -> MediaRules:
    """Return what MEDIA_KINDS, MEDIA_MAX_BYTES and MEDIA_MAX_COUNT say. Raises UsageError."""
    named = words_of(",".join(settings.getlist("MEDIA_KINDS")))
    if wrong := sorted(set(named) - set(MediaKind)):
        raise UsageError(
            f"MEDIA_KINDS: unknown kind {wrong[0]!r}{suggestion(wrong[0], list(MediaKind))}; expected some of: {', '.join(MediaKind)}",
            print_help=False,
        )
    return MediaRules(
        kinds=frozenset(map(MediaKind, named)),
        largest=settings.getint("MEDIA_MAX_BYTES"),
        most=settings.getint("MEDIA_MAX_COUNT"),
    )


def check_since(arguments: Mapping[str, str], *, today: date) -> None:
    """Raise UsageError for an -a since= that names no day, or none that has come."""
    if arguments.get("full", "0") not in (*OFF, ON):
        raise UsageError(f"-a full={arguments['full']}: expected 1 (visit everything again) or 0", print_help=False)
    text = arguments.get("since")
    if text is None:
        return
    if arguments.get("full", "0") not in OFF:
        raise UsageError("-a since= and -a full=1: give one of them; full=1 visits everything", print_help=False)
    try:
        since = date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:  # 2026-02-30
        since = None
    if since is None:
        raise UsageError(
            f"-a since={text}: not a day; expected YYYY-MM-DD, as in 2024-09-01{day_meant(text)}", print_help=False
        )
    if since > today + timedelta(days=1):  # it may be tomorrow already where the site is
        raise UsageError(f"-a since={text}: lies in the future; expected a day up to {today}", print_help=False)


def choose_sites(arguments: Mapping[str, str], seeds: Path) -> tuple[Sequence[Site], Sequence[SiteError]]:
    """Return the sites that -a site=, -a url= or neither names, and the problems of the files that are left out.

    A wrong file stops its own site and no other. Raises SiteError where none is left or a named one is wrong, ScopeError, and for a
    wrong argument UsageError.
    """
    sites, problems = read_sites(seeds)
    if "url" in arguments:
        return [_site_of(arguments["url"], sites)], ()
    if "site" not in arguments:
        if not sites:
            raise SiteFilesError(
                problems
                or [
                    SiteError(
                        str(seeds),
                        "",
                        "no site files; name one article with -a url=…, or draft one: scrapy sites --add NAME",
                    )
                ]
            )
        return sites, problems
    wanted = words_of(arguments["site"])
    known = {site.key: site for site in sites}
    if not wanted:
        raise UsageError(f"-a site=: name one or more of: {', '.join(sorted(known))}", print_help=False)
    missing = [key for key in wanted if key not in known]
    if wrong := [problem for problem in problems if Path(problem.file).stem in missing]:
        raise SiteFilesError(wrong)
    if missing:
        raise UsageError(
            f"-a site={missing[0]}: no such site in {seeds}{_meant(missing[0], sites)}; there are: {', '.join(sorted(known))}",
            print_help=False,
        )
    return [known[key] for key in wanted], ()


def _meant(word: str, sites: Sequence[Site]) -> str:
    """Return which site is likely meant: the one of that name, or one of a similar key."""
    named = next((site.key for site in sites if site.name == word), None)
    return f"; did you mean {named!r}?" if named else suggestion(word, [site.key for site in sites])


def address_in(text: str) -> str:
    """Return the address of an article as it was meant, and say so where it was written otherwise. Raises UsageError."""
    address = address_of(text)
    if address is None:
        why = why_no_address(text) or f", as in {EXAMPLE}"
        raise UsageError(f"-a url={text}: expected the address of an article{why}", print_help=False)
    if NOT_A_PAGE.search(address):
        raise UsageError(f"-a url={text}: a file, not a page; expected the address of an article", print_help=False)
    if address != text.strip():
        echo(f"scrapy crawl: {address} is tried", error=True)
    return address


def _site_of(url: str, sites: Sequence[Site]) -> Site:
    """Return the site of one article URL: of its file if there is one, or made of the URL alone."""
    known = site_for_url(url, sites)
    return replace(known, articles=(*known.articles, url)) if known else site_from_url(url)
