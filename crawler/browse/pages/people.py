"""People and sources: who wrote, photographed and edited what; 来源 by how often it is named."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from datasette.utils.asgi import NotFound

from crawler.browse.frame import read, rendered
from crawler.catalog.queries import sources as publishers
from crawler.catalog.queries.people import names, person, roles
from crawler.catalog.tokens import fold

ON_PAGE = 300  # names in columns
LONGEST = 50  # characters of a filter


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPart:
    """What part of a long list is asked for."""

    part: str  # of a name, folded
    page: int  # from 1

    @property
    def offset(self) -> int:
        return (max(self.page, 1) - 1) * ON_PAGE

    def links(self, request: Any, *, is_more: bool) -> dict[str, object]:
        """Return where the pages beside this one are, for a template."""
        kept = [(name, request.args.get(name)) for name in ("role", "q") if request.args.get(name)]

        def to(page: int) -> str:
            return f"{request.path}?{urlencode([*kept, ('page', page)])}"

        return {
            "part": self.part,
            "earlier": to(self.page - 1) if self.page > 1 else None,
            "later": to(self.page + 1) if is_more else None,
        }


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the names that stand under most articles."""
    asked = _asked(request)
    role = request.args.get("role") or None

    found, all_roles = await read(
        datasette, lambda db: (names(db, role, asked.part, limit=ON_PAGE + 1, offset=asked.offset), roles(db))
    )
    values = {
        "names": found[:ON_PAGE],
        "roles": all_roles,
        "role": role,
        **asked.links(request, is_more=len(found) > ON_PAGE),
    }
    return await rendered(datasette, request, "people.html", values)


async def one(datasette: Any, request: Any) -> Any:
    """Answer with what one name stands under."""
    name = unquote(request.url_vars["name"])

    found = await read(datasette, lambda db: person(db, name))
    if found is None:
        raise NotFound(f"{name}: nobody of that name is named in this archive")
    return await rendered(datasette, request, "person.html", {"person": found})


async def sources(datasette: Any, request: Any) -> Any:
    """Answer with the sources by the number of their articles, all spellings of one together."""
    asked = _asked(request)
    found = [one for one in await read(datasette, publishers.sources) if asked.part in one.folded]
    shown = found[asked.offset : asked.offset + ON_PAGE]
    values = {"sources": shown, **asked.links(request, is_more=len(found) > asked.offset + ON_PAGE)}
    return await rendered(datasette, request, "sources.html", values)


def _asked(request: Any) -> ListPart:
    page = request.args.get("page") or ""
    return ListPart(
        part=fold(" ".join((request.args.get("q") or "").split()))[:LONGEST],
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1,
    )
