"""What our reading room plugs into Datasette: pages, words in the reader's language, headers, and Chinese words in the search box."""

import re
import sqlite3
from collections.abc import Callable, Generator
from typing import Any

from datasette import Forbidden, hookimpl
from jinja2 import Environment

from crawler.browse.frame import fault, variables
from crawler.browse.headers import App, guarded
from crawler.browse.language import Language
from crawler.browse.pages import Page
from crawler.catalog.limits import limit
from crawler.catalog.tokens import query

STYLE = re.compile(r"\sstyle=\"[^\"<>]*\"")  # texts of the archive are escaped: a quotation mark is one of the template
ARROWS = re.compile(r"(&nbsp;|\xa0)([▲▼])(?=</a>)")  # Datasette's point down where the smallest stands on top
ROWS = re.compile(r"<h3>([\d,]{1,15}) rows?(?=\s)")
HEADS = re.compile(r"(</?)h3>")  # they follow upon an h1
FIELDS = re.compile(
    r"<(select|input type=\"text\"|textarea)(?=[^>]*\sname=\"(_filter_column|_filter_op|_filter_value|_sort|sql)(?:_\d+)?\")"
)


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]  # after Datasette's own function of that name, to take its place
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Set our limits, and make `escape_fts`, through which Datasette passes every `?_search=`, our query."""
    limit(conn)
    conn.create_function("escape_fts", 1, query, deterministic=True)


@hookimpl  # type: ignore[untyped-decorator]
def register_routes(datasette: Any) -> list[tuple[str, Page]]:
    """Give Datasette our pages."""
    return list(datasette.pages)


@hookimpl  # type: ignore[untyped-decorator]
def extra_template_vars(datasette: Any, request: Any) -> dict[str, object]:
    """Give every template, Datasette's too, our words, and whether readers can keep collections, and which pages there are."""
    return {**variables(request), "keeps": datasette.collections is not None, "offers": datasette.offers}


@hookimpl  # type: ignore[untyped-decorator]
def prepare_jinja2_environment(env: Environment) -> None:
    """Give our templates what they make of Datasette's."""
    env.filters["fitting"] = fitting


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper() -> Callable[[App], App]:
    """Put our headers around everything."""
    return guarded


@hookimpl  # type: ignore[untyped-decorator]
def skip_csrf(scope: Any) -> bool:
    """Leave forms of collections to their page: Datasette lets one without a cookie through, and refuses others in English."""
    return bool(scope["path"].startswith("/collections"))


@hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator]  # in the place of Datasette's, which also prints every local variable
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Generator[None, Any, None]:
    """Say in the reader's language what did not work."""
    outcome = yield
    outcome.force_result([fault(datasette, request, exception)])


@hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
def forbidden(datasette: Any, request: Any, message: str) -> Any:
    """Say in the reader's language what is switched off."""
    return fault(datasette, request, Forbidden(message))


def fitting(markup: str, language: Language) -> str:
    """Return the markup of one of Datasette's templates as our policy and readers need it: no inline styles, a name for every field."""
    _, markup = language.gettext, str(markup)
    names = {
        "_filter_column": _("Column"),
        "_filter_op": _("Condition"),
        "_filter_value": _("Value"),
        "_sort": _("Sort by"),
        "sql": _("SQL query"),
    }
    for place, english, said in _phrases(language):
        markup = markup.replace(place.format(english), place.format(said))
    markup = ROWS.sub(lambda found: f"<h2>{_rows(language, found[1])}", markup)
    markup = HEADS.sub(r"\1h2>", markup)
    markup = ARROWS.sub(lambda found: f"{found[1]}{'▲' if found[2] == '▼' else '▼'}", markup)
    return FIELDS.sub(lambda found: f'<{found[1]} aria-label="{names[found[2]]}"', STYLE.sub("", str(markup)))


def _rows(language: Language, number: str) -> str:
    return language.ngettext("%(num)s row", "%(num)s rows", int(number.replace(",", "")))


def _phrases(language: Language) -> list[tuple[str, str, str]]:
    """Return what stands in Datasette's templates: its place, with a tag that no text of the archive can have, its words, and ours."""
    _ = language.gettext
    return [
        ("{}</h1>", " (view)", ""),
        (">{}</label>", "Search:", _("Search")),
        (">{}</option>", "- column -", _("Column")),
        (">{}</option>", "- remove filter -", _("Remove the filter")),
        ('value="{}"', "Apply", _("Filter")),
        (">{}</span>", "View and edit SQL", _("View and edit the SQL")),
        ('export-links">{}', "This data as", _("The same as:")),
        ("<p>{} <a", "This data as", _("The same as:")),
        ('<a href="#export">{}</a>', "advanced", _("more")),
        (">{}</a></p>", "Next page", _("Next page")),
        ("<h3>{}</h3>", "Advanced export", _("Take along")),
        ("<p>{}", "JSON shape:", "JSON:"),
        ('name="_dl"> {}', "download file", _("as a file")),
        ('name="_labels" checked> {}', "expand labels", _("with names")),
        ('name="_stream"> {}', "stream all rows", _("all rows")),
        ('value="{}"', "Export CSV", _("Take along")),
        ("<h2>{}</h2>", "Links from other tables", _("In other tables")),
        ("<h3>{}", "Custom SQL query", _("A query of your own")),
        ('value="{}"', "Run SQL", _("Run it")),
    ]
