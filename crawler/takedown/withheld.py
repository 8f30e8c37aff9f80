"""The file of a withheld document, `withheld/<id>.json`: all that was taken out of the catalog and the archive, to be given back by;
and which documents a person means by a URL or an id.

It outlives the catalog: a catalog that was made anew gets its tombstones from here, or what was withheld would come back.
"""

import json
import logging
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from crawler.archive.layout import OWNER_FILE, OWNER_FOLDER, WITHHELD
from crawler.catalog import group
from crawler.catalog.tables import documents, groups, sites, withheld
from crawler.catalog.tables.withheld import Row, Tombstone, Withdrawn
from crawler.errors import TakedownError
from crawler.pages.families import canonical_url

logger = logging.getLogger(__name__)

FORMAT = "campus-archive/withheld 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A document that is withheld, with all that is known of it."""

    tombstone: Tombstone
    together: tuple[str, ...]  # ids of the documents that were withheld with it, itself among them
    promoted: str | None  # id of the document that took its text over, since only the one was withheld
    content_digest: str | None  # of what no other document may say; None: others may
    belongings: Withdrawn
    site: Row  # of the table sites
    files: Mapping[str, bytes]  # path -> Markdown
    media: tuple[str, ...]  # paths of the files that no other document shows


def file_of(document_id: str) -> str:
    """Return `withheld/<id>.json`."""
    return f"{WITHHELD}/{document_id}.json"


def dump_withheld(held: Withheld) -> bytes:
    """Return the file of a withheld document."""
    tombstone = asdict(held.tombstone) | {"since": held.tombstone.since.isoformat()}
    value = {
        "format": FORMAT,
        **tombstone,
        "together": held.together,
        "heir": held.promoted,
        "content_digest": held.content_digest,
        "urls": held.belongings.urls,
        "site": held.site,
        "row": held.belongings.row,
        "rows": held.belongings.rows,
        "links": held.belongings.links,
        "media_links": held.belongings.media_links,
        "files": {path: _text(data) for path, data in held.files.items()},
        "media": held.media,
    }
    return (json.dumps(value, ensure_ascii=False, indent=1, default=_encoded) + "\n").encode()


def load_withheld(root: Path, document_id: str) -> Withheld:
    """Return a withheld document. TakedownError: its file is missing, or no such file."""
    path = root / file_of(document_id)
    try:
        value = json.loads(path.read_bytes(), object_hook=_decoded)
        if value["format"] != FORMAT:
            raise TakedownError(f"{path}: expected the format {FORMAT!r}, found {value['format']!r}")
        return Withheld(
            tombstone=Tombstone(
                document=value["document"],
                url=value["url"],
                reason=value["reason"],
                since=datetime.fromisoformat(value["since"]),
            ),
            together=tuple(value["together"]),
            promoted=value["heir"],
            content_digest=value["content_digest"],
            belongings=Withdrawn(
                row=value["row"],
                rows=value["rows"],
                links=value["links"],
                media_links=value["media_links"],
                urls=value["urls"],
            ),
            site=value["site"],
            files={name: text if isinstance(text, bytes) else text.encode() for name, text in value["files"].items()},
            media=tuple(value["media"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TakedownError(f"{path}: cannot be read: {error!r}; restore it from a backup") from error


def make_private(root: Path) -> None:
    """Make the folder of what is withheld the operator's alone, with all that stands in it; earlier releases let everybody read it."""
    folder = root / WITHHELD
    folder.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(OWNER_FOLDER if path.is_dir() else OWNER_FILE)


def reinstate(root: Path, db: Database) -> int:
    """Give a catalog that was made anew the tombstones it does not know; return how many. A document it does know is left as it is."""
    if (root / WITHHELD).exists():
        make_private(root)
    ids = {file.stem for file in (root / WITHHELD).glob("*.json")}
    known = documents.existing(db, ids)
    with group(db):
        for document_id in sorted(ids - known):
            held = load_withheld(root, document_id)
            sites.put_back(db, held.site)
            withheld.bury(db, held.belongings.row)
            withheld.add(db, held.tombstone, held.belongings.urls, held.content_digest)
            logger.warning("%s: is withheld since %s, and stays so", held.tombstone.url, held.tombstone.since)
    return len(ids - known)


def _text(data: bytes) -> str | Mapping[str, str]:
    try:
        return data.decode()
    except UnicodeDecodeError:  # somebody edited it with another encoding
        return {"base64": b64encode(data).decode()}


def _encoded(value: object) -> Mapping[str, str]:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    raise TypeError(f"{type(value)}: has no place in the file of a withheld document")


def _decoded(value: dict[str, Any]) -> object:
    if value.keys() == {"hex"}:
        return bytes.fromhex(value["hex"])
    return b64decode(value["base64"]) if value.keys() == {"base64"} else value


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
