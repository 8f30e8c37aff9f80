"""One article: as it reads, who made it, what is known of it and how, its versions, its copies, and what stands beside it."""

from typing import Any

from datasette.utils.asgi import NotFound, Response
from sqlite_utils import Database

from crawler.archive import load
from crawler.browse.difference import sides
from crawler.browse.frame import archive_of, language_of, read, rendered
from crawler.browse.prose import prose
from crawler.catalog.queries.dossier import Dossier, Row, dossier, tombstone

GONE = 410  # withheld: it was here, and is not to be had (RFC 9110, 15.5.11)
MARKDOWN = "text/markdown; charset=utf-8"


async def page(datasette: Any, request: Any) -> Any:
    """Answer with a document, or that it is withheld."""
    found = await find(datasette, request)
    if not isinstance(found, Dossier):
        return found
    document = found.document
    if document["first_id"]:
        return Response.redirect(f"/article/{document['first_id']}")
    values = {
        "found": found,
        "document": document,
        "html": prose_of(datasette, request, document["path"]),
        "attachments": [{**row, "link": web(row["url"])} for row in found.media if row["kind"] != "image"],
        "unkept": [row for row in found.media if row["path"] is None],
        "versions": [row for row in found.versions if row["version"] != document["version"]],
        "evidence": next((row for row in found.versions if row["version"] == document["version"]), None),
        "changes": [{**row, "sides": sides(row["diff"])} for row in found.changes],
    }
    return await rendered(datasette, request, "article.html", values)


def web(url: str) -> str | None:
    """Return an address that a link may lead to, None for one that a page only pretended to be one."""
    return url if url.startswith(("http://", "https://")) else None


async def version(datasette: Any, request: Any) -> Any:
    """Answer with an older version of a document, as it read."""
    found = await find(datasette, request)
    if not isinstance(found, Dossier):
        return found
    number = int(request.url_vars["version"])
    held = next((row for row in found.versions if row["version"] == number), None)
    if held is None or held["path"] is None:
        raise NotFound(f"version {number}: this article has none of that number")
    values = {"document": found.document, "held": held, "html": prose_of(datasette, request, held["path"])}
    return await rendered(datasette, request, "version.html", values)


async def download(datasette: Any, request: Any) -> Any:
    """Answer with the Markdown file of a document."""
    found = await find(datasette, request)
    if not isinstance(found, Dossier):
        return found
    path = found.document["path"]
    file = archive_of(datasette) / path if path else None
    if file is None or not file.is_file():
        raise NotFound("this article has no file of its own")
    headers = {"content-disposition": f'attachment; filename="{found.document["id"]}.md"'}
    return Response(file.read_bytes(), content_type=MARKDOWN, headers=headers)


async def find(datasette: Any, request: Any) -> Any:
    """Return the dossier that an address names, or the answer that it is withheld. NotFound for an unknown one."""
    name = request.url_vars["id"]

    def ask(db: Database) -> tuple[Row | None, Dossier | None]:
        return tombstone(db, name), dossier(db, name)

    withheld, found = await read(datasette, ask)
    if withheld is not None:
        return await rendered(datasette, request, "withheld.html", {"withheld": withheld}, status=GONE)
    if found is None:
        raise NotFound(f"{name}: no such article in this archive")
    return found


def prose_of(datasette: Any, request: Any, path: str | None) -> str | None:
    """Return the safe HTML of a Markdown file, None where it cannot be read: what is wrong, `scrapy verify` tells."""
    try:
        _, content = load((archive_of(datasette) / (path or "")).read_bytes())
    except (OSError, ValueError):
        return None
    return prose(content, missing=language_of(request).gettext("Picture not kept"))
