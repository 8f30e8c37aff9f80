"""What a person types or pastes, as it was meant: addresses without a scheme, signs of a Chinese keyboard, quotes that a web page gave.

What stands in pages is read by `crawler.urls`, which mends nothing.
"""

import re
import unicodedata
from urllib.parse import urlsplit

from crawler.errors import likeliest
from crawler.urls import SUFFIXES, USERINFO, normalise_url

AROUND = " \t\r\n<>\"'“”‘’《》「」，。"
SCHEMES = ("http", "https")
# The beginning of an address, with what is left out, doubled or mistyped in it, up to the path.
BEGINNING = re.compile(
    r"(?:(?P<scheme>[a-z]{3,6})(?:[:：;；]+[/／\\]{0,3}|[/／\\]{2})|[/／\\]{2})?"
    r"(?P<host>[\w-]++(?:[.．。][\w-]++)++|localhost)(?P<port>[:：]\d+)?(?=[/／\\?#？]|$)",
    re.IGNORECASE,
)
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x3002: "."}  # full-width signs, 。
WIDE_DOT = re.compile(r"[．。](?=[a-z]{3,5}(?:[?#？]|$))", re.IGNORECASE)  # before the ending of a page
LOCAL = re.compile(r"localhost|[\d.]+")
WITHIN = re.compile(r"https?://[^\s“”‘’《》「」，。]+", re.IGNORECASE)
SEVERAL = re.compile(r"[,，、;；\s]+")
SAVED_PAGE = re.compile(r"\.(?:html?|mht(?:ml)?|xhtml|shtml)$", re.IGNORECASE)
DAY_PARTS = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?")


def address_of(text: str) -> str | None:
    """Return the address that a person means: https where no scheme is given; None for what is no address."""
    bare = text.strip(AROUND)
    if "\\" not in bare and normalise_url(bare) and _port_fits(bare):
        return USERINFO.sub("", bare)
    found = BEGINNING.match(bare)
    if found is None:
        bare = bare.translate(WIDE)
        found = BEGINNING.match(bare)
    if found is None:
        return None
    host = found["host"].translate(WIDE)
    if not found["scheme"] and not LOCAL.fullmatch(host) and not SUFFIXES(host).suffix:  # page.html is a file
        return None
    scheme = likeliest(found["scheme"], SCHEMES) if found["scheme"] else "https"
    path = WIDE_DOT.sub(".", bare[found.end() :].replace("\\", "/").replace("／", "/", 1))
    address = f"{scheme}://{host}{(found['port'] or '').translate(WIDE)}{path}"
    return address if scheme and normalise_url(address) and _port_fits(address) else None


def why_no_address(text: str) -> str:
    """Return what to do about a text that is no address, as the end of a sentence; empty where nothing more is known."""
    if within := WITHIN.search(text):
        return "; the port is a number from 1 to 65535" if within[0] == text else f"; did you mean {within[0]!r}?"
    scheme = text.partition(":")[0]
    if "://" in text:
        return f"; only http:// and https:// can be archived, not {scheme}://"
    if SAVED_PAGE.search(text):
        return f"; a saved page is read by: scrapy extract {text} --url ADDRESS"
    return ""


def words_of(text: str) -> list[str]:
    """Return the words of a list, however they are parted: `a,b`, `a，b`, `a、b`."""
    return [word for word in (part.strip(AROUND) for part in SEVERAL.split(text)) if word]


def plain(text: str) -> str:
    """Return a word, a number or a day in plain characters: `２０２４` is `2024`."""
    return unicodedata.normalize("NFKC", text).strip(AROUND)


def day_meant(text: str) -> str:
    """Return "; did you mean 2024-09-01?" for a day in another form, else the empty text."""
    found = DAY_PARTS.fullmatch(plain(text))
    return f"; did you mean {found[1]}-{int(found[2]):02}-{int(found[3]):02}?" if found else ""


def _port_fits(address: str) -> bool:
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False
