"""Redirects: followed inside the site's hosts (of media: where media may come from), up to REDIRECT_MAX_TIMES hops.

A robots.txt may be redirected anywhere (RFC 9309, 2.3.1.2); everything else that leaves the site ends its visit.
"""

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.urls import in_scope, media_in_scope


class OutOfScope(IgnoreRequest):
    """A redirect leads off the site's hosts."""

    def __init__(self, url: str, target: str) -> None:
        super().__init__(f"{url} redirects to {target}, off the site's hosts")
        self.url, self.target = url, target


class TooManyRedirects(IgnoreRequest):
    """A redirect after the last one that is followed."""

    def __init__(self, url: str, hops: int) -> None:
        super().__init__(f"{url} redirects again after {hops} redirects")
        self.url, self.hops = url, hops


class ScopedRedirect(RedirectMiddleware):
    """Scrapy's redirect middleware, with its two ways to end a visit told apart."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return the redirected request, or the response if it is no redirect."""
        try:
            result = super().process_response(request, response)
        except IgnoreRequest as error:  # the only one it raises: the limit
            raise TooManyRedirects(request.url, self.max_redirect_times) from error
        site = request.meta.get("site")
        is_allowed = media_in_scope if request.meta.get("is_medium") else in_scope
        if isinstance(result, Request) and site and not request.meta.get("robots") and not is_allowed(result.url, site):
            raise OutOfScope(request.url, result.url)
        return result
