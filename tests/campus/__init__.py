"""A small invented university web on loopback, for `make demo` and the tests.

`with Campus() as campus: campus.url("vsb")`; what a crawl of it must find is `tests.campus.truth.CAMPUS`.
"""

from tests.campus.response import Response, busy, dropped, gzipped, page, redirect
from tests.campus.server import Campus, Request

__all__ = ["Campus", "Request", "Response", "busy", "dropped", "gzipped", "page", "redirect"]
