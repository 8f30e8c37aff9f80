"""The files of scripts that may say what a page does not: where its rows and its further pages are."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from crawler.pages.extraction.page import Page
from crawler.urls import absolute_url, host_of

LIBRARY = re.compile(
    r"jquery|bootstrap|swiper|layui|layer|\bvue\b|react|angular|polyfill|echarts|highcharts|\bwow\b|animate|superslide|slide[rs]?\b|html5|respond|"
    r"modernizr|share|analytics|swfobject|lightbox|carousel|slick|owl|lazyload|player|video|fastclick|placeholder|datepicker|calendar|moment|"
    r"axios|lodash|underscore|require|sea\.js|_sitegray|counter|base64|formfunc|openlink|ajax\.js|vsb\w*\.js|chosen|select2|scroll",
    re.IGNORECASE,
)
MOST_FILES = 3  # of a page


def script_files(page: Page) -> list[str]:
    """Return the addresses of the scripts that a page keeps in files of its own host, but for libraries: the last ones, in document order."""
    found = (absolute_url(page.base, src) for src in page.elements.given("src", "script"))
    own = [url for url in found if url and host_of(url) == host_of(page.url) and not _is_library(url)]
    return list(dict.fromkeys(own))[-MOST_FILES:]


@lru_cache(maxsize=4096)  # the pages of a site have the same ones
def _is_library(url: str) -> bool:
    return bool(LIBRARY.search(urlsplit(url).path))
