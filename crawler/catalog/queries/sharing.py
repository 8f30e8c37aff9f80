"""What a shard shares with others: a row a document that is shown, with what is searched, what is asked of it, and the keys of its text."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlite_utils import Database

from crawler.catalog.search import TRAITS
from crawler.dedup.signature import unpacked

PEOPLE = "SELECT json_group_array(json_array(role, name)) FROM people WHERE people.document = documents.id"
SHARED = f"""
SELECT
    documents.id, documents.url, documents.path, site, sites.hosts, sites.name AS university,
    institutions.name AS institution, institutions.domain, province, level, documents.title, published,
    date_precision AS precision, section, source, language, status, archived, lastmod, duplicate_of, content_digest, ({PEOPLE}) AS people,
    json_array({", ".join(f"iif({condition}, '{name}', NULL)" for name, condition in TRAITS.items())}) AS traits,
    texts.title AS heading, texts.names, texts.body, letters, algorithm, keys
FROM shown_documents AS documents
JOIN sites ON sites.key = site LEFT JOIN institutions ON institutions.domain = sites.institution
LEFT JOIN texts ON texts.row = search_row LEFT JOIN signatures ON signatures.document = documents.id
ORDER BY documents.rowid
"""
LISTS = ("hosts", "people", "traits")


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedDocument:
    """A document of a shard. One that equals another of its shard to the letter has no text and no keys."""

    id: str
    url: str
    path: str | None  # of its Markdown, in the archive
    site: str  # key
    hosts: tuple[str, ...]  # of the site
    university: str  # name of the site
    institution: str | None
    domain: str | None  # of the institution
    province: str | None
    level: str | None
    title: str
    published: str | None  # ISO 8601 with the site's offset
    precision: str | None
    section: str | None
    source: str | None
    language: str | None
    status: str
    archived: str  # UTC
    lastmod: str | None  # UTC
    duplicate_of: str | None
    content_digest: str
    people: tuple[tuple[str, str], ...]  # (role, name)
    traits: tuple[str, ...]  # what `has:` and `is:` ask for
    heading: str | None  # as the index of words holds the title
    names: str | None
    body: str | None  # plain text
    letters: int | None  # of the normalised text
    algorithm: str | None  # of the keys
    keys: tuple[int, ...]

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


COLUMNS = tuple(field.name for field in fields(SharedDocument))


def shared(db: Database) -> Iterator[SharedDocument]:
    """Yield every document that is shown; what is withheld is none."""
    for values in db.execute(SHARED):
        row = dict(zip(COLUMNS, values, strict=True))
        lists = {name: tuple(one for one in json.loads(row[name]) if one is not None) for name in LISTS}
        people = tuple((role, name) for role, name in lists.pop("people"))
        yield SharedDocument(**{**row, **lists, "people": people, "keys": unpacked(row["keys"] or b"")})
