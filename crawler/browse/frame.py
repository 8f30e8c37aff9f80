"""What every page of the reading room does alike: ask the catalog within a time limit, fill a template in the reader's language, and say
what did not work.
"""

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from datasette import Forbidden, NotFound, Response
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError
from sqlite_utils import Database

from crawler.archive.corrections import Correction
from crawler.browse.holdings import known_corrections
from crawler.browse.language import LANGUAGE, NAMES, Language, language
from crawler.errors import UnreachableError

LOG = logging.getLogger(__name__)
FOR_PROGRAMS = (".json", ".jsono", ".csv", ".atom")
Value = TypeVar("Value")


async def read(datasette: Any, question: Callable[[Database], Value]) -> Value:
    """Return the answer of a function that takes the catalog, asked in a thread, read-only; sqlite3.OperationalError after LIMIT_MS."""
    answer: Value = await datasette.shelf.read(question)
    return answer


def archive_of(datasette: Any) -> Path:
    """Return the folder of the archive."""
    root: Path = datasette.shelf.root
    return root


def corrections_of(datasette: Any) -> Mapping[str, Sequence[Correction]]:
    """Return the operator's corrections by document."""
    return known_corrections(archive_of(datasette))


def base_of(request: Any) -> str:
    """Return how the reader reached the room, without a slash at the end."""
    return f"{request.scheme}://{request.host}"


async def rendered(
    datasette: Any,
    request: Any,
    template: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a page: a template of ours filled with values."""
    body = await datasette.render_template(template, dict(values), request=request)
    return Response.html(body, status=status, headers=headers)


def language_of(request: Any) -> Language:
    """Return the language of the reader; English where there is no request."""
    return language(request.scope.get(LANGUAGE, "en") if request else "en")


def variables(request: Any) -> dict[str, object]:
    """Return what every template can use: `_`, `ngettext`, `language`, and where the same page stands in the other languages."""
    chosen = language_of(request)
    return {
        "_": chosen.gettext,
        "gettext": chosen.gettext,
        "ngettext": chosen.ngettext,
        "language": chosen,
        "named": chosen.named,
        "languages": [(code, name, _same_page(request, code)) for code, name in NAMES.items() if code != chosen.code],
        "here": request.path if request else "/",
    }


async def fault(datasette: Any, request: Any, exception: Exception) -> Any:
    """Answer in place of a page that cannot be shown, without a traceback, with the status that fits; for programs the same as JSON.

    What nobody foresaw is logged with its traceback.
    """
    status, message = _told(exception, language_of(request))
    if status == 500:
        LOG.error("%s: %s", request.path, exception, exc_info=exception)
    if request.path.endswith(FOR_PROGRAMS):
        return Response.json({"ok": False, "error": message, "status": status, "title": None}, status=status)
    values = {"status": status, "error": message, "title": getattr(exception, "title", None)}
    return await rendered(datasette, request, "error.html", values, status=status)


def _same_page(request: Any, code: str) -> str:
    if request is None:
        return f"/?lang={code}"
    asked = [(name, value) for name in request.args for value in request.args.getlist(name)]
    path = "/" + request.scope.get("raw_path", request.path.encode()).decode("latin-1").partition("?")[0].lstrip("/")
    return f"{path}?{urlencode([*asked, ('lang', code)])}"


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
    if isinstance(exception, QueryInterrupted) or (
        isinstance(exception, sqlite3.OperationalError) and "interrupted" in said
    ):
        return 503, _("The catalog took too long to answer. Ask for less at a time.")
    if isinstance(exception, UnreachableError):
        return 503, _("What holds this archive does not answer. Try again later.")
    if isinstance(exception, MemoryError) or "too big" in said:
        return 400, _("This takes more memory than one question may. Ask for less at a time.")
    return 500, _("The server made a mistake, and wrote it down.")
