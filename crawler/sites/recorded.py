"""Site definitions as evidence and catalog keep them, JSON of a whole Site, made Sites again."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from crawler.items import Expectations, Hours, Layout, Politeness, Removal, Revisit, Selectors, Settling, Site

# What JSON makes a list of, and a Site holds as a tuple.
TUPLES = ("hosts", "media_hosts", "moved_from", "articles", "lists", "private_hosts", "tags", "categories")


def site_of(held: Mapping[str, Any]) -> Site:
    """Return the site that a definition was made of; what later releases have learnt to say of a site is as if unsaid.

    KeyError, TypeError or ValueError for what is no definition of a site.
    """
    known = {name: value for name, value in held.items() if name in Site.__dataclass_fields__}
    nested = {
        "selectors": Selectors(**held.get("selectors", {})),
        "layouts": tuple(map(_layout, held.get("layouts", ()))),
        "politeness": _politeness(held.get("politeness", {})),
        "revisit": Revisit(**held.get("revisit", {})),
        "expectations": Expectations(**held.get("expectations", {})),
        "removal": Removal(**held.get("removal", {})),
        "settling": Settling(**held.get("settling", {})),
    }
    return Site(**{**known, **{name: tuple(known[name]) for name in TUPLES if name in known}, **nested})


def _layout(held: Mapping[str, Any]) -> Layout:
    until, selectors = date.fromisoformat(held["until"]), Selectors(**held["selectors"])
    return Layout(until=until, selectors=selectors, family=held["family"])


def _politeness(held: Mapping[str, Any]) -> Politeness:
    hours = held.get("hours")
    if hours is None:
        return Politeness(**held)
    start, end = time.fromisoformat(hours["start"]), time.fromisoformat(hours["end"])
    return Politeness(**{**held, "hours": Hours(start=start, end=end)})
