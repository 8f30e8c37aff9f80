"""URLs: the one spelling we compare, the document id made of it, the spelling that is requested, and the scope of a site.

Scope is decided on what will be requested, as WHATWG URL has it, so that no two parsers see two hosts. Spellings that belong to one CMS
(`…content.jsp?…wbnewsid=N`) are known to `pages.families`; `families.canonical_url` applies both.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

from ada_url import join_url, normalize_url
from tldextract import TLDExtract
from w3lib.url import safe_url_string

from crawler.items import Site

SUFFIXES = TLDExtract(suffix_list_urls=(), cache_dir=None)  # the Public Suffix List of the package: asks nobody
DEFAULT_PORTS = {"http": ":80", "https": ":443"}
# Parameters that name a reader, a session or a campaign, never a page (WHATWG has no list; these were seen on university and portal sites).
TRACKING = re.compile(
    r"^(utm_\w+|spm|gclid|fbclid|jsessionid|phpsessid|aspsessionid\w*|_?timestamp|tdsourcetag|share_\w+)(=|$)",
    re.IGNORECASE,
)
# The second form is that of ASP.NET without cookies: /(S(lit3py55t21z5v55vlm25s55))/list.aspx.
SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*|/\((?:[A-Z]\([\w-]{1,200}\)){1,3}\)(?=/)", re.IGNORECASE)
UNSAFE = re.compile(r'[\x00-\x20"<>\x7f\ue000-\uf8ff]')  # private use: extraction lets it stand for marks of its own
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")  # RFC 3986, 3.1
PLAIN = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/|$)")
# What `normalise_url` and, with a query, `requested_url` leave as it is, as most addresses of a site are: known at a fifteenth of the time.
CLEAN = r"https?://(?!(?:[^/]*\.)?xn--)(?:(?!-)[a-z0-9-]++(?<!-)\.)++[a-z]{2,20}(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*+)++/?"
NORMAL, ASKED = re.compile(CLEAN), re.compile(rf"{CLEAN}(?:\?[A-Za-z0-9=&_.-]++)?")
POSTED = "__wb_method=POST&"
DOUBLE_SLASH = re.compile(r"/{2,}")
USERINFO = re.compile(r"(?<=://)[^/?#@]*@")
NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# Endings that are never a page with links or an article; what is behind them is media, code or an archive of files.
NOT_A_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|bmp|webp|svg|ico|tiff?|css|js|json|woff2?|ttf|eot|mp[34]|m4[av]|wav|wma|wmv|avi|flv|f4v|mov|rmvb?|mkv|swf|"
    r"pdf|docx?|xlsx?|pptx?|wps|et|dps|ofd|txt|csv|rtf|zip|rar|7z|gz|tar|exe|apk|dmg|iso|msi|cer|crt)$",
    re.IGNORECASE,
)


@lru_cache(maxsize=65_536)
def normalise_url(url: str) -> str | None:
    """Return one spelling of an absolute http(s) URL, or None for anything else.

    Scheme and host in lower case, no default port, no fragment, "/" for an empty path, one slash for several, no session or tracking
    parameters, non-ASCII percent-encoded as UTF-8 (RFC 3986; WHATWG URL). The order of parameters is kept: some servers need it.
    Idempotent.
    """
    if NORMAL.fullmatch(url):
        return url
    try:
        parts = urlsplit(safe_url_string(url.strip(), encoding="utf-8"))
        host = parts.netloc.rpartition("@")[2].lower()
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in DEFAULT_PORTS or not host:
        return None
    host = host.removesuffix(DEFAULT_PORTS[parts.scheme]).rstrip(".")
    path = DOUBLE_SLASH.sub("/", SESSION_IN_PATH.sub("", parts.path)) or "/"
    query = "&".join(pair for pair in parts.query.split("&") if pair and not TRACKING.match(pair))
    return f"{parts.scheme}://{host}{path}{'?' + query if query else ''}"


@lru_cache(maxsize=65_536)
def requested_url(href: str, base: str = "", encoding: str = "utf-8") -> str | None:
    """Return the spelling in which a link on the page `base` is requested, or None if that is no http(s) URL.

    As a browser has it (WHATWG URL): a backslash is a slash, the host is what is looked up (IDNA, an IPv4 address of any notation as four
    numbers), what is not ASCII is UTF-8 in the path and the encoding of the page in the query. Without fragment, user and password; a body
    (`posted`) stays as it is. Idempotent.
    """
    if ASKED.fullmatch(href) and POSTED not in href:
        return href
    address, body = posted(href)
    address, _, query = address.partition("#")[0].partition("?")
    if query:
        address = f"{address}?{NOT_ASCII.sub(lambda found: _in_query(found[0], encoding), query)}"
    try:
        joined = join_url(base, address) if base else normalize_url(address)
        url = safe_url_string(USERINFO.sub("", joined)).partition("#")[0]
    except (ValueError, UnicodeError):
        return None
    if not url.startswith(("http://", "https://")):
        return None
    return url if body is None else with_body(url, body)


def _in_query(text: str, encoding: str) -> str:
    """Return what is not ASCII percent-encoded; a letter that the encoding has not, as a reference to it (WHATWG Encoding, 8.2)."""
    return "".join(
        quote(coded) if (coded := _coded(letter, encoding)) else f"%26%23{ord(letter)}%3B" for letter in text
    )


def _coded(letter: str, encoding: str) -> bytes | None:
    try:
        return letter.encode("utf-8" if encoding.startswith("utf") else encoding)
    except UnicodeError:
        return None


def absolute_url(base: str, href: str) -> str | None:
    """Return `href` as a browser on the page `base` would request it, or None if that is no http(s) URL.

    White space, quotation marks and angle brackets are percent-encoded (WHATWG URL, 1.3): no address ends a tag or a Markdown link.
    """
    url = _joined(base, href)
    return UNSAFE.sub(lambda match: quote(match[0]), url) if url and UNSAFE.search(url) else url


def _joined(base: str, href: str) -> str | None:
    href = href.strip().replace("\n", "").replace("\r", "").replace("\t", "")
    if not href or href[0] == "#":
        return None
    if (scheme := SCHEME.match(href)) and scheme[1].lower() not in DEFAULT_PORTS:  # javascript:, mailto:, tel:, data:
        return None
    if PLAIN.match(href) and "/." not in href:  # what urljoin would answer, five times as fast
        return href
    try:
        if href[0] == "/" and not href.startswith("//") and "/." not in href:
            return _origin(base) + href
        return urljoin(base, href)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def document_id(url: str) -> str:
    """Return the id of the document with this canonical URL: 32 hex digits, the MD5 the older mirrors used."""
    return hashlib.md5(url.encode(), usedforsecurity=False).hexdigest()


@lru_cache(maxsize=16_384)
def host_of(url: str) -> str:
    """Return "host" or "host:port" of a URL, in lower case, without a default port; "" if it has none that can be one."""
    if ASKED.fullmatch(url):
        return url.split("/", 3)[2]
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.netloc.rpartition("@")[2].lower().removesuffix(DEFAULT_PORTS.get(parts.scheme, ":"))


def in_scope(url: str, site: Site) -> bool:
    """Return whether a URL may be fetched for a site: http(s), and on exactly one of its hosts, as it will be requested."""
    return host_of(requested_url(url) or "") in site.hosts


def media_in_scope(url: str, site: Site) -> bool:
    """Return whether a picture or attachment may be fetched for a site: on its hosts, its media hosts, or elsewhere under its own domain.

    `news.sicau.edu.cn` and `img.sicau.edu.cn` are under one domain; a host without a registered domain (an address) is under none.
    """
    if in_scope(url, site):
        return True
    host = host_of(requested_url(url) or "")
    domain = domain_of(host)
    return host in site.media_hosts or (domain is not None and domain in map(domain_of, site.hosts))


@lru_cache(maxsize=4096)
def domain_of(host: str) -> str | None:
    """Return the registered domain of a host, with or without port; None for an address or a name that has none."""
    return SUFFIXES(host.partition(":")[0]).top_domain_under_public_suffix or None


def is_page(url: str) -> bool:
    """Return whether a URL may lead to a page, judged by the ending of its path."""
    return not NOT_A_PAGE.search(urlsplit(url).path)


def with_host(url: str, host: str) -> str:
    """Return the URL on another host."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{host}/{rest.partition('/')[2]}"


