"""The page that stands in for one that cannot be shown: what did not work, without a traceback."""

import logging
import sqlite3
from typing import Any

from datasette.utils.asgi import Base400, Forbidden, NotFound
from datasette.views.base import DatasetteError

from crawler.browse.frame import rendered, variables

LOG = logging.getLogger(__name__)


async def page(datasette: Any, request: Any, exception: Exception) -> Any:
    """Answer with the status that fits; what nobody foresaw is logged with its traceback."""
    _: Any = variables(request)["_"]
    if isinstance(exception, NotFound):
        status, message = 404, str(exception.args[0]) if exception.args else ""
    elif isinstance(exception, Forbidden):
        status, message = 403, _("This is switched off here.")
    elif isinstance(exception, DatasetteError):
        status, message = exception.status, str(exception.message)
    elif isinstance(exception, Base400):
        status, message = exception.status, str(exception.args[0]) if exception.args else ""
    elif isinstance(exception, sqlite3.OperationalError) and "interrupted" in str(exception):
        status, message = 503, _("The catalog took too long to answer. Ask for less at a time.")
    else:
        LOG.error("%s: %s", request.path, exception, exc_info=exception)
        status, message = 500, _("The server made a mistake, and wrote it down.")
    values = {"status": status, "error": message, "title": getattr(exception, "title", None)}
    return await rendered(datasette, request, "error.html", values, status=status)
