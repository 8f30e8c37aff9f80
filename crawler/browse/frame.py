"""What every page of the reading room does alike: ask the catalog within a time limit, and fill a template in the reader's language."""

import sqlite3
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from datasette import NotFound, Response
from datasette.utils import sqlite_timelimit
from sqlite_utils import Database

from crawler.browse.headers import LANGUAGE
from crawler.browse.language import NAMES, Language, language
from crawler.browse.words import named

CATALOG = "catalog"  # Datasette's name for catalog.db
LIMIT_MS = 3000  # for what one page asks; the bar is a tenth of it
Value = TypeVar("Value")

__all__ = ["NotFound", "Response", "language_of", "read", "rendered", "variables"]


async def read(datasette: Any, question: Callable[[Database], Value]) -> Value:
    """Return the answer of a function that takes the catalog, asked in a thread, read-only; sqlite3.OperationalError after LIMIT_MS."""

    def ask(connection: sqlite3.Connection) -> Value:
        factory, connection.row_factory = connection.row_factory, None  # plain tuples, as our functions expect
        try:
            with sqlite_timelimit(connection, LIMIT_MS):
                return question(Database(connection, execute_plugins=False))
        finally:
            connection.row_factory = factory

    answer: Value = await datasette.get_database(CATALOG).execute_fn(ask)
    return answer


def archive_of(datasette: Any) -> Path:
    """Return the folder of the archive."""
    return Path(datasette.get_database(CATALOG).path).parent


async def rendered(
    datasette: Any, request: Any, template: str, values: Mapping[str, object], *, status: int = 200
) -> Response:
    """Return a page: a template of ours filled with values."""
    return Response.html(await datasette.render_template(template, dict(values), request=request), status=status)


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
        "named": partial(named, language=chosen),
        "languages": [(code, name, _same_page(request, code)) for code, name in NAMES.items() if code != chosen.code],
        "here": request.path if request else "/",
    }


def _same_page(request: Any, code: str) -> str:
    if request is None:
        return f"/?lang={code}"
    asked = [(name, value) for name in request.args for value in request.args.getlist(name)]
    path = "/" + request.scope.get("raw_path", request.path.encode()).decode("latin-1").partition("?")[0].lstrip("/")
    return f"{path}?{urlencode([*asked, ('lang', code)])}"
