"""Scope: what may be requested for a site, of every request and every hop; and redirects, followed inside of it up to REDIRECT_MAX_TIMES,
or until they come back to where they were.

Of media it is where media may come from. A robots.txt may be redirected anywhere (RFC 9309, 2.3.1.2); everything else that leaves the site
ends its visit.
"""

import re
from urllib.parse import quote, urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.fetching.cookies import carry_on
from crawler.urls import host_of, in_scope, media_in_scope, requested_url

# The host or the folder of a page where a reader has to say who they are.
SIGN_IN = re.compile(
    r"(?:^|[./_-])(?:cas|sso|login|log-?on|sign-?in|passport|auth(?:server|orize|entication)?|oauth2?|idp|uis)(?:[./_-]|$)",
    re.IGNORECASE,
)
ASCII = bytes(range(0x80)).decode("ascii")


class OutOfScope(IgnoreRequest):
    """A request leads off the site's hosts: a redirect, or an address that is another one when it is requested."""

    def __init__(self, url: str, target: str) -> None:
        leads = f"{url} redirects to {target}" if url != target else f"{url} leads to {requested_url(url)}"
        super().__init__(f"{leads}, off the site's hosts")
        self.url, self.target = url, target


class SignInElsewhere(OutOfScope):
    """A redirect off the site's hosts to where a reader has to sign in."""


class TooManyRedirects(IgnoreRequest):
    """A redirect after the last one that is followed."""

    def __init__(self, url: str, hops: int) -> None:
        super().__init__(f"{url} redirects again after {hops} redirects")
        self.url, self.hops = url, hops


class ScopedRedirect(RedirectMiddleware):
    """Scrapy's redirect middleware, with its two ways to end a visit told apart."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return the redirected request, or the response if it is no redirect."""
        location = response.headers.get("Location")
        target = requested_url(quote(location, safe=ASCII), request.url) if location is not None else None
        if target is None:
            return response
        try:
            result = super().process_response(request, response)
        except IgnoreRequest as error:  # the only one it raises: the limit
            raise TooManyRedirects(request.url, self.max_redirect_times) from error
        if not isinstance(result, Request):
            return result
        result = carry_on(request, response, result.replace(url=target))
        if not is_allowed(result):
            raise (SignInElsewhere if is_sign_in(target) else OutOfScope)(request.url, target)
        asked = (*request.meta.get("asked_in_chain", ()), _asked(request))
        if _asked(result) in asked:
            raise TooManyRedirects(request.url, len(asked) - 1)
        result.meta["asked_in_chain"] = asked
        return result


def is_sign_in(url: str) -> bool:
    """Return whether an address is that of a page to sign in."""
    parts = urlsplit(url)
    return bool(SIGN_IN.search(f"{parts.netloc}{parts.path}"))


def _asked(request: Request) -> tuple[str, str, bytes | None]:
    """Return what a server sees of a request: asked once more, it would redirect once more."""
    return request.method, request.url, request.headers.get("Cookie")


def is_allowed(request: Request) -> bool:
    """Return whether a request stays in the scope of its site, for every parser of its URL alike."""
    site = request.meta.get("site")
    if host_of(request.url) != host_of(requested_url(request.url) or ""):
        return False
    if site is None or request.meta.get("robots"):
        return True
    return media_in_scope(request.url, site) if request.meta.get("is_medium") else in_scope(request.url, site)
