"""The CMS families: how each is recognised, its selectors, URL shapes and pagination. One family a file; used by extraction and discovery."""

import re
from collections.abc import Mapping

from crawler.pages.families.dede import DEDE, EMPIRE, PHPCMS
from crawler.pages.families.drupal import DRUPAL
from crawler.pages.families.enorth import ENORTH
from crawler.pages.families.family import NONE, Family, css, names_in
from crawler.pages.families.founder import FOUNDER
from crawler.pages.families.jcms import JCMS
from crawler.pages.families.jeecms import JEECMS
from crawler.pages.families.powereasy import KESION, POWEREASY
from crawler.pages.families.script import SCRIPT
from crawler.pages.families.siteserver import SITESERVER
from crawler.pages.families.trs import TRS
from crawler.pages.families.vsb import VSB
from crawler.pages.families.webplus import WEBPLUS
from crawler.pages.families.wechat import WECHAT
from crawler.pages.families.wordpress import WORDPRESS
from crawler.urls import normalise_url, with_scheme

__all__ = ["FAMILIES", "Family", "canonical_url", "css", "is_article_url", "names_in", "recognise"]

# The first whose mark is found wins: articles pasted into WeChat keep the class names of the site they come from.
FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        *(WECHAT, VSB, WEBPLUS, ENORTH, JCMS, TRS, DEDE, EMPIRE, PHPCMS, DRUPAL, WORDPRESS),
        *(SITESERVER, JEECMS, POWEREASY, KESION, FOUNDER, SCRIPT, NONE),
    )
}

ARTICLES = [re.compile(family.article_url, re.IGNORECASE) for family in FAMILIES.values()]
RESPELL = [(re.compile(pattern, re.IGNORECASE), to) for family in FAMILIES.values() for pattern, to in family.respell]


def recognise(url: str, source: str) -> Family | None:
    """Return the family of a page: by the marks in its source, that which the URL tells first, else by the URL alone."""
    told = next((family for family in FAMILIES.values() if family.tells(url)), None)
    for family in (told, *FAMILIES.values()):
        if family and any(mark in source for mark in family.marks):
            return family
    return told


def canonical_url(url: str, scheme: str | None = None) -> str | None:
    """Return the one spelling of a page's URL, or None if it is no http(s) URL.

    `scheme` is the site's: http and https are one page. The other spellings of each family are folded into one
    (`…content.jsp?…wbtreeid=T&wbnewsid=N` is `/info/T/N.htm`, `page.psp` is `page.htm`). Idempotent.
    """
    if (clean := normalise_url(url)) is None:
        return None
    for pattern, replacement in RESPELL:
        clean = pattern.sub(replacement, clean)
    return with_scheme(clean, scheme) if scheme else clean


def is_article_url(url: str) -> bool:
    """Return whether a URL has the shape of an article in any family."""
    return any(shape.search(url) for shape in ARTICLES)
