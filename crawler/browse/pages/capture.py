"""The evidence of a visit: what was sent and received, as text; and the page as it was, where it can do nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import NotFound, Response

from crawler.browse.frame import LOG, base_of, language_of, read, rendered
from crawler.browse.memento import headers as memento_headers
from crawler.catalog.queries import captures
from crawler.errors import CrawlerError, UnreachableError
from crawler.items import Capture
from crawler.pages.extraction.encoding import decode
from crawler.warc import capture_at, record_at

MOST = 400_000  # characters of a source that are shown; the record has all
# No script, no form, no network: not even a picture. What a page brings as styles of its own may colour it.
LOCKED = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCapture:
    """A visit and its capture, or why that cannot be shown."""

    visit: dict[str, Any]
    headers: Sequence[tuple[str, str]] = ()  # of the answer
    capture: Capture | None = None  # of a revisit the one that it refers to
    kept: dict[str, Any] | None = None  # the visit of that
    problem: str | None = None


async def page(datasette: Any, request: Any) -> Any:
    """Answer with headers and source of a capture."""
    seen = await _find(datasette, request)
    source = _text(seen.capture) if seen.capture else ""
    values = {"visit": seen.visit, "seen": seen, "source": source[:MOST], "is_cut": len(source) > MOST}
    told = memento_headers(base_of(request), seen.visit["url"], seen.visit["fetched"])
    return await rendered(datasette, request, "capture.html", values, headers=told)


async def raw(datasette: Any, request: Any) -> Any:
    """Answer with the page itself, in a sandbox."""
    seen = await _find(datasette, request)
    if seen.capture is None:
        raise NotFound(seen.problem or "there is no capture")
    told = memento_headers(base_of(request), seen.visit["url"], seen.visit["fetched"])
    headers = {"content-security-policy": LOCKED, **told}
    return Response(_text(seen.capture), content_type="text/html; charset=utf-8", headers=headers)


async def _find(datasette: Any, request: Any) -> ShownCapture:
    """Return the visit that an address names; NotFound for an unknown one, and for one of a withheld document."""
    number, _ = int(request.url_vars["visit"]), language_of(request).gettext

    visit = await read(datasette, lambda db: captures.of_visit(db, number))
    if visit is None:
        raise NotFound(f"{number}: no such visit in this archive")
    if visit["warc"] is None:
        return ShownCapture(visit=visit, problem=_("There is no evidence of this visit."))
    try:
        file, offset = await datasette.shelf.record(visit["warc"], visit["warc_offset"])
        record = record_at(file, offset)
        if record.kind == "metadata":
            return ShownCapture(visit=visit, problem=_("Nothing was received."))
        if record.kind != "revisit" or record.exchange is None:
            capture = capture_at(file, offset, visit["url"])
            return ShownCapture(visit=visit, headers=capture.headers, capture=capture)
        sought = (record.refers_to or "", {visit["url"], record.refers_to_url})
        kept = await read(datasette, lambda db: captures.holding(db, *sought))
        body = None
        if kept:
            file, offset = await datasette.shelf.record(kept["warc"], kept["warc_offset"])
            body = capture_at(file, offset, visit["url"])
        return ShownCapture(
            visit=visit,
            headers=record.exchange.headers,
            capture=body,
            kept=kept,
            problem=None if body else _("The capture that holds the page is not here."),
        )
    except UnreachableError:
        raise
    except (CrawlerError, OSError) as error:
        LOG.error("%s", error)
        return ShownCapture(visit=visit, problem=_("The record cannot be read; scrapy verify tells why."))


def _text(capture: Capture) -> str:
    content_type = next((value for name, value in capture.headers if name.lower() == "content-type"), None)
    return decode(capture.body, content_type)[0]
