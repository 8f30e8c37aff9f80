"""One article: as it reads, who made it, what is known of it and how, its versions, its copies, what stands beside it, and its media."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from datasette.utils.asgi import AsgiFileDownload, NotFound, Response

from crawler.archive import load
from crawler.archive.corrections import corrected
from crawler.browse.frame import base_of, corrections_of, language_of, read, rendered
from crawler.browse.memento import headers as memento_headers
from crawler.browse.prose import prose
from crawler.catalog.queries.articles import DocumentDetails, details, medium, tombstone
from crawler.export.citation import apa, citation, coins, gbt7714, json_ld, meta

GONE = 410  # withheld: it was here, and is not to be had (RFC 9110, 15.5.11)
MARKDOWN = "text/markdown; charset=utf-8"
CONTEXT = 60  # characters of equal text on each side of a change
GAP = " … "
SHOWN = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/x-ms-bmp", "image/avif", "image/tiff"}
)
FOREVER = "public, max-age=31536000, immutable"  # a name is the digest of its content
LOCKED = "sandbox; default-src 'none'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of one side: equal on both, or only here."""

    text: str
    is_own: bool


async def page(datasette: Any, request: Any) -> Any:
    """Answer with a document, or that it is withheld."""
    found = await find(datasette, request)
    if not isinstance(found, DocumentDetails):
        return found
    if found.document["first_id"]:
        return Response.redirect(f"/article/{found.document['first_id']}")
    known = corrections_of(datasette).get(found.document["id"], ())
    document, people, corrections = corrected(found.document, found.people, known)
    found = replace(found, document=document, people=people)
    values = {
        "found": found,
        "document": document,
        "html": await _html(datasette, request, document["path"]),
        "attachments": [{**row, "link": web(row["url"])} for row in found.media if row["kind"] != "image"],
        "unkept": [row for row in found.media if row["path"] is None],
        "versions": [row for row in found.versions if row["version"] != document["version"]],
        "evidence": next((row for row in found.versions if row["version"] == document["version"]), None),
        "corrections": [(one, _in_words(before), _in_words(one.value)) for one, before in corrections],
        "changes": [{**row, "sides": sides(row["diff"])} for row in found.changes],
        **_cited(found, base_of(request)),
    }
    told = memento_headers(base_of(request), document["url"], document["lastmod"] or document["archived"])
    return await rendered(datasette, request, "article.html", values, headers=told)


def _cited(found: DocumentDetails, base: str) -> dict[str, object]:
    """Return how an article is cited, for people, and for what reads pages."""
    one = citation(found.document, found.people, base)
    return {
        "references": [("GB/T 7714", gbt7714(one)), ("APA", apa(one))],
        "permanent": one.place,
        "meta": meta(one),
        "coins": coins(one),
        "json_ld": json_ld(one),
    }


def _in_words(value: str | Mapping[str, Sequence[str]] | None) -> str | None:
    """Return a field as one text, people as the catalog has them in its changes."""
    if value is None or isinstance(value, str):
        return value
    return "; ".join(f"{role} {'、'.join(names)}" for role, names in value.items()) or None


def web(url: str) -> str | None:
    """Return an address that a link may lead to, None for one that a page only pretended to be one."""
    return url if url.startswith(("http://", "https://")) else None


async def version(datasette: Any, request: Any) -> Any:
    """Answer with an older version of a document, as it read."""
    found = await find(datasette, request)
    if not isinstance(found, DocumentDetails):
        return found
    number = int(request.url_vars["version"])
    held = next((row for row in found.versions if row["version"] == number), None)
    if held is None or held["path"] is None:
        raise NotFound(f"version {number}: this article has none of that number")
    values = {"document": found.document, "held": held, "html": await _html(datasette, request, held["path"])}
    told = memento_headers(base_of(request), found.document["url"], held["captured"])
    return await rendered(datasette, request, "version.html", values, headers=told)


async def download(datasette: Any, request: Any) -> Any:
    """Answer with the Markdown file of a document."""
    found = await find(datasette, request)
    if not isinstance(found, DocumentDetails):
        return found
    path = found.document["path"]
    file = await datasette.shelf.file(path) if path else None
    if file is None or not file.is_file():
        raise NotFound("this article has no file of its own")
    headers = {"content-disposition": f'attachment; filename="{found.document["id"]}.md"'}
    return Response(file.read_bytes(), content_type=MARKDOWN, headers=headers)


async def file(datasette: Any, request: Any) -> Any:
    """Answer with the content of a medium that the catalog knows: what cannot run anything is shown, everything else handed over as a file."""
    path = f"media/{request.url_vars['path']}"
    found = await read(datasette, lambda db: medium(db, path))
    there: Path = await datasette.shelf.file(path)
    if found is None or not there.is_file() or there.is_symlink():
        raise NotFound(f"{path}: not in this archive")
    media_type, name = found
    headers = {"content-security-policy": LOCKED, "cache-control": FOREVER}
    if media_type in SHOWN:
        return AsgiFileDownload(str(there), content_type=media_type, headers=headers)
    headers["content-disposition"] = f"attachment; filename*=UTF-8''{_encoded(name or there.name, there)}"
    return AsgiFileDownload(str(there), content_type="application/octet-stream", headers=headers)


async def find(datasette: Any, request: Any, name: str | None = None) -> Any:
    """Return the document that an address names, or another one, or the answer that it is withheld. NotFound for an unknown one."""
    name = name or str(request.url_vars["id"])
    withheld, found = await read(datasette, lambda db: (tombstone(db, name), details(db, name)))
    if withheld is not None:
        return await rendered(datasette, request, "withheld.html", {"withheld": withheld}, status=GONE)
    if found is None:
        raise NotFound(f"{name}: no such article in this archive")
    return found


async def _html(datasette: Any, request: Any, path: str | None) -> str | None:
    return prose_at(await datasette.shelf.file(path or ""), request, datasette.shelf.within)


def prose_at(file: Path, request: Any, within: str = "") -> str | None:
    """Return the safe HTML of a Markdown file, None where it cannot be read: what is wrong, `scrapy verify` tells."""
    try:
        _, content = load(file.read_bytes())
    except (OSError, ValueError):
        return None
    return prose(content, missing=language_of(request).gettext("Picture not kept"), within=within)


def sides(diff: Iterable[Sequence[str]]) -> tuple[list[Part], list[Part]]:
    """Return the older and the newer side of a difference [(sign, text), …]: = kept, - taken out, + put in."""
    pieces = [(sign, text) for sign, text in diff]
    before, after = [], []
    for place, (sign, text) in enumerate(pieces):
        if sign == "=":
            kept = Part(text=_shortened(text, is_first=place == 0, is_last=place == len(pieces) - 1), is_own=False)
            before.append(kept)
            after.append(kept)
        else:
            (before if sign == "-" else after).append(Part(text=text, is_own=True))
    return before, after


def _shortened(text: str, *, is_first: bool, is_last: bool) -> str:
    if len(text) <= 2 * CONTEXT + len(GAP):
        return text
    start = "" if is_first else text[:CONTEXT]
    end = "" if is_last else text[-CONTEXT:]
    return f"{start}{GAP}{end}"


def _encoded(name: str, file: Path) -> str:
    """Return a file name for a Content-Disposition field (RFC 8187), with the ending that its content has."""
    whole = name if name.lower().endswith(file.suffix) else f"{name}{file.suffix}"
    return quote(whole, safe="")
