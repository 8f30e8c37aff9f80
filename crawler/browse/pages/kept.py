"""Collections that the room keeps for its readers, with tags and notes, where its operator names a file for them; elsewhere there are none.

Whoever reaches the room may write: a form has to come from a page of this room, and there is no other check.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from datasette import NotFound, Response
from datasette.utils.asgi import Base400
from sqlite_utils import Database

from crawler.browse.frame import base_of, language_of, read, rendered
from crawler.browse.pages.citations import cited
from crawler.browse.pages.collection import FOUND, ids_in, readable
from crawler.catalog import collections
from crawler.catalog.queries.finding import find
from crawler.catalog.queries.selection import Selection
from crawler.clock import utc_now
from crawler.errors import CollectionError

Value = TypeVar("Value")
TOKEN = "csrftoken"


class ForeignForm(Base400):  # type: ignore[misc]  # datasette has no types
    """A form that no page of this room sent."""

    status = 403


async def overview(datasette: Any, request: Any) -> Any:
    """Answer with all collections, or make one; articles that the address names can be put into any of them."""
    ids = ids_in(request.args.getlist("ids"))
    if request.method == "POST":
        sent = await _sent(request)
        key = await _keep(datasette, partial(_begun, sent=sent))
        return Response.redirect(f"/collections/{key}", status=303)
    kept = await _keep(datasette, collections.every)
    return await rendered(datasette, request, "collections.html", {"kept": kept, "ids": ids, "limits": collections})


async def page(datasette: Any, request: Any) -> Any:
    """Answer with a collection, or do with it what a form says."""
    key = request.url_vars["id"]
    if request.method == "POST":
        sent = await _sent(request)
        await _keep(datasette, partial(_done, key=key, sent=sent))
        is_deleted = sent.get("do") == "delete"
        return Response.redirect("/collections" if is_deleted else f"/collections/{key}", status=303)
    kept, entries = await _keep(datasette, partial(_opened, key=key))
    if request.url_vars["format"]:
        told = asdict(kept) | {"articles": [asdict(entry) for entry in entries]}
        return Response(json.dumps(told, ensure_ascii=False), content_type="application/json; charset=utf-8")
    tag, words = request.args.get("tag"), (request.args.get("q") or "").strip()[:500]
    there = await read(datasette, lambda db: readable(db, [entry.document for entry in entries]))
    citations = await read(datasette, lambda db: cited(db, there, base_of(request)))
    hits = await read(datasette, lambda db: find(db, Selection(words=words), limit=FOUND).hits) if words else ()
    by_id = {entry.document: entry for entry in entries}
    values = {
        "kept": kept,
        "rows": [(one, by_id[one.id]) for one in citations if tag is None or tag in by_id[one.id].tags],
        "lost": len(entries) - len(there),
        "tags": sorted({tag for entry in entries for tag in entry.tags}),
        "tag": tag,
        "words": words,
        "hits": [(hit, hit.id in by_id) for hit in hits],
        "limits": collections,
    }
    return await rendered(datasette, request, "kept.html", values)


async def _keep(datasette: Any, question: Callable[[Database], Value]) -> Value:
    """Return what a function makes of the collections, asked in a thread; NotFound where the room keeps none."""
    path: Path | None = datasette.collections
    if path is None:
        raise NotFound("404")

    def ask(path: Path) -> Value:
        with collections.collections_in(path) as db:
            return question(db)

    try:
        return await asyncio.to_thread(ask, path)
    except CollectionError as error:
        raise Base400(str(error)) from error


async def _sent(request: Any) -> Mapping[str, str]:
    """Return the fields of a form of a page of this room; ForeignForm for what another page sends."""
    sent: dict[str, str] = await request.post_vars()
    if not secrets.compare_digest(sent.get(TOKEN, "").encode(), request.scope[TOKEN]().encode()):
        raise ForeignForm(
            language_of(request).gettext("This form is of another page, or too old. Load its page again.")
        )
    return sent


def _opened(db: Database, key: str) -> tuple[collections.Collection, Sequence[collections.Collected]]:
    kept = collections.one(db, key)
    if kept is None:
        raise NotFound(f"{key}: no such collection")
    return kept, collections.held(db, key)


def _begun(db: Database, sent: Mapping[str, str]) -> str:
    key = collections.create(db, sent.get("name", ""), sent.get("note", ""), now=utc_now())
    collections.put(db, key, ids_in([sent.get("ids", "")]), now=utc_now())
    return key


def _done(db: Database, key: str, sent: Mapping[str, str]) -> None:
    """Do what a form says."""
    _opened(db, key)
    now, article = utc_now(), sent.get("article", "")
    match sent.get("do"):
        case "put":
            collections.put(db, key, ids_in([sent.get("ids", "")]), now=now)
        case "annotate":
            collections.annotate(db, key, article, sent, now=now)
        case "take off":
            collections.take_off(db, key, article, now=now)
        case "describe":
            collections.describe(db, key, sent.get("name", ""), sent.get("note", ""), now=now)
        case "delete":
            collections.delete(db, key)
        case what:
            raise Base400(f"do={what}: expected put, annotate, take off, describe or delete")
