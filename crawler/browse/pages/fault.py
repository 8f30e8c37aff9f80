"""The page that stands in for one that cannot be shown: what did not work, without a traceback; for programs the same as JSON."""

import logging
import sqlite3
from typing import Any

from datasette.utils.asgi import Base400, Forbidden, NotFound
from datasette.views.base import DatasetteError

from crawler.browse.frame import Response, language_of, rendered
from crawler.browse.language import Language

LOG = logging.getLogger(__name__)
FOR_PROGRAMS = (".json", ".jsono", ".csv", ".atom")


async def page(datasette: Any, request: Any, exception: Exception) -> Any:
    """Answer with the status that fits; what nobody foresaw is logged with its traceback."""
    status, message = _told(exception, language_of(request))
    if status == 500:
        LOG.error("%s: %s", request.path, exception, exc_info=exception)
    if request.path.endswith(FOR_PROGRAMS):
        return Response.json({"ok": False, "error": message, "status": status, "title": None}, status=status)
    values = {"status": status, "error": message, "title": getattr(exception, "title", None)}
    return await rendered(datasette, request, "error.html", values, status=status)


def _told(exception: Exception, language: Language) -> tuple[int, str]:
    """Return the status and what a person is told."""
    _, said = language.gettext, str(exception.args[0]) if exception.args else ""
    if isinstance(exception, NotFound):
        return 404, "" if said == "404" else said
    if isinstance(exception, Forbidden):
        return 403, _("This is switched off here.")
    if isinstance(exception, DatasetteError):
        return exception.status or 500, str(exception.message)
    if isinstance(exception, Base400):
        return exception.status, said
    if isinstance(exception, sqlite3.OperationalError) and "interrupted" in said:
        return 503, _("The catalog took too long to answer. Ask for less at a time.")
    return 500, _("The server made a mistake, and wrote it down.")