def former_origins(site: Site) -> Iterator[tuple[str, str]]:
    """Yield (old, new) origins of the links a site may have from before: on hosts it left, and under its other scheme."""
    other = "http" if site.scheme == "https" else "https"
    for host in site.hosts:
        yield f"{other}://{host}/", f"{site.scheme}://{host}/"
    for host in site.moved_from:
        for scheme in ("http", "https"):
            yield f"{scheme}://{host}/", f"{site.scheme}://{site.hosts[0]}/"


def on_own_host(url: str, site: Site) -> str:
    """Return a URL of a host that the site left as it is on the site's own host; any other one as it is."""
    return with_host(url, site.hosts[0]) if site.moved_from and host_of(url) in site.moved_from else url


def are_spellings(url: str, other: str) -> bool:
    """Return whether two addresses are alike enough to be those of one page, if that shows the same under both.

    They differ in the case of letters, or one has parameters that the other has not.
    """
    (path, _, query), (other_path, _, other_query) = url.lower().partition("?"), other.lower().partition("?")
    pairs, others = set(query.split("&")) - {""}, set(other_query.split("&")) - {""}
    return path == other_path and (pairs <= others or others <= pairs)


def with_scheme(url: str, scheme: str) -> str:
    """Return the URL under another scheme: http and https are one page, spelled as the site's file says."""
    return scheme + url[url.index(":") :]


def posted(url: str) -> tuple[str, str | None]:
    """Return the address and the body of a request whose key is this URL; None as the body where it is asked for by GET.

    A request by POST is known by its address with its body appended, as pywb and CDXJ indexes key it:
    `…?queryObj=articles&__wb_method=POST&siteId=27`.
    """
    address, mark, body = url.partition(POSTED)
    return (address[:-1], body.partition("#")[0]) if mark else (url, None)


def with_body(url: str, body: str) -> str:
    """Return the key of a request by POST: the inverse of `posted`."""
    return f"{url}{'&' if '?' in url else '?'}{POSTED}{body}"
