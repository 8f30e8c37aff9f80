"""A reader's list of articles, which is kept in the address of its page alone, and what can be taken along of it."""

import asyncio
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import AsgiStream, Response
from sqlite_utils import Database

from crawler.browse import epub
from crawler.browse.frame import archive_of, base_of, language_of, read, rendered
from crawler.browse.packing import Download, Member
from crawler.browse.pages.article import prose_at
from crawler.browse.pages.citations import answer, cited
from crawler.catalog.collections import kept_in
from crawler.catalog.queries.articles import exported
from crawler.catalog.queries.finding import find
from crawler.catalog.queries.selection import Selection, select
from crawler.clock import utc_now
from crawler.export.citation import Citation, bibtex, gbt7714
from crawler.export.document import Job, write_lines
from crawler.urls import document_id

MOST = 200  # articles of a list in an address: an address of 7 kB, which servers and proxies take (nginx: 8 kB)
MOST_BYTES = 1_000_000_000  # of the files of a list
LARGEST = 64_000_000  # bytes of a file that is taken along; a ZIP member stands in memory while it is written
FOUND = 20  # hits offered to put on the list
BATCH = 20  # documents read at once
NAME = re.compile(r"[0-9a-f]{32}")
TOO_MUCH = f"The files of these articles have more than {MOST_BYTES // 1_000_000} MB. Take fewer articles at a time.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Included:
    """One article of a list, with the files that go along."""

    citation: Citation
    path: str | None  # of its Markdown
    files: Sequence[str]  # of its media
    left_out: Sequence[str]  # addresses of media that are not kept, or too large
    size: int  # bytes of media


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the list; where something is to be added, with the way to the longer list."""
    ids = ids_in(request.args.getlist("ids"))
    if added := (request.args.get("add") or "").strip():
        named = NAME.findall(added) or [document_id(word) for word in added.split()]
        return Response.redirect(_url(dict.fromkeys([*ids, *named])))
    words = (request.args.get("q") or "").strip()[:500]
    citations = await read(datasette, lambda db: cited(db, readable(db, ids), base_of(request)))
    there = [one.id for one in citations]
    hits = await read(datasette, lambda db: find(db, Selection(words=words), limit=FOUND).hits) if words else ()
    values = {
        "rows": [(one, _url(name for name in there if name != one.id)) for one in citations],
        "lost": len(ids) - len(there),
        "address": base_of(request) + _url(there),
        "ids": ",".join(there),
        "is_full": len(ids) >= MOST,
        "words": words,
        "hits": [(hit, None if hit.id in there else _url([*there, hit.id], q=words)) for hit in hits],
        "most": MOST,
    }
    return await rendered(datasette, request, "collection.html", values)


async def references(datasette: Any, request: Any) -> Any:
    """Answer with the citations of the list."""
    ids = await _asked(datasette, request)
    citations = await read(datasette, lambda db: cited(db, readable(db, ids), base_of(request)))
    return answer(request.url_vars["format"], citations, "collection")


async def lines(datasette: Any, request: Any) -> Any:
    """Answer with everything that is known of the articles, a line of JSON each, written while they are read."""
    asked, root = await _asked(datasette, request), archive_of(datasette)
    ids = await read(datasette, lambda db: readable(db, asked))

    async def write(out: Any) -> None:
        for start in range(0, len(ids), BATCH):
            await out.write(await read(datasette, partial(_lines, root=root, ids=ids[start : start + BATCH])))

    return AsgiStream(write, content_type="application/x-ndjson; charset=utf-8")


async def package(datasette: Any, request: Any) -> Any:
    """Answer with the articles as files: Markdown and media as the archive has them in a ZIP file, or a book."""
    ids = await _asked(datasette, request)
    taken = await read(datasette, lambda db: _taken(db, readable(db, ids), base_of(request)))
    if sum(one.size for one in taken) > MOST_BYTES:
        return Response.text(TOO_MUCH, status=413)
    root = archive_of(datasette)
    if request.url_vars["format"] == "zip":
        return Download(_files(taken, root), "collection.zip", "application/zip")
    language = language_of(request)
    title = language.ngettext("A list of %(num)s article", "A list of %(num)s articles", len(taken))
    chapters = (
        epub.Chapter(citation=one.citation, prose=prose_at(root / (one.path or ""), request) or "") for one in taken
    )
    book = epub.members(title, language.tag, [one.citation for one in taken], chapters, root)
    return Download(book, "collection.epub", "application/epub+zip")


def _lines(db: Database, *, root: Path, ids: Sequence[str]) -> str:
    written = io.StringIO()
    write_lines(Job(root=root, db=db, selection=Selection(ids=ids), now=utc_now()), written)
    return written.getvalue()


async def _asked(datasette: Any, request: Any) -> list[str]:
    """Return the ids that an address names: of a list, or of a collection that the room keeps."""
    key, path = request.args.get("kept"), datasette.collections
    if key is None or path is None:
        return ids_in(request.args.getlist("ids"))
    return [entry.document for entry in await asyncio.to_thread(kept_in, path, key)]


def ids_in(given: Iterable[str]) -> list[str]:
    """Return the ids that texts name, each once, in their order."""
    return list(dict.fromkeys(name for text in given for name in NAME.findall(text)))[:MOST]


def _url(ids: Iterable[str], *, q: str = "") -> str:
    pairs = {"ids": ",".join(ids)} | ({"q": q} if q else {})
    return f"/collection?{urlencode(pairs, safe=',')}"


def readable(db: Database, ids: Sequence[str]) -> list[str]:
    """Return those that can be read here, in this order: what is withheld, or repeats another one, is not."""
    there = {name for some in select(db, Selection(ids=ids)) for name in some} if ids else set()
    return [name for name in ids if name in there]


def _taken(db: Database, ids: Sequence[str], base: str) -> list[Included]:
    citations = {one.id: one for one in cited(db, ids, base)}
    taken = []
    for row, _, media, _ in exported(db, ids):
        kept = [medium for medium in media if medium["path"] and (medium["size"] or 0) <= LARGEST]
        taken.append(
            Included(
                citation=citations[row["id"]],
                path=row["path"],
                files=list(dict.fromkeys(medium["path"] for medium in kept)),
                left_out=[medium["url"] for medium in media if medium not in kept],
                size=sum(medium["size"] or 0 for medium in kept),
            )
        )
    return taken


def _files(taken: Sequence[Included], root: Path) -> Iterator[Member]:
    """Yield what a ZIP file holds: a page that tells it, the citations, then the files where they stand in the archive."""
    yield "collection/README.md", "".join(map(_told, taken)).encode()
    yield "collection/citations.bib", bibtex(one.citation for one in taken).encode()
    files = dict.fromkeys(path for one in taken for path in (one.path, *one.files) if path)
    yield from ((f"collection/{path}", root / path) for path in files)


def _told(one: Included) -> str:
    """Return an entry of the list, with the addresses of media that are not in the file."""
    link = f" [Markdown]({one.path})" if one.path else ""
    return f"- {gbt7714(one.citation)}{link}\n" + "".join(f"  - – {url}\n" for url in one.left_out)
