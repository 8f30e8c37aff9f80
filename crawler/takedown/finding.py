"""Which documents a person means by a URL or an id."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from crawler.catalog.tables import documents, groups, withheld
from crawler.errors import TakedownError
from crawler.pages.families import canonical_url

ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A document, and who says the same."""

    id: str
    is_withheld: bool
    equal: Sequence[str]  # ids of the documents with its text, itself among them, the first of them last
    is_first: bool  # its file is that of all of them
    alike: Sequence[tuple[str, str, float]]  # other documents of its group: URL, kin, similarity


def find(db: Database, name: str) -> Found:
    """Return the document with a URL, in any spelling, or an id. TakedownError: there is none."""
    document = _id(db, name)
    first = documents.first_of(db, document)
    equal = documents.equal(db, first)
    own = {*documents.urls(db, equal), *documents.urls(db, [document])}
    return Found(
        id=document,
        is_withheld=withheld.is_withheld(db, document),
        equal=equal,
        is_first=document == first,
        alike=[row for row in groups.members(db, first) if row[0] not in own],
    )


def _id(db: Database, name: str) -> str:
    if ID.fullmatch(name):
        found = documents.existing(db, [name])
    else:
        urls = {name, *filter(None, (canonical_url(name, scheme) for scheme in ("https", "http")))}
        found = documents.found_under(db, urls)
    if not found:
        raise TakedownError(f"{name}: no document has this URL or id; expected that of one, as `articles` shows it")
    return min(found)
