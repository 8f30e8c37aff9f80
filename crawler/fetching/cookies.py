"""Cookies of one redirect chain: what a 3xx sets goes back to the host that set it, on the hops after it, and is then forgotten (RFC 6265).

Domain, path, secure and expiry are judged by the standard library's policy. A chain is a value in `request.meta`: no page knows the cookies of
another. What is sent stands in the record of its request.
"""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

MOST_COOKIES = 50  # of one host (RFC 6265, 6.1)
MOST_BYTES = 4096  # of one cookie, with its name and attributes
NONE: Mapping[str, CookieJar] = MappingProxyType({})


def carry_on(request: Request, response: Response, redirected: Request) -> Request:
    """Return the next request of a chain with the cookies that its host set on the way."""
    host = urlsplit(request.url).hostname or ""
    chain: dict[str, CookieJar] = {**request.meta.get("cookies_of_chain", NONE)}
    if any(len(value) <= MOST_BYTES for value in response.headers.getlist("Set-Cookie")):
        chain[host] = _learnt(chain.get(host), request, response)
    redirected.meta["cookies_of_chain"] = chain
    redirected.headers.pop("Cookie", None)
    if jar := chain.get(urlsplit(redirected.url).hostname or ""):
        jar.add_cookie_header(redirected)
    return redirected


def _learnt(before: CookieJar | None, request: Request, response: Response) -> CookieJar:
    """Return a jar with the cookies of before, and those that an answer sets."""
    jar = CookieJar()
    small = response.copy()
    small.headers.setlist(
        "Set-Cookie",
        [value for value in response.headers.getlist("Set-Cookie") if len(value) <= MOST_BYTES][:MOST_COOKIES],
    )
    for cookie in before or ():
        jar.set_cookie(cookie)
    jar.extract_cookies(small, request)
    return jar
