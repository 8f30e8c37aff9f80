"""One article as it is cited, in the formats of those who write: `/article/<id>/cite.bib` and others."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from datasette.utils.asgi import Response
from sqlite_utils import Database

from crawler.browse.frame import base_of, read
from crawler.browse.pages.article import find
from crawler.catalog.queries.articles import DocumentDetails, exported
from crawler.export.citation import Citation, apa, bibtex, citation, csl_json, gbt7714, ris

Written = tuple[str, Callable[[Sequence[Citation]], str]]  # the media type, and what writes it


def in_words(citations: Sequence[Citation]) -> str:
    """Return references for people, a line each: as GB/T 7714 writes them, then as APA does."""
    return "".join(f"{style(one)}\n" for style in (gbt7714, apa) for one in citations)


FORMATS: Mapping[str, Written] = {
    "bib": ("application/x-bibtex; charset=utf-8", bibtex),
    "ris": ("application/x-research-info-systems; charset=utf-8", ris),
    "json": ("application/vnd.citationstyles.csl+json", csl_json),
    "txt": ("text/plain; charset=utf-8", in_words),
}


async def page(datasette: Any, request: Any) -> Any:
    """Answer with a citation, or that the article is withheld."""
    found = await find(datasette, request)
    if not isinstance(found, DocumentDetails):
        return found
    kind, name = request.url_vars["format"], found.document["id"]
    citations = await read(datasette, lambda db: cited(db, [name], base_of(request)))
    return answer(kind, citations, name)


def cited(db: Database, ids: Sequence[str], base: str | None) -> list[Citation]:
    """Return what is cited of documents, in this order, with the operator's corrections where they are laid over the catalog."""
    found = []
    for row, people, *_ in exported(db, ids):
        names: dict[str, list[str]] = {}
        for person in people:
            names.setdefault(person["role"], []).append(person["name"])
        found.append(citation(row, names, base))
    return found


def answer(kind: str, citations: Sequence[Citation], name: str) -> Response:
    """Return citations as a file of that name; what is for people is shown."""
    content_type, write = FORMATS[kind]
    handed = {} if kind == "txt" else {"content-disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(write(citations), content_type=content_type, headers=handed)
